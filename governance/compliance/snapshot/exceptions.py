"""Waivers, and what else lets a use run without a practice."""

from governance.compliance.contract import WaiverFact
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.models import Waiver


def add_waivers(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    rows = clocks.known(Waiver.objects.filter(use_case__in=chunk, granted_on__lte=clocks.as_of))
    for row in rows.order_by("id"):
        revoked = row.revoked_on if row.revoked_on and row.revoked_on <= clocks.as_of else None
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        case.waivers.append(WaiverFact(row.practice, row.granted_on, row.expires_on, revoked))
