"""Ordering a use stopped that does not comply and that no waiver covers, and lifting the order once it does.

The order itself, its report and its confirmation are those of `stop_orders`: there is one record of a stop.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.workflow import Refused, Stale
from governance import exceptions as rules
from governance import lifecycle_guards as guards
from governance.actions.compliance import check_soon
from governance.actions.steps import hold_place, locked
from governance.actions.stop_orders import order_stop
from governance.models import StopOrder
from governance.permissions.exceptions import capacity, discontinue_refusals, lift_refusals, ordering_for
from governance.reads.waivers import lift_stops, not_met
from registry.models import UseCase

NOT_COMPLIANT = StopOrder.Because.NOT_COMPLIANT


@transaction.atomic
def order_discontinued(use_case: UseCase, *, reason: str, effective_on: date, actor: User) -> StopOrder:
    """Order a high-impact use stopped that runs with a practice not met (M-25-21 section 4: safely discontinued).

    Refused while an order stands, and where nothing is not met: what rests on the component's word is not. It moves
    no status; what is reported stays what is reported.
    """
    case = locked(use_case)
    if reasons := discontinue_refusals(actor):
        raise Refused(*reasons)
    if StopOrder.objects.filter(use_case=case, lifted_at=None).exists():
        raise Refused("An order to stop this use stands already.")
    found = not_met(case)
    if not found:
        raise Refused("No practice of this use is not met, so there is nothing it has to be stopped for.")
    if effective_on < timezone.localdate():
        raise Refused("An order takes effect today or later.")
    if reasons := guards.reasons_given(reason, "Say why it is stopped rather than waived."):
        raise Refused(*reasons)
    by = ordering_for(actor)
    hold_place(by)
    order = order_stop(
        case, actor=actor, because=NOT_COMPLIANT, ordered_as=capacity(actor), act=uuid.uuid4(),
        acting_for=by.whom if by else "", reason=reason, effective_on=effective_on, practices=found,
        within=rules.in_force(effective_on).stop_report_within_days,
    )  # fmt: skip
    check_soon(case, actor=actor)
    return order


@transaction.atomic
def lift_order(order: StopOrder, *, reason: str, actor: User) -> None:
    """Lift an order that rests on practices not met, once they are met or an exception covers them.

    Refused while one is still not met and while a prohibition applies.
    """
    case = locked(order.use_case)
    order = StopOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    order.use_case = case
    if reasons := lift_refusals(actor, order):
        raise Refused(*reasons)
    if reasons := [*lift_stops(order), *guards.reasons_given(reason, "Say what changed, so that it may run again.")]:
        raise Refused(*reasons)
    rows = StopOrder.objects.filter(pk=order.pk, state=order.state, lifted_at=None)
    columns = {"state": StopOrder.State.LIFTED, "lifted_at": timezone.now(), "lifted_because": reason.strip()}
    if rows.update(**columns) != 1:
        raise Stale("Somebody else has acted on this order in the meantime. Reload the page.")
    record("stop_order.lifted", order, actor=actor, reason=reason)
    check_soon(case, actor=actor)
