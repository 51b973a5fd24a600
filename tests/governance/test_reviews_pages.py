"""The review pages: what they show to whom, what they say when refused, and queries that do not grow with rows."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from governance import menu
from governance.actions import lanes, notices
from governance.models import Condition, Lane
from governance.reads import next_step, queue, queue_rows, verbs
from registry.models import Evidence, UseCase
from tests import lives


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def later(lane: Lane, days: int, **columns: Any) -> None:
    """Move a lane's due date, `days` from today."""
    Lane.objects.filter(pk=lane.pk).update(due_on=timezone.localdate() + timedelta(days=days), **columns)


# -- the queue --------------------------------------------------------------------------------------


def test_the_queue_counts_every_filter_and_says_how_late_each_is(cast: Any, sign_in: Any) -> None:
    over, week, far = (lives.lane(lives.in_review(cast)) for _ in range(3))
    later(over, -3)
    later(week, 6, assigned_to=cast.priv)
    later(far, 7, assigned_to=cast.priv2, opened_at=timezone.now() - timedelta(days=9))
    counts = queue.queue(cast.priv, "lanes").counts
    assert counts == {"all": 3, "overdue": 1, "week": 1, "resubmitted": 0, "new": 2, "nobody": 1, "blocked": 0}
    page = text(sign_in(cast.priv).get(reverse("reviews-queue")))
    for words in ("Other cases, 3", "3 days over", "in 6 days", "Paul Privacy"):
        assert words in page


def test_a_reviewer_sees_only_the_lanes_of_the_own_office(cast: Any, sign_in: Any) -> None:
    lives.in_review(cast)
    assert "Nothing waits for you here" in text(sign_in(cast.crcl).get(reverse("reviews-queue")))


def test_a_restricted_case_whose_office_was_not_let_know_is_not_counted(cast: Any) -> None:
    case = lives.endorsed(cast)
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    assert queue.queue(cast.lead, "endorse").total == 0
    assert queue.queue(cast.manager, "triage").total == 1


@pytest.mark.parametrize(
    ("name", "work", "status"),
    [("lead", "endorse", "submitted"), ("manager", "triage", "endorsed"), ("caio", "decide", "ready_for_decision")],
)
def test_each_role_finds_its_work_in_the_queue_and_the_menu_counts_it(
    cast: Any, sign_in: Any, name: str, work: str, status: str
) -> None:
    case = lives.STATUSES[status](cast)
    person = getattr(cast, name)
    page = text(sign_in(person).get(reverse("reviews-queue")))
    assert reverse(f"reviews-{work}", args=[case.use_case_id]) in page
    assert {item.label: item.count for item in menu.menu(person, "/")}["My queue"] == 1


def test_resubmitted_rows_say_how_many_answers_changed(cast: Any, sign_in: Any) -> None:
    case = lives.answer(lives.returned(cast), cast.officer, benefits="Much sooner.")
    lives.to_review_again(case, cast)
    page = text(sign_in(cast.priv).get(reverse("reviews-queue")))
    assert "1 answer changed since it was sent back" in page
    assert "Resubmitted" in page


def test_an_open_condition_of_an_earlier_round_stands_as_blocker(cast: Any) -> None:
    case = lives.decided(cast, "approve_with_conditions")
    case = lives.to_review_again(lives.answer(case, cast.officer, scr_pii="unknown"), cast)
    found = queue.queue(cast.priv, "lanes")
    row = queue_rows.as_rows(found.asked, queue_rows.load(found), cast.priv)[0]
    assert row.blocked.startswith("Condition due ")
    assert Condition.objects.get(use_case=case).decision is not None


@pytest.mark.parametrize(("name", "status"), [("priv", "in_review"), ("lead", "submitted")])
def test_the_queue_asks_as_many_questions_for_thirty_rows_as_for_three(
    cast: Any, sign_in: Any, name: str, status: str
) -> None:
    client, asked = sign_in(getattr(cast, name)), []
    for rows in (3, 27):
        for _ in range(rows):
            lives.STATUSES[status](cast)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("reviews-queue"))
        asked.append(len(captured))
    assert asked[0] == asked[1], asked
    assert asked[1] <= 30  # each place of the menu that counts what waits asks one


def test_the_download_holds_the_rows_shown_and_no_formula(cast: Any, sign_in: Any) -> None:
    mine = lives.lane(lives.in_review(cast, use_case_name="=HYPERLINK(1)"))
    lives.in_review(cast)
    later(mine, 3, assigned_to=cast.priv)
    answer = sign_in(cast.priv).get(reverse("reviews-download"), {"work": "lanes", "show": "mine"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert not rows[1][1].startswith("=")
    assert rows[1][-2] == "Pia Privacy"


def test_many_are_assigned_at_once_and_the_page_returns_to_its_filter(cast: Any, sign_in: Any) -> None:
    uuids = [lives.lane(lives.in_review(cast)).uuid for _ in range(2)]
    back = reverse("reviews-queue") + "?show=nobody"
    body = {"lane": uuids, "to": str(cast.priv2.pk), "next": back}
    answer = sign_in(cast.priv).post(reverse("reviews-assign"), body)
    assert answer.headers["Location"] == back
    assert Lane.objects.filter(assigned_to=cast.priv2).count() == 2
    elsewhere = sign_in(cast.priv).post(reverse("reviews-assign"), {**body, "next": "https://elsewhere.example/"})
    assert elsewhere.headers["Location"] == reverse("reviews-queue")


def test_assigning_to_somebody_of_another_office_is_refused_in_words(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    body = {"lane": [lane.uuid], "to": str(cast.crcl.pk)}
    page = text(sign_in(cast.priv).post(reverse("reviews-assign"), body, follow=True))
    assert "Choose a colleague of your office" in page
    assert Lane.objects.filter(assigned_to=None).count() == 1


# -- judging ----------------------------------------------------------------------------------------


def test_the_lane_shows_what_changed_first_word_by_word_and_what_opened_it(cast: Any, sign_in: Any) -> None:
    case = lives.answer(
        lives.returned(cast), cast.officer, benefits="Parcels reach the right bench an hour sooner.", scr_pii="unknown"
    )
    lane = lives.lane(lives.to_review_again(case, cast))
    page = text(sign_in(cast.priv).get(reverse("reviews-lane", args=[lane.uuid])))
    assert "<ins>an hour </ins>" in page
    assert "<del>Yes</del>" in page and "<ins>Not known yet</ins>" in page
    changed, rest = page.index('id="changed"'), page.index('id="rest"')
    assert changed < page.index("Opened your lane") < rest
    assert page.index("<ins>Not known yet</ins>") < page.index("<ins>an hour </ins>"), (
        "what opened the lane comes first"
    )


def test_who_endorses_triages_signs_or_decides_sees_the_evidence(cast: Any, sign_in: Any) -> None:
    case = lives.submitted(cast)
    Evidence.objects.create(
        use_case=case, field="have_ato", kind="ato", title="Invented letter", link="https://example.invalid/letter",
        dated_on=timezone.localdate(), recorded_by=cast.officer,
    )  # fmt: skip
    page = text(sign_in(cast.lead).get(reverse("reviews-endorse", args=[case.use_case_id])))
    assert '<a href="https://example.invalid/letter"' in page and "Supports: The authorization to operate" in page
    lives.endorse(case, cast)
    assert "Invented letter" in text(sign_in(cast.manager).get(reverse("reviews-triage", args=[case.use_case_id])))
    lives.open_lanes(lives.reread(case), cast)
    assert "Invented letter" in text(sign_in(cast.priv).get(reverse("reviews-lane", args=[lives.lane(case).uuid])))


def test_after_deciding_the_next_case_opens_with_a_way_back(cast: Any, sign_in: Any) -> None:
    first, second = lives.lane(lives.in_review(cast)), lives.lane(lives.in_review(cast))
    address = reverse("reviews-lane", args=[first.uuid])
    answer = sign_in(cast.priv).post(address, {"verb": "sign_off", "no_conflict": "on"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("reviews-lane", args=[second.uuid]) + "?scope=office"
    assert f'<a href="/use-cases/{first.review.use_case.use_case_id}/">Look at' in text(answer)


def test_a_return_without_script_writes_the_message_from_the_reasons(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    body = {"verb": "return", "reasons": ["retention-missing", "evidence-missing"], "message": "", "no_conflict": "on"}
    sign_in(cast.priv).post(reverse("reviews-lane", args=[lane.uuid]), body)
    message = lives.lane(lane.review.use_case).message
    assert "how long inputs and outputs are kept" in message
    assert "name the documents" in message


def test_a_refused_decision_keeps_what_was_written_and_is_recorded(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    address = reverse("reviews-lane", args=[lane.uuid])
    body = {"verb": "sign_off_with_conditions", "message": "Kept words.", "condition_1": "Do it."}
    page = text(sign_in(cast.priv).post(address, body))
    assert "Kept words." in page and "Give the day it is due." in page
    page = text(sign_in(cast.priv).post(address, {"verb": "object", "message": " ", "no_conflict": "on"}))
    assert "Say what the objection is" in page
    assert Event.objects.filter(kind="act.refused", actor=cast.priv).count() == 1
    assert lives.lane(lane.review.use_case).status == "open"


def test_the_second_reviewer_is_told_who_came_first(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    address = reverse("reviews-lane", args=[lane.uuid])
    lanes.decide_lane(lane, actor=cast.priv2, verb="sign_off", no_conflict=True)
    page = text(sign_in(cast.priv).post(address, {"verb": "return", "message": "Too late.", "no_conflict": "on"}))
    assert "Paul Privacy came first" in page
    assert 'name="verb"' not in page


def test_another_office_is_told_who_can_sign(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    answer = sign_in(cast.crcl).get(reverse("reviews-lane", args=[lane.uuid]))
    assert answer.status_code == 403
    assert "Only reviewers of the Privacy Office" in text(answer)


def test_triage_in_the_browser_names_an_unknown_duplicate(cast: Any, sign_in: Any) -> None:
    case = lives.endorsed(cast)
    address = reverse("reviews-triage", args=[case.use_case_id])
    body = {"is_ai": "yes", "in_scope": "yes", "is_complete": "yes", "duplicate": "DHS-1"}
    assert "There is no case DHS-1." in text(sign_in(cast.manager).post(address, body))
    sign_in(cast.manager).post(address, {**body, "duplicate": ""})
    assert lives.reread(case).status == "in_review"


def test_the_decision_in_the_browser_signs_the_determination_with_it(cast: Any, sign_in: Any) -> None:
    case = lives.ready(cast)
    body = {
        "outcome": "approve_with_conditions", "impact": "not_high_impact", "reason": "It is limited.",
        "condition_1": "Report monthly.", "due_1": (timezone.localdate() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    sign_in(cast.caio).post(reverse("reviews-decide", args=[case.use_case_id]), body)
    case = lives.reread(case)
    assert case.status == "approved_with_conditions"
    page = text(sign_in(cast.officer).get(case.get_absolute_url()))
    assert "Impact determined: <b>Not high-impact</b>" in page
    assert "Report monthly." in page and "Report it met" in page


def test_a_deputy_is_told_why_the_outcomes_are_missing_and_can_refer(cast: Any, sign_in: Any) -> None:
    more = {"is_high_impact": "high_impact", "scr_presumed_categories": ["m"]}
    case = lives.in_review(cast, **more)
    for office, person in (("PRIV", cast.priv), ("ST", cast.st)):
        lanes.decide_lane(lives.lane(case, office), actor=person, verb="sign_off", no_conflict=True)
    address = reverse("reviews-decide", args=[case.use_case_id])
    page = text(sign_in(cast.deputy).get(address))
    assert "The Chief AI Officer decides this one." in page
    assert 'value="approve"' not in page
    sign_in(cast.deputy).post(address, {"outcome": "refer", "question": "May it go on?", "impact": "high_impact"})
    assert lives.reread(case).status == "at_board"


def test_an_old_link_to_a_step_that_is_over_leads_to_the_case(cast: Any, sign_in: Any) -> None:
    case = lives.endorsed(cast)
    page = text(sign_in(cast.lead).get(reverse("reviews-endorse", args=[case.use_case_id]), follow=True))
    assert "is “Endorsed”" in page


# -- the case's page --------------------------------------------------------------------------------


def test_what_one_may_not_do_is_said_with_the_reason(cast: Any, sign_in: Any) -> None:
    case = lives.submitted(cast)
    page = text(sign_in(cast.officer).get(case.get_absolute_url()))
    assert "Only the component lead of CBP can endorse it or send it back now." in page
    assert reverse("use_cases-withdraw", args=[case.use_case_id]) in page


@pytest.mark.parametrize("status", sorted(lives.STATUSES))
def test_every_verb_has_an_address_or_reasons(status: str, cast: Any) -> None:
    case = lives.STATUSES[status](cast)
    for name in ("officer", "lead", "manager", "priv", "caio", "auditor"):
        for verb in verbs.open_verbs(getattr(cast, name), case):
            assert bool(verb.url) != bool(verb.reasons), (name, verb)
    step = next_step.next_step(case)
    assert step.who.endswith(".") and step.then.endswith(".")


def test_withheld_and_flagged_answers_are_shown_as_such(cast: Any, sign_in: Any) -> None:
    case = lives.recorded(cast)
    document = {
        **case.document,
        "withheld": {"vendor_name": "Law Enforcement Sensitive (LES)"},
        "flagged": {"has_pii": {"text": "maybe", "code": "unknown_choice", "message": "Not one of the choices."}},
    }
    document["answers"] = {**document["answers"], "contracting_usage": "vendor"}
    UseCase.objects.filter(pk=case.pk).update(filed_document=document)
    page = text(sign_in(cast.officer).get(case.get_absolute_url()))
    assert "The source says “Law Enforcement Sensitive (LES)”." in page
    assert "Waiting for correction" in page and "“maybe”" in page


def test_the_page_asks_as_many_questions_however_long_the_history(cast: Any, sign_in: Any) -> None:
    case = lives.decided(cast)
    client, asked = sign_in(cast.auditor), []
    for times in (1, 3):
        for _ in range(times):
            Condition.objects.create(
                use_case=case, component=case.component, text="Invented.", due_on=timezone.localdate(), set_by=cast.caio
            )
        with CaptureQueriesContext(connection) as captured:
            client.get(case.get_absolute_url())
        asked.append(len(captured))
    assert asked[0] == asked[1], asked


def test_checking_and_sending_in_the_browser(cast: Any, sign_in: Any) -> None:
    case = lives.draft(cast)
    client = sign_in(cast.officer)
    address = reverse("use_cases-submit", args=[case.use_case_id])
    assert "Sign the statement" in text(client.post(address, {"opened_on": 1}, follow=True))
    lives.answer(case, cast.colleague, benefits="Changed meanwhile.")
    page = text(client.post(address, {"opened_on": 1, "signed": "on"}, follow=True))
    assert "Check them once more; nothing was sent." in page
    client.post(address, {"opened_on": 2, "signed": "on"})
    assert lives.reread(case).status == "submitted"


def test_the_check_page_names_what_is_missing_and_what_looks_wrong(cast: Any, sign_in: Any) -> None:
    lives.recorded(cast, use_case_name="The same name")
    case = lives.draft(cast, use_case_name="The same name", benefits=None)
    page = text(sign_in(cast.officer).get(reverse("use_cases-check", args=[case.use_case_id])))
    assert page.index("1 answer is still missing") < page.index("The same name stands at")
    assert 'name="signed"' not in page


def test_other_peoples_restricted_cases_do_not_exist(cast: Any, sign_in: Any) -> None:
    case = lives.submitted(cast)
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    client = sign_in(cast.leader)
    assert client.get(case.get_absolute_url()).status_code == 404
    assert sign_in(cast.lead).get(case.get_absolute_url()).status_code == 200
    assert Event.objects.filter(kind="use_case.viewed", actor=cast.lead).count() == 1


def test_a_closed_item_refused_in_the_browser_keeps_the_minutes(cast: Any, sign_in: Any) -> None:
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve_with_conditions")
    client = sign_in(cast.secretary)
    address = reverse("board-close_item", args=[item.uuid])
    page = text(client.post(address, {"minutes": "Long minutes."}))
    assert "Write at least one condition" in page and "Long minutes." in page
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    client.post(address, {"minutes": "Long minutes.", "condition_1": "Report monthly.", "due_1": due})
    assert lives.reread(item.use_case).status == "approved_with_conditions"


def test_an_objection_stands_in_the_deciders_queue(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="object", message="It keeps faces.", no_conflict=True)
    assert "All offices have answered; one objects" in text(sign_in(cast.caio).get(reverse("reviews-queue")))


def test_endorsing_returning_and_deciding_are_mailed_with_id_and_link_and_no_content(
    cast: Any, mailoutbox: list[Any]
) -> None:
    case = lives.decided(cast, benefits="Secret benefit.")
    again = lives.returned(cast)
    notices.dispatch()
    told = [mail for mail in mailoutbox if mail.to == [cast.officer.email]]
    subjects = " ".join(mail.subject for mail in told)
    for words in (f"{case.use_case_id}: Chris Chief approved it", f"{again.use_case_id}: Pia Privacy sent it"):
        assert words in subjects
    assert "endorsed it" not in subjects, "it was overtaken before anybody was told"
    assert all(
        f"/use-cases/{case.use_case_id}/" in m.body or f"/use-cases/{again.use_case_id}/" in m.body for m in told
    )
    assert not any("Secret benefit" in mail.body or case.title in mail.body for mail in mailoutbox)
