"""A form sent with an old token or without a session: nothing typed is lost without a word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
TYPED = {"benefits": "Fewer <b>parcels</b> wait.", "opened_on": "1", "password": "not-for-showing"}


def expired(person: Any, address: str, **headers: str) -> str:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    page = client.post(address, TYPED, headers=headers)
    assert page.status_code == 403
    return page.content.decode()


def test_an_expired_form_hands_back_what_was_typed(cast: Any) -> None:
    address = f"/use-cases/{make.use_case(owner=cast.officer).use_case_id}/tasks/basics/"
    page = expired(cast.officer, address, origin="http://testserver")
    assert "Copy your text first" in page and "Back button" in page
    assert "Fewer &lt;b&gt;parcels&lt;/b&gt; wait." in page and "Benefits" in page
    assert "not-for-showing" not in page and "Opened on" not in page


def test_what_another_site_sent_is_not_shown(cast: Any) -> None:
    address = f"/use-cases/{make.use_case(owner=cast.officer).use_case_id}/tasks/basics/"
    for headers in ({"origin": "https://elsewhere.example"}, {"origin": "null"}, {}):
        assert "parcels" not in expired(cast.officer, address, **headers)


def test_a_form_sent_without_a_session_leads_to_a_sign_in_page_that_says_so(cast: Any) -> None:
    address = f"/use-cases/{make.use_case(owner=cast.officer).use_case_id}/tasks/basics/"
    page = Client().post(address, TYPED, headers={"referer": f"http://testserver{address}?new=benefits"}, follow=True)
    shown = page.content.decode()
    assert "Your answers were not saved yet" in shown and "Back button" in shown
    assert f'name="next" value="{address}?new=benefits"' in shown
    assert shown.count("/accounts/password/reset/") == 1
    away = Client().post(address, TYPED, headers={"referer": "https://elsewhere.example/x"})
    assert away["Location"].endswith("?next=%2F&unsaved=1")
    assert "not saved yet" not in Client().get(address, follow=True).content.decode()
