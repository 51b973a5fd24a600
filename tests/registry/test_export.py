"""Exporting the inventory: what is in it on a day, and that nothing is lost on the way out and back in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Agency, Component, User
from audit.models import Event
from audit.workflow import Refused
from registry import organization
from registry.actions import inventory
from registry.actions.inventory.files import all_layouts, as_json
from registry.inventory.read import read
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.yaml_source import FIXTURES
from tests import make
from tests.registry.make_inventory import defective_workbook
from tests.registry.test_inventory_write import cells

PUBLISHED = date(2026, 1, 28)


def out(actor: User, layout: str = "omb-2025", **options: Any) -> inventory.Export:
    given = {"cycle": 2025, "audience": "omb", "format": "csv"} | options
    return inventory.export(actor=actor, layout=all_layouts()[layout], **given)


def ids(made: inventory.Export) -> list[str | None]:
    return [row.use_case_id for row in read(made.content, name="x", layouts=all_layouts()).rows]


def with_status(number: int, status: str, since: date, **answers: Any) -> UseCase:
    made = make.use_case(
        use_case_id=f"DHS-{number}", filed_on=PUBLISHED, status="recorded", given=make.answers(**answers)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE registry_usecase SET status = %s, status_changed_at = %s WHERE id = %s", [status, since, made.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    return UseCase.objects.get(pk=made.pk)


# -- membership -------------------------------------------------------------------------------------


def test_every_filed_case_is_in_and_drafts_are_not(cast: Any) -> None:
    make.use_case(use_case_id="DHS-10", filed_on=PUBLISHED, status="recorded")
    make.use_case(use_case_id="DHS-9", filed_on=PUBLISHED, status="recorded")
    make.use_case(use_case_id="DHS-8")
    assert ids(out(cast.manager)) == ["DHS-9", "DHS-10"]


def test_the_document_that_counts_on_the_day_is_written(cast: Any) -> None:
    make.use_case(use_case_id="DHS-9", filed_on=PUBLISHED, status="recorded")
    batch = inventory.preview(out(cast.manager).content.replace(b"invented parcels", b"other parcels"), "x.csv",
                              actor=cast.manager, effective_on=date(2026, 7, 1))  # fmt: skip
    assert inventory.confirm(batch, actor=cast.manager).summary["updated"] == 1
    assert b"other parcels" in out(cast.manager).content
    assert b"other parcels" not in out(cast.manager, as_of=date(2026, 6, 30)).content
    assert out(cast.manager, as_of=PUBLISHED - timedelta(days=1)).rows == 0


def test_withdrawn_and_never_used_rejected_cases_are_out_from_their_day_on(cast: Any) -> None:
    with_status(1, "withdrawn", date(2026, 5, 1))
    with_status(2, "rejected", date(2026, 5, 1))
    with_status(3, "rejected", date(2026, 5, 1), development_stage="deployed")
    with_status(4, "suspended", date(2026, 5, 1))
    assert ids(out(cast.manager)) == ["DHS-3", "DHS-4"]
    assert ids(out(cast.manager, as_of=date(2026, 3, 1))) == ["DHS-1", "DHS-2", "DHS-3", "DHS-4"]


def test_public_file_has_no_restricted_and_no_withheld_case_and_no_persons_address(cast: Any) -> None:
    make.use_case(use_case_id="DHS-1", filed_on=PUBLISHED, status="recorded")
    make.use_case(use_case_id="DHS-2", filed_on=PUBLISHED, status="recorded", handling=Handling.RESTRICTED)
    withheld = make.answers(is_withheld="prohibited_by_law")
    make.use_case(use_case_id="DHS-3", filed_on=PUBLISHED, status="recorded", given=withheld)
    public = out(cast.manager, audience="public", layout="dhs-2025")
    assert ids(public) == ["DHS-1"] and public.rows == 1
    assert b"parcels@example.invalid" not in public.content and b"AI@hq.dhs.gov" in public.content
    assert ids(out(cast.manager)) == ["DHS-1", "DHS-2", "DHS-3"]
    viewed = Event.objects.filter(kind="use_case.viewed")
    assert [event.timeline for event in viewed] == ["DHS-2"], "a restricted case that leaves is an event"


def test_every_export_is_an_event_with_its_sha256(cast: Any) -> None:
    make.use_case(use_case_id="DHS-1", filed_on=PUBLISHED, status="recorded")
    made = out(cast.manager)
    event = Event.objects.get(kind="inventory.exported")
    assert event.data["sha256"] == made.sha256 and event.data["as_of"] == str(timezone.localdate())
    assert event.actor == cast.manager


def test_only_those_who_run_decide_or_audit_export(cast: Any) -> None:
    make.component("CBP")
    for who in ("officer", "lead", "priv", "leader", "administrator", "nobody"):
        with pytest.raises(Refused):
            out(getattr(cast, who))
    assert out(cast.auditor).rows == 0


def test_answer_the_layout_has_no_words_for_is_refused_by_name(cast: Any) -> None:
    given = make.answers(classification="invented_kind")
    make.use_case(use_case_id="DHS-1", filed_on=PUBLISHED, status="recorded", given=given)
    with pytest.raises(Refused, match=r"DHS-1 \(.*: invented_kind\)"):
        out(cast.manager)


# -- out and back in --------------------------------------------------------------------------------


@pytest.fixture
def portal(db: None) -> User:
    """DHS as its organisation file describes it."""
    source = organization.load(FIXTURES / "organization" / "dhs.yaml")
    agency = Agency.objects.create(
        code=source.agency.code, name=source.agency.name, public_mailbox=source.agency.public_mailbox
    )
    for part in source.components:
        Component.objects.create(agency=agency, code=part.code, name=part.name)
    return system_account()


def there_and_back(content: bytes, name: str, layout: str, form: str, actor: User) -> None:
    inventory.import_file(content, name, actor=actor)
    first = out(actor, layout, format=form)
    facts = dict(UseCase.objects.values_list("use_case_id", "filed_document"))
    again = inventory.import_file(first.content, f"again.{form}", actor=actor)
    assert again.summary["unchanged"] == again.summary["rows"] == first.rows == len(facts)
    # Into an empty registry, too: what the file says is all the export needs.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM governance_checkmark")  # what a trigger noted of the cases that go
        for table in ("filing", "revision", "usecasecomponent", "usecase", "seenusecaseid"):
            cursor.execute(f"DELETE FROM registry_{table}")
        cursor.execute("SET LOCAL session_replication_role = origin")
    fresh = inventory.import_file(first.content, f"again.{form}", actor=actor)
    assert fresh.summary["created"] == first.rows
    second = out(actor, layout, format=form)
    if form == "xlsx":
        assert cells(second.content) == cells(first.content)
    assert second.content == first.content and second.sha256 == first.sha256
    assert {key: value["answers"] for key, value in facts.items()} == {
        key: value["answers"] for key, value in UseCase.objects.values_list("use_case_id", "filed_document")
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("layout", ["omb-2025", "dhs-2025"])
def test_self_made_inventory_comes_back_the_same(layout: str, form: str, portal: User) -> None:
    there_and_back(defective_workbook(), "defects.xlsx", layout, form, portal)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("layout", ["omb-2025", "dhs-2025"])
def test_published_inventory_comes_back_the_same(layout: str, form: str, portal: User, real_data: Path) -> None:
    content = (real_data / "dhs-2025-inventory.xlsx").read_bytes()
    there_and_back(content, "dhs-2025-inventory.xlsx", layout, form, portal)


def test_published_workbook_imports_whole(portal: User, real_data: Path) -> None:
    content = (real_data / "dhs-2025-inventory.xlsx").read_bytes()
    batch = inventory.import_file(content, "dhs-2025-inventory.xlsx", actor=portal)
    told = as_json(batch.summary, batch.issues)
    assert (told["rows"], told["created"], told["rejected"]) == (238, 238, 0)
    assert told["cells_total"] == told["cells_stored"] + told["cells_flagged"] == 3918
    found = {(one["code"], one["use_case_id"]) for one in told["issues"] if one["row"] and one["column"]}
    assert {("wrong_column", name) for name in ("DHS-2577", "DHS-2666", "DHS-2556")} <= found
    assert {("duplicate_name", "DHS-2731"), ("duplicate_name", "DHS-2577"), ("stray_cell", None)} <= found
    assert {"old_vocabulary", "pii_without_pia", "no_ato"} <= {code for code, _ in found}
    (stray,) = [one for one in told["issues"] if one["code"] == "stray_cell"]
    assert (stray["row"], stray["value"]) == (243, "`")
    assert UseCase.objects.filter(status="recorded", owner=None, filed_effective_on=PUBLISHED).count() == 238
    highest = max(int(name[4:]) for name in UseCase.objects.values_list("use_case_id", flat=True) if name[4:].isdigit())
    register = inventory.import_file(content, "again.xlsx", actor=portal)
    assert register.summary["unchanged"] == 238
    component = Component.objects.get(code="CBP")
    from registry.actions.use_cases import next_use_case_id

    assert next_use_case_id(component) == f"DHS-{highest + 1}"


def test_july_and_january_in_either_order(portal: User, real_data: Path) -> None:
    """A file of the past fills the past and leaves the present alone; what OMB published is the same inventory."""
    workbook = (real_data / "dhs-2025-inventory.xlsx").read_bytes()
    published = (real_data / "omb-2025-individual-dhs.csv").read_bytes()
    inventory.import_file(workbook, "later.xlsx", actor=portal, effective_on=date(2026, 7, 1))
    before = dict(UseCase.objects.values_list("use_case_id", "filed_document"))
    earlier = inventory.import_file(published, "earlier.csv", actor=portal)
    assert earlier.summary["rejected"] == 0 and earlier.summary["updated"] == 238
    assert dict(UseCase.objects.values_list("use_case_id", "filed_document")) == before
    assert out(portal, as_of=date(2026, 6, 1)).rows == 238
