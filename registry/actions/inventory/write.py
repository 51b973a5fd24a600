"""Writing what an import decided: set-based, in the running transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import Agency, User
from audit.log import Entry, Subject, record_many
from audit.workflow import move
from registry import document as documents
from registry import lifecycle
from registry.actions.inventory.places import Places, running_number
from registry.actions.inventory.plan import Import, Outcome
from registry.actions.use_cases import give_use_case_ids
from registry.models import (
    Filing,
    IdMatch,
    ImportBatch,
    ProposedCorrection,
    Revision,
    SeenUseCaseId,
    UndoneImport,
    UseCase,
    UseCaseComponent,
)
from registry.models.use_case import Status

BATCH = 500
_KEPT = "Answers that were not filed yet, kept over an import"
_STANDS = "Stands as before: an older file was filed for the past"
_CASE_COLUMNS = ("document", "revision_number", "filed_document", "filed_number", "filed_effective_on")


@dataclass(frozen=True)
class Act:
    """Who files what, from when, out of which file; shared by every row that is written."""

    batch: ImportBatch | None
    actor: User
    effective_on: date
    why: str
    edition: str
    uuid: UUID = field(default_factory=uuid4)
    now: datetime = field(default_factory=timezone.now)

    def revision(self, case: UseCase, number: int, document: dict[str, Any], why: str) -> Revision:
        """A revision as the file's layout words it; nothing is written yet."""
        return Revision(
            use_case=case, number=number, document=document, sha256=documents.digest(document),
            edition=self.edition, why=why[:500], written_by=self.actor, recorded_at=self.now,
        )  # fmt: skip

    def filing(self, revision: Revision, effective_on: date, why: str) -> Filing:
        """A filing of a revision; nothing is written yet."""
        return Filing(
            use_case=revision.use_case, revision=revision, effective_on=effective_on, recorded_at=self.now,
            filed_by=self.actor, why=why[:200], batch=self.batch,
        )  # fmt: skip


def mark_seen(ids: Iterable[str], agency: Agency) -> None:
    """Every ID of a file is used up, also those of rows that were not imported (OMB 2025 guidance, use case ID)."""
    rows = [SeenUseCaseId(use_case_id=one, agency=agency, number=running_number(one, agency)) for one in set(ids)]
    rows.sort(key=lambda row: row.use_case_id)
    SeenUseCaseId.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def create(found: Sequence[Outcome], act: Act) -> list[UseCase]:
    """New cases as recorded, without an owner: in the inventory, not reviewed here (design section 3)."""
    ids = _ids(found)
    cases = UseCase.objects.bulk_create(
        [_case(outcome, name, act) for outcome, name in zip(found, ids, strict=True)], batch_size=BATCH
    )
    parts = [
        UseCaseComponent(use_case=case, component=component, is_owner=position == 0)
        for case, outcome in zip(cases, found, strict=True)
        for position, component in enumerate(outcome.components)
    ]
    UseCaseComponent.objects.bulk_create(parts, batch_size=2000)
    file_all([act.revision(case, 1, case.document, act.why) for case in cases], act)
    return cases


def _ids(found: Sequence[Outcome]) -> list[str]:
    """The files' own IDs; a row without one gets the next of its agency."""
    given: dict[int, list[str]] = {}
    for agency in {outcome.agency for outcome in found if not outcome.row.use_case_id and outcome.agency}:
        wanted = sum(1 for one in found if one.agency == agency and not one.row.use_case_id)
        given[agency.pk] = give_use_case_ids(agency, wanted)[::-1]
    return [outcome.row.use_case_id or given[outcome.agency.pk if outcome.agency else 0].pop() for outcome in found]


def _case(outcome: Outcome, use_case_id: str, act: Act) -> UseCase:
    return UseCase(
        use_case_id=use_case_id, agency=outcome.agency, component=outcome.components[0], status=Status.RECORDED,
        document=outcome.counted, revision_number=1, filed_document=outcome.counted, filed_number=1,
        filed_effective_on=act.effective_on, edition=act.edition, created_by=act.actor, created_at=act.now,
        status_changed_at=act.now,
    )  # fmt: skip


def file_all(revisions: Sequence[Revision], act: Act, kind: str = "use_case.imported") -> None:
    """Write revisions of different cases, file each and record it."""
    Revision.objects.bulk_create(revisions, batch_size=BATCH)
    Filing.objects.bulk_create(
        [act.filing(revision, act.effective_on, act.why) for revision in revisions], batch_size=2000
    )
    record_many([_event(revision, act, kind) for revision in revisions], actor=act.actor, act=act.uuid)


def _event(revision: Revision, act: Act, kind: str) -> Entry:
    case = revision.use_case
    name = revision.document["answers"].get("use_case_name") or "Unnamed use case"
    data = {"revision": revision.number, "effective_on": act.effective_on, "sha256": revision.sha256}
    return Entry(kind, Subject("use_case", case.use_case_id, name, timeline=case.use_case_id), act.why, data)


def update(found: Sequence[Outcome], act: Act, kind: str = "use_case.imported") -> None:
    """A new revision and its filing for each case; answers nobody filed yet stay the newest, and so does what
    counts from a later day (design section 3, two clocks)."""
    for outcome in found:
        if outcome.is_revived and outcome.case:
            _record_again(outcome.case, act)
    file_all([_counted(outcome, act) for outcome in found], act, kind)
    stood: list[tuple[Revision, date | None]] = []
    for outcome in found:
        assert outcome.case is not None
        stood += _past(outcome, outcome.case, act) if outcome.is_past else _newest(outcome, outcome.case, act)
    Revision.objects.bulk_create([revision for revision, _ in stood], batch_size=BATCH)
    Filing.objects.bulk_create([act.filing(revision, day, _STANDS) for revision, day in stood if day])
    UseCase.objects.bulk_update([one.case for one in found if one.case], _CASE_COLUMNS, batch_size=BATCH)


def _record_again(case: UseCase, act: Act) -> None:
    """A case that an undone import had brought in comes back with the next file that has it."""
    move(case, lifecycle.edge("record_again"), actor=act.actor, reason=act.why, act=act.uuid,
         status_changed_at=act.now)  # fmt: skip
    UndoneImport.objects.filter(use_case=case, ended_at=None).update(ended_at=act.now)


def _counted(outcome: Outcome, act: Act) -> Revision:
    assert outcome.case is not None
    return act.revision(outcome.case, outcome.case.revision_number + 1, outcome.counted, act.why)


def _newest(outcome: Outcome, case: UseCase, act: Act) -> list[tuple[Revision, date | None]]:
    """The file's document counts. Where answers were not filed yet they stand on top, unfiled as before."""
    has_unfiled = case.filed_document is not None and case.document != case.filed_document
    newest = documents.with_fields(case.document, outcome.counted, set(outcome.changed))
    case.document = case.filed_document = outcome.counted
    case.revision_number += 1
    case.filed_number, case.filed_effective_on = case.revision_number, act.effective_on
    if not has_unfiled or newest == outcome.counted:
        return []
    case.document = newest
    case.revision_number += 1
    return [(act.revision(case, case.revision_number, newest, _KEPT), None)]


def _past(outcome: Outcome, case: UseCase, act: Act) -> list[tuple[Revision, date | None]]:
    """The file counts for the past only: what stood before stands again as the newest revision."""
    is_filed = case.document == case.filed_document
    case.revision_number += 2
    if is_filed:
        case.filed_number = case.revision_number
    stands = act.revision(case, case.revision_number, case.document, _STANDS)
    return [(stands, case.filed_effective_on if is_filed else None)]


def propose(found: Sequence[Outcome], act: Act) -> None:
    """What the file would change in cases that are in review or decided waits for a person."""
    made = ProposedCorrection.objects.bulk_create(
        [
            ProposedCorrection(
                use_case=one.case, batch=act.batch, document=one.counted, effective_on=act.effective_on,
                proposed_at=act.now, because=one.because,
            )
            for one in found
        ],
        batch_size=BATCH,
    )  # fmt: skip
    entries = [Entry("correction.proposed", row.event_subject(), act.why) for row in made]
    record_many(entries, actor=act.actor, act=act.uuid)


def keep_spellings(task: Import, act: Act) -> None:
    """IDs that name a case in another spelling than here, so that each layout is exported in its own."""
    assert act.batch is not None
    found = [
        IdMatch(
            agency=act.batch.agency, layout=task.layout.name, spelling=row.use_case_id, use_case_id=meant.case.pk,
            state=IdMatch.State.NAMED, batch=act.batch, said_by=act.actor, said_at=act.now,
        )
        for row in task.inventory.rows
        if not row.rejected and row.use_case_id and (meant := task.meant(row)).how == "name" and meant.case
    ]  # fmt: skip
    IdMatch.objects.bulk_create(found, ignore_conflicts=True)


def mark_all_seen(ids: Iterable[tuple[str, str | None]], places: Places) -> None:
    """The IDs of a file under the agencies its rows name; under the import's own where nobody knows that agency."""
    grouped: dict[int, list[str]] = {}
    agencies = {agency.pk: agency for agency in (*places.agencies.values(), places.default)}
    for use_case_id, named in ids:
        agency = places.agency(named) or places.default
        grouped.setdefault(agency.pk, []).append(use_case_id)
    for pk, found in sorted(grouped.items()):
        mark_seen(found, agencies[pk])
