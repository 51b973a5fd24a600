"""The main job as people do it, in a browser: register, answer, send, endorse, triage, sign as two offices, decide,
check, and download the report as PDF. Nothing is prepared but the people, the offices and the catalogue.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page

from accounts.actions import system_account
from accounts.models import Component
from governance.actions import notices
from governance.actions.catalogue import load_all
from governance.actions.compliance import check_now
from governance.actions.reports import make_report
from governance.demo.answers import PROHIBITIONS
from governance.models import Report
from registry.models import UseCase
from tests import lives
from tests.conftest import Cast
from tests.test_pages import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "Invented flood gauge reader"


class Desk:
    """One person's browser window."""

    def __init__(self, browser: Browser, url: str, person: Any) -> None:
        self.url = url
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        enter(self.context, url, person)
        self.page: Page = self.context.new_page()
        self.heard: list[str] = []
        self.page.on("console", lambda said: self.heard.append(said.text) if said.type == "error" else None)

    def go(self, path: str) -> Page:
        answer = self.page.goto(self.url + path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        return self.page

    def press(self, name: str) -> None:
        """Press the button that is shown with this name."""
        self.page.get_by_role("button", name=re.compile(name)).locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def choose(self, field: str, value: str) -> None:
        """Click the label, as people do: the design system draws the box itself and hides the browser's."""
        box = self.page.locator(f"[name='{field}'][value='{value}']")
        label = self.page.locator(f"label[for='{box.get_attribute('id')}']")
        label.first.click() if label.count() else box.check()

    def close(self) -> None:
        assert self.heard == []
        self.context.close()


@pytest.fixture
def desks(browser: Browser, live_server: Any) -> Any:
    """A desk for each person asked for, closed at the end."""
    load_all(django_settings.FIXTURES_DIR, actor=system_account())
    cast, made = Cast(), {}

    def desk(name: str) -> Desk:
        if name not in made:
            made[name] = Desk(browser, live_server.url, getattr(cast, name))
        return made[name]

    yield desk
    for one in made.values():
        one.close()


def register(desk: Desk) -> str:
    """From nothing to a draft: four answers."""
    page = desk.go("/use-cases/register/")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Component").select_option(str(Component.objects.get(code="CBP").pk))
    page.get_by_label("What problem does it solve?").fill("Gauges are read by hand twice a day.")
    page.get_by_label("What does the AI give out?").fill("A water level for each picture.")
    desk.press("Save the draft")
    return UseCase.objects.get(name=NAME).use_case_id


def answer_sections(desk: Desk, use_case_id: str) -> None:
    """Every section the present stage needs, each saved on its own."""
    choices = {
        "scope": {
            "is_ai": "yes", "is_in_scope": "yes", "scr_rights_safety": "no", "scr_biometrics": "none",
            "scr_generative_ai": "no",
        },
        "basics": {"development_stage": "pre_deployment", "classification": "computer_vision"},
        "authority": {"scr_persons_affected": "none", "scr_law_enforcement": "no"},
        "system": {"scr_vendor": "no", "scr_ato": "planned"},
        "data": {"scr_pii": "unknown"},
        "prohibited": dict.fromkeys(PROHIBITIONS, "no"),
        "impact": {"is_high_impact": "not_high_impact", "scr_presumed_categories": "none"},
        "publication": {"is_withheld": "no"},
    }  # fmt: skip
    texts = {
        "basics": {"contact_email": "gauges@example.invalid", "benefits": "Warnings come an hour earlier."},
        "scope": {"is_ai_reason": "A model reads the picture."},
    }
    for slug, fields in choices.items():
        page = desk.go(f"/use-cases/{use_case_id}/tasks/{slug}/")
        for field, value in fields.items():
            desk.choose(field, value)
        for field, text in texts.get(slug, {}).items():
            page.locator(f"[name='{field}']").fill(text)
        if slug == "basics":
            page.locator("[name='topic_area']").select_option("emergency_management")
        desk.press("Save and go on")


def send(desk: Desk, use_case_id: str) -> None:
    page = desk.go(f"/use-cases/{use_case_id}/check/")
    page.locator("label[for='id_signed']").click()
    desk.press("Send")


def sign_off(desk: Desk) -> None:
    """From the queue to the lane, and signed."""
    page = desk.go("/reviews/")
    page.get_by_role("link", name=NAME).first.click()
    desk.choose("verb", "sign_off")
    page.get_by_label("I have no conflict of interest in this case").check()
    desk.press("Sign off|Record the decision")


def status(use_case_id: str) -> str:
    return UseCase.objects.get(use_case_id=use_case_id).status


def test_a_case_goes_from_registering_to_the_report(desks: Any, tmp_path: Path, mailoutbox: list[Any]) -> None:
    officer = desks("officer")
    use_case_id = register(officer)
    answer_sections(officer, use_case_id)
    send(officer, use_case_id)
    assert status(use_case_id) == "submitted"

    lead = desks("lead")
    lead.go(f"/reviews/{use_case_id}/endorse/")
    lead.choose("verb", "endorse")
    lead.press("Endorse|Record the answer")
    assert status(use_case_id) == "endorsed"
    notices.dispatch()  # as the worker does meanwhile; what is overtaken is told to nobody

    manager = desks("manager")
    manager.go(f"/reviews/{use_case_id}/triage/")
    for field in ("is_ai", "in_scope", "is_complete"):
        manager.choose(field, "yes")
    manager.press("Record the triage")
    assert status(use_case_id) == "in_review"

    lives.own_officers_pass(UseCase.objects.get(use_case_id=use_case_id))  # the component's own officer comes first
    sign_off(desks("priv"))
    assert status(use_case_id) == "in_review", "one office is left"
    sign_off(desks("ciso"))
    assert status(use_case_id) == "ready_for_decision"

    caio = desks("caio")
    page = caio.go(f"/reviews/{use_case_id}/decide/")
    caio.choose("outcome", "approve")
    caio.choose("impact", "not_high_impact")
    page.locator("[name='reason']").fill("Both offices agree, and no person is concerned.")
    caio.press("Approve|Record the decision")
    assert status(use_case_id) == "approved"

    check_now(actor=system_account())
    page = officer.go(f"/use-cases/{use_case_id}/")
    assert "approved it" in page.content()
    assert page.get_by_text("screening answers are missing or unknown").count() >= 1, "the check's finding is shown"

    notices.dispatch()
    subjects = [letter.subject for letter in mailoutbox]
    assert any("endorsed" in s for s in subjects) and any("approved" in s for s in subjects)
    assert all(NAME not in letter.subject + letter.body for letter in mailoutbox), "no case content in a mail"

    download_report(desks("leader"), tmp_path)


def download_report(desk: Desk, folder: Path) -> None:
    """Ask for it, let the worker's action make it, see it done, and take the PDF."""
    desk.go("/reports/")
    desk.press("Make it now")
    made = make_report(Report.objects.get(state="queued").uuid)
    assert made is not None
    desk.page.reload()
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name=re.compile("PDF")).first.click()
    path = folder / "status.pdf"
    waiting.value.save_as(path)
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) >= 2
        assert pdf.Root.MarkInfo.Marked
