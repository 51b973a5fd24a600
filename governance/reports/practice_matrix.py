"""`practice-matrix`: the seven practices of each deployed high-impact case (M-25-21, appendix section 4(b)).

Reads only. Each cell gives what the component reported and the level the portal finds it at, side by side: the
answer stays the component's own (design section 3).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Agency, Component
from governance.compliance import in_force
from governance.compliance.matrix import PRACTICES, Cell, Matrix, Row
from governance.compliance.practices import NAMES
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.reports import practices
from governance.reports.base import Inputs, ReportKind, SealMark
from governance.reports.charts import Chart
from governance.reports.tables import Sheet, Value, csv_bytes, workbook

SLUG = "practice-matrix"
HEADS = (
    "Component", "Use Case ID", "Case", *NAMES.values(), "Practices not met", "Practices on the component's word",
    "Due", "Days past due",
)  # fmt: skip


@dataclass(frozen=True)
class PracticeMatrix:
    """Everything the report says; templates and sheets only write it down."""

    title: str
    audience: str
    agency: str
    marking: str
    component: str
    as_of: date
    known_at: datetime | None
    seal: SealMark
    rules: tuple[str, ...]
    matrix: Matrix
    charts: tuple[Chart, ...]
    names: dict[str, str]

    @property
    def late(self) -> int:
        """Cases resting on facts recorded after the day."""
        return sum(row.is_recorded_late for row in self.matrix.rows)

    @property
    def restricted(self) -> int:
        """Cases counted without name or ID."""
        return sum(row.is_restricted for row in self.matrix.rows)


@transaction.atomic
def assemble(inputs: Inputs) -> PracticeMatrix:
    """Read the deployed high-impact cases of the day by both clocks."""
    clocks = Clocks(inputs.as_of, inputs.known_at)
    code = inputs.params.get("component", "")
    shown = practices.rows(snapshots(scope(code), clocks, with_namesakes=False))
    names = dict(Component.objects.values_list("code", "name"))
    return PracticeMatrix(
        title=KIND.title,
        audience=KIND.audience,
        agency=Agency.objects.filter(code=settings.PORTAL_AGENCY).values_list("name", flat=True).first() or "",
        marking=settings.PORTAL_MARKING,
        component=names.get(code, code),
        as_of=inputs.as_of,
        known_at=inputs.known_at,
        seal=inputs.seal,
        rules=practices.editions(in_force.rules(clocks)),
        matrix=shown,
        charts=practices.charts(shown) if shown.rows else (),
        names=names,
    )


def xlsx(report: PracticeMatrix) -> bytes:
    """A row a case, and the totals with their denominators; the same report gives the same bytes."""
    whole, n = report.matrix.whole, len(report.matrix.rows)
    totals = [f"{whole.not_met_of(practice)} not met of {n}" for practice in PRACTICES]
    last: list[Value] = ["All", "", f"{n} cases", *totals, f"{whole.cells_not_met} of {n * len(NAMES)}", "", None, None]
    sheets = [_summary(report), Sheet("Practices", _title(report), HEADS, [*_lines(report), last])]
    return workbook(sheets, title=_title(report), created_on=report.as_of, marking=report.marking)


def csv(report: PracticeMatrix) -> bytes:
    """A row a case, nothing else."""
    return csv_bytes(Sheet("Practices", "", HEADS, _lines(report)))


def _lines(report: PracticeMatrix) -> list[list[Value]]:
    return [_line(row) for row in report.matrix.rows]


def _line(row: Row) -> list[Value]:
    cells = [_words(cell) for cell in row.cells]
    counts = (len(row.not_met), len(row.on_word), row.due_on, row.days_past_due)
    return [row.component, row.use_case_id, row.name, *cells, *counts]


def _words(cell: Cell) -> str:
    level = f"{cell.word} ({cell.note})" if cell.note else cell.word
    return f"Reported: {cell.reported}. Level: {level}."


def _title(report: PracticeMatrix) -> str:
    of = f", {report.component}" if report.component else ""
    return f"{report.title}{of}, as of {report.as_of:%-d %B %Y}"


def _summary(report: PracticeMatrix) -> Sheet:
    whole = report.matrix.whole
    seal = f"{report.seal.number}, sha256 {report.seal.sha256}" if report.seal.number else "not sealed yet"
    rows: list[list[Value]] = [
        ["Marking", report.marking], ["As of", report.as_of], ["Rules", "; ".join(report.rules)], ["Seal", seal],
        ["Deployed high-impact cases", len(whole.rows)], ["Of these: a practice not met", whole.count("not_met")],
        ["Of these: resting on the component's word", whole.count("on_word")],
        ["Of these: all seven met", whole.count("met")],
        ["Cases resting on facts recorded after the as-of date", report.late],
        ["Restricted cases, counted without name or ID", report.restricted],
    ]  # fmt: skip
    return Sheet("Summary", _title(report), ["What", "Figure"], rows)


def facts(report: PracticeMatrix) -> dict[str, Any]:
    """The figures it states; IDs of restricted cases are left out."""
    whole = report.matrix.whole
    standings = {name: whole.count(name) for name in ("not_met", "on_word", "met")}
    return {"deployed_high_impact": len(whole.rows), **standings, "restricted": report.restricted}


KIND = ReportKind(
    slug=SLUG,
    title="Practice matrix",
    answers="Which deployed high-impact use lacks which of the seven minimum practices: what the component reports, "
    "and what the portal has records of.",
    audience="the Chief AI Officer, component leads and auditors",
    template="reports/practice_matrix.html",
    assemble=assemble,
    facts=facts,
    xlsx=xlsx,
    csv=csv,
)
