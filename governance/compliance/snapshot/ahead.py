"""What is on record already and takes effect on a later day: a snapshot of today cannot know of it."""

from collections.abc import Iterable
from datetime import date

from governance.compliance.snapshot.filings import among
from governance.models import DatedRecord, Extension, PilotCertificate, Waiver
from registry.models import Filing


def days_ahead(chunk: Iterable[int], as_of: date) -> dict[int, date]:
    """Case -> the first later day on which a filing, record, waiver or revocation of it takes effect."""
    sources = (
        (Filing.objects.counting(), "effective_on"),
        (DatedRecord.objects.all(), "effective_on"),
        (Waiver.objects.all(), "granted_on"),
        (Waiver.objects.all(), "revoked_on"),
        (Extension.objects.all(), "granted_on"),
        (PilotCertificate.objects.all(), "starts_on"),
        (PilotCertificate.objects.all(), "closed_on"),
    )
    cases = list(chunk)
    later = [
        rows.filter(use_case__in=among(cases), **{f"{column}__gt": as_of}).order_by().values_list("use_case_id", column)
        for rows, column in sources
    ]
    found: dict[int, date] = {}
    for case, day in later[0].union(*later[1:]):
        found[case] = min(day, found.get(case, day))
    return found
