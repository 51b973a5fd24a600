"""The questionnaire's harder pages in a real browser: rows, folded questions, what a save opened, what it took away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from registry.actions.use_cases import adopt_edition
from registry.models import UseCase
from tests import make
from tests.conftest import Cast
from tests.test_journey import Desk
from tests.test_pages import complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser: Browser, live_server: Any) -> Any:
    """The officer's window, and the person."""
    officer = Cast().officer
    made = Desk(browser, live_server.url, officer)
    yield made, officer
    made.close()


def look(desk: Desk) -> None:
    """axe finds nothing and nothing scrolls sideways, wide and narrow."""
    for width in (1280, 320):
        desk.page.set_viewport_size({"width": width, "height": 900})
        assert complaints(desk.page) == []
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not desk.page.evaluate(wide), f"scrolls sideways at {width} px"
    desk.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_face_is_chosen_and_its_questions_appear_marked_new(desk: Any) -> None:
    window, officer = desk
    case = make.use_case(owner=officer, given=make.answers(scr_biometrics=None))
    window.go(f"/use-cases/{case.use_case_id}/tasks/scope/")
    window.choose("scr_biometrics", "face")
    window.press("Save and go on")
    assert window.page.get_by_role("heading", name="Face recognition and face capture").is_visible()
    assert window.page.get_by_text("new questions appeared").is_visible()
    look(window)
    window.choose("face_reviewed", "yes")
    window.page.get_by_text("Verification, one face against one (1:1)").click()
    window.press("Save and go back")
    assert UseCase.objects.get(pk=case.pk).document["answers"]["face_functions"] == ["verification"]


def test_what_is_not_needed_yet_is_folded_and_can_be_answered(desk: Any) -> None:
    window, officer = desk
    case = make.use_case(owner=officer)
    page = window.go(f"/use-cases/{case.use_case_id}/tasks/system/")
    box = page.locator("[name='test_evaluation']")
    assert not box.is_visible(), "the page shows the two answers that are needed"
    page.get_by_text("more for the pilot and later").click()
    box.fill("Two hundred invented parcels.")
    look(window)
    window.press("Save and go on")
    assert UseCase.objects.get(pk=case.pk).document["answers"]["test_evaluation"] == "Two hundred invented parcels."


def test_a_detail_is_withheld_on_a_legal_ground_only(desk: Any) -> None:
    window, officer = desk
    case = make.use_case(owner=officer)
    page = window.go(f"/use-cases/{case.use_case_id}/tasks/publication/")
    page.get_by_label("Answer").first.select_option("system_outputs")
    page.get_by_label("Legal ground").first.select_option("other")
    page.get_by_label("Reason").first.fill("It could embarrass the office.")
    look(window)
    window.press("Save and go back")
    assert page.get_by_text("accepts no withholding because").first.is_visible()
    look(window)
    page.get_by_label("Legal ground").first.select_option("foia_7")
    window.press("Save and go back")
    (row,) = UseCase.objects.get(pk=case.pk).document["answers"]["withheld_fields"]
    assert (row["field"], row["ground"]) == ("system_outputs", "foia_7")


def test_what_was_typed_before_a_new_edition_came_is_saved_after_it(desk: Any) -> None:
    window, officer = desk
    case = make.use_case(owner=officer, edition="use-case-2025", given=make.answers(is_in_scope=None, benefits=None))
    page = window.go(f"/use-cases/{case.use_case_id}/tasks/is-it-ai/")
    page.locator("[name='benefits']").fill("Written for an hour.")
    adopt_edition(case, actor=officer)
    window.press("Save and go on")
    assert page.get_by_text("came while you were writing").is_visible()
    assert page.locator("[name='benefits']").input_value() == "Written for an hour."
    look(window)
    window.press("Save and go on")
    assert UseCase.objects.get(pk=case.pk).document["answers"]["benefits"] == "Written for an hour."
    window.heard[:] = [said for said in window.heard if "409" not in said]  # the browser notes the status itself
