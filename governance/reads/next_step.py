"""Who has a case, since when, and what comes next: one sentence for everybody."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from governance.lifecycles import PENDING, WAITING
from governance.models import AgendaItem, Condition, Lane, StopOrder
from governance.reads import gates, material, waves
from registry.models import SystemMark, UseCase
from registry.models.use_case import Handling, Status


@dataclass(frozen=True)
class NextStep:
    """`who` has it, `since` then; `then` says what follows."""

    who: str
    since: datetime
    then: str


def next_step(use_case: UseCase) -> NextStep:
    """What happens next and who has it."""
    who, then = _STEPS.get(Status(use_case.status), _nobody)(use_case)
    if changed := material.due([use_case.pk]).get(use_case.pk):
        who, then = (
            _owner(use_case),
            f"It changed materially since it was approved: it is sent for review again by {_day(changed)}.",
        )
    if wave := waves.asked([use_case.pk]).get(use_case.pk):
        then = f"It came from an inventory file and is asked for review in {wave} by {_day(wave.due_on)}."
    if asked := gates.open_request(use_case):
        then = f"{then} It asks to {asked.stage_words}; the decision it has stands meanwhile."
    if _has_marks(use_case):
        then = f"{then} The record of a system it uses has changed: the owner says whether the answers still hold."
    return NextStep(who, use_case.status_changed_at, then)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _has_marks(use_case: UseCase) -> bool:
    """Whether a system's change waits for the owner. Of a restricted system nobody learns by a case that is not."""
    marks = SystemMark.objects.filter(use_case=use_case, cleared_at=None)
    if use_case.handling != Handling.RESTRICTED:
        marks = marks.exclude(system__handling=Handling.RESTRICTED)
    return marks.exists()


def _owner(use_case: UseCase) -> str:
    if use_case.owner:
        return f"With its owner, {use_case.owner}."
    return f"It has no owner yet. Somebody of {use_case.component} can accept it."


def _draft(use_case: UseCase) -> tuple[str, str]:
    return _owner(
        use_case
    ), "When every answer is there, its owner checks them and sends the case; nothing is sent by itself."


def _recorded(use_case: UseCase) -> tuple[str, str]:
    return _owner(
        use_case
    ), "It came from an inventory file and was not reviewed here. It enters review when it is sent."


def _submitted(use_case: UseCase) -> tuple[str, str]:
    return f"With the component lead of {use_case.component}.", "The lead endorses it or sends it back."


def _endorsed(use_case: UseCase) -> tuple[str, str]:
    return "With the inventory manager.", "Triage opens the lanes of the offices that must look at it."


def _in_review(use_case: UseCase) -> tuple[str, str]:
    rows = Lane.objects.filter(review__use_case=use_case, review__ended_at=None, status__in=PENDING, is_advisory=False)
    lanes = list(rows.select_related("office", "assigned_to").order_by("due_on", "pk"))
    now = [_has_it(lane) for lane in lanes if lane.status != WAITING]
    noun = "office" if len(now) == 1 else "offices"
    later = [f"{lane.office.code} follows {' and '.join(lane.after)}" for lane in lanes if lane.status == WAITING]
    then = f"{'; '.join(later)}. " if later else ""
    return f"With {len(now)} {noun}: {', '.join(now)}.", f"{then}When all have signed, the Chief AI Officer decides."


def _has_it(lane: Lane) -> str:
    if lane.status == Lane.State.ASKED:
        return f"{lane.office.code} (waits for the answer to a question)"
    who = f"{lane.assigned_to}, " if lane.assigned_to else "with nobody yet, "
    since = timezone.localtime(lane.opened_at)
    return f"{lane.office.code} ({who}since {since.day} {since:%B}, due {lane.due_on.day} {lane.due_on:%B})"


def _ready(use_case: UseCase) -> tuple[str, str]:
    if use_case.component.is_caio_office:
        return (
            "With the Chief AI Officer, who refers it.",
            "A case of the officer's own office is decided by the Board.",
        )
    return "With the Chief AI Officer.", "All offices have answered. The decision follows, or the Board is asked."


def _at_board(use_case: UseCase) -> tuple[str, str]:
    item = AgendaItem.objects.filter(use_case=use_case, closed_at=None).select_related("meeting").first()
    if item and item.meeting:
        day = item.meeting.held_on
        return "With the AI Governance Board.", f"It is on the agenda of {day.day} {day:%B %Y}."
    return "With the AI Governance Board.", "It waits for a meeting; the secretary puts it on an agenda."


def _returned(use_case: UseCase) -> tuple[str, str]:
    return _owner(use_case), "It was sent back. Change the answers the message names, then send it again."


def _approved(use_case: UseCase) -> tuple[str, str]:
    then = "The approval covers the decided revision. A material change is sent for review again."
    return "Nobody has to act on a decision.", then


def _conditional(use_case: UseCase) -> tuple[str, str]:
    due = Condition.objects.filter(use_case=use_case, state=Condition.State.OPEN).order_by("due_on").first()
    if due is None:
        return "Nobody has to act on a condition now.", "All conditions are reported met."
    return _owner(use_case), f"The next condition is due {due.due_on.day} {due.due_on:%B %Y}."


def _rejected(use_case: UseCase) -> tuple[str, str]:
    return _owner(
        use_case
    ), "It may not be used. Changed answers can be sent again, and once it can be put forward for reconsideration."


def _suspended(use_case: UseCase) -> tuple[str, str]:
    order = StopOrder.objects.filter(use_case=use_case, lifted_at=None).first()
    if order and order.counts_as_running:
        return _owner(use_case), "It is ordered to stop and counts as running until that is confirmed."
    if order:
        return _owner(use_case), "It is stopped. It does not resume while the order to stop stands."
    return _owner(
        use_case
    ), "The use is stopped until what stopped it is mended; then the Chief AI Officer lets it resume."


def _nobody(use_case: UseCase) -> tuple[str, str]:
    words = {Status.RETIRED: "It is no longer developed or used.", Status.WITHDRAWN: "It was taken out of the work."}
    return words.get(Status(use_case.status), ""), "Nothing follows; the record stays."


_STEPS = {
    Status.DRAFT: _draft,
    Status.RECORDED: _recorded,
    Status.SUBMITTED: _submitted,
    Status.ENDORSED: _endorsed,
    Status.IN_REVIEW: _in_review,
    Status.READY: _ready,
    Status.AT_BOARD: _at_board,
    Status.RETURNED: _returned,
    Status.APPROVED: _approved,
    Status.APPROVED_WITH_CONDITIONS: _conditional,
    Status.REJECTED: _rejected,
    Status.SUSPENDED: _suspended,
}
