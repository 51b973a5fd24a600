"""Rows of the addresses of the queue and of the workload of offices."""

from __future__ import annotations

from typing import Any

from governance.actions import lanes
from tests import lives
from tests.matrix_row import Row

READERS = ("priv", "lead", "manager", "crcl", "caio", "deputy", "auditor")


def queue_work(cast: Any) -> dict[str, Any]:
    """Something in the queue of each who has one."""
    lives.in_review(cast)
    lives.submitted(cast)
    lives.endorsed(cast)
    lives.ready(cast)
    return {}


def worked(cast: Any) -> dict[str, Any]:
    """A lane that was decided, and one that is open."""
    lanes.decide_lane(lives.lane(lives.in_review(cast)), actor=cast.priv, verb="sign_off", no_conflict=True)
    lives.in_review(cast)
    return {}


ROWS: dict[str, Row] = {
    "reviews-queue": Row(READERS, queue_work),
    "reviews-download": Row(READERS, queue_work, is_page=False),
    "reviews-assign": Row(("priv", "crcl"), method="POST"),
    "reviews-workload": Row(READERS, worked),
    "reviews-workload_file": Row(READERS, worked, is_page=False),
    "reviews-decided": Row(READERS, worked),
    "reviews-decided_file": Row(READERS, worked, is_page=False),
}
