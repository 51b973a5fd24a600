"""The list's filters by review office, change since the approval and review here: registry knows no reviews."""

from typing import Any

from django.db.models import Count, QuerySet

from governance.lifecycles import PENDING
from governance.models import Lane
from governance.reads import material, reviewed
from registry import filters
from registry.models import UseCase
from registry.reads import Choice


def _open_lanes() -> QuerySet[Lane]:
    return Lane.objects.filter(status__in=PENDING, is_advisory=False)


def _at_office(rows: QuerySet[UseCase], value: str, user: Any) -> QuerySet[UseCase]:
    return rows.filter(pk__in=_open_lanes().filter(office__code=value).values("review__use_case"))


def _offices(rows: QuerySet[UseCase], user: Any) -> list[Choice]:
    lanes = _open_lanes().filter(review__use_case__in=rows.order_by().values("pk")).order_by()
    found = lanes.values_list("office__code", "office__name").annotate(number=Count("review__use_case", distinct=True))
    return [Choice(code, name, number) for code, name, number in found.order_by("office__name")]


def offer() -> None:
    """Put the filters on the list."""
    filters.add(filters.Beside("office", "Waits at", _at_office, _offices))
    filters.add(filters.Beside("approval", "Approval", material.narrow, material.choices, material.words))
    filters.add(filters.Beside("reviewed", "Reviewed", reviewed.narrow, reviewed.choices, reviewed.words))
