"""The two clocks: when something was true, and when the portal learned it (design section 3)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone


@dataclass(frozen=True)
class Clocks:
    """Select facts that were true by the end of `as_of`; `known_at` also leaves out what was recorded later."""

    as_of: date
    known_at: datetime | None = None

    def known(self, rows: QuerySet[Any], column: str = "recorded_at") -> QuerySet[Any]:
        """Leave out rows recorded after `known_at`."""
        return rows.filter(**{f"{column}__lte": self.known_at}) if self.known_at else rows

    def is_late(self, moment: datetime) -> bool:
        """Whether the portal learned it only after the day was over (department time)."""
        return moment >= _end_of(self.as_of)

    def late(self, column: str) -> ExpressionWrapper:
        """The same of a column, worked out by the database."""
        return ExpressionWrapper(Q(**{f"{column}__gte": _end_of(self.as_of)}), output_field=BooleanField())


@lru_cache(maxsize=8)
def _end_of(day: date) -> datetime:
    """The first moment of the day after, in department time."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
