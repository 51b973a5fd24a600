"""Which cases a run looks at, under what, and in which chunks."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from governance.actions import jobs
from governance.compliance import in_force
from governance.compliance.judge import Rule
from governance.compliance.snapshot import Clocks, newest_cycles, scope
from governance.compliance.snapshot.namesakes import namesakes_of, settle_keys
from governance.models import CheckChunk, CheckMark, CheckResult, CheckRun, NameKey
from governance.models.jobs import Job
from registry import questionnaire
from registry.models import Filing, UseCase
from registry.models.use_case import Status

CHUNK = 2500  # cases a chunk: its documents are what a worker holds in memory


def basis(rules: Sequence[Rule], clocks: Clocks) -> dict[str, Any]:
    """What every judgement of a run rests on besides the facts of a case: editions by name and content."""
    editions = {
        rule.key[0]: {"edition": rule.key[0], "sha256": rule.edition.sha256, "advisory": rule.is_advisory}
        for rule in rules
    }
    form = questionnaire.in_force(clocks.as_of)
    cycles = {str(agency): year for agency, year in sorted(newest_cycles(clocks).items())}
    return {"editions": list(editions.values()), "form": [form.name, form.sha256], "cycles": cycles}


def is_whole_due() -> bool:
    """Whether what every judgement rests on is another than at the last sweep. Refused when it is not loaded."""
    clocks = Clocks(timezone.localdate())
    rules = in_force.rules(clocks)
    in_force.provision_rows(rules)
    whole = CheckRun.objects.filter(is_reconciled=True, component_code="", use_case=None, is_incremental=False)
    last = whole.order_by("-finished_at").values_list("basis", flat=True).first()
    return last is None or last != basis(rules, clocks)


def has_changes() -> bool:
    """Whether a case is marked or has fallen due."""
    return CheckMark.objects.exists() or _due(timezone.localdate()).exists()


@transaction.atomic
def plan(run: CheckRun) -> bool:
    """Settle what the run rests on and cut it into chunks; False when another worker has done so.

    In one transaction with taking the run up, so that a killed worker leaves a run that was not begun.
    """
    if jobs.claim(CheckRun, run.pk) is None:
        return False
    run.refresh_from_db()
    clocks = Clocks(run.as_of, run.known_at)
    rules = in_force.rules(clocks)
    changes = changes_findings(run)
    whole = CheckRun.objects.filter(is_reconciled=True, component_code="", use_case=None, is_incremental=False)
    CheckRun.objects.filter(pk=run.pk).update(
        basis=basis(rules, clocks),
        changes_findings=changes,
        is_baseline=changes and run.is_whole and not whole.exists(),
    )
    keys = _cases(run)
    rows = [
        CheckChunk(run=run, number=number, cases=keys[start : start + CHUNK])
        for number, start in enumerate(range(0, len(keys), CHUNK), start=1)
    ]
    CheckChunk.objects.bulk_create(rows, batch_size=100)
    return True


def changes_findings(run: CheckRun) -> bool:
    """Only a run with all that is known, of a day that has come and is not earlier than the last one's that did.

    An earlier day is a reproduction and touches nothing (design section 3).
    """
    newest = CheckRun.objects.filter(changes_findings=True).exclude(state=Job.State.FAILED)
    last: date | None = newest.exclude(pk=run.pk).aggregate(day=Max("as_of"))["day"]
    return run.known_at is None and run.as_of <= timezone.localdate() and (last is None or run.as_of >= last)


def _cases(run: CheckRun) -> list[int]:
    """The cases to look at, in the order of their rows; what they are compared by is brought up to date first."""
    is_now = run.known_at is None and run.as_of == timezone.localdate()
    if run.is_incremental:
        return sorted(_changed(run.as_of))
    if is_now:
        settle_keys(Clocks(run.as_of), {*_marked(), *_due_cases(run.as_of), *_without_keys()})
    return list(scope(run.component_code, run.use_case).order_by("pk").values_list("pk", flat=True))


def _changed(day: date) -> set[int]:
    """Cases marked or fallen due, and those that bear a name or a justification one of them bore or bears now."""
    cases = {*_marked(), *_due_cases(day)}
    before = namesakes_of(cases)
    settle_keys(Clocks(day), cases)
    return cases | before | namesakes_of(cases)


def _marked() -> Iterable[int]:
    return CheckMark.objects.values_list("use_case_id", flat=True).distinct()


def _due(day: date) -> Any:
    return CheckResult.objects.filter(replaced_at=None, is_reproduction=False, due_on__lte=day)


def _due_cases(day: date) -> Iterable[int]:
    return _due(day).values_list("use_case_id", flat=True)


def _without_keys() -> Iterable[int]:
    """Filed cases nobody has looked at yet: all of them before the first sweep."""
    filed, known = Filing.objects.filter(use_case=OuterRef("pk")), NameKey.objects.filter(use_case=OuterRef("pk"))
    rows = UseCase.objects.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    return rows.filter(Exists(filed), ~Exists(known)).values_list("pk", flat=True)
