"""What people may choose about: the groups of notices, and which kinds of events are in each."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Group(NamedTuple):
    """`prefixes`: the event kinds, or how they begin; the first group that fits has it."""

    code: str
    label: str
    help: str
    prefixes: tuple[str, ...]


ALWAYS = "account"  # who may sign in and what one may know: mailed at once, nobody chooses otherwise
GROUPS: tuple[Group, ...] = (
    Group(
        ALWAYS,
        "Your account and what you may know of",
        "",
        (
            "user.invited",
            "need_to_know.",
            "use_case.participants_shut_out",
            "acting_signer.",
            "delegation.",
            "official.",
            "hold.",
            "audit.",
            "check_run.not_evaluated",
            "check_run.corrected",
            "stop_order.",
        ),
    ),
    Group(
        "reminders",
        "Reminders and what is overdue",
        "A lane, a condition or an answer whose day comes near or has passed.",
        (
            "lane.due_soon",
            "lane.overdue",
            "lanes.escalated",
            "condition.escalated",
            "call.reminded",
            "outside.reminded",
            *("use_case.confirmation_", "wave.reminded", "wave.overdue"),
            *("waiver.report_", "waiver.certification_", "waiver.lapsed", "waiver.change_", "extension.ending"),
            *("pilot.ending", "pilot.ended"),
            "findings.",
        ),
    ),
    Group(
        "work",
        "Work that waits for you",
        "A case to endorse, to triage, to review or to decide; a question put to you.",
        (
            *("use_case.submitted", "use_case.resubmitted", "use_case.endorsed", "use_case.triaged"),
            *("use_case.reviewed", "use_case.referred", "lane.", "condition.", "handovers.offered", "updates."),
            "determination.cleared",
            *("call.", "outside.", "join.requested", "certification."),
            *("use_case.stage_requested", "use_case.reconsideration_asked", "use_case.confirmed_for_year", "wave."),
            "waiver.requested",
            "finding.",
        ),
    ),
    Group(
        "cases",
        "What becomes of your cases",
        "Sent back, approved, rejected; who takes part, who takes over, what is withheld.",
        (
            "use_case.",
            "join.",
            "handovers.",
            "component.",
            "user.leaving",
            "withholding.",
            "determination.",
            "waiver.",
            "extension.",
            "pilot.",
        ),
    ),
    Group(
        "talk",
        "Comments",
        "A comment on a case of yours, an answer in a conversation, your name in one.",
        ("comment.",),
    ),
    Group(
        "dates",
        "Systems and evidence",
        "A date that comes near, a record that changed.",
        ("evidence.", "system.", "systems.", "records."),
    ),
    Group("reports", "Reports you asked for", "", ("report.",)),
)
CHOOSABLE = tuple(group for group in GROUPS if group.code != ALWAYS)


def group_of(kind: str) -> str:
    """The group of an event kind; ALWAYS where none is named, so that nothing new is lost by a choice."""
    return next((group.code for group in GROUPS if kind.startswith(group.prefixes)), ALWAYS)


def unplaced(kinds: Collection[str]) -> list[str]:
    """Kinds that no group names."""
    return sorted(kind for kind in kinds if not any(kind.startswith(group.prefixes) for group in GROUPS))
