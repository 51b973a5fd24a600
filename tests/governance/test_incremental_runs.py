"""A small run over what changed or fell due comes to the same as one over everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import system_account
from governance.actions import compliance, planning
from governance.compliance import in_force
from governance.compliance.results import standing
from governance.demo.clock import at
from governance.models import CheckMark, CheckResult, CheckRun, DatedRecord, Finding, Waiver
from registry.actions import inventory
from registry.models import UseCase
from tests import make
from tests.governance import scenes
from tests.governance.test_compliance_runs import unguarded
from tests.registry.make_inventory import defective_workbook

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
CHANGES = 24


def kept() -> tuple[list[Any], list[Any]]:
    """Everything runs keep of the present."""
    columns = ("use_case", "digest", "due_on", "is_judged")
    rows = CheckResult.objects.filter(replaced_at=None, is_reproduction=False).order_by("use_case")
    found = Finding.objects.order_by("use_case", "provision", "check_name", "key")
    return list(rows.values_list(*columns)), list(
        found.values_list("use_case", "check_name", "key", "state", "message")
    )


def whole_run_changes_nothing() -> None:
    """A whole sweep after a small run finds nothing it had left; nor does one that judges every case again."""
    before = kept()
    for is_afresh in (False, True):
        swept = compliance.check_now(actor=system_account(), is_afresh=is_afresh)
        assert kept() == before and (swept.counts["opened"], swept.counts["resolved"]) == (0, 0)


# -- what may happen to a case ------------------------------------------------------------------------


def answered(case: UseCase, dice: random.Random) -> None:
    given = {"hi_testing_conducted": dice.choice(["yes", "in_progress"]), "have_ato": dice.choice(["yes", "no"])}
    scenes.refile(case, TODAY(), **given)


def renamed(case: UseCase, dice: random.Random) -> None:
    scenes.refile(case, TODAY(), use_case_name=f"Invented name {dice.randrange(3)}")


def justified_alike(case: UseCase, dice: random.Random) -> None:
    given = {"is_high_impact": "presumed_not_high_impact", "hi_justification": f"Invented reason {dice.randrange(2)}"}
    scenes.refile(case, TODAY(), **given)


def filed_for_later(case: UseCase, dice: random.Random) -> None:
    scenes.refile(case, TODAY() + timedelta(days=dice.randrange(1, 9)), hi_training_established="in_progress")


def evidenced(case: UseCase, dice: random.Random) -> None:
    kind, last = dice.choice(["evidence", "verification"]), TODAY() + timedelta(days=dice.randrange(60))
    scenes.evidence(case, dice.choice(["testing", "monitoring"]), kind=kind, until=last)


def waived(case: UseCase, dice: random.Random) -> None:
    scenes.waiver(case, dice.choice(["testing", "appeals"]))


def revoked(case: UseCase, dice: random.Random) -> None:
    Waiver.objects.filter(use_case=case).update(revoked_on=TODAY())


def handled(case: UseCase, dice: random.Random) -> None:
    UseCase.objects.filter(pk=case.pk).update(handling=dice.choice(["restricted", "internal"]))


def kept_back(case: UseCase, dice: random.Random) -> None:
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=dice.choice([["hi_justification"], []]))


def moved(case: UseCase, dice: random.Random) -> None:
    UseCase.objects.filter(pk=case.pk).update(component=make.component(dice.choice(["ICE", "TSA"])))


def verified_by_an_author(case: UseCase, dice: random.Random) -> None:
    author = make.person("Author Example")
    DatedRecord.objects.create(
        use_case=case, practice="testing", kind="verification", title="Invented", effective_on=date(2026, 3, 1),
        recorded_by=author,
    )  # fmt: skip


ACTS: list[Callable[[UseCase, random.Random], None]] = [
    answered, renamed, justified_alike, filed_for_later, evidenced, waived, revoked, handled, kept_back, moved,
    verified_by_an_author,
]  # fmt: skip


def test_small_run_after_any_of_many_changes_is_as_good_as_a_whole_one() -> None:
    scenes.catalogue()
    dice = random.Random(6)
    cases = [scenes.deployed(use_case_name=f"Invented name {n % 3}", **scenes.OPEN) for n in range(6)]
    assert (first := compliance.check_changes()) is not None and first.is_whole
    looked = 0
    for turn in range(CHANGES):
        ACTS[turn % len(ACTS)](dice.choice(cases), dice)
        if done := compliance.check_changes():  # some acts change nothing: no waiver to revoke, restricted already
            assert done.is_incremental
            looked += 1
        assert not CheckMark.objects.exists()
        whole_run_changes_nothing()
    assert looked > CHANGES // 2
    assert Finding.objects.filter(state="waived").exists() and Finding.objects.filter(state="resolved").exists()


def test_withdrawn_case_is_looked_at() -> None:
    scenes.catalogue()
    case, twin = scenes.deployed(**scenes.OPEN), scenes.deployed("FEMA")
    compliance.check_changes()
    assert Finding.objects.filter(use_case=twin, check_name="same_name_agrees", state="open").exists()
    with unguarded():
        UseCase.objects.filter(pk=case.pk).update(status="withdrawn", status_changed_at=timezone.now())
    CheckMark.objects.create(use_case=case)  # the triggers slept
    done = compliance.check_changes()
    assert done is not None and done.is_incremental
    assert not Finding.objects.filter(use_case=case, state="open").exists()
    assert not Finding.objects.filter(use_case=twin, check_name="same_name_agrees", state="open").exists()
    whole_run_changes_nothing()


def test_what_falls_due_is_looked_at_on_its_day_and_not_before() -> None:
    scenes.catalogue()
    now = timezone.now()
    case, other = scenes.deployed(use_case_name="One"), scenes.deployed("FEMA", use_case_name="Other")
    last = TODAY() + timedelta(days=20)
    scenes.evidence(case, "testing", until=last)
    scenes.refile(other, TODAY() + timedelta(days=5), hi_testing_conducted="in_progress")
    compliance.check_changes()
    seen = []
    for ahead in (1, 4, 5, 6, 19, 20, 21, 22):
        with at(now + timedelta(days=ahead)):
            done = compliance.check_changes()
            if done is not None:
                seen.append((ahead, done.counts["use_cases"], done.is_incremental))
            whole_run_changes_nothing()
    days = [ahead for ahead, _, _ in seen]
    assert 5 in days and 21 in days and 4 not in days and 19 not in days
    assert all(is_small and cases == 1 for _, cases, is_small in seen)
    assert Finding.objects.filter(
        use_case=case, key="claimed", state="open", provision__ref="M-25-21/practice/i"
    ).exists()


def test_import_marks_its_cases_at_once_and_a_newer_year_asks_for_all() -> None:
    scenes.catalogue()
    scenes.deployed("FEMA")
    compliance.check_changes()
    inventory.import_file(defective_workbook(), "defects.xlsx", actor=system_account(), agency=make.agency())
    filed = UseCase.objects.filter(filings__batch__isnull=False)
    assert set(CheckMark.objects.values_list("use_case", flat=True)) == set(filed.values_list("pk", flat=True))
    done = compliance.check_changes()
    assert done is not None and done.is_whole, "every case may be missing from the newer year"
    assert standing().filter(use_case__in=filed).count() == filed.count() > 5
    assert compliance.check_changes() is None and not CheckMark.objects.exists()
    whole_run_changes_nothing()


def test_new_status_in_the_catalogue_asks_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes.catalogue()
    scenes.deployed(**scenes.OPEN)
    compliance.check_changes()
    assert not planning.is_whole_due()
    without = tuple(one for one in in_force.instruments() if one.slug != "dhs-139-08")
    monkeypatch.setattr(in_force, "instruments", lambda: without)
    done = compliance.check_changes()
    assert done is not None and done.is_whole
    assert {one["edition"].split("/")[0] for one in done.basis["editions"]}.isdisjoint({"dhs-139-08"})


def test_small_run_waits_for_one_at_work() -> None:
    scenes.catalogue()
    scenes.deployed(**scenes.OPEN)
    compliance.start_run(actor=system_account())
    assert compliance.check_changes() is None
    assert CheckRun.objects.count() == 1


def test_moment_of_the_day_does_not_matter() -> None:
    """A run just after midnight of the department's day looks as of that day."""
    scenes.catalogue()
    scenes.deployed(**scenes.OPEN)
    midnight = timezone.make_aware(datetime.combine(TODAY() + timedelta(days=1), datetime.min.time()))
    with at(midnight):
        done = compliance.check_changes()
    assert done is not None and done.as_of == midnight.date() and done.is_reconciled
