"""`compliance-status`: AI compliance status for the AI Governance Board. Reads only; every figure has one source.

Facts and judgements are read in one pass over the snapshots of the day, so no two figures can disagree. Restricted
cases are counted; their names and IDs are withheld, because the report is read by people who may not know of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import Agency, Component
from governance.compliance import in_force, judge
from governance.compliance.contract import Snapshot
from governance.compliance.matrix import Matrix, Row
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import AgendaItem, Condition, Report
from governance.reads import reviewed
from governance.reports import changes, practices, status_files
from governance.reports.base import Inputs, ReportKind, SealMark
from governance.reports.charts import Chart
from governance.reports.holds import Held, held
from governance.reports.status_parts import (
    HIDDEN,
    Ask,
    CaseLines,
    ConditionLine,
    Counts,
    Figures,
    FindingLine,
    ProvisionLine,
    UnknownLine,
    by_component,
    counts,
    finding_line,
    overdue_actions,
    per_case,
    provision_lines,
    unknown_lines,
)
from registry.models.use_case import Handling

SLUG = "compliance-status"


@dataclass(frozen=True)
class ComplianceStatus:
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
    figures: Figures
    asks: tuple[Ask, ...]
    matrix: Matrix
    changes: changes.Changes | None
    counts: tuple[Counts, ...]
    held: Held
    overdue: tuple[FindingLine, ...]
    provisions: tuple[ProvisionLine, ...]
    findings: tuple[FindingLine, ...]
    unknown: tuple[UnknownLine, ...]
    conditions: tuple[ConditionLine, ...]
    charts: tuple[Chart, ...]
    names: dict[str, str]

    @property
    def first(self) -> tuple[Row, ...]:
        """The running ones for page one: as many as fit beside the decisions asked."""
        return self.running[: max(5, 12 - len(self.asks))]

    @property
    def overdue_by_case(self) -> tuple[tuple[str, tuple[CaseLines, ...]], ...]:
        """Overdue actions, a row a case and date."""
        return by_component(per_case(self.overdue, by_date=True))

    @property
    def serious_by_case(self) -> tuple[tuple[str, tuple[CaseLines, ...]], ...]:
        """Serious findings, a row a case; the deadline's own finding sums the others up and is left out here."""
        lines = [line for line in self.findings if line.severity == "error" and line.check != "practices_overdue"]
        return by_component(per_case(lines))

    @property
    def running(self) -> tuple[Row, ...]:
        """High-impact uses in operation with a practice not met, worst first."""
        return self.matrix.worst


@transaction.atomic
def assemble(inputs: Inputs) -> ComplianceStatus:
    """Read the state of the day by both clocks; the same rows and inputs give the same result."""
    clocks = Clocks(inputs.as_of, inputs.known_at)
    code = inputs.params.get("component", "")
    rules = in_force.rules(clocks)
    found = list(snapshots(scope(code), clocks))
    lines, unknown = _judged(found, rules)
    shown = practices.rows(found)
    conditions = _conditions(clocks, code)
    overdue = overdue_actions(lines, conditions, inputs.as_of)
    figures = _figures(found, shown, lines, len(overdue), reviewed.split(found, reviewed.running_on(clocks)))
    names = dict(Component.objects.values_list("code", "name"))
    return ComplianceStatus(
        title=KIND.title,
        audience=KIND.audience,
        agency=Agency.objects.filter(code=settings.PORTAL_AGENCY).values_list("name", flat=True).first() or "",
        marking=settings.PORTAL_MARKING,
        component=names.get(code, code),
        as_of=inputs.as_of,
        known_at=inputs.known_at,
        seal=inputs.seal,
        rules=practices.editions(rules),
        figures=figures,
        asks=_asks(clocks, code),
        matrix=shown,
        changes=_changes(inputs, figures, found, shown),
        counts=counts(found),
        held=held(clocks, code, found),
        overdue=tuple(overdue),
        provisions=provision_lines(lines),
        findings=lines,
        unknown=unknown,
        conditions=conditions,
        charts=practices.charts(shown),
        names=names,
    )


def _judged(
    found: Sequence[Snapshot], rules: Sequence[judge.Rule]
) -> tuple[tuple[FindingLine, ...], tuple[UnknownLine, ...]]:
    """What no exception covers, and what could not be evaluated because a check raised."""
    examiner = judge.Examiner(rules)
    lines, raised = [], []
    for snapshot in found:
        judged, unknown = examiner.examine(snapshot)
        lines += [finding_line(snapshot, one) for one in judged if not one.is_waived]
        raised += [(snapshot, one) for one in unknown]
    return tuple(lines), unknown_lines(raised)


def _figures(
    found: Sequence[Snapshot],
    shown: Matrix,
    lines: Sequence[FindingLine],
    overdue: int,
    looked_at: tuple[int, int, int],
) -> Figures:
    whole = shown.whole
    return Figures(
        cases=len(found),
        high_impact=sum(snapshot.impact == "high_impact" for snapshot in found),
        determined=sum(snapshot.determined_impact is not None for snapshot in found),
        deployed_high_impact=len(whole.rows),
        met=whole.count("met"),
        on_word=whole.count("on_word"),
        not_met=whole.not_met,
        practices_on_word=sum(len(row.on_word) for row in whole.rows),
        overdue=overdue,
        waivers=sum(waiver.is_active(s.as_of) for s in found for waiver in s.waivers),
        findings=len(lines),
        serious=sum(line.severity == "error" for line in lines),
        late=sum(snapshot.is_recorded_late for snapshot in found),
        restricted=sum(snapshot.is_restricted for snapshot in found),
        reviewed=looked_at[0],
        in_first_review=looked_at[1],
        not_reviewed=looked_at[2],
    )


def _asks(clocks: Clocks, code: str) -> tuple[Ask, ...]:
    """What waits for the Board on the day: referred by then and not closed by then."""
    rows = AgendaItem.objects.filter(referred_at__date__lte=clocks.as_of)
    rows = clocks.known(rows, "referred_at").filter(Q(closed_at=None) | Q(closed_at__date__gt=clocks.as_of))
    rows = rows.filter(use_case__in=scope(code)).select_related("use_case__component", "meeting")
    return tuple(
        Ask(
            question="" if _is_hidden(row) else row.question,
            case=HIDDEN if _is_hidden(row) else row.use_case.title,
            use_case_id="" if _is_hidden(row) else row.use_case.use_case_id,
            component=row.use_case.component.code,
            held_on=row.meeting.held_on if row.meeting else None,
        )
        for row in rows.order_by("meeting__held_on", "position", "id")
    )


def _is_hidden(row: AgendaItem | Condition) -> bool:
    return row.use_case.handling == Handling.RESTRICTED


def _conditions(clocks: Clocks, code: str) -> tuple[ConditionLine, ...]:
    """Conditions open on the day, soonest first."""
    rows = Condition.objects.filter(set_at__date__lte=clocks.as_of, use_case__in=scope(code))
    rows = clocks.known(rows, "set_at").filter(Q(accepted_at=None) | Q(accepted_at__date__gt=clocks.as_of))
    rows = rows.select_related("use_case__component", "component").order_by("due_on", "id")
    return tuple(
        ConditionLine(
            text="Text withheld" if _is_hidden(row) else row.text,
            case=HIDDEN if _is_hidden(row) else row.use_case.title,
            use_case_id="" if _is_hidden(row) else row.use_case.use_case_id,
            component=row.component.code,
            due_on=row.due_on,
            is_reported_met=row.met_at is not None,
        )
        for row in rows
    )


def _changes(inputs: Inputs, figures: Figures, found: Sequence[Snapshot], shown: Matrix) -> changes.Changes | None:
    """Against the newest such report of an earlier day; None when there is none."""
    rows = Report.objects.filter(slug=SLUG, state=Report.State.DONE, as_of__lt=inputs.as_of)
    earlier = rows.filter(params=dict(inputs.params)).order_by("-as_of", "-queued_at").first()
    if earlier is None:
        return None
    now = {s.use_case_id: judge.levels(s) for s in found if s.is_deployed_high_impact}
    names = {s.use_case_id: HIDDEN if s.is_restricted else f"{s.name} ({s.use_case_id})" for s in found}
    return changes.between(earlier.as_of, earlier.facts, figures.as_facts(), now, names)


def facts(report: ComplianceStatus) -> dict[str, Any]:
    """What the next edition compares with. IDs of restricted cases are left out."""
    levels = {
        row.use_case_id: {cell.practice: cell.position.level for cell in row.cells}
        for row in report.matrix.rows
        if not row.is_restricted
    }
    return {**report.figures.as_facts(), "levels": levels}


KIND = ReportKind(
    slug=SLUG,
    title="AI compliance status",
    answers="What must the Board know and decide: which high-impact uses run with a practice not met, what changed, "
    "what is overdue.",
    audience="the AI Governance Board",
    template="reports/compliance_status.html",
    assemble=assemble,
    facts=facts,
    xlsx=status_files.xlsx,
    csv=status_files.csv,
)
