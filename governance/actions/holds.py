"""Holds on prohibited uses: opened by what is filed, settled by the offices, and what follows (DHS Directive 139-08).

What is filed is compared by one function, `look`: in the act that sends a case for review, and for every other way in
which answers come to count within five minutes. No approval depends on that: it asks what is filed itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Office, User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance import prohibitions
from governance.actions.compliance import check_soon
from governance.actions.lanes import close_open_lanes
from governance.actions.steps import end_round, hold_place, locked, take
from governance.actions.stop_orders import lift_orders, order_stop
from governance.models import AgendaItem, Hold, HoldWord, StageRequest, StopOrder, Suspension
from governance.permissions.holds import board_refusals, officer_refusals, place
from governance.permissions.office import Seat
from governance.reads import rounds
from governance.reads.holds import RUNNING
from registry import editions
from registry.actions.use_cases import let_know
from registry.models import Revision, UseCase
from registry.models.use_case import Status

State = Hold.State
RESUMABLE = (Status.RECORDED, Status.APPROVED, Status.APPROVED_WITH_CONDITIONS)
OVER = (Status.RETIRED, Status.WITHDRAWN)
TO_MEND = "The offices find, asked anew, that the prohibition does not apply to the use as it is then."
CAME_FIRST = "came first. Nothing of yours was recorded; read what was said."


# -- opened and kept by what is filed ---------------------------------------------------------------


def look_at_all() -> int:
    """Look at each case whose newest filing was not looked at; returns how many holds were opened or changed."""
    live = Hold.objects.filter(use_case=OuterRef("pk"), is_live=True)
    seen = Exists(live.filter(looked_number=OuterRef("filed_number")))
    fields = sorted({one.field for edition in prohibitions.editions() for one in edition.prohibitions})
    hit = Q(filed_document__withheld__has_any_keys=fields) | Q(filed_document__flagged__has_any_keys=fields)
    for name in fields:
        hit |= Q(**{f"filed_document__answers__{name}__in": [prohibitions.YES, prohibitions.UNKNOWN]})
    rows = UseCase.objects.exclude(status=Status.DRAFT)
    new = hit & ~seen & ~Q(status__in=OVER)
    known = Exists(live.exclude(looked_number=F("use_case__filed_number")))
    over = Exists(live.filter(state=State.OPEN)) & Q(status__in=OVER) & ~Q(stage__in=RUNNING)
    return sum(look(pk) for pk in list(rows.filter(new | known | over).order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def look(pk: int) -> int:
    """Compare one case with its holds; looking twice changes nothing."""
    rows = UseCase.objects.select_for_update(of=("self",)).select_related("component", "agency", "owner")
    return look_at(rows.get(pk=pk), actor=system_account(), act=uuid.uuid4())


def look_at(use_case: UseCase, *, actor: User, act: uuid.UUID) -> int:
    """The same for a case that is locked, in the act that files it."""
    live = {row.prohibition: row for row in Hold.objects.filter(use_case=use_case, is_live=True)}
    if use_case.status in OVER:
        # Withdrawing a case stops no use: what runs is still to be settled.
        ended = [] if use_case.is_running else [row for row in live.values() if row.state == State.OPEN]
        return sum(_end(row, State.OVER, actor=actor, act=act) for row in ended)
    revision = Revision.objects.filter(use_case=use_case, number=use_case.filed_number or 0).first()
    if revision is None:
        return 0
    revision.use_case = use_case
    edition, document = prohibitions.in_force(timezone.localdate()), editions.counting(revision)
    count = 0
    for one in edition.prohibitions:
        said = prohibitions.answer(document, one.field)
        count += _settle(live.get(one.field), one, said, _Filed(use_case, revision, edition, actor, act))
    return count


@dataclass(frozen=True, slots=True)
class _Filed:
    """What is filed now, by whose act."""

    use_case: UseCase
    revision: Revision
    edition: prohibitions.Edition
    actor: User
    act: uuid.UUID


def _settle(row: Hold | None, one: prohibitions.Prohibition, said: str, filed: _Filed) -> int:
    """What an answer does to the hold of its prohibition: opens one, asks anew, or nothing."""
    if row is None:
        return _open(one, said, filed) if prohibitions.opens(said) else 0
    if row.answer == said:
        if row.looked_number != filed.revision.number:
            Hold.objects.filter(pk=row.pk).update(looked_number=filed.revision.number)
        return 0
    if row.state == State.OPEN:
        return _ask_anew(row, said, filed)
    Hold.objects.filter(pk=row.pk).update(is_live=False)
    # What was lifted is over with the answer it was about. What applies is lifted by nobody's new answer alone.
    is_asked = prohibitions.opens(said) or row.state == State.APPLIES
    return _open(one, said, filed, follows=row) if is_asked else 1


def _open(one: prohibitions.Prohibition, said: str, filed: _Filed, **columns: Any) -> int:
    hold = Hold.objects.create(
        use_case=filed.use_case, prohibition=one.field, answer=said, revision=filed.revision,
        looked_number=filed.revision.number, edition=filed.edition.key, offices=list(one.offices),
        due_on=_due(filed.edition),
        report_within_days=filed.edition.report_within_days, **columns,
    )  # fmt: skip
    _let_offices_know(hold)
    record("hold.opened", hold, actor=filed.actor, act=filed.act, data={"revision": filed.revision.number})
    check_soon(filed.use_case, actor=filed.actor)
    return 1


def _due(edition: prohibitions.Edition) -> date:
    return timezone.localdate() + timedelta(days=edition.speak_within_days)


def _let_offices_know(hold: Hold) -> None:
    """Who has to speak must be able to read it, also when the case is made restricted later."""
    for office in Office.objects.filter(agency=hold.use_case.agency_id, code__in=hold.offices):
        let_know(hold.use_case, because="Says whether a prohibition applies", office=office)


def _ask_anew(row: Hold, said: str, filed: _Filed) -> int:
    """Another answer while the hold is open: what offices said was about the one before. A “no” lifts nothing by
    itself, the offices confirm it."""
    _void(row)
    number = filed.revision.number
    Hold.objects.filter(pk=row.pk).update(
        answer=said, revision=filed.revision, looked_number=number, due_on=_due(filed.edition), told_on=None
    )
    record("hold.answer_changed", row, actor=filed.actor, act=filed.act, data={"revision": number})
    return 1


def remind_offices() -> int:
    """Remind offices that have not spoken in time, and again after some days; returns of how many holds."""
    today = timezone.localdate()
    rows = Hold.objects.filter(state=State.OPEN, due_on__lt=today).order_by("due_on", "pk")
    return sum(_remind(pk) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _remind(pk: int) -> int:
    today = timezone.localdate()
    row = Hold.objects.select_for_update(of=("self",)).select_related("use_case").get(pk=pk)
    again = timedelta(days=prohibitions.in_force(today).remind_after_days)
    if not row.days_over or (row.told_on and row.told_on + again > today):
        return 0
    Hold.objects.filter(pk=row.pk).update(told_on=today)
    record("hold.overdue", row, actor=None, data={"days": row.days_over})
    return 1


def _void(hold: Hold) -> None:
    words = HoldWord.objects.filter(hold=hold, replaced_at=None)
    words.update(replaced_at=timezone.now(), replaced_how=HoldWord.Gone.ANSWER)


def _end(hold: Hold, how: str, *, actor: User, act: uuid.UUID) -> int:
    _close(hold, how, is_live=False)
    record("hold.ended", hold, actor=actor, act=act)
    return 1


def _close(hold: Hold, how: str, **columns: Any) -> None:
    """One conditional update, as with a status: of two acts at once the second is Stale."""
    now = timezone.now()
    rows = Hold.objects.filter(pk=hold.pk, state=State.OPEN)
    if rows.update(state=State(how), closed_at=now, **columns) != 1:
        raise Stale("The hold was settled in the meantime. Reload the page to see how.")
    hold.state, hold.closed_at = how, now


# -- settled by the offices -------------------------------------------------------------------------


@transaction.atomic
def speak_on_hold(
    hold: Hold, *, actor: User, office: Office, says: str, reasons: str, seen: uuid.UUID | None = None
) -> HoldWord:
    """Say for an office whether the prohibition applies, with reasons (DHS Directive 139-08, prohibitions).

    When all offices asked say that it does not, the hold is lifted. When one says that it does, the case is rejected,
    or, in use, ordered to stop, in this act. `seen` is the office's word as the page showed it: of two people of an
    office at once the second is Stale, and a correction replaces what the office read.
    """
    hold = locked_hold(hold)
    seat = _seat_at(hold, office, actor)
    now = hold.words.filter(office=office, replaced_at=None).select_related("person").first()
    if (now.uuid if now else None) != seen:
        raise Stale(f"{now.signer if now else 'A new answer'} {CAME_FIRST}")
    if says not in HoldWord.Says.values:
        raise Refused("Say whether the prohibition applies.")
    if refusals := guards.reasons_given(reasons, "Give the reasons: they are the record of the determination."):
        raise Refused(*refusals)
    hold_place(seat.by)
    act = uuid.uuid4()
    word = _speak(
        hold, now, office=office, says=says, reasons=reasons.strip(), person=actor, acting_for=seat.acting_for
    )
    record("hold.corrected" if now else "hold.spoken", hold, actor=actor, act=act, acting_for=seat.acting_for,
           data={"office": office.code})  # fmt: skip
    said = dict(hold.words.filter(replaced_at=None).values_list("office__code", "says"))
    follow = {prohibitions.LIFTED: _lift, prohibitions.APPLIES: _apply}.get(prohibitions.outcome(hold.offices, said))
    if follow:
        follow(hold, word, act=act)
    return word


def locked_hold(hold: Hold) -> Hold:
    """The hold as it stands with its case, both locked: whoever acts on the case at the same time queues here."""
    use_case = locked(hold.use_case)
    found = Hold.objects.select_for_update(of=("self",)).select_related("revision").get(pk=hold.pk)
    found.use_case = use_case
    return found


def _seat_at(hold: Hold, office: Office, actor: User) -> Seat:
    if office.code not in hold.offices or office.agency_id != hold.use_case.agency_id:
        raise Refused(f"The {office.name} is not asked here.")
    seat = place(actor, hold, office)
    if seat.reasons:
        raise Refused(*seat.reasons)
    if not hold.is_open:
        raise Stale(f"The hold is settled: {hold.get_state_display().lower()}. Nothing of yours was recorded.")
    return seat


def _speak(hold: Hold, before: HoldWord | None, **said: Any) -> HoldWord:
    if before:
        HoldWord.objects.filter(pk=before.pk).update(
            replaced_at=timezone.now(), replaced_how=HoldWord.Gone.CORRECTED
        )  # fmt: skip
    read = Revision.objects.get(use_case=hold.use_case, number=hold.use_case.filed_number or 0)
    return HoldWord.objects.create(hold=hold, revision=read, **said)


def _lift(hold: Hold, word: HoldWord, *, act: uuid.UUID) -> None:
    """No office holds that it applies; an order to stop that rested on it ends with it."""
    # An answer that is a plain “no” by now leaves nothing to settle.
    _close(hold, State.LIFTED, is_live=prohibitions.opens(hold.answer))
    record("hold.lifted", hold, actor=word.person, act=act, acting_for=word.acting_for)
    check_soon(hold.use_case, actor=word.person)
    lift_orders(hold, actor=word.person, act=act)


def _apply(hold: Hold, word: HoldWord, *, act: uuid.UUID) -> None:
    """The prohibition applies: the case is rejected, or stopped where it is in use; a running round ends with it."""
    use_case = hold.use_case
    who: dict[str, Any] = {"actor": word.person, "act": act, "acting_for": word.acting_for}
    _close(hold, State.APPLIES)
    record("hold.applied", hold, **who, data={"is_running": use_case.is_running})
    verb = prohibitions.consequence(use_case.status, use_case.is_running)
    if verb:
        had = _end_request(use_case, word) or use_case.status
        _end_round(use_case, actor=word.person, act=act)
        before = had if had in RESUMABLE and verb == "stop_prohibited" else ""
        reason = f"The {word.office.name} determined that a prohibition of Directive 139-08 applies to this use."
        blocked = guards.prohibition_applies(word.office.name, word.says)
        take(use_case, verb, blocked=blocked, reason=reason, suspended_from=before, data=_because(hold), **who)
        if verb == "stop_prohibited":
            Suspension.objects.create(
                use_case=use_case, reason=reason, to_mend=TO_MEND, suspended_by=word.person,
                suspended_for=word.acting_for,
            )  # fmt: skip
    if use_case.is_running:
        order_stop(use_case, because=StopOrder.Because.PROHIBITED, hold=hold, ordered_as=word.office.name, **who)
    check_soon(use_case, actor=word.person)


def _end_request(use_case: UseCase, word: HoldWord) -> str:
    """A request for a later stage has its answer; returns the status the case had before it asked."""
    asked = StageRequest.objects.filter(use_case=use_case, state=StageRequest.State.OPEN).first()
    if asked is None:
        return ""
    StageRequest.objects.filter(pk=asked.pk).update(
        state=StageRequest.State.DECLINED, closed_by=word.person, closed_for=word.acting_for,
        closed_at=timezone.now(), closed_because="A prohibition applies.",
    )  # fmt: skip
    return asked.status_before


def _because(hold: Hold) -> Mapping[str, Any]:
    return {"hold": hold.uuid}


def _end_round(use_case: UseCase, *, actor: User, act: uuid.UUID) -> None:
    """What the offices and the Board still had before them is answered by the prohibition."""
    review = rounds.open_round(use_case)
    if review is None:
        return
    review.use_case = use_case
    close_open_lanes(review, actor=actor, act=act)
    end_round(review, "prohibited")
    item = AgendaItem.objects.filter(use_case=use_case, closed_at=None).first()
    if item:
        AgendaItem.objects.filter(pk=item.pk).update(closed_at=timezone.now(), closed_by=actor)
        record("agenda_item.closed", item, actor=actor, act=act, reason="A prohibition applies; nothing to vote on.")


# -- above the offices ------------------------------------------------------------------------------


@transaction.atomic
def reopen_hold(hold: Hold, *, actor: User, reason: str) -> Hold:
    """Ask the offices once more, as Chief AI Officer and with the reason. What was ordered stands until they answer."""
    hold = locked_hold(hold)
    if refusals := officer_refusals(actor, hold.use_case):
        raise Refused(*refusals)
    if refusals := guards.reasons_given(reason, "Say why the offices are asked again."):
        raise Refused(*refusals)
    return _again(hold, actor=actor, reopened_as="Chief AI Officer", reason=reason)


def _again(hold: Hold, *, actor: User, reopened_as: str, reason: str) -> Hold:
    if hold.is_open or not hold.is_live:
        raise Stale("The hold is not settled, or a later one took its place. Reload the page.")
    Hold.objects.filter(pk=hold.pk).update(is_live=False)
    new = Hold.objects.create(
        use_case=hold.use_case, prohibition=hold.prohibition, answer=hold.answer, revision=hold.revision,
        looked_number=hold.looked_number, edition=hold.edition, offices=hold.offices,
        due_on=_due(prohibitions.in_force(timezone.localdate())),
        report_within_days=hold.report_within_days, follows=hold, reopened_by=actor, reopened_as=reopened_as,
        reopened_because=reason.strip(),
    )  # fmt: skip
    _let_offices_know(new)
    act = uuid.uuid4()
    record("hold.reopened", new, actor=actor, act=act)
    check_soon(new.use_case, actor=actor)
    return new


@transaction.atomic
def refer_hold(hold: Hold, *, actor: User, question: str) -> Hold:
    """Put a hold to the AI Governance Board with a question: it is listed for the Board until it is answered."""
    hold = locked_hold(hold)
    if refusals := officer_refusals(actor, hold.use_case):
        raise Refused(*refusals)
    if refusals := guards.reasons_given(question, "Say what the Board is asked."):
        raise Refused(*refusals)
    if not hold.is_live or hold.is_before_board:
        raise Stale("The Board was asked already, or a later hold took its place. Reload the page.")
    Hold.objects.filter(pk=hold.pk).update(
        question=question.strip(), referred_by=actor, referred_at=timezone.now(), minutes="", answered_by=None,
        answered_at=None,
    )  # fmt: skip
    let_know(hold.use_case, because="Asked about a prohibited use", is_board=True)
    record("hold.referred", hold, actor=actor)
    return hold


@transaction.atomic
def answer_hold(hold: Hold, *, actor: User, reopens: bool, minutes: str) -> Hold:
    """Record what the Board said of a hold: it stays as it is, or the offices are asked once more."""
    hold = locked_hold(hold)
    if refusals := board_refusals(actor, hold.use_case):
        raise Refused(*refusals)
    if refusals := guards.reasons_given(minutes, "Write what the Board said, and why."):
        raise Refused(*refusals)
    if not hold.is_before_board:
        raise Stale("The Board has no question on this hold before it.")
    Hold.objects.filter(pk=hold.pk).update(minutes=minutes.strip(), answered_by=actor, answered_at=timezone.now())
    record("hold.answered", hold, actor=actor, data={"reopens": reopens})
    return _again(hold, actor=actor, reopened_as="AI Governance Board", reason=minutes) if reopens else hold
