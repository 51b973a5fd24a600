"""The URL x role matrix of the yearly inventory."""

from __future__ import annotations

from typing import Any

from registry.actions import submissions
from tests import make_cycles
from tests.matrix_row import CBP, EVERYBODY, Row

KNOWS_ALL = ("manager", "caio", "deputy", "auditor")
WHOLE = (*KNOWS_ALL, "leader")
SEES = ("lead", "officer", "other_officer", *WHOLE)
FREEZES = ("manager", "caio", "deputy")
YEAR = {"year": make_cycles.YEAR}
PART = {**YEAR, "code": "CBP"}


def opened(cast: Any) -> dict[str, Any]:
    """The cycle with two CBP cases, one of them gone through."""
    cases = [make_cycles.reported(cast.officer) for _ in range(2)]
    make_cycles.cycle(cast)
    make_cycles.go_through(cases[0], cast.officer, {"benefits": "Parcels wait an hour less."})
    return YEAR


def listed(cast: Any) -> dict[str, Any]:
    """The same, for an address without arguments."""
    opened(cast)
    return {}


def part(cast: Any) -> dict[str, Any]:
    """CBP's part of it."""
    return {**opened(cast), "code": "CBP"}


def one_case(cast: Any) -> dict[str, Any]:
    """A case nobody has gone through."""
    case = make_cycles.reported(cast.officer, operational_date="2025-02-03", development_stage="pilot")
    make_cycles.cycle(cast)
    return {**YEAR, "use_case_id": case.use_case_id}


def came_back(cast: Any) -> dict[str, Any]:
    """A workbook the lead brought back: a change, a conflict, a cell that is not taken."""
    case, other = make_cycles.reported(cast.officer), make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    edited = make_cycles.Edited(make_cycles.taken_out(call, cast.lead))
    edited.put(case, benefits="Parcels are found.", problem_solved="They were lost.", holds="Yes")
    edited.put(other, development_stage="maybe")
    make_cycles.go_through(case, cast.officer, {"problem_solved": "They wait."})
    return {"uuid": make_cycles.returned(call, edited.saved(), cast.lead).uuid}


def certified(cast: Any) -> dict[str, Any]:
    """CBP's part certified, and out of date since."""
    opened(cast)
    row = make_cycles.certified(cast)
    make_cycles.go_through(make_cycles.reported(cast.officer), cast.officer)
    return {"uuid": row.uuid}


def certified_part(cast: Any) -> dict[str, Any]:
    """Its page."""
    certified(cast)
    return PART


def signed(cast: Any) -> dict[str, Any]:
    """A part the lead owns alone, signed and not countersigned."""
    make_cycles.reported(cast.lead)
    make_cycles.cycle(cast)
    return {"uuid": make_cycles.certified(cast).uuid}


def submission(cast: Any) -> dict[str, Any]:
    """A frozen inventory, one correction in its log and one that waits."""
    if known := make_cycles.Submission.objects.filter(cycle__year=make_cycles.YEAR).first():
        return {**YEAR, "number": known.number}
    cases = [make_cycles.reported(cast.officer) for _ in range(2)]
    make_cycles.cycle(cast)
    row = make_cycles.frozen(cast)
    for case in cases:
        make_cycles.filed_since(case, cast.officer, benefits="Parcels wait two hours less.")
    submissions.amend(row, [cases[0].use_case_id], reason="A figure was wrong.", actor=cast.manager)
    submissions.publish(row, make_cycles.BEFORE, actor=cast.manager)
    return {**YEAR, "number": row.number}


def published(cast: Any) -> dict[str, Any]:
    """The public log of it."""
    submission(cast)
    return YEAR


ROWS: dict[str, Row] = {
    "cycles-list": Row(("manager", *SEES), listed),
    "cycles-overview": Row(("manager", *SEES), opened),
    "cycles-close": Row(("manager",), opened, method="POST"),
    "cycles-reopen": Row(("manager",), opened, method="POST", body={"reason": "Too early."}),
    "cycles-remind": Row(("manager",), opened, method="POST"),
    "cycles-call": Row(("manager",), opened, method="POST", body={"component": "CBP"}),
    "cycles-changes": Row(("manager", *SEES), opened),
    "cycles-compare": Row(("manager", *SEES), listed),
    "cycles-count": Row(KNOWS_ALL, opened, method="POST"),
    "cycles-freeze": Row(FREEZES, opened),
    "submissions-detail": Row(KNOWS_ALL, submission),
    "submissions-file": Row(KNOWS_ALL, submission, is_page=False),
    "submissions-amend": Row(FREEZES, submission, method="POST", body={"reason": "x"}),
    "submissions-publish": Row(FREEZES, submission, method="POST", body={"published_on": "2026-01-28"}),
    "public-revisions": Row(EVERYBODY, published, is_public=True),
    "calls-case": Row(CBP, one_case),
    "calls-detail": Row(("lead", "officer", *WHOLE), part),
    "calls-extend": Row(("manager",), part, method="POST"),
    "calls-close": Row(("manager",), part, method="POST"),
    "calls-reopen": Row(("manager",), part, method="POST", body={"reason": "Too early."}),
    "calls-workbook": Row(("lead", "officer", "manager"), part, is_page=False),
    "calls-bring_back": Row(("lead", "officer", "manager"), part),
    "calls-certify": Row(("lead", *KNOWS_ALL), certified_part),
    "certifications-countersign": Row(("manager",), signed, method="POST"),
    "certifications-withdraw": Row(("lead", "manager"), certified, method="POST", body={"reason": "Too early."}),
    "calls-returned": Row(("lead", "manager"), came_back),
    "calls-take": Row(("lead", "manager"), came_back, method="POST"),
    "calls-discard": Row(("lead", "manager"), came_back, method="POST"),
}
