"""The guards of the transition tables: each answers with sentences why not; no sentence lets the move happen.

Pure: what a guard must know comes in as arguments. The names are those of `registry.lifecycle.GUARDS`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from governance.lifecycles import PENDING

HIGH, PRESUMED, NOT_HIGH = "high_impact", "presumed_not_high_impact", "not_high_impact"
IMPACTS = (HIGH, PRESUMED, NOT_HIGH)
CATEGORIES = "abcdefghijklmno"


def complete(missing: Sequence[object]) -> list[str]:
    """Nothing is missing or waiting for correction (OMB 2025 reporting guidance, section 5: required fields)."""
    if not missing:
        return []
    answers = "One answer is" if len(missing) == 1 else f"{len(missing)} answers are"
    return [f"{answers} still missing or waiting for correction. The task list names each."]


def in_edition(newer: str) -> list[str]:
    """The case answers the questionnaire in force, whose answers route the review (docs/decisions/0011)."""
    if not newer:
        return []
    return [f"The case answers an older questionnaire. Move it on to edition {newer} on its task list, then send it."]


def not_an_author(person: int, authors: Collection[int], act: str, ask: str) -> list[str]:
    """Nobody judges a case they wrote or submitted since its last decision (design section 4)."""
    if person not in authors:
        return []
    return [f"You wrote or submitted part of this case since its last decision, so you cannot {act} it. {ask}"]


def one_office(other_offices: Collection[str]) -> list[str]:
    """Nobody acts for two offices in one round (design section 4)."""
    if not other_offices:
        return []
    return [f"You already acted for {' and '.join(sorted(other_offices))} in this round; nobody acts for two offices."]


def one_office_by_another(giver: str, other_offices: Collection[str]) -> list[str]:
    """Nor by somebody who stands in (design section 4)."""
    if not other_offices:
        return []
    return [f"{giver} already acted for {' and '.join(sorted(other_offices))} in this round, so nobody acts for them."]


def not_a_reviewer(signed_for: Collection[str]) -> list[str]:
    """Nobody is reviewer and decider in one round (design section 4)."""
    if not signed_for:
        return []
    return [f"You acted for {' and '.join(sorted(signed_for))} in this round, so you cannot also decide it."]


def reasons_given(message: str, what: str = "Say why, in a sentence or two.") -> list[str]:
    """At least one reason is given."""
    return [] if message.strip() else [what]


def conditions_given(conditions: Sequence[tuple[Any, ...]], today: date) -> list[str]:
    """At least one condition, each with words and a day that has not passed; the other terms are not judged here."""
    if not conditions:
        return ["Write at least one condition with the day it is due, or choose the outcome without conditions."]
    reasons = []
    if any(not str(one[0]).strip() for one in conditions):
        reasons.append("A condition has a due date but no words.")
    if any(one[1] < today for one in conditions):
        reasons.append("A condition is due on a day that has passed.")
    return reasons


def all_lanes_signed(lanes: Iterable[tuple[str, str]]) -> list[str]:
    """Every office that signs has answered; `lanes` are (office, status). Silence never approves."""
    waiting = sorted(office for office, status in lanes if status in PENDING)
    return [f"Still waiting for {', '.join(waiting)}."] if waiting else []


def decided_by_board(is_caio_office: bool, is_at_board: bool) -> list[str]:
    """A case of the Chief AI Officer's own office is decided by the Board; at the Board only its vote counts."""
    if is_at_board:
        return ["The case is before the Board. It is decided when the secretary closes its item with the vote."]
    if is_caio_office:
        return ["This is a case of the Chief AI Officer's own office. The Board decides it: refer it."]
    return []


def deputy_reach(filed_impact: str, determined_impact: str = NOT_HIGH) -> list[str]:
    """A deputy decides only what is not high-impact, neither as filed nor as determined (design section 4)."""
    if filed_impact == NOT_HIGH and determined_impact == NOT_HIGH:
        return []
    return ["A deputy decides only cases that are not high-impact. The Chief AI Officer decides this one."]


def delegate_reach(filed_impact: str, determined_impact: str) -> str:
    """What stops who stands in for the Chief AI Officer: `clear` a presumption, `high_impact`, or nothing.

    They reach no further than a deputy; M-25-21 section 4(a): an accountable official clears a presumption in writing
    (summary); design section 4.
    """
    if determined_impact == PRESUMED:
        return "clear"
    return "high_impact" if deputy_reach(filed_impact, determined_impact) else ""


def objections_answered(objecting: Collection[str], answer: str) -> list[str]:
    """An objection does not end the round; the decision must answer it."""
    if not objecting or answer.strip():
        return []
    return [f"{' and '.join(sorted(objecting))} objected. Answer the objection in the decision."]


def determination_sound(impact: str, categories: Collection[str], justification: str) -> list[str]:
    """A determination is complete (M-25-21, section 4(a) and appendix section 6).

    A presumption is cleared in writing only, and what is determined to be not high-impact without having been
    presumed cannot name a presumed category.
    """
    if impact not in IMPACTS:
        return ["Say whether the use is high-impact."]
    if any(letter not in CATEGORIES for letter in categories):
        return ["A presumed category is one of the letters a to o."]
    if impact == PRESUMED and not justification.strip():
        return ["A presumed high-impact use can be determined not high-impact only with a written justification."]
    if impact == PRESUMED and not categories:
        return ["Name the presumed category that was looked at."]
    if impact == NOT_HIGH and categories:
        return ["A use in a presumed category is high-impact, or “presumed, but determined not high-impact”."]
    return []


def triaged(is_complete: bool, blockers: Sequence[str]) -> list[str]:
    """Triage opens a review only for what is complete, in scope, AI and no duplicate."""
    reasons = [] if is_complete else ["The case is not complete: send it back with what is missing."]
    return [*reasons, *blockers]


def vote_closed(outcome: str | None, reason: str) -> list[str]:
    """The Board's vote has a result."""
    return [] if outcome else [reason]


def former_status(verb: str, suspended_from: str) -> list[str]:
    """Resuming gives back the status a case had and never approves anything."""
    wanted = {"resume": "approved", "resume_with_conditions": "approved_with_conditions", "resume_recorded": "recorded"}
    if wanted[verb] == suspended_from:
        return []
    if not suspended_from:
        return ["It was not approved when it was stopped. It is sent for review again; there is nothing to resume."]
    return [f"It was “{suspended_from.replace('_', ' ')}” when it was suspended, and resumes to that only."]


def prohibition_applies(office: str, says: str) -> list[str]:
    """An office that a hold asks has determined that the prohibition applies (DHS Directive 139-08)."""
    return [] if says == "applies" else [f"The {office} has not determined that the prohibition applies."]


def stage_retired(stage: str) -> list[str]:
    """The reported stage is retired; the case is reported once more as such (OMB 2025 reporting guidance)."""
    if stage == "retired":
        return []
    return ["Report the stage of development as retired first; the status follows what is reported."]
