"""A small writer of calendar files (RFC 5545): whole-day events, nothing else. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MOST = 75  # octets of a line, without its end (RFC 5545 section 3.1)


@dataclass(frozen=True)
class Day:
    """One whole-day event. `uid` stays the same from file to file, so that a calendar replaces what it has."""

    uid: str
    on: date
    summary: str
    description: str
    url: str
    category: str


def text(value: str) -> str:
    """A TEXT value (section 3.3.11): backslash, semicolon, comma and line ends escaped; no control characters."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in escaped if sign >= " ")


def folded(line: str) -> str:
    """A content line cut into pieces of at most 75 octets, never inside a character (section 3.1)."""
    pieces, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > MOST:
            pieces.append(" ")
            size = 1
        pieces[-1] += sign
        size += octets
    return "\r\n".join(pieces) + "\r\n"


def calendar(name: str, days: Iterable[Day], made_at: datetime) -> bytes:
    """The file."""
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//AI Use-Case Registry//Deadlines//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{text(name)}",
    ]  # fmt: skip
    for day in days:
        lines += [
            "BEGIN:VEVENT", f"UID:{text(day.uid)}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}", f"SUMMARY:{text(day.summary)}",
            f"DESCRIPTION:{text(day.description)}", f"CATEGORIES:{text(day.category)}", f"URL:{day.url}",
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()
