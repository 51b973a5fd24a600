"""Questions asked of runs, findings and practices by the compliance pages; only of cases the person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from governance.compliance import finding_filters, matrix
from governance.compliance.practices import NAMES
from governance.compliance.results import results_of
from governance.compliance.snapshot import Clocks, snapshots
from governance.models import CheckRun, Finding
from governance.reads import need_to_know
from registry.models import UseCase
from registry.permissions import visible_to

SEVERITIES = {"error": "Serious", "warning": "Warning", "notice": "Notice"}
SOON = timedelta(days=30)
worded = need_to_know.findings  # pages give no finding without it
BY_WEIGHT = Case(
    When(severity="error", then=Value(0)), When(severity="warning", then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


def whole_runs() -> QuerySet[CheckRun]:
    """Runs over the whole registry that changed findings, newest first."""
    rows = CheckRun.objects.filter(is_reconciled=True, component_code="", use_case=None, is_incremental=False)
    return rows.order_by("-as_of", "-id")


def last_run() -> CheckRun | None:
    """The newest run over the whole registry."""
    return whole_runs().first()


def previous_day(run: CheckRun | None) -> date | None:
    """The day of the run before: since then is what "worse" and "better" mean."""
    return whole_runs().filter(as_of__lt=run.as_of).values_list("as_of", flat=True).first() if run else None


def practice_matrix(user: Any, day: date | None = None) -> matrix.Matrix:
    """The deployed high-impact cases a person may see, as they stand now; steps back against the last run."""
    clocks = Clocks(day or timezone.localdate())
    cases = visible_to(user).filter(stage="deployed", impact="high_impact")
    before = _levels_before(clocks.as_of)
    rows = (matrix.row_of(s, before.get(s.use_case_id)) for s in snapshots(cases, clocks, with_namesakes=False))
    return matrix.build(row for row in rows if row)


def _levels_before(day: date) -> dict[str, Mapping[str, str]]:
    run = whole_runs().filter(as_of__lt=day).first()
    return dict(results_of(run).exclude(levels={}).values_list("use_case__use_case_id", "levels")) if run else {}


def findings(user: Any) -> QuerySet[Finding]:
    """The findings of cases the person may see, with what a list needs."""
    rows = Finding.objects.filter(use_case__in=visible_to(user).values("pk"))
    return rows.select_related(
        "use_case__component", "use_case__owner", "provision__edition__instrument", "assigned_to"
    ).defer("use_case__document", "use_case__filed_document")


def findings_of(use_case: UseCase) -> QuerySet[Finding]:
    """The standing findings of one case, serious ones first; for the partial `findings_of_case.html`."""
    rows = use_case.findings.exclude(state=Finding.State.RESOLVED)
    return rows.select_related("provision__edition__instrument").order_by(BY_WEIGHT, "due_on", "id")


COLUMNS = {
    "component": "use_case__component__code",
    "provision": "provision__ref",
    "severity": "severity",
    "state": "state",
    "practice": "provision__details__params__practice",
}


def given_of(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address."""
    names = (*COLUMNS, *finding_filters.NARROW)
    return {name: value for name in names if (value := asked.get(name))}


def filtered(rows: QuerySet[Finding], given: Mapping[str, str], leave_out: str = "") -> QuerySet[Finding]:
    """Apply the page's filters: open findings unless a state is asked for, nothing for an unknown value."""
    wanted = {"state": Finding.State.OPEN, **{name: value for name, value in given.items() if value}}
    rows = finding_filters.narrowed(rows, wanted)
    for name, column in COLUMNS.items():
        if name in wanted and name != leave_out:
            rows = rows.filter(**{column: wanted[name]})
    return rows


@dataclass(frozen=True)
class Choice:
    """One value of a filter with how many findings it would show."""

    value: str
    label: str
    count: int


def choices(rows: QuerySet[Finding], given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """For each filter its values, counted with the other filters applied: one grouped query a filter."""
    words: dict[str, Mapping[str, str]] = {
        "severity": SEVERITIES, "state": dict(Finding.State.choices), "practice": NAMES,
    }  # fmt: skip
    found: dict[str, list[Choice]] = {}
    for name, column in COLUMNS.items():
        label = "provision__title" if name == "provision" else column
        groups = filtered(rows, given, leave_out=name).order_by().values_list(column, label).annotate(n=Count("pk"))
        listed = [Choice(value, words.get(name, {}).get(text, text), n) for value, text, n in groups if value]
        found[name] = sorted(_merged(listed), key=lambda choice: choice.label)
    return found


def _merged(listed: list[Choice]) -> list[Choice]:
    """One choice a value: two editions may word the title of a provision differently."""
    merged: dict[str, Choice] = {}
    for choice in listed:
        known = merged.get(choice.value)
        merged[choice.value] = Choice(choice.value, choice.label, choice.count + (known.count if known else 0))
    return list(merged.values())


def by_provision(rows: QuerySet[Finding]) -> list[Any]:
    """Standing findings counted by provision: cases hit and how many are serious, most serious first."""
    groups = (
        rows.filter(state=Finding.State.OPEN)
        .order_by()
        .values("provision__ref", "provision__title", "provision__edition__instrument__short")
    )
    counted = groups.annotate(
        n=Count("pk"), cases=Count("use_case", distinct=True), serious=Count("pk", filter=Q(severity="error"))
    )
    return list(counted.order_by("-serious", "-n", "provision__ref"))
