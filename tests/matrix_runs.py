"""The URL x role matrix of the runs of the checks."""

from __future__ import annotations

from datetime import date
from typing import Any

from governance.models import CheckRun
from tests.governance import scenes
from tests.matrix_row import DEPARTMENT, Row

LOOK = (*DEPARTMENT, "administrator")


def two_runs(cast: Any) -> dict[str, Any]:
    """A run of today and one of an earlier day, over a case that got better between."""
    scenes.catalogue()
    case = scenes.deployed(owner=cast.officer, **scenes.OPEN)
    scenes.refile(case, hi_testing_conducted="yes")
    scenes.run(scenes.DAY)
    scenes.run(date(2026, 3, 1))
    return {}


def one_run(cast: Any) -> dict[str, Any]:
    """The newest of them."""
    two_runs(cast)
    return {"uuid": CheckRun.objects.order_by("-pk")[0].uuid}


ROWS: dict[str, Row] = {
    "runs-list": Row(LOOK, two_runs),
    "runs-detail": Row(LOOK, one_run),
    "runs-compare": Row(LOOK, two_runs),
    "runs-ask": Row(("manager", "caio", "deputy", "auditor"), method="POST", body={"as_of": "2026-03-01"}),
}
