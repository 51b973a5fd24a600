"""The pages of waivers and exceptions: one way to grant, what is asked stays filled in, what one may not do is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from governance.actions import stop_orders
from governance.models import Extension, PilotCertificate, StopOrder, Waiver, WaiverRequest
from tests.governance import excusing, scenes
from tests.governance.excusing import SOON, TODAY

pytestmark = pytest.mark.django_db
FORM = {
    "ground": "B", "risk_assessment": "Invented risk.", "mitigations": "", "public_summary": "Invented summary.",
    "consulted": "Pat Example, counsel\nKim Example, privacy official", "expires_on": SOON.isoformat(),
}  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_request_goes_from_the_practices_page_to_a_waiver(cast: Any, sign_in: Any) -> None:
    case = excusing.case(cast)
    practices = f"/use-cases/{case.use_case_id}/practices/"
    officer, caio = cast.officer, cast.caio
    assert "Ask for a waiver" in text(sign_in(officer).get(practices))
    wrong = sign_in(officer).post(f"{practices}testing/ask/", {**FORM, "consulted": "Pat Example"})
    assert "Give the capacity after a comma" in text(wrong) and not WaiverRequest.objects.exists()
    sign_in(officer).post(f"{practices}testing/ask/", FORM)
    request = WaiverRequest.objects.get()
    assert request.consulted[1] == {"name": "Kim Example", "capacity": "privacy official"}
    assert "Ask for a waiver<" not in text(sign_in(officer).get(practices)).split('id="impact_assessment"')[0]
    page = text(sign_in(officer).get(request.get_absolute_url()))
    assert "Only the Chief AI Officer grants or revokes" in page and "Take the request back" in page
    page = text(sign_in(caio).get(request.get_absolute_url()))
    assert "Kim Example, privacy official" in page and "Invented risk." in page
    home = text(sign_in(caio).get("/"))
    assert "Grant, send back or decline" in home
    sign_in(caio).post(f"{request.get_absolute_url()}back/", {"reason": "Name the test."})
    assert "was sent back" in text(sign_in(officer).get("/"))
    again = text(sign_in(officer).get(f"{practices}testing/ask/"))
    assert "Invented summary." in again, "what was written is filled in"
    sign_in(officer).post(f"{practices}testing/ask/", FORM)
    second = WaiverRequest.objects.get(state="open")
    for _ in range(2):  # the form posted twice
        sign_in(caio).post(f"{second.get_absolute_url()}grant/", {**FORM, "mitigations": "A clerk looks."})
    waiver = Waiver.objects.get()
    assert (waiver.request, waiver.mitigations) == (second, "A clerk looks.")
    assert waiver.get_absolute_url() in text(sign_in(officer).get(practices))


def test_a_direct_grant_settles_the_request_that_waits(cast: Any, sign_in: Any) -> None:
    request = excusing.asked(cast)
    path = f"/use-cases/{request.use_case.use_case_id}/practices/testing/waiver/"
    assert "A clerk looks at each." in text(sign_in(cast.caio).get(path)), "filled in from the request"
    assert sign_in(cast.caio).post(path, FORM).status_code == 302
    request.refresh_from_db()
    assert request.state == "granted" and Waiver.objects.get().request == request


def test_the_register_shows_what_is_due_and_leads_to_it(cast: Any, sign_in: Any) -> None:
    excusing.one_of_each(cast)
    PilotCertificate.objects.update(ends_on=TODAY - timedelta(days=3))
    client = sign_in(cast.caio)
    page = text(client.get("/waivers/"))
    for words in ("Grant, send back or decline", "Say whether it still holds", "Say what follows", "3 days late"):
        assert words in page
    for thing in (WaiverRequest, Waiver, PilotCertificate, StopOrder):
        assert thing.objects.get().get_absolute_url() in page
    ended = text(client.get("/waivers/?show=ended"))
    assert Extension.objects.get().get_absolute_url() in ended and "Refused" not in ended
    assert "Nothing here now" in text(client.get("/waivers/?show=certify&component=TSA"))
    lines = client.get("/waivers/?show=report&format=csv").content.decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 2 and "Say whether it still holds" in lines[1]
    other = text(sign_in(cast.other_officer).get("/waivers/"))
    assert "No practice of a case you may see is waived" in other


def test_the_officer_records_certifies_orders_and_lifts_from_the_case(cast: Any, sign_in: Any) -> None:
    case = excusing.case(cast)
    home, client = case.get_absolute_url(), sign_in(cast.caio)
    page = text(client.get(home))
    assert all(words in page for words in ("Record an extension", "Certify a pilot", "Order the use stopped"))
    given: dict[str, Any] = {
        "instrument": "omb-m-24-10", "granted_by": "OMB", "granted_on": "2024-11-20", "until": "2025-11-30",
        "source": "Letter 12, invented", "practices": ["testing"],
    }  # fmt: skip
    assert "is not offered: Sources disagree" in text(client.get(f"{home}extension/"))
    for _ in range(2):
        client.post(f"{home}extension/", given)
    row = Extension.objects.get()
    assert row.practices == ["testing"]
    client.post(f"{row.get_absolute_url()}remove/", {"reason": "Another case."})
    assert "Taken off" in text(client.get(row.get_absolute_url()))
    assert "Not met now: Pre-deployment testing." in text(client.get(f"{home}discontinue/"))
    for _ in range(2):
        client.post(f"{home}discontinue/", {"reason": "No test.", "effective_on": TODAY.isoformat()})
    order = StopOrder.objects.get()
    assert client.get(f"{home}discontinue/")["Location"] == order.get_absolute_url()
    page = text(client.get(order.get_absolute_url()))
    assert "Still not met, and no exception covers it" in page and "Order the use stopped" not in text(client.get(home))
    excusing.granted(cast, case)
    assert "Lift the order" in text(client.get(order.get_absolute_url()))
    client.post(f"{order.get_absolute_url()}lift/", {"reason": "Waived."})
    order.refresh_from_db()
    assert order.lifted_at and order.lifted_because == "Waived."


def test_a_pilot_is_certified_for_longer_and_closed_on_its_page(cast: Any, sign_in: Any) -> None:
    row = excusing.pilot(cast)
    path, client = f"{row.use_case.get_absolute_url()}pilot/", sign_in(cast.caio)
    page = text(client.get(path))
    assert str(row.uuid) in page and "One invented bench" in page
    given = {
        "seen": str(row.uuid), "scale": row.scale, "starts_on": row.starts_on.isoformat(),
        "ends_on": (TODAY + timedelta(days=200)).isoformat(), "choice": "opt_in", "notice": "A sign.",
        "applied": ["testing"], "not_applied": "Too small.",
    }  # fmt: skip
    for _ in range(2):
        client.post(path, given)
    newer = PilotCertificate.objects.get(closed_on=None)
    assert PilotCertificate.objects.count() == 2
    client.post(f"{newer.get_absolute_url()}close/", {"how": "stopped", "reason": "It showed nothing."})
    assert "The pilot is over and the use has stopped" in text(client.get(newer.get_absolute_url()))


def test_the_overview_offers_the_two_ways_out(cast: Any, sign_in: Any) -> None:
    scenes.catalogue()
    case = excusing.case(cast)
    stop = f"{case.get_absolute_url()}discontinue/"
    assert stop in text(sign_in(cast.caio).get("/compliance/"))
    assert stop not in text(sign_in(cast.officer).get("/compliance/"))
    assert "/waivers/" in text(sign_in(cast.officer).get("/compliance/"))


def test_who_confirms_a_stop_finds_it_under_holds(cast: Any, sign_in: Any) -> None:
    order = excusing.ordered(cast)
    assert "Confirm that" not in text(sign_in(cast.ciso).get("/holds/"))
    how = {"how": "ato", "evidence": "Invented letter 4.", "stopped_on": TODAY}
    stop_orders.report_stopped(order, actor=cast.officer, **how)
    page = text(sign_in(cast.ciso).get("/holds/"))
    assert "Confirm that" in page and order.get_absolute_url() in page
    assert "Confirm that" not in text(sign_in(cast.priv).get("/holds/"))
