"""What is typed stays in the tab until it is saved, in a browser: after the session ended it is offered back."""

import pytest

from tests import make
from tests.test_pages import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_text_of_a_session_that_ended_is_offered_back_and_goes_once_saved(browser, live_server, cast):
    case = make.use_case(owner=cast.officer)
    address = f"{live_server.url}/use-cases/{case.use_case_id}/tasks/basics/"
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    enter(context, live_server.url, cast.officer)
    page, heard = context.new_page(), []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(address)
    page.fill("#id_benefits", "Fewer invented parcels wait.")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("Your answers were not saved yet").wait_for()
    enter(context, live_server.url, cast.officer)
    page.goto(address)
    assert page.input_value("#id_benefits") != "Fewer invented parcels wait."
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("#id_benefits") == "Fewer invented parcels wait."
    page.get_by_role("button", name="Save and go back to the tasks").click()
    page.get_by_text("Saved as revision 2").wait_for()
    page.goto(address)
    assert page.get_by_role("button", name="Put it back").count() == 0
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
    assert heard == []
    context.close()
