"""The speed figures of the main job: `./run bench main [import] [rows] [pages] [report]`, all of them unless named.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import importlib
import io
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from bench._stage import fill, page_ratio, run_figures  # first: it sets Django up  # isort: skip
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Role
from bench import _files as files
from bench._measure import Copies, pairs, ratios, say, seconds, skip, undone, vacuum
from registry.actions import inventory

MANY_ROWS, FEW_CASES, MANY_CASES = 24_000, 500, 10_000


# -- import -----------------------------------------------------------------------------------------


def bring_in(content: bytes) -> None:
    """Preview and confirm, rolled back."""
    actor = system_account()
    with undone():
        inventory.confirm(inventory.preview(content, "bench.xlsx", actor=actor), actor=actor)


def import_against_openpyxl() -> None:
    """Importing the workbook, against reading every cell of it by openpyxl in the same process."""
    name, content = files.workbook()
    bring_in(content)  # warm: layouts, queries, caches
    files.read_every_cell(content)
    measured = pairs(
        lambda: seconds(lambda: files.read_every_cell(content)), lambda: seconds(lambda: bring_in(content))
    )
    say(f"import.seconds ({name})", [imported for _, imported in measured])
    say("import.over_openpyxl", ratios(measured), bar=10)


def import_cost_per_row() -> None:
    """What a row costs in a file of 24,000, against one of 238."""
    _, content = files.workbook()
    few, many = files.repeated(content, files.ROWS), files.repeated(content, MANY_ROWS)
    bring_in(few)

    def measured(file: bytes, rows: int) -> float:
        vacuum()
        return seconds(lambda: bring_in(file)) / rows

    found = pairs(lambda: measured(few, files.ROWS), lambda: measured(many, MANY_ROWS))
    say("import.milliseconds_per_row_238", [one * 1000 for one, _ in found])
    say("import.milliseconds_per_row_24000", [many * 1000 for _, many in found])
    say("import.cost_per_row_24000_over_238", ratios(found), bar=1.3)
    vacuum()


# -- pages ------------------------------------------------------------------------------------------


def pages() -> None:
    """The whole request of the list and the queue at 10,000 use cases, against 500."""
    copies = Copies()
    try:
        for label, count in (("few", FEW_CASES), ("many", MANY_CASES)):
            copies.make(label)
            fill(count)
        for name, role, url in _pages():
            if url is None:
                skip(f"pages.{name}", "this page is not there yet")
                continue
            page_ratio(copies, name, role, url, sizes={"few": FEW_CASES, "many": MANY_CASES}, bar=1.5)
    finally:
        copies.drop()


def _pages() -> list[tuple[str, str, str | None]]:
    rows = [
        ("list_manager", Role.INVENTORY_MANAGER, "use_cases-list", ""),
        ("list_lead", Role.COMPONENT_LEAD, "use_cases-list", ""),
        ("list_filtered", Role.INVENTORY_MANAGER, "use_cases-list", "?stage=deployed&impact=high_impact"),
        ("queue_reviewer", Role.OFFICE_REVIEWER, "reviews-queue", ""),
    ]
    return [(name, role, _address(url, query)) for name, role, url, query in rows]


def _address(name: str, query: str) -> str | None:
    try:
        return reverse(name) + query
    except NoReverseMatch:
        return None


# -- report -----------------------------------------------------------------------------------------


def report_share() -> None:
    """What part of making the compliance report is not WeasyPrint's own render of the same HTML."""
    try:
        shelf = importlib.import_module("governance.reports.shelf")
        base = importlib.import_module("governance.reports.base")
        render = importlib.import_module("governance.reports.render")
    except ModuleNotFoundError as missing:
        skip("report.share_outside_render", f"{missing.name} is not there yet")
        return
    kind = shelf.SHELF["compliance-status"]
    copies = Copies()
    try:
        copies.make("report")
        name, content = files.workbook()
        inventory.import_file(content, name, actor=system_account())
        call_command("check_compliance", json=True, stdout=io.StringIO())
        vacuum()
        inputs = base.Inputs(timezone.localdate())
        _report(kind, inputs, render)
        found = [_report(kind, inputs, render) for _ in range(7)]
    finally:
        copies.drop()
    say("report.seconds", [before + inside for before, inside in found])
    say("report.share_outside_render", [before / (before + inside) for before, inside in found], bar=0.15)


def _report(kind: Any, inputs: Any, render: Any) -> tuple[float, float]:
    start = perf_counter()
    html = render.to_html(kind.template, kind.assemble(inputs))
    made = perf_counter()
    render.to_pdf(html)
    return made - start, perf_counter() - made


# -- all --------------------------------------------------------------------------------------------

FIGURES: dict[str, Callable[[], None]] = {
    "import": import_against_openpyxl,
    "rows": import_cost_per_row,
    "pages": pages,
    "report": report_share,
}


if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
