"""What importing a file would do, row by row: decided in one place for the preview and for the import."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from accounts.models import Agency, Component
from registry import document as documents
from registry import quality
from registry.actions.inventory.places import Places
from registry.inventory.records import Inventory, Row
from registry.inventory.schema import Layout
from registry.models import Filing, ProposedCorrection, UseCase
from registry.models.use_case import Status

Kind = Literal["created", "updated", "unchanged", "proposed", "rejected"]
# In these a file may change the facts; in any other somebody is reviewing, has decided, or is still writing.
WRITABLE = frozenset({Status.RECORDED, Status.RETURNED})
_COLUMNS = (
    "use_case_id", "agency", "component", "status", "document", "filed_document", "revision_number", "filed_number",
    "filed_effective_on", "name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row. `counted` is the document to be filed, `case` the one it lands on."""

    row: Row
    kind: Kind
    agency: Agency | None = None
    components: tuple[Component, ...] = ()
    case: UseCase | None = None
    counted: dict[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    is_past: bool = False  # effective before what counts now, which therefore stays


@dataclass(frozen=True)
class Import:
    """A file that was read, and all that decides what becomes of its rows."""

    inventory: Inventory
    layout: Layout
    places: Places
    effective_on: date

    @cached_property
    def carried(self) -> frozenset[str]:
        """The fields the file can speak about; the others (the screening) stay as they are."""
        return frozenset(self.inventory.headers) - {"id"}

    @cached_property
    def mailboxes(self) -> frozenset[str]:
        """Addresses a public file shows in place of a person's: no news about the contact."""
        own = (agency.public_mailbox for agency in self.places.agencies.values())
        return frozenset(box for box in (self.layout.public_mailbox, *own) if box)

    def counted(self, base: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
        """What the file makes of a document: nothing it cannot know is lost (`documents.merged`)."""
        carried = set(self.carried)
        shown, known = read["answers"].get("contact_email"), documents.answers(base).get("contact_email")
        if known and shown in self.mailboxes:
            carried.discard("contact_email")
            read = documents.with_answers(read, {"contact_email": None})
        return documents.dropped(base, read, carried)


@dataclass
class Known:
    """The registry's rows a chunk of the file meets, read in four queries."""

    cases: dict[int, UseCase]
    past: dict[int, dict[str, Any]]
    answered: dict[int, list[ProposedCorrection]]


def outcomes(rows: Sequence[Row], task: Import, matched: Mapping[int, int], *, lock: bool = False) -> list[Outcome]:
    """Decide on a chunk of rows. `matched` names the case of rows without an ID; `lock` holds the cases."""
    targets = {row.number: _target(row, task, matched) for row in rows if not row.rejected}
    known = _known({pk for pk in targets.values() if pk}, task.effective_on, lock=lock)
    return [_outcome(row, task, known, targets.get(row.number)) for row in rows]


def _target(row: Row, task: Import, matched: Mapping[int, int]) -> int | None:
    case = task.places.case(row.use_case_id)
    return case.pk if case else matched.get(row.number)


def _known(pks: set[int], day: date, *, lock: bool) -> Known:
    rows = UseCase.objects.filter(pk__in=pks).only(*_COLUMNS).order_by("pk")
    cases = {case.pk: case for case in (rows.select_for_update() if lock else rows)}
    older = [pk for pk, case in cases.items() if case.filed_effective_on and day < case.filed_effective_on]
    answered: dict[int, list[ProposedCorrection]] = defaultdict(list)
    open_or_refused = [ProposedCorrection.State.OPEN, ProposedCorrection.State.REFUSED]
    guarded = [pk for pk, case in cases.items() if case.status not in WRITABLE]
    for one in ProposedCorrection.objects.filter(use_case__in=guarded, state__in=open_or_refused, effective_on=day):
        answered[one.use_case_id].append(one)
    return Known(cases, documents_on(older, day), answered)


def documents_on(cases: Iterable[int], day: date) -> dict[int, dict[str, Any]]:
    """What counted on a day for each of these cases that had a filing by then."""
    filings = (
        Filing.objects.filter(use_case__in=list(cases), effective_on__lte=day)
        .order_by("use_case_id", "-effective_on", "-id")
        .distinct("use_case_id")
        .select_related("revision")
    )
    return {filing.use_case_id: filing.revision.document for filing in filings}


def _outcome(row: Row, task: Import, known: Known, target: int | None) -> Outcome:
    if row.rejected:
        return Outcome(row, "rejected")
    agency = task.places.agency(row.agency)
    assert agency is not None  # a row of an unknown agency was held when it was read
    components = task.places.components(agency, row.component)
    case = known.cases.get(target) if target else None
    if case is None:
        return Outcome(row, "created", agency, components, counted=row.document)
    is_past = bool(case.filed_effective_on and task.effective_on < case.filed_effective_on)
    base = _base(case, known, is_past=is_past)
    counted = task.counted(base or documents.empty(), row.document)
    changed = frozenset(documents.changed_fields(base or documents.empty(), counted))
    kind: Kind = "unchanged" if base is not None and not changed else "updated"
    if kind == "updated" and case.status not in WRITABLE:
        is_known = any(one.document == counted for one in known.answered[case.pk])
        kind = "unchanged" if is_known else "proposed"
    return Outcome(row, kind, agency, components, case, counted, changed, is_past)


def _base(case: UseCase, known: Known, *, is_past: bool) -> dict[str, Any] | None:
    """What the file is compared with: what counts on its day, else the newest answers of a case never filed."""
    if is_past:
        return known.past.get(case.pk)
    return case.document if case.filed_document is None else case.filed_document


def match_by_name(task: Import) -> dict[int, int]:
    """Cases of rows without an ID (a public file may leave it out): same component, same name, in order."""
    nameless = [row for row in task.inventory.rows if not row.rejected and not row.use_case_id]
    if not nameless:
        return {}
    bearers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, component, name in UseCase.objects.order_by("-pk").values_list("pk", "component_id", "name"):
        bearers[component, quality.name_key(name)].append(pk)
    taken = {case.pk for row in task.inventory.rows if (case := task.places.case(row.use_case_id))}
    matched: dict[int, int] = {}
    for row in nameless:
        agency = task.places.agency(row.agency)
        owner = task.places.components(agency, row.component)[0] if agency else None
        name = row.document["answers"].get("use_case_name", "")
        free = bearers[owner.pk if owner else 0, quality.name_key(name)]
        while free and name and (pk := free.pop()):
            if pk not in taken:
                matched[row.number] = pk
                break
    return matched
