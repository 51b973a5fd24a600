"""The speed figures of the main job: `./run bench main [import] [rows] [pages] [report]`, all of them unless named.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import importlib
import io
import logging
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

# Models can be imported only now, after the set-up: hence E402 throughout.
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.actions import system_account  # noqa: E402
from accounts.models import Component, Membership, Office, Role, User  # noqa: E402
from bench import _files as files  # noqa: E402
from bench._measure import Copies, pairs, ratios, say, seconds, skip, undone, vacuum  # noqa: E402
from governance.actions.catalogue import load_all  # noqa: E402
from governance.models import Lane, Review  # noqa: E402
from registry.actions import inventory  # noqa: E402
from registry.models import Revision, UseCase  # noqa: E402

MANY_ROWS, FEW_CASES, MANY_CASES = 24_000, 500, 10_000
REQUESTS = 3  # requests a measurement; a single one is too short to be told from noise


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
            _fill(count)
        for name, role, url in _pages():
            if url is None:
                skip(f"pages.{name}", "this page is not there yet")
                continue
            _page(copies, name, role, url)
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


def _page(copies: Copies, name: str, role: str, url: str) -> None:
    clients = {}
    for label in ("few", "many"):
        copies.use(label)
        clients[label] = _signed_in(role)
        answer = clients[label].get(url)
        if answer.status_code != 200:
            skip(f"pages.{name}", f"answered {answer.status_code}")
            return
        # A lead of one component sees about thirty of 500 cases; fifty a page at 10,000 only make the bar harder.
        if answer.content.count(b"<tr") < 20:
            raise RuntimeError(f"{url} shows hardly a row: there is nothing to measure")

    def measured(label: str) -> float:
        copies.use(label)
        clients[label].get(url)
        return seconds(lambda: [clients[label].get(url) for _ in range(REQUESTS)]) / REQUESTS

    found = pairs(lambda: measured("few"), lambda: measured("many"))
    say(f"pages.{name}.milliseconds_500", [few * 1000 for few, _ in found])
    say(f"pages.{name}.milliseconds_10000", [many * 1000 for _, many in found])
    say(f"pages.{name}.10000_over_500", ratios(found), bar=1.5)


def _signed_in(role: str) -> Client:
    person = User.objects.get(memberships__role=role)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    return client


def _fill(count: int) -> None:
    """Invented use cases, a third of them in review at the Privacy Office, and a person of each role."""
    system = system_account()
    inventory.seed(count, 1, actor=system)
    office, component = Office.objects.get(code="PRIV"), Component.objects.get(code="CBP")
    for role, place in (
        (Role.INVENTORY_MANAGER, {}), (Role.COMPONENT_LEAD, {"component": component}),
        (Role.OFFICE_REVIEWER, {"office": office}),
    ):  # fmt: skip
        person = User.objects.create_user(f"{role}@example.invalid", name=f"Invented {role}")
        Membership.objects.create(user=person, role=role, starts_on=date(2025, 1, 1), **place)
    _send_to_review(list(UseCase.objects.order_by("pk").values_list("pk", flat=True)[::3]), office, system)
    vacuum()


def _send_to_review(cases: list[int], office: Office, actor: User) -> None:
    with connection.cursor() as cursor:  # step by step, as the database's own guard demands
        for status in ("submitted", "endorsed", "in_review"):
            cursor.execute("UPDATE registry_usecase SET status = %s WHERE id = ANY(%s)", [status, cases])
    revisions = Revision.objects.filter(use_case__in=cases, number=1).only("pk", "use_case")
    reviews = Review.objects.bulk_create(
        [Review(use_case_id=one.use_case_id, round=1, revision=one, submitted_by=actor) for one in revisions],
        batch_size=1000,
    )
    today = timezone.localdate()
    lanes = [
        Lane(review=review, office=office, due_on=today + timedelta(days=number % 30 - 5), because=["Invented reason"])
        for number, review in enumerate(reviews)
    ]
    Lane.objects.bulk_create(lanes, batch_size=1000)


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


def main(names: list[str]) -> int:
    """Measure what is named, or everything. 2 for an unknown name, 1 where the database is in use."""
    unknown = set(names) - set(FIGURES)
    if unknown:
        print(f"There is no figure {', '.join(sorted(unknown))}; there is {', '.join(FIGURES)}.", file=sys.stderr)
        return 2
    settings.DEBUG = False  # else every query is kept
    logging.disable(logging.WARNING)  # a line a request, among the figures and in their time
    if UseCase.objects.exists():
        print("A benchmark wants an empty database: there are use cases in this one.", file=sys.stderr)
        return 1
    load_all(settings.FIXTURES_DIR, actor=system_account())
    for name in names or FIGURES:
        FIGURES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
