"""Narrower than the form of the findings page: what figures, the heat map and the calendar lead to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet

from governance.models import Finding
from registry.models import Instrument

Rows = QuerySet[Finding]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _on(column: str) -> Callable[[Rows, str], Rows]:
    """By a day in an address; what is no day finds nothing rather than everything."""

    def narrow(rows: Rows, value: str) -> Rows:
        day = _day(value)
        return rows.filter(**{column: day}) if day else rows.none()

    return narrow


def _instrument(rows: Rows, value: str) -> Rows:
    return rows.filter(provision__edition__instrument__slug=value)


NARROW: dict[str, Callable[[Rows, str], Rows]] = {
    "due_on": _on("due_on"),
    "opened_after": _on("opened_on__gt"),
    "resolved_after": _on("resolved_on__gt"),
    "instrument": _instrument,
}
WORDS = {
    "due_on": "due on {}",
    "opened_after": "opened after {}",
    "resolved_after": "resolved after {}",
    "instrument": "under {}",
}


def narrowed(rows: Rows, given: Mapping[str, str]) -> Rows:
    """The rows that fit all of these that are given."""
    for name, narrow in NARROW.items():
        if value := given.get(name):
            rows = narrow(rows, value)
    return rows


@dataclass(frozen=True)
class Narrowed:
    """One of these filters in force; `without` is the query that drops it."""

    name: str
    value: str
    words: str
    without: str


def in_words(given: Mapping[str, str]) -> list[Narrowed]:
    """Each that is given, for the page that says what it was narrowed to."""
    found = []
    for name, words in WORDS.items():
        if value := given.get(name):
            rest = {key: kept for key, kept in given.items() if key != name}
            found.append(Narrowed(name, value, words.format(_said(name, value)), f"?{urlencode(rest)}"))
    return found


def _said(name: str, value: str) -> str:
    if name == "instrument":
        return Instrument.objects.filter(slug=value).values_list("short", flat=True).first() or value
    day = _day(value)
    return f"{day.day} {day:%B %Y}" if day else value
