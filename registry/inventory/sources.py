"""Opening a file: workbooks and text tables as sheets of plain values."""

from __future__ import annotations

import codecs
import csv
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from registry.inventory.cells import Broken, Formula, Value
from registry.inventory.kinds import MAX_BYTES, is_workbook
from registry.inventory.marks import Marks, marks_of
from registry.inventory.records import Refused

MAX_COLUMNS = 1_000
PIECE = 1_000_000  # bytes decoded at once
DELIMITERS = ",;\t"
NEUTRALISED = re.compile("'+[=+\\-@\t\n\uff1d\uff0b\uff0d\uff20]")
# Apostrophe, quotation mark and dash of the old Macintosh encoding, read as Windows-1252.
_OLD_MACINTOSH = re.compile("[a-z]Õ[a-z]| Ò[A-Za-z]| Ð ")
# Everything openpyxl, zipfile and the XML parsers were seen to raise on a damaged workbook; errors
# can come while the rows are read. SyntaxError is what XML parsers derive their errors from.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError, TypeError,
    AttributeError, EOFError, OSError, OverflowError, NotImplementedError, RecursionError,
    InvalidFileException,
)  # fmt: skip

# The module's own default refuses a field over 131,072 characters; here such a cell is an issue of its
# row and not the end of the file. The size of the whole file is limited before.
csv.field_size_limit(MAX_BYTES)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; its rows can be read once. A text table is a sheet without a name."""

    name: str
    hidden: bool
    rows: Iterator[tuple[int, tuple[Value, ...]]]
    marks: Callable[[], Marks] = Marks


def open_sheets(data: bytes, name: str) -> Iterable[list[Sheet]]:
    """The sheets of a file; a text table is offered once per delimiter it may have been written with."""
    if is_workbook(data, name):
        return [_workbook(data, name)]
    encoding = encoding_of(data, name)
    return ([Sheet("", False, _lines(data, encoding, delimiter, name))] for delimiter in DELIMITERS)


# -- workbooks --------------------------------------------------------------------------------------


def _workbook(data: bytes, name: str) -> list[Sheet]:
    try:
        with warnings.catch_warnings():
            # It warns that it will not write back data validation; nothing is written back here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheets = book.worksheets
            return [
                Sheet(one.title, one.sheet_state != "visible", _rows(one, name), partial(marks_of, one))
                for one in sheets
            ]
    except _DAMAGED as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> Refused:
    message = (
        f"The workbook is damaged or incomplete ({type(error).__name__}). Open it in Excel, save it as a new "
        ".xlsx file and upload that."
    )
    return Refused("truncated", message, name)


def _rows(sheet: Any, name: str) -> Iterator[tuple[int, tuple[Value, ...]]]:
    # A workbook may state a smaller dimension than it has; rows beyond it would be lost without a word.
    sheet.reset_dimensions()
    where = f"{name}, sheet {sheet.title}"
    rows = enumerate(sheet.iter_rows(), start=1)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                number, cells = next(rows)
        except StopIteration:
            return
        except _DAMAGED as error:
            raise _damaged(where, error) from error
        if len(cells) > MAX_COLUMNS and any(cell.value is not None for cell in cells[MAX_COLUMNS:]):
            message = f"Row {number} has cells beyond column {MAX_COLUMNS}. Delete them."
            raise Refused("too_many_columns", message, where)
        yield number, tuple(_value(cell) for cell in cells[:MAX_COLUMNS])


def _value(cell: Any) -> Value:
    value = cell.value
    if value is None or cell.data_type in ("s", "inlineStr", "n", "d", "b"):
        return value if isinstance(value, str | int | float | date | datetime | time | timedelta) else None
    if cell.data_type == "e":
        return Broken(str(value))
    if cell.data_type == "f":
        return Formula(str(getattr(value, "text", None) or value))
    return str(value)


# -- text tables ------------------------------------------------------------------------------------


def encoding_of(data: bytes, name: str) -> str:
    """UTF-8, or Windows-1252 where that gives readable text; never a guess beyond these.

    The bytes are decoded piece by piece, here and when they are read: a large file as one text would take four times
    its size.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) * 10 > len(data):
        raise _unknown_encoding(name, "It looks like UTF-16 or a binary file.")
    if _decodes(data, "utf-8"):
        return "utf-8-sig"
    if not _decodes(data, "cp1252"):
        raise _unknown_encoding(name, "It is neither UTF-8 nor Windows-1252.")
    if not _reads_like_english(data):
        raise _unknown_encoding(name, "Read as Windows-1252 it would be garbled.")
    return "cp1252"


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unknown_encoding(name: str, why: str) -> Refused:
    message = f"The encoding of the file is not known. {why} Save it as “CSV UTF-8 (comma delimited)”."
    return Refused("unknown_encoding", message, name)


def _reads_like_english(data: bytes) -> bool:
    """Typographic signs and single accented letters; other encodings leave runs of odd characters."""
    odd_count = in_runs = 0
    for start in range(0, len(data), PIECE):  # in Windows-1252 a byte is a character: any cut will do
        text = data[start : start + PIECE].decode("cp1252")
        if _OLD_MACINTOSH.search(text):
            return False
        odd = re.sub("[\u2018\u2019\u201c\u201d\u2013\u2014\u2022\u2026\xa0\xa7\xae\xb0\xb7\u2122]", " ", text)
        odd_count += sum(1 for character in odd if ord(character) > 127)
        in_runs += sum(len(run) for run in re.findall("[^\x00-\x7f]{2,}", odd))
    return in_runs * 5 <= odd_count and odd_count * 20 <= len(data)


def _lines(data: bytes, encoding: str, delimiter: str, name: str) -> Iterator[tuple[int, tuple[Value, ...]]]:
    # Strict, because a file cut off inside a quoted cell would otherwise read as if it were whole.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"The CSV file is cut off or damaged: {error}. Save it again."
            raise Refused("truncated", message, f"{name}, row {number + 1}") from error
        number += 1
        yield number, tuple(restore(value) for value in record)


def restore(value: str) -> str:
    """Take back the apostrophe an export puts before text a spreadsheet would compute."""
    return value[1:] if value.startswith("'") and NEUTRALISED.match(value) else value
