"""A past day repeated as now known and as then known, and the days around the deadline held against each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import system_account
from audit.workflow import Refused
from governance.actions import compliance
from governance.compliance.compare import compare
from governance.models import CheckResult, CheckRun, Finding
from registry.actions import inventory
from registry.models import UseCase
from tests import make
from tests.governance import scenes
from tests.registry.make_inventory import defective_workbook
from tests.registry.real_data import real

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2026, 4, 2), date(2026, 4, 4)
OVERDUE = "practices_overdue"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def bring_in(content: bytes, name: str) -> None:
    inventory.import_file(
        content, name, actor=system_account(), agency=make.agency(), effective_on=date(2026, 1, 28), cycle=2025
    )


def around_the_deadline() -> tuple[CheckRun, CheckRun, set[int]]:
    """Runs of both days after one of today, so that neither touches a finding; and who was late on the second."""
    scenes.run(timezone.localdate())
    findings = list(Finding.objects.order_by("pk").values())
    results = CheckResult.objects.filter(is_reproduction=False).count()
    runs = scenes.run(BEFORE), scenes.run(AFTER)
    assert list(Finding.objects.order_by("pk").values()) == findings
    assert CheckResult.objects.filter(is_reproduction=False).count() == results
    late = runs[1].results.filter(problems__contains=[{"check": OVERDUE}]).values_list("use_case", flat=True)
    return *runs, set(late)


def differs_by_the_deadline() -> int:
    first, second, late = around_the_deadline()
    found = compare(first, second, UseCase.objects.all())
    assert not found.only_first and not found.appeared and not found.gone
    assert {one.problem["check"] for one in found.only_second} <= {OVERDUE}
    assert {one.case for one in found.only_second} == late
    backwards = compare(second, first, UseCase.objects.all())
    assert (backwards.only_first, backwards.only_second) == (found.only_second, ())
    return len(late)


def test_workbook_with_defects_differs_exactly_by_the_deadline() -> None:
    bring_in(defective_workbook(), "defects.xlsx")
    scenes.deployed(**scenes.OPEN)
    assert differs_by_the_deadline() >= 1


def test_real_workbook_differs_exactly_by_the_deadline() -> None:
    bring_in(real("dhs-2025-inventory.xlsx").read_bytes(), "inventory.xlsx")
    assert differs_by_the_deadline() > 1


def test_as_now_known_and_as_then_known_differ_by_what_came_late() -> None:
    case = scenes.deployed(**scenes.OPEN)
    then = timezone.now()
    scenes.refile(case, date(2026, 3, 1), hi_testing_conducted="yes")
    scenes.run(timezone.localdate())
    as_known = scenes.run(date(2026, 5, 1), known_at=then)
    as_now = scenes.run(date(2026, 5, 1))
    found = compare(as_known, as_now, UseCase.objects.all())
    assert {one.problem["check"] for one in found.only_first} == {OVERDUE, "practice_met"}
    assert not as_known.is_reconciled and not as_now.is_reconciled
    assert as_now.basis["editions"][0].keys() == {"edition", "sha256", "advisory"}


def test_auditor_repeats_days_and_asks_for_none_that_changes_findings(cast: Any) -> None:
    past = compliance.request_run(actor=cast.auditor, as_of=BEFORE)
    assert compliance.request_run(actor=cast.auditor, as_of=BEFORE) == past, "one waits already"
    compliance.request_run(actor=cast.auditor, known_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused, match="An auditor repeats a past day"):
        compliance.request_run(actor=cast.auditor)
    with pytest.raises(Refused, match="Ask one of them"):
        compliance.request_run(actor=cast.priv, as_of=BEFORE)
    assert compliance.request_run(actor=cast.manager).as_of == timezone.localdate()


def test_comparison_shows_both_directions_and_no_restricted_answer(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(use_case_name="Invented late", **scenes.OPEN)
    scenes.refile(case, timezone.localdate(), hi_testing_conducted="yes", have_ato="no")
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=["have_ato"])
    now, past = scenes.run(timezone.localdate()), scenes.run(AFTER)
    asked = {"first": str(past.uuid), "second": str(now.uuid)}
    page = sign_in(cast.priv).get(reverse("runs-compare"), asked).content.decode()
    assert "Invented late" in page and "runs past the deadline" in page
    assert "reports no authorization" not in page and "Restricted: ask" in page
    assert sign_in(cast.priv).get(reverse("runs-compare"), {"first": "x"}).status_code == 404
