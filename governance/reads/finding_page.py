"""One finding: what, why, what to do, by when, whose, what became of it so far, and what would meet it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from governance import finding_rules, record_kinds
from governance.models import DatedRecord, Finding, FindingNote
from governance.permissions import findings as permissions
from governance.permissions import records as record_permissions
from governance.reads.need_to_know import findings as worded
from registry.models import UseCase
from registry.permissions import can_edit
from registry.permissions.talk import evidence_refusals, evidence_visible_to

ROLES = {"component_lead": "the {component} lead", "inventory_manager": "the inventory manager",
         "caio": "the Chief AI Officer"}  # fmt: skip
TOLD = {
    "finding.opened": "The checks found it",
    "finding.resolved": "The checks no longer found it",
    "finding.waived": "A waiver covers it",
    "finding.assigned": "{actor} gave it to {to}",
    "finding.accepted": "{actor} accepted the risk",
    "finding.accepted_again": "Found again; its risk is accepted",
    "finding.acceptance_taken_back": "{actor} took the acceptance of the risk back",
    "finding.acceptance_ended": "The day passed until which its risk was accepted",
    "finding.unattended": "Nobody had looked after it for {days} days; {told} was told",
}


def whose(finding: Finding) -> str:
    """Whose it is, in words that fit inside a sentence."""
    if finding.assigned_to:
        return finding.assigned_to.name
    if finding.office:
        return f"the {finding.office.name}"
    case = finding.use_case
    if finding.falls_to in ROLES:
        return ROLES[finding.falls_to].format(component=case.component.code)
    return case.owner.name if case.owner else f"the {case.component.code} lead"


@dataclass(frozen=True)
class Told:
    """One line of a finding's history: an act, or a comment."""

    at: Any
    what: str
    said: str = ""
    note: FindingNote | None = None


@dataclass(frozen=True)
class Way:
    """What would meet it: a page of the portal, or whom to ask."""

    label: str
    url: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Page:
    """What the page of a finding shows and lets the person do."""

    finding: Finding
    whose: str
    is_hidden: bool
    history: list[Told]
    ways: list[Way]
    records: list[DatedRecord]
    may: dict[str, bool]
    accept_why_not: str
    latest: date


def page(user: Any, finding: Finding) -> Page:
    """The page for this person; of a finding about an answer they may not read, no text and no history of it."""
    case = finding.use_case
    is_hidden = bool(finding.field) and finding.field in case.hidden
    worded(user, [finding])
    if is_hidden:
        finding.remedy, finding.accepted_why = f"{case.ask}.", ""
    practice = finding.provision.details.get("params", {}).get("practice", "")
    refused = permissions.accept_refusals(user, finding)
    may = {
        "comment": not permissions.note_refusals(user, finding),
        "assign": not permissions.assign_refusals(user, finding),
        "accept": not refused and finding.state != Finding.State.ACCEPTED,
        "back": finding.state == Finding.State.ACCEPTED and not permissions.back_refusals(user, finding),
    }
    today = timezone.localdate()
    most = finding_rules.in_force(today).accept_at_most_days
    return Page(
        finding, whose(finding), is_hidden, [] if is_hidden else _history(user, finding),
        [] if is_hidden or not finding.is_standing else _ways(user, finding, practice),
        list(_records(case, practice)) if practice and not is_hidden else [],
        may, " ".join(refused), date.fromordinal(today.toordinal() + most),
    )  # fmt: skip


def notes_of(finding: Finding) -> QuerySet[FindingNote]:
    """Its comments, and those on the same problem under an earlier reading of the provision."""
    same = Finding.objects.filter(
        use_case=finding.use_case_id, provision__ref=finding.provision.ref, check_name=finding.check_name,
        key=finding.key,
    )  # fmt: skip
    return FindingNote.objects.filter(finding__in=same).select_related("recorded_by", "evidence")


def _history(user: Any, finding: Finding) -> list[Told]:
    """Everything that happened to it, newest first; no file behind an answer the person may not read."""
    notes = list(notes_of(finding))
    named = [one.evidence_id for one in notes if one.evidence_id]
    readable = set(evidence_visible_to(user).filter(pk__in=named).values_list("pk", flat=True))
    for note in notes:
        if note.evidence_id and note.evidence_id not in readable:
            note.evidence = None
    events = Event.objects.filter(subject_type="finding", subject_id=str(finding.uuid), kind__in=TOLD)
    found = [Told(one.recorded_at, _words(one), one.reason) for one in events]
    found += [
        Told(one.recorded_at, f"{one.recorded_by} commented" if one.text else f"{one.recorded_by} named evidence",
             one.text, one)
        for one in notes
    ]  # fmt: skip
    return sorted(found, key=lambda told: told.at, reverse=True)


def _words(event: Event) -> str:
    if event.kind == "finding.opened" and event.data.get("again"):
        return "The checks found it again after it was resolved"
    data = event.data
    days, told = data.get("days", ""), "the Board" if data.get("level") == "board" else "the component lead"
    return TOLD[event.kind].format(actor=event.actor_label, to=data.get("to", ""), days=days, told=told)


def _ways(user: Any, finding: Finding, practice: str) -> list[Way]:
    """Where what is missing is added: the answer, the practice's records, the file."""
    case, found = finding.use_case, []
    if finding.field and can_edit(user, case):
        found.append(Way("Change the answer it is about", f"{case.get_absolute_url()}tasks/"))
    elif finding.field:
        found.append(Way("The answer it is about", ask=case.whom))
    if practice:
        found.append(Way("The practice and its records", reverse("compliance-practices", args=[case.use_case_id])))
        found += _of_kinds(user, case, practice)
    if not evidence_refusals(user, case):
        found.append(Way("Add a file or a link to the case", reverse("evidence-add", args=[case.use_case_id])))
    return found


def _of_kinds(user: Any, case: UseCase, practice: str) -> Iterable[Way]:
    for kind in record_kinds.in_force(timezone.localdate()).kinds:
        if kind.practice != practice or not kind.is_evidence or kind.is_by_practice:
            continue
        if record_permissions.recording(user, case, kind).refusals:
            yield Way(f"Record: {kind.label}", ask=record_permissions.recorder_words(case, kind))
        else:
            yield Way(f"Record: {kind.label}", reverse("records-add", args=[case.use_case_id, kind.slug]))


def _records(case: UseCase, practice: str) -> QuerySet[DatedRecord]:
    rows = DatedRecord.objects.current(timezone.localdate()).filter(use_case=case, practice=practice)
    return rows.order_by("-effective_on", "-pk")
