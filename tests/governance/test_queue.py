"""The queue people live in: whose lanes, in which order, blocked by whom, and the way from one case to the next."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.workflow import Refused
from governance import risk
from governance.actions import conditions, lanes, questions
from governance.demo.clock import at
from governance.determining import Determined
from governance.models import Lane, Review
from governance.reads import case, lane_times, next_step, queue, queue_asked, queue_page, queue_place, queue_rows
from governance.reads.queue_asked import Asked
from registry.actions import saved_views
from registry.classify import Suggestion
from registry.models import NeedToKnow, SavedView
from tests import lives, make
from tests.governance.determine_scenes import determine
from tests.matrix_people import proof

QUEUE = "/reviews/"


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def rows(user: Any, asked: Asked) -> list[queue_rows.Row]:
    found = queue.find(user, asked)
    return queue_rows.as_rows(found.asked, queue_rows.load(found), user)


def due(lane: Lane, days: int, risk_class: int = risk.REST) -> Lane:
    """Move a lane's day, and its round to a class of risk."""
    Lane.objects.filter(pk=lane.pk).update(due_on=timezone.localdate() + timedelta(days=days))
    Review.objects.filter(pk=lane.review_id).update(risk=risk_class)
    return lives.lane(lane.review.use_case, lane.office.code)


# -- order ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "suggested", "expected"),
    [
        ({"is_high_impact": "high_impact", "development_stage": "deployed"}, None, risk.FIRST),
        ({"is_high_impact": "high_impact", "development_stage": "pilot"}, "high_impact", risk.SECOND),
        ({"is_high_impact": "presumed_not_high_impact", "development_stage": "deployed"}, None, risk.SECOND),
        ({"is_high_impact": "not_high_impact", "scr_presumed_categories": ["j"]}, None, risk.SECOND),
        ({"is_high_impact": "not_high_impact"}, "high_impact", risk.SECOND),
        ({"is_high_impact": "not_high_impact", "scr_presumed_categories": ["none"]}, "not_high_impact", risk.REST),
        ({}, None, risk.REST),
    ],
)
def test_a_revision_is_queued_by_what_it_says_and_what_the_rules_suggest(
    answers: dict[str, Any], suggested: Any, expected: int
) -> None:
    assert risk.rank({"answers": answers}, Suggestion(suggested, (), ())) == expected


@pytest.mark.parametrize(
    ("determined", "expected"),
    [("high_impact", risk.FIRST), ("presumed_not_high_impact", risk.SECOND), ("not_high_impact", risk.REST)],
)
def test_what_is_determined_counts_instead_of_what_was_reported_and_suggested(determined: str, expected: int) -> None:
    answers = {"is_high_impact": "presumed_not_high_impact", "development_stage": "deployed"}
    assert risk.rank({"answers": answers}, Suggestion("high_impact", (), ()), determined) == expected


def test_a_running_round_is_queued_by_what_is_determined(cast: Any) -> None:
    case = lives.in_review(cast)
    assert Review.objects.get(use_case=case).risk == risk.REST
    given = Determined(
        "high_impact", justification="It decides who is searched.", principal_basis="yes", reasoning="So."
    )
    determine(case, cast.caio, given)
    assert Review.objects.get(use_case=case).risk == risk.SECOND


def test_sending_a_case_keeps_its_class_of_risk_and_the_queue_goes_by_it_before_the_due_date(cast: Any) -> None:
    deployed = lives.submitted(cast, **make.DEPLOYED_HIGH_IMPACT)
    assert Review.objects.get(use_case=deployed).risk == risk.FIRST
    late, soon, first = (lives.lane(lives.in_review(cast)) for _ in range(3))
    due(late, -9)
    due(soon, 2, risk.SECOND)
    due(first, 20, risk.FIRST)
    found = rows(cast.priv, Asked("lanes", "office"))
    assert [row.lane.pk for row in found if row.lane] == [first.pk, soon.pk, late.pk]
    assert [row.risk for row in found] == [0, 1, 2]


# -- scopes -----------------------------------------------------------------------------------------


def test_the_pinned_address_shows_every_overdue_lane_to_those_who_oversee_and_lets_them_only_look(
    cast: Any, sign_in: Any
) -> None:
    use_case = lives.in_review(cast, scr_ato="none")
    for office in ("PRIV", "CISO"):
        due(lives.lane(use_case, office), -2)
    later = lives.lane(lives.in_review(cast))
    for name in ("caio", "deputy", "manager", "auditor"):
        page = text(sign_in(getattr(cast, name)).get(QUEUE + "?scope=all&show=overdue"))
        assert page.count(f'href="{use_case.get_absolute_url()}#reviews"') == 2, name
        assert "You look on" in page and later.review.use_case.use_case_id not in page
        assert reverse("reviews-lane", args=[lives.lane(use_case).uuid]) not in page
        assert 'name="lane"' not in page and "Assign to me" not in page
    assert sign_in(cast.caio).post(reverse("reviews-assign"), {"one": later.uuid}).status_code == 403


def test_mine_is_what_i_have_and_what_i_read_second(cast: Any) -> None:
    mine, others, second, free = (lives.lane(lives.in_review(cast)) for _ in range(4))
    lanes.assign([mine], actor=cast.priv, to=cast.priv)
    lanes.assign([others], actor=cast.priv, to=cast.priv2)
    lanes.decide_lane(second, actor=cast.priv2, verb="sign_off", second_reader=cast.priv, no_conflict=True)
    shown = {row.lane.pk: row for row in rows(cast.priv, Asked("lanes", "mine")) if row.lane}
    assert set(shown) == {mine.pk, second.pk}
    assert shown[second.pk].blocked == "Second reader: Pia Privacy"
    assert queue.scope_counts(cast.priv) == {"mine": 2, "office": 4, "all": 4}
    assert {desk.person.name: (desk.open, desk.overdue) for desk in queue.desks(cast.priv)} == {
        "Pia Privacy": (1, 0), "Paul Privacy": (1, 0),
    }  # fmt: skip
    assert free.pk in {row.lane.pk for row in rows(cast.priv, Asked("lanes", "office", "nobody")) if row.lane}


def test_a_restricted_case_is_in_nobodys_all_who_may_not_know_of_it(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    type(lane.review.use_case).objects.filter(pk=lane.review.use_case_id).update(handling="restricted")
    assert queue.find(cast.crcl, Asked("lanes", "all")).total == 0
    assert queue.find(cast.priv, Asked("lanes", "all")).total == 1
    assert lane.review.use_case.use_case_id not in text(sign_in(cast.crcl).get(reverse("reviews-workload")))
    assert lane_times.offices(cast.crcl, 90) == []


def test_what_is_blocked_names_the_office_that_comes_first_or_whoever_was_asked(cast: Any) -> None:
    asked, waits = lives.lane(lives.in_review(cast)), lives.lane(lives.in_review(cast, scr_ato="none"), "CISO")
    questions.ask(asked, actor=cast.priv, text="How long are they kept?", of=cast.officer)
    assert cast.ciso.is_active and queue.find(cast.ciso, Asked("lanes", "office")).total == 1
    with connection.cursor() as cursor:  # as if the routes had set an order
        cursor.execute("SET LOCAL session_replication_role = replica")
        Lane.objects.filter(pk=waits.pk).update(status="waiting", after=["PRIV"])
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = {row.lane.office.code: row for row in rows(cast.caio, Asked("lanes", "all", "blocked")) if row.lane}
    day = timezone.localdate()
    assert found["PRIV"].blocked == f"Question to Olive Officer, {day.day} {day:%B}"
    assert found["CISO"].blocked == "PRIV answers first" and found["CISO"].is_waiting
    assert not found["CISO"].is_overdue
    assert queue.find(cast.ciso, Asked("lanes", "office")).total == 0, "it is not with the office yet"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Asked("lanes", "office")),
        ({"scope": "mine", "show": "week"}, Asked("lanes", "mine", "week")),
        ({"work": "lanes", "show": "mine"}, Asked("lanes", "mine")),
        ({"scope": "all", "office": "PRIV", "age": "6-10"}, Asked("lanes", "all", office="PRIV", age="6-10")),
        (
            {"scope": "any", "show": "'--", "office": "NO", "person": "1 OR 1", "age": "9"},
            Asked("lanes", "office"),
        ),
        ({"work": "decide"}, Asked("lanes", "office")),
    ],
)
def test_an_address_asks_only_what_there_is_to_ask(cast: Any, given: dict[str, str], expected: Asked) -> None:
    make.office("PRIV")
    asked = queue_asked.read(cast.priv, given, queue.works(cast.priv), queue.FILTERS)
    assert asked == expected
    assert queue_asked.read(cast.priv, dict(asked.pairs), queue.works(cast.priv), queue.FILTERS) == asked


def test_who_cannot_work_in_lanes_is_led_to_their_own_work_or_to_all(cast: Any) -> None:
    reads = [queue_asked.read(person, given, queue.works(person), queue.FILTERS) for person, given in (
        (cast.caio, {}), (cast.caio, {"scope": "mine"}), (cast.auditor, {}), (cast.lead, {"work": "lanes"}),
    )]  # fmt: skip
    assert reads == [Asked("decide"), Asked("decide"), Asked("lanes", "all"), Asked("lanes", "all")]


# -- from one to the next ---------------------------------------------------------------------------


def test_next_and_previous_go_by_the_order_of_the_list_and_skip_what_others_have(cast: Any) -> None:
    a, b, c, d = (due(lives.lane(lives.in_review(cast)), days) for days in (1, 2, 3, 4))
    lanes.assign([b], actor=cast.priv, to=cast.priv2)
    questions.ask(c, actor=cast.priv, text="Why?", of=cast.officer)
    e = due(lives.lane(lives.in_review(cast)), 5)
    asked = Asked("lanes", "office")
    stop = lambda lane: f"{reverse('reviews-lane', args=[lane.uuid])}?scope=office"  # noqa: E731 (one expression)
    here = queue_place.place(cast.priv, asked, a)
    assert here.following and here.following.url == stop(d) and here.left == 2
    here = queue_place.place(cast.priv, asked, d)
    assert here.following and here.previous and (here.following.url, here.previous.url) == (stop(e), stop(a))
    here = queue_place.place(cast.priv, asked, e)
    assert here.following and here.following.url == stop(a), "round the end to the beginning"
    assert queue_place.place(cast.priv, Asked("lanes", "office", "overdue"), a).following is None


def test_deciding_leads_on_within_the_list_one_came_from_and_at_the_end_back_to_it(cast: Any, sign_in: Any) -> None:
    first, other, last = (due(lives.lane(lives.in_review(cast)), days) for days in (-3, 5, -1))
    client, asked = sign_in(cast.priv), "?scope=office&show=overdue"
    page = text(client.get(reverse("reviews-lane", args=[first.uuid]) + asked))
    onward = reverse("reviews-lane", args=[last.uuid]) + asked
    assert f'href="{onward.replace("&", "&amp;")}" rel="next"' in page
    answer = client.post(reverse("reviews-lane", args=[first.uuid]) + asked, {"verb": "sign_off", "no_conflict": "on"})
    assert answer.headers["Location"] == onward
    answer = client.post(onward, {"verb": "sign_off", "no_conflict": "on"})
    assert answer.headers["Location"] == QUEUE + asked
    assert lives.lane(other.review.use_case).status == "open"


def test_the_officers_queue_leads_on_too(cast: Any, sign_in: Any) -> None:
    first, second = lives.ready(cast), lives.ready(cast)
    address = reverse("reviews-decide", args=[first.use_case_id])
    body = {"outcome": "reject", "impact": "not_high_impact", "reason": "Not wanted."}
    answer = sign_in(cast.caio).post(address, body)
    assert answer.headers["Location"] == reverse("reviews-decide", args=[second.use_case_id]) + "?work=decide"


def test_a_lane_is_given_and_given_back_from_its_own_page_with_what_lies_on_whose_desk(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    lanes.assign([lives.lane(lives.in_review(cast))], actor=cast.priv2, to=cast.priv2)
    address = reverse("reviews-lane", args=[lane.uuid]) + "?scope=office"
    client = sign_in(cast.priv)
    page = text(client.get(address))
    assert "Me: nothing on the desk" in page and "Paul Privacy: 1 on the desk" in page
    for to, has in ((str(cast.priv2.pk), cast.priv2.pk), ("nobody", None), ("me", cast.priv.pk)):
        answer = client.post(reverse("reviews-assign"), {"lane": lane.uuid, "to": to, "next": address})
        assert answer.headers["Location"] == address
        assert Lane.objects.get(pk=lane.pk).assigned_to_id == has


def test_who_sent_it_reads_who_has_it_since_when_and_what_comes_next(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    lanes.assign([lane], actor=cast.priv, to=cast.priv)
    step, day = next_step.next_step(lives.reread(lane.review.use_case)), timezone.localdate()
    assert f"PRIV (Pia Privacy, since {day.day} {day:%B}, due" in step.who
    assert "the Chief AI Officer decides" in step.then


# -- saved views ------------------------------------------------------------------------------------


def test_a_view_of_the_queue_is_kept_shown_changed_and_never_among_those_of_the_list(cast: Any, sign_in: Any) -> None:
    lives.in_review(cast)
    client = sign_in(cast.priv)
    body = {"place": "queue", "scope": "mine", "show": "overdue", "name": "Late ones", "audience": "everybody"}
    answer = client.post(reverse("saved_views-save"), body)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == view.get_absolute_url() == f"{QUEUE}?view={view.uuid}&scope=mine&show=overdue"
    page = text(client.get(view.get_absolute_url()))
    assert 'aria-current="true">Late ones</a>' in page and "You changed what" not in page
    assert "You changed what" in text(client.get(f"{QUEUE}?view={view.uuid}&scope=mine"))
    client.post(reverse("saved_views-update", args=[view.uuid]), {"scope": "all", "cols": "x", "stage": "pilot"})
    assert SavedView.objects.get().query == "scope=all"
    assert f"view={view.uuid}" not in text(client.get(reverse("use_cases-list") + "?all=1"))
    assert "Of the queue" in text(client.get(reverse("saved_views-list")))
    assert [one.name for one in queue_page.views(cast.caio, Asked("decide"), "")["views"]] == ["Late ones"]
    with pytest.raises(Refused, match="a view of the list only"):
        saved_views.set_default_view(view, actor=cast.priv)
    with pytest.raises(Refused, match="no views of this page"):
        saved_views.save_view("Forged", "", place="nowhere", actor=cast.priv)


# -- workload and times -----------------------------------------------------------------------------


def decided_after(cast: Any, days: float, paused: float = 0) -> Lane:
    """A lane decided so many days after it was opened, with a question open for `paused` of them."""
    lane = lives.lane(lives.in_review(cast))
    if paused:
        asked = questions.ask(lane, actor=cast.priv, text="Why?", of=cast.officer)
        with at(timezone.now() + timedelta(days=paused)):
            questions.answer_question(asked, actor=cast.officer, text="Because.")
    with at(timezone.now() + timedelta(days=days)):
        lanes.decide_lane(lives.lane(lane.review.use_case), actor=cast.priv, verb="sign_off", no_conflict=True)
    return lives.lane(lane.review.use_case)


def test_times_are_without_the_days_a_question_was_open_and_every_figure_has_its_rows(cast: Any, sign_in: Any) -> None:
    for days, paused in ((2, 0), (14, 10), (6, 0)):
        decided_after(cast, days, paused)
    waits = due(lives.lane(lives.in_review(cast)), -1)
    Lane.objects.filter(pk=waits.pk).update(opened_at=timezone.now() - timedelta(days=8))
    with at(timezone.now() + timedelta(days=14)):
        (priv,) = [one for one in lane_times.offices(cast.caio, 90) if one.office.code == "PRIV"]
    assert (priv.open, priv.overdue, priv.nobody, priv.decided) == (1, 1, 1, 3)
    assert (priv.median_days, priv.ninetieth_days) == ("4.0", "5.6")
    with at(timezone.now() + timedelta(days=14)):
        weeks = lane_times.by_week(cast.caio)
        client = sign_in(cast.caio)
        assert sum(weeks.totals) == 3
        for code, _, _, total in weeks.rows:
            page = text(client.get(reverse("reviews-decided"), {"week": code, "office": "PRIV"}))
            assert f"{total} answer" in page
    ages = {code: total for code, _, _, total in lane_times.ageing(cast.caio).rows}
    assert ages["6-10"] == 1 and sum(ages.values()) == 1
    assert len(rows(cast.caio, Asked("lanes", "all", office="PRIV", age="6-10"))) == 1
    answer = client.get(reverse("reviews-decided_file"), {"by": "me"})
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 1, "the officer decided none"
    answer = client.get(reverse("reviews-workload_file"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Now", "Overdue", "PRIV", "1"] in lines


def test_what_was_carried_over_took_nobody_any_days(cast: Any) -> None:
    lane = decided_after(cast, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Lane.objects.filter(pk=lane.pk).update(carried_from=lane.pk)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert not lane_times.decided(cast.caio).exists()


# -- what the page of a case says -------------------------------------------------------------------


def approved_returned_and_sent_again(cast: Any) -> Review:
    """Approved, changed and sent back, changed once more: round three."""
    use_case = lives.answer(lives.decided(cast), cast.officer, benefits="Much sooner.", scr_pii="unknown")
    lane = lives.lane(lives.to_review_again(use_case, cast))
    lanes.decide_lane(lane, actor=cast.priv, verb="return", reasons=["retention-missing"], no_conflict=True)
    use_case = lives.answer(lives.reread(use_case), cast.officer, system_outputs="A bin and how sure it is.")
    return lives.lane(lives.to_review_again(use_case, cast)).review


def test_changes_are_those_since_the_approval_and_the_newest_of_them_are_marked(cast: Any, sign_in: Any) -> None:
    review = approved_returned_and_sent_again(cast)
    before = case.baseline(review)
    assert before and before.since.startswith("the approval of") and before.lately
    lines = case.changed_since(review.use_case, before.revision, review.revision)
    marked = case.with_recent(review.use_case, lines, before, review.revision)
    assert {line.after.field: line.is_recent for line in marked} == {
        "benefits": False, "scr_pii": False, "system_outputs": True,
    }  # fmt: skip
    page = text(sign_in(cast.priv).get(reverse("reviews-lane", args=[lives.lane(review.use_case).uuid])))
    assert page.count("New since then") == 1 and "What is new since it was sent back" in page


def test_cases_like_it_say_how_they_were_decided_and_only_those_one_may_know_of(cast: Any, sign_in: Any) -> None:
    alike = lives.decided(cast)
    secret = lives.decided(cast)
    type(secret).objects.filter(pk=secret.pk).update(handling="restricted")
    lane = lives.lane(lives.in_review(cast))
    address = reverse("reviews-lane", args=[lane.uuid])
    page = text(sign_in(cast.priv).get(address))
    part = page[page.index('id="alike"') :]
    assert alike.use_case_id in part and "<b>Approved</b>" in part and "Your office: signed off" in part
    NeedToKnow.objects.filter(use_case=secret).delete()
    page = text(sign_in(cast.priv).get(address))
    assert secret.use_case_id not in page and alike.use_case_id in page


def test_earlier_conditions_stand_once_with_their_state(cast: Any, sign_in: Any) -> None:
    use_case = lives.decided(cast, "approve_with_conditions")
    use_case = lives.to_review_again(lives.answer(use_case, cast.officer, scr_pii="unknown"), cast)
    condition = use_case.conditions.get()
    conditions.report_met(condition, actor=cast.officer, proof=proof(cast, condition), note="Invented no. 7.")
    page = text(sign_in(cast.priv).get(reverse("reviews-lane", args=[lives.lane(use_case).uuid])))
    part = page[page.index('id="earlier"') : page.index('id="rest"')]
    assert part.count("Name the retention schedule.") == 1
    assert "Reported met" in part


def test_the_page_of_a_lane_asks_the_same_however_many_wait(cast: Any, sign_in: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    client, address, asked = sign_in(cast.priv), reverse("reviews-lane", args=[lane.uuid]) + "?scope=office", []
    for more in (1, 4):
        for n in range(more):
            lives.in_review(cast, use_case_name=f"Invented reading of ledgers {uuid4()} {n}")
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        asked.append(len(captured))
    assert asked[0] == asked[1], asked
