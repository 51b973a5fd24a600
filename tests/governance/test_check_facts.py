"""What checks of later readings rest on, read from the database by both clocks; runs from end to end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.compliance.contract import Snapshot
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import CheckMark, Extension, Finding, Hold
from registry.models import UseCase, WithholdingReview
from tests import make
from tests.governance import holding, scenes

pytestmark = pytest.mark.django_db
REGRESSION = "M-25-21/regression"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def of(case: UseCase, day: date = scenes.DAY, known_at: datetime | None = None) -> Snapshot:
    (found,) = snapshots(scope(use_case=case), Clocks(day, known_at), with_namesakes=False)
    return found


def states(case: UseCase, ref: str) -> list[str]:
    return [one.state for one in Finding.objects.filter(use_case=case, provision__ref=ref)]


def test_a_practice_taken_back_stands_through_later_filings_until_evidence_lifts_it() -> None:
    case = scenes.deployed()
    assert of(case).reported_before == {}, "nothing was taken back"
    scenes.refile(case, date(2026, 10, 1), hi_testing_conducted="in_progress")
    scenes.refile(case, date(2026, 10, 5), benefits="Other invented benefits.")
    assert of(case).reported_before["testing"] == scenes.FILED
    assert of(case, date(2026, 9, 30)).reported_before == {}, "not before it was filed"
    scenes.run()
    assert states(case, REGRESSION) == ["open"]
    scenes.evidence(case, "testing", on=date(2026, 10, 6))
    scenes.run(scenes.DAY + timedelta(days=1))
    assert states(case, REGRESSION) == ["resolved"]


def test_a_case_deployed_after_the_deadline_owes_the_practices_on_its_first_day() -> None:
    case = scenes.deployed(operational_date=scenes.DAY.isoformat(), **scenes.OPEN)
    scenes.run()
    assert states(case, "M-25-21/deadline") == []
    scenes.run(scenes.DAY + timedelta(days=1))
    found = Finding.objects.get(use_case=case, provision__ref="M-25-21/deadline")
    assert (found.state, found.due_on) == ("open", scenes.DAY)


def test_an_extension_moves_the_day_of_what_it_covers_and_ends_under_its_own_finding() -> None:
    case = scenes.deployed(hi_testing_conducted="in_progress", hi_appeal_process="in_progress")
    Extension.objects.create(
        use_case=case, instrument="omb-m-24-10", granted_by="OMB", granted_on=date(2026, 1, 1), until=scenes.DAY,
        practices=["testing"], source="An invented letter", recorded_by=make.person("Olga Recorder"),
    )  # fmt: skip
    scenes.run()
    late = Finding.objects.get(use_case=case, provision__ref="M-25-21/deadline")
    assert "1 of 7 practices" in late.message and late.due_on == date(2026, 4, 3)
    assert states(case, "M-25-21/extension") == ["open"]
    scenes.run(scenes.DAY + timedelta(days=1))
    late.refresh_from_db()
    assert "2 of 7 practices" in late.message


def test_a_hold_is_one_finding_by_both_clocks(cast: Any) -> None:
    row = holding.running(cast.officer)
    case = row.use_case
    opened = timezone.now() - timedelta(days=9)
    Hold.objects.filter(pk=row.pk).update(opened_at=opened)
    (fact,) = of(case, timezone.localdate()).holds
    assert (fact.prohibition, fact.state, fact.answer) == (holding.FIELD, "open", "yes")
    assert of(case, timezone.localdate() - timedelta(days=10)).holds == ()
    scenes.run(timezone.localdate())
    (found,) = Finding.objects.filter(use_case=case, field=holding.FIELD)
    assert found.severity == "error" and "the offices have not settled it" in found.message
    CheckMark.objects.all().delete()
    holding.say(holding.say(row, cast.ogc, "OGC"), cast.crcl, "CRCL")
    assert CheckMark.objects.filter(use_case=case).exists(), "it is looked at again"
    assert of(case, timezone.localdate()).holds[0].state == "lifted"
    assert of(case, timezone.localdate() - timedelta(days=1)).holds[0].state == "open", "still open the day before"


def test_the_newest_review_of_a_withholding_counts_from_its_day(cast: Any) -> None:
    case = scenes.deployed(is_withheld="other", withheld_ground="foia_7", withheld_reason="Invented.")
    CheckMark.objects.all().delete()
    noon = timezone.make_aware(datetime.combine(date(2026, 11, 10), time(12)))
    for verdict, at in (("refused", noon), ("upheld", noon + timedelta(days=2))):
        WithholdingReview.objects.create(
            use_case=case, category="other", ground="foia_7", reason="Invented.", revision_number=1,
            reviewer=cast.ogc, verdict=verdict, why="Invented.", reviewed_at=at,
        )  # fmt: skip
    assert CheckMark.objects.filter(use_case=case).exists(), "it is looked at again"
    verdicts = {day: [one.verdict for one in of(case, date(2026, 11, day)).withholding_reviews] for day in (9, 10, 12)}
    assert verdicts == {9: [], 10: ["refused"], 12: ["upheld"]}
