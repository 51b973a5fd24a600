"""Writing the inventory of a day in a layout's own words."""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, User
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused
from registry.actions.inventory.few_answers import Answers
from registry.actions.inventory.looking import all_layouts
from registry.document import MARKER
from registry.handling import present, readable, restricted
from registry.inventory.comparable import of_document
from registry.inventory.schema import Layout
from registry.inventory.write import Audience, Format, is_withheld, write
from registry.models import Filing, IdMatch, UseCaseComponent
from registry.models.use_case import Handling, Status
from registry.permissions import can_export
from registry.reads.cycles import not_in_cycle
from registry.reads.parting import as_retired, parting_in
from registry.reads.signed import signed_on, with_signed

FORMATS = ("csv", "xlsx", "json")
AUDIENCES = ("omb", "public")
_IN_USE_OR_WAS = frozenset({"pilot", "deployed", "retired"})
_NUMBER = re.compile(r"(\d+)")


DOCUMENT = "revision__document"


class _Filed(NamedTuple):
    """What of a filing, its revision and its case an export needs, by the names of the columns."""

    use_case: int
    use_case__use_case_id: str
    use_case__component__code: str
    use_case__handling: str
    use_case__restricted_fields: list[str]
    use_case__status: str
    use_case__status_changed_at: datetime
    revision__document: dict[str, Any]
    batch: int | None
    batch__cycle: int | None


@dataclass(frozen=True)
class Export:
    """A file that was made: its bytes, how many use cases are in it, and its name."""

    content: bytes
    rows: int
    sha256: str
    file_name: str


class NoLabel(Refused):
    """An answer for which the layout has no words."""

    code = "no_label"


def layout_for(cycle: int, name: str | None) -> Layout:
    """The layout asked for, or OMB's of the reporting year. LookupError when there is none."""
    return all_layouts()[name or f"omb-{cycle}"]


@transaction.atomic
def export(
    *,
    actor: User,
    layout: Layout,
    cycle: int,
    audience: str,
    format: str,
    as_of: date | None = None,
    without_ids: bool = False,
) -> Export:
    """The inventory as it counts on a day, today unless told; recorded with its SHA-256.

    The IDs may be left out of a public file (OMB, Guidance on 2025 Agency AI Reporting).

    In it is every case with a filing by that day, except withdrawn ones and those rejected before any use (design
    section 3, inventory membership), but those whose one report as retired was an earlier year's. What was published
    and left since the year before has its one retired row. A public file has no restricted case, and a marker for a
    restricted answer.
    """
    if not can_export(actor):
        raise Refused("Whole inventories are exported by the inventory manager, the Chief AI Officer and auditors.")
    agency = Agency.objects.filter(code=settings.PORTAL_AGENCY).first()
    if agency is None:
        raise Refused(f"The organisation of {settings.PORTAL_AGENCY} is not loaded yet. Run load_catalogue first.")
    day = as_of or timezone.localdate()
    rows = rows_for(audience, day, agency, cycle)
    if without_ids and audience != "public":
        raise Refused("Only the public file may leave the IDs out: OMB matches cases from year to year by them.")
    spelled = _in_its_spelling(rows, agency, layout)
    content = written(spelled, layout, agency, audience, format=format, leave_out=("id",) if without_ids else ())
    made = Export(content, len(rows), hashlib.sha256(content).hexdigest(),
                  f"{agency.code.lower()}-ai-inventory-{cycle}-{audience}-{day}.{format}")  # fmt: skip
    _record(made, rows, actor, {"layout": layout.name, "cycle": cycle, "audience": audience, "as_of": day})
    return made


def reported_in(day: date, agency: Agency, cycle: int) -> list[dict[str, Any]]:
    """The rows of a reporting year's inventory as they count on a day: those of its cycle where it was opened here.

    The impact is the signed one where an official determined it by that day (design section 3).
    """
    without = not_in_cycle(agency, cycle)
    rows = [row for row in inventory_on(day, agency, cycle) if row["id"] not in without]
    signed = signed_on(day, agency)
    rows = [with_signed(row, signed[row["id"]]) if row["id"] in signed else row for row in rows]
    return sorted([*rows, *_last_rows(day, agency, cycle)], key=lambda row: _natural(row["id"]))


def _last_rows(day: date, agency: Agency, cycle: int) -> list[dict[str, Any]]:
    """The one retired row of each published case that left the inventory since the year before."""
    leaving = parting_in(agency, cycle)
    if not leaving:
        return []
    others = _participants(agency)
    found = (one for one in _filed_on(day, agency) if one.use_case__use_case_id in leaving)
    rows = [_row(one, agency, others) for one in found if not _is_in(one, day)]
    return [{**row, "document": as_retired(row["document"])} for row in rows]


def rows_for(audience: str, day: date, agency: Agency, cycle: int) -> list[dict[str, Any]]:
    """The rows an audience gets: the public none that is restricted or withheld, and markers for what is."""
    rows = reported_in(day, agency, cycle)
    if audience != "public":
        return rows
    shown = (row for row in rows if is_public(row))
    return [{**row, "document": readable(row["document"], row["restricted"], MARKER)} for row in shown]


def inventory_on(
    day: date, agency: Agency, cycle: int | None = None, *, only: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The use cases of an agency that are in its inventory on a day, with the document that counts on it, by ID.

    `only` cuts the documents to these answers, without what is withheld or was not understood.

    A case that a file of an earlier reporting year had as retired was reported once more by that file, and is not in
    later ones (OMB, Guidance on 2025 Agency AI Reporting, stage of development: retired).
    """
    others = _participants(agency)
    rows = [_row(one, agency, others) for one in _filed_on(day, agency, only)
            if _is_in(one, day) and not _was_retired(one, cycle)]  # fmt: skip
    return sorted(rows, key=lambda row: _natural(row["id"]))


def _filed_on(day: date, agency: Agency, only: Sequence[str] = ()) -> Iterator[_Filed]:
    """What counts of each case on the day, in or out.

    Rows of plain values: a model instance for each filing, revision, case and component costs more than the writing.
    """
    filings = (
        Filing.objects.counting()
        .filter(use_case__agency=agency, effective_on__lte=day)
        .order_by("use_case_id", "-effective_on", "-id")
        .distinct("use_case_id")
        .values_list(*(Answers(name, only) if only and name == DOCUMENT else name for name in _Filed._fields))
    )
    return (_Filed(*one) for one in filings.iterator())


def _in_its_spelling(rows: list[dict[str, Any]], agency: Agency, layout: Layout) -> list[dict[str, Any]]:
    """The IDs as the files of the layout's year spell them (DHS-1P in 2023, DHS-P1 since)."""
    same_year = [one.name for one in all_layouts().values() if one.year == layout.year and one != layout]
    matches = IdMatch.objects.filter(agency=agency, layout__in=[*same_year, layout.name])
    found = matches.exclude(state=IdMatch.State.OTHER).values_list("layout", "use_case__use_case_id", "spelling")
    spelled = {case: spelling for _, case, spelling in sorted(found, key=lambda row: row[0] == layout.name)}
    if not spelled:
        return rows
    named = ({**row, "id": spelled.get(row["id"], row["id"])} for row in rows)
    return sorted(named, key=lambda row: _natural(row["id"]))


def _participants(agency: Agency) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    parts = UseCaseComponent.objects.filter(use_case__agency=agency, is_owner=False).order_by("component__code")
    for case, code in parts.values_list("use_case__pk", "component__code"):
        found.setdefault(case, []).append(code)
    return found


def _row(filed: _Filed, agency: Agency, others: dict[int, list[str]]) -> dict[str, Any]:
    component = filed.use_case__component__code
    return {
        "id": filed.use_case__use_case_id,
        "agency_bureau": ", ".join([component, *others[filed.use_case]]) if filed.use_case in others else component,
        "agency": agency.code,
        "agency_name": agency.name,
        "document": filed.revision__document,
        "handling": filed.use_case__handling,
        "restricted": restricted(filed.use_case__restricted_fields),
        "was_published": filed.batch is not None,
        "cycle": filed.batch__cycle,
    }


def _is_in(filed: _Filed, day: date) -> bool:
    """Whether the case is in the inventory of the day; what became of it later does not take it out."""
    status = filed.use_case__status
    if status not in (Status.WITHDRAWN, Status.REJECTED):
        return True
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    if filed.use_case__status_changed_at >= end:
        return True
    was_used = filed.revision__document["answers"].get("development_stage") in _IN_USE_OR_WAS
    return bool(status == Status.REJECTED and was_used)


def _was_retired(filed: _Filed, cycle: int | None) -> bool:
    """Whether what counts is an earlier year's file that says the case is retired."""
    if cycle is None or filed.batch__cycle is None or filed.batch__cycle >= cycle:
        return False
    return of_document(filed.use_case__use_case_id, filed.revision__document, all_layouts()).retired


def _natural(use_case_id: str) -> list[tuple[int, str]]:
    """DHS-9 before DHS-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in _NUMBER.split(use_case_id)]


def is_public(row: dict[str, Any]) -> bool:
    """Whether the public may read of the case.

    Without an answer on withholding it stays out, unless a published file brought it: that file was public already.
    """
    if row["handling"] == Handling.RESTRICTED or is_withheld(row["document"]):
        return False
    return "is_withheld" in row["document"]["answers"] or row["was_published"]


def written(
    rows: list[dict[str, Any]],
    layout: Layout,
    agency: Agency,
    audience: str,
    *,
    format: str,
    leave_out: Collection[str] = (),
) -> bytes:
    """The rows as a file without the columns of `leave_out`. Raises NoLabel where the layout lacks words."""
    try:
        return write(
            rows,
            layout,
            format=cast(Format, format),
            audience=cast(Audience, audience),
            public_mailbox=agency.public_mailbox or None,
            leave_out=leave_out,
        )
    except ValueError as error:
        raise NoLabel(_without_label(rows, layout) or f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _without_label(rows: list[dict[str, Any]], layout: Layout) -> str:
    """Which cases have an answer the layout cannot say, and what to do."""
    found = []
    for row in rows:
        for column in layout.columns:
            value = row["document"].get("answers", {}).get(column.field)
            codes = value if isinstance(value, list) else [value] if value else []
            if column.kind in ("choice", "multi") and not set(codes) <= set(column.labels):
                found.append(f"{row['id']} ({column.header.splitlines()[0]}: {', '.join(codes)})")
    if not found:
        return ""
    more = f" and {len(found) - 20} more" if len(found) > 20 else ""
    return f"The layout {layout.name} has no such answer. Correct it first: {'; '.join(found[:20])}{more}."


def _record(made: Export, rows: list[dict[str, Any]], actor: User, data: dict[str, Any]) -> None:
    """The export, and each restricted case that left with it (design section 4: every download is an event)."""
    hidden = [row for row in rows if row["handling"] == Handling.RESTRICTED]
    answered = [] if data["audience"] == "public" else [r for r in rows if present(r["document"], r["restricted"])]
    event = record("inventory.exported", Subject("export", made.sha256, made.file_name), actor=actor,
                   data=data | {"rows": made.rows, "sha256": made.sha256, "restricted": len(hidden),
                                "with_restricted_answers": len(answered)})  # fmt: skip
    entries = [
        Entry("use_case.viewed", Subject("use_case", row["id"], timeline=row["id"]), data={"sha256": made.sha256})
        for row in hidden
    ]
    entries += [
        Entry("use_case.answers_viewed", Subject("use_case", row["id"], timeline=row["id"]),
              data={"sha256": made.sha256, "fields": sorted(present(row["document"], row["restricted"]))})
        for row in answered
    ]  # fmt: skip
    record_many(entries, actor=actor, act=event.act)
