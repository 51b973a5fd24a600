"""An order to stop a use: given, reported, confirmed by somebody else, told of when it is late.

Whoever calls `order_stop` has asked who may. It moves no status and refuses no reported stage: what is reported is a
fact. Until somebody has confirmed it, a use counts as running.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import lifecycle_guards as guards
from governance import prohibitions
from governance.actions.compliance import check_soon
from governance.actions.steps import hold_place, locked
from governance.models import Hold, StopOrder
from governance.permissions.holds import confirmer, report_refusals
from registry.models import UseCase

State = StopOrder.State
RUNNING = (State.ORDERED, State.REPORTED)


def order_stop(
    use_case: UseCase,
    *,
    actor: User,
    because: str,
    ordered_as: str,
    act: uuid.UUID,
    acting_for: str = "",
    hold: Hold | None = None,
    reason: str = "",
    effective_on: date | None = None,
    practices: Sequence[str] = (),
    within: int | None = None,
) -> StopOrder:
    """Order a use to stop, effective today unless told, in the running transaction and on a locked case.

    A use has one order that stands: what applies besides finds it ordered already.
    M-25-21 section 4 and DHS Directive 139-08: what is prohibited, or does not comply and is not waived, is stopped.
    """
    standing = StopOrder.objects.filter(use_case=use_case, lifted_at=None).first()
    if standing:
        return standing
    day = effective_on or timezone.localdate()
    if within is None:
        within = hold.report_within_days if hold else prohibitions.in_force(day).report_within_days
    order = StopOrder.objects.create(
        use_case=use_case, because=because, hold=hold, reason=reason.strip(), practices=list(practices),
        ordered_by=actor, ordered_for=acting_for, ordered_as=ordered_as, effective_on=day,
        report_by=day + timedelta(days=within),
    )  # fmt: skip
    record("stop_order.given", order, actor=actor, act=act, acting_for=acting_for,
           data={"effective_on": day, "report_by": order.report_by})  # fmt: skip
    check_soon(use_case, actor=actor)
    return order


def lift_orders(hold: Hold, *, actor: User, act: uuid.UUID) -> None:
    """A hold that is lifted ends the order that rested on the same question of the case; one that rests on another
    question besides goes on for that."""
    other = Hold.objects.filter(use_case=hold.use_case, is_live=True, state=Hold.State.APPLIES).first()
    rows = StopOrder.objects.filter(
        use_case=hold.use_case, hold__prohibition=hold.prohibition, lifted_at=None
    ).select_related("use_case")  # fmt: skip
    if other:
        rows.update(hold=other)
        return
    for order in rows:
        _go(order, State.LIFTED, order.state, lifted_at=timezone.now())
        record("stop_order.lifted", order, actor=actor, act=act)
        check_soon(order.use_case, actor=actor)


@transaction.atomic
def report_stopped(order: StopOrder, *, actor: User, how: str, evidence: str, stopped_on: date) -> StopOrder:
    """Say that the use is stopped, since when, how, and what shows it."""
    order = _locked(order)
    if refusals := report_refusals(actor, order):
        raise Refused(*refusals)
    if how not in StopOrder.How.values:
        raise Refused("Say how the use was stopped.")
    if refusals := guards.reasons_given(evidence, "Say what shows it, and where it is kept."):
        raise Refused(*refusals)
    if stopped_on > timezone.localdate():
        raise Refused("Report it once it is stopped: the day lies ahead.")
    _go(
        order, State.REPORTED, State.ORDERED, how=how, evidence=evidence.strip(), stopped_on=stopped_on,
        reported_by=actor, reported_at=timezone.now(), not_confirmed="",
    )  # fmt: skip
    record("stop_order.reported", order, actor=actor, data={"how": how, "stopped_on": stopped_on})
    check_soon(order.use_case, actor=actor)
    return order


@transaction.atomic
def confirm_stop(order: StopOrder, *, actor: User) -> StopOrder:
    """Confirm, as somebody who does not answer for the use, that it is stopped."""
    order = _locked(order)
    acting_for = _confirming(order, actor)
    columns = {"confirmed_by": actor, "confirmed_for": acting_for, "confirmed_at": timezone.now()}
    _go(order, State.CONFIRMED, State.REPORTED, **columns)
    record("stop_order.confirmed", order, actor=actor, acting_for=acting_for)
    check_soon(order.use_case, actor=actor)  # what is confirmed stopped owes no practices
    return order


@transaction.atomic
def not_stopped(order: StopOrder, *, actor: User, reason: str) -> StopOrder:
    """Give a report back: the use is not shown to be stopped. The day it was due stays."""
    order = _locked(order)
    acting_for = _confirming(order, actor)
    if refusals := guards.reasons_given(reason, "Say what still runs, or what is missing."):
        raise Refused(*refusals)
    _go(order, State.ORDERED, State.REPORTED, not_confirmed=reason.strip(), told_on=None)
    record("stop_order.not_confirmed", order, actor=actor, acting_for=acting_for)
    check_soon(order.use_case, actor=actor)
    return order


def tell_overdue() -> int:
    """Tell of each order that is not reported, or then not confirmed, in time, and again after some days; returns how
    many."""
    today = timezone.localdate()
    rows = StopOrder.objects.filter(state__in=RUNNING).order_by("report_by", "pk")
    return sum(_tell(pk, today) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _tell(pk: int, today: date) -> int:
    row = StopOrder.objects.select_for_update(of=("self",)).select_related("use_case").get(pk=pk)
    again = timedelta(days=prohibitions.in_force(today).tell_again_after_days)
    if not row.is_overdue or (row.told_on and row.told_on + again > today):
        return 0
    StopOrder.objects.filter(pk=row.pk).update(told_on=today)
    record("stop_order.overdue", row, actor=None, data={"days": row.days_over})
    return 1


def _confirming(order: StopOrder, actor: User) -> str:
    found = confirmer(actor, order)
    if found.reasons:
        raise Refused(*found.reasons)
    hold_place(found.by)
    return found.acting_for


def _locked(order: StopOrder) -> StopOrder:
    use_case = locked(order.use_case)
    found = StopOrder.objects.select_for_update(of=("self",)).select_related("hold").get(pk=order.pk)
    found.use_case = use_case
    return found


def _go(order: StopOrder, to: str, source: str, **columns: object) -> None:
    """One conditional update: of two acts at once the second is Stale."""
    rows = StopOrder.objects.filter(pk=order.pk, state=source)
    if rows.update(state=State(to), **columns) != 1:
        raise Stale("Somebody else has acted on this order in the meantime. Reload the page to see where it stands.")
    order.state = to
    for name, value in columns.items():
        setattr(order, name, value)
