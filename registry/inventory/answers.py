"""One cell under one column: an answer, a redaction marker, or text a person must look at."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from registry.inventory.cells import (
    Broken,
    Formula,
    Value,
    clean,
    has_controls,
    has_mojibake,
    key,
    shorten,
    source,
)
from registry.inventory.records import ERROR, NOTICE, WARNING
from registry.inventory.schema import LETTER, Column, Layout

MAX_TEXT = 20_000
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 0?0:00(?::00)?)?")
_WORDED = re.compile(
    r"(?:([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,?|(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?,?) (\d{4})",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,;\n]")
_MONTH = re.compile(
    r"(?:(\d{1,2})/(\d{4})|(\d{4})-(\d{1,2})|([a-z]{3,9})\.?[ -]'?(\d{4}|\d{2})|(\d{4}))", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_LONG_LABEL = 30  # a label of so many characters is hardly ever what somebody wrote as an answer of their own
_YEARS = range(1950, 2101)  # outside of these a date is a slip of the keyboard
_TEXT_KINDS = ("text", "url", "email")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know about a cell; its code, severity and message."""

    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A cell that was understood. An empty list or text is an answer that says nothing."""

    value: str | list[str]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A redaction marker stands where the answer would be."""

    text: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """A cell that was not understood, as it was, and why."""

    text: str
    reason: Remark


Reading = Answer | Withheld | Flagged


def flagged(value: Value, code: str, message: str, severity: str = ERROR) -> Flagged:
    return Flagged(source(value), Remark(code, severity, message))


def interpret(value: Value, column: Column, layout: Layout) -> Reading:
    """Read a cell that is not blank."""
    if isinstance(value, Formula):
        return flagged(value, "formula", "The cell holds a formula. Paste its result as a value.")
    if isinstance(value, Broken):
        return flagged(value, "error_value", "The cell shows an error of the spreadsheet. Type the answer.")
    text = source(value)
    if len(text) > MAX_TEXT:
        message = f"The text has {len(text):,} characters; {MAX_TEXT:,} are allowed. Shorten it."
        return flagged(value, "too_long", message)
    if layout.is_withheld(text):
        return Withheld(text)
    reading = _by_kind(value, column, layout)
    if isinstance(reading, Answer) and isinstance(value, str) and has_controls(value):
        return Answer(reading.value, (*reading.remarks, CONTROLS_REMOVED))
    return reading


CONTROLS_REMOVED = Remark("control_characters", WARNING, "Control characters were removed from the cell.")


def _by_kind(value: Value, column: Column, layout: Layout) -> Reading:
    if column.kind == "date":
        return _read_date(value)
    if column.kind == "month":
        return _read_month(value)
    if column.kind == "choice":
        return _read_choice(value, column, layout)
    if column.kind == "multi":
        return _read_multi(value, column, layout)
    return _read_text(value, column, layout)


# -- text -------------------------------------------------------------------------------------------


def _read_text(value: Value, column: Column, layout: Layout) -> Reading:
    text = clean(value if isinstance(value, str) else source(value))
    if not text:
        return flagged(value, "control_characters", "The cell holds nothing but control characters.")
    remarks = []
    if has_mojibake(text):
        message = "Letters look garbled by a wrong encoding. Compare with the original."
        remarks.append(Remark("mojibake", WARNING, message))
    slipped = _slipped_label(text, layout)
    if slipped is not None:
        return flagged(value, "wrong_column", wrong_column(slipped))
    if column.kind == "url" and not re.search(r"https?://|www\.", text, re.IGNORECASE):
        remarks.append(Remark("not_a_link", WARNING, "A link is expected here, beginning with https://."))
    if column.kind == "email" and not re.fullmatch(r"[^@]+@[^@]+\.[^@]+", text):
        remarks.append(Remark("not_an_email", WARNING, "An e-mail address is expected here."))
    return Answer(text, tuple(remarks))


def _slipped_label(text: str, layout: Layout) -> Column | None:
    """A whole text that is, letter included or word for word and long, the label of another question."""
    if len(text) > 1_000 or not (LETTER.match(text) or len(text) >= _LONG_LABEL):
        return None
    return layout.only_in.get(key(text))


def wrong_column(*others: Column) -> str:
    """What to do about an answer that belongs to another question, or to one of a few."""
    named = " or ".join(f"“{shorten(question(other))}” ({other.field})" for other in others)
    return f"This looks like the answer to another question: {named}. Move it there."


def question(column: Column) -> str:
    """The question as its header asks it, without the notes below it."""
    return " ".join(column.header.split("\n\n")[0].split())


# -- dates ------------------------------------------------------------------------------------------


def _read_date(value: Value) -> Reading:
    if isinstance(value, datetime):
        remark = Remark("time_dropped", NOTICE, f"The time {value:%H:%M} was left out; a date is asked.")
        return _in_range(value, value.date(), () if value.time() == time() else (remark,))
    if isinstance(value, date):
        return _in_range(value, value, ())
    return _in_range(value, _parse_date(clean(source(value))), ())


def _read_month(value: Value) -> Reading:
    """A day, a month or a year: the older instruments ask for month and year, and take what is more exact."""
    if isinstance(value, datetime | date):
        return _read_date(value)
    text = clean(source(value))
    day = _parse_date(text)
    if day is not None:
        return _in_range(value, day, ())
    found = _MONTH.fullmatch(text)
    year, month = _year_and_month(found) if found else (0, 0)
    if year not in _YEARS or month not in range(13):
        message = "This is no date. Write it as month/year, month/day/year or YYYY-MM-DD."
        return flagged(value, "bad_date", message)
    return Answer(f"{year}-{month:02}" if month else str(year))


def _year_and_month(found: re.Match[str]) -> tuple[int, int]:
    """Year and month, 0 where only a year is given and 13 where the month is none."""
    if found[7]:
        return int(found[7]), 0
    if found[5]:
        name, number = found[5][:3].casefold(), int(found[6])
        return number if number > 99 else 2000 + number, _MONTHS.index(name) + 1 if name in _MONTHS else 13
    year, month = (found[2], found[1]) if found[1] else (found[3], found[4])
    return int(year), int(month) or 13


def _in_range(value: Value, day: date | None, remarks: tuple[Remark, ...]) -> Reading:
    if day is None or day.year not in _YEARS:
        return flagged(value, "bad_date", "This is not a date. Write it as YYYY-MM-DD or month/day/year.")
    return Answer(day.isoformat(), remarks)


def _parse_date(text: str) -> date | None:
    iso, american, worded = _ISO.fullmatch(text), _AMERICAN.fullmatch(text), _WORDED.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
        if worded:
            name, day = (worded[1], worded[2]) if worded[1] else (worded[4], worded[3])
            return date(int(worded[5]), _month(name), int(day))
    except ValueError:
        return None
    return None


def _month(name: str) -> int:
    """The number of a month, written out or cut as usual. ValueError for any other word."""
    found = [number for number, month in enumerate(_MONTH_NAMES, 1) if month.startswith(name.casefold())]
    if not found:  # three letters tell every month from the others
        raise ValueError(name)
    return found[0]


# -- choices ----------------------------------------------------------------------------------------


def _read_choice(value: Value, column: Column, layout: Layout) -> Reading:
    text = source(value)
    spelling = key(text)
    code = column.accepts.get(spelling) or column.fronts.get(spelling)
    if code is None:
        return _not_a_choice(value, spelling, column, layout)
    return Answer(code, _old_vocabulary([spelling], column))


def _not_a_choice(value: Value, spelling: str, column: Column, layout: Layout) -> Flagged:
    others = layout.owners.get(spelling, ())
    if len(others) == 1 or (1 < len(others) <= 3 and len(spelling) >= _LONG_LABEL):
        return flagged(value, "wrong_column", wrong_column(*others))
    allowed = "; ".join(column.labels.values())
    message = f"This is not one of the answers of this question. Use one of: {allowed}"
    return flagged(value, "unknown_answer", message)


def _old_vocabulary(spellings: Sequence[str], column: Column) -> tuple[Remark, ...]:
    old = [spelling for spelling in spellings if spelling in column.old]
    if not old:
        return ()
    now = ", ".join(dict.fromkeys(column.labels[column.accepts[spelling]] for spelling in old))
    return (Remark("old_vocabulary", WARNING, f"An answer of an earlier instrument, taken over as “{now}”."),)


def _read_multi(value: Value, column: Column, layout: Layout) -> Reading:
    """Several answers in one cell, parted by commas, semicolons or lines, or written as a list."""
    text = source(value)
    pieces = [piece for piece in _pieces(text) if piece]
    spellings = _match(pieces, column)
    if spellings is None or not (spellings or text.strip() == "[]"):
        others = {other.field: other for piece in pieces if (other := layout.only_in.get(piece))}
        others.pop(column.field, None)
        if len(others) == 1:
            return flagged(value, "wrong_column", wrong_column(next(iter(others.values()))))
        return _not_a_choice(value, key(text), column, layout)
    given = {column.accepts[spelling] for spelling in spellings}
    return Answer([code for code in column.labels if code in given], _old_vocabulary(spellings, column))


def _pieces(text: str) -> list[str]:
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        try:
            listed = ast.literal_eval(stripped)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            return [key(item) for item in listed]
    return [key(piece) for piece in _PARTS.split(text)]


def _match(pieces: Sequence[str], column: Column) -> list[str] | None:
    """The longest run of pieces first, for labels that contain a comma themselves."""
    spellings: list[str] = []
    start = 0
    while start < len(pieces):
        for end in range(min(len(pieces), start + 8), start, -1):
            spelling = " ".join(pieces[start:end])
            if spelling in column.accepts:
                spellings.append(spelling)
                start = end
                break
        else:
            return None
    return spellings
