"""The yearly confirmation: owner, then lead; the data call counts; reminders, and who is told that it is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance import recertification as rules
from governance import recipients
from governance.actions import gate_reminders, recertification
from governance.models import Decision, MaterialChange, Recertification
from governance.reads import recertification as reads
from registry.models import UseCase
from registry.yaml_source import FIXTURES, SourceError
from tests import lives, make, make_cycles

TODAY = timezone.localdate()


def decided(cast: Any, days_ago: int) -> UseCase:
    case = lives.decided(cast)
    Decision.objects.filter(use_case=case).update(decided_at=timezone.now() - timedelta(days=days_ago))
    return case


def confirm(case: UseCase, actor: Any, **columns: Any) -> Recertification:
    given = {"opened_on": lives.reread(case).revision_number, **columns}
    return recertification.confirm_true(case, actor=actor, **given)


def test_owner_confirms_and_another_lead_certifies(cast: Any) -> None:
    case = decided(cast, 370)
    due = reads.due_of(case)
    assert due and (due.days_over, due.waits_for) == (5, "owner")
    with pytest.raises(Refused, match="backup owner and the"):
        confirm(case, cast.other_officer)
    with pytest.raises(Stale, match="changed after you looked"):
        confirm(case, cast.officer, opened_on=99)
    row = confirm(case, cast.officer, note="As it was.")
    with pytest.raises(Stale, match="confirmed it already"):  # twice at once
        confirm(case, cast.lead)
    seen = lives.reread(case).filed_number or 0
    for person in (cast.officer, cast.other_lead, cast.caio):
        with pytest.raises(Refused, match="lead certifies it"):
            recertification.certify_true(case, actor=person, seen=seen)
    with pytest.raises(Stale, match="Other answers count"):
        recertification.certify_true(case, actor=cast.lead, seen=seen + 1)
    recertification.certify_true(case, actor=cast.lead, seen=seen)
    row.refresh_from_db()
    assert (row.state, row.certified_by, row.due_on) == ("certified", cast.lead, TODAY - timedelta(days=5))
    due = reads.due_of(case)
    assert due and due.due_on == TODAY + timedelta(days=365) and not due.is_open
    with pytest.raises(Refused, match="can be confirmed from"):
        confirm(case, cast.officer)
    with pytest.raises(Stale, match="Nothing waits"):
        recertification.certify_true(case, actor=cast.lead, seen=seen)


def test_a_lead_who_confirmed_it_does_not_certify_it(cast: Any) -> None:
    case = decided(cast, 300)
    confirm(case, cast.lead)
    seen = lives.reread(case).filed_number or 0
    with pytest.raises(Refused, match="You confirmed it yourself"):
        recertification.certify_true(case, actor=cast.lead, seen=seen)
    other = make.member("component_lead", "Second Lead", component_code="CBP")
    assert recertification.certify_true(case, actor=other, seen=seen).state == "certified"


def test_a_correction_is_filed_with_it_and_looked_at_for_material_changes(cast: Any) -> None:
    case = lives.answer(decided(cast, 360), cast.officer, classification="nlp")
    assert lives.reread(case).has_unfiled_changes
    row = confirm(case, cast.officer)
    case = lives.reread(case)
    assert (case.filed_number, case.has_unfiled_changes) == (row.revision.number, False)
    assert MaterialChange.objects.get(use_case=case).closed_at is None and case.status == "approved"
    newer = lives.answer(case, cast.officer, benefits="Another word.")
    again = confirm(newer, cast.officer)  # corrected before the lead has certified: it is confirmed anew
    row.refresh_from_db()
    assert (row.state, again.state, again.revision.number) == ("replaced", "confirmed", newer.revision_number)


def test_only_an_approved_case_is_confirmed(cast: Any) -> None:
    for case in (lives.recorded(cast), lives.suspended(cast), lives.decided(cast, "reject")):
        with pytest.raises(Stale, match="only an approved case"):
            confirm(case, cast.officer)
    assert not Recertification.objects.exists()


def test_what_the_data_call_confirmed_and_certified_counts_once(cast: Any) -> None:
    case = decided(cast, 340)
    make_cycles.cycle(cast)
    make_cycles.go_through(case, cast.officer)
    assert recertification.count_calls() == 0, "confirmed alone does not count"
    signed = make_cycles.certified(cast)
    assert (recertification.count_calls(), recertification.count_calls()) == (1, 0)
    row = Recertification.objects.get()
    assert (row.how, row.certification, row.state, row.confirmed_by) == ("call", signed, "certified", cast.officer)
    due = reads.due_of(case)
    assert due and due.due_on == TODAY + timedelta(days=365)


def test_each_reminder_is_told_once_and_overdue_ones_go_further(cast: Any, sign_in: Any) -> None:
    soon, over, long_over = decided(cast, 365 - 7), decided(cast, 370), decided(cast, 400)
    assert (gate_reminders.remind(), gate_reminders.remind()) == (4, 0)
    near = Event.objects.get(kind="use_case.confirmation_due")
    assert (near.subject_id, near.data["days"]) == (soon.use_case_id, 7)
    assert set(recipients.recipients(near)) == {cast.officer, cast.lead}
    passed = Event.objects.filter(kind="use_case.confirmation_overdue").order_by("subject_id", "id")
    assert [(one.subject_id, one.data["level"]) for one in passed] == [
        (over.use_case_id, "lead"), (long_over.use_case_id, "lead"), (long_over.use_case_id, "caio"),
    ]  # fmt: skip
    assert cast.caio in recipients.recipients(passed[2]) and cast.caio not in recipients.recipients(passed[1])
    page = sign_in(cast.caio).get("/").content.decode()
    assert long_over.use_case_id in page and over.use_case_id not in page
    assert over.use_case_id in sign_in(cast.lead).get("/").content.decode()
    assert "Confirm for another year" in sign_in(cast.officer).get("/").content.decode()


def test_pages_ask_confirm_and_certify(cast: Any, sign_in: Any) -> None:
    case = decided(cast, 370)
    address = f"/use-cases/{case.use_case_id}/year/"
    client = sign_in(cast.officer)
    assert "nothing to do twice" in client.get(address).content.decode()
    assert "Confirm that the answers are true" in client.post(f"{address}confirm/", {"opened_on": 1}).content.decode()
    number = lives.reread(case).revision_number
    client.post(f"{address}confirm/", {"opened_on": number, "signed": "on", "note": "As it was."})
    assert "waits for the" in client.get(address).content.decode()
    client = sign_in(cast.lead)
    listed = client.get("/reviews/year/", {"show": "lead"}).content.decode()
    assert case.use_case_id in listed
    client.post(f"{address}certify/", {"seen": lives.reread(case).filed_number})
    assert "As it was." in client.get(address).content.decode()
    assert Recertification.objects.get().state == "certified"


def test_the_days_are_data_and_a_wrong_file_is_refused(tmp_path: Any) -> None:
    edition = rules.in_force(TODAY)
    assert (edition.every_days, edition.escalate_after_days) == (365, 14)
    text = (FIXTURES / "rules" / "recertification-2026-11.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "recertification-x.yaml"
    for bad in (text.replace("opens_days_before: 90", "opens_days_before: 400"), text + "\nmore: 1\n"):
        wrong.write_text(bad, encoding="utf-8")
        with pytest.raises(SourceError):
            rules.load(wrong)
