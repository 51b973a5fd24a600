"""What importing a file would do, row by row: decided in one place for the preview and for the import."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts.models import Agency, Component
from registry import document as documents
from registry import quality
from registry.actions.inventory.places import Places
from registry.actions.inventory.spellings import Meant
from registry.handling import present
from registry.inventory.records import Inventory, Row
from registry.inventory.schema import Layout
from registry.models import Filing, ImportBatch, ProposedCorrection, UndoneImport, UseCase
from registry.models.use_case import Status
from registry.reads import documents_on

Because = ProposedCorrection.Because
Kind = Literal["created", "updated", "unchanged", "proposed", "rejected"]
# In these a file may change the facts; in any other somebody is reviewing, has decided, or is still writing.
WRITABLE = frozenset({Status.RECORDED, Status.RETURNED})
_COLUMNS = (
    "use_case_id", "agency", "component", "status", "document", "filed_document", "revision_number", "filed_number",
    "filed_effective_on", "name",
)  # fmt: skip


Place = tuple[str, int]  # sheet and row: a workbook may have several sheets of data


def place(row: Row) -> Place:
    """What tells two rows of a file apart."""
    return row.sheet, row.number


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
    because: str = Because.STATUS  # why it is only proposed
    is_revived: bool = False  # brought in before by an import that was undone


@dataclass(frozen=True)
class Import:
    """A file that was read, and all that decides what becomes of its rows."""

    inventory: Inventory
    layout: Layout
    places: Places
    effective_on: date
    cycle: int

    def meant(self, row: Row) -> Meant:
        """The case a row is about, by its ID."""
        name = row.document["answers"].get("use_case_name", "")
        return self.places.meant(row.use_case_id, name, self.layout.name, row.agency)

    @cached_property
    def first_source(self) -> str:
        """The layout of the first file of the year that was imported; blank while there is none."""
        files = ImportBatch.objects.filter(cycle=self.cycle, state=ImportBatch.State.CONFIRMED)
        return files.order_by("confirmed_at").values_list("layout", flat=True).first() or ""

    @cached_property
    def carried(self) -> frozenset[str]:
        """The fields the file can speak about; the others (the screening) stay as they are."""
        return frozenset(self.inventory.headers) - {"id"}

    @cached_property
    def mailboxes(self) -> frozenset[str]:
        """Addresses a public file shows in place of a person's: no news about the contact."""
        own = (agency.public_mailbox for agency in self.places.agencies.values())
        return frozenset(box for box in (self.layout.public_mailbox, *own) if box)

    @cached_property
    def matched(self) -> dict[Place, int]:
        """The cases of rows without an ID."""
        return match_by_name(self)

    def counted(self, base: Mapping[str, Any], read: Mapping[str, Any], *, is_second: bool = False) -> dict[str, Any]:
        """What the file makes of a document: nothing it cannot know is lost (`documents.merged`).

        A second file of the year says nothing by a blank: only the first one can make an answer blank.
        """
        carried = set(self.carried)
        shown, known = read["answers"].get("contact_email"), documents.answers(base).get("contact_email")
        if known and shown in self.mailboxes:
            carried.discard("contact_email")
            read = documents.with_answers(read, {"contact_email": None})
        return documents.merged(base, read) if is_second else documents.dropped(base, read, carried)


@dataclass
class Known:
    """The registry's rows a chunk of the file meets, read in a fixed number of queries."""

    cases: dict[int, UseCase]
    past: dict[int, dict[str, Any]]
    answered: dict[int, list[ProposedCorrection]]
    elsewhere: frozenset[int]  # another file of the same year told of them first
    undone: frozenset[int]  # brought in by an import that was undone, and by nothing since


def outcomes(rows: Sequence[Row], task: Import, *, lock: bool = False) -> list[Outcome]:
    """Decide on a chunk of rows; `lock` holds the cases they land on."""
    targets = {place(row): _target(row, task) for row in rows if not row.rejected}
    known = _known({pk for pk in targets.values() if pk}, task, lock=lock)
    return [_outcome(row, task, known, targets.get(place(row))) for row in rows]


def _target(row: Row, task: Import) -> int | None:
    case = task.meant(row).case
    return case.pk if case else task.matched.get(place(row))


def _known(pks: set[int], task: Import, *, lock: bool) -> Known:
    day = task.effective_on
    rows = UseCase.objects.filter(pk__in=pks).only(*_COLUMNS).order_by("pk")
    cases = {case.pk: case for case in (rows.select_for_update() if lock else rows)}
    older = [pk for pk, case in cases.items() if case.filed_effective_on and day < case.filed_effective_on]
    answered: dict[int, list[ProposedCorrection]] = defaultdict(list)
    told = Q(state__in=[ProposedCorrection.State.OPEN, ProposedCorrection.State.REFUSED])
    told |= Q(state=ProposedCorrection.State.ACCEPTED, because=Because.SOURCE)  # of some answers, the rest was left
    for one in ProposedCorrection.objects.filter(told, use_case__in=pks, effective_on=day):
        answered[one.use_case_id].append(one)
    undone = UndoneImport.objects.filter(
        use_case__in=pks, is_new=True, ended_at=None, use_case__status=Status.WITHDRAWN
    ).values_list("use_case__pk", flat=True)
    return Known(cases, documents_on(older, day), answered, _elsewhere(pks, task), frozenset(undone))


def _elsewhere(pks: set[int], task: Import) -> frozenset[int]:
    """The cases that another file of the same year told of first: this one overwrites nothing of theirs.

    A case neither file has changed belongs to the year's first file, which said of it what was known.
    """
    if not task.first_source:
        return frozenset()
    filings = Filing.objects.counting().filter(use_case__in=pks, batch__cycle=task.cycle)
    rows = filings.order_by("use_case_id", "id").distinct("use_case_id").values_list("use_case__pk", "batch__layout")
    first = dict(rows)
    return frozenset(pk for pk in pks if first.get(pk, task.first_source) != task.layout.name)


def _outcome(row: Row, task: Import, known: Known, target: int | None) -> Outcome:
    if row.rejected:
        return Outcome(row, "rejected")
    agency = task.places.agency(row.agency)
    assert agency is not None  # a row of an unknown agency was held when it was read
    components = task.places.components(agency, row.component)
    case = known.cases.get(target) if target else None
    if case is None:
        return Outcome(row, "created", agency, components, counted=row.document)
    if case.pk in known.undone:
        fresh = task.counted(documents.empty(), row.document)
        changed = frozenset(documents.changed_fields(documents.empty(), fresh))
        return Outcome(row, "updated", agency, components, case, fresh, changed, is_revived=True)
    is_past = bool(case.filed_effective_on and task.effective_on < case.filed_effective_on)
    base = _base(case, known, is_past=is_past)
    counted = task.counted(base or documents.empty(), row.document, is_second=case.pk in known.elsewhere)
    changed = frozenset(documents.changed_fields(base or documents.empty(), counted))
    kind: Kind = "unchanged" if base is not None and not changed else "updated"
    because = _waits(case, base, changed, known) if kind == "updated" else None
    if because:
        is_known = any(one.document == counted for one in known.answered[case.pk])
        kind = "unchanged" if is_known else "proposed"
    return Outcome(row, kind, agency, components, case, counted, changed, is_past, because or Because.STATUS)


def _waits(case: UseCase, base: Mapping[str, Any] | None, changed: frozenset[str], known: Known) -> Because | None:
    """Why what a file changes waits for a person: the case's status, or what another file of the year says.

    What the other file left blank is contradicted by nothing.
    """
    if case.status not in WRITABLE:
        return Because.STATUS
    contradicts = present(base or documents.empty(), changed)
    return Because.SOURCE if case.pk in known.elsewhere and contradicts else None


def _base(case: UseCase, known: Known, *, is_past: bool) -> dict[str, Any] | None:
    """What the file is compared with: what counts on its day, else the newest answers of a case never filed."""
    if is_past:
        return known.past.get(case.pk)
    return case.document if case.filed_document is None else case.filed_document


def match_by_name(task: Import) -> dict[Place, int]:
    """Cases of rows without an ID (a public file may leave it out): same component, same name, in order.

    The names are those that counted on the file's day, for names change from year to year; else those of now. A name
    that only one case bears is enough: then the file names another component, which is said.
    """
    nameless = [row for row in task.inventory.rows if not row.rejected and not row.use_case_id]
    if not nameless:
        return {}
    bearers = _bearers(task.effective_on)
    everywhere: dict[str, set[int]] = defaultdict(set)
    for (_, spelling), found in bearers.items():
        everywhere[spelling].update(found)
    taken = {case.pk for row in task.inventory.rows if (case := task.meant(row).case)}
    matched: dict[Place, int] = {}
    for row in nameless:
        name = quality.name_key(row.document["answers"].get("use_case_name", ""))
        agency = task.places.agency(row.agency)
        owner = task.places.components(agency, row.component)[0] if agency else None
        free = [pk for pk in bearers[owner.pk if owner else 0, name] if pk not in taken]
        alone = everywhere[name] if len(everywhere[name]) == 1 else set()
        chosen = free[-1] if free else next(iter(alone - taken), None)
        if name and chosen:
            matched[place(row)] = chosen
            taken.add(chosen)
    return matched


def _bearers(day: date) -> dict[tuple[int, str], list[int]]:
    """Cases by component and name, the likeliest last: of the names of the day, the case that is oldest here."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, component, name in UseCase.objects.order_by("-pk").values_list("pk", "component_id", "name"):
        found[component, quality.name_key(name)].append(pk)
    then = KeyTextTransform("use_case_name", KeyTransform("answers", "revision__document"))
    filings = Filing.objects.counting().filter(effective_on__lte=day)
    filings = filings.order_by("use_case_id", "-effective_on", "-id").distinct("use_case_id")
    rows = filings.values_list("use_case_id", "use_case__component_id", then)
    for pk, component, name in sorted(rows, key=lambda row: -row[0]):
        found[component, quality.name_key(name or "")].append(pk)
    return found
