"""The URL x role matrix: a row an address. `scene` makes what the address is about and gives its arguments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from governance.models import AgendaItem, Finding
from registry.actions import inventory
from tests import (
    lives,
    make,
    matrix_files,
    matrix_findings,
    matrix_know,
    matrix_list,
    matrix_notices,
    matrix_participation,
    matrix_past,
    matrix_policy,
    matrix_quest,
    matrix_records,
    matrix_runs,
    matrix_seals,
)
from tests.governance import scenes
from tests.matrix_row import CBP, DEPARTMENT, EVERYBODY, Row, Scene
from tests.matrix_talk import ROWS_TALK
from tests.registry.make_inventory import case, csv_file, grid


def some_person(cast: Any) -> dict[str, Any]:
    """A fictional person."""
    return {"pk": make.person().pk}


def some_membership(cast: Any) -> dict[str, Any]:
    """A role somebody holds."""
    return {"pk": Membership.objects.get(user=cast.colleague).pk}


def recorded_case(cast: Any) -> dict[str, Any]:
    """A CBP case from an inventory, filed, owned by the officer."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    return {"use_case_id": row.use_case_id}


def case_in(status: str) -> Scene:
    """A CBP case in a status, brought there by the actions."""

    def scene(cast: Any) -> dict[str, Any]:
        return {"use_case_id": lives.STATUSES[status](cast).use_case_id}

    return scene


def some_lane(cast: Any) -> dict[str, Any]:
    """An open lane of the Privacy Office in a second round, with something changed since it was sent back."""
    case = lives.answer(lives.returned(cast), cast.officer, benefits="Parcels reach the right bench an hour sooner.")
    return {"uuid": lives.lane(lives.to_review_again(case, cast)).uuid}


def some_item(cast: Any) -> dict[str, Any]:
    """A case before an open meeting, one vote cast."""
    item = lives.scheduled(cast)
    lives.vote(item, cast, "approve")
    return {"uuid": item.uuid}


def some_meeting(cast: Any) -> dict[str, Any]:
    """An open meeting with a case on its agenda and one that waits."""
    item = lives.scheduled(cast)
    lives.at_board(cast)
    return {"uuid": AgendaItem.objects.get(pk=item.pk).meeting.uuid}


def some_meeting_listed(cast: Any) -> dict[str, Any]:
    """The list with a meeting and a waiting case."""
    some_meeting(cast)
    return {}


def draft(cast: Any) -> dict[str, Any]:
    """A CBP draft of the officer's that was never filed."""
    return {"use_case_id": make.use_case(owner=cast.officer).use_case_id}


def unowned(cast: Any) -> dict[str, Any]:
    """A recorded CBP case nobody owns."""
    row = make.use_case(filed_on=date(2026, 1, 28), status="recorded")
    return {"use_case_id": row.use_case_id}


def previewed_file(cast: Any) -> dict[str, Any]:
    """A file the component lead has read; it has a row that would be left out."""
    make.component("ICE")
    content = csv_file(grid([case(1), case(2, agency_bureau="ICE"), case(3, pia_url="no link")])).encode()
    return {"uuid": inventory.preview(content, "inventory.csv", actor=cast.lead).uuid}


def open_correction(cast: Any) -> dict[str, Any]:
    """What a file would change in a CBP draft of the officer's."""
    row = make.use_case(owner=cast.officer)
    content = csv_file(grid([case(1, id=row.use_case_id)])).encode()
    batch = inventory.import_file(content, "inventory.csv", actor=cast.manager)
    return {"uuid": batch.corrections.get().uuid}


def corrections(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    open_correction(cast)
    return {}


ADMINISTRATORS = ("administrator",)
SEE_BOARD = ("secretary", "member", "caio", "deputy", "manager", "auditor")

REPORT_READERS = ("leader", "caio", "deputy", "manager", "auditor", "secretary", "member")


def practised_case(cast: Any) -> dict[str, Any]:
    """A CBP deployed high-impact case of the officer's, checked, with a finding and evidence."""
    scenes.catalogue()
    row = scenes.deployed(owner=cast.officer, hi_testing_conducted="in_progress", hi_appeal_process="not_applicable")
    scenes.evidence(row, "monitoring")
    scenes.waiver(row, "training")
    scenes.run()
    return {"use_case_id": row.use_case_id}


def standing_registry(cast: Any) -> dict[str, Any]:
    """A registry with findings."""
    practised_case(cast)
    return {}


def one_practice(name: str) -> Scene:
    """One practice of a checked case."""
    return lambda cast: {**practised_case(cast), "practice": name}


def some_finding(cast: Any) -> dict[str, Any]:
    """A finding of a CBP case."""
    practised_case(cast)
    return {"uuid": Finding.objects.order_by("pk")[0].uuid}


def waiting_report(cast: Any) -> dict[str, Any]:
    """A report that was asked for."""
    scenes.catalogue()
    return {"uuid": scenes.report(cast).uuid}


def shelf(cast: Any) -> dict[str, Any]:
    """A shelf with one edition."""
    made_report(cast)
    return {}


def made_report(cast: Any) -> dict[str, Any]:
    """A report as made, with invented bytes: rendering has tests of its own."""
    made = scenes.report(cast)
    columns: dict[str, Any] = {"pdf": b"%PDF-", "xlsx": b"PK", "html": "<!doctype html><title>Invented</title>"}
    type(made).objects.filter(pk=made.pk).update(state="done", pages=1, finished_at=timezone.now(), **columns)
    return {"uuid": made.uuid, "file_format": "pdf"}


OVERSEERS = ("caio", "deputy", "auditor")
EXPORT = {"cycle": 2025, "layout": "dhs-2025", "audience": "omb", "format": "csv"}


def _more() -> dict[str, Row]:
    """Rows other areas keep in files of their own, which take `Row` and the scenes from here."""
    from tests import (
        matrix_cots,
        matrix_cycles,
        matrix_dashboards,
        matrix_determine,
        matrix_exceptions,
        matrix_gates,
        matrix_holds,
        matrix_lanes,
        matrix_outside,
        matrix_people,
        matrix_queue,
        matrix_systems,
    )  # fmt: skip

    more = (
        matrix_systems, matrix_cots, matrix_cycles, matrix_outside, matrix_lanes, matrix_people, matrix_queue,
        matrix_determine,
        matrix_holds,
        matrix_gates,
        matrix_exceptions,
        matrix_dashboards,
    )  # fmt: skip
    return {name: row for module in more for name, row in module.ROWS.items()}


ROWS: dict[str, Row] = {
    **ROWS_TALK,
    "healthz": Row(EVERYBODY, is_public=True),
    "readyz": Row(EVERYBODY, is_public=True),
    "demo-people": Row(EVERYBODY, is_public=True),
    "home": Row(EVERYBODY),
    "people-me": Row(EVERYBODY),
    "people-tokens": Row(EVERYBODY),
    "api-schema": Row(EVERYBODY, is_page=False),
    "api-reference": Row(EVERYBODY),
    "api-use_cases-list": Row(EVERYBODY, is_page=False),
    "api-use_cases-detail": Row((*CBP, *DEPARTMENT), recorded_case, is_page=False),
    "api-revisions-list": Row((*CBP, *DEPARTMENT), recorded_case, is_page=False),
    "api-policy-list": Row(EVERYBODY, is_page=False),
    "api-findings-list": Row(EVERYBODY, is_page=False),
    "api-findings-detail": Row((*CBP, *DEPARTMENT), some_finding, is_page=False),
    "api-reports-list": Row(EVERYBODY, is_page=False),
    "api-reports-detail": Row(REPORT_READERS, waiting_report, is_page=False),
    "people-list": Row(ADMINISTRATORS),
    "people-invite": Row(ADMINISTRATORS),
    "people-components": Row(ADMINISTRATORS),
    "people-detail": Row(ADMINISTRATORS, some_person),
    "people-reactivate": Row(ADMINISTRATORS, some_person, method="POST"),
    "people-deactivate": Row(ADMINISTRATORS, some_person, method="POST"),
    "people-end-membership": Row(ADMINISTRATORS, some_membership, method="POST"),
    # a case's own page and steps
    "use_cases-detail": Row((*CBP, *DEPARTMENT), case_in("approved_with_conditions")),
    "use_cases-check": Row(("officer", "lead"), case_in("draft")),
    "use_cases-submit": Row(("officer", "lead"), case_in("draft"), method="POST"),
    "use_cases-withdraw": Row(("officer", "lead", "manager"), case_in("submitted")),
    "use_cases-suspend": Row(("caio", "deputy"), case_in("approved")),
    "use_cases-resume": Row(("caio",), case_in("suspended")),
    "use_cases-retire": Row(("officer", "lead", "manager"), case_in("approved")),
    # reviews
    "reviews-lane": Row(("priv",), some_lane),
    "reviews-endorse": Row(("lead",), case_in("submitted")),
    "reviews-triage": Row(("manager",), case_in("endorsed")),
    "reviews-decide": Row(("caio", "deputy"), case_in("ready_for_decision")),
    # the Board
    "board-meetings": Row(SEE_BOARD, some_meeting_listed),
    "board-open_meeting": Row(("secretary",), method="POST"),
    "board-meeting": Row(SEE_BOARD, some_meeting),
    "board-schedule": Row(("secretary",), some_meeting, method="POST"),
    "board-close_meeting": Row(("secretary",), some_meeting, method="POST"),
    "board-item": Row(SEE_BOARD, some_item),
    "board-vote": Row(("member",), some_item, method="POST"),
    "board-close_item": Row(("secretary",), some_item, method="POST"),
    "use_cases-register": Row(("officer", "other_officer", "lead")),
    "use_cases-tasks": Row((*CBP, *DEPARTMENT), recorded_case),
    "use_cases-section": Row(CBP, lambda cast: {**draft(cast), "slug": "scope"}),
    "use_cases-revision": Row((*CBP, *DEPARTMENT), lambda cast: {**recorded_case(cast), "number": 1}),
    "use_cases-people": Row(CBP, recorded_case),
    **matrix_know.ROWS,
    **matrix_policy.ROWS,
    **matrix_seals.ROWS,
    **matrix_runs.ROWS,
    "use_cases-delete": Row(("officer", "lead"), draft, method="POST"),
    "use_cases-accept": Row(CBP, unowned, method="POST"),
    "compliance-overview": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    "compliance-matrix": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    "compliance-findings": Row(("auditor", *CBP, "other_officer", *DEPARTMENT), standing_registry),
    **matrix_findings.ROWS,
    "compliance-component": Row(
        ("auditor", *CBP, *DEPARTMENT), lambda cast: {**standing_registry(cast), "code": "CBP"}
    ),
    "compliance-practices": Row((*CBP, *DEPARTMENT), practised_case),
    "compliance-evidence": Row(CBP, one_practice("testing")),
    "compliance-verification": Row(("manager", "priv", "crcl", "caio", "deputy"), one_practice("monitoring")),
    "compliance-acceptance": Row(("caio",), one_practice("appeals")),
    "compliance-waiver": Row(("caio",), one_practice("testing")),
    "policy-list": Row(EVERYBODY, standing_registry),
    "policy-edition": Row(
        EVERYBODY, lambda cast: {**standing_registry(cast), "slug": "omb-m-25-21", "day": "2025-04-03"}
    ),
    "reports-list": Row((*REPORT_READERS, "lead"), shelf),
    "reports-make": Row((*REPORT_READERS, "lead"), method="POST"),
    "reports-detail": Row(REPORT_READERS, lambda cast: {"uuid": made_report(cast)["uuid"]}),
    "reports-download": Row(REPORT_READERS, made_report, is_page=False),
    "inventory-imports": Row(("manager", "lead", *OVERSEERS)),
    "inventory-preview": Row(("manager", "lead", *OVERSEERS), previewed_file),
    "inventory-confirm": Row(("manager", "lead"), previewed_file, method="POST"),
    "inventory-discard": Row(("manager", "lead"), previewed_file, method="POST"),
    "inventory-check": Row(("manager", *OVERSEERS), corrections, body=EXPORT),
    "inventory-export": Row(("manager", *OVERSEERS), corrections, body=EXPORT, is_page=False),
    "corrections-list": Row((*CBP, "other_officer", "manager", *OVERSEERS), corrections),
    "corrections-accept": Row((*CBP, "manager"), open_correction, method="POST"),
    "corrections-refuse": Row((*CBP, "manager"), open_correction, method="POST"),
    **matrix_files.ROWS,
    **matrix_list.ROWS,
    **matrix_notices.ROWS,
    **matrix_participation.ROWS,
    **matrix_past.ROWS,
    **matrix_records.ROWS,
}
ROWS |= _more()
ROWS |= matrix_quest.rows(Row, CBP, DEPARTMENT)
