"""The list of findings, acting on several, deployed but not met, the week, and what nobody looks after."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Event
from governance import recipients
from governance.actions import finding_reminders
from governance.actions import finding_work as acts
from governance.letters import compose
from governance.models import Finding
from governance.reads.unattended import unattended
from registry.models import UseCase
from tests.governance import scenes
from tests.governance.test_findings_work import soon, the_finding

pytestmark = pytest.mark.django_db
LIST = "/compliance/findings/"


@pytest.fixture
def two(cast: Any) -> list[Finding]:
    """The same finding of two CBP cases, one of them nobody's; opened today by the first run. Some people are there."""
    assert cast.lead and cast.secretary and cast.colleague
    scenes.catalogue()
    rows = [scenes.deployed(owner=owner, **scenes.OPEN) for owner in (cast.officer, None)]
    scenes.run(timezone.localdate())
    return [the_finding(row) for row in rows]


def shown(client: Any, query: str) -> list[list[str]]:
    """The rows of the list as a file, which is what is shown."""
    text = client.get(f"{LIST}?{query}&format=csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_the_list_is_narrowed_by_whose_since_when_due_and_age(cast: Any, sign_in: Any, two: list[Finding]) -> None:
    client = sign_in(cast.officer)
    every = len(shown(client, ""))
    ours = Finding.objects.filter(use_case=two[0].use_case, state="open")
    mine = ours.filter(falls_to="owner").count()
    assert len(shown(client, "whose=me")) == mine < every
    assert len(shown(client, "mark=baseline")) == every and shown(client, "mark=week") == []
    assert len(shown(client, f"case={two[0].use_case.use_case_id}")) == ours.count() > mine
    Finding.objects.filter(pk=two[0].pk).update(due_on=timezone.localdate() - timedelta(days=1))
    late = Finding.objects.filter(state="open", due_on__lt=timezone.localdate()).count()
    assert len(shown(client, "due=overdue")) == late
    assert shown(client, "age=30") == [] and shown(client, "whose=nonsense") == []
    body = client.get(f"{LIST}?whose=me").content.decode()
    assert f"{mine} findings in 1 case" in body
    assert client.get(f"{LIST}?format=xlsx").content.startswith(b"PK")


def test_of_several_each_is_done_whole_or_told_why_not(cast: Any, sign_in: Any, two: list[Finding]) -> None:
    words = {"act": "accept", "finding": [str(one.uuid) for one in two], "reason": "Invented.", "until": soon()}
    assert "Only the Chief" in sign_in(cast.lead).get(f"{LIST}several/", words).content.decode()

    wrote = UseCase.objects.get(pk=two[1].use_case_id)
    Finding.objects.filter(pk=two[1].pk).update(state="waived")
    page = sign_in(cast.caio).post(f"{LIST}several/", words).content.decode()
    assert "1 done, 1 not" in page and "A waiver covers it already" in page
    assert [Finding.objects.get(pk=one.pk).state for one in two] == ["accepted", "waived"]
    refused = Event.objects.get(kind="act.refused", timeline=wrote.use_case_id)
    assert refused.data["verb"] == "accept_risk"

    words = {"act": "assign", "finding": words["finding"], "to": f"p{cast.colleague.pk}"}
    assert "2 done" in sign_in(cast.lead).post(f"{LIST}several/", words).content.decode()
    assert set(Finding.objects.filter(assigned_to=cast.colleague)) == set(two)


def test_deployed_but_not_met_shows_the_ways_out_and_what_was_begun(
    cast: Any, sign_in: Any, two: list[Finding], django_assert_num_queries: Any
) -> None:
    acts.accept_risk(two[0], until=soon(), reason="Invented.", actor=cast.caio)
    case = two[0].use_case
    page = sign_in(cast.caio).get("/compliance/not-met/").content.decode()
    assert "2 deployed high-impact cases run with a minimum practice not met" in page
    assert f"/use-cases/{case.use_case_id}/practices/testing/waiver/" in page and "1 risk accepted" in page
    assert f"/use-cases/{case.use_case_id}/" in page and "Order it stopped" in page
    own = sign_in(cast.officer).get("/compliance/not-met/").content.decode()
    assert f"/use-cases/{case.use_case_id}/practices/testing/ask/" in own and "Order it stopped" not in own
    assert "No deployed high-impact case" in sign_in(cast.other_officer).get("/compliance/not-met/").content.decode()
    text = sign_in(cast.caio).get("/compliance/not-met/?format=csv").content.decode()
    assert len(text.strip().splitlines()) == 3
    home = sign_in(cast.caio).get("/").content.decode()
    assert "2 deployed high-impact cases run with a practice not met" in home


def test_the_week_goes_to_leads_and_owners_once_and_to_nobody_without_anything(cast: Any, two: list[Finding]) -> None:
    assert (finding_reminders.tell_week(), finding_reminders.tell_week()) == (1, 0)
    event = Event.objects.get(kind="findings.weekly")
    assert set(recipients.recipients(event)) == {cast.lead, cast.officer}
    theirs, own = (compose(event, person) for person in (cast.lead, cast.officer))
    every = Finding.objects.filter(state="open").count()
    mine = Finding.objects.filter(state="open", use_case=two[0].use_case, falls_to="owner").count()
    assert f"Baseline left: {every}" in theirs.body and f"Baseline left: {mine}" in own.body
    Finding.objects.update(is_baseline=False, opened_on=timezone.localdate() - timedelta(days=20), due_on=None)
    assert recipients.recipients(event) == [] and not mail.outbox


def test_what_nobody_looks_after_is_told_to_the_lead_then_to_the_board_once_each(
    cast: Any, sign_in: Any, two: list[Finding]
) -> None:
    today = timezone.localdate()
    Finding.objects.exclude(pk__in=[one.pk for one in two]).delete()
    late = today + timedelta(days=30)
    assert finding_reminders.look_after(today + timedelta(days=29)) == 0
    acts.comment_on_finding(two[0], text="The test is under way.", actor=cast.officer)
    type(two[0]).objects.filter(pk=two[0].pk).update(attended_at=timezone.now() + timedelta(days=10))
    assert (finding_reminders.look_after(late), finding_reminders.look_after(late)) == (1, 0)
    event = Event.objects.get(kind="findings.unattended")
    assert recipients.recipients(event) == [cast.lead]
    assert "mark=unattended" in compose(event, cast.lead).path

    assert (
        finding_reminders.look_after(today + timedelta(days=60)) == 2
    )  # the first to the lead, the second to the Board
    told = Event.objects.filter(kind="findings.unattended").order_by("pk").last()
    assert told is not None and told.data["level"] == "board" and recipients.recipients(told) == [cast.secretary]
    assert two[1] in Finding.objects.filter(unattended(today + timedelta(days=60), 60))
    Finding.objects.filter(pk=two[1].pk).update(opened_on=today - timedelta(days=61))
    case = UseCase.objects.get(pk=two[1].use_case_id)
    assert "Findings nobody looks after" not in sign_in(cast.secretary).get("/board/").content.decode()  # filed today
    assert not Finding.objects.filter(unattended(today, 60), use_case=case).exists()
