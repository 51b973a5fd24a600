"""The pages of determinations: side by side, stale forms, forged posts, and whose word an impact is everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.models import Event
from governance.actions import determinations
from governance.determining import HIGH, PRESUMED, Determined
from governance.models import AiDetermination, Determination, DeterminingOfficial
from registry.actions.use_cases import file_revision
from registry.models import UseCase
from tests import lives
from tests.governance.determine_scenes import TEXT, determine, fresh, named, presumed

POSTED = {
    "impact": PRESUMED, "categories": ["m"], "principal_basis": "no", "reasoning": "A person decides.",
    "justification": TEXT, "documentation": "To the officer: I looked.", "public_summary": "Looked at, cleared.",
}  # fmt: skip


def page_of(case: UseCase) -> str:
    return f"/use-cases/{case.use_case_id}/determination/"


def test_the_three_stand_side_by_side_and_are_signed_there(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    client = sign_in(cast.caio)
    page = client.get(page_of(case)).content.decode()
    assert "As reported, not determined here" in page and "Presumed category (m) was stated" in page
    assert "Reported presumed high-impact, but determined not; the rules suggest high-impact." in page
    sent = client.post(f"{page_of(case)}sign/", {**POSTED, "opened_on": case.filed_number, "seen": ""}, follow=True)
    assert "Signed. It counts from now on" in sent.content.decode()
    assert "determined by Chris Chief, Chief AI Officer" in sent.content.decode()


def test_a_stale_form_keeps_what_was_written_and_shows_what_is_new(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    opened_on = case.filed_number
    case = lives.answer(case, cast.officer, hi_justification="Other words for it.")
    with transaction.atomic():
        file_revision(case, actor=cast.officer, why="a correction")
    client = sign_in(cast.caio)
    sent = {**POSTED, "documentation": "My long text.", "opened_on": opened_on, "seen": ""}
    page = client.post(f"{page_of(case)}sign/", sent).content.decode()
    assert "Revision 2 was filed after you opened the page" in page
    assert "My long text." in page and "Other words for it." in page and 'name="opened_on" value="2"' in page
    assert not Determination.objects.exists()
    event = Event.objects.get(kind="act.refused")
    assert event.data["verb"] == "determine"


def test_a_forged_post_is_refused_and_signs_nothing(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    sent = {**POSTED, "opened_on": case.filed_number, "seen": ""}
    for person in (cast.officer, cast.manager, cast.priv, cast.auditor):
        assert sign_in(person).post(f"{page_of(case)}sign/", sent).status_code == 403
        answered = {"answer": "no", "because": "Forged.", "opened_on": case.filed_number, "seen": ""}
        assert sign_in(person).post(f"{page_of(case)}ai/", answered).status_code == 403
    assert sign_in(cast.other_officer).post(f"{page_of(case)}sign/", sent).status_code == 404
    page = sign_in(cast.deputy).post(f"{page_of(case)}sign/", sent).content.decode()
    assert "A deputy decides only" in page
    for forged in ({"impact": "none"}, {"categories": ["zz"]}, {"principal_basis": "x"}, {"opened_on": "one"}):
        sign_in(cast.caio).post(f"{page_of(case)}sign/", {**sent, **forged})
    assert not Determination.objects.exists() and not AiDetermination.objects.exists()


def test_an_official_without_the_case_signs_for_none_of_it(cast: Any, sign_in: Any) -> None:
    """What another case's page showed opens nothing here: the address names the case, the action locks it."""
    case = presumed(cast)
    named(cast, cast.st)
    row = determine(case, cast.st)
    other = presumed(cast)
    wrong = f"{page_of(other)}{row.uuid}/acknowledge/"
    assert sign_in(cast.caio).post(wrong).status_code == 404
    right = f"{page_of(case)}{row.uuid}/acknowledge/"
    assert sign_in(fresh(cast.st)).post(right).status_code == 403
    done = sign_in(cast.caio).post(right, {"note": "Read."}, follow=True).content.decode()
    assert "Acknowledged by Chris Chief" in done


def test_whose_word_the_impact_is_stands_wherever_it_is_shown(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    client = sign_in(cast.manager)
    for path in (case.get_absolute_url(), "/use-cases/", page_of(case)):
        assert "as reported, not determined here" in client.get(path).content.decode().lower()
    determine(case, cast.caio, Determined(HIGH, ("m",), reasoning="A benefit hangs on it."))
    for path in (case.get_absolute_url(), "/use-cases/", page_of(case)):
        page = client.get(path).content.decode().lower()
        assert "not determined here" not in page.split("is it artificial intelligence?")[0]
        assert "as reported; determined high-impact" in page
    shown = client.get(f"/api/use-cases/{case.use_case_id}/").json()
    assert (shown["impact"], shown["signed_impact"]) == (PRESUMED, HIGH)
    assert "As reported; determined high-impact" in client.get("/use-cases/?cols=impact_basis").content.decode()


def test_not_ai_offers_withdrawing_to_who_may(cast: Any, sign_in: Any) -> None:
    case = lives.recorded(cast)
    sent = {"answer": "no", "because": "A fixed table.", "opened_on": case.filed_number, "seen": ""}
    page = sign_in(cast.caio).post(f"{page_of(case)}ai/", sent, follow=True).content.decode()
    assert "the CBP lead or the inventory manager withdraws it as not AI" in page
    page = sign_in(cast.officer).get(page_of(case)).content.decode()
    assert f"/use-cases/{case.use_case_id}/withdraw/?ground=not_ai" in page
    assert sign_in(cast.caio).get("/determinations/?show=not_ai").content.decode().count(case.use_case_id) > 0


def test_the_list_puts_deployed_high_impact_first_and_counts_what_it_shows(cast: Any, sign_in: Any) -> None:
    small, cleared = lives.recorded(cast), presumed(cast)
    high = lives.recorded(cast, is_high_impact=HIGH, development_stage="deployed", scr_presumed_categories=["m"])
    client = sign_in(cast.caio)
    page = client.get("/determinations/").content.decode()
    places = [page.index(case.use_case_id) for case in (high, cleared, small)]
    assert places == sorted(places)
    assert small.use_case_id not in client.get("/determinations/?group=deployed_high").content.decode()
    assert "3 cases read" in client.get("/").content.decode()
    determine(small, cast.caio, Determined("not_high_impact"))
    assert small.use_case_id not in client.get("/determinations/").content.decode()


def test_an_official_sees_what_waits_in_the_components_named_for(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    assert sign_in(cast.st).get("/determinations/").status_code == 403
    named(cast, cast.st, [case.component])
    page = sign_in(fresh(cast.st)).get("/determinations/").content.decode()
    assert case.use_case_id in page and "You determine cases of CBP until" in page


def test_the_decision_page_offers_what_was_determined_and_rests_on_it(cast: Any, sign_in: Any) -> None:
    case = lives.ready(cast)
    row = determine(case, cast.caio, Determined("not_high_impact"))
    client = sign_in(cast.caio)
    address = f"/reviews/{case.use_case_id}/decide/"
    page = client.get(address).content.decode()
    assert "as Chris Chief, Chief AI Officer determined on this revision" in page
    client.post(address, {"outcome": "approve", "reason": "It is limited.", "rests_on": str(row.uuid)})
    assert lives.reread(case).status == "approved" and Determination.objects.count() == 1


def test_the_chief_officer_names_and_ends_an_official_on_the_page(cast: Any, sign_in: Any) -> None:
    client, today = sign_in(cast.caio), timezone.localdate()
    st = cast.st
    sent = {
        "person": st.pk, "starts_on": today, "ends_on": today + timedelta(days=30), "reason": "Knows the tests.",
    }  # fmt: skip
    assert "and not both" in client.post("/determinations/officials/name/", sent).content.decode()
    client.post("/determinations/officials/name/", {**sent, "is_for_all": "on"})
    row = DeterminingOfficial.objects.get()
    assert (row.person, row.component, row.named_by) == (st, None, cast.caio)
    for person in (cast.manager, cast.deputy):
        end = sign_in(person).post(f"/determinations/officials/{row.uuid}/end/", {"reason": "Forged."})
        assert end.status_code == 403
    sign_in(cast.caio).post(f"/determinations/officials/{row.uuid}/end/", {"reason": "Back to testing."})
    row.refresh_from_db()
    assert row.end_reason == "Back to testing."


def test_a_restricted_justification_is_not_read_in_the_history(cast: Any, sign_in: Any) -> None:
    case = presumed(cast)
    determinations.determine(
        case, actor=cast.caio, opened_on=case.filed_number, seen="",
        determined=Determined(PRESUMED, ("m",), "A hidden reason.", "no", "A hidden basis.", "Hidden papers.",
                              "A hidden summary."),
    )  # fmt: skip
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=["hi_justification"])
    for path in (page_of(case), case.get_absolute_url()):
        page = sign_in(cast.colleague).get(path).content.decode()
        assert "Restricted: ask" in page
        for secret in ("A hidden reason", "A hidden basis", "Hidden papers", "A hidden summary", TEXT):
            assert secret not in page
        assert "A hidden reason" in sign_in(cast.caio).get(path).content.decode()
