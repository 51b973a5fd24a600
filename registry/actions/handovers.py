"""Handing cases over: offered, answered by the person named, and only then changed."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Component, User
from accounts.permissions import standing
from audit.log import Entry, Subject, record, record_many
from audit.workflow import Refused, Stale
from registry.models import Handover, UseCase, UseCaseComponent
from registry.permissions.people import (
    can_take_back,
    handovers_visible_to,
    offer_refusals,
    offered_to,
    review_refusals,
    taker_refusals,
    transfer_refusals,
)

Kind, State = Handover.Kind, Handover.State
OPEN_FOR = timedelta(days=30)


@dataclass
class Outcome:
    """What became of a bulk: the offers done, and the cases left out with the reason."""

    act: uuid.UUID
    done: list[Handover] = field(default_factory=list)
    left: list[tuple[UseCase, str]] = field(default_factory=list)


def _locked(cases: Iterable[UseCase]) -> list[UseCase]:
    """The cases in one order, so that two bulks wait for each other instead of locking each other out."""
    rows = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner", "backup_owner")
    return list(rows.filter(pk__in=[case.pk for case in cases]).order_by("pk"))


@transaction.atomic
def offer(cases: Sequence[UseCase], person: User, *, kind: str = Kind.OWNER, note: str = "", actor: User) -> Outcome:
    """Ask a person to own these cases, or to stand in for their owners. Until they accept, nothing changes.

    Asking oneself is the answer too. Cases that cannot be offered are left out with the reason; refused when none
    can.
    """
    outcome = Outcome(uuid.uuid4())
    for case in _locked(cases):
        reasons = offer_refusals(actor, case) or taker_refusals(actor, person, case, kind) or _asked_already(case, kind)
        if reasons:
            outcome.left.append((case, " ".join(reasons)))
        else:
            outcome.done.append(_offered(case, outcome.act, kind, note, actor, to_person=person))
    if not outcome.done:
        raise Refused(*dict.fromkeys(reason for _, reason in outcome.left) or ["Choose at least one case."])
    _tell_offered(outcome, str(person), note, actor)
    if person.pk == actor.pk:
        answer(outcome.act, [one.uuid for one in outcome.done], accept=True, actor=actor)
    return outcome


@transaction.atomic
def offer_transfer(cases: Sequence[UseCase], component: Component, *, note: str = "", actor: User) -> Outcome:
    """Offer cases to another component, whose lead answers. Not while in review; the Use Case ID never changes."""
    outcome = Outcome(uuid.uuid4())
    for case in _locked(cases):
        reasons = transfer_refusals(actor, case) or _asked_already(case, Kind.TRANSFER)
        if case.component_id == component.pk:
            reasons = [f"It belongs to {component} already."]
        elif component.agency_id != case.agency_id:
            reasons = ["A case stays within its agency: its Use Case ID is the agency’s."]
        if reasons:
            outcome.left.append((case, " ".join(reasons)))
        else:
            outcome.done.append(_offered(case, outcome.act, Kind.TRANSFER, note, actor, to_component=component))
    if not outcome.done:
        raise Refused(*dict.fromkeys(reason for _, reason in outcome.left) or ["Choose at least one case."])
    _tell_offered(outcome, f"the lead of {component}", note, actor)
    return outcome


def _asked_already(case: UseCase, kind: str) -> list[str]:
    waiting = Handover.objects.filter(use_case=case, kind=kind, state=State.OFFERED)
    open_one = waiting.select_related("to_person", "to_component").first()
    if open_one is None:
        return []
    day = timezone.localtime(open_one.offered_at)
    return [f"It was offered to {open_one.target} on {day.day} {day:%B}. Take that back first."]


def _offered(
    case: UseCase, act: uuid.UUID, kind: str, note: str, actor: User,
    *, to_person: User | None = None, to_component: Component | None = None,
) -> Handover:  # fmt: skip
    return Handover.objects.create(
        act=act, use_case=case, kind=kind, note=note.strip(), offered_by=actor,
        from_person=case.backup_owner if kind == Kind.BACKUP else case.owner, from_component=case.component,
        to_person=to_person, to_component=to_component, expires_on=timezone.localdate() + OPEN_FOR,
    )  # fmt: skip


def _tell_offered(outcome: Outcome, to: str, note: str, actor: User) -> None:
    """An event for each case, and one for the bulk: the mail follows that one."""
    entries = [Entry("handover.offered", one.event_subject(), note) for one in outcome.done]
    record_many([*entries, Entry("handovers.offered", bulk(outcome.act, len(outcome.done), to))], actor=actor,
                act=outcome.act)  # fmt: skip


def bulk(act: uuid.UUID, number: int, to: str) -> Subject:
    """The subject of what is told once of many offers."""
    return Subject("handovers", str(act), f"{number} case{'' if number == 1 else 's'}, {to}")


# -- the answer -------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    act: uuid.UUID, uuids: Iterable[uuid.UUID], *, accept: bool, why: str = "", owner: User | None = None, actor: User
) -> Outcome:
    """Accept or decline offers of one bulk, all or some. Of two answers at once one counts, the other is Stale.

    A component lead who accepts a transfer names the `owner`: themselves at once, somebody else by an offer which
    that person answers; nobody leaves the case without owner for now.
    """
    rows = handovers_visible_to(actor).filter(act=act, uuid__in=list(uuids))
    if not rows.exists():
        raise Refused("Choose at least one case.")
    outcome = Outcome(uuid.uuid4())
    waiting = _waiting(offered_to(actor).filter(act=act, uuid__in=list(uuids)))
    if not waiting:
        raise _why_none(list(rows.select_related("to_person", "to_component", "answered_by")))
    for one in waiting:
        reasons = _barred(one, actor) if accept else []
        if reasons:
            outcome.left.append((one.use_case, " ".join(reasons)))
            continue
        close(one, State.ACCEPTED if accept else State.DECLINED, actor, why)
        if accept:
            _carry_out(one, outcome.act, actor)
        outcome.done.append(one)
    if not outcome.done:
        raise Refused(*dict.fromkeys(reason for _, reason in outcome.left))
    _tell_answered(outcome, act, accept, why, actor)
    if accept and owner and any(one.kind == Kind.TRANSFER for one in outcome.done):
        note = next((one.note for one in outcome.done if one.note), "")
        offer([one.use_case for one in outcome.done], owner, note=note, actor=actor)
    return outcome


def _waiting(rows: QuerySet[Handover]) -> list[Handover]:
    """The offers that wait, their cases locked first: in the order every act on a case takes."""
    _locked(UseCase.objects.filter(pk__in=rows.values("use_case")))
    found = rows.filter(state=State.OFFERED).select_for_update(of=("self",))
    return list(
        found.select_related(
            "use_case__component", "use_case__owner", "use_case__agency", "to_person", "to_component",
            "from_component", "from_person", "offered_by",
        ).order_by("use_case_id")
    )  # fmt: skip


def _why_none(rows: list[Handover]) -> Refused:
    open_one = next((one for one in rows if one.state == State.OFFERED), None)
    if open_one is not None:
        return Refused(f"Only {open_one.target} can answer this.")
    last = rows[0]
    by = f" by {last.answered_by}" if last.answered_by else ""
    return Stale(f"This has been answered in the meantime: {last.get_state_display().lower()}{by}.")


def _barred(one: Handover, actor: User) -> list[str]:
    """Why an offer cannot be accepted any more: the case has moved on since."""
    case = one.use_case
    if case.component_id != one.from_component_id:
        return [f"{case.use_case_id} belongs to {case.component} by now."]
    if one.kind == Kind.TRANSFER:
        return review_refusals(case)
    if case.component_id not in standing(actor).components:
        return [f"You no longer work in {case.component}, whose case {case.use_case_id} is."]
    if one.kind == Kind.OWNER and case.owner_id and case.owner_id != one.from_person_id:
        return [f"{case.use_case_id} has another owner by now, {case.owner}."]
    if one.kind == Kind.BACKUP and case.owner_id == actor.pk:
        return [f"You own {case.use_case_id} by now; somebody else stands in."]
    return []


def close(one: Handover, state: str, actor: User | None, why: str) -> None:
    """End a waiting offer; Stale when somebody else has just done so."""
    columns = {"state": state, "answered_by": actor, "answered_at": timezone.now(), "why": why.strip()[:500]}
    if Handover.objects.filter(pk=one.pk, state=State.OFFERED).update(**columns) != 1:
        raise Stale("Somebody else has answered this in the meantime.")
    for name, value in columns.items():
        setattr(one, name, value)


def _carry_out(one: Handover, act: uuid.UUID, actor: User) -> None:
    case = one.use_case
    if one.kind == Kind.TRANSFER:
        _transfer(one, act, actor)
    elif one.kind == Kind.BACKUP:
        UseCase.objects.filter(pk=case.pk).update(backup_owner=one.to_person)
    else:
        columns: dict[str, User | None] = {"owner": one.to_person}
        if case.backup_owner_id == one.to_person_id:
            columns["backup_owner"] = None
        UseCase.objects.filter(pk=case.pk).update(**columns)


def _transfer(one: Handover, act: uuid.UUID, actor: User) -> None:
    """The case and its part follow to the other component, the ID stays (OMB 2025 guidance: never reused).

    Its people, mailbox and other offers belonged to the component it leaves.
    """
    case, here = one.use_case, one.to_component
    UseCaseComponent.objects.filter(use_case=case, component=case.component).delete()
    UseCaseComponent.objects.update_or_create(use_case=case, component=here, defaults={"is_owner": True})
    UseCase.objects.filter(pk=case.pk).update(component=here, owner=None, backup_owner=None, team_mailbox="")
    for other in Handover.objects.filter(use_case=case, state=State.OFFERED).exclude(pk=one.pk):
        close(other, State.TAKEN_BACK, actor, f"The case went to {here}.")
        record("handover.taken_back", other, actor=actor, act=act, reason=other.why)
    case.refresh_from_db(fields=["component", "owner", "backup_owner", "team_mailbox"])
    data = {"from": one.from_component, "to": here}
    record("use_case.transferred", case, actor=actor, act=act, reason=one.note, data=data)


def _tell_answered(outcome: Outcome, offered: uuid.UUID, accept: bool, why: str, actor: User) -> None:
    kind = "accepted" if accept else "declined"
    entries = [Entry(f"handover.{kind}", one.event_subject(), why) for one in outcome.done]
    first = outcome.done[0]
    subject = bulk(offered, len(outcome.done), first.target)
    entries.append(Entry(f"handovers.{kind}", subject, why, {"offers": [one.uuid for one in outcome.done]}))
    if accept and first.kind == Kind.TRANSFER and first.to_component:
        ids = [one.use_case.use_case_id for one in outcome.done]
        for component in sorted({one.from_component for one in outcome.done}, key=str):
            entries.append(Entry("component.cases_given", component.event_subject(), data={"use_cases": ids}))
        entries.append(Entry("component.cases_taken", first.to_component.event_subject(), data={"use_cases": ids}))
    record_many(entries, actor=actor, act=outcome.act)


# -- ends without an answer -------------------------------------------------------------------------


@transaction.atomic
def take_back(act: uuid.UUID, uuids: Iterable[uuid.UUID] | None = None, *, why: str = "", actor: User) -> int:
    """Take offers back before they are answered: whoever made them, or the component lead."""
    rows = handovers_visible_to(actor).filter(act=act, state=State.OFFERED)
    found = _waiting(rows if uuids is None else rows.filter(uuid__in=list(uuids)))
    if not found:
        raise Stale("Nothing of this waits for an answer any more.")
    if not all(can_take_back(actor, one) for one in found):
        raise Refused(f"Only {found[0].offered_by} or the {found[0].from_component} lead can take this back.")
    taken = uuid.uuid4()
    for one in found:
        close(one, State.TAKEN_BACK, actor, why)
    record_many([Entry("handover.taken_back", one.event_subject(), why) for one in found], actor=actor, act=taken)
    return len(found)


def expire(as_of: date) -> int:
    """End the offers nobody answered in time; whoever made them is told once for each bulk."""
    found = _waiting(Handover.objects.filter(state=State.OFFERED, expires_on__lt=as_of))
    bulks: dict[uuid.UUID, list[Handover]] = {}
    for one in found:
        close(one, State.EXPIRED, None, "")
        bulks.setdefault(one.act, []).append(one)
    for act, offers in bulks.items():
        entries = [Entry("handover.expired", one.event_subject()) for one in offers]
        subject = bulk(act, len(offers), offers[0].target)
        record_many([*entries, Entry("handovers.expired", subject)], actor=None, act=uuid.uuid4())
    return len(found)
