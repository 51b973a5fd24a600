"""Having the audit log verified: asked for as a row, every night besides, and told when it does not hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts.actions import system_account
from accounts.models import User
from audit.log import record
from audit.models import Seal
from audit.verify import Verified, verify_audit
from audit.workflow import Refused
from governance.actions import jobs
from governance.models import Verification
from governance.nudge import nudge
from governance.permissions.seals import verify_refusals

BROKEN = "audit.found_broken"


@transaction.atomic
def request_verification(*, actor: User, printed: Mapping[int, str] | None = None) -> Verification:
    """Ask for a walk along the whole chain, held against seals as they were printed on reports.

    One at a time: while one waits, that one is given back. Refused to people it is not for.
    """
    if reasons := verify_refusals(actor):
        raise Refused(*reasons)
    wanted = {str(number): said for number, said in (printed or {}).items()}
    waiting = Verification.objects.filter(state__in=["queued", "running"], printed=wanted).first()
    if waiting:
        return waiting
    made = Verification.objects.create(requested_by=actor, printed=wanted)
    record("audit.verification_requested", made, actor=actor, data={"printed": wanted})
    nudge("governance.verify_audit", str(made.uuid))
    return made


def verify(uuid: UUID | str) -> Verification | None:
    """Walk the chain for one row; None when it is done, or another worker has it."""
    pk = Verification.objects.filter(uuid=uuid).values_list("pk", flat=True).first()
    row = jobs.claim(Verification, pk) if pk else None
    if row is None:
        return None
    total = Seal.objects.count()

    def say(found: Verified) -> None:
        jobs.extend(row, f"{found.seals} of {total} seals, {found.sealed} events")

    found = verify_audit({int(number): said for number, said in row.printed.items()}, progress=say)
    _finish(row, found)
    return row


@transaction.atomic
def _finish(row: Verification, found: Verified) -> None:
    jobs.finish(row, result=json.loads(json.dumps(asdict(found), cls=DjangoJSONEncoder)))
    if not found.ok:
        data = {"places": len(found.bad), "first": found.first_bad}
        record(BROKEN, row, actor=system_account(), data=data)


def nightly() -> None:
    """The verification of the night; one that a killed worker left is taken up again."""
    row = Verification.objects.filter(state__in=["queued", "running"], requested_by=None).first()
    verify((row or Verification.objects.create()).uuid)
