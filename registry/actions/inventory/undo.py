"""Undoing an import: what counted before counts again, and what only the file brought in goes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.kinds import KINDS
from audit.log import Entry, record, record_many
from audit.models import Event
from audit.workflow import Refused, move
from registry import document as documents
from registry import lifecycle
from registry.actions.inventory import write
from registry.actions.inventory.plan import Outcome
from registry.inventory.records import Row
from registry.models import Filing, ImportBatch, ProposedCorrection, UndoneImport, UseCase
from registry.models.use_case import Status
from registry.permissions import can_undo

CHUNK = 500
# Reading a case changes nothing of it.
_READING = (
    "use_case.viewed", "use_case.answers_viewed", "evidence.downloaded", "restricted.taken", "correction.proposed",
)  # fmt: skip
# What changes the answers of a case that was there before; a case the file brought in is changed by anything.
_CHANGING = frozenset(
    {
        "use_case.saved", "use_case.filed", "use_case.restored", "use_case.edition_adopted", "use_case.imported",
        "use_case.corrected", "system.answer_taken", *(edge.event_kind for edge in lifecycle.edges()),
    }
)  # fmt: skip
_WHY = "The import of {} was undone"


@dataclass(frozen=True)
class Plan:
    """What undoing would do: cases that leave, cases that go back, and those that stay with the reason."""

    leaving: list[Filing] = field(default_factory=list)
    going_back: list[tuple[Filing, Filing | None]] = field(default_factory=list)  # the file's filing, the one before
    staying: list[tuple[UseCase, str]] = field(default_factory=list)

    @property
    def undone(self) -> int:
        """How many cases it changes."""
        return len(self.leaving) + len(self.going_back)


def plan_undo(batch: ImportBatch, *, lock: bool = False) -> Plan:
    """Each case the import filed: a case that a person has changed since stays as it is, with the reason."""
    filings = _filings(batch, lock=lock)
    changed, touched = _changed_since(batch, filings)
    before, revived = _before(batch, filings), _revived(batch)
    plan = Plan()
    for filing in filings:
        case = filing.use_case
        earlier = before.get(case.pk, [])
        is_new = case.pk in revived or (not earlier and filing.revision.number == 1)
        name = case.use_case_id
        reason = changed.get(name) or ((touched.get(name) or _moved(case)) if is_new else "")
        if reason:
            plan.staying.append((case, reason))
        elif is_new:
            plan.leaving.append(filing)
        else:
            counted = [one for one in earlier if one.effective_on <= filing.effective_on]
            plan.going_back.append((filing, counted[0] if counted else None))
    return plan


def _filings(batch: ImportBatch, *, lock: bool) -> list[Filing]:
    """What the import itself filed to count from its day; corrections a person accepted later are none of it."""
    rows = Filing.objects.filter(batch=batch, recorded_at=_imported_at(batch), effective_on=batch.effective_on)
    rows = rows.select_related("use_case__component", "use_case__owner", "revision").order_by("use_case__pk", "pk")
    found: dict[int, Filing] = {}
    for filing in rows.select_for_update(of=("use_case",)) if lock else rows:
        found.setdefault(filing.use_case.pk, filing)
    return list(found.values())


def _before(batch: ImportBatch, filings: Iterable[Filing]) -> dict[int, list[Filing]]:
    """The filings of the cases that were there before the import, the one that counts last first."""
    rows = Filing.objects.counting().filter(use_case__in=[one.use_case.pk for one in filings])
    rows = rows.filter(recorded_at__lt=_imported_at(batch)).select_related("revision").order_by("-effective_on", "-pk")
    found: dict[int, list[Filing]] = defaultdict(list)
    for one in rows:
        found[one.use_case_id].append(one)
    return found


def _revived(batch: ImportBatch) -> frozenset[int]:
    """Cases an undone import had brought in before and this one brought in again."""
    rows = UndoneImport.objects.filter(is_new=True, ended_at=batch.confirmed_at)
    return frozenset(rows.values_list("use_case__pk", flat=True))


def _changed_since(batch: ImportBatch, filings: Iterable[Filing]) -> tuple[dict[str, str], dict[str, str]]:
    """What became of each case after the import: the first thing that changed its answers, and the first of all.

    What later imports did that were undone themselves does not count, nor does their undoing.
    """
    keys = {filing.use_case.pk: filing.use_case.use_case_id for filing in filings}
    settled, acts = _settled(keys)
    later = Filing.objects.filter(use_case__in=keys, recorded_at__gt=_imported_at(batch)).order_by("-recorded_at")
    found = {}
    for pk, by, at, why in later.values_list("use_case__pk", "batch", "recorded_at", "why"):
        if not {(pk, by), (pk, at)} & settled:
            found[keys[pk]] = f"It was filed since: {why}."
    own = Event.objects.filter(kind="inventory.imported", subject_id=str(batch.uuid)).values("act")
    rows = Event.objects.filter(timeline__in=keys.values(), recorded_at__gt=_imported_at(batch))
    rows = rows.exclude(kind__in=_READING).exclude(act__in=own).filter(actor__is_system=False)
    touched = dict(found)
    for event in rows.order_by("-recorded_at"):
        if (event.timeline, event.act) in acts:
            continue
        told = f"{event.actor_label} {KINDS[event.kind].format(label=event.subject_label)} since."
        touched[event.timeline] = told
        if event.kind in _CHANGING:
            found[event.timeline] = told
    return found, touched


def _settled(keys: Mapping[int, str]) -> tuple[set[tuple[int, object]], set[tuple[str, UUID]]]:
    """By case, the imports that were undone, when they were, and the acts of both."""
    rows = UndoneImport.objects.filter(use_case__in=keys).select_related("batch")
    undone = [(row.use_case_id, row.batch, row.undone_at) for row in rows]
    names = {str(batch.uuid) for _, batch, _ in undone}
    acts: dict[str, list[UUID]] = defaultdict(list)
    told = Event.objects.filter(kind__in=["inventory.imported", "inventory.undone"], subject_id__in=names)
    for name, act in told.values_list("subject_id", "act"):
        acts[name].append(act)
    filings: set[tuple[int, object]] = {(pk, mark) for pk, batch, at in undone for mark in (batch.pk, at)}
    return filings, {(keys[pk], act) for pk, batch, _ in undone for act in acts[str(batch.uuid)]}


def _imported_at(batch: ImportBatch) -> datetime:
    assert batch.confirmed_at is not None  # it is imported
    return batch.confirmed_at


def _moved(case: UseCase) -> str:
    if case.status != Status.RECORDED:
        return f"It is “{case.get_status_display()}”."
    return f"{case.owner} owns it." if case.owner else ""


@transaction.atomic
def undo(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """Undo an import in one transaction.

    Of each case the document that counted before is filed again, from the file's own day on; where nothing counted
    by then, the file's filing counts no more. A case only the file brought in is withdrawn with it, and a later file
    may bring it in again. Refused where a person has changed every one of them since.
    """
    batch = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("uploaded_by")
        .defer("content")
        .get(pk=batch.pk)
    )
    if not can_undo(actor, batch):
        raise Refused("Only whoever imported the file, or the inventory manager, can undo the import.")
    if batch.state != ImportBatch.State.CONFIRMED:
        raise Refused(f"Only an imported file can be undone; this one is “{batch.get_state_display()}”.")
    plan = plan_undo(batch, lock=True)
    proposals = _open_proposals(batch)
    if not plan.undone and not proposals:
        reasons = [f"{case.use_case_id}: {reason}" for case, reason in plan.staying[:20]]
        raise Refused(*(reasons or ["The import changed nothing that could be undone."]))
    act = write.Act(None, actor, batch.effective_on, _WHY.format(batch.file_name), batch.layout)
    _leave(plan.leaving, batch, act)
    _go_back(plan.going_back, batch, act)
    _take_back(proposals, act)
    counts = {"left": len(plan.leaving), "went_back": len(plan.going_back), "stayed": len(plan.staying),
              "proposals": len(proposals)}  # fmt: skip
    stayed = [{"use_case_id": case.use_case_id, "reason": reason} for case, reason in plan.staying]
    batch.summary = batch.summary | {"undone": counts | {"staying": stayed}}
    batch.state, batch.undone_at, batch.undone_by = ImportBatch.State.UNDONE, act.now, actor
    batch.save(update_fields=["summary", "state", "undone_at", "undone_by"])
    record("inventory.undone", batch, actor=actor, data=counts, act=act.uuid)
    return batch


def _leave(filings: list[Filing], batch: ImportBatch, act: write.Act) -> None:
    edge = lifecycle.edge("undo_import")
    for filing in filings:
        move(filing.use_case, edge, actor=act.actor, reason=act.why, act=act.uuid, status_changed_at=act.now)
    _mark(filings, batch, act, is_new=True, is_uncounted=True)


def _go_back(pairs: list[tuple[Filing, Filing | None]], batch: ImportBatch, act: write.Act) -> None:
    """The document before is filed again; a filing for a past in which nothing counted is only marked."""
    again = [_outcome(filing, before) for filing, before in pairs if before]
    for start in range(0, len(again), CHUNK):
        write.update(again[start : start + CHUNK], act, kind="use_case.put_back")
    _mark([filing for filing, before in pairs if before], batch, act)
    alone = [filing for filing, before in pairs if before is None]
    _mark(alone, batch, act, is_uncounted=True)
    entries = [Entry("use_case.put_back", filing.use_case.event_subject(), act.why) for filing in alone]
    record_many(entries, actor=act.actor, act=act.uuid)


def _outcome(filing: Filing, before: Filing) -> Outcome:
    case, counted = filing.use_case, before.revision.document
    changed = frozenset(documents.changed_fields(filing.revision.document, counted))
    is_past = bool(case.filed_effective_on and filing.effective_on < case.filed_effective_on)
    row = Row(0, case.use_case_id, None, None, counted, 0, 0, 0, ())
    return Outcome(row, "updated", case=case, counted=counted, changed=changed, is_past=is_past)


def _mark(
    filings: list[Filing], batch: ImportBatch, act: write.Act, *, is_new: bool = False, is_uncounted: bool = False
) -> None:
    UndoneImport.objects.bulk_create(
        [
            UndoneImport(
                batch=batch, use_case=one.use_case, is_new=is_new, is_uncounted=is_uncounted, undone_at=act.now
            )
            for one in filings
        ],
        batch_size=2000,
    )


def _open_proposals(batch: ImportBatch) -> list[ProposedCorrection]:
    rows = ProposedCorrection.objects.filter(batch=batch, state=ProposedCorrection.State.OPEN)
    return list(rows.select_related("use_case").select_for_update(of=("self",)))


def _take_back(proposals: list[ProposedCorrection], act: write.Act) -> None:
    for one in proposals:
        one.state, one.answered_by, one.answered_at = ProposedCorrection.State.TAKEN_BACK, act.actor, act.now
    ProposedCorrection.objects.bulk_update(proposals, ["state", "answered_by", "answered_at"], batch_size=CHUNK)
    entries = [Entry("correction.taken_back", one.event_subject(), act.why) for one in proposals]
    record_many(entries, actor=act.actor, act=act.uuid)
