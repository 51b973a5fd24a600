"""Hidden rows and merged cells of a sheet, which the streaming reader of openpyxl does not tell of."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PIECE = 1_000_000
OVERLAP = 400  # a tag is hardly longer; what is cut is looked at again with the next piece
MOST = 1_000  # of each: more say nothing more
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*>")
_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]*\sref="([A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7}))"')


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that are shown as one."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Marks:
    """What a person who looks at the sheet sees otherwise than its cells are stored."""

    hidden_rows: tuple[int, ...] = ()
    merged: tuple[Merged, ...] = ()


def marks_of(sheet: Any) -> Marks:
    """The marks of a sheet that was opened for streaming; none where its part of the workbook cannot be read."""
    hidden: dict[int, None] = {}
    merged: dict[str, Merged] = {}
    try:
        for piece in _pieces(sheet):
            for tag in _ROW.findall(piece):
                number = _NUMBER.search(tag)
                if number and _HIDDEN.search(tag) and len(hidden) < MOST:
                    hidden[int(number[1])] = None
            for text, first, last in _MERGED.findall(piece):
                if len(merged) < MOST:
                    merged[text.decode()] = Merged(text.decode(), int(first), int(last))
    except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return Marks()
    return Marks(tuple(hidden), tuple(merged.values()))


def _pieces(sheet: Any) -> Iterator[bytes]:
    with sheet.parent._archive.open(sheet._worksheet_path) as part:
        kept = b""
        while piece := part.read(PIECE):
            yield kept + piece
            kept = piece[-OVERLAP:]
