"""Every address has a row: who may open it, who may not. A new address without a row fails.

A row says for each role whether the view lets it in. In means 200, a redirect or a file, never 403 or 404; out
means 403 or 404, and for the signed-out a redirect to the sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.matrix import ROWS, Row

ROLES = (
    "officer", "other_officer", "lead", "manager", "priv", "crcl", "caio", "deputy", "secretary", "member", "leader",
    "auditor", "administrator", "nobody",
)  # fmt: skip
# Third-party addresses: allauth's own tests cover them, the admin is kept off the demo's paths.
OUTSIDE = ("admin/", "accounts/")


def names(patterns: list[Any], path: str = "") -> list[str]:
    """Names of all own addresses below a resolver."""
    found: list[str] = []
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if here.startswith(OUTSIDE):
            continue
        if isinstance(pattern, URLResolver):
            found += names(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            found.append(pattern.name or f"unnamed {here}")
    return found


def test_every_address_has_a_row() -> None:
    here = set(names(get_resolver().url_patterns))
    assert here - set(ROWS) == set(), "give these a row in tests/matrix.py"
    assert set(ROWS) - here == set(), "these addresses are gone: remove their rows"


@dataclass
class Asked:
    status: int
    location: str


def ask(client: Client, row: Row, address: str) -> Asked:
    response = client.post(address, row.body) if row.method == "POST" else client.get(address, row.body)
    if response.streaming:
        list(response)  # read to its end, a file is closed
    return Asked(response.status_code, response.headers.get("Location", ""))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_only_the_roles_of_the_row_are_let_in(name: str, cast: Any, settings: Any) -> None:
    row = ROWS[name]
    settings.PORTAL_DEMO = True
    scene: Callable[[Any], dict[str, Any]] = row.scene
    for role in ROLES:
        getattr(cast, role)
    address = reverse(name, kwargs=scene(cast))
    if not row.is_public:
        signed_out = ask(Client(), row, address)
        assert signed_out.status == 401 or signed_out.location.startswith("/accounts/login/"), signed_out
    wrong = []
    for role in ROLES:
        status = status_for(getattr(cast, role), row, address)
        assert status < 500, f"{role} got {status} from {address}"
        is_in = status not in (401, 403, 404)
        if is_in != (role in row.allowed(ROLES)):
            wrong.append(f"{role}: {status}")
    assert wrong == [], f"{name} {address}"


def status_for(person: Any, row: Row, address: str) -> int:
    """What a person is answered; what an act does is taken back, so that each role meets the same scene."""
    with transaction.atomic():
        client = Client()
        client.force_login(person)
        status = ask(client, row, address).status
        transaction.set_rollback(True)
    return status
