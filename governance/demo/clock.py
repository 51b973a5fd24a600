"""Lets the demonstration's acts take place over the past year.

`django.utils.timezone.now()` is the only clock the actions read, and it asks its module's `datetime`. For the
length of one act that name is a stand-in whose `now()` is the moment the script says. Nothing else uses this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` for everything that asks Django for the time."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # as `datetime.now`, of another class
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    with patch.object(timezone, "datetime", Then):
        yield
