"""What telling people costs in batches: time and memory of a round while 10,000 events wait."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit.log import Entry, record_many, subject_of
from bench._measure import pairs, ratios, say, seconds, undone, vacuum
from bench._stage import system_account
from governance.actions import notices

SOME, MANY = 1_000, 10_000
BAR = 1.3


def dispatch_all() -> None:
    """A round (what a worker holds at once) while 10,000 events wait against 1,000: its time and its peak.

    Memory is constant when a round's is, as every round begins with nothing in hand; all 10,000 are told in rounds.
    """
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    _round(SOME, seconds)  # warm
    found = pairs(lambda: _round(SOME, seconds), lambda: _round(MANY, seconds))
    say("notices.seconds_a_round_1000_waiting", [some for some, _ in found])
    say("notices.seconds_a_round_10000_waiting", [many for _, many in found])
    say("notices.seconds_a_round_10000_over_1000", ratios(found), bar=BAR)
    peaks = pairs(lambda: _round(SOME, _peak), lambda: _round(MANY, _peak))
    say("notices.megabytes_at_the_peak_10000_waiting", [many for _, many in peaks])
    say("notices.peak_memory_10000_over_1000", ratios(peaks), bar=BAR)
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


def _round(waiting: int, measured: Callable[[Callable[[], Any]], float]) -> float:
    with undone():
        _waiting(waiting)
        return measured(notices.dispatch)


def _peak(act: Callable[[], Any]) -> float:
    """Megabytes that Python objects held at most, above what was held before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
