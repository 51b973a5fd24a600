"""Several lanes signed off together, where nothing that opened them has changed since the office approved last."""

import uuid
from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from audit.workflow import Refused, Stale
from governance.actions.conflicts import require_no_conflict
from governance.actions.lanes import Signature, is_taken, locked_lane, speak, take_seat
from governance.models import Lane
from governance.reads import lanes_together
from governance.reads.said import Said


@transaction.atomic
def decide_together(lanes: Collection[Lane], *, actor: User, message: str = "", no_conflict: bool = False) -> int:
    """Sign off each of these lanes with one message; each has its own record and event, all of one act.

    `no_conflict` is said once for all of them and kept with each signature, in each lane's own round.

    All or none: when one of them does not qualify any more nothing is signed. Cases are locked in one order, so that
    two people with overlapping selections wait for each other and do not block.
    """
    if not lanes:
        raise Refused("Select at least one case first.")
    if len(lanes) > lanes_together.MOST:
        raise Refused(f"At most {lanes_together.MOST} lanes are signed together.")
    ordered = sorted({lane.pk: lane for lane in lanes}.values(), key=lambda lane: lane.review.use_case_id)
    locked = [locked_lane(lane) for lane in ordered]
    if gone := [lane.review.use_case.use_case_id for lane in locked if is_taken(lane)]:
        raise Stale(f"Decided in the meantime: {', '.join(gone)}. Nothing was signed; select again.")
    for found in lanes_together.candidates(actor, locked):
        if found.reasons:
            case = found.lane.review.use_case.use_case_id
            raise Refused(*(f"{case}: {reason} Nothing was signed." for reason in found.reasons))
    act, said = uuid.uuid4(), Said("sign_off", message=message.strip())
    for lane in locked:
        place = take_seat(lane, actor)
        statement = require_no_conflict(lane.review, actor=actor, says=no_conflict)
        speak(lane, said, Signature(actor, place.acting_for, statement), act=act)
    return len(locked)
