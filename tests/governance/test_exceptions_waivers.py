"""A waiver from its request to its end: asked, granted, looked at, certified, reported, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import waiver_requests, waivers
from governance.models import Waiver, WaiverCertification, WaiverReport, WaiverRequest
from governance.reads import waivers as reads
from governance.reads import waivers_public
from registry.models import UseCase
from registry.permissions.know import for_reader
from tests.governance import excusing, scenes
from tests.governance.excusing import SOON, TERMS, TODAY, asked, backdated, change, granted

pytestmark = pytest.mark.django_db
BACK: dict[str, Any] = {"reason": "Say what a clerk does at night."}


def test_what_is_sent_back_is_asked_again_and_granted_once(cast: Any) -> None:
    case = excusing.case(cast)
    for person in (cast.other_officer, cast.caio, cast.manager, cast.auditor):
        with pytest.raises(Refused, match="those who answer for the case"):
            waiver_requests.ask_waiver(case, "testing", actor=person, **TERMS)
    first = asked(cast, case)
    with pytest.raises(Refused, match="waits already"):
        asked(cast, case)
    for person in (cast.deputy, cast.manager, cast.officer):
        with pytest.raises(Refused, match="Chief AI Officer grants or revokes"):
            waiver_requests.send_request_back(first, actor=person, **BACK)
    waiver_requests.send_request_back(first, actor=cast.caio, **BACK)
    with pytest.raises(Stale, match="answered or taken back"):
        waiver_requests.decline_request(first, actor=cast.caio, **BACK)
    with pytest.raises(Stale, match="answered or taken back"):
        granted(cast, case, asked=first)
    assert reads.begins_with(case, "testing") == first, "what was written is kept"
    again = asked(cast, case, mitigations="Two clerks at night.")
    assert again.follows == first
    waiver = granted(cast, case, asked=again)
    again.refresh_from_db()
    assert (again.state, again.answered_by, waiver.request) == ("granted", cast.caio, again)
    with pytest.raises(Refused, match="is in force"):
        granted(cast, case)
    with pytest.raises(Refused, match="is in force"):
        asked(cast, case)
    assert Waiver.objects.count() == 1


def test_a_request_can_be_declined_or_taken_back(cast: Any) -> None:
    case = excusing.case(cast)
    one = asked(cast, case)
    with pytest.raises(Refused, match="Say why"):
        waiver_requests.decline_request(one, actor=cast.caio, reason=" ")
    waiver_requests.decline_request(one, actor=cast.caio, reason="Do the test.")
    two = asked(cast, case)
    assert two.follows is None, "it does not answer what was sent back"
    with pytest.raises(Refused, match="those who answer"):
        waiver_requests.take_waiver_request_back(two, actor=cast.caio)
    waiver_requests.take_waiver_request_back(two, actor=cast.lead)
    kinds = Event.objects.filter(subject_type="waiver_request").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["waiver.requested", "waiver.declined", "waiver.requested", "waiver.taken_back"]
    assert set(WaiverRequest.objects.values_list("state", flat=True)) == {"declined", "taken_back"}


def test_nothing_is_granted_that_is_not_in_writing(cast: Any) -> None:
    case = excusing.case(cast)
    for lacks, said in (
        ({"public_summary": " "}, "summary for the public"),
        ({"consulted": []}, "at least one official"),
        ({"consulted": [{"name": "Pat Example", "capacity": ""}]}, "at least one official"),
        ({"risk_assessment": ""}, "Write the risk assessment"),
        ({"expires_on": TODAY + timedelta(days=400)}, "within a year"),
    ):
        with pytest.raises(Refused, match=said):
            granted(cast, case, **lacks)
    own = scenes.deployed(owner=cast.caio, **scenes.OPEN)
    with pytest.raises(Refused, match="Somebody else has to do this"):
        granted(cast, own)
    assert not Waiver.objects.exists()


def test_omb_is_told_of_the_grant_and_of_the_revocation(cast: Any) -> None:
    waiver = backdated(granted(cast), 40)
    told: dict[str, Any] = {"about": "grant", "reported_on": TODAY, "reference": "Message 7, invented"}
    assert waiver.report_due("grant") == TODAY - timedelta(days=10) and waiver.report_due("revocation") is None
    for person in (cast.officer, cast.deputy, cast.auditor):
        with pytest.raises(Refused, match="Only the Chief AI Officer and the inventory manager"):
            waivers.report_waiver(waiver, actor=person, **told)
    for wrong in (TODAY + timedelta(days=1), TODAY - timedelta(days=41)):
        with pytest.raises(Refused, match="to today"):
            waivers.report_waiver(waiver, actor=cast.manager, **{**told, "reported_on": wrong})
    with pytest.raises(Refused, match="was not revoked"):
        waivers.report_waiver(waiver, actor=cast.manager, **{**told, "about": "revocation"})
    waivers.report_waiver(waiver, actor=cast.manager, **told)
    with pytest.raises(Refused, match="on record already"):
        waivers.report_waiver(waiver, actor=cast.caio, **told)
    ended = waivers.revoke_waiver(waiver, actor=cast.caio, reason="The test is done.")
    assert ended.is_revoked and ended.report_due("revocation") == TODAY + timedelta(days=30)
    waivers.report_waiver(ended, actor=cast.caio, **{**told, "about": "revocation"})
    assert WaiverReport.objects.filter(waiver=ended).count() == 2


def test_a_waiver_is_certified_each_year_or_ends(cast: Any) -> None:
    waiver = granted(cast)
    given: dict[str, Any] = {"until": TODAY + timedelta(days=360), "reason": "The bench is rebuilt next year."}
    with pytest.raises(Refused, match="can be certified anew from"):
        waivers.certify_waiver(waiver, actor=cast.caio, **given)
    waiver = backdated(waiver, 340, 20)
    with pytest.raises(Refused, match="cannot be delegated to the deputy"):
        waivers.certify_waiver(waiver, actor=cast.deputy, **given)
    with pytest.raises(Refused, match="within a year from today"):
        waivers.certify_waiver(waiver, actor=cast.caio, **{**given, "until": TODAY + timedelta(days=380)})
    row = waivers.certify_waiver(waiver, actor=cast.caio, **given)
    waiver.refresh_from_db()
    assert (row.before, waiver.expires_on) == (TODAY + timedelta(days=20), given["until"])
    with pytest.raises(Refused, match="can be certified anew from"):
        waivers.certify_waiver(waiver, actor=cast.caio, **given)
    over = backdated(waiver, 700, -1)
    with pytest.raises(Refused, match="has ended"):
        waivers.certify_waiver(over, actor=cast.caio, **given)
    assert WaiverCertification.objects.count() == 1


def test_a_material_change_has_the_waiver_looked_at_again(cast: Any) -> None:
    case = excusing.case(cast)
    before = change(case, cast, "vendor")
    waiver = backdated(granted(cast, case), 340, 20)
    assert reads.pending_changes(waiver) == [], "what the officer knew when granting is no news"
    with pytest.raises(Refused, match="no change to look at"):
        waivers.keep_waiver(waiver, actor=cast.caio, reason="Nothing.")
    before.changes = [*before.changes, {"rule": "people", "because": "More people", "fields": []}]
    before.save()
    assert reads.pending_changes(waiver) == [before], "it grew since"
    with pytest.raises(Refused, match="say first whether the waiver still holds"):
        waivers.certify_waiver(waiver, actor=cast.caio, until=SOON, reason="Still.")
    with pytest.raises(Refused, match="cannot be delegated to the deputy"):
        waivers.keep_waiver(waiver, actor=cast.deputy, reason="It holds.")
    waivers.keep_waiver(waiver, actor=cast.caio, reason="More people, the same risk.")
    assert reads.pending_changes(waiver) == []
    waivers.certify_waiver(waiver, actor=cast.caio, until=SOON, reason="Still.")
    before.closed_at, before.closed_how = timezone.now(), "sent"
    before.save()
    change(case, cast, "purpose")
    assert len(reads.pending_changes(waiver)) == 1, "and so is the next one"


def test_the_public_reads_summaries_and_of_withheld_cases_counts(cast: Any) -> None:
    assert waivers_public.public_waivers().is_empty
    open_case = excusing.case(cast)
    hidden = excusing.case(cast, is_withheld="risk_to_disclosure")
    restricted = scenes.deployed(owner=cast.officer, handling="restricted", **scenes.OPEN)
    for case in (open_case, hidden, restricted):
        granted(cast, case)
    waivers.grant_waiver(hidden, "training", actor=cast.caio, **TERMS)
    waivers.revoke_waiver(granted(cast), actor=cast.caio, reason="It is over.")
    found = waivers_public.public_waivers()
    assert [(one.use_case_id, one.text) for one in found.summaries] == [
        (open_case.use_case_id, TERMS["public_summary"])
    ]
    assert found.withheld == [(1, 1), (2, 1)] and found.withheld_cases == 2
    scenes.waiver(excusing.case(cast))
    assert len(waivers_public.public_waivers().missing) == 1, "one of before a summary was asked for"


def test_nobody_reads_what_changed_behind_a_restricted_answer(cast: Any) -> None:
    from governance.reads import waiver_page

    waiver = excusing.changed(cast)
    UseCase.objects.filter(pk=waiver.use_case_id).update(restricted_fields=["problem_solved"])
    row = waiver.use_case.material_changes.get()
    row.changes = [{"rule": "problem", "because": "Secret words", "fields": ["problem_solved"]}]
    row.save()
    waiver.refresh_from_db()
    for_reader(cast.priv, waiver.use_case)
    assert waiver_page.of_waiver(waiver)["change_words"] == ["A restricted answer changed"]
