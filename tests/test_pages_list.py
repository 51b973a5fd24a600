"""The list's folded tools, ticking by keyboard and the pages behind it, in a real browser."""

import pytest

from registry.actions import saved_views
from tests import make
from tests.conftest import Cast
from tests.matrix_list import FILED
from tests.test_pages import complaints, enter, tab

__all__ = ["tab"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def looked_at(page):
    """Wide and narrow, folded out."""
    page.evaluate(UNFOLD)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert complaints(page) == []
        assert not page.evaluate(TOO_WIDE), width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_cases_are_ticked_by_keyboard_and_tagged(live_server, tab):
    context, page, heard = tab
    cast = Cast()
    rows = [make.use_case(owner=cast.lead, **FILED) for _ in range(3)]
    saved_views.save_view("Invented pilots", "stage=pilot", audience="everybody", actor=cast.lead)
    enter(context, live_server.url, cast.lead)
    page.goto(f"{live_server.url}/use-cases/?component=CBP&owner=me&cols=status&cols=problem_solved&cols=vendor_name")
    looked_at(page)
    page.evaluate("document.activeElement.blur()")
    for key in "jxjx":
        page.keyboard.press(key)
    assert page.locator("[data-selected]").inner_text() == "2 selected"
    page.get_by_role("button", name="Tag", exact=True).click()
    assert "Tag: 2 use cases" in page.locator("h1").inner_text()
    looked_at(page)
    page.get_by_label("Tags").fill("spring")
    page.get_by_role("button", name="Tag them").click()
    assert page.locator("h1").inner_text() == "You tagged 2 use cases"
    looked_at(page)
    page.goto(f"{live_server.url}/use-cases/{rows[0]}/")
    page.get_by_role("link", name="spring").click()
    assert page.locator("tbody tr").count() == 2
    assert heard == []
