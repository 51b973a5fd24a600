"""Every page in a real browser: axe finds nothing (WCAG 2.1 AA), and the console and the CSP stay silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from governance.models import Finding
from governance.views.findings import BULK
from tests.conftest import Cast
from tests.matrix import ROWS
from tests.matrix_findings import registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Answers that are no pages: health, files, redirects and JSON.
NOT_PAGES = {"healthz", "readyz"}
PAGES = sorted(name for name, row in ROWS.items() if row.method == "GET" and row.is_page and name not in NOT_PAGES)
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture
def tab(browser: Browser) -> Iterator[tuple[BrowserContext, Page, list[str]]]:
    """A fresh tab and the list of what its console complained about."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield context, page, heard
    context.close()


def enter(context: BrowserContext, address: str, person: Any) -> None:
    """Sign in without the form."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


def complaints(page: Page) -> list[str]:
    """What axe holds against the page, in short."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{v['id']}: {json.dumps([n['html'][:120] for n in v['nodes'][:3]])}" for v in found]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_silent(name: str, live_server: Any, tab: Any, settings: Any) -> None:
    settings.PORTAL_DEMO = True
    context, page, heard = tab
    cast, row = Cast(), ROWS[name]
    asked = f"?{urlencode(row.body, doseq=True)}" if row.body else ""
    address = live_server.url + reverse(name, kwargs=row.scene(cast)) + asked
    if not row.is_public:
        enter(context, live_server.url, getattr(cast, row.viewer))
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, f"{name}: {answer and answer.status}"
    assert complaints(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not too_wide, "the page scrolls sideways at 320 px"
    assert complaints(page) == []
    assert heard == []


def narrow_and_wide(page: Page) -> list[str]:
    """What is wrong with the page at either width."""
    found = complaints(page)
    page.set_viewport_size({"width": 320, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways at 320 px")
    found += complaints(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("act", sorted(BULK))
def test_several_findings_at_once_are_accessible(act: str, live_server: Any, tab: Any) -> None:
    context, page, heard = tab
    cast = Cast()
    registry(cast)
    enter(context, live_server.url, cast.caio)
    chosen = [("finding", str(row.uuid)) for row in Finding.objects.all()[:3]]
    page.goto(f"{live_server.url}{reverse('findings-several')}?{urlencode([('act', act), *chosen])}")
    assert page.locator("main form").count() and narrow_and_wide(page) == [] and heard == []
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.locator("main form button[type=submit]").last.click()  # empty: what is missing is said
    assert page.locator("main").count() and narrow_and_wide(page) == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/nothing-here/"])
def test_signed_out_page_is_accessible(path: str, live_server: Any, tab: Any) -> None:
    _, page, _ = tab
    page.goto(live_server.url + path)
    assert complaints(page) == []
