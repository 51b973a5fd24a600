"""Rows of the URL x role matrix: the list, its views, tags, bulk acts and updates asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from registry.actions import bulk, saved_views, tagging, updates
from registry.models import SavedView, UpdateRequest, UseCase
from tests import make
from tests.matrix_row import CBP, DEPARTMENT, EVERYBODY, Row

FILED: dict[str, Any] = {"filed_on": date(2026, 1, 28), "status": "recorded"}
WORKING = (*CBP, "other_officer", *DEPARTMENT)
ACTING = (*CBP, "other_officer", "manager")


def owned(cast: Any) -> UseCase:
    """A filed CBP case of the officer's with a tag."""
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    tagging.tag([row], ["invented spring clean"], actor=cast.officer)
    return row


def case_id(cast: Any) -> dict[str, Any]:
    """Its ID."""
    return {"use_case_id": owned(cast).use_case_id}


def some_rows(cast: Any) -> dict[str, Any]:
    """The list is not empty."""
    owned(cast)
    return {}


def view_of(person: str, audience: str) -> Any:
    """A view somebody made."""

    def scene(cast: Any) -> dict[str, Any]:
        who = getattr(cast, person)
        place = make.component("CBP") if audience == "component" else None
        made = saved_views.save_view(
            "Invented pilots", "stage=pilot", audience=audience, component=place, actor=who
        )  # fmt: skip
        return {"uuid": made.uuid}

    return scene


def some_views(cast: Any) -> dict[str, Any]:
    """A view of one's own and a shared one."""
    view_of("officer", "component")(cast)
    view_of("officer", "private")(cast)
    return {}


def removed_view(cast: Any) -> dict[str, Any]:
    """A view its author removed."""
    given = view_of("officer", "component")(cast)
    saved_views.remove_view(SavedView.objects.get(**given), actor=cast.officer)
    return given


def asked(cast: Any) -> dict[str, Any]:
    """An update the lead asked the officer for."""
    due = timezone.localdate() + timedelta(days=14)
    outcome = updates.ask_for_update([owned(cast)], due_on=due, note="Invented question.", actor=cast.lead)
    return {"uuid": UpdateRequest.objects.get(act=outcome.act).uuid}


def done(cast: Any) -> dict[str, Any]:
    """A bulk the officer has just carried out."""
    cases = [owned(cast), make.use_case(component_code="FEMA", filed_on=date(2026, 1, 28), status="recorded")]
    return {"act": bulk.act_on("tag", cases, query="", names=["invented"], actor=cast.officer)}


ROWS: dict[str, Row] = {
    "use_cases-list": Row(EVERYBODY, some_rows),
    "use_cases-list_pdf": Row(EVERYBODY, some_rows, is_page=False),
    "use_cases-bulk": Row(ACTING, some_rows, body={"act": "tag", "every": "1"}),
    "use_cases-acted": Row(("officer",), done),
    "use_cases-tags": Row((*CBP, "manager"), case_id, method="POST", body={"tags": "Invented"}),
    "updates-unchanged": Row(("officer",), asked, method="POST"),
    "updates-take_back": Row(("lead",), asked, method="POST"),
    "saved_views-list": Row(WORKING, some_views),
    "saved_views-save": Row(WORKING, method="POST", body={"name": "Invented", "audience": "private"}),
    "saved_views-columns": Row(WORKING, method="POST", body={"cols": "status"}),
    "saved_views-change": Row(("officer",), view_of("officer", "component")),
    "saved_views-update": Row(("officer",), view_of("officer", "component"), method="POST"),
    "saved_views-remove": Row(("officer",), view_of("officer", "component"), method="POST"),
    "saved_views-restore": Row(("officer",), removed_view, method="POST"),
    "saved_views-default": Row(CBP, view_of("officer", "component"), method="POST"),
}
