"""Builders of the yearly inventory: a cycle, its calls, workbooks as they come back, certifications, a submission."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
from django.utils import timezone

from registry import cots
from registry import document as documents
from registry.actions import call_workbooks, certifying, cycles, still_true, submissions
from registry.actions.cots import Answer, answer
from registry.actions.inventory.files import all_layouts
from registry.actions.still_true import STILL, Said
from registry.actions.use_cases import file_revision, write_revision
from registry.inventory import call_book
from registry.models import CallWorkbook, Certification, ComponentCall, Cycle, Submission, UseCase, WorkbookReturn
from registry.reads.certifying import to_certify
from tests import make

BEFORE = date(2026, 1, 28)  # the day the year before was published
YEAR = 2026


def days(ahead: int = 20) -> dict[str, date]:
    """Days of a cycle that lie ahead."""
    today = timezone.localdate()
    return {"due_on": today + timedelta(days=ahead), "certify_on": today + timedelta(days=ahead + 10),
            "submit_on": today + timedelta(days=ahead + 20)}  # fmt: skip


def reported(owner: Any = None, **given: Any) -> UseCase:
    """A CBP case as the year before reported it: only what OMB asks is answered."""
    omb = all_layouts()["omb-2025"].by_field
    answers = {name: value for name, value in make.answers(**given).items() if name in omb}
    return make.use_case(owner=owner, given=answers, filed_on=BEFORE, status="recorded")


def cycle(cast: Any, **words: Any) -> Cycle:
    """The open cycle of 2026, opened by the inventory manager; the same one when it is there."""
    known = Cycle.objects.filter(year=YEAR).first()
    if known:
        cycles_needed(known, cast)
        return known
    common_uses(cast)
    assert cast.lead and cast.officer
    return cycles.open_cycle(make.agency(), YEAR, actor=cast.manager, **{**days(), **words})


def common_uses(cast: Any) -> None:
    """CBP uses none of the common commercial tools, and has said so."""
    given = {use.code: Answer(False) for use in cots.of_year(YEAR).uses}
    answer(make.component("CBP"), YEAR, given, attested=False, actor=cast.lead)


def cycles_needed(known: Cycle, cast: Any) -> None:
    """CBP is called, whatever was there when the cycle was opened, and both are open."""
    if known.status == Cycle.Status.CLOSED:
        cycles.reopen_cycle(known, reason="Once more.", actor=cast.manager)
    for part in ComponentCall.objects.filter(cycle=known, status=ComponentCall.Status.CLOSED):
        cycles.reopen_call(part, reason="Once more.", actor=cast.manager)
    if not ComponentCall.objects.filter(cycle=known, component__code="CBP").exists():
        cycles.call_component(known, make.component("CBP"), actor=cast.manager)


def call(cast: Any, code: str = "CBP") -> ComponentCall:
    """CBP's part of the cycle."""
    found = cycle(cast)
    return ComponentCall.objects.select_related("cycle", "component").get(cycle=found, component__code=code)


def go_through(case: UseCase, actor: Any, changes: dict[str, Any] | None = None, year: int = YEAR) -> UseCase:
    """Everything that stands there still holds, but for these."""
    row = UseCase.objects.get(pk=case.pk)
    wanted = set(documents.answers(row.document)) - set(changes or {})
    said = Said(dict.fromkeys(wanted, STILL), changes or {})
    still_true.confirm(Cycle.objects.get(year=year), row, said, opened_on=row.revision_number, actor=actor)
    return UseCase.objects.get(pk=case.pk)


def certified(cast: Any, actor: Any = None, why: str = "The rest follows next week.") -> Certification:
    """CBP's part, certified by its lead with what is open."""
    part = call(cast)
    seen = to_certify(part, all_layouts()[part.cycle.layout]).seen
    return certifying.certify(part, seen=seen, statement=certifying.STATEMENT, why=why, actor=actor or cast.lead)


def frozen(cast: Any, why: str = "OMB's day has come.") -> Submission:
    """The inventory frozen with what is missing."""
    return submissions.freeze(cycle(cast), why=why, actor=cast.manager)


# -- workbooks --------------------------------------------------------------------------------------


def taken_out(part: ComponentCall, actor: Any, **words: Any) -> bytes:
    """A workbook of the component's cases."""
    return call_workbooks.make_workbook(part, actor=actor, **words).content


class Edited:
    """A workbook in the hands of somebody: cells by Use Case ID and field, saved as another program would."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book[call_book.SHEET]
        heads = call_book.heads(all_layouts()["omb-2025"])
        self.columns = {head if isinstance(head, str) else head.field: n for n, head in enumerate(heads, start=1)}
        self.rows = {str(self.sheet.cell(n, 1).value): n for n in range(call_book.TOP + 1, self.sheet.max_row + 1)}

    def cell(self, case: UseCase, name: str) -> Any:
        """One cell."""
        return self.sheet.cell(self.rows[case.use_case_id], self.columns[name])

    def put(self, case: UseCase, **values: Any) -> Edited:
        """Write cells; `holds` is the column that says the rest still holds."""
        for name, value in values.items():
            self.cell(case, call_book.HOLDS if name == "holds" else name).value = value
        return self

    def saved(self) -> bytes:
        """The file as it is brought back."""
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def returned(part: ComponentCall, content: bytes, actor: Any, **words: Any) -> WorkbookReturn:
    """Bring a workbook back; it waits to be taken over."""
    row = call_workbooks.bring_back(part, content, "back.xlsx", actor=actor, **words)
    return WorkbookReturn.objects.select_related("workbook__call__cycle", "workbook__call__component").get(pk=row.pk)


def newest_workbook() -> CallWorkbook:
    """The workbook that was taken out last."""
    return CallWorkbook.objects.latest("made_at")


def filed_since(case: UseCase, actor: Any, **answers: Any) -> UseCase:
    """Answer anew and file it, outside of any call."""
    row = UseCase.objects.get(pk=case.pk)
    write_revision(row, documents.with_answers(row.document, answers), actor=actor)
    file_revision(row, actor=actor, why="made for a test")
    return UseCase.objects.get(pk=case.pk)
