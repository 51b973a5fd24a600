"""Runs somebody asked for: the auditor repeats the days around the deadline of the minimum practices."""

from datetime import date

from accounts.models import Role
from governance.actions import compliance
from governance.demo.cast import Cast

AROUND = (date(2026, 4, 2), date(2026, 4, 4))


def repeat_the_deadline(cast: Cast) -> None:
    """Two reproductions to compare; they change no finding."""
    for day in AROUND:
        compliance.perform(compliance.request_run(actor=cast.one(Role.AUDITOR), as_of=day).uuid)
