"""The URL x role matrix of common commercial uses, and of what looks wrong in the inventory."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.actions import cots_import, quality_marks
from registry.actions.cots import Answer, Place, answer, settle
from registry.models import CotsUse
from tests import make
from tests.matrix_row import CBP, DEPARTMENT, Row

SHOWN = {"year": 2025}
WORK = (*CBP, "other_officer")
YEAR = 2025
KNOWS_ALL = ("manager", "caio", "deputy", "auditor")
LIST = (
    "Agency,AI Use Case,Agency Use (Y/N)?,Name of Commercial Product or Service Used,Estimated # of Licenses/Users\r\n"
    "Department of Homeland Security,Generating code using AI.,Y,Invented Coder,1001-5000\r\n"
    "Department of Homeland Security,Planning travel routes using AI-driven map applications.,N,,\r\n"
).encode("utf-8-sig")


def answered(cast: Any) -> dict[str, Any]:
    """Two components answered, one by a number and one by a band; one use was settled."""
    if CotsUse.objects.exists():
        return {}
    cbp, fema = make.component("CBP"), make.component("FEMA")
    given = {"l": Answer(True, "Invented Coder", 900), "r": Answer(False)}
    answer(cbp, YEAR, given, attested=True, actor=cast.lead)
    answer(fema, YEAR, {"l": Answer(True, "Invented Coder", band="101-1000")}, attested=False, actor=cast.manager)
    settle(cbp.agency, YEAR, "r", Answer(False), why="Invented: nobody uses it.", actor=cast.manager)
    return {}


def of_component(cast: Any) -> dict[str, Any]:
    """A component's list with something in it."""
    answered(cast)
    return {"code": "CBP"}


def of_use(cast: Any) -> dict[str, Any]:
    """A use that components answered."""
    answered(cast)
    return {"code": "l"}


def file(cast: Any) -> dict[str, Any]:
    """A file that differs from what was settled."""
    answered(cast)
    place = Place(make.component("CBP").agency, None, YEAR)
    looked = cots_import.look(LIST, "list.csv", agency=place.agency, actor=cast.manager)
    return {"uuid": cots_import.preview(looked, LIST, "list.csv", actor=cast.manager).uuid}


def looked_at(cast: Any) -> dict[str, Any]:
    """Cases with things to look at, and a count of them."""
    for _ in range(2):
        make.use_case(owner=cast.officer, given=make.answers(have_ato="no", development_stage="pilot"),
                      status="recorded", filed_on=date(2026, 1, 28))  # fmt: skip
    quality_marks.count_quality(actor=cast.manager)
    return {}


ROWS: dict[str, Row] = {
    "cots-overview": Row((*WORK, *DEPARTMENT), answered, body=SHOWN),
    "cots-component": Row((*WORK, *DEPARTMENT), of_component, body=SHOWN),
    "cots-settle": Row(("manager",), of_use, body=SHOWN),
    "cots-bring": Row(("lead", "manager"), answered),
    "cots-preview": Row(KNOWS_ALL, file),
    "quality-overview": Row((*WORK, *DEPARTMENT), looked_at),
    "quality-cases": Row((*WORK, *DEPARTMENT), looked_at),
    "quality-count": Row(("manager",), looked_at, method="POST"),
    "cots-download": Row(KNOWS_ALL, answered, is_page=False),
}
