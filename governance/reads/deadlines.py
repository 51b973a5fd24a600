"""What is due on which day, over the cases a person may see: from findings, conditions, exceptions, records, the call.

A fixed number of queries. Findings are counted by day, component and provision; conditions, exceptions and records are
a row each, so the time grows with how many of these end within the period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils import timezone

from governance import department_days
from governance.compliance import reads
from governance.compliance.practices import LOWERED
from governance.models import Condition, Extension, Finding, PilotCertificate, Waiver, WaiverReport
from governance.permissions.conditions import conditions_visible_to
from governance.permissions.records import records_visible_to
from registry.models import Cycle, UseCase
from registry.permissions import visible_to
from registry.permissions.cycles import calls_visible_to, sees_whole_cycle

KINDS = {
    "finding": "Findings",
    "condition": "Conditions",
    "waiver": "Waivers",
    "exception": "Extensions and pilots",
    "record": "Dated records",
    "inventory": "Yearly inventory",
    "department": "Department",
}
DEFERRED = ("use_case__document", "use_case__filed_document")


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, date]:
        """For a range lookup."""
        return self.first, self.last

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


@dataclass(frozen=True)
class Entry:
    """Something due on a day. `what` names no case and quotes nothing, so that it may leave the portal in a file."""

    on: date
    kind: str
    what: str
    url: str
    key: str
    component: str = ""
    use_case: UseCase | None = None
    note: str = ""

    @property
    def days_late(self) -> int:
        """Days since it was due; 0 while it is not."""
        return max(0, (timezone.localdate() - self.on).days)

    @property
    def kind_words(self) -> str:
        """Its kind as the filter names it."""
        return KINDS[self.kind]


def entries(user: Any, first: date, last: date) -> list[Entry]:
    """Everything due from one day to another, both included, soonest first."""
    period = Period(first, last)
    found = [
        *_findings(user, period), *_conditions(user, period), *_waivers(user, period), *_exceptions(user, period),
        *_records(user, period), *_inventory(user, period), *_department(period),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.on, one.kind, one.component, one.key))


def _of_case(on: date, kind: str, what: str, thing: Any, part: str = "") -> Entry:
    case, key, note = thing.use_case, f"{thing.uuid}{part}", thing.text if kind == "condition" else ""
    return Entry(on, kind, what, thing.get_absolute_url(), key, case.component.code, case, note)


def _findings(user: Any, period: Period) -> Iterator[Entry]:
    rows = Finding.objects.filter(
        use_case__in=visible_to(user).values("pk"), state=Finding.State.OPEN, due_on__range=period.days
    )
    columns = ("due_on", "use_case__component__code", "provision__ref", "provision__title")
    for day, code, ref, title, n in rows.order_by().values_list(*columns).annotate(n=Count("pk")):
        where = urlencode({"component": code, "provision": ref, "due_on": day.isoformat()})
        what = f"{n} finding{'' if n == 1 else 's'}: {title}"
        yield Entry(day, "finding", what, f"/compliance/findings/?{where}", f"{code}-{ref}-{day}", code)


def _conditions(user: Any, period: Period) -> Iterator[Entry]:
    rows = conditions_visible_to(user).filter(state=Condition.State.OPEN, due_on__range=period.days)
    for row in rows.select_related("use_case__component").defer(*DEFERRED):
        yield _of_case(row.due_on, "condition", "A condition is to be met", row)


def _waivers(user: Any, period: Period) -> Iterator[Entry]:
    """OMB is told of grant and revocation within 30 days, and each is certified anew yearly (M-25-21 section 4(a))."""
    rows = Waiver.objects.filter(use_case__in=visible_to(user).values("pk"))
    rows = rows.filter(Q(revoked_on=None, expires_on__gte=period.first) | ~Q(reports__about="revocation"))
    for row in rows.distinct().select_related("use_case__component").defer(*DEFERRED).prefetch_related("reports"):
        told = {one.about for one in row.reports.all()}
        for about in WaiverReport.About.values:
            day = row.report_due(about)
            if about not in told and day in period and day:
                what = f"OMB is told of the {about} of a waiver of {LOWERED[row.practice]}"
                yield _of_case(day, "waiver", what, row, f"-{about}")
        if row.revoked_on is None and row.expires_on in period:
            what = f"The waiver of {LOWERED[row.practice]} ends, unless it is certified anew"
            yield _of_case(row.expires_on, "waiver", what, row, "-end")


def _exceptions(user: Any, period: Period) -> Iterator[Entry]:
    cases = visible_to(user).values("pk")
    extensions = Extension.objects.filter(use_case__in=cases, removed_at=None, until__range=period.days)
    for row in extensions.select_related("use_case__component").defer(*DEFERRED):
        yield _of_case(row.until, "exception", "An extension ends", row)
    pilots = PilotCertificate.objects.filter(use_case__in=cases, closed_on=None, ends_on__range=period.days)
    for pilot in pilots.select_related("use_case__component").defer(*DEFERRED):
        yield _of_case(pilot.ends_on, "exception", "A pilot ends: say what follows", pilot)


def _records(user: Any, period: Period) -> Iterator[Entry]:
    """Records that stand and run out: a PTA after three years, an ATO, a reassessment, training."""
    rows = records_visible_to(user).filter(expires_on__range=period.days)
    standing = rows.model.objects.standing().filter(expires_on__range=period.days)
    rows = rows.filter(pk__in=standing.values("pk")).select_related("use_case__component").defer(*DEFERRED)
    for row in rows:
        if row.expires_on:
            yield _of_case(row.expires_on, "record", f"Runs out: {row.get_kind_display()}", row)


def _inventory(user: Any, period: Period) -> Iterator[Entry]:
    """The days of the yearly call: of the whole inventory, or of one's own component."""
    found = _of_cycles() if sees_whole_cycle(user) else _of_calls(user)
    return (entry for entry in found if entry.on in period)


def _of_cycles() -> Iterator[Entry]:
    for row in Cycle.objects.exclude(status=Cycle.Status.FROZEN):
        named = (
            (row.due_on, f"Components answer {row}"),
            (row.certify_on, f"Components certify {row}"),
            (row.submit_on, f"{str(row).capitalize()} leaves the portal"),
        )
        for part, (day, what) in enumerate(named):
            yield Entry(day, "inventory", what, row.get_absolute_url(), f"cycle-{row.year}-{part}")


def _of_calls(user: Any) -> Iterator[Entry]:
    for row in calls_visible_to(user).exclude(cycle__status=Cycle.Status.FROZEN):
        code, url = row.component.code, row.get_absolute_url()
        yield Entry(row.due_on, "inventory", f"{code} answers {row.cycle}", url, f"{row.uuid}-answer", code)
        yield Entry(
            row.cycle.certify_on, "inventory", f"{code} certifies {row.cycle}", url, f"{row.uuid}-certify", code
        )


def _department(period: Period) -> Iterator[Entry]:
    for number, one in enumerate(department_days.in_force(timezone.localdate()).days):
        for day in one.between(*period.days):
            yield Entry(day, "department", one.what, "/policy/", f"department-{number}-{day}", note=one.source)


def only(found: Iterable[Entry], *, component: str = "", kind: str = "", month: str = "") -> list[Entry]:
    """Those that fit; what concerns the whole department stands under no component."""
    return [
        one for one in found
        if (not component or one.component == component)
        and (not kind or one.kind == kind)
        and (not month or f"{one.on:%Y-%m}" == month)
    ]  # fmt: skip


def soon(user: Any, today: date) -> list[Entry]:
    """What is due within 30 days."""
    return entries(user, today, today + reads.SOON)
