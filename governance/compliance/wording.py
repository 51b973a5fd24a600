"""Days and lists as messages of checks say them. Pure."""

from collections.abc import Iterable
from datetime import date


def said(day: date) -> str:
    """3 April 2026."""
    return f"{day.day} {day:%B %Y}"


def listed(names: Iterable[str]) -> str:
    """one, two and three."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
