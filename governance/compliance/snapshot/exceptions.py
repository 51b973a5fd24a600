"""Waivers, and what else lets a use run without a practice or has it stopped: each by both clocks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from governance.compliance.contract import ExtensionFact, PilotFact, StopFact, WaiverFact
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.compliance.snapshot.filings import among
from governance.models import Extension, MaterialChange, PilotCertificate, StopOrder, Waiver, WaiverCertification

JOINS = ("reports", "certifications", "looks")


def add_exceptions(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Waivers, extensions, pilot certificates and orders to stop: a fixed number of queries."""
    add_waivers(found, chunk, clocks)
    _add_extensions(found, chunk, clocks)
    _add_pilots(found, chunk, clocks)
    _add_stops(found, chunk, clocks)


def add_waivers(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Waivers with what was reported, certified and looked at by then."""
    rows = clocks.known(Waiver.objects.filter(use_case__in=among(chunk), granted_on__lte=clocks.as_of))
    waivers = list(rows.order_by("id").prefetch_related(*JOINS))
    changes = _changes([row.use_case_id for row in waivers], clocks)
    for row in waivers:
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        case.waivers.append(_waiver(row, changes[row.use_case_id], clocks))


def _waiver(row: Waiver, changes: list[MaterialChange], clocks: Clocks) -> WaiverFact:
    """One waiver. A revocation the portal learned of later than `known_at` has not happened yet."""
    is_known = row.revoked_on is not None and row.revoked_on <= clocks.as_of and _is_known(row.revoked_at, clocks)
    reported = {
        one.about: one.reported_on
        for one in row.reports.all()
        if one.reported_on <= clocks.as_of and _is_known(one.recorded_at, clocks)
    }
    certified_on, expires_on = _term(row, clocks)
    return WaiverFact(
        practice=row.practice, granted_on=row.granted_on, expires_on=expires_on,
        revoked_on=row.revoked_on if is_known else None, id=str(row.uuid), ground=row.ground,
        report_due_on=row.report_due("grant"), reported_on=reported.get("grant"),
        revocation_due_on=row.report_due("revocation") if is_known else None,
        revocation_reported_on=reported.get("revocation"), certified_on=certified_on,
        reassess_since=_reassess_since(row, changes, clocks), has_summary=bool(row.public_summary.strip()),
    )  # fmt: skip


def _term(row: Waiver, clocks: Clocks) -> tuple[date | None, date]:
    """When it was certified last and its last day, as of the day: what was certified later does not count yet."""
    by_then: list[WaiverCertification] = []
    later: list[WaiverCertification] = []
    for one in row.certifications.all():
        counts = one.certified_on <= clocks.as_of and _is_known(one.recorded_at, clocks)
        (by_then if counts else later).append(one)
    if by_then:
        return by_then[-1].certified_on, by_then[-1].until
    return None, later[0].before if later else row.expires_on


def _changes(cases: Iterable[int], clocks: Clocks) -> dict[int, list[MaterialChange]]:
    """Material changes by case that were found by then and not undone."""
    rows = MaterialChange.objects.filter(use_case__in=among(cases)).exclude(closed_how=MaterialChange.Closed.UNDONE)
    found: dict[int, list[MaterialChange]] = defaultdict(list)
    for row in rows.only("use_case_id", "found_at", "closed_at", "changes").order_by("found_at", "id"):
        if not clocks.is_late(row.found_at) and _is_known(row.found_at, clocks):
            found[row.use_case_id].append(row)
    return found


def changes_of(cases: Iterable[int]) -> dict[int, list[MaterialChange]]:
    """The material changes of these cases as they stand today."""
    return _changes(cases, Clocks(timezone.localdate()))


def _reassess_since(row: Waiver, changes: list[MaterialChange], clocks: Clocks) -> date | None:
    looked = [one for one in row.looks.all() if not clocks.is_late(one.looked_at) and _is_known(one.looked_at, clocks)]
    return to_reassess(row, changes, looked)


def to_reassess(row: Waiver, changes: Iterable[MaterialChange], looked: Iterable[Any]) -> date | None:
    """Since when a waiver is to be looked at again (M-25-21 section 4(a): reassessed on significant change).

    A change that was over before the grant is none; one that grew since it was looked at is looked at again.
    """
    seen: dict[int, set[str]] = defaultdict(set)
    for look in looked:
        seen[look.change_id] |= set(look.rules)
    for change in changes:
        is_past = change.closed_at is not None and change.closed_at <= row.recorded_at
        if not is_past and {one["rule"] for one in change.changes} - seen[change.pk]:
            return timezone.localtime(change.found_at).date()
    return None


def _add_extensions(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """One taken off as recorded by mistake never was: it is left out of runs from the day that was known."""
    rows = clocks.known(Extension.objects.filter(use_case__in=among(chunk), granted_on__lte=clocks.as_of))
    for row in rows.order_by("id"):
        if row.removed_at is not None and _is_known(row.removed_at, clocks):
            continue
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        case.extensions.append(
            ExtensionFact(row.instrument, row.granted_on, row.until, tuple(row.practices), str(row.uuid))
        )


def _add_pilots(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    rows = clocks.known(PilotCertificate.objects.filter(use_case__in=among(chunk), starts_on__lte=clocks.as_of))
    for row in rows.order_by("id"):
        case = found[row.use_case_id]
        case.is_late |= clocks.is_late(row.recorded_at)
        closed_on = row.closed_on if _is_known(row.closed_at, clocks) else None
        if closed_on and closed_on > clocks.as_of:
            closed_on = None
        case.pilots.append(
            PilotFact(row.starts_on, row.ends_on, row.scale, tuple(row.applied), closed_on, str(row.uuid))
        )


def _add_stops(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Orders given by then, with what was reported, confirmed and lifted by then."""
    rows = StopOrder.objects.filter(use_case__in=among(chunk), ordered_at__date__lte=clocks.as_of)
    for row in clocks.known(rows, "ordered_at").order_by("id"):
        reported, confirmed, lifted = (_day(at, clocks) for at in (row.reported_at, row.confirmed_at, row.lifted_at))
        found[row.use_case_id].stops.append(
            StopFact(row.because, row.effective_on, row.report_by, reported, confirmed, lifted, str(row.uuid))
        )


def _day(at: datetime | None, clocks: Clocks) -> date | None:
    """The day of an instant, if it had come and was known by then."""
    if at is None or clocks.is_late(at) or not _is_known(at, clocks):
        return None
    return timezone.localtime(at).date()


def _is_known(at: datetime | None, clocks: Clocks) -> bool:
    return at is None or clocks.known_at is None or at <= clocks.known_at
