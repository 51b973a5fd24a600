"""How much lies with each office and how long its answers take: every figure can be asked for its rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)  # fmt: skip
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from accounts.models import Office
from governance.lifecycles import AT_WORK
from governance.models import Lane, LaneQuestion
from governance.reads import queue
from governance.reads.queue_asked import AGES, Asked, age_words, aged
from registry.permissions import visible_to

PERIODS = (30, 90, 365)
WEEKS = 12


class Percentile(Aggregate):
    """PostgreSQL's percentile_cont: between two rows it takes the point in between."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class OfficeTimes:
    """An office's lanes now, and how long it took over those it decided in the period."""

    office: Office
    open: int = 0
    overdue: int = 0
    nobody: int = 0
    blocked: int = 0
    decided: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None

    @property
    def median_days(self) -> str:
        """Half of its answers took no longer."""
        return days(self.median)

    @property
    def ninetieth_days(self) -> str:
        """Nine of ten took no longer."""
        return days(self.ninetieth)


@dataclass(frozen=True)
class Table:
    """Counts by row and office, in the order of `offices`; `keys` name the rows in an address."""

    offices: list[Office]
    rows: list[tuple[str, str, list[tuple[Office, int]], int]]

    @property
    def totals(self) -> list[int]:
        """How many each row holds."""
        return [total for *_, total in self.rows]


def days(took: timedelta | None) -> str:
    """Days with one decimal; nothing was decided: nothing."""
    return "" if took is None else f"{took.total_seconds() / 86_400:.1f}"


def decided(user: Any) -> QuerySet[Lane]:
    """What offices said themselves, of cases the person may see, with how long it `took`: from the day the lane
    opened to the decision, without the time a question was open. What was carried over was decided by nobody."""
    asked = LaneQuestion.objects.filter(lane=OuterRef("pk"), ended_at__isnull=False).order_by().values("lane")
    stood = asked.annotate(stood=Sum(F("ended_at") - F("asked_at"), output_field=DurationField())).values("stood")
    took = F("decided_at") - F("opened_at") - Coalesce(Subquery(stood), timedelta())
    rows = Lane.objects.filter(
        decided_at__isnull=False, carried_from=None, decided_by__isnull=False, review__use_case__in=visible_to(user)
    )  # fmt: skip
    return rows.annotate(took=ExpressionWrapper(took, output_field=DurationField()))


def since(period: int) -> date:
    """The first day of a period that ends today."""
    return timezone.localdate() - timedelta(days=period - 1)


def offices(user: Any, period: int) -> list[OfficeTimes]:
    """Every office with a lane at work or decided in the period, by code."""
    rows = decided(user).filter(decided_at__date__gte=since(period)).order_by().values("office")
    times: dict[Any, dict[str, Any]] = {
        row["office"]: {**row}
        for row in rows.annotate(
            decided=Count("pk"), median=Percentile("took", fraction=0.5), ninetieth=Percentile("took", fraction=0.9)
        )
    }
    found = queue.find(user, Asked("lanes", "all"))
    tests = queue.tests("lanes")
    names = {"open": "all", "overdue": "overdue", "nobody": "nobody", "blocked": "blocked"}
    now = found.rows.order_by().values("office").annotate(
        **{f"{name}_now": Count("pk", filter=tests[test]) for name, test in names.items()}
    )  # fmt: skip
    there: dict[Any, dict[str, Any]] = {row["office"]: {name: row[f"{name}_now"] for name in names} for row in now}
    return [
        OfficeTimes(
            office, **there.get(office.pk, {}),
            **{key: value for key, value in times.get(office.pk, {}).items() if key != "office"},
        )
        for office in Office.objects.filter(pk__in=[*times, *there]).order_by("code")
    ]  # fmt: skip


def by_week(user: Any) -> Table:
    """Decisions of the last twelve weeks, this one included, newest first, by office."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=n) for n in range(WEEKS)]
    rows = decided(user).filter(decided_at__date__gte=weeks[-1]).order_by()
    weekly: Any = rows.annotate(week=TruncWeek("decided_at", output_field=DateField())).values_list("week", "office")
    counts = {(week, office): count for week, office, count in weekly.annotate(Count("pk"))}
    return _table([(week.isoformat(), f"{week.day} {week:%B}", week) for week in weeks], counts)


def ageing(user: Any) -> Table:
    """What is open, by how many days ago the lane's clock began, by office."""
    rows = Lane.objects.filter(status__in=AT_WORK, review__use_case__in=visible_to(user)).order_by()
    tests = {f"age_{number}": Count("pk", filter=aged(age)) for number, age in enumerate(AGES)}
    counts: dict[tuple[Any, int], int] = defaultdict(int)
    lanes: Any = rows.values("office").annotate(**tests)
    for row in lanes:
        for number, age in enumerate(AGES):
            counts[(age, row["office"])] = row[f"age_{number}"]
    return _table([(age, age_words(age), age) for age in AGES], counts)


def _table(lines: list[tuple[str, str, Any]], counts: dict[tuple[Any, int], int]) -> Table:
    named = {office for (_, office), count in counts.items() if count}
    there = list(Office.objects.filter(pk__in=named).order_by("code"))
    rows = []
    for code, words, key in lines:
        cells = [(office, counts.get((key, office.pk), 0)) for office in there]
        rows.append((code, words, cells, sum(count for _, count in cells)))
    return Table(there, rows)


def narrowed(rows: QuerySet[Lane], user: Any, given: Any) -> tuple[QuerySet[Lane], list[str]]:
    """The decided lanes somebody asked for by office, week, period or person, and what was asked in words."""
    words = []
    if office := Office.objects.filter(code=given.get("office", "")[:40]).first():
        rows, words = rows.filter(office=office), [office.name]
    if given.get("by") == "me":
        rows, words = rows.filter(Q(decided_by=user.pk) | Q(second_reader=user.pk, second_read_at__isnull=False)), [
            *words, "by you"]  # fmt: skip
    if week := _day(given.get("week", "")):
        rows = rows.filter(decided_at__date__gte=week, decided_at__date__lt=week + timedelta(days=7))
        words = [*words, f"week of {week.day} {week:%B %Y}"]
    elif given.get("days") in [str(period) for period in PERIODS]:
        rows = rows.filter(decided_at__date__gte=since(int(given["days"])))
        words = [*words, f"last {given['days']} days"]
    return rows, words


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
