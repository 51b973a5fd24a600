"""The moves of an office's lane, in the form `audit.workflow.move` reads; those of a case are in the registry."""

from registry.lifecycle import Edge

OPEN = "open"
SIGNED = ("signed_off", "signed_off_with_conditions")

LANE_MOVES: tuple[Edge, ...] = (
    Edge(
        "sign_off", "Sign off", (OPEN,), "signed_off", ("office_reviewer",), "not_an_author",
        "lane.signed_off", "The office has no objection.",
    ),
    Edge(
        "sign_off_with_conditions", "Sign off with conditions", (OPEN,), "signed_off_with_conditions",
        ("office_reviewer",), "conditions_given", "lane.signed_off_with_conditions",
        "The office has no objection while its conditions are kept.",
    ),
    Edge(
        "return", "Send back", (OPEN,), "returned", ("office_reviewer",), "reasons_given",
        "lane.returned", "Ends the round for all offices.",
    ),
    Edge(
        "object", "Object", (OPEN,), "objected", ("office_reviewer",), "reasons_given",
        "lane.objected", "Does not end the round; the decision must answer it.",
    ),
    Edge(
        "carry_over", "Carry over", (OPEN,), "signed_off", ("inventory_manager",), None,
        "lane.carried_over", "The answers that opened the lane are those the office signed before.",
    ),
    Edge(
        "carry_over_with_conditions", "Carry over with conditions", (OPEN,), "signed_off_with_conditions",
        ("inventory_manager",), None, "lane.carried_over", "As carrying over, with the conditions that were set.",
    ),
    Edge(
        "close", "Close", (OPEN,), "closed", (), None,
        "lane.closed", "The round ended without this office.",
    ),
)  # fmt: skip
_BY_VERB = {move.verb: move for move in LANE_MOVES}


def lane_edge(verb: str) -> Edge:
    """The lane's move a verb names."""
    return _BY_VERB[verb]


def lane_pairs() -> frozenset[tuple[str, str]]:
    """Every (source, target) the database must allow, and no other."""
    return frozenset((source, move.target) for move in LANE_MOVES for source in move.sources)
