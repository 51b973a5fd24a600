"""Freezing the whole inventory, and what is corrected afterwards: amendments, and the day the log becomes public."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale, move
from registry import document as documents
from registry import editions, handling
from registry.actions import inventory
from registry.actions.cycle_changes import change_log
from registry.actions.inventory.export import inventory_on
from registry.actions.inventory.files import all_layouts
from registry.actions.need_to_know import note_taken
from registry.cycle_lifecycles import FROZEN, edge
from registry.models import Amendment, Cycle, Edition, Revision, Submission, UseCase
from registry.models.use_case import Handling
from registry.permissions.cycles import freeze_refusals
from registry.reads import cycles as reads
from registry.reads.certifying import filed_numbers

FORMATS = ("csv", "xlsx")
WORDS = {
    "missing": "not certified",
    "signed": "waits for the countersignature",
    "outdated": "certified, and changed since",
    "uncalled": "not called",
}
Kind = Amendment.Kind


def missing(cycle: Cycle) -> list[dict[str, str]]:
    """The components whose certification does not stand, and how."""
    found = reads.whole(cycle)
    told = [(part.call.component.code, part.standing) for part in found.parts if part.standing != "certified"]
    codes = {part.call.component.code for part in found.parts}
    others = reads.called(cycle).exclude(component__code__in=codes).order_by("component__code")
    told += [(code, "uncalled") for code in others.values_list("component__code", flat=True).distinct()]
    return [{"component": code, "standing": how, "words": WORDS[how]} for code, how in told]


@transaction.atomic
def freeze(cycle: Cycle, *, why: str = "", format: str = "csv", actor: User) -> Submission:
    """Keep the whole inventory as it leaves: the file's bytes, the revisions in it, the catalogue, what was missing.

    Refused without a reason where a certification is missing or out of date. A case that was reported as retired the
    year before is left out (OMB, Guidance on 2025 Agency AI Reporting, stage d).
    """
    if refusals := freeze_refusals(actor):
        raise Refused(*refusals)
    if format not in FORMATS:
        raise Refused(f"Choose one of {', '.join(FORMATS)}.")
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("agency").get(pk=cycle.pk)
    without = missing(cycle)
    if without and not why.strip():
        raise Refused("Not every component has certified. Say why the inventory is frozen in spite of that.")
    layout = all_layouts()[cycle.layout]
    made = inventory.export(actor=actor, layout=layout, cycle=cycle.year, audience="omb", format=format)
    numbers = revisions_now(cycle)
    row = Submission.objects.create(
        cycle=cycle, number=_next(cycle), content=made.content, file_name=made.file_name, sha256=made.sha256,
        layout=layout.name, rows=made.rows, revisions=numbers, catalogue=_catalogue(layout.name), missing=without,
        why=why.strip(), changes=[one.as_json() for one in change_log(cycle).changes], frozen_by=actor,
    )  # fmt: skip
    data = {"submission": row.number, "sha256": row.sha256, "rows": row.rows, "missing": without}
    move(cycle, edge("cycle", "freeze"), actor=actor, reason=row.why, data=data)
    return row


def _next(cycle: Cycle) -> int:
    return (cycle.submissions.aggregate(top=Max("number"))["top"] or 0) + 1


def revisions_now(cycle: Cycle) -> dict[str, int]:
    """{Use Case ID: filed revision} of the cycle's inventory as it counts today."""
    ids = {row["id"] for row in inventory_on(timezone.localdate(), cycle.agency)}
    return {name: number for name, number in filed_numbers(reads.called(cycle)).items() if name in ids}


def _catalogue(layout: str) -> dict[str, Any]:
    """What the inventory was made under: the questionnaire, the layout, and the policy editions by their sha256."""
    today = timezone.localdate()
    form = editions.today()
    rows = Edition.objects.filter(effective_on__lte=today).select_related("instrument")
    rows = rows.prefetch_related("statuses").order_by("instrument__slug", "effective_on")
    policy = []
    for row in rows:
        told = [one.status for one in row.statuses.all() if one.from_on <= today]
        policy.append({"instrument": row.instrument.slug, "effective_on": row.effective_on.isoformat(),
                       "sha256": row.sha256, "status": told[-1] if told else ""})  # fmt: skip
    return {"questionnaire": form.name, "questionnaire_sha256": form.sha256, "layout": layout, "policy": policy}


@transaction.atomic
def note_download(submission: Submission, *, actor: User) -> None:
    """Record that the frozen file was taken out, and each restricted case and answer in it (design section 4)."""
    cases = list(UseCase.objects.filter(use_case_id__in=list(submission.revisions)))
    hidden = [case for case in cases if case.handling == Handling.RESTRICTED]
    held = {case.pk: handling.present(case.filed_document, case.restricted) for case in cases}
    event = record("submission.downloaded", submission, actor=actor,
                   data={"sha256": submission.sha256, "restricted": len(hidden)})  # fmt: skip
    told = {"sha256": submission.sha256}
    entries = [Entry("use_case.viewed", case.event_subject(), data=told) for case in hidden]
    entries += [
        Entry("use_case.answers_viewed", case.event_subject(), data={**told, "fields": sorted(held[case.pk])})
        for case in cases
        if held[case.pk]
    ]
    record_many(entries, actor=actor, act=event.act)


# -- amendments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pending:
    """A case that counts differently than the submission and its amendments say."""

    use_case: UseCase
    kind: str
    from_number: int | None
    to_number: int | None
    fields: list[str] = field(default_factory=list)


def amended(submission: Submission) -> dict[str, int]:
    """The revisions as the submission and its amendments have them."""
    numbers: dict[str, int] = dict(submission.revisions)
    rows = submission.amendments.order_by("recorded_at", "pk").values_list("use_case__use_case_id", "to_number")
    for name, number in rows:
        if number is None:
            numbers.pop(name, None)
        else:
            numbers[name] = number
    return numbers


def pending(submission: Submission) -> list[Pending]:
    """What was filed, added or taken out since, and stands in no amendment yet."""
    then, now = amended(submission), revisions_now(submission.cycle)
    moved = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    cases = UseCase.objects.filter(use_case_id__in=moved).select_related("component").order_by("use_case_id")
    fields = _differing(cases, then, now)
    found = [
        Pending(case, _kind(case.use_case_id, then, now), then.get(case.use_case_id), now.get(case.use_case_id),
                fields.get(case.use_case_id, []))
        for case in cases
    ]  # fmt: skip
    return [one for one in found if one.kind != Kind.CHANGED or one.fields]


def _kind(name: str, then: Mapping[str, int], now: Mapping[str, int]) -> str:
    if name not in then:
        return Kind.ADDED
    return Kind.CHANGED if name in now else Kind.REMOVED


def _differing(cases: Iterable[UseCase], then: Mapping[str, int], now: Mapping[str, int]) -> dict[str, list[str]]:
    """The fields in which the two revisions of each case differ."""
    numbers = {*then.values(), *now.values()}
    found: dict[tuple[str, int], Any] = {}
    for row in Revision.objects.filter(use_case__in=list(cases), number__in=numbers).select_related("use_case"):
        found[row.use_case.use_case_id, row.number] = row.document
    told = {}
    for name in {case.use_case_id for case in cases} & then.keys() & now.keys():
        pair = [found.get((name, numbers[name]), documents.empty()) for numbers in (then, now)]
        told[name] = sorted(documents.changed_fields(*pair))
    return told


@transaction.atomic
def amend(submission: Submission, ids: Collection[str], *, reason: str, actor: User) -> list[Amendment]:
    """Enter corrections in the log of a frozen inventory, each case with the same reason."""
    if refusals := freeze_refusals(actor):
        raise Refused(*refusals)
    submission = Submission.objects.select_for_update(of=("self",)).select_related("cycle__agency").get(
        pk=submission.pk
    )  # fmt: skip
    if submission.cycle.status != FROZEN or submission.number != _next(submission.cycle) - 1:
        raise Refused("Only the newest submission of a frozen inventory is amended.")
    if not reason.strip():
        raise Refused("Say why: the reason stands in the public log.")
    chosen = [one for one in pending(submission) if one.use_case.use_case_id in ids]
    if len(chosen) != len(set(ids)) or not chosen:
        raise Stale("What was ticked is not waiting any more. Look at the list again; nothing was entered.")
    act = uuid.uuid4()
    rows = Amendment.objects.bulk_create(
        Amendment(submission=submission, use_case=one.use_case, kind=one.kind, from_number=one.from_number,
                  to_number=one.to_number, fields=one.fields, reason=reason.strip(), recorded_by=actor)
        for one in chosen
    )  # fmt: skip
    entries = [
        Entry("use_case.amended", row.event_subject(), row.reason,
              {"submission": str(submission), "kind": row.kind, "revision": row.to_number, "fields": row.fields})
        for row in rows
    ]  # fmt: skip
    record_many(entries, actor=actor, act=act)
    return rows


@transaction.atomic
def publish(submission: Submission, day: date | None, *, actor: User) -> None:
    """Say from when the inventory is public, so that its revision log is; None takes that back."""
    if refusals := freeze_refusals(actor):
        raise Refused(*refusals)
    submission.published_on = day
    submission.save(update_fields=["published_on"])
    record("submission.published", submission, actor=actor, data={"on": day})


@transaction.atomic
def note_changes(what: str, ids: Collection[str], *, actor: User) -> None:
    """Record that a change log was taken out, and the restricted cases it names."""
    note_taken(f"changes of {what}", UseCase.objects.filter(use_case_id__in=list(ids)), actor=actor)
