"""Cases, runs and reports for the tests of compliance; all invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from accounts.actions import system_account
from governance.actions import reports as report_actions
from governance.actions.catalogue import load_all
from governance.actions.compliance import check_now
from governance.models import CheckRun, DatedRecord, Report, Waiver
from governance.reports.shelf import SHELF
from registry import document as documents
from registry.actions.use_cases import file_revision, write_revision
from registry.models import UseCase
from tests import make

DAY = date(2026, 11, 17)
FILED = date(2026, 1, 28)
STATUS = SHELF["compliance-status"]
OPEN = {"hi_testing_conducted": "in_progress"}


def catalogue() -> None:
    """The organisation and the policy catalogue, as `load_catalogue` loads them."""
    load_all(settings.FIXTURES_DIR, actor=system_account())


def deployed(component_code: str = "CBP", *, owner: Any = None, **changes: Any) -> UseCase:
    """A recorded deployed high-impact case."""
    columns = {name: changes.pop(name) for name in ("handling", "use_case_id") if name in changes}
    given = make.deployed_high_impact(**changes)
    return make.use_case(
        component_code=component_code, owner=owner, given=given, filed_on=FILED, status="recorded", **columns
    )


def refile(use_case: UseCase, on: date = DAY, **changes: Any) -> None:
    """A later filing of the case with some answers changed."""
    fresh = UseCase.objects.get(pk=use_case.pk)
    author = make.person("Author Example")
    write_revision(fresh, documents.with_answers(fresh.document, changes), actor=author)
    file_revision(fresh, actor=author, why="changed for a test", effective_on=on)


def run(day: date = DAY, **columns: Any) -> CheckRun:
    """One run in this process."""
    done = check_now(actor=system_account(), as_of=day, **columns)
    assert done is not None
    return done


def evidence(
    use_case: UseCase,
    practice: str,
    on: date = date(2026, 2, 1),
    kind: str = "evidence",
    until: date | None = None,
) -> DatedRecord:
    """A record behind a practice, by somebody who is nobody else here."""
    return DatedRecord.objects.create(
        use_case=use_case, practice=practice, kind=kind, title="Invented report", effective_on=on,
        expires_on=until, recorded_by=make.person("Vera Recorder"),
    )  # fmt: skip


def waiver(use_case: UseCase, practice: str = "testing") -> Waiver:
    """A waiver in force."""
    return Waiver.objects.create(
        use_case=use_case, practice=practice, ground="A", risk_assessment="Invented.", granted_on=date(2026, 9, 1),
        expires_on=date(2027, 8, 31), granted_by=make.person("Chris Chief"),
    )  # fmt: skip


def report(cast: Any, day: date = DAY, **columns: Any) -> Report:
    """A report that was asked for."""
    return report_actions.request_report(STATUS, actor=cast.caio, as_of=day, **columns)
