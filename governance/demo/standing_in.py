"""People standing in for each other in the demonstration, and what became of the conditions that were set."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actions import delegations
from accounts.models import Membership, Role, User
from governance.actions import acting_signers, conditions, conflicts
from governance.actions.condition_upkeep import escalate_conditions
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import Condition, Lane
from registry.actions import evidence


def stand_in(cast: Cast) -> None:
    """A delegation that runs and one that is over, two recusals, an acting signer, a late and a met condition."""
    caio, deputy = cast.one(Role.CAIO), cast.one(Role.DEPUTY_CAIO)
    _delegate(caio, deputy, ["suspend", "accept"], (3, -10), "At hearings until the end of next week.")
    tester, security = (cast.one(Role.OFFICE_REVIEWER, office=code) for code in ("ST", "CISO"))
    _delegate(tester, security, ["sign"], (40, 27), "On leave.")
    _step_aside(cast, caio)
    _conditions()


def _then(days_ago: int) -> datetime:
    return timezone.now() - timedelta(days=days_ago)


def _delegate(giver: User, to: User, acts: list[str], days: tuple[int, int], why: str) -> None:
    """From so many days ago to so many days ago; a negative number is a day to come."""
    row = Membership.objects.filter(user=giver).select_related("office", "component")[0]
    first, last = (timezone.localdate(_then(ago)) for ago in days)
    with at(_then(days[0])):
        delegations.delegate(
            to, role=row.role, office=row.office, component=row.component, acts=acts, starts_on=first, ends_on=last,
            reason=why, actor=giver,
        )  # fmt: skip


def _step_aside(cast: Cast, caio: User) -> None:
    """The only reviewer of an office steps aside from two cases: one has an acting signer, one has nobody."""
    reviewer = cast.one(Role.OFFICE_REVIEWER, office="CRCL")
    rows = Lane.objects.filter(office__code="CRCL", status=Lane.State.OPEN)
    rows = rows.exclude(review__use_case__handling="restricted")
    lanes = list(rows.select_related("office", "review__use_case").order_by("pk")[:2])
    reasons = ("I worked on it before I came here.", "My sister works for its vendor.")
    for lane, why in zip(lanes, reasons, strict=False):
        with at(_then(2)):
            conflicts.recuse(lane.review.use_case, actor=reviewer, reason=why, is_conflict=lane is lanes[-1])
    if lanes:
        taken = set(Lane.objects.filter(review=lanes[0].review).values_list("office__code", flat=True))
        free = [code for code in ("OGC", "OCPO", "CISO", "ST", "PRIV") if code not in taken]
        today = timezone.localdate()
        acting_signers.name_signer(
            cast.one(Role.OFFICE_REVIEWER, office=free[0]), lanes[0].office, lane=lanes[0], starts_on=today,
            ends_on=today + timedelta(days=21), reason="Has signed for two offices before.", actor=caio,
        )  # fmt: skip


def _conditions() -> None:
    """What is overdue was taken further as it became so; the last one is reported met and waits to be accepted."""
    for days in (34, 4):
        with at(_then(days)):
            escalate_conditions()
    rows = Condition.objects.filter(state=Condition.State.OPEN, due_on__gt=timezone.localdate())
    row = rows.select_related("use_case__owner", "use_case__component").order_by("pk").last()
    if row is None or row.use_case.owner is None:
        return
    owner = row.use_case.owner
    with at(_then(1)):
        shown = evidence.add(
            row.use_case, kind="monitoring", title="Record of what was asked for, in the component's file",
            link="https://example.invalid/records/7", dated_on=timezone.localdate(), actor=owner,
        )  # fmt: skip
        conditions.report_met(row, proof=shown, note="The invented record covers all six months.", actor=owner)
