"""The pages of offers and owners."""

from django.utils import timezone

from registry.actions import handovers
from registry.models import Handover, UseCase
from tests import make
from tests.make_systems import case_on, mark, recorded, system


def offer(cast, number=2, **words):
    cases = [recorded(owner=cast.officer, **words) for _ in range(number)]
    return cases, handovers.offer(cases, cast.colleague, note="Ask Lena about the keys.", actor=cast.officer)


def test_the_person_asked_reads_note_and_open_points_before_answering(cast, sign_in):
    record = system()
    case = case_on(record, owner=cast.officer, benefits=None)
    mark(record, case)
    bulk = handovers.offer([case], cast.colleague, note="Ask Lena about the keys.", actor=cast.officer)
    page = sign_in(cast.colleague).get(f"/handovers/{bulk.act}/").content.decode()
    assert "Ask Lena about the keys." in page
    assert "1 answer missing, 1 system change to look at" in page


def test_ticked_ones_are_declined_only_with_a_word(cast, sign_in):
    _, bulk = offer(cast)
    client, at = sign_in(cast.colleague), f"/handovers/{bulk.act}/"
    first = bulk.done[0].uuid
    assert b"Say in a word why not" in client.post(at, {"offer": [first], "answer": "decline", "why": ""}).content
    client.post(at, {"offer": [first], "answer": "decline", "why": "Too much."})
    assert Handover.objects.get(uuid=first).state == "declined"
    assert Handover.objects.filter(state="offered").count() == 1


def test_a_second_click_says_that_it_was_answered(cast, sign_in):
    cases, bulk = offer(cast, 1)
    client, at = sign_in(cast.colleague), f"/handovers/{bulk.act}/"
    body = {"offer": [bulk.done[0].uuid], "answer": "accept"}
    client.post(at, body)
    again = client.post(at, body, follow=True)
    assert b"answered in the meantime" in again.content
    assert UseCase.objects.get(pk=cases[0].pk).owner == cast.colleague


def test_nothing_ticked_changes_nothing(cast, sign_in):
    _, bulk = offer(cast)
    answer = sign_in(cast.colleague).post(f"/handovers/{bulk.act}/", {"answer": "accept"}, follow=True)
    assert b"Choose at least one case" in answer.content
    assert Handover.objects.filter(state="offered").count() == 2


def test_whoever_asked_takes_it_back(cast, sign_in):
    _, bulk = offer(cast)
    sign_in(cast.officer).post(f"/handovers/{bulk.act}/take-back/")
    assert set(Handover.objects.values_list("state", flat=True)) == {"taken_back"}
    assert b"You were asked" not in sign_in(cast.colleague).get("/").content


def test_the_receiving_lead_sees_what_a_transfer_brings_without_seeing_the_case(cast, sign_in):
    case = recorded(owner=cast.officer)
    client = sign_in(cast.officer)
    sent = client.post(
        f"{case.get_absolute_url()}transfer/", {"component": make.component("FEMA").pk, "note": "It runs there now."}
    )
    lead = sign_in(cast.other_lead)
    assert b"take 1 use case into FEMA" in lead.get("/").content
    page = lead.get(sent.url).content.decode()
    assert case.title in page and "It runs there now." in page and case.get_absolute_url() not in page
    offered = Handover.objects.get()
    lead.post(sent.url, {"offer": [offered.uuid], "answer": "accept", "owner": cast.other_lead.pk})
    assert lead.get(case.get_absolute_url()).status_code == 200
    assert sign_in(cast.officer).get(case.get_absolute_url()).status_code == 404


def test_the_cases_page_tells_of_a_waiting_offer_only_who_may_know(cast, sign_in):
    [case], _ = offer(cast, 1)
    assert b"Offered to Colin Colleague" in sign_in(cast.officer).get(case.get_absolute_url()).content
    assert b"Offered to Colin" not in sign_in(cast.leader).get(case.get_absolute_url()).content


def test_a_case_in_review_says_why_it_cannot_change_the_component(cast, sign_in):
    from tests import lives

    case = lives.submitted(cast)
    page = sign_in(cast.officer).get(f"{case.get_absolute_url()}transfer/").content.decode()
    assert "the offices look at it" in page and "<textarea" not in page


def test_naming_a_backup_owner_asks_and_removing_one_does_not(cast, sign_in):
    case = recorded(owner=cast.officer)
    client, at = sign_in(cast.officer), f"{case.get_absolute_url()}people/"
    client.post(at, {"backup_owner": cast.colleague.pk, "handling": "internal", "team_mailbox": "t@example.invalid"})
    case.refresh_from_db()
    assert case.backup_owner is None and case.team_mailbox == "t@example.invalid"
    bulk = Handover.objects.get()
    handovers.answer(bulk.act, [bulk.uuid], accept=True, actor=cast.colleague)
    client = sign_in(cast.officer)
    client.post(at, {"backup_owner": "", "handling": "internal", "team_mailbox": "t@example.invalid"})
    case.refresh_from_db()
    assert case.backup_owner is None


def test_bad_input_is_answered_and_not_a_crash(cast, sign_in):
    _, bulk = offer(cast)
    client = sign_in(cast.colleague)
    assert client.post(f"/handovers/{bulk.act}/", {"offer": ["no-uuid"], "answer": "accept"}).status_code == 200
    assert client.get("/use-cases/assign/?id=%00&id=DHS-0").status_code == 200
    lead = sign_in(cast.lead)
    ids = [one.use_case.use_case_id for one in bulk.done]
    assert lead.post("/use-cases/assign/", {"id": ids, "to": "0", "kind": "king"}).status_code == 200
    assert timezone.localdate() and Handover.objects.count() == 2
