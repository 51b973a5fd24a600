"""What looks wrong in the inventory: by rule and by component, today and in the months before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from audit.models import Event
from registry import questionnaire
from registry.inventory.issue_words import TITLES
from registry.models import QualityMark
from registry.permissions.quality import marks_visible_to

BEFORE = (90, 60, 30, 0)  # days: the columns of the page


@dataclass(frozen=True)
class Row:
    """One rule or component: open concerns on each of the days, oldest first; None where nobody looked yet."""

    key: str
    title: str
    severity: str
    counts: tuple[int | None, ...]
    days: tuple[date, ...]

    @property
    def on(self) -> list[tuple[date, int | None]]:
        """Each day with its count."""
        return list(zip(self.days, self.counts, strict=True))

    @property
    def now(self) -> int:
        """Open today."""
        return self.counts[-1] or 0


def days(today: date) -> list[date]:
    """The days that are counted, oldest first."""
    return [today - timedelta(days=ago) for ago in BEFORE]


def chosen(user: Any, given: Mapping[str, str]) -> QuerySet[QualityMark]:
    """The concerns this person may read that fit the filters `code` and `component`."""
    rows = marks_visible_to(user)
    if given.get("component"):
        rows = rows.filter(use_case__component__code=given["component"])
    return rows.filter(code=given["code"]) if given.get("code") else rows


def by_rule(rows: QuerySet[QualityMark], today: date) -> list[Row]:
    """Open concerns by rule, those with most today first."""
    wanted, since = tuple(days(today)), first_look()
    found = rows.values("code").annotate(**_open_on(wanted)).order_by()
    worst = dict(rows.order_by("severity").values_list("code", "severity"))  # "warning" comes last and wins
    made = [
        Row(one["code"], TITLES.get(one["code"], one["code"]), worst[one["code"]], _counts(one, wanted, since), wanted)
        for one in found
    ]
    return sorted((row for row in made if any(row.counts)), key=lambda row: (-row.now, row.title))


def by_component(rows: QuerySet[QualityMark], today: date) -> list[Row]:
    """Open concerns by component."""
    names = ("use_case__component__code", "use_case__component__name")
    wanted, since = tuple(days(today)), first_look()
    found = rows.values(*names).annotate(**_open_on(wanted)).order_by()
    made = [Row(one[names[0]], one[names[1]], "", _counts(one, wanted, since), wanted) for one in found]
    return sorted((row for row in made if any(row.counts)), key=lambda row: (-row.now, row.key))


def _open_on(wanted: Sequence[date]) -> dict[str, Count]:
    return {
        f"on_{number}": Count("pk", filter=Q(found_on__lte=day) & (Q(cleared_on=None) | Q(cleared_on__gt=day)))
        for number, day in enumerate(wanted)
    }


def _counts(one: Mapping[str, Any], wanted: Sequence[date], since: date | None) -> tuple[int | None, ...]:
    return tuple(one[f"on_{number}"] if since and day >= since else None for number, day in enumerate(wanted))


def first_look() -> date | None:
    """The day the inventory was first looked at; of the days before, nobody can say what looked wrong."""
    first = Event.objects.filter(kind="quality.counted").order_by("recorded_at", "id").first()
    found = [day for day in (QualityMark.objects.aggregate(day=Min("found_on"))["day"],) if day]
    return min([*found, *([timezone.localdate(first.recorded_at)] if first else [])], default=None)


def open_marks(rows: QuerySet[QualityMark]) -> QuerySet[QualityMark]:
    """The open concerns with their cases, oldest first."""
    return (
        rows.filter(cleared_on=None)
        .select_related("use_case__component", "use_case__owner")
        .defer("use_case__search_vector")
        .order_by("-severity", "found_on", "use_case__use_case_id", "id")
    )


def words(field: str) -> str:
    """The question a concern is about."""
    question = questionnaire.every().get(field)
    return question.short if question else field


def last_count() -> Event | None:
    """When the inventory was last looked at."""
    return Event.objects.filter(kind="quality.counted").order_by("-recorded_at", "-id").first()
