"""The lines of the compliance status report. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from governance.compliance.contract import Snapshot
from governance.compliance.judge import Judged, NotEvaluated, Rule

HIDDEN = "Restricted case"
STAGES = ("pre_deployment", "pilot", "deployed", "retired")
IMPACTS = ("high_impact", "presumed_not_high_impact", "not_high_impact")


@dataclass(frozen=True)
class Figures:
    """The counts of the report. Cases met, on word and not met add up to those deployed and high-impact."""

    cases: int
    high_impact: int
    determined: int
    deployed_high_impact: int
    met: int
    on_word: int
    not_met: int
    practices_on_word: int
    overdue: int
    waivers: int
    findings: int
    serious: int
    late: int
    restricted: int
    reviewed: int
    in_first_review: int
    not_reviewed: int

    def as_facts(self) -> dict[str, int]:
        """For the row of the report."""
        return asdict(self)


@dataclass(frozen=True)
class Ask:
    """A decision asked of the Board."""

    question: str
    case: str
    use_case_id: str
    component: str
    held_on: date | None


@dataclass(frozen=True)
class Counts:
    """Cases of one component by stage and impact; the last figure of each is "not answered"."""

    component: str
    total: int
    stages: tuple[int, ...]
    impacts: tuple[int, ...]


@dataclass(frozen=True)
class FindingLine:
    """One finding, or one overdue action, of a case."""

    component: str
    case: str
    use_case_id: str
    severity: str
    message: str
    ref: str
    title: str
    edition: str
    remedy: str
    due_on: date | None
    check: str = ""
    days: int = 0
    is_late: bool = False


@dataclass(frozen=True)
class ProvisionLine:
    """How many findings a provision has, and in how many cases."""

    ref: str
    title: str
    edition: str
    cases: int
    serious: int
    warnings: int
    notices: int

    @property
    def total(self) -> int:
        """All its findings."""
        return self.serious + self.warnings + self.notices


@dataclass(frozen=True)
class UnknownLine:
    """A provision that could not be evaluated, and the cases it could not be evaluated for."""

    ref: str
    title: str
    edition: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class ConditionLine:
    """A condition that is open on the day."""

    text: str
    case: str
    use_case_id: str
    component: str
    due_on: date
    is_reported_met: bool


def counts(found: Sequence[Snapshot]) -> tuple[Counts, ...]:
    """By component, the department's total last."""
    rows: dict[str, list[Snapshot]] = defaultdict(list)
    for snapshot in found:
        rows[snapshot.component].append(snapshot)
    return (*(_counts(code, rows[code]) for code in sorted(rows)), _counts("All", found))


def _counts(label: str, found: Sequence[Snapshot]) -> Counts:
    stages = Counter(snapshot.stage for snapshot in found)
    impacts = Counter(snapshot.impact for snapshot in found)
    by_stage = tuple(stages[name] for name in STAGES)
    by_impact = tuple(impacts[name] for name in IMPACTS)
    n = len(found)
    return Counts(label, n, (*by_stage, n - sum(by_stage)), (*by_impact, n - sum(by_impact)))


def unknown_lines(found: Iterable[tuple[Snapshot, NotEvaluated]]) -> tuple[UnknownLine, ...]:
    """By edition and provision; restricted cases without their IDs."""
    rules: dict[tuple[str, str], NotEvaluated] = {}
    cases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for snapshot, one in found:
        rules.setdefault(one.rule.key, one)
        cases[one.rule.key].append(HIDDEN if snapshot.is_restricted else snapshot.use_case_id)
    return tuple(
        UnknownLine(one.rule.provision.ref, one.rule.provision.title, _edition(one.rule), tuple(cases[key]))
        for key, one in sorted(rules.items())
    )


def _edition(rule: Rule) -> str:
    return f"{rule.instrument.short}, {rule.edition.effective_from:%-d %B %Y}"


def finding_line(snapshot: Snapshot, judged: Judged) -> FindingLine:
    """A finding as the report shows it; of a restricted case or answer only that the provision hits it."""
    rule, problem = judged.rule, judged.problem
    is_hidden = snapshot.is_restricted
    due = problem.due_on
    return FindingLine(
        component=snapshot.component,
        case=HIDDEN if is_hidden else snapshot.name,
        use_case_id="" if is_hidden else snapshot.use_case_id,
        severity=problem.severity,
        message="" if is_hidden or problem.field in snapshot.restricted_fields else problem.message,
        ref=rule.provision.ref,
        title=rule.provision.title,
        edition=_edition(rule),
        remedy=judged.remedy,
        due_on=due,
        check=str(rule.provision.check),
        days=max(0, (snapshot.as_of - due).days) if due else 0,
        is_late=snapshot.is_recorded_late,
    )


def provision_lines(lines: Iterable[FindingLine]) -> tuple[ProvisionLine, ...]:
    """Findings by provision, most serious ones first."""
    groups: dict[tuple[str, str, str], list[FindingLine]] = defaultdict(list)
    for line in lines:
        groups[line.ref, line.title, line.edition].append(line)
    made = []
    for (ref, title, edition), found in groups.items():
        severity = Counter(line.severity for line in found)
        named = {line.use_case_id for line in found if line.use_case_id}
        cases = len(named) + len({id(line) for line in found if not line.use_case_id})
        made.append(
            ProvisionLine(ref, title, edition, cases, severity["error"], severity["warning"], severity["notice"])
        )
    return tuple(sorted(made, key=lambda line: (-line.serious, -line.total, line.ref)))


def overdue_actions(lines: Iterable[FindingLine], conditions: Iterable[ConditionLine], day: date) -> list[FindingLine]:
    """Serious findings and conditions whose date has passed.

    The deadline's own finding sums up the practices of a case, which stand here one by one, so it is left out.
    """
    past = [line for line in lines if line.days and line.severity == "error" and line.check != "practices_overdue"]
    past += [
        FindingLine(
            component=row.component,
            case=row.case,
            use_case_id=row.use_case_id,
            severity="error",
            message=f"Condition: {row.text}",
            ref="",
            title="Condition",
            edition="",
            remedy="",
            due_on=row.due_on,
            days=(day - row.due_on).days,
        )
        for row in conditions
        if row.due_on < day and not row.is_reported_met
    ]
    return sorted(past, key=lambda line: (line.component, -line.days, line.use_case_id, line.ref))


@dataclass(frozen=True)
class CaseLines:
    """What stands against one case, on one row: findings of one due date, or all of them."""

    component: str
    case: str
    use_case_id: str
    is_late: bool
    lines: tuple[FindingLine, ...]

    @property
    def due_on(self) -> date | None:
        """The date they share, where the row has one."""
        return self.lines[0].due_on

    @property
    def days(self) -> int:
        """Days since that date."""
        return self.lines[0].days

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to do, each sentence once."""
        return tuple(dict.fromkeys(line.remedy for line in self.lines if line.remedy))


def per_case(lines: Iterable[FindingLine], *, by_date: bool = False) -> tuple[CaseLines, ...]:
    """One row a case (and due date); restricted cases cannot be told apart, so each finding of theirs stays a row."""
    groups: dict[tuple[object, ...], list[FindingLine]] = defaultdict(list)
    for line in lines:
        who = line.use_case_id or id(line)
        groups[line.component, who, line.due_on if by_date else None].append(line)
    return tuple(
        CaseLines(found[0].component, found[0].case, found[0].use_case_id, found[0].is_late, tuple(found))
        for found in groups.values()
    )


def by_component(lines: Iterable[CaseLines]) -> tuple[tuple[str, tuple[CaseLines, ...]], ...]:
    """Tables of one component each, of at most 90 rows: longer ones take WeasyPrint twice the time."""
    groups: dict[str, list[CaseLines]] = defaultdict(list)
    for line in lines:
        groups[line.component].append(line)
    return tuple(
        (code, tuple(groups[code][start : start + 90]))
        for code in sorted(groups)
        for start in range(0, len(groups[code]), 90)
    )
