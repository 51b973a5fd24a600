"""The URL x role matrix of the policy catalogue's further pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.actions import policy
from tests.governance import scenes
from tests.matrix_row import EVERYBODY, Row

EDITION = {"slug": "omb-m-25-21", "day": "2025-04-03"}
TRIERS = ("caio", "deputy", "manager", "auditor")


def edition(cast: Any) -> dict[str, Any]:
    """An edition with cases under it."""
    scenes.catalogue()
    scenes.deployed(owner=cast.officer, **scenes.OPEN)
    scenes.run()
    return dict(EDITION)


def tried(cast: Any) -> dict[str, Any]:
    """A draft that was tried out."""
    edition(cast)
    path = settings.FIXTURES_DIR / "policy" / "omb-m-25-21" / "2025-04-03.yaml"
    made = policy.request_simulation(
        actor=cast.caio, name="draft.yaml", text=path.read_text(), as_of=timezone.localdate()
    )
    policy.perform_simulation(made.uuid)
    return {"uuid": made.uuid}


def tried_before(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    tried(cast)
    return {}


ROWS: dict[str, Row] = {
    "policy-compare": Row(EVERYBODY, edition, body={"with": "omb-m-24-10/2024-03-28"}),
    "policy-affected": Row(EVERYBODY, edition, body={"ref": "M-25-21/practice/i"}),
    "policy-sign": Row(("caio",), edition, method="POST"),
    "policy-what_if": Row(TRIERS, tried_before),
    "policy-simulation": Row(TRIERS, tried),
}
