"""The dated records of every case a person may see: by kind, component and how they stand; and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Office
from governance import record_kinds
from governance.compliance.record_lives import Lives
from governance.compliance.snapshot import Clocks
from governance.compliance.snapshot.records import deciders_of
from governance.models import DatedRecord
from governance.permissions.records import recorder_words, records_visible_to
from governance.reads.records import SOON, Line, is_covered
from governance.record_kinds import Kind
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.reads import Choice

SHOWN = {
    "current": "Current",
    "soon": "Run out within 60 days",
    "incomplete": "Not complete",
    "expired": "Ran out",
    "ended": "Replaced or withdrawn",
    "missing": "Missing",
}
OUT = (Status.DRAFT, Status.WITHDRAWN, Status.RETIRED)  # cases of which no record is expected


def given_of(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address; what is not known is left out."""
    given = {name: value for name in ("kind", "component") if (value := asked.get(name))}
    return {**given, "show": asked.get("show", "")} if asked.get("show") in SHOWN else {**given, "show": "current"}


def lacking(today: date) -> Q:
    """Records without a part their kind needs (an impact assessment without its signed risk acceptance)."""
    found = Q(pk__in=[])
    for kind in record_kinds.in_force(today).with_parts:
        for name in kind.needs:
            part = DatedRecord.objects.current(today).filter(about=OuterRef("pk"), kind=name)
            found |= Q(kind=kind.slug) & ~Q(Exists(part))
    return found


def _by_show(show: str, rows: QuerySet[DatedRecord], today: date) -> QuerySet[DatedRecord]:
    standing = DatedRecord.objects.standing()
    if show == "ended":
        return rows.exclude(pk__in=standing.values("pk"))
    rows = rows.filter(pk__in=standing.values("pk"))
    if show == "expired":
        return rows.filter(expires_on__lt=today)
    rows = rows.exclude(expires_on__lt=today)
    if show == "incomplete":
        return rows.filter(lacking(today))
    if show == "soon":
        return rows.filter(expires_on__lte=today + timedelta(days=SOON))
    return rows.exclude(lacking(today))


def listed(user: Any, given: Mapping[str, str], *, without: str = "") -> QuerySet[DatedRecord]:
    """The records that fit the filters, of cases the person may see; those that end first come first."""
    rows = records_visible_to(user)
    if "kind" in given and without != "kind":
        rows = rows.filter(kind=given["kind"])
    if "component" in given and without != "component":
        rows = rows.filter(use_case__component__code=given["component"])
    rows = _by_show(given["show"], rows, timezone.localdate())
    ordered = rows.order_by(F("expires_on").asc(nulls_last=True), "use_case__use_case_id", "pk")
    return ordered.select_related("use_case__component", "recorded_by", "office", "evidence").defer(
        "use_case__document", "use_case__filed_document"
    )


def counted(user: Any, given: Mapping[str, str]) -> list[tuple[str, str, int | None]]:
    """How many records stand how, under the other filters; what is missing is counted where it is shown."""
    found: list[tuple[str, str, int | None]] = []
    for show, label in SHOWN.items():
        number = None if show == "missing" else listed(user, {**given, "show": show}).order_by().count()
        found.append((show, label, number))
    return found


def choices(user: Any, given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """The kinds and components there are under the other filters, each with its count."""
    kinds = listed(user, given, without="kind").order_by().values_list("kind").annotate(n=Count("pk"))
    places = listed(user, given, without="component").order_by().values_list("use_case__component__code")
    return {
        "kind": _sorted(Choice(slug, record_kinds.kind_of(slug).label, n) for slug, n in kinds),
        "component": _sorted(Choice(code, code, n) for code, n in places.annotate(n=Count("pk"))),
    }


def _sorted(found: Iterable[Choice]) -> list[Choice]:
    return sorted(found, key=lambda one: one.label)


def with_lives(rows: Iterable[DatedRecord]) -> list[Line]:
    """Each record with how it stands: one query for all records of the cases, whatever their number."""
    listed_rows, today = list(rows), timezone.localdate()
    by_case: dict[int, list[DatedRecord]] = defaultdict(list)
    cases = {row.use_case_id for row in listed_rows}
    for row in DatedRecord.objects.filter(use_case__in=cases, effective_on__lte=today).select_related("evidence"):
        by_case[row.use_case_id].append(row)
    lives = {case: Lives(found, today) for case, found in by_case.items()}
    deciders = deciders_of(list(cases), Clocks(today))
    return [
        Line(row, lives[row.use_case_id].of(row), today, frozenset(deciders[row.use_case_id])) for row in listed_rows
    ]


# -- what is missing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """A kind of record a case is expected to have and has not."""

    case: int
    component: str
    kind: Kind


@dataclass(frozen=True)
class GapLine:
    """A gap with its case and who can close it."""

    use_case: UseCase
    kind: Kind
    who: str


def gaps(user: Any) -> list[Gap]:
    """What the stage of each case asks for and nobody has put on record; two queries, whatever the number of cases."""
    today = timezone.localdate()
    kinds = [kind for kind in record_kinds.in_force(today).kinds if kind.expected_when]
    fields = sorted({name for kind in kinds if kind.expected_when for name in kind.expected_when.fields})
    cases = visible_to(user).exclude(status__in=OUT).exclude(filed_number=None).order_by("use_case_id")
    columns = [F(f"filed_document__answers__{name}") for name in fields]
    kinds_of, practices_of = _there(user, today)
    found = []
    for row in cases.values_list("pk", "component__code", *columns):
        answers = dict(zip(fields, row[2:], strict=True))
        for kind in kinds:
            is_there = kind.slug in kinds_of[row[0]] or is_covered(kind, practices_of[row[0]])
            if not is_there and kind.is_expected(answers, today):
                found.append(Gap(row[0], row[1], kind))
    return found


def _there(user: Any, today: date) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """By case: the kinds of records in effect, and the practices that such a record shows."""
    kinds: dict[int, set[str]] = defaultdict(set)
    practices: dict[int, set[str]] = defaultdict(set)
    lifting = {kind.slug for kind in record_kinds.in_force(today).kinds if kind.is_evidence}
    rows = _by_show("current", records_visible_to(user), today).order_by()
    for case, slug, practice in rows.values_list("use_case_id", "kind", "practice").distinct():
        kinds[case].add(slug)
        if slug in lifting:
            practices[case].add(practice)
    return kinds, practices


def narrowed(found: Iterable[Gap], given: Mapping[str, str], *, without: str = "") -> list[Gap]:
    """The gaps that fit the filters."""
    wanted = {name: value for name, value in given.items() if name != without}
    return [
        one for one in found
        if wanted.get("kind") in (None, one.kind.slug) and wanted.get("component") in (None, one.component)
    ]  # fmt: skip


def gap_choices(found: Collection[Gap], given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """The same of what is missing."""
    kinds: dict[str, int] = defaultdict(int)
    places: dict[str, int] = defaultdict(int)
    for one in narrowed(found, given, without="kind"):
        kinds[one.kind.slug] += 1
    for one in narrowed(found, given, without="component"):
        places[one.component] += 1
    return {
        "kind": _sorted(Choice(slug, record_kinds.kind_of(slug).label, n) for slug, n in kinds.items()),
        "component": _sorted(Choice(code, code, n) for code, n in places.items()),
    }


def with_cases(found: Iterable[Gap]) -> list[GapLine]:
    """The gaps with their cases and who can close them: two queries."""
    listed_gaps = list(found)
    rows = UseCase.objects.filter(pk__in={one.case for one in listed_gaps})
    rows = rows.select_related("component", "owner").defer("document", "filed_document")
    cases, names = {row.pk: row for row in rows}, dict(Office.objects.values_list("code", "name"))
    return [GapLine(cases[one.case], one.kind, recorder_words(cases[one.case], one.kind, names)) for one in listed_gaps]
