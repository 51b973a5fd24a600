"""The moves of a yearly cycle, of one component's part in it, and of a certification, as `audit.workflow.move` reads.

No text that was read prescribes these steps; OMB asks for the whole inventory once a year (Guidance on 2025 Agency
AI Reporting), agencies' plans tell of components that certify their part (VA's M-25-21 plan, in summary).
"""

from __future__ import annotations

from registry.lifecycle import Edge

OPEN, CLOSED, FROZEN = "open", "closed", "frozen"
SIGNED, CERTIFIED, WITHDRAWN, REPLACED = "signed", "certified", "withdrawn", "replaced"
STANDING = (SIGNED, CERTIFIED)

_MANAGERS = ("inventory_manager",)

CYCLE_MOVES: tuple[Edge, ...] = (
    Edge(
        "close", "Close the call", (OPEN,), CLOSED, _MANAGERS, None,
        "cycle.closed", "Nobody is asked for answers any more; components may still certify.",
    ),
    Edge(
        "reopen", "Open the cycle again", (CLOSED, FROZEN), OPEN, _MANAGERS, "reasons_given",
        "cycle.reopened", "What was frozen stays on record; freezing again makes a further submission.",
    ),
    Edge(
        "freeze", "Freeze the inventory", (OPEN, CLOSED), FROZEN, (*_MANAGERS, "caio", "deputy_caio"), None,
        "cycle.frozen", "The file, its revisions and the catalogue are kept as they are on this day.",
    ),
)  # fmt: skip

CALL_MOVES: tuple[Edge, ...] = (
    Edge(
        "close", "Close this component's call", (OPEN,), CLOSED, _MANAGERS, None,
        "call.closed", "Its people are not asked any more.",
    ),
    Edge(
        "reopen", "Open this component's call again", (CLOSED,), OPEN, _MANAGERS, "reasons_given",
        "call.reopened", "Its people can answer again.",
    ),
)  # fmt: skip

CERTIFICATION_MOVES: tuple[Edge, ...] = (
    Edge(
        "countersign", "Countersign", (SIGNED,), CERTIFIED, _MANAGERS, None,
        "certification.countersigned", "A second person vouches where the lead entered the part alone.",
    ),
    Edge(
        "withdraw", "Withdraw the certification", STANDING, WITHDRAWN, ("component_lead", *_MANAGERS),
        "reasons_given", "certification.withdrawn", "It no longer counts; it stays on record with the reason.",
    ),
    Edge(
        "replace", "Certify again", STANDING, REPLACED, ("component_lead",), None,
        "certification.replaced", "A newer certification of the same part took its place.",
    ),
)  # fmt: skip

_TABLES = {"cycle": CYCLE_MOVES, "call": CALL_MOVES, "certification": CERTIFICATION_MOVES}


def edge(table: str, verb: str) -> Edge:
    """The move a verb names in a table: cycle, call or certification."""
    return next(move for move in _TABLES[table] if move.verb == verb)


def pairs(table: str) -> frozenset[tuple[str, str]]:
    """Every (source, target) the database must allow, and no other."""
    return frozenset((source, move.target) for move in _TABLES[table] for source in move.sources)
