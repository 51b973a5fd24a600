"""The text of one cell: blank or not, cleaned, compared.

Three spellings of the same cell are used. `source` is what the file says, kept for a person to look
at; `clean` is what is stored as an answer; `key` is what two answers or headers are compared by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
# Control characters, lone surrogates and the two non-characters: PostgreSQL refuses NUL, XML the rest.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Excel's spelling of a carriage return inside a cell, as openpyxl hands it over.
_BREAKS = re.compile("\r\n?|_x000D_\n?|[\x0b\x0c\x85\u2028\u2029]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201b": "'", "`": "'", "\u201c": '"', "\u201d": '"'})
_OUTER = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ZERO_WIDTH
_SPACES = re.compile(rf"[\s{ZERO_WIDTH}]+")
# UTF-8 that was once read as Windows-1252 and saved again.
_MOJIBAKE = re.compile("â€[\u0153\u201c\u201d\u2122\u02dc\u00a6\u009d]|Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value: what it computes is not a person's answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that shows an error of the spreadsheet, such as #REF!."""

    text: str


Value = str | int | float | bool | date | datetime | time | timedelta | Formula | Broken | None


def is_blank(value: Value) -> bool:
    """Only white space: ordinary, no-break, or of no width."""
    if not isinstance(value, str):
        return value is None
    bare = value.strip()
    return not bare or (bare[0] in ZERO_WIDTH and not trim(bare))


def has_controls(text: str) -> bool:
    return _CONTROLS.search(text) is not None


def has_mojibake(text: str) -> bool:
    return not text.isascii() and _MOJIBAKE.search(text) is not None


def trim(text: str) -> str:
    return text.strip(_OUTER)


def source(value: Value) -> str:
    """What the file says, without what no database or file can keep: control characters."""
    text = _plain(value)
    if text.isascii() and text.isprintable() and "_x000D_" not in text:
        return text
    bare = _BREAKS.sub("\n", _CONTROLS.sub("", text))
    return bare if trim(bare) else text.encode("unicode_escape").decode("ascii")


def clean(text: str) -> str:
    """An answer as it is stored: line ends of one kind, plain spaces, nothing around it."""
    if text.isascii() and text.isprintable() and "_x000D_" not in text:
        return text.strip()
    return trim(_BREAKS.sub("\n", _CONTROLS.sub("", text)).replace("\xa0", " "))


def _plain(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Formula | Broken):
        return value.text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def key(text: str) -> str:
    """What an answer or a header is compared by: case, dashes, quotes, blanks and commas do not count."""
    return _key(text) if len(text) < 400 else _fold(text)


def _fold(text: str) -> str:
    folded = _DASHES.sub(" ", _CONTROLS.sub("", _BREAKS.sub("\n", text))).translate(_QUOTES).casefold()
    folded = folded.replace("&", " and ").replace(",", " ").replace("/", " / ")
    return _SPACES.sub(" ", folded).strip(" .;:\"'")


_key = lru_cache(maxsize=4096)(_fold)


def words(text: str) -> str:
    """Nothing but the words of a cell, to tell a redaction marker from an answer."""
    return " ".join(re.findall(r"\w+", key(text)))


def shorten(text: str, most: int = 200) -> str:
    """Enough of a cell to find it again."""
    return text if len(text) <= most else text[: most - 1] + "…"
