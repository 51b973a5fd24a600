"""Workbooks of the data call: taken out with a stamp, brought back, looked at, and taken over cell by cell."""

import hashlib
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale
from registry import archives, classified, handling
from registry import document as documents
from registry.actions.call_content import SALT, book_of
from registry.actions.inventory.files import all_layouts
from registry.actions.need_to_know import note_taken
from registry.actions.proposing import propose
from registry.actions.still_true import STILL, Said, change, changed_since, confirm, locked, outcome
from registry.inventory import call_book, call_return, call_sheet
from registry.inventory.records import Refused as FileRefused
from registry.models import CallWorkbook, ComponentCall, Revision, StillTrue, UseCase, WorkbookReturn
from registry.models.use_case import Handling
from registry.permissions import accept_refusals, visible_to
from registry.permissions.cycles import can_take_workbooks, change_refusals, confirm_refusals, runs_cycles
from registry.permissions.know import blind_refusals, for_reader
from registry.permissions.people import people_of
from registry.reads.calls import cases_of, of_person
from registry.signatures import Unfit

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = WorkbookReturn.State


@dataclass(frozen=True)
class Made:
    """A workbook as a file."""

    content: bytes
    file_name: str
    cases: int


# -- out --------------------------------------------------------------------------------------------


@transaction.atomic
def make_workbook(call: ComponentCall, *, owner: User | None = None, actor: User) -> Made:
    """The component's cases, or those of one owner, as far as both the maker and that owner may know of them."""
    if not can_take_workbooks(actor, call.component):
        raise Refused(f"Only people of {call.component} and the inventory manager take workbooks out.")
    rows = cases_of(actor, call).filter(pk__in=visible_to(actor).values("pk"))
    if owner:
        rows = of_person(rows, owner).filter(pk__in=visible_to(owner).values("pk"))
    cases = list(rows.select_related("component", "owner", "agency").order_by("use_case_id"))
    if not cases:
        raise Refused("There is no case to put into a workbook here.")
    open_answers = _cut(cases, actor, owner)
    parts = {case.pk: _hidden(case) for case in cases}
    book = CallWorkbook.objects.create(
        call=call, owner=owner, made_by=actor,
        cases={one.use_case_id: {"revision": one.revision_number, "hidden": sorted(parts[one.pk])} for one in cases},
    )  # fmt: skip
    content = call_book.write(book_of(book, cases, all_layouts()[call.cycle.layout], open_answers))
    _record(book, cases, open_answers, actor)
    whose = f"-{owner.name}" if owner else ""
    name = slugify(f"inventory-{call.cycle.year}-{call.component.code}{whose}")
    return Made(content, f"{name}.xlsx", len(cases))


def _cut(cases: Sequence[UseCase], actor: User, owner: User | None) -> dict[int, frozenset[str]]:
    """Cut the rows to what both may read; the restricted answers that stay in, by case."""
    for person in (actor, owner):
        if person:
            for_reader(person, *(case for case in cases if not case.hidden))
    return {case.pk: frozenset() if case.hidden else handling.present(case.document, case.restricted) for case in cases}


def _hidden(case: UseCase) -> frozenset[str]:
    return frozenset(case.hidden)


def _record(
    book: CallWorkbook, cases: Sequence[UseCase], open_answers: Mapping[int, frozenset[str]], actor: User
) -> None:
    event = record("call_workbook.made", book, actor=actor, data={"cases": len(cases)})
    entries = [
        Entry("use_case.answers_viewed", case.event_subject(),
              data={"workbook": str(book.uuid), "fields": sorted(open_answers[case.pk])})
        for case in cases
        if open_answers[case.pk]
    ]  # fmt: skip
    record_many(entries, actor=actor, act=event.act)
    note_taken(str(book), cases, actor=actor)


# -- back -------------------------------------------------------------------------------------------


@transaction.atomic
def bring_back(
    call: ComponentCall, content: bytes, file_name: str, *, on_behalf_of: User | None = None, actor: User
) -> WorkbookReturn:
    """Read a workbook that came back and keep what it says; no answer is touched before it is taken over.

    Refused as a whole, with what to do: no workbook, damaged, without the portal's stamp or with an altered one, of
    another call, marked as classified, or of a call that is closed.
    """
    _refuse_person(call, on_behalf_of, actor)
    name = "".join(sign for sign in file_name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())[:255]
    book = _opened(content, name)
    workbook = _stamped(call_sheet.find_stamp(book), call)
    on_behalf_of = on_behalf_of or _speaker(workbook, actor)
    layout = all_layouts()[call.cycle.layout]
    try:
        plan = call_return.read(book, name, layout, _handed_out(workbook))
    except FileRefused as refused:
        raise Refused(refused.message) from refused
    row = WorkbookReturn.objects.create(
        workbook=workbook, file_name=name, content=content, sha256=hashlib.sha256(content).hexdigest(),
        plan=plan.as_json(), entered_by=actor, on_behalf_of=on_behalf_of,
    )  # fmt: skip
    data = {"sha256": row.sha256, "cases": len(plan.cases), "not_taken": len(plan.problems)}
    record("call_workbook.read", row, actor=actor, acting_for=str(on_behalf_of or ""), data=data)
    return row


def _refuse_person(call: ComponentCall, on_behalf_of: User | None, actor: User) -> None:
    if not can_take_workbooks(actor, call.component):
        raise Refused(f"Only people of {call.component} and the inventory manager bring workbooks back.")
    if not call.is_answerable:
        raise Refused("The call is closed. Ask the inventory manager to open it again.")
    if on_behalf_of and not people_of(call.component).filter(pk=on_behalf_of.pk).exists():
        raise Refused(f"{on_behalf_of} does not work in {call.component}.")


def _speaker(workbook: CallWorkbook, actor: User) -> User | None:
    """Whose answers somebody from outside the component enters, if they name nobody: the owner it was made for."""
    if people_of(workbook.call.component).filter(pk=actor.pk).exists():
        return None
    if workbook.owner is None:
        raise Refused("This workbook was made for the whole component. Say whose answers it holds.")
    return workbook.owner


def _opened(content: bytes, name: str) -> Any:
    try:
        archives.excel(io.BytesIO(content))
        if marked := classified.file_refusals(io.BytesIO(content), EXCEL):
            raise Refused(*marked)
        return call_sheet.open_book(content, name)
    except Unfit as unfit:
        raise Refused(f"{unfit} {call_sheet.AGAIN}") from unfit
    except FileRefused as refused:
        raise Refused(refused.message) from refused


def _stamped(stamp: str, call: ComponentCall) -> CallWorkbook:
    """The workbook a stamp is of. Refused for a foreign, altered or older one."""
    if not stamp:
        raise Refused(
            "This workbook has no stamp of the portal: it was not taken out here, or its hidden sheet was removed. "
            f"{call_sheet.AGAIN} An agency’s own file is imported under Inventory files."
        )
    try:
        found = signing.loads(stamp, salt=SALT)
    except signing.BadSignature as error:
        raise Refused(
            "The stamp of this workbook was altered, or another portal made it, so nothing was read. "
            f"{call_sheet.AGAIN}"
        ) from error
    workbook = CallWorkbook.objects.filter(uuid=found["workbook"]).select_related(
        "call__cycle", "call__component", "owner"
    )
    book = workbook.first()
    if book is None:
        raise Refused(f"The portal does not know this workbook. {call_sheet.AGAIN}")
    if book.call_id != call.pk:
        raise Refused(f"This is the workbook of {book.call}. Bring it back there.")
    return book


def _handed_out(workbook: CallWorkbook) -> dict[str, call_return.Shown]:
    """Each case as its reader was shown it, from the revision it was made from."""
    cases = {case.use_case_id: case for case in _cases(workbook)}
    told = {case.pk: workbook.cases[name]["revision"] for name, case in cases.items()}
    rows = Revision.objects.filter(use_case__in=list(told), number__in=set(told.values()))
    documents_of = {row.use_case_id: row.document for row in rows if row.number == told[row.use_case_id]}
    found = {}
    for name, case in cases.items():
        hidden = frozenset(workbook.cases[name]["hidden"])
        document = documents_of.get(case.pk, documents.empty())
        shown = handling.readable(document, hidden, case.ask) if hidden else document
        found[name] = call_return.Shown(told[case.pk], case.component.code, shown, hidden)
    return found


def _cases(workbook: CallWorkbook, among: QuerySet[UseCase] | None = None) -> list[UseCase]:
    rows = (UseCase.objects.all() if among is None else among).filter(use_case_id__in=list(workbook.cases))
    return list(rows.select_related("component", "owner", "agency"))


# -- what it would do -------------------------------------------------------------------------------


@dataclass
class Effect:
    """What a returned row does to its case as it stands now."""

    case: UseCase
    row: int
    opened_on: int
    edits: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)  # changed here since, and differently
    unasked: list[str] = field(default_factory=list)  # answers to what is not asked of the case at its stage
    refusals: list[str] = field(default_factory=list)
    proposed: dict[str, Any] = field(default_factory=dict)  # edits of a case in review: they wait for its end
    holds: bool = False
    is_unclear: bool = False  # a cell of the row could not be taken

    @property
    def confirms(self) -> bool:
        """Whether the case counts as gone through: a Yes, and nothing beside it that says otherwise."""
        return self.holds and not (self.is_unclear or self.conflicts or self.refusals)

    @property
    def only_confirms(self) -> bool:
        """Whether the row says nothing but that everything still holds: there is nothing to look at."""
        return self.confirms and not (self.edits or self.unasked or self.proposed)

    @property
    def does_something(self) -> bool:
        """Whether taking it over changes or confirms anything."""
        return not self.refusals and bool(self.edits or self.conflicts or self.proposed or self.confirms)


def effects(row: WorkbookReturn, *, taken: Sequence[str] = (), lock: bool = False) -> list[Effect]:
    """The plan held against the cases as they stand now. `taken` names conflicts somebody decided: `ID:field`."""
    found = []
    mine = visible_to(row.entered_by)
    cases = {case.use_case_id: case for case in _cases(row.workbook, mine)}
    for name, said in row.plan["cases"].items():
        case = cases.get(name)
        if case is None:
            continue
        found.append(_effect(locked(case) if lock else case, name, said, row, frozenset(taken)))
    return found


def _effect(case: UseCase, name: str, said: Mapping[str, Any], row: WorkbookReturn, taken: frozenset[str]) -> Effect:
    opened_on = row.workbook.cases[name]["revision"]
    effect = Effect(case, said["row"], opened_on, holds=said["holds"], is_unclear=said["is_unclear"])
    effect.refusals = _refusals(case, said["edits"], row)
    newer = changed_since(case, opened_on)
    now = documents.answers(case.document)
    for key, value in said["edits"].items():
        if (now.get(key) or None) == (value or None) and documents.state(case.document, key) in ("answered", "blank"):
            continue  # it says so already
        is_conflict = key in newer and f"{name}:{key}" not in taken
        (effect.conflicts if is_conflict else effect.edits)[key] = value
    after = outcome(case, effect.edits)
    effect.unasked = [key for key, value in effect.edits.items() if value and not documents.is_answered(after, key)]
    for key in effect.unasked:
        del effect.edits[key]
    if accept_refusals(case):
        effect.proposed, effect.edits = effect.edits, {}
    return effect


def _refusals(case: UseCase, edits: Mapping[str, Any], row: WorkbookReturn) -> list[str]:
    reasons = confirm_refusals(row.entered_by, case, row.on_behalf_of)
    reasons = reasons or blind_refusals(row.entered_by, case, edits)
    if not reasons and row.workbook.call.component_id != case.component_id:
        reasons = [f"The case belongs to {case.component} now."]
    return reasons or (change_refusals(case) if edits and not accept_refusals(case) else [])


@transaction.atomic
def note_seen(found: Sequence[Effect], row: WorkbookReturn, *, actor: User) -> None:
    """Record that somebody looked at restricted cases and answers in a returned workbook (design section 4)."""
    entries = []
    for effect in found:
        case, fields = effect.case, {*effect.edits, *effect.conflicts}
        shown = sorted((fields & case.restricted) - case.hidden)
        data = {"workbook": str(row.uuid)}
        if case.handling == Handling.RESTRICTED:
            entries.append(Entry("use_case.viewed", case.event_subject(), data=data))
        if shown:
            entries.append(Entry("use_case.answers_viewed", case.event_subject(), data={**data, "fields": shown}))
    record_many(entries, actor=actor)


@transaction.atomic
def take_over(row: WorkbookReturn, *, taken: Sequence[str] = (), actor: User) -> WorkbookReturn:
    """Save every edited cell that can be, in one transaction; what somebody changed since stays as it is.

    A row with Yes is confirmed for the cycle and filed. A row with edits only is saved and stays unanswered.
    """
    row = _still_open(row, actor)
    act = uuid.uuid4()
    result: dict[str, Any] = {"changed": {}, "confirmed": [], "conflicts": {}, "refused": {}, "unasked": {},
                              "proposed": {}}  # fmt: skip
    for effect in effects(row, taken=taken, lock=True):
        _take(effect, row, result, actor, act)
    row.result, row.state, row.answered_at = result, State.TAKEN, timezone.now()
    row.save(update_fields=["result", "state", "answered_at"])
    data = {"sha256": row.sha256, "changed": len(result["changed"]), "confirmed": len(result["confirmed"]),
            "conflicts": sum(map(len, result["conflicts"].values()))}  # fmt: skip
    record("call_workbook.taken", row, actor=actor, act=act, acting_for=str(row.on_behalf_of or ""), data=data)
    return row


def _take(effect: Effect, row: WorkbookReturn, result: dict[str, Any], actor: User, act: uuid.UUID) -> None:
    name = effect.case.use_case_id
    for told, found in (("conflicts", sorted(effect.conflicts)), ("unasked", effect.unasked)):
        if found:
            result[told][name] = found
    if effect.refusals:
        result["refused"][name] = effect.refusals
        return
    why = f"From the workbook {row.file_name}"
    fields = _confirmed_fields(effect, row) if effect.confirms else {}
    said = Said(fields, effect.edits, on_behalf_of=row.on_behalf_of, how=StillTrue.How.WORKBOOK, why=why)
    if fields:
        newest = effect.case.revision_number
        confirm(row.workbook.call.cycle, effect.case, said, opened_on=newest, actor=actor, act=act)
        result["confirmed"].append(name)
    if effect.proposed:
        propose(effect.case, effect.proposed, row, actor=actor, act=act)
        result["proposed"][name] = sorted(effect.proposed)
    if effect.edits:
        written = set(effect.edits) if fields else change(effect.case, said, actor=actor, act=act)
        result["changed"][name] = sorted(written)


def _confirmed_fields(effect: Effect, row: WorkbookReturn) -> dict[str, str]:
    """What a Yes speaks about: the answers that were handed out, still stand there, and were not edited."""
    layout = all_layouts()[row.workbook.call.cycle.layout]
    hidden = set(row.workbook.cases[effect.case.use_case_id]["hidden"])
    newer = changed_since(effect.case, effect.opened_on)
    document = effect.case.document
    wanted = [column.field for column in layout.columns if documents.state(document, column.field) != "blank"]
    return {name: STILL for name in wanted if name not in hidden | newer | {*effect.edits, *effect.proposed}}


@transaction.atomic
def discard_return(row: WorkbookReturn, *, actor: User) -> None:
    """Put a workbook that came back aside; it stays in the list."""
    row = _still_open(row, actor)
    row.state, row.answered_at = State.DISCARDED, timezone.now()
    row.save(update_fields=["state", "answered_at"])
    record("call_workbook.discarded", row, actor=actor)


def _still_open(row: WorkbookReturn, actor: User) -> WorkbookReturn:
    if row.entered_by_id != actor.pk and not runs_cycles(actor):
        raise Refused(f"Only {row.entered_by} or the inventory manager answers for this file.")
    rows = WorkbookReturn.objects.select_for_update(of=("self",)).defer("content")
    row = rows.select_related("workbook__call__cycle", "workbook__call__component", "entered_by", "on_behalf_of").get(
        pk=row.pk
    )
    if row.state != State.READ:
        raise Stale(f"This file is “{row.get_state_display().lower()}” already.")
    if not row.workbook.call.is_answerable:
        raise Refused("The call is closed. Ask the inventory manager to open it again.")
    return row
