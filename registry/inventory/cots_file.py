"""Reading and writing the list of common commercial uses: every cell is taken over or named."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from registry.cots import Band, CommonUse, CotsLayout
from registry.inventory.cells import Value, clean, is_blank, key, source
from registry.inventory.records import ERROR, NOTICE, WARNING, Issue, Refused
from registry.inventory.sources import Sheet, open_sheets
from registry.inventory.write import neutralise

HEAD_ROWS = 20  # notes may stand above the header
MAX_ROWS = 20_000  # the whole government's list has 900
YES, NO = frozenset({"y", "yes", "true"}), frozenset({"n", "no", "false"})
_CREATED = datetime(2025, 1, 1)  # noqa: DTZ001 (a fixed day: the same rows give the same bytes)


@dataclass(frozen=True)
class CotsRow:
    """One row of a file, understood."""

    number: int
    use: CommonUse
    is_used: bool | None
    products: str
    band: Band | None
    users: int | None


@dataclass(frozen=True)
class CotsFile:
    """A file that was read. `cells_total` = stored + flagged + those of other agencies' rows."""

    rows: tuple[CotsRow, ...]
    issues: tuple[Issue, ...]
    cells_total: int
    cells_stored: int
    cells_flagged: int
    cells_elsewhere: int
    other_agencies: int  # rows of other agencies


def is_cots(source_bytes: bytes, name: str, known: Iterable[CotsLayout]) -> CotsLayout | None:
    """The layout whose header a file has, newest first; None for every other file."""
    for sheets in open_sheets(source_bytes, name):
        for sheet in sheets:
            for _, values in _first(sheet):
                for layout in sorted(known, key=lambda one: -one.year):
                    if _places(values, layout):
                        return layout
    return None


def _first(sheet: Sheet) -> Iterable[tuple[int, Sequence[Value]]]:
    for number, values in sheet.rows:
        yield number, values
        if number >= HEAD_ROWS:
            return


def _places(values: Sequence[Value], layout: CotsLayout) -> dict[str, int]:
    """Where each column stands; empty where the row is no header of the list."""
    texts = [key(str(value)) if isinstance(value, str) else "" for value in values]
    found = {name: texts.index(key(header)) for name, header in layout.headers.items() if key(header) in texts}
    needed = set(layout.headers) - set(layout.optional) - {"agency"}
    return found if needed <= set(found) else {}


def read_cots(data: bytes, name: str, layout: CotsLayout, agencies: Collection[str]) -> CotsFile:
    """Read the list of one agency, by any of its names, out of its own file or the whole government's."""
    for sheets in open_sheets(data, name):
        for sheet in sheets:
            reader = _Reader(layout, frozenset(key(one) for one in agencies))
            for number, values in sheet.rows:
                reader.add(number, values, f"{name}, row {number}")
            if reader.places:
                return reader.done(name)
    raise Refused("unknown_header", "The file has no header of the list of common commercial uses.", name)


class _Reader:
    """Takes the rows of one sheet, from the header on."""

    def __init__(self, layout: CotsLayout, agencies: frozenset[str]) -> None:
        self.layout, self.agencies = layout, agencies
        self.places: dict[str, int] = {}
        self.rows: dict[str, CotsRow] = {}
        self.issues: list[Issue] = []
        self.total = self.stored = self.flagged = self.elsewhere = self.others = self._read = 0

    def add(self, number: int, values: Sequence[Value], where: str) -> None:
        """One line of the sheet; before the header it is a note and not counted."""
        if not self.places:
            self.places = _places(values, self.layout) if number <= HEAD_ROWS else {}
            return
        cells = {index: value for index, value in enumerate(values) if not is_blank(value)}
        self._read += 1
        if self._read > MAX_ROWS:
            raise Refused("too_many_rows", f"The list has more than {MAX_ROWS:,} rows. Split it.", where)
        self.total += len(cells)
        agency = cells.get(self.places.get("agency", -1))
        if agency is not None and key(source(agency)) not in self.agencies:
            self.elsewhere += len(cells)
            self.others += 1
        elif cells:
            self._row(number, {name: cells.pop(at) for name, at in self.places.items() if at in cells}, cells)

    def _row(self, number: int, given: dict[str, Value], extra: Mapping[int, Value]) -> None:
        texts = {name: clean(source(value)) for name, value in given.items()}
        for index, value in extra.items():
            self._flag(number, f"column {index + 1}", source(value), "no_column", "No column of the list stands here.")
        use = self.layout.use_named(texts.get("use", ""))
        if use is None or use.code in self.rows:
            told = "stands twice" if use else "is none of the fixed common uses"
            for name, text in texts.items():
                self._flag(number, name, text, "unknown_use", f"“{texts.get('use', '')}” {told}; the row was left out.")
            return
        self.stored += len({"agency", "use", "examples", "products"} & set(texts))
        self.rows[use.code] = CotsRow(
            number, use, self._used(number, texts), texts.get("products", ""), *self._users(number, texts)
        )

    def _used(self, number: int, texts: Mapping[str, str]) -> bool | None:
        text = texts.get("is_used", "")
        answer = True if key(text) in YES else False if key(text) in NO else None
        if answer is None and text:
            self._flag(number, "is_used", text, "not_understood", "Answer Y or N.")
        elif text:
            self.stored += 1
        return answer

    def _users(self, number: int, texts: Mapping[str, str]) -> tuple[Band | None, int | None]:
        """A band stays the band it is; a plain number is an estimate."""
        text = texts.get("users", "")
        band = self.layout.band_named(text)
        bare = text.replace(",", "")
        is_number = band is None and bare.isascii() and bare.isdigit() and len(bare) < 9 and int(bare) > 0
        users = int(bare) if is_number else None
        if text and band is None and users is None:
            choices = ", ".join(one.label for one in self.layout.bands)
            self._flag(number, "users", text, "not_understood", f"Give a number of users or one of {choices}.")
        elif text:
            self.stored += 1
        return band, users

    def _flag(self, row: int, column: str, text: str, code: str, message: str) -> None:
        self.flagged += 1
        header = self.layout.headers.get(column, column)
        severity = ERROR if code == "unknown_use" else WARNING
        self.issues.append(Issue(row, None, header, code, severity, text[:200], message))

    def done(self, name: str) -> CotsFile:
        """What was read; a fixed use without a row is named."""
        if not self.rows:
            raise Refused("empty", "No row of this agency stands in the list.", name)
        for use in self.layout.uses:
            if use.code not in self.rows:
                message = f"The list has no row for “{use.label}”. It stays as it was."
                self.issues.append(Issue(None, None, None, "missing_use", NOTICE, "", message))
        return CotsFile(
            tuple(self.rows.values()), tuple(self.issues), self.total, self.stored, self.flagged, self.elsewhere,
            self.others,
        )  # fmt: skip


# -- writing ----------------------------------------------------------------------------------------


def table(layout: CotsLayout, agency: str, rows: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The fixed rows in OMB's words. `rows` by letter: is_used (True, False, None), products, band (a Band or None)."""
    made = []
    for use in layout.uses:
        row = rows.get(use.code, {})
        used = {True: "Y", False: "N", None: ""}[row.get("is_used")]
        band = row.get("band")
        made.append([agency, use.label, used, row.get("products", ""), band.label if band else ""])
    return made


def heads(layout: CotsLayout) -> list[str]:
    """The headers of the published list."""
    return [layout.headers[name] for name in ("agency", "use", "is_used", "products", "users")]


def csv_bytes(layout: CotsLayout, lines: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark and Windows line ends, as OMB published it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads(layout))
    writer.writerows([neutralise(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(layout: CotsLayout, lines: Iterable[Sequence[str]]) -> bytes:
    """One sheet, nothing computed; the same rows give the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _CREATED, "title": layout.instrument})
    sheet = book.add_worksheet("Common commercial uses")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (head, width) in enumerate(zip(heads(layout), (30, 60, 12, 50, 18), strict=True)):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, width)
    for number, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(number, column, text, plain)
    sheet.freeze_panes(1, 2)
    book.close()
    return out.getvalue()
