"""What a check is given and what it yields. Pure: no ORM, no clock; time comes in as `as_of`."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from registry.questionnaire import Questionnaire

T = TypeVar("T")
ERROR, WARNING, NOTICE = "error", "warning", "notice"


@dataclass(frozen=True, slots=True)
class Record:
    """A dated record behind a practice. `is_independent`: by somebody who neither wrote nor submitted the case."""

    practice: str
    kind: str  # evidence, verification, acceptance
    title: str
    effective_on: date
    expires_on: date | None
    is_independent: bool

    def is_current(self, day: date) -> bool:
        """In effect and not expired; the last day counts."""
        return self.effective_on <= day and (self.expires_on is None or day <= self.expires_on)


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A CAIO waiver of one practice (M-25-21 section 4(a))."""

    practice: str
    granted_on: date
    expires_on: date
    revoked_on: date | None

    def is_active(self, day: date) -> bool:
        """Granted, not expired, not revoked."""
        return self.granted_on <= day <= self.expires_on and (self.revoked_on is None or day < self.revoked_on)


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
    read under `form`, the questionnaire edition the revision answered.
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
        """Whether the minimum practices apply (M-25-21, appendix section 4(b))."""
        return self.stage == "deployed" and self.impact == "high_impact"

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
