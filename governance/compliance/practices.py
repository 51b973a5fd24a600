"""Levels of the seven minimum practices (M-25-21, appendix section 4(b)(i) to (vii); design section 3). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.compliance import exceptions
from governance.compliance.contract import Snapshot

# Practice -> the answer OMB asks for it. Order: (i) to (vii).
FIELDS = {
    "testing": "hi_testing_conducted",
    "impact_assessment": "hi_assessment_completed",
    "monitoring": "hi_ongoing_monitoring",
    "training": "hi_training_established",
    "human_oversight": "hi_failsafe_presence",
    "appeals": "hi_appeal_process",
    "consultation": "hi_public_consultation",
}
NAMES = {
    "testing": "Pre-deployment testing",
    "impact_assessment": "AI impact assessment",
    "monitoring": "Ongoing monitoring",
    "training": "Human training",
    "human_oversight": "Human oversight and fail-safe",
    "appeals": "Remedies or appeals",
    "consultation": "Consultation of users and the public",
}
LOWERED = {name: label if label.startswith("AI ") else label.lower() for name, label in NAMES.items()}
LEVELS = {
    "not_answered": "Not answered",
    "in_progress": "In progress",
    "reported": "Reported only",
    "evidenced": "Evidenced",
    "verified": "Verified",
    "not_applicable": "Not applicable",
    "precluded": "Precluded",
    "waived": "Waived",
}
PLAIN = frozenset({"in_progress", "not_applicable", "precluded"})
DEADLINE = date(2026, 4, 3)  # M-25-21: 365 days after 3 April 2025


@dataclass(frozen=True, slots=True)
class Position:
    """Where one practice of one case stands. `due_on`: the deadline, or the first day of use if that is later.

    `exception`: the waiver, extension or pilot certificate in force for it, in words.
    """

    practice: str
    level: str
    is_accepted: bool
    due_on: date
    exception: str = ""

    @property
    def is_met(self) -> bool:
        """Evidenced or verified, covered by an exception, or accepted as not applicable or precluded."""
        shown = self.level in {"evidenced", "verified", "waived"}
        return shown or bool(self.exception) or (self.is_excused and self.is_accepted)

    @property
    def is_excused(self) -> bool:
        """Said not to apply, or precluded by law."""
        return self.level in {"not_applicable", "precluded"}

    @property
    def is_not_met(self) -> bool:
        """Not answered, or in progress, and nothing excuses it (design section 3)."""
        return self.level in {"not_answered", "in_progress"} and not self.exception

    @property
    def rests_on_word(self) -> bool:
        """Neither met nor not met: counted apart as resting on the component's word."""
        return not self.is_met and not self.is_not_met

    def days_past_due(self, day: date) -> int:
        """Days since it was due; 0 while it is not."""
        return max(0, (day - self.due_on).days)


def positions(snapshot: Snapshot, deadline: date = DEADLINE) -> tuple[Position, ...]:
    """The seven positions of a deployed high-impact case; empty for any other."""
    if not snapshot.is_deployed_high_impact:
        return ()
    due = due_on(snapshot, deadline)
    return tuple(_position(snapshot, practice, due) for practice in FIELDS)


def _position(snapshot: Snapshot, practice: str, due: date) -> Position:
    """An exception is named where it excuses something: what is evidenced or reported as done needs none."""
    found, stands = exceptions.cover(snapshot, practice), level(snapshot, practice)
    if snapshot.extensions:
        due = max([due, *exceptions.extended_to(snapshot, practice)])
    words = found.words if found and stands in {"waived", "not_answered", "in_progress"} else ""
    return Position(practice, stands, is_accepted(snapshot, practice), due, words)


def standing_words(found: Sequence[Position]) -> str:
    """How the seven practices of a case stand, in the one sentence every page says; empty where none is owed."""
    if not found:
        return ""
    not_met, on_word = sum(one.is_not_met for one in found), sum(one.rests_on_word for one in found)
    parts = [f"{not_met} of {len(found)} practices {'is' if not_met == 1 else 'are'} not met"] if not_met else []
    if on_word:
        many = f"{on_word}" if parts else f"{on_word} of {len(found)} practices"
        parts.append(f"{many} {'rests' if on_word == 1 else 'rest'} on the component’s word")
    if parts:
        return ", ".join(parts)
    covered = any(one.exception for one in found)
    return f"all seven practices are met{' or covered by an exception' if covered else ''}"


def due_on(snapshot: Snapshot, deadline: date = DEADLINE) -> date:
    """The deadline for uses that ran before it; for a later one the practices are due at deployment."""
    began = _date(snapshot.answers.get("operational_date"))
    return max(deadline, began) if began else deadline


def level(snapshot: Snapshot, practice: str) -> str:
    """The level of one practice on the snapshot's day.

    A waiver counts only from an active waiver record: an answer "waived" without one rests on the component's word.
    Evidence lifts what the component reports as done; it does not overrule its own "in progress". Which kinds of
    records are evidence, and of which practice, is data (`fixtures/rules/record-kinds-*.yaml`).
    """
    if any(w.practice == practice and w.is_active(snapshot.as_of) for w in snapshot.waivers):
        return "waived"
    reported = reported_level(snapshot.answers.get(FIELDS[practice]))
    if snapshot.withholds(FIELDS[practice]):
        reported = "reported"
    if reported in PLAIN:
        return reported
    current = [r for r in snapshot.records if r.practice == practice and r.is_current(snapshot.as_of)]
    evidence = [r.effective_on for r in current if r.lifts]
    if any(r.lifts and r.is_independent for r in current):  # an office's own record of work it did not do
        return "verified"
    verified = [r.effective_on for r in current if r.kind == "verification" and r.is_independent]
    if evidence and verified and min(evidence) <= max(verified):  # somebody has looked at a record that still counts
        return "verified"
    return "evidenced" if evidence else reported


def reported_level(answer: Any) -> str:
    """What the component's own answer amounts to, without any record.

    A consultation with a step taken and others in progress is in progress: the component says it is not finished.
    """
    chosen = set(answer) if isinstance(answer, list) else {answer} if answer else set()
    if not chosen:
        return "not_answered"
    return next((word for word in ("in_progress", "not_applicable", "precluded") if word in chosen), "reported")


def is_accepted(snapshot: Snapshot, practice: str) -> bool:
    """Whether somebody who may has accepted that the practice does not apply."""
    return any(
        r.practice == practice and r.kind == "acceptance" and r.is_current(snapshot.as_of) for r in snapshot.records
    )


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def recertify_by(granted_on: date, years: int = 1) -> date:
    """A waiver is recertified every year (M-25-21 section 4(a)); one of 29 February by 28 February."""
    try:
        return granted_on.replace(year=granted_on.year + years)
    except ValueError:
        return granted_on.replace(year=granted_on.year + years, day=28)
