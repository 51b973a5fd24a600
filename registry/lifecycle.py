"""The workflow of a use case: one table of moves, from which everything else about statuses is generated.

The database's own guard, the docs page, the buttons on a page and the edge x role test matrix all read this
table. `status` is the portal's workflow; OMB's development stage is an answer and never moves it.
No DHS text that was read prescribes the order of the steps: it is the portal's, and data (design section 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# Every status with what a person reads, in the order a case meets them.
STATUSES: dict[str, str] = {
    "draft": "Being written. Nobody outside the component sees it.",
    "recorded": "In the inventory from an imported file, not reviewed here.",
    "submitted": "With the component lead, who endorses it or sends it back.",
    "returned": "Sent back with reasons. The round has ended; the owner may submit again.",
    "endorsed": "With the inventory manager for triage.",
    "in_review": "With the offices, in parallel.",
    "ready_for_decision": "With the Chief AI Officer.",
    "at_board": "With the AI Governance Board.",
    "approved": "Approved as the decided revision describes it.",
    "approved_with_conditions": "Approved while its conditions are kept.",
    "rejected": "Refused. A use that had begun must stop.",
    "suspended": "Stopped until what stopped it is mended.",
    "retired": "No longer developed or used; reported once more as retired.",
    "withdrawn": "Taken out of the registry's work: not AI, out of scope, duplicate or given up.",
}
BORN = frozenset({"draft", "recorded"})

# What must hold besides status and role; the action named by the verb asks it and shows its reasons.
GUARDS: dict[str, str] = {
    "complete": "the case answers the questionnaire edition in force, no answer is missing or waiting for correction, "
    "and the component has endorsement switched on",
    "complete_unendorsed": "the case answers the questionnaire edition in force, no answer is missing or waiting for "
    "correction, and the component has endorsement switched off",
    "not_an_author": "the person wrote or submitted no revision since the last decision",
    "reasons_given": "at least one reason is given",
    "triaged": "whether it is in scope, AI, complete and no duplicate is answered, and nothing speaks against a review",
    "all_lanes_signed": "every lane of the round is signed off, or objected to",
    "may_decide": "the person is no author and signed no lane of the round; a deputy only decides what is not "
    "high-impact; a case of the Chief AI Officer's own office goes to the Board; at the Board only the result of "
    "the closed vote counts; every objection is answered",
    "conditions_given": "as for a decision, and at least one condition with a due date is given",
    "vote_closed": "the agenda item is closed and its result was to defer",
    "was_approved": "it was approved without conditions when it was suspended, and what stopped it is mended",
    "was_conditional": "it was approved with conditions when it was suspended, and what stopped it is mended",
    "was_recorded": "it was recorded and not yet decided when it was suspended, and what stopped it is mended",
    "import_undone": "the import that brought the case in is undone, and nobody has changed the case since",
    "was_undone": "it was withdrawn by undoing the import that had brought it in",
    "prohibition_applies": "an office that a hold asks has determined, with reasons, that a prohibition of DHS "
    "Directive 139-08 applies",
    "stage_retired": "the newest filing reports the stage as retired",
    "next_stage_open": "it is a later stage than the decision covers, a reason and a planned day are given, no "
    "condition blocks that stage, every practice it owes is met, and the case is complete as for submitting",
    "was_asked_approved": "the round was opened by a request for a later stage, and the case was approved without "
    "conditions before it",
    "was_asked_conditional": "the round was opened by a request for a later stage, and the case was approved with "
    "conditions before it",
    "reconsidered_once": "the decision was not reconsidered yet and did not itself reconsider another; reasons and "
    "what is new are given, and who rejected it was a deputy",
    "reconsidered_at_board": "as above, and who rejected it was the Chief AI Officer or the Board",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One move: who may make it, from where to where, what must hold, and the event that records it."""

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    guard: str | None
    event_kind: str
    plain: str


_OWNERS = ("program_officer", "component_lead")
_DECIDERS = ("caio", "deputy_caio", "board_secretary")
_DECIDABLE = ("ready_for_decision", "at_board")
_SUBMITTABLE = ("draft", "returned", "recorded")
_DECIDED = ("approved", "approved_with_conditions", "rejected", "suspended")
_RUNNING = ("recorded", "approved", "approved_with_conditions")
_STANDING = (
    "recorded", "submitted", "returned", "endorsed", "in_review", "ready_for_decision", "at_board", "approved",
    "approved_with_conditions",
)  # fmt: skip
_APPROVED = ("approved", "approved_with_conditions")
_BEFORE_DECISION = ("submitted", "returned", "endorsed", "in_review", "ready_for_decision")
_UNDECIDED = ("draft", "recorded", "submitted", "returned", "endorsed", "in_review", "ready_for_decision")

TRANSITIONS: tuple[Edge, ...] = (
    Edge(
        "submit", "Send for endorsement", _SUBMITTABLE, "submitted", _OWNERS, "complete",
        "use_case.submitted", "The owner signs the statement and sends the newest revision to the component lead.",
    ),
    Edge(
        "submit_without_endorsement", "Send for review", _SUBMITTABLE, "endorsed", _OWNERS, "complete_unendorsed",
        "use_case.submitted", "Where a component has switched endorsement off, submitting goes straight to triage.",
    ),
    Edge(
        "endorse", "Endorse", ("submitted",), "endorsed", ("component_lead",), "not_an_author",
        "use_case.endorsed", "The component lead vouches for the case.",
    ),
    Edge(
        "triage", "Open the review", ("endorsed",), "in_review", ("inventory_manager",), "triaged",
        "use_case.triaged", "The inventory manager opens the lanes the answers call for, all at once.",
    ),
    Edge(
        "complete_lanes", "Close the lanes", ("in_review",), "ready_for_decision",
        ("office_reviewer", "inventory_manager"), "all_lanes_signed",
        "use_case.reviewed", "Happens with the last sign-off, or with triage when no office is needed. "
        "An objection does not stop it; the decision must answer it.",
    ),
    Edge(
        "return", "Send back", ("submitted", "endorsed", "in_review", "ready_for_decision"), "returned",
        ("component_lead", "inventory_manager", "office_reviewer", "caio", "deputy_caio"), "reasons_given",
        "use_case.returned", "One return ends the round. Each may return only while the case is with them.",
    ),
    Edge(
        "approve", "Approve", _DECIDABLE, "approved", _DECIDERS, "may_decide",
        "use_case.approved", "Bound to the revision that was reviewed. The secretary records the Board's vote.",
    ),
    Edge(
        "approve_with_conditions", "Approve with conditions", _DECIDABLE, "approved_with_conditions", _DECIDERS,
        "conditions_given", "use_case.approved_with_conditions", "As approval, with conditions that have due dates.",
    ),
    Edge(
        "reject", "Reject", _DECIDABLE, "rejected", _DECIDERS, "may_decide",
        "use_case.rejected", "Bound to the revision that was reviewed, with reasons.",
    ),
    Edge(
        "refer", "Refer to the Board", ("ready_for_decision",), "at_board", ("caio", "deputy_caio"), None,
        "use_case.referred", "Puts the case on the agenda of the AI Governance Board.",
    ),
    Edge(
        "defer", "Defer", ("at_board",), "ready_for_decision", ("board_secretary",), "vote_closed",
        "use_case.deferred", "The Board gives the case back to the Chief AI Officer.",
    ),
    Edge(
        "withdraw", "Withdraw", _UNDECIDED, "withdrawn", (*_OWNERS, "inventory_manager"), "reasons_given",
        "use_case.withdrawn", "Not AI, out of scope, duplicate or given up; the reason stays in the log.",
    ),
    Edge(
        "undo_import", "Take back with its import", ("recorded",), "withdrawn",
        ("component_lead", "inventory_manager"), "import_undone", "use_case.import_undone",
        "A case that only an import brought in leaves with it. A lead undoes the files they imported themselves.",
    ),
    Edge(
        "record_again", "Record again", ("withdrawn",), "recorded", ("component_lead", "inventory_manager"),
        "was_undone", "use_case.recorded_again",
        "A later file brings a case in again that an undone import had brought.",
    ),
    Edge(
        "suspend", "Suspend", _RUNNING, "suspended", ("caio", "deputy_caio"), "reasons_given",
        "use_case.suspended", "Stops a use that does not comply. Its status before is kept for resuming.",
    ),
    Edge(
        "resume", "Let it resume", ("suspended",), "approved", ("caio",), "was_approved",
        "use_case.resumed", "Only to the status it had: resuming never approves anything.",
    ),
    Edge(
        "resume_with_conditions", "Let it resume with its conditions", ("suspended",), "approved_with_conditions",
        ("caio",), "was_conditional", "use_case.resumed", "As resuming, with the conditions it had.",
    ),
    Edge(
        "resume_recorded", "Let it resume, not reviewed", ("suspended",), "recorded", ("caio",), "was_recorded",
        "use_case.resumed", "As resuming, for a case that was not decided here.",
    ),
    Edge(
        "retire", "Retire", (*_RUNNING, "rejected", "suspended"), "retired", (*_OWNERS, "inventory_manager"),
        "stage_retired", "use_case.retired", "Follows the reported stage; the case is reported once more as retired.",
    ),
    Edge(
        "resubmit", "Send again for endorsement", _DECIDED, "submitted", _OWNERS, "complete",
        "use_case.resubmitted", "After a material change, a rejection or a suspension. Sign-offs whose opening "
        "answers did not change carry over.",
    ),
    Edge(
        "resubmit_without_endorsement", "Send again for review", _DECIDED, "endorsed", _OWNERS,
        "complete_unendorsed", "use_case.resubmitted", "As above, where endorsement is switched off.",
    ),
    # prohibited uses
    Edge(
        "refuse_prohibited", "Refuse a prohibited use", _STANDING, "rejected", ("office_reviewer",),
        "prohibition_applies", "use_case.rejected",
        "Happens when an office of a hold determines that a prohibition applies and the use has not begun.",
    ),
    Edge(
        "stop_prohibited", "Order a prohibited use to stop", _STANDING, "suspended", ("office_reviewer",),
        "prohibition_applies", "use_case.suspended",
        "As above, where the use is piloted or deployed. It is ordered to stop; a running round ends.",
    ),
    # gates: asking to go on, a no to that, and a rejection looked at again
    Edge(
        "request_stage", "Ask to pilot or deploy it", _APPROVED, "submitted", _OWNERS, "next_stage_open",
        "use_case.stage_requested", "A round whose decision covers the wanted stage. The earlier decision stands "
        "meanwhile; sign-offs whose opening answers did not change carry over.",
    ),
    Edge(
        "request_stage_without_endorsement", "Ask to pilot or deploy it", _APPROVED, "endorsed", _OWNERS,
        "next_stage_open", "use_case.stage_requested", "As above, where endorsement is switched off.",
    ),
    Edge(
        "take_request_back", "Take the request back", _BEFORE_DECISION, "approved", _OWNERS, "was_asked_approved",
        "use_case.request_taken_back", "Only what was approved before it asked: nothing is approved by it.",
    ),
    Edge(
        "take_request_back_with_conditions", "Take the request back", _BEFORE_DECISION, "approved_with_conditions",
        _OWNERS, "was_asked_conditional", "use_case.request_taken_back", "As above, with the conditions it had.",
    ),
    Edge(
        "decline_stage", "Decline the request", _DECIDABLE, "approved", _DECIDERS, "was_asked_approved",
        "use_case.stage_declined", "A no to that stage; the decision before it stands. To stop the use, suspend it.",
    ),
    Edge(
        "decline_stage_with_conditions", "Decline the request", _DECIDABLE, "approved_with_conditions", _DECIDERS,
        "was_asked_conditional", "use_case.stage_declined", "As above, with the conditions it had.",
    ),
    Edge(
        "reconsider", "Ask for reconsideration", ("rejected",), "ready_for_decision", _OWNERS, "reconsidered_once",
        "use_case.reconsideration_asked", "Once for a decision, and to another than who rejected it: after a deputy "
        "to the Chief AI Officer.",
    ),
    Edge(
        "reconsider_at_board", "Ask for reconsideration", ("rejected",), "at_board", _OWNERS, "reconsidered_at_board",
        "use_case.reconsideration_asked", "After the Chief AI Officer the Board; after the Board the Board once more.",
    ),
)  # fmt: skip


def edges() -> tuple[Edge, ...]:
    """The whole table."""
    return TRANSITIONS


def edge(verb: str) -> Edge:
    """The move a verb names."""
    return _BY_VERB[verb]


def leaving(status: str) -> tuple[Edge, ...]:
    """The moves that start from a status."""
    return tuple(move for move in TRANSITIONS if status in move.sources)


def pairs() -> frozenset[tuple[str, str]]:
    """Every (source, target) the database must allow, and no other."""
    return frozenset((source, move.target) for move in TRANSITIONS for source in move.sources)


_BY_VERB = {move.verb: move for move in TRANSITIONS}


def markdown() -> str:
    """docs/lifecycle.md, generated so that it cannot say anything else than the code does."""
    return "\n".join([*_head(), *_statuses(), *_moves(), *_guards()]) + "\n"


def _head() -> Iterator[str]:
    yield "# The life of a use case"
    yield ""
    yield "Generated from `registry/lifecycle.py`; change it there. The status is the portal's workflow. The"
    yield "stage of development is an answer to OMB and never moves a case."
    yield ""
    yield f"A case is born as {_words(status for status in STATUSES if status in BORN)}."
    yield ""


def _statuses() -> Iterator[str]:
    yield "## Statuses"
    yield ""
    yield "| status | meaning | moves from here |"
    yield "|---|---|---|"
    for status, meaning in STATUSES.items():
        moves = ", ".join(f"{move.label} -> {move.target}" for move in leaving(status)) or "none: the end"
        yield f"| `{status}` | {meaning} | {moves} |"
    yield ""


def _moves() -> Iterator[str]:
    yield "## Moves"
    yield ""
    yield "| verb | from | to | who | guard | event | in plain words |"
    yield "|---|---|---|---|---|---|---|"
    for move in TRANSITIONS:
        guard = f"`{move.guard}`" if move.guard else ""
        cells = (
            f"`{move.verb}`", ", ".join(move.sources), move.target, ", ".join(move.roles), guard,
            f"`{move.event_kind}`", move.plain,
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield ""


def _guards() -> Iterator[str]:
    yield "## Guards"
    yield ""
    yield "A guard answers with a list of reasons why not; an empty list lets the move happen."
    yield ""
    for name, holds in GUARDS.items():
        yield f"- `{name}`: {holds}."


def _words(names: Iterator[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
