"""What the matrix cannot reach by an address alone, in a real browser: a case's systems, and a bulk to hand over."""

from __future__ import annotations

from typing import Any

import pytest

from registry.actions import handovers
from registry.models import UseCase
from tests import make_systems
from tests.conftest import Cast
from tests.test_pages import complaints, enter, tab  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def look(page: Any, address: str) -> None:
    """No complaint at either width, with everything unfolded."""
    page.goto(address)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(OPEN_ALL)
        assert complaints(page) == [], width
        assert not page.evaluate(TOO_WIDE), width


def test_a_case_with_systems_marks_and_differences(live_server: Any, tab: Any) -> None:  # noqa: F811 (the fixture imported above)
    context, page, heard = tab
    cast = Cast()
    record = make_systems.system(vendor_name="Larkfield", **make_systems.ending(20))
    case = make_systems.case_on(record, owner=cast.officer, have_ato="no", is_high_impact="high_impact")
    make_systems.case_on(record, owner=cast.officer)
    make_systems.mark(record, case)
    handovers.offer([case], cast.colleague, actor=cast.officer)
    enter(context, live_server.url, cast.officer)
    look(page, live_server.url + case.get_absolute_url())
    assert heard == []


def test_a_bulk_is_asked_for_and_accepted_in_the_browser(live_server: Any, tab: Any) -> None:  # noqa: F811 (the fixture imported above)
    context, page, heard = tab
    cast = Cast()
    cases = [make_systems.recorded(owner=cast.officer) for _ in range(3)]
    assert cast.colleague
    enter(context, live_server.url, cast.officer)
    look(page, f"{live_server.url}/use-cases/assign/?" + "&".join(f"id={case.use_case_id}" for case in cases))
    page.select_option("[name=to]", label="Colin Colleague")
    page.get_by_role("button", name="Ask to take over").click()
    offered = page.url
    enter(context, live_server.url, cast.colleague)
    page.goto(live_server.url)
    page.get_by_role("link", name="Read the note and answer").click()
    assert page.url == offered
    page.locator("[name=offer]").first.uncheck()
    page.get_by_role("button", name="Accept the ticked ones").click()
    assert UseCase.objects.filter(owner=cast.colleague).count() == 2
    assert heard == []
