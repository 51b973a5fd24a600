"""Dated records: who puts what on a case, both clocks, levels, signatures, withdrawal, need to know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions.practices import record_evidence, verify_evidence
from governance.actions.records import put_on_record, withdraw_record
from governance.compliance.contract import Record, Snapshot
from governance.compliance.practices import level
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import DatedRecord, Decision
from registry.actions import evidence as files
from registry.actions.use_cases import delete_draft
from tests import lives, make
from tests.governance import scenes
from tests.governance.recording import ON, ahead, assessed, details, named, put

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def case(cast: Any) -> Any:
    for code in make.OFFICES:
        make.office(code)
    return scenes.deployed(owner=cast.officer)


def seen(case: Any, day: date | None = None, known_at: Any = None) -> Snapshot:
    return next(iter(snapshots(scope(use_case=case), Clocks(day or TODAY(), known_at), with_namesakes=False)))


def only(case: Any, kind: str, **clocks: Any) -> Record:
    return next(one for one in seen(case, **clocks).records if one.kind == kind)


# -- who --------------------------------------------------------------------------------------------


def test_each_kind_is_made_by_those_it_names_and_by_nobody_else(case: Any, cast: Any) -> None:
    put(case, "operator_training", cast.officer)
    put(case, "pia", cast.priv)
    put(case, "ato", cast.ciso, expires_on=ahead(400))
    put(case, "pre_deployment_test", cast.st)
    for kind, who, whom in (
        ("operator_training", "colleague", r"Olive Officer \(the owner\), the CBP lead can"),
        ("operator_training", "auditor", "Olive Officer"),
        ("pia", "officer", "the Privacy Office"),
        ("pia", "ciso", "the Privacy Office"),
        ("ato", "lead", "the Chief Information Security Officer"),
        ("pre_deployment_test", "ciso", "Science and Technology"),
        ("risk_acceptance", "officer", "the CBP lead, the Chief AI Officer or the deputy"),
    ):
        about = None if kind != "risk_acceptance" else put(case, "impact_assessment", cast.officer)
        with pytest.raises(Refused, match=whom):
            put(case, kind, getattr(cast, who), expires_on=ahead(9) if kind == "ato" else None, about=about)
    made = Event.objects.filter(kind="record.made", timeline=case.use_case_id)
    assert made.count() == DatedRecord.objects.count() == 5


def test_nobody_records_on_a_case_they_may_not_know_of(cast: Any) -> None:
    for code in make.OFFICES:
        make.office(code)
    hidden = scenes.deployed(owner=cast.officer, handling="restricted")
    with pytest.raises(Refused, match="may not know of"):
        put(hidden, "pia", cast.priv)
    assert put(hidden, "operator_training", cast.officer).pk


def test_office_that_wrote_the_case_does_not_record_on_it(cast: Any) -> None:
    make.office("PRIV")
    own = scenes.deployed(owner=cast.priv)
    with pytest.raises(Refused, match="wrote or submitted"):
        put(own, "pia", cast.priv)


# -- what is refused --------------------------------------------------------------------------------


def test_days_and_terms_are_held(case: Any, cast: Any) -> None:
    with pytest.raises(Refused, match="today or earlier"):
        put(case, "operator_training", cast.officer, ahead(1))
    with pytest.raises(Refused, match="end before it begins"):
        put(case, "operator_training", cast.officer, expires_on=ON - timedelta(days=1))
    with pytest.raises(Refused, match="12 months at most, until 1 June 2027"):
        put(case, "operator_training", cast.officer, expires_on=date(2027, 6, 2))
    with pytest.raises(Refused, match="authorized until"):
        put(case, "ato", cast.ciso)
    assert put(case, "operator_training", cast.officer).expires_on == date(2027, 6, 1)


def test_details_kind_and_belonging_are_held(case: Any, cast: Any) -> None:
    other = scenes.deployed(owner=cast.officer)
    old = put(case, "operator_training", cast.officer)
    plan = put(case, "monitoring_plan", cast.officer)
    result = {"actor": cast.officer, "on": ON}
    for wrong in (
        lambda: put(case, "monitoring_result", **result, about=put(other, "monitoring_plan", cast.officer)),
        lambda: put(case, "monitoring_result", **result, about=old),
        lambda: put(case, "risk_acceptance", cast.lead),
        lambda: put(other, "operator_training", cast.officer, supersedes=old),
        lambda: put(case, "monitoring_plan", cast.officer, supersedes=old),
        lambda: put(case, "operator_training", cast.officer, ON - timedelta(days=1), supersedes=old),
        lambda: put(case, "operator_training", cast.officer, said={"people": -1}),
        lambda: put(case, "evidence", cast.officer),
        lambda: put(case, "nothing_of_the_kind", cast.officer),
        lambda: put(case, "independent_review", cast.officer, said={"outside_reviewer": None}),
    ):
        with pytest.raises(Refused):
            wrong()
    assert put(case, "monitoring_result", **result, about=plan).about == plan


def test_file_of_another_case_or_one_that_is_gone_is_refused(case: Any, cast: Any) -> None:
    other = scenes.deployed(owner=cast.officer)
    file = {"kind": "other", "dated_on": ON, "link": "https://example.invalid/report", "actor": cast.officer}
    theirs, ours = files.add(other, title="Theirs", **file), files.add(case, title="Ours", **file)
    with pytest.raises(Refused, match="does not stand on the case"):
        put(case, "operator_training", cast.officer, evidence=theirs)
    made = put(case, "operator_training", cast.officer, evidence=ours)
    assert only(case, "operator_training").is_current(TODAY())
    files.remove(ours, reason="The wrong one.", actor=cast.officer)
    found = only(case, "operator_training")
    assert (found.ended, found.is_current(TODAY())) == ("removed", False) and made.pk
    with pytest.raises(Refused, match="does not stand"):
        put(case, "operator_training", cast.officer, evidence=ours, title="Again")


def test_file_behind_a_restricted_answer_is_neither_named_nor_shown_to_whom_that_is_kept_from(
    case: Any, cast: Any, sign_in: Any
) -> None:
    file = {"kind": "other", "dated_on": ON, "link": "https://example.invalid/report", "field": "vendor_name"}
    kept = files.add(case, title="Kept apart", actor=cast.officer, **file)
    made = put(case, "pre_deployment_test", cast.officer, evidence=kept)
    type(case).objects.filter(pk=case.pk).update(restricted_fields=["vendor_name"])
    pages = (f"/compliance/records/{made.uuid}/", f"/use-cases/{case.use_case_id}/practices/")
    for path in pages:
        assert "Kept apart" in sign_in(cast.officer).get(path).content.decode()
        assert "Kept apart" not in sign_in(cast.crcl).get(path).content.decode()
    with pytest.raises(Refused, match="does not stand"):
        put(case, "pre_deployment_test", cast.st, evidence=kept, title="Mine")


def test_same_form_sent_twice_is_one_record(case: Any, cast: Any) -> None:
    first = put(case, "operator_training", cast.officer)
    assert put(case, "operator_training", cast.officer) == first
    assert put(case, "operator_training", cast.lead) != first  # somebody else says so too
    assert Event.objects.filter(kind="record.made").count() == 2
    newer = put(case, "operator_training", cast.officer, date(2026, 7, 1), supersedes=first)
    assert put(case, "operator_training", cast.officer, date(2026, 7, 1), supersedes=first) == newer
    with pytest.raises(Stale, match="in the meantime"):
        put(case, "operator_training", cast.officer, date(2026, 8, 1), supersedes=first)


def test_database_lets_nobody_change_a_record_or_replace_it_twice(case: Any, cast: Any) -> None:
    made = put(case, "operator_training", cast.officer)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        DatedRecord.objects.filter(pk=made.pk).update(details={"who": "Nobody"})
    put(case, "operator_training", cast.officer, date(2026, 7, 1), supersedes=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        DatedRecord.objects.create(use_case=case, kind="operator_training", title="x", supersedes=made,
                                   effective_on=ON, recorded_by=cast.officer)  # fmt: skip


def test_draft_is_deleted_with_its_records(cast: Any) -> None:
    draft = lives.draft(cast)
    first = put(draft, "operator_training", cast.officer)
    put(draft, "operator_training", cast.officer, date(2026, 7, 1), supersedes=first)
    delete_draft(draft, actor=cast.officer)
    assert not DatedRecord.objects.exists()


# -- both clocks ------------------------------------------------------------------------------------


def test_replaced_record_counts_for_days_before_the_newer_one(case: Any, cast: Any) -> None:
    old = put(case, "oversight_description", cast.officer, date(2026, 3, 1), title="First")
    before = timezone.now()
    put(case, "oversight_description", cast.officer, date(2026, 9, 1), title="Second", supersedes=old)
    assert seen(case, date(2026, 8, 31)).current("oversight_description").title == "First"  # type: ignore[union-attr]  # there is one
    assert seen(case, date(2026, 9, 1)).current("oversight_description").title == "Second"  # type: ignore[union-attr]  # there is one
    assert [one.title for one in seen(case).records_of("oversight_description")] == ["Second"]
    known = seen(case, date(2026, 9, 1), before)
    assert known.current("oversight_description").title == "First"  # type: ignore[union-attr]  # nothing newer was known


def test_withdrawn_record_counts_until_it_was_withdrawn_and_was_known_then(case: Any, cast: Any) -> None:
    old = put(case, "oversight_description", cast.officer, date(2026, 3, 1), title="First")
    newer = put(case, "oversight_description", cast.officer, date(2026, 9, 1), title="Wrong", supersedes=old)
    before = timezone.now()
    withdraw_record(newer, reason="It was another system's.", actor=cast.lead)
    assert seen(case).current("oversight_description").title == "First"  # type: ignore[union-attr]  # counts again
    yesterday = TODAY() - timedelta(days=1)
    assert seen(case, yesterday).current("oversight_description").title == "Wrong"  # type: ignore[union-attr]  # it did then
    assert seen(case, known_at=before).current("oversight_description").title == "Wrong"  # type: ignore[union-attr]  # as known
    assert Event.objects.get(kind="record.withdrawn").reason == "It was another system's."
    with pytest.raises(Stale, match="already"):
        withdraw_record(newer, reason="Again.", actor=cast.lead)
    third = put(case, "oversight_description", cast.officer, date(2026, 10, 1), title="Third", supersedes=old)
    assert seen(case).current("oversight_description").key == str(third.uuid)  # type: ignore[union-attr]  # there is one


def test_withdrawal_is_for_the_side_it_came_from(case: Any, cast: Any) -> None:
    pia, training = put(case, "pia", cast.priv), put(case, "operator_training", cast.officer)
    for row, who in ((pia, cast.officer), (training, cast.priv), (training, cast.colleague), (pia, cast.ciso)):
        with pytest.raises(Refused, match="Only"):
            withdraw_record(row, reason="No.", actor=who)
    with pytest.raises(Refused, match="Say why"):
        withdraw_record(pia, reason=" ", actor=cast.priv2)
    assert withdraw_record(pia, reason="Replaced by the program's.", actor=cast.priv2).withdrawn_at


# -- levels, signatures, independence ---------------------------------------------------------------


def test_kind_data_says_which_record_lifts_which_practice(case: Any, cast: Any) -> None:
    put(case, "bias_test", cast.officer)
    assert level(seen(case), "testing") == "reported"  # a bias test alone is not the test before use
    put(case, "pre_deployment_test", cast.officer)
    assert level(seen(case), "testing") == "evidenced"
    verify_evidence(case, "testing", title="Read it whole", effective_on=TODAY(), actor=cast.crcl)
    assert level(seen(case), "testing") == "verified"
    put(case, "consultation", cast.crcl)
    assert level(seen(case), "consultation") == "verified"  # the office's own, about work it did not do
    record_evidence(case, "training", title="Slides", effective_on=ON, actor=cast.officer)
    assert level(seen(case), "training") == "evidenced"


def test_assessment_counts_with_all_seven_elements_only(case: Any, cast: Any) -> None:
    made = put(case, "impact_assessment", cast.officer)
    assert only(case, "impact_assessment").lacks == ("independent_review", "risk_acceptance")
    assert level(seen(case), "impact_assessment") == "reported"
    put(case, "independent_review", cast.st, about=made, said={"reviewer": named(cast.st)})
    assert level(seen(case), "impact_assessment") == "reported"
    signed = put(case, "risk_acceptance", cast.lead, about=made)
    assert level(seen(case), "impact_assessment") == "evidenced" and only(case, "impact_assessment").is_complete
    withdraw_record(signed, reason="Signed in error.", actor=cast.lead)
    assert level(seen(case), "impact_assessment") == "reported"


def test_assessment_in_force_counts_until_the_newer_one_is_signed(case: Any, cast: Any) -> None:
    first = assessed(case, cast, date(2026, 3, 1))
    second = put(case, "impact_assessment", cast.officer, date(2026, 9, 1), supersedes=first, title="Second")
    assert level(seen(case), "impact_assessment") == "evidenced"
    assert seen(case).current("impact_assessment").key == str(first.uuid)  # type: ignore[union-attr]  # still the first
    assert first in DatedRecord.objects.standing() and second in DatedRecord.objects.standing()
    put(case, "independent_review", cast.st, date(2026, 9, 5), about=second, said={"reviewer": named(cast.st)})
    put(case, "risk_acceptance", cast.lead, date(2026, 9, 20), about=second)
    assert seen(case).current("impact_assessment").key == str(second.uuid)  # type: ignore[union-attr]  # now the second
    assert first not in DatedRecord.objects.standing()
    assert seen(case, date(2026, 9, 19)).current("impact_assessment").key == str(first.uuid)  # type: ignore[union-attr]  # not yet


def test_nobody_signs_their_own(cast: Any) -> None:
    case = scenes.deployed(owner=cast.lead)  # the lead wrote it
    made = put(case, "impact_assessment", cast.lead)
    with pytest.raises(Refused, match="wrote or submitted"):
        put(case, "risk_acceptance", cast.lead, about=made)
    other = scenes.deployed(owner=cast.officer)
    theirs = put(other, "impact_assessment", cast.lead)
    with pytest.raises(Refused, match="recorded what is to be signed"):
        put(other, "risk_acceptance", cast.lead, about=theirs)
    assert put(other, "risk_acceptance", cast.caio, about=theirs).about == theirs


def test_reviewer_with_a_tie_is_shown_and_is_not_independent(case: Any, cast: Any) -> None:
    def reviewed(**said: Any) -> list[str]:
        made = put(case, "independent_review", cast.officer, title=str(said), said={"outside_reviewer": None, **said})
        found = next(one for one in seen(case).records if one.key == str(made.uuid))
        assert found.is_independent is not bool(found.ties)
        return list(made.ties)

    assert reviewed(reviewer=named(cast.st)) == []
    assert reviewed(reviewer=named(cast.caio)) == ["decides"]
    assert reviewed(reviewer=named(cast.colleague)) == ["component"]
    assert reviewed(reviewer=named(cast.officer)) == ["wrote", "component"]
    assert reviewed(outside_reviewer="An invented institute") == ["unknown"]


def test_reviewer_who_decides_later_is_shown_from_then_on(cast: Any) -> None:
    case = lives.decided(cast)
    day = timezone.localdate()
    put(case, "independent_review", cast.officer, day, said={"outside_reviewer": None, "reviewer": named(cast.st)})
    found = next(one for one in seen(case).records if one.kind == "independent_review")
    assert found.is_independent and found.ties == ()
    Decision.objects.filter(use_case=case).update(decided_by=cast.st)
    found = next(one for one in seen(case).records if one.kind == "independent_review")
    assert not found.is_independent and found.ties == ("decides",)


def test_pta_is_complete_when_the_privacy_office_adjudicated_it_and_ends_with_that(case: Any, cast: Any) -> None:
    pta = put(case, "pta", cast.officer, date(2024, 1, 10))
    assert seen(case).current("pta") is None
    with pytest.raises(Refused, match="Only the Privacy Office"):
        put(case, "pta_adjudication", cast.officer, date(2024, 2, 1), about=pta)
    put(case, "pta_adjudication", cast.priv, date(2024, 2, 1), about=pta, expires_on=date(2026, 8, 1))
    assert only(case, "pta").expires_on == date(2026, 8, 1)
    assert seen(case, date(2026, 8, 1)).current("pta") and not seen(case, date(2026, 8, 2)).current("pta")
    assert seen(case).records_of("pta_adjudication")[0].details["outcome"] == "pia_required"


def test_pages_say_what_is_missing_who_adds_it_and_nothing_to_whom_it_is_kept_from(cast: Any, sign_in: Any) -> None:
    for code in make.OFFICES:
        make.office(code)
    case = scenes.deployed(owner=cast.officer)
    made = put(case, "impact_assessment", cast.officer, title="Invented assessment")
    record_evidence(case, "training", title="Slides", effective_on=ON, actor=cast.officer)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/records/").content.decode()
    assert "Waits for the independent review and risk acceptance" in page and "You: add it" in page
    assert "Chief Information Security Officer" in page
    missing = sign_in(cast.auditor).get("/compliance/records/?show=missing&format=csv").content.decode()
    assert "AI impact assessment" in missing and "Operator training" not in missing  # other evidence shows the training
    asked = sign_in(cast.lead).get(f"/compliance/records/{made.uuid}/").content.decode()
    assert (
        "Sign it" in asked
        and "Sign it" not in sign_in(cast.officer).get(f"/compliance/records/{made.uuid}/").content.decode()
    )
    listed = (
        sign_in(cast.auditor)
        .get("/compliance/records/?show=incomplete&kind=impact_assessment&component=CBP")
        .content.decode()
    )
    assert "Invented assessment" in listed
    type(case).objects.filter(pk=case.pk).update(handling="restricted")
    client = sign_in(cast.priv)
    assert client.get(f"/compliance/records/{made.uuid}/").status_code == 404
    assert client.get(f"/use-cases/{case.use_case_id}/records/pia/").status_code == 404
    for show in ("current", "incomplete", "missing"):
        assert case.use_case_id not in client.get(f"/compliance/records/?show={show}").content.decode()


def test_form_puts_on_record_and_withdraws(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed(owner=cast.officer)
    said = {f"say_{name}": value for name, value in details("monitoring_result").items()}
    path, client = f"/use-cases/{case.use_case_id}/records/monitoring_result/", sign_in(cast.officer)
    wrong = client.post(
        path, {"title": "Summer", "effective_on": ON.isoformat(), **said, "say_period_to": "2026-04-01"}
    )
    assert wrong.status_code == 400 and b"It would end before it begins" in wrong.content
    answer = client.post(path, {"title": "Summer", "effective_on": ON.isoformat(), **said})
    made = DatedRecord.objects.get()
    assert answer["Location"] == made.get_absolute_url() and made.details["outcome"] == "as_expected"
    newer = client.get(f"{path}?supersedes={made.uuid}").content.decode()
    assert 'value="Summer"' in newer and "Invented parcels were counted." in newer
    assert client.post(f"/compliance/records/{made.uuid}/withdraw/", {"reason": "The wrong year."}).status_code == 302
    assert "The wrong year." in client.get(made.get_absolute_url()).content.decode()
    assert client.get(path.replace("monitoring_result", "evidence")).status_code == 404


def test_refused_attempt_is_an_event(case: Any, cast: Any, sign_in: Any) -> None:
    path = f"/use-cases/{case.use_case_id}/records/operator_training/"
    said = {f"say_{name}": value for name, value in details("operator_training").items()}
    answer = sign_in(cast.officer).post(path, {"title": "Course", "effective_on": ahead(1).isoformat(), **said})
    assert answer.status_code == 200 and not DatedRecord.objects.exists()
    assert Event.objects.get(kind="act.refused").data["verb"] == put_on_record.__name__
