"""Handing cases over: offers, the named person's answer, two at once, and transfers between components."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import notices
from registry.actions import handovers, owners
from registry.actions.use_cases import accept_ownership
from registry.models import Handover, UseCase
from registry.permissions import visible_to
from tests import lives, make
from tests.conftest import Cast
from tests.make_systems import case_on, recorded, system

State = Handover.State


def reread(row):
    return type(row).objects.get(pk=row.pk)


def offered(cast, number=2, to="colleague", **words):
    cases = [recorded(owner=cast.officer) for _ in range(number)]
    return cases, handovers.offer(cases, getattr(cast, to), actor=cast.officer, **words)


def uuids(outcome):
    return [one.uuid for one in outcome.done]


def test_until_the_named_person_accepts_the_old_owner_stays(cast):
    cases, bulk = offered(cast)
    assert {reread(case).owner for case in cases} == {cast.officer}
    handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    assert {reread(case).owner for case in cases} == {cast.colleague}
    assert Event.objects.filter(kind="handover.accepted", timeline=cases[0].use_case_id).count() == 1


def test_some_are_accepted_the_rest_declined_with_a_word(cast):
    cases, bulk = offered(cast, 3)
    first, *rest = uuids(bulk)
    handovers.answer(bulk.act, [first], accept=True, actor=cast.colleague)
    handovers.answer(bulk.act, rest, accept=False, why="I know nothing of parcels.", actor=cast.colleague)
    assert [reread(case).owner for case in cases] == [cast.colleague, cast.officer, cast.officer]
    assert set(Handover.objects.filter(uuid__in=rest).values_list("state", "why")) == {
        ("declined", "I know nothing of parcels.")
    }


def test_of_two_answers_at_once_one_counts(cast):
    cases, bulk = offered(cast, 1)
    handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    with pytest.raises(Stale, match="accepted by Colin Colleague"):
        handovers.answer(bulk.act, uuids(bulk), accept=False, why="No.", actor=cast.colleague)
    with pytest.raises(Stale):
        handovers.take_back(bulk.act, actor=cast.officer)
    assert reread(cases[0]).owner == cast.colleague


def test_two_leads_accept_a_transfer_at_once_and_the_second_is_told(cast):
    second = make.member("component_lead", "Second Lead", component_code="FEMA")
    bulk = handovers.offer_transfer([recorded(owner=cast.officer)], make.component("FEMA"), actor=cast.officer)
    cast.other_lead  # noqa: B018 (made now, so that both lead before the answer)
    handovers.answer(bulk.act, uuids(bulk), accept=True, owner=cast.other_lead, actor=cast.other_lead)
    with pytest.raises(Stale, match="accepted by Felix Lead"):
        handovers.answer(bulk.act, uuids(bulk), accept=True, owner=second, actor=second)
    assert UseCase.objects.get().owner == cast.other_lead


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_in_the_same_moment_do_not_both(transactional_db):
    cast = Cast()
    second = make.member("component_lead", "Second Lead", component_code="FEMA")
    leads = [cast.other_lead, second]
    bulk = handovers.offer_transfer([recorded(owner=cast.officer)], make.component("FEMA"), actor=cast.officer)
    start = threading.Barrier(2)
    told = []

    def accept(lead):
        start.wait()
        try:
            handovers.answer(bulk.act, uuids(bulk), accept=True, owner=lead, actor=lead)
            told.append("accepted")
        except Stale:
            told.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(lead,)) for lead in leads]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["accepted", "stale"]
    assert Event.objects.filter(kind="use_case.transferred").count() == 1


def test_only_the_person_named_answers(cast):
    _, bulk = offered(cast)
    for person in (cast.lead, cast.officer, cast.manager):
        with pytest.raises(Refused, match="Only Colin Colleague as owner can answer"):
            handovers.answer(bulk.act, uuids(bulk), accept=True, actor=person)
    with pytest.raises(Refused, match="Choose at least one case"):
        handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.other_officer)


@pytest.mark.parametrize("name", ["colleague", "other_officer", "other_lead", "caio"])
def test_who_does_not_answer_for_a_case_offers_it_to_nobody(cast, name):
    with pytest.raises(Refused, match="Ask Olive Officer"):
        handovers.offer([recorded(owner=cast.officer)], cast.colleague, actor=getattr(cast, name))


def test_a_case_is_owned_by_somebody_of_its_component(cast):
    with pytest.raises(Refused, match="does not work in CBP"):
        handovers.offer([recorded(owner=cast.officer)], cast.other_officer, actor=cast.lead)


def test_a_bulk_leaves_out_what_cannot_be_offered_and_says_why(cast):
    mine, theirs = recorded(owner=cast.officer), recorded(owner=cast.lead)
    bulk = handovers.offer([mine, theirs], cast.colleague, actor=cast.officer)
    assert [one.use_case for one in bulk.done] == [mine]
    assert bulk.left[0][0] == theirs and "Ask Lena Lead" in bulk.left[0][1]


def test_a_case_is_offered_to_one_person_at_a_time(cast):
    cases, _ = offered(cast, 1)
    with pytest.raises(Refused, match="offered to Colin Colleague as owner"):
        handovers.offer(cases, cast.lead, actor=cast.officer)
    assert Handover.objects.count() == 1


def test_asking_oneself_is_the_answer_too(cast):
    case = recorded(owner=cast.officer)
    handovers.offer([case], cast.lead, actor=cast.lead)
    assert reread(case).owner == cast.lead


def test_an_offer_overtaken_by_another_owner_is_not_carried_out(cast):
    case = recorded()
    bulk = handovers.offer([case], cast.colleague, actor=cast.lead)
    accept_ownership(case, actor=cast.officer)
    with pytest.raises(Refused, match="another owner by now, Olive Officer"):
        handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    assert reread(case).owner == cast.officer


def test_a_backup_owner_is_asked_too(cast):
    cases, bulk = offered(cast, 1, kind="backup")
    assert reread(cases[0]).backup_owner is None
    handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    assert (reread(cases[0]).owner, reread(cases[0]).backup_owner) == (cast.officer, cast.colleague)
    bulk = handovers.offer(cases, cast.colleague, actor=cast.officer)
    handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    assert (reread(cases[0]).owner, reread(cases[0]).backup_owner) == (cast.colleague, None)


def test_what_is_not_answered_in_time_ends_and_whoever_asked_is_told_once(cast):
    _, bulk = offered(cast, 3)
    last = timezone.localdate() + handovers.OPEN_FOR
    owners.look_after_owners(last)
    assert Handover.objects.filter(state=State.OFFERED).count() == 3, "the last day counts"
    owners.look_after_owners(last + timedelta(days=1))
    owners.look_after_owners(last + timedelta(days=1))
    assert Handover.objects.filter(state=State.EXPIRED).count() == 3
    assert Event.objects.filter(kind="handovers.expired", subject_id=str(bulk.act)).count() == 1


def test_one_mail_for_twelve_cases_lands_on_the_page_to_answer(cast):
    _, bulk = offered(cast, 12, note="The tests are in the drawer.")
    notices.dispatch()
    [letter] = mail.outbox
    assert letter.to == [cast.colleague.email] and "12 use cases" in letter.subject
    assert f"/handovers/{bulk.act}/" in letter.body and "drawer" not in letter.body
    handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.colleague)
    notices.dispatch()
    assert [letter.to for letter in mail.outbox[1:]] == [[cast.officer.email]]


def test_an_offered_restricted_case_is_named_to_the_person_asked_and_no_one_else(cast, sign_in):
    case = recorded(owner=cast.officer, handling="restricted", use_case_name="CANARY NAME")
    with pytest.raises(Refused, match="asks somebody new"):
        handovers.offer([case], cast.colleague, actor=cast.manager)
    bulk = handovers.offer([case], cast.colleague, actor=cast.officer)
    assert b"CANARY NAME" in sign_in(cast.colleague).get(f"/handovers/{bulk.act}/").content
    assert Event.objects.filter(kind="use_case.viewed", actor=cast.colleague).exists()
    other = make.member("program_officer", "Third Person", component_code="CBP")
    assert sign_in(other).get(f"/handovers/{bulk.act}/").status_code == 404
    assert not visible_to(cast.colleague).filter(pk=case.pk).exists(), "an offer alone gives no need to know"


# -- between components -----------------------------------------------------------------------------


def transferred(cast, case, owner=None):
    bulk = handovers.offer_transfer([case], make.component("FEMA"), note="It runs there now.", actor=cast.lead)
    handovers.answer(bulk.act, uuids(bulk), accept=True, owner=owner, actor=cast.other_lead)
    return reread(case)


def test_a_transfer_keeps_the_id_and_moves_part_and_sight(cast):
    record = system()
    case = case_on(record, owner=cast.officer)
    owners.set_team_mailbox(case, "team@example.invalid", actor=cast.officer)
    after = transferred(cast, case, owner=cast.other_lead)
    assert after.use_case_id == case.use_case_id and after.component.code == "FEMA"
    assert (after.owner, after.team_mailbox) == (cast.other_lead, "")
    assert list(after.parts.values_list("component__code", "is_owner")) == [("FEMA", True)]
    assert visible_to(cast.other_officer).filter(pk=case.pk).exists()
    assert not visible_to(cast.officer).filter(pk=case.pk).exists()
    assert after.system_links.get().ended_at is None, "it still uses its systems"
    kinds = set(Event.objects.values_list("kind", "subject_id"))
    assert {
        ("use_case.transferred", case.use_case_id), ("component.cases_given", "CBP"), ("component.cases_taken", "FEMA")
    } <= kinds  # fmt: skip


def test_the_receiving_lead_names_an_owner_who_is_asked(cast):
    after = transferred(cast, recorded(owner=cast.officer), owner=cast.other_officer)
    assert after.owner is None
    asked = Handover.objects.get(kind="owner")
    assert (asked.to_person, asked.state, asked.offered_by) == (cast.other_officer, State.OFFERED, cast.other_lead)


def test_a_case_may_arrive_without_owner(cast):
    assert transferred(cast, recorded(owner=cast.officer)).owner is None


def test_a_case_in_review_stays_where_it_is(cast):
    in_review = lives.submitted(cast)
    with pytest.raises(Refused, match="the offices look at it"):
        handovers.offer_transfer([in_review], make.component("FEMA"), actor=cast.officer)
    case = lives.draft(cast)
    bulk = handovers.offer_transfer([case], make.component("FEMA"), actor=cast.officer)
    lives.send(case, cast)
    with pytest.raises(Refused, match="the offices look at it"):
        handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.other_lead)
    assert reread(case).component.code == "CBP"


def test_a_transfer_ends_the_other_offers_of_the_case(cast):
    case = recorded(owner=cast.officer)
    waiting = handovers.offer([case], cast.colleague, actor=cast.officer)
    transferred(cast, case)
    with pytest.raises(Stale, match="taken back"):
        handovers.answer(waiting.act, uuids(waiting), accept=True, actor=cast.colleague)
    assert reread(case).owner is None


def test_only_the_other_components_lead_takes_a_case_in(cast):
    bulk = handovers.offer_transfer([recorded(owner=cast.officer)], make.component("FEMA"), actor=cast.officer)
    for person in (cast.officer, cast.lead, cast.manager):
        with pytest.raises(Refused, match="Only the lead of FEMA can answer"):
            handovers.answer(bulk.act, uuids(bulk), accept=True, actor=person)
    with pytest.raises(Refused):
        handovers.answer(bulk.act, uuids(bulk), accept=True, actor=cast.other_officer)


def test_the_manager_and_the_backup_owner_offer_no_transfer(cast):
    case = recorded(owner=cast.officer)
    for person in (cast.manager, cast.colleague):
        with pytest.raises(Refused, match="offer a case to another component"):
            handovers.offer_transfer([case], make.component("FEMA"), actor=person)
