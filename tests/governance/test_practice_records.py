"""Evidence, verification, acceptance and waivers: who may, and what they change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused
from governance.actions import practices, waivers
from governance.compliance import matrix, reads
from governance.models import CheckMark, DatedRecord, Waiver
from tests.governance import scenes

pytestmark = pytest.mark.django_db
SEEN: dict[str, Any] = {"title": "Report of the invented field trial", "effective_on": date(2026, 6, 1)}
GROUNDS: dict[str, Any] = {
    "ground": "A", "risk_assessment": "Waiting would leave parcels unchecked.",
    "consulted": [{"name": "Pat Example", "capacity": "counsel"}], "public_summary": "Invented.",
}  # fmt: skip


def level(case: Any, cast: Any, practice: str = "testing") -> tuple[str, bool]:
    row = next(r for r in reads.practice_matrix(cast.auditor).rows if r.use_case_id == case.use_case_id)
    cell: matrix.Cell = next(cell for cell in row.cells if cell.practice == practice)
    return cell.position.level, cell.position.is_met


def test_evidence_meets_a_reported_practice_and_is_recorded(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    assert level(case, cast) == ("reported", False)
    practices.record_evidence(case, "testing", actor=cast.officer, **SEEN)
    assert level(case, cast) == ("evidenced", True)
    assert Event.objects.get(kind="practice.evidenced").timeline == case.use_case_id


def test_form_sent_twice_makes_one_record(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    first = practices.record_evidence(case, "testing", actor=cast.officer, **SEEN)
    assert practices.record_evidence(case, "testing", actor=cast.officer, **SEEN) == first
    looked = {"title": "Read it whole", "effective_on": date(2026, 7, 1), "actor": cast.st}
    assert practices.verify_evidence(case, "testing", **looked) == practices.verify_evidence(case, "testing", **looked)
    assert Event.objects.filter(kind__startswith="practice.").count() == DatedRecord.objects.count() == 2


def test_evidence_has_the_case_checked_again(cast: Any) -> None:
    scenes.catalogue()
    case = scenes.deployed(owner=cast.officer)
    practices.record_evidence(case, "testing", actor=cast.officer, **SEEN)
    assert CheckMark.objects.filter(use_case=case).exists()


@pytest.mark.parametrize("name", ["other_officer", "priv", "caio", "auditor", "administrator"])
def test_only_the_people_of_the_case_bring_evidence(name: str, cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    with pytest.raises(Refused, match="Only the owner and the people of CBP"):
        practices.record_evidence(case, "testing", actor=getattr(cast, name), **SEEN)


def test_somebody_independent_verifies(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    practices.record_evidence(case, "testing", actor=cast.officer, **SEEN)
    practices.verify_evidence(case, "testing", title="Read it whole", effective_on=date(2026, 7, 1), actor=cast.st)
    assert level(case, cast) == ("verified", True)


def test_nobody_verifies_what_they_wrote_submitted_or_brought(cast: Any) -> None:
    case = scenes.deployed(owner=cast.manager)  # the inventory manager wrote it
    scenes.evidence(case, "testing")
    with pytest.raises(Refused, match="Somebody else has to do this"):
        practices.verify_evidence(case, "testing", title="Own work", effective_on=date(2026, 7, 1), actor=cast.manager)
    DatedRecord.objects.create(
        use_case=case, practice="testing", kind="evidence", recorded_by=cast.priv, **SEEN
    )  # fmt: skip
    with pytest.raises(Refused, match="Somebody else"):
        practices.verify_evidence(case, "testing", title="Own file", effective_on=date(2026, 7, 1), actor=cast.priv)


def test_there_must_be_evidence_to_verify(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    with pytest.raises(Refused, match="no evidence in effect"):
        practices.verify_evidence(case, "testing", title="Nothing", effective_on=date(2026, 7, 1), actor=cast.st)


def test_record_of_the_future_and_one_that_ends_first_are_refused(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    ahead = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused, match="today or earlier"):
        practices.record_evidence(case, "testing", actor=cast.officer, title="Plan", effective_on=ahead)
    with pytest.raises(Refused, match="end before it begins"):
        practices.record_evidence(case, "testing", actor=cast.officer, expires_on=date(2026, 5, 1), **SEEN)


def test_chief_accepts_that_a_practice_does_not_apply(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer, hi_appeal_process="not_applicable")
    assert level(case, cast, "appeals") == ("not_applicable", False)
    given = {"title": "Nobody is affected", "reference": "Section 4(b)(vi)", "effective_on": date(2026, 6, 1)}
    practices.accept_not_applicable(case, "appeals", actor=cast.caio, **given)
    assert level(case, cast, "appeals") == ("not_applicable", True)
    with pytest.raises(Refused, match="does not say"):
        practices.accept_not_applicable(case, "testing", actor=cast.caio, **given)
    with pytest.raises(Refused, match="Only the Chief AI Officer"):
        practices.accept_not_applicable(case, "appeals", actor=cast.deputy, **given)


def test_chief_waives_and_revokes(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    until = timezone.localdate() + timedelta(days=300)
    given = waivers.grant_waiver(case, "testing", expires_on=until, actor=cast.caio, **GROUNDS)
    assert level(case, cast) == ("waived", True)
    with pytest.raises(Refused, match="is in force"):
        waivers.grant_waiver(case, "testing", expires_on=until, actor=cast.caio, **GROUNDS)
    waivers.revoke_waiver(given, reason="The test is done.", actor=cast.caio)
    assert level(case, cast) == ("in_progress", False)
    assert list(Event.objects.filter(kind__startswith="waiver.").values_list("kind", flat=True)) == [
        "waiver.granted",
        "waiver.revoked",
    ]
    with pytest.raises(Refused, match="has ended already"):
        waivers.revoke_waiver(given, reason="Again.", actor=cast.caio)


def test_waiver_is_not_delegable(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    until = timezone.localdate() + timedelta(days=300)
    with pytest.raises(Refused, match="cannot be delegated to the deputy"):
        waivers.grant_waiver(case, "testing", expires_on=until, actor=cast.deputy, **GROUNDS)
    with pytest.raises(Refused, match="cannot be delegated to the deputy"):
        waivers.revoke_waiver(scenes.waiver(case), reason="No.", actor=cast.deputy)


def test_waiver_lasts_a_year_at_most_and_needs_a_high_impact_use(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    for days in (0, 400):
        with pytest.raises(Refused, match="within a year"):
            until = timezone.localdate() + timedelta(days=days)
            waivers.grant_waiver(case, "testing", expires_on=until, actor=cast.caio, **GROUNDS)
    plain = scenes.deployed(owner=cast.officer, is_high_impact="not_high_impact")
    until = timezone.localdate() + timedelta(days=30)
    with pytest.raises(Refused, match="Only a high-impact use"):
        waivers.grant_waiver(plain, "testing", expires_on=until, actor=cast.caio, **GROUNDS)


def test_new_waiver_follows_one_that_ran_out(cast: Any) -> None:
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    old = scenes.waiver(case)
    Waiver.objects.filter(pk=old.pk).update(granted_on=date(2025, 1, 1), expires_on=date(2025, 12, 31))
    until = timezone.localdate() + timedelta(days=30)
    waivers.grant_waiver(case, "testing", expires_on=until, actor=cast.caio, **GROUNDS)
    assert level(case, cast) == ("waived", True)


def test_form_records_evidence_and_goes_back_to_the_practice(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    path = f"/use-cases/{case.use_case_id}/practices/testing/evidence/"
    answer = sign_in(cast.officer).post(path, {"title": "Trial report", "effective_on": "2026-06-01"})
    assert answer.status_code == 302 and answer["Location"].endswith("/practices/#testing")
    assert DatedRecord.objects.get().title == "Trial report"
    again = sign_in(cast.officer).post(path, {"title": ""})
    assert again.status_code == 200 and b"answers need a change" in again.content


def test_practices_page_offers_only_what_one_may_do(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    path = f"/use-cases/{case.use_case_id}/practices/"
    assert b"Waive the practice" in sign_in(cast.caio).get(path).content
    officer = sign_in(cast.officer).get(path).content
    assert b"Record evidence" in officer and b"Waive the practice" not in officer
    plain = scenes.deployed(owner=cast.officer, development_stage="pilot")
    assert (
        b"nothing is asked here yet" in sign_in(cast.officer).get(f"/use-cases/{plain.use_case_id}/practices/").content
    )
