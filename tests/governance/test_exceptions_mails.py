"""What people are told of waivers, extensions, pilots and stops: whom, once, and nothing of what is written there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit.models import Event
from governance import letters, recipients
from governance.actions import discontinue, exception_reminders, pilots, waiver_requests, waivers
from governance.demo.clock import at
from governance.models import Extension, PilotCertificate
from governance.recipients import exceptions as told
from tests.governance import excusing
from tests.governance.excusing import TERMS, TODAY, backdated, granted

SECRET = "Invented words nobody outside may read."
WORDS: dict[str, Any] = {"risk_assessment": SECRET, "mitigations": SECRET, "public_summary": SECRET}


def mails(kind: str) -> dict[str, str]:
    """Whoever is told of the newest such event, with the mail."""
    event = Event.objects.filter(kind=kind).latest("id")
    return {str(person): letters.compose(event, person).body for person in recipients.recipients(event)}


def test_each_is_told_to_who_can_act_on_it_and_says_nothing_of_the_case(cast: Any) -> None:
    people = (cast.officer, cast.lead, cast.manager, cast.caio)
    officer, lead, manager, caio = map(str, people)
    whom: dict[str, set[str]] = {}
    case = excusing.case(cast)
    asked = excusing.asked(cast, case, **WORDS)
    whom["waiver.requested"] = {caio}
    assert set(mails("waiver.requested")) == {caio}
    waiver_requests.send_request_back(asked, actor=cast.caio, reason=SECRET)
    waiver_requests.decline_request(excusing.asked(cast, case, **WORDS), actor=cast.caio, reason=SECRET)
    whom |= dict.fromkeys(("waiver.sent_back", "waiver.declined"), {officer})
    del whom["waiver.requested"]  # nobody is told of what is answered
    assert mails("waiver.requested") == {}
    waiver = backdated(granted(cast, case, **WORDS), 340, 60)
    whom["waiver.granted"] = {officer, lead, manager}
    excusing.change(case, cast)
    assert exception_reminders.remind() == 3
    whom |= {"waiver.change_found": {caio}, "waiver.report_overdue": {caio, manager}}
    whom["waiver.certification_due"] = {officer, lead, caio}
    for kind in whom:
        assert set(mails(kind)) == whom[kind], kind
    waivers.keep_waiver(waiver, actor=cast.caio, reason=SECRET)
    waivers.certify_waiver(waiver, actor=cast.caio, until=TODAY + timedelta(days=300), reason=SECRET)
    waivers.revoke_waiver(waiver, actor=cast.caio, reason=SECRET)
    pilot = excusing.pilot(cast, case, scale=SECRET, notice=SECRET)
    PilotCertificate.objects.update(ends_on=TODAY + timedelta(days=15))
    Extension.objects.filter(pk=excusing.extension(cast, case, source=SECRET).pk).update(until=TODAY)
    assert exception_reminders.remind() == 2
    whom |= dict.fromkeys(("waiver.certified", "pilot.certified", "extension.recorded"), {officer, lead})
    whom["waiver.revoked"] = {officer, lead, manager}
    whom |= dict.fromkeys(("pilot.ending", "extension.ending"), {officer, lead, caio})
    PilotCertificate.objects.update(ends_on=TODAY - timedelta(days=1))
    assert exception_reminders.remind() == 1
    whom["pilot.ended"] = {officer, lead, caio}
    for kind in set(whom) - {"waiver.change_found", "waiver.certification_due"}:
        found = mails(kind)
        assert set(found) == whom[kind], kind
        assert all(case.use_case_id in body and SECRET not in body for body in found.values()), kind
        assert all("/waivers/" in body for body in found.values()), kind
    pilots.close_pilot(pilot, actor=cast.caio, how="stopped", reason=SECRET)
    assert mails("pilot.ended") == {}, "nor of what was settled meanwhile"
    Extension.objects.update(until=TODAY - timedelta(days=1))
    order = excusing.ordered(cast, case)
    waivers.grant_waiver(case, "testing", actor=cast.caio, **TERMS)
    discontinue.lift_order(order, actor=cast.caio, reason=SECRET)
    assert set(mails("stop_order.lifted")) == {officer, lead}
    waiver = backdated(case.waivers.order_by("pk").last(), 10, -1)
    assert exception_reminders.remind() == 1 and set(mails("waiver.lapsed")) == {officer, lead, caio}
    missing = {kind for kind in told.KINDS if not Event.objects.filter(kind=kind).exists()}
    assert missing == {"waiver.report_due"}, "each kind was told of here, but the one below"


def test_a_clock_is_told_once_and_what_is_late_each_week(cast: Any) -> None:
    both = {str(cast.caio), str(cast.manager)}
    waiver = granted(cast)
    now = timezone.now()
    for days, told_of in ((19, 0), (20, 1), (25, 0), (30, 0), (31, 1), (37, 0), (38, 1)):
        with at(now + timedelta(days=days)):
            assert exception_reminders.remind() == told_of, f"{days} days after the grant"
    assert set(mails("waiver.report_due")) == both == set(mails("waiver.report_overdue"))
    waivers.report_waiver(waiver, actor=cast.caio, about="grant", reported_on=TODAY, reference="Invented 1")
    with at(now + timedelta(days=50)):
        assert exception_reminders.remind() == 0 and mails("waiver.report_overdue") == {}
