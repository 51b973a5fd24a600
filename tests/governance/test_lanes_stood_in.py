"""Lanes in depth and standing in: every verb of a lane knows delegates, acting signers and who stepped aside."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import delegations
from accounts.models import Membership
from accounts.permissions import standing
from audit.models import Event
from audit.workflow import Refused
from governance.actions import conflicts, lane_opening, lanes, questions
from governance.actions.lanes_together import decide_together
from governance.actions.second_readers import agree, disagree, set_second_reader, take_back_decision
from governance.condition_terms import Terms
from governance.models import Condition, ConflictStatement, Lane, LaneQuestion
from governance.permissions.office import people_of
from governance.reads import lane_panel, queue, unsigned
from governance.reads.said import Said, from_json
from governance.recipients import lanes as told_lanes
from tests import lives, make
from tests.conftest import Cast
from tests.governance.test_lanes_together import again
from tests.governance.test_second_readers import seen
from tests.governance.test_standing_in import TODAY, WEEK, for_office, fresh, lone, name

DUE = timezone.localdate() + timedelta(days=30)
FOR_PAUL = "Paul Privacy (Privacy Office)"


def propose(lane: Lane, actor: Any, reader: Any, **words: Any) -> Lane:
    words = {"verb": "sign_off", "message": "Fine so.", "no_conflict": True, **words}
    return lanes.decide_lane(lane, actor=fresh(actor), second_reader=reader, **words)


# -- two readers ------------------------------------------------------------------------------------


def test_a_delegate_agrees_as_second_reader_and_both_signatures_say_for_whom(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    for_office(cast.priv2, cast.crcl)
    lane = lives.lane(case)
    assert cast.crcl in lane_panel.colleagues(cast.priv, lane)
    propose(lane, cast.priv, cast.crcl)
    here = reverse("reviews-lane", args=[lane.uuid])
    page = sign_in(fresh(cast.crcl)).get(here).content.decode()
    assert f"You act for {FOR_PAUL}" in page and "no conflict of interest" in page and "Agree: Sign off" in page
    with pytest.raises(Refused, match="no conflict of interest"):
        agree(lane, actor=fresh(cast.crcl), seen=seen(lane))
    sign_in(fresh(cast.crcl)).post(
        reverse("reviews-agree", args=[lane.uuid]), {"seen": seen(lane), "no_conflict": "on"}
    )
    lane = lives.lane(case)
    assert (lane.status, lane.signer, lane.second_signer) == ("signed_off", "Pia Privacy", f"Cara Civil for {FOR_PAUL}")
    assert (lane.conflict_statement.person, lane.second_statement.person) == (cast.priv, cast.crcl)
    event = Event.objects.get(kind="lane.signed_off")
    assert (event.actor, event.acting_for, event.data["first_reader"]) == (cast.crcl, FOR_PAUL, "Pia Privacy")
    page = sign_in(cast.auditor).get(case.get_absolute_url()).content.decode()
    assert f"Cara Civil for {FOR_PAUL} read it second and agreed" in page


def test_two_readers_sit_in_two_places(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    for_office(cast.priv, cast.crcl)
    with pytest.raises(Refused, match="Cara Civil and you would read it in the same place"):
        propose(lane, cast.priv, cast.crcl)
    with pytest.raises(Refused, match="Pia Privacy and you would read it in the same place"):
        propose(lane, cast.crcl, cast.priv)
    propose(lane, cast.crcl, cast.priv2)
    lane = lives.lane(lane.review.use_case)
    with pytest.raises(Refused, match="in the same place as yours"):
        set_second_reader(lane, actor=cast.priv, to=cast.priv)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    lane = lives.lane(lane.review.use_case)
    assert (lane.signer, lane.second_signer) == ("Cara Civil for Pia Privacy (Privacy Office)", "Paul Privacy")
    event = Event.objects.get(kind="lane.signed_off")
    assert (event.acting_for, event.data["first_reader"]) == ("", lane.signer)
    assert Event.objects.get(kind="lane.proposed").acting_for == "Pia Privacy (Privacy Office)"


def test_a_delegation_of_the_first_reader_that_ended_stops_what_they_proposed(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    row = for_office(cast.priv, cast.crcl)
    propose(lane, cast.crcl, cast.priv2)
    delegations.end_delegation(row, reason="Back early.", actor=cast.priv)
    with pytest.raises(Refused, match="Cara Civil for Pia Privacy .* may not act for the Privacy Office here any more"):
        agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    Membership.objects.create(user=cast.crcl, role="office_reviewer", office=make.office("PRIV"))
    with pytest.raises(Refused, match="here any more"):  # another place than the one it was decided in
        agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    assert lives.lane(lane.review.use_case).status == "second_reading"
    disagree(lane, actor=cast.priv2, note="Decide it again.", seen=seen(lane))
    assert lives.lane(lane.review.use_case).assigned_to == cast.crcl


def test_who_stepped_aside_is_no_second_reader_and_first_ones_yes_does_not_count(cast: Any) -> None:
    case = lives.in_review(cast)
    lane = lives.lane(case)
    conflicts.recuse(case, actor=cast.priv2, reason="My brother sells it.")
    with pytest.raises(Refused, match="stepped aside from it"):
        propose(lane, cast.priv, cast.priv2)
    third = make.member("office_reviewer", "Tara Third", office_code="PRIV")
    propose(lane, cast.priv, third)
    conflicts.recuse(case, actor=third, reason="I wrote its contract.", is_conflict=True)
    with pytest.raises(Refused, match="You recused yourself"):
        agree(lane, actor=third, seen=seen(lane), no_conflict=True)
    fourth = make.member("office_reviewer", "Fred Fourth", office_code="PRIV")
    set_second_reader(lane, actor=fourth, to=fourth)
    conflicts.recuse(case, actor=cast.priv, reason="I know the vendor after all.")
    with pytest.raises(Refused, match="Pia Privacy may not act for the Privacy Office here any more"):
        agree(lane, actor=fourth, seen=seen(lane), no_conflict=True)
    disagree(lane, actor=fourth, note="It has to be decided by somebody else.", seen=seen(lane))
    assert (lives.lane(case).status, lives.lane(case).assigned_to) == ("open", None), "not given to who stepped aside"


def test_a_second_reader_asked_for_by_who_stepped_aside_can_be_done_without(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    lane = lives.lane(case)
    set_second_reader(lane, actor=cast.priv2, to=cast.priv2)
    with pytest.raises(Refused, match="only Paul Privacy does without"):
        set_second_reader(lane, actor=cast.priv, to=None)
    conflicts.recuse(case, actor=cast.priv2, reason="My brother sells it.")
    with pytest.raises(Refused, match="Ask somebody else"):
        lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True)
    page = sign_in(cast.priv).get(reverse("reviews-lane", args=[lane.uuid])).content.decode()
    assert "drop-second" in page
    set_second_reader(lane, actor=cast.priv, to=None)
    assert lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True).status == "signed_off"


def test_a_lane_before_two_readers_who_left_is_taken_over_by_an_acting_signer(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    lane = lives.lane(case)
    propose(lane, cast.priv, cast.priv2)
    Membership.objects.filter(user__in=[cast.priv, cast.priv2]).update(ends_on=TODAY - timedelta(days=1))
    assert [gap.lane for gap in unsigned.of_case(case)] == [lane]
    name(cast.crcl, lane.office, lane=lane, actor=cast.caio)
    page = sign_in(fresh(cast.crcl)).get(reverse("reviews-lane", args=[lane.uuid])).content.decode()
    assert "Read it second instead" in page
    set_second_reader(lane, actor=fresh(cast.crcl), to=cast.crcl)
    disagree(lane, actor=fresh(cast.crcl), note="I look at it anew.", seen=seen(lane))
    set_second_reader(lane, actor=fresh(cast.crcl), to=None)
    lanes.decide_lane(lane, actor=fresh(cast.crcl), verb="sign_off", no_conflict=True)
    assert "as acting signer" in lives.lane(case).signer
    assert Event.objects.get(kind="lane.disagreed").acting_for.startswith("the Privacy Office, as acting signer")


def test_who_read_second_for_one_office_signs_for_no_other_also_not_through_others(cast: Any) -> None:
    case = lives.in_review(cast, scr_ato="none")
    lane, other = lives.lane(case), lives.lane(case, "CISO")
    propose(lane, cast.priv, cast.priv2)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    for_office(cast.ciso, cast.priv2)
    with pytest.raises(Refused, match="You already acted for PRIV"):
        lanes.decide_lane(other, actor=fresh(cast.priv2), verb="sign_off", no_conflict=True)
    assert cast.priv2 not in lane_panel.colleagues(cast.ciso, other)
    conflicts.recuse(case, actor=cast.ciso, reason="I built it.")
    assert [gap.lane for gap in unsigned.of_case(case)] == [other], "the one delegate read second elsewhere"


# -- what is proposed -------------------------------------------------------------------------------


def test_what_was_said_comes_back_whole_also_from_before_conditions_had_terms() -> None:
    whole = Terms("Name it.", DUE, "practice", "testing", "The pilot ends.", 7)
    said = Said("sign_off_with_conditions", ("a",), "Fine.", (whole, Terms("Plain.", DUE)))
    assert from_json(said.as_json()) == said
    old = {"verb": "sign_off", "reasons": [], "message": "", "conditions": [["Name it.", "2026-12-24"]]}
    assert from_json(old).conditions == (Terms("Name it.", date(2026, 12, 24)),)


def test_a_proposal_keeps_the_whole_terms_of_its_conditions(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    lane = lives.lane(case)
    whole = Terms("Test with dark pictures.", DUE, "practice", "testing", "The pilot ends.", cast.colleague.pk)
    words = {"verb": "sign_off_with_conditions", "message": "So."}
    for wrong, why in (
        (whole._replace(owner_id=cast.other_officer.pk), "cannot open this case"),
        (whole._replace(practice=""), "Name the practice"),
    ):
        with pytest.raises(Refused, match=why):  # at once, and not when the second reader agrees
            propose(lane, cast.priv, cast.priv2, conditions=[wrong], **words)
    propose(lane, cast.priv, cast.priv2, conditions=[whole, ("Plain.", DUE)], **words)
    here = reverse("reviews-lane", args=[lane.uuid])
    page = sign_in(cast.priv2).get(here).content.decode()
    assert "blocks: pre-deployment testing. Seen to by Colin Colleague. If it is not met: The pilot ends." in page
    assert "blocks: the next stage. Seen to by Olga Officer." in page.replace(str(cast.officer), "Olga Officer")
    take_back_decision(lane, actor=cast.priv)
    page = sign_in(cast.priv).get(here).content.decode()
    assert "The pilot ends." in page and '<option value="practice:testing" selected>' in page
    assert f'<option value="{cast.colleague.pk}" selected>' in page
    propose(lane, cast.priv, cast.priv2, conditions=[whole], **words)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    row = Condition.objects.get()
    kept = (row.text, row.due_on, row.blocks, row.practice, row.consequence, row.owner_id)
    assert (kept, row.set_by, row.set_at_stage) == (tuple(whole), cast.priv, "pre_deployment")


# -- questions, calling in, several at once -----------------------------------------------------------


def test_a_delegate_asks_and_withdraws_and_the_record_says_for_whom(cast: Any) -> None:
    case = lives.in_review(cast)
    row = for_office(cast.priv, cast.crcl)
    questions.ask(lives.lane(case), actor=fresh(cast.crcl), text="How long are they kept?", of=cast.officer)
    asked = LaneQuestion.objects.select_related("lane__office", "lane__review__use_case").get()
    assert queue.queue(fresh(cast.crcl), "lanes").total == 1
    questions.withdraw_question(asked, actor=fresh(cast.crcl))
    lane = propose(lives.lane(case), cast.crcl, cast.priv2)
    take_back_decision(lane, actor=fresh(cast.crcl))
    lanes.assign([lane], actor=fresh(cast.crcl), to=cast.priv2)
    kinds = ("lane.asked", "lane.question_withdrawn", "lane.proposed", "lane.taken_back", "lane.assigned")
    said = Event.objects.filter(kind__in=kinds).values_list("kind", "acting_for")
    assert dict(said) == dict.fromkeys(kinds, "Pia Privacy (Privacy Office)")
    delegations.end_delegation(row, reason="Back.", actor=cast.priv)
    with pytest.raises(Refused, match="That has ended"):
        questions.ask(lives.lane(case), actor=cast.crcl, text="And then?", of=cast.officer)


def test_an_acting_signer_calls_in_until_the_office_can_itself(cast: Any, sign_in: Any) -> None:
    case, later = lives.in_review(cast), lives.in_review(cast)
    office = make.office("CISO")
    name(cast.crcl, office, actor=cast.caio)
    page = sign_in(fresh(cast.crcl)).get(reverse("reviews-call_in", args=[case.use_case_id])).content.decode()
    assert office.name in page
    lane = lane_opening.call_in(case, actor=fresh(cast.crcl), office=office, reason="It runs in a new place.")
    whom = f"the {office.name}, as acting signer named by Chris Chief"
    assert lane.because == [f"Called in by Cara Civil for {whom}: It runs in a new place."]
    event = Event.objects.get(kind="lane.called_in")
    assert event.acting_for == whom
    assert told_lanes.recipients(event) == people_of([office.pk]) == [cast.crcl]
    conflicts.recuse(later, actor=cast.crcl, reason="I know its vendor.")
    with pytest.raises(Refused, match="You recused yourself"):
        lane_opening.call_in(later, actor=fresh(cast.crcl), office=office, reason="Again.")
    conflicts.lift_recusal(later.recusals.get(), actor=cast.caio, reason="Another vendor.")
    assert cast.ciso  # a reviewer comes
    with pytest.raises(Refused, match="can sign this itself again"):
        lane_opening.call_in(later, actor=fresh(cast.crcl), office=office, reason="Again.")


def test_a_lane_nobody_signs_for_shows_also_while_a_question_stops_it(cast: Any) -> None:
    case = lone(cast)
    questions.ask(lives.lane(case), actor=cast.priv2, text="How long are they kept?", of=cast.officer)
    assert unsigned.of_case(case) == []
    Membership.objects.filter(user=cast.priv2).update(ends_on=TODAY - timedelta(days=1))
    assert [gap.lane.status for gap in unsigned.of_case(case) if gap.lane] == ["asked"]
    Lane.objects.filter(review__use_case=case).update(is_advisory=True)
    assert unsigned.of_case(case) == [], "nobody waits for advice"


def test_a_delegate_signs_several_together_with_one_statement_kept_in_each_round(cast: Any, sign_in: Any) -> None:
    cases = [again(cast), again(cast)]
    for_office(cast.priv2, cast.crcl)
    rows = [lives.lane(case) for case in cases]
    with pytest.raises(Refused, match="no conflict of interest"):
        decide_together(rows, actor=fresh(cast.crcl))
    given = {"lane": [str(row.uuid) for row in rows], "confirm": "1", "message": "As before."}
    client, address = sign_in(fresh(cast.crcl)), reverse("reviews-together")
    page = client.post(address, given).content.decode()
    assert "no conflict of interest in any of these cases" in page
    assert [lives.lane(case).status for case in cases] == ["open", "open"]
    client.post(address, {**given, "no_conflict": "on"})
    for case in cases:
        lane = lives.lane(case)
        assert (lane.status, lane.signer) == ("signed_off", f"Cara Civil for {FOR_PAUL}")
        assert lane.conflict_statement.review == lane.review
    assert ConflictStatement.objects.filter(person=cast.crcl).count() == 2
    events = Event.objects.filter(kind="lane.signed_off", actor=cast.crcl)
    assert {event.acting_for for event in events} == {FOR_PAUL} and len({event.act for event in events}) == 1


def test_who_stands_in_for_a_components_own_officer_reads_its_cases_and_no_others(cast: Any) -> None:
    own = make.member("office_reviewer", "Owen Own", office_code=make.own_office("CBP").code)
    row = Membership.objects.get(user=own)
    delegations.delegate(
        cast.other_officer, role=row.role, office=row.office, acts=["sign"], starts_on=TODAY, ends_on=TODAY + WEEK,
        reason="Away.", actor=own,
    )  # fmt: skip
    who = standing(fresh(cast.other_officer))
    assert (who.reads_in, who.is_department_wide) == (who.components | {make.component("CBP").pk}, False)
    for_office(cast.priv, cast.other_officer)
    assert standing(fresh(cast.other_officer)).is_department_wide, "an office of the department looks across"


def test_what_somebody_signed_who_stepped_aside_since_does_not_carry_over(cast: Any) -> None:
    case = lives.in_review(cast, scr_ato="none")
    lane = propose(lives.lane(case), cast.priv, cast.priv2)
    agree(lane, actor=cast.priv2, seen=seen(lane), no_conflict=True)
    conflicts.recuse(case, actor=cast.priv2, reason="I know its vendor.")
    lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="return", message="Say more.", no_conflict=True)
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Said more."), cast)
    assert lives.lane(case).status == "open", "its second reader stepped aside"


# -- two connections ----------------------------------------------------------------------------------


def blocked_on_a_lock() -> None:
    """Until another connection to this database waits for a lock."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = timezone.now() + timedelta(seconds=20)
    with connection.cursor() as cursor:
        while timezone.now() < end:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["ending", "signing"])
def test_ending_a_delegation_and_agreeing_by_it_have_one_order(transactional_db: Any, first: str) -> None:
    cast = Cast()
    lane = lives.lane(lives.in_review(cast))
    row = for_office(cast.priv2, cast.crcl)
    propose(lane, cast.priv, cast.crcl)
    at, reader = seen(lane), fresh(cast.crcl)
    heard: list[str] = []

    def sign() -> None:
        agree(lane, actor=reader, seen=at, no_conflict=True)

    def end() -> None:
        delegations.end_delegation(row, reason="Back early.", actor=cast.priv2)

    def other(act: Any) -> None:
        try:
            act()
            heard.append("done")
        except Refused as refused:
            heard.append(str(refused))
        finally:
            connection.close()

    one, two = (end, sign) if first == "ending" else (sign, end)
    thread = threading.Thread(target=other, args=(two,))
    with transaction.atomic():
        one()
        thread.start()
        blocked_on_a_lock()
    thread.join(timeout=30)
    row.refresh_from_db()
    lane = lives.lane(lane.review.use_case)
    assert row.ended_at is not None
    if first == "signing":
        assert (heard, lane.status, lane.second_for) == (["done"], "signed_off", FOR_PAUL)
    else:
        assert lane.status == "second_reading" and "That has ended; nothing of yours was recorded" in heard[0]
