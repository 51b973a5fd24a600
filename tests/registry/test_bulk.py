"""Acting on several cases: asked once, what cannot be done is named, the rest is one act; updates asked for."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused
from governance.actions import notices
from registry.actions import bulk, tagging, updates
from registry.actions.use_cases import file_revision
from registry.models import Handover, Tag, UpdateRequest, UseCase, UseCaseTag
from registry.models.use_case import Handling
from tests import lives, make

FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}
SOON = timezone.localdate() + timedelta(days=14)


def own(cast, number=1, **columns):
    return [make.use_case(owner=cast.officer, **{**FILED, **columns}) for _ in range(number)]


def confirm(client, given):
    """Open the confirmation and send what it holds back, as a browser would."""
    page = client.get("/use-cases/bulk/", given).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return page, {name: [v for n, v in hidden if n == name] for name, _ in hidden if name != "csrfmiddlewaretoken"}


def test_refused_cases_are_named_and_the_rest_is_one_act(cast, sign_in):
    mine, other = own(cast, 2), make.use_case(component_code="FEMA", **FILED)
    client = sign_in(cast.lead)
    UseCase.objects.filter(pk=other.pk).update(backup_owner=cast.lead)  # seen, not theirs to tag
    ids = [row.use_case_id for row in (*mine, other)]
    page, sent = confirm(client, {"act": "tag", "id": ids})
    assert "Tag: 2 use cases" in page and "Left out: 1" in page and "Only people of" in page
    done = client.post("/use-cases/bulk/", {**sent, "tags": "Spring Clean, spring  clean"}, follow=True)
    assert b"You tagged 2 use cases" in done.content and b"Left out: 1" in done.content
    assert UseCaseTag.objects.filter(tag__name="spring clean").count() == 2
    acts = set(Event.objects.filter(kind__in=["use_case.tagged", "list.acted"]).values_list("act", flat=True))
    assert len(acts) == 1


def test_all_that_fit_is_resolved_again_and_a_change_in_between_is_told(cast, sign_in):
    own(cast, 2)
    client = sign_in(cast.officer)
    _, sent = confirm(client, {"act": "tag", "every": "1", "owner": "me"})
    own(cast)
    answer = client.post("/use-cases/bulk/", {**sent, "tags": "spring"}).content.decode()
    assert "3 cases fit now, it was 2" in answer and not Tag.objects.exists()
    _, sent = confirm(client, {"act": "tag", "every": "1", "owner": "me"})
    client.post("/use-cases/bulk/", {**sent, "tags": "spring"})
    assert UseCaseTag.objects.count() == 3


def test_a_case_one_may_not_see_is_not_touched_however_it_is_asked(cast, sign_in):
    hidden = make.use_case(component_code="FEMA", handling=Handling.RESTRICTED, owner=cast.other_officer, **FILED)
    client = sign_in(cast.officer)
    answer = client.get("/use-cases/bulk/", {"act": "tag", "id": hidden.use_case_id}, follow=True)
    assert b"Tick at least one case" in answer.content and hidden.title.encode() not in answer.content


def test_assigning_is_an_offer_that_is_answered(cast, sign_in):
    rows = own(cast, 2)
    client = sign_in(cast.lead)
    _, sent = confirm(client, {"act": "assign", "id": [row.use_case_id for row in rows]})
    client.post("/use-cases/bulk/", {**sent, "to": cast.colleague.pk, "kind": "owner", "note": ""})
    assert Handover.objects.filter(state="offered", to_person=cast.colleague).count() == 2
    assert {row.owner for row in UseCase.objects.all()} == {cast.officer}
    assert Event.objects.get(kind="list.acted").act == Handover.objects.first().act


def test_only_the_actor_reads_what_became_of_a_bulk(cast, sign_in):
    act = bulk.act_on("tag", own(cast), query="", names=["spring"], actor=cast.officer)
    assert sign_in(cast.officer).get(f"/use-cases/bulk/{act}/").status_code == 200
    assert sign_in(cast.manager).get(f"/use-cases/bulk/{act}/").status_code == 404


def test_tags_are_no_fact_of_the_case(cast):
    (row,) = own(cast)
    before = row.document, row.revision_number
    tagging.tag([row], ["spring"], actor=cast.officer)
    row.refresh_from_db()
    assert (row.document, row.revision_number) == before
    tagging.untag([row], ["spring"], actor=cast.officer)
    assert not UseCaseTag.objects.exists()
    with pytest.raises(Refused, match="does not have this tag"):
        tagging.untag([row], ["spring"], actor=cast.officer)
    with pytest.raises(Refused, match="inventory manager tag it"):
        tagging.tag([row], ["spring"], actor=cast.other_officer)


# -- updates ----------------------------------------------------------------------------------------


def test_an_owner_gets_one_mail_of_all_their_cases(cast, sign_in):
    mine = own(cast, 3)
    theirs = make.use_case(owner=cast.colleague, **FILED)
    updates.ask_for_update([*mine, theirs], due_on=SOON, note="Does the stage hold?", actor=cast.lead)
    notices.dispatch()
    by = {message.to[0]: message for message in mail.outbox}
    letter = by[cast.officer.email]
    assert len(mail.outbox) == 2 and "3 use cases" in letter.subject and "Does the stage hold?" in letter.body
    assert all(row.use_case_id in letter.body for row in mine) and theirs.use_case_id not in letter.body
    home = sign_in(cast.officer).get("/").content.decode()
    assert home.count("asked by Lena Lead") == 3
    assert "asked by Lena Lead" not in sign_in(cast.lead).get("/").content.decode()


def test_filing_ends_it_and_so_does_saying_that_nothing_changed(cast, sign_in):
    first, second = own(cast, 2)
    updates.ask_for_update([first, second], due_on=SOON, actor=cast.lead)
    file_revision(first, actor=cast.officer, why="new answers")
    assert UpdateRequest.objects.get(use_case=first).outcome == "filed"
    asked = UpdateRequest.objects.get(use_case=second)
    assert sign_in(cast.colleague).post(f"/use-cases/updates/{asked.uuid}/unchanged/").status_code == 403
    sign_in(cast.officer).post(f"/use-cases/updates/{asked.uuid}/unchanged/")
    asked.refresh_from_db()
    assert (asked.outcome, asked.closed_by) == ("unchanged", cast.officer)
    assert not UseCase.objects.filter(update_requests__closed_at=None, update_requests__isnull=False).exists()


def test_an_update_is_not_asked_for_twice_nor_of_what_stands_still(cast):
    (row,) = own(cast)
    updates.ask_for_update([row], due_on=SOON, actor=cast.lead)
    unowned = make.use_case(**FILED)
    outcome_of = {}
    with pytest.raises(Refused) as refused:
        updates.ask_for_update([row, unowned, lives.in_review(cast)], due_on=SOON, actor=cast.lead)
    outcome_of = " ".join(refused.value.reasons)
    assert "asked already" in outcome_of and "Nobody owns it" in outcome_of and "answers are fixed" in outcome_of
    with pytest.raises(Refused, match="lead and the inventory manager"):
        updates.ask_for_update(own(cast), due_on=SOON, actor=cast.colleague)
    with pytest.raises(Refused, match="in the past"):
        updates.ask_for_update(own(cast), due_on=timezone.localdate() - timedelta(days=1), actor=cast.lead)
