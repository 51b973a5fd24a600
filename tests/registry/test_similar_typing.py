"""Like cases while typing, in a browser: they appear by themselves, and nothing is asked when nothing changed."""

from datetime import date

import pytest

from registry.actions.vocabulary import refresh_search_words
from tests import make
from tests.test_pages import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_like_cases_appear_while_typing_and_only_when_something_changed(browser, live_server, cast):
    given = make.answers(use_case_name="Invented walrus census", problem_solved="Nobody counts walruses.")
    make.use_case(given=given, filed_on=date(2026, 1, 28), status="recorded")
    refresh_search_words()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    enter(context, live_server.url, cast.officer)
    page = context.new_page()
    asked, heard = [], []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/similar/") else None)
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(f"{live_server.url}/use-cases/register/")
    page.fill("#id_use_case_name", "Walrus census")
    page.get_by_text("1 case like this is on record").wait_for()
    assert page.get_by_role("link", name="Invented walrus census").is_visible()
    assert len(asked) == 1
    page.fill("#id_use_case_name", "Walrus  census ")
    page.locator("#id_component").dispatch_event("input")
    page.wait_for_timeout(900)
    assert len(asked) == 1, "blanks and other fields change nothing"
    page.fill("#id_use_case_name", "Snowfall forecast")
    page.get_by_text("1 case like this is on record").wait_for(state="detached")
    assert len(asked) == 2
    assert heard == []
    context.close()
