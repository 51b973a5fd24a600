"""What is withheld, by whom it was reviewed and until when, and the counts OMB asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from registry import columns, document, questionnaire, withholding
from registry.models import UseCase, WithholdingReview
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.permissions.know import for_reader
from registry.quality import SECTION_5
from registry.reads import label
from registry.withholding import STATES, WHOLE, Withheld

# A draft is still being written, and what was withdrawn is in no inventory.
LEFT_OUT = (Status.DRAFT, Status.WITHDRAWN)
NARROWED = ("ground", "stage", "impact", "field", "waived")
FILTERS = ("state", "part", "component", *NARROWED)


@dataclass(frozen=True)
class Entry:
    """One withholding with its newest review. `is_hidden`: its reason is about what the reader may not know."""

    case: UseCase
    one: Withheld
    review: WithholdingReview | None
    state: str
    is_hidden: bool
    waived: tuple[str, ...]

    @property
    def words(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def what(self) -> str:
        """The question withheld, or the case as a whole."""
        return field_words(self.one.field)

    @property
    def slug(self) -> str:
        """The field as an address has it."""
        return self.one.field or "whole"

    @property
    def ground(self) -> str:
        """The legal ground in words."""
        return ground_words(self.one.ground)

    @property
    def category(self) -> str:
        """OMB's answer, of a whole case."""
        return label("is_withheld", self.one.category) if self.one.category else ""


def field_words(field: str) -> str:
    """A withheld answer by its question."""
    question = questionnaire.every().get(field)
    return "The whole case" if field == WHOLE else question.title if question else field


def ground_words(code: str) -> str:
    """A legal ground by its label in the questionnaire."""
    question = questionnaire.every().get("withheld_ground")
    return dict(question.choices).get(code, code) if question and code else "No ground given"


def current(rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """Those of the cases that withhold something in the filed document, before the first filing in the newest."""
    wanted = Q()
    for name, place in (("filed_document", Q()), ("document", Q(filed_document=None))):
        said = Q(**{f"{name}__answers__is_withheld__in": withholding.GROUNDS_OF_OMB})
        for part in ("withheld", "flagged"):
            said |= Q(**{f"{name}__{part}__has_key": "is_withheld"})
        said |= Q(**{f"{name}__answers__has_key": document.WITHHELD_FIELDS})
        wanted |= place & said
    joined = rows.filter(wanted).exclude(status__in=LEFT_OUT).select_related("component", "owner", "backup_owner")
    return joined.defer("search_vector").order_by("use_case_id")


def newest(cases: Iterable[int]) -> dict[tuple[int, str], WithholdingReview]:
    """The newest review of each withholding of these cases."""
    rows = WithholdingReview.objects.filter(use_case__in=list(cases)).select_related("reviewer")
    found: dict[tuple[int, str], WithholdingReview] = {}
    for row in rows.order_by("reviewed_at", "id"):
        found[row.use_case_id, row.field] = row
    return found


def states(cases: Iterable[UseCase], today: date) -> dict[int, dict[str, str]]:
    """How each withholding of each case stands, by field, for the rule of `registry.quality`."""
    known = {case.pk: withholding.withheld(columns.read_from(case)) for case in cases}
    known = {pk: found for pk, found in known.items() if found}
    reviews = newest(known)
    return {
        pk: {one.field: withholding.state(one, reviews.get((pk, one.field)), today) for one in found}
        for pk, found in known.items()
    }


def entries(user: Any, today: date) -> list[Entry]:
    """All that is withheld of the cases this person may see. Whether a review holds is told from the words themselves,
    the words only to who may read them."""
    cases = list(current(visible_to(user)))
    reviews = newest(case.pk for case in cases)
    raw = {case.pk: withholding.withheld(columns.read_from(case)) for case in cases}
    left = {case.pk: tuple(withholding.waived(columns.read_from(case), SECTION_5)) for case in cases}
    for_reader(user, *cases)
    made = []
    for case in cases:
        for one in raw[case.pk]:
            review = reviews.get((case.pk, one.field))
            state = withholding.state(one, review, today)
            made.append(Entry(case, _cut(case, one), review, state, is_hidden(case, one.field), left[case.pk]))
    order = list(STATES)
    return sorted(made, key=lambda entry: (order.index(entry.state), entry.case.use_case_id, entry.one.field))


def is_hidden(case: UseCase, field: str) -> bool:
    """Whether a withholding's reason is about an answer kept from whoever the row was read for."""
    return ("withheld_reason" if field == WHOLE else field) in case.hidden


def _cut(case: UseCase, one: Withheld) -> Withheld:
    return Withheld(one.field, one.category, one.ground, "") if is_hidden(case, one.field) else one


def fits(entry: Entry, given: Mapping[str, str]) -> bool:
    """Whether an entry fits the filters."""
    facts = values(entry)
    return all(wanted in facts[name] for name, wanted in given.items() if wanted and name in facts)


def values(entry: Entry) -> dict[str, Sequence[str]]:
    """What an entry can be filtered by."""
    case, one = entry.case, entry.one
    return {
        "state": (entry.state,), "part": ("case",) if one.field == WHOLE else ("detail",),
        "ground": (one.ground or "none",),
        "component": (case.component.code,), "stage": (case.stage or "none",), "impact": (case.impact or "none",),
        "field": (one.field,), "waived": entry.waived,
    }  # fmt: skip


# -- what OMB wants to know of withheld cases -------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """One table of counts; each row has the filter that shows what it counts."""

    title: str
    rows: tuple[tuple[str, int, str], ...]  # (words, number, query)


def counts(found: Sequence[Entry]) -> list[Counts]:
    """Withheld cases by ground, stage and impact, details by question, waived practices as totals.

    OMB 2025 reporting guidance, withholding: what is kept from the public is still told to OMB in numbers.
    """
    whole = [entry for entry in found if entry.one.field == WHOLE]
    details = [entry for entry in found if entry.one.field != WHOLE]
    waived = Counter(name for entry in whole for name in entry.waived)
    return [
        _counted("Withheld cases by legal ground", "ground", Counter(entry.one.ground or "none" for entry in whole)),
        _counted("Withheld cases by stage", "stage", Counter(entry.case.stage or "none" for entry in whole)),
        _counted("Withheld cases by impact", "impact", Counter(entry.case.impact or "none" for entry in whole)),
        _counted("Minimum practices reported as waived on withheld cases", "waived", waived),
        _counted("Details withheld, by question", "field", Counter(entry.one.field for entry in details)),
    ]


def _counted(title: str, name: str, found: Counter[str]) -> Counts:
    part = "detail" if name == "field" else "case"
    rows = sorted((-number, worded(name, code), code) for code, number in found.items())
    return Counts(title, tuple((words, -less, f"part={part}&{name}={code}") for less, words, code in rows))


def worded(name: str, code: str) -> str:
    """A filter's code in words."""
    plain = "" if code == "none" else code
    if name == "ground":
        return ground_words(plain)
    return field_words(plain) if name in ("field", "waived") else label(name, plain)
