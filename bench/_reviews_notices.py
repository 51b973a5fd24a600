"""What telling people costs: memory while 10,000 events wait, and time by event, in batches."""

from __future__ import annotations

import tracemalloc

from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit.log import Entry, record_many, subject_of
from bench._measure import pairs, ratios, say, seconds, undone, vacuum
from bench._stage import system_account
from governance.actions import notices

SOME, MANY = 1_000, 10_000


def dispatch_all() -> None:
    """Deliver 10,000 events against 1,000: time by event, and the peak of what Python held."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    _told(SOME)  # warm
    found = pairs(lambda: _seconds(SOME) / SOME, lambda: _seconds(MANY) / MANY)
    say("notices.milliseconds_per_event_1000", [some * 1000 for some, _ in found])
    say("notices.milliseconds_per_event_10000", [many * 1000 for _, many in found])
    say("notices.cost_per_event_10000_over_1000", ratios(found), bar=1.3)
    peaks = pairs(lambda: _peak(SOME), lambda: _peak(MANY))
    say("notices.megabytes_at_the_peak_10000", [many for _, many in peaks])
    say("notices.peak_memory_10000_over_1000", ratios(peaks), bar=1.3)
    vacuum()


def _waiting(count: int) -> None:
    """So many events that tell one person each."""
    person = system_account()
    with transaction.atomic():
        told = _somebody()
        record_many([Entry("user.invited", subject_of(told)) for _ in range(count)], actor=person)


def _somebody() -> User:
    made, _ = User.objects.get_or_create(email="told@example.invalid", defaults={"name": "Invented Reader"})
    return made


def _deliver() -> None:
    while notices.dispatch():
        pass


def _told(count: int) -> None:
    with undone():
        _waiting(count)
        _deliver()


def _seconds(count: int) -> float:
    with undone():
        _waiting(count)
        return seconds(_deliver)


def _peak(count: int) -> float:
    """Megabytes that Python objects held at most, above what it held before."""
    with undone():
        _waiting(count)
        tracemalloc.start()
        try:
            _deliver()
            return tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()
