"""What is on record already and takes effect on a later day: a snapshot of today cannot know of it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Min

from governance.models import PracticeRecord, Waiver
from registry.models import Filing


def days_ahead(chunk: Iterable[int], as_of: date) -> dict[int, date]:
    """Case -> the first later day on which a filing, record, waiver or revocation of it takes effect."""
    cases = list(chunk)
    sources = (
        (Filing.objects.counting(), "effective_on"),
        (PracticeRecord.objects.all(), "effective_on"),
        (Waiver.objects.all(), "granted_on"),
        (Waiver.objects.all(), "revoked_on"),
    )
    found: dict[int, date] = {}
    for rows, column in sources:
        later = rows.filter(use_case__in=cases, **{f"{column}__gt": as_of}).order_by().values("use_case_id")
        for case, day in later.annotate(day=Min(column)).values_list("use_case_id", "day"):
            found[case] = min(day, found.get(case, day))
    return found
