"""What a check is given and what it yields. Pure: no ORM, no clock; time comes in as `as_of`."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from registry import asking
from registry.questionnaire import Questionnaire

T = TypeVar("T")
ERROR, WARNING, NOTICE = "error", "warning", "notice"


NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Record:
    """A dated record behind a practice or a privacy or security duty, as it stood on the snapshot's day.

    `expires_on`: the last day it counts, also where a newer record, a withdrawal or the removal of its file ended it;
    `ended` says which (`superseded`, `withdrawn`, `removed`), empty while it stands or merely ran out.
    `is_independent`: a verification, or an office's own record, by somebody who neither wrote, submitted nor brought
    what it is about, and is not tied to the case. `lacks`: kinds of parts it is not complete without.
    """

    practice: str
    kind: str  # slug of `governance.record_kinds`
    title: str
    effective_on: date
    expires_on: date | None
    is_independent: bool
    details: Mapping[str, Any] = dataclasses.field(default_factory=lambda: NOTHING)
    is_evidence: bool | None = None  # lifts its practice; by its kind, and by default the kind `evidence` does
    lacks: tuple[str, ...] = ()
    ended: str = ""
    ties: tuple[str, ...] = ()  # what ties whoever did it to the case
    office: str = ""  # code of the office whose record it is
    key: str = ""  # uuid of the record, to link to
    about: str = ""  # uuid of the record it is a part of

    def is_current(self, day: date) -> bool:
        """In effect and not expired; the last day counts."""
        return self.effective_on <= day and (self.expires_on is None or day <= self.expires_on)

    @property
    def is_complete(self) -> bool:
        """Has all parts its kind needs: an impact assessment its review and its signed risk acceptance."""
        return not self.lacks

    @property
    def lifts(self) -> bool:
        """Whether it makes its practice evidenced while it is current."""
        counts = self.kind == "evidence" if self.is_evidence is None else self.is_evidence
        return counts and self.is_complete


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A CAIO waiver of one practice (M-25-21 section 4(a)): granting, revoking and reporting it each have a day.

    `certified_on`: when it was certified last; `reassess_since`: a material change nobody has looked at since.
    """

    practice: str
    granted_on: date
    expires_on: date
    revoked_on: date | None
    id: str = ""
    ground: str = ""
    report_due_on: date | None = None
    reported_on: date | None = None
    revocation_due_on: date | None = None
    revocation_reported_on: date | None = None
    certified_on: date | None = None
    reassess_since: date | None = None
    has_summary: bool = True  # in plain words, for the public

    def is_active(self, day: date) -> bool:
        """Granted, not expired, not revoked."""
        return self.granted_on <= day <= self.expires_on and (self.revoked_on is None or day < self.revoked_on)

    @property
    def counts_from(self) -> date:
        """From when its year runs: the last certification, else the grant."""
        return self.certified_on or self.granted_on


@dataclass(frozen=True, slots=True)
class ExtensionFact:
    """More time granted by OMB under an instrument that knows extensions. No `practices`: all seven."""

    instrument: str
    granted_on: date
    until: date
    practices: tuple[str, ...] = ()
    id: str = ""

    def is_active(self, day: date) -> bool:
        """It excuses nothing after its last day."""
        return self.granted_on <= day <= self.until

    def covers(self, practice: str) -> bool:
        """Whether it is about this practice."""
        return not self.practices or practice in self.practices


@dataclass(frozen=True, slots=True)
class PilotFact:
    """A pilot the Chief AI Officer certified. `applied`: practices it says are applied all the same."""

    starts_on: date
    ends_on: date
    scale: str = ""
    applied: tuple[str, ...] = ()
    closed_on: date | None = None
    id: str = ""

    def is_active(self, day: date) -> bool:
        """Running and not closed."""
        return self.starts_on <= day <= self.ends_on and (self.closed_on is None or day < self.closed_on)

    def is_over(self, day: date) -> bool:
        """Past its end without a decision on what follows."""
        return day > self.ends_on and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class StopFact:
    """An order to stop the use. Until somebody else has confirmed it, the use counts as running."""

    because: str  # prohibited, not_compliant
    effective_on: date
    report_by: date
    reported_on: date | None = None
    confirmed_on: date | None = None
    lifted_on: date | None = None
    id: str = ""

    def stands(self, day: date) -> bool:
        """Given and not lifted."""
        return self.effective_on <= day and (self.lifted_on is None or day < self.lifted_on)

    def is_stopped(self, day: date) -> bool:
        """Confirmed, and not lifted since."""
        return self.confirmed_on is not None and self.confirmed_on <= day and not self.is_lifted(day)

    def is_lifted(self, day: date) -> bool:
        """Whether the use may run again."""
        return self.lifted_on is not None and self.lifted_on <= day


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A prohibition the offices have to settle, or have: open, lifted for the answer that stood then, or applies."""

    prohibition: str  # field of the attestation
    state: str  # open, lifted, applies
    answer: str  # that it is about
    due_on: date


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """The newest review of one withholding: what was looked at, and what was said of it."""

    field: str  # empty: the whole case
    category: str
    ground: str
    reason: str
    verdict: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """The newest decision: what it covers."""

    outcome: str
    covers_stage: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another case with the same name, or with word for word the same justification."""

    use_case_id: str
    component: str
    answers: Mapping[str, Any]
    has_same_name: bool
    has_same_justification: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a check may look at, as it stood at `as_of` by both clocks.

    `document` is the filed revision document, `answers` those of its answers that count (hidden ones left out), both
    read under `form`, the questionnaire edition the revision answered. `reported_before`: practices an earlier filing
    reported as done and this one does not, with the newest such day. `changed_on`: the newest material change.
    """

    use_case_id: str
    name: str
    component: str
    status: str
    as_of: date
    document: Mapping[str, Any]
    answers: Mapping[str, Any]
    effective_on: date
    form: Questionnaire
    cycle: int | None = None  # newest reporting year in whose inventory file the case stood
    records: tuple[Record, ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    extensions: tuple[ExtensionFact, ...] = ()
    pilots: tuple[PilotFact, ...] = ()
    stops: tuple[StopFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    withholding_reviews: tuple[ReviewFact, ...] = ()
    reported_before: Mapping[str, date] = dataclasses.field(default_factory=lambda: NOTHING)
    changed_on: date | None = None
    decision: DecisionFact | None = None
    determined_impact: str | None = None
    determined_categories: tuple[str, ...] = ()
    namesakes: tuple[Namesake, ...] = ()
    latest_cycle: int | None = None  # newest reporting year of which the agency has an inventory file
    is_restricted: bool = False
    restricted_fields: frozenset[str] = frozenset()  # answers no text of a report may repeat
    is_recorded_late: bool = False  # rests on something the portal learned only after `as_of`
    _once: dict[Any, Any] = dataclasses.field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, derive: Callable[["Snapshot"], T]) -> T:
        """What several checks derive from the whole snapshot, derived once; a changed copy starts anew."""
        if derive not in self._once:
            self._once[derive] = derive(self)
        found: T = self._once[derive]
        return found

    @property
    def stage(self) -> str | None:
        """OMB's stage of development, as filed."""
        return self.answers.get("development_stage")

    @property
    def impact(self) -> str | None:
        """The reported answer on high-impact."""
        return self.answers.get("is_high_impact")

    @property
    def is_deployed_high_impact(self) -> bool:
        """Whether the minimum practices apply (M-25-21, appendix section 4(b)): not to what is confirmed stopped."""
        return self.stage == "deployed" and self.impact == "high_impact" and not self.is_stopped

    @property
    def is_stopped(self) -> bool:
        """An order to stop it was carried out and confirmed, whatever stage is reported."""
        return any(stop.is_stopped(self.as_of) for stop in self.stops)

    def asks(self, name: str) -> bool:
        """Whether the question is put to this case, answered or not."""
        question = self.form.by_field.get(name)
        if question is None or not question.show_if.fields:
            return question is not None
        return question.show_if.holds(self._facts)

    @property
    def _facts(self) -> Mapping[str, Any]:
        """The answers that count; before the stage is answered the first one is assumed, as on the form."""
        return self.answers if self.stage else {**self.answers, "development_stage": asking.stage_of(self.document)}

    def records_of(self, kind: str) -> tuple[Record, ...]:
        """Records of a kind that were neither replaced nor withdrawn by the day, run out ones too; newest first."""
        found = [one for one in self.records if one.kind == kind and not (one.ended and not one.is_current(self.as_of))]
        return tuple(sorted(found, key=lambda one: one.effective_on, reverse=True))

    def current(self, kind: str) -> Record | None:
        """The newest complete record of a kind that is in effect on the day."""
        return next((one for one in self.records_of(kind) if one.is_complete and one.is_current(self.as_of)), None)

    def withholds(self, name: str) -> bool:
        """Whether the answer is withheld in the source: an answer nobody here can read."""
        return name in self.document.get("withheld", {})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a provision asks for and the case does not show.

    `key` tells problems of one check apart; `remedy` empty means the provision's own; `practice` names the one a
    waiver could cover.
    """

    message: str
    severity: str = WARNING
    key: str = ""
    field: str = ""
    remedy: str = ""
    due_on: date | None = None
    practice: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


Check = Callable[[Snapshot, Mapping[str, Any]], Iterator[Problem]]
