"""Any table under any header: read with every cell accounted for, or refused; never a crash, never a silent drop."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.inventory.cells import is_blank
from registry.inventory.read import Inventory, Refused, read
from registry.inventory.schema import layouts
from tests.registry.make_inventory import FOLDER, csv_file

LAYOUTS = layouts(FOLDER)
_LABELS = sorted({label for one in LAYOUTS.values() for c in one.columns for label in c.labels.values()})
_TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(_LABELS),
    st.sampled_from([
        "", " ", "\xa0", "\u200b", "N/A", "Yes", "No", "LES", "True", "=1+1", "#REF!", "DHS-1", "DHS-1P",
        "DHS-0000-2023",
        "10/2022", "2024-02-30", "13/13/2024", "Oct-22", "['a', 'b']", "[", "\x00", "_x000D_", "'=1", "Use Case Name",
        "a) Yes\na) Yes", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "x" * 20_001,
    ]),
)  # fmt: skip
_CELL = st.one_of(
    _TEXT,
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 (a cell has no zone)
)
_SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[Any]) -> list[list[Any]]:
    """A header of some layout with columns dropped, doubled, reworded and mixed, over rows of anything."""
    layout = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
    headers = [column.header for column in layout.columns]
    kept = draw(st.lists(st.sampled_from(headers), min_size=6, max_size=12))
    header = ["Use Case Name", *(draw(st.sampled_from([h, h, h, f"{h} (fictional)", h.upper(), ""])) for h in kept)]
    rows = draw(st.lists(st.lists(cell, max_size=len(header) + 2), max_size=6))
    return [header, *rows]


def whole(inventory: Inventory) -> None:
    assert inventory.cells_stored + inventory.cells_flagged == inventory.cells_total
    reasons = [issue for issue in inventory.all_issues() if issue.flagged]
    assert len(reasons) == inventory.cells_flagged
    for issue in reasons:
        assert (
            issue.row
            and issue.column
            and issue.code
            and issue.message.endswith((".", ")"))
            or "Use one of" in issue.message
        )
    for row in inventory.rows:
        assert row.stored + row.flagged == row.cells
        assert not row.rejected or len(row.source) == row.cells, "a row that waits keeps all its cells"


@_SLOW
@given(
    table=tables(_TEXT), delimiter=st.sampled_from([",", ";", "\t"]), encoding=st.sampled_from(["utf-8", "utf-8-sig"])
)
def test_any_table_of_text(table: list[list[str]], delimiter: str, encoding: str) -> None:
    text = csv_file(table[1:], headers=table[0]).replace('","', f'"{delimiter}"')
    try:
        inventory = read(text.encode(encoding, "surrogatepass"), name="a.csv", layouts=LAYOUTS)
    except Refused as refused:
        assert refused.message and refused.code
        return
    whole(inventory)


@_SLOW
@given(table=tables(_CELL))
def test_any_workbook(table: list[list[Any]]) -> None:
    try:
        inventory = read(_book(table), name="a.xlsx", layouts=LAYOUTS)
    except Refused as refused:
        assert refused.message and refused.code
        return
    whole(inventory)
    filled = sum(not is_blank(value) for line in table[1:] for value in line if not isinstance(value, str) or value)
    assert inventory.cells_total <= filled


@_SLOW
@given(table=tables(_TEXT), data=st.data())
def test_any_damage_to_the_bytes(table: list[list[str]], data: st.DataObject) -> None:
    content = bytearray(csv_file(table[1:], headers=table[0]).encode("utf-8", "replace"))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        whole(read(bytes(content), name="a.csv", layouts=LAYOUTS))
    except Refused as refused:
        assert refused.message and refused.code


def _book(table: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False, "nan_inf_to_errors": True})
    sheet, dated = book.add_worksheet("Cases"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, line in enumerate(table):
        for index, value in enumerate(line):
            if isinstance(value, datetime):
                sheet.write_datetime(number, index, value, dated)
            elif isinstance(value, str):  # a text that begins with = becomes a formula, as it would when typed
                sheet.write(number, index, "".join(one for one in value if one.isprintable() or one in "\n\t")[:32_000])
            else:
                sheet.write(number, index, value)
    book.close()
    return out.getvalue()
