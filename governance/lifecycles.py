"""The moves of an office's lane, in the form `audit.workflow.move` reads; those of a case are in the registry."""

from registry.lifecycle import Edge

WAITING, OPEN, ASKED, SECOND = "waiting", "open", "asked", "second_reading"
# What an office still owes the round. Silence never approves: the round waits for each of them that signs.
PENDING = (WAITING, OPEN, ASKED, SECOND)
BORN = (WAITING, OPEN)
AT_WORK = (OPEN, ASKED, SECOND)  # with the office; a lane that waits for an earlier office is not there yet
SIGNED = ("signed_off", "signed_off_with_conditions")
NOT_APPLICABLE = "not_applicable"
BINDING = (*SIGNED, "returned", "objected")  # what an advising office never says

_REVIEWER = ("office_reviewer",)
_SPOKEN = (OPEN, SECOND)  # an office speaks at once, or when its second reader agrees

LANE_MOVES: tuple[Edge, ...] = (
    Edge(
        "sign_off", "Sign off", _SPOKEN, "signed_off", _REVIEWER, "not_an_author",
        "lane.signed_off", "The office has no objection.",
    ),
    Edge(
        "sign_off_with_conditions", "Sign off with conditions", _SPOKEN, "signed_off_with_conditions",
        _REVIEWER, "conditions_given", "lane.signed_off_with_conditions",
        "The office has no objection while its conditions are kept.",
    ),
    Edge(
        "return", "Send back", _SPOKEN, "returned", _REVIEWER, "reasons_given",
        "lane.returned", "Ends the round for all offices.",
    ),
    Edge(
        "object", "Object", _SPOKEN, "objected", _REVIEWER, "reasons_given",
        "lane.objected", "Does not end the round; the decision must answer it.",
    ),
    Edge(
        "not_applicable", "Not applicable", _SPOKEN, NOT_APPLICABLE, _REVIEWER, "reasons_given",
        "lane.set_aside", "There is nothing for this office to look at, and it says why.",
    ),
    Edge(
        "advise", "Give advice", _SPOKEN, "advised", _REVIEWER, "reasons_given",
        "lane.advised", "What an advising office says is recorded; it has no veto.",
    ),
    Edge(
        "propose", "Ask the second reader", (OPEN,), SECOND, _REVIEWER, None,
        "lane.proposed", "The office speaks only when the second reader, another person, agrees.",
    ),
    Edge(
        "disagree", "Disagree", (SECOND,), OPEN, _REVIEWER, "reasons_given",
        "lane.disagreed", "It goes back to the first reader with a note.",
    ),
    Edge(
        "take_back", "Take it back", (SECOND,), OPEN, _REVIEWER, None,
        "lane.taken_back", "The first reader changes what was proposed before the second has answered.",
    ),
    Edge(
        "ask", "Ask a question", (OPEN,), ASKED, _REVIEWER, "reasons_given",
        "lane.asked", "Stops the lane's clock and keeps its place.",
    ),
    Edge(
        "answer", "Answer", (ASKED,), OPEN, ("program_officer", "component_lead"), "reasons_given",
        "lane.answered", "The clock goes on; the due day moves by the days it stood.",
    ),
    Edge(
        "withdraw_question", "Withdraw the question", (ASKED,), OPEN, _REVIEWER, None,
        "lane.question_withdrawn", "As with an answer, without one.",
    ),
    Edge(
        "start", "Start", (WAITING,), OPEN, (), None,
        "lane.started", "The office it waited for has answered; its own clock starts.",
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
        "carry_over_not_applicable", "Carry over as not applicable", (OPEN,), NOT_APPLICABLE,
        ("inventory_manager",), None, "lane.carried_over", "As carrying over; the office had nothing to look at.",
    ),
    Edge(
        "close", "Close", PENDING, "closed", (), None,
        "lane.closed", "The round ended without this office.",
    ),
)  # fmt: skip
_BY_VERB = {move.verb: move for move in LANE_MOVES}
# What an office may say, by whether it signs or only advises.
SIGNING = ("sign_off", "sign_off_with_conditions", "return", "object", "not_applicable")
ADVISING = ("advise", "not_applicable")


def lane_edge(verb: str) -> Edge:
    """The lane's move a verb names."""
    return _BY_VERB[verb]


def lane_pairs() -> frozenset[tuple[str, str]]:
    """Every (source, target) the database must allow, and no other."""
    return frozenset((source, move.target) for move in LANE_MOVES for source in move.sources)
