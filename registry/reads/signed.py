"""The signed impact: which counts on a day, and a document that reports it in place of the answer given."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from registry.models import SignedImpact
from registry.reads import label

FIELD, WHY, CLEARED = "is_high_impact", "hi_justification", "presumed_not_high_impact"
NOT_DETERMINED = "As reported, not determined here"


def signed_on(day: date, agency: Agency) -> dict[str, SignedImpact]:
    """{Use Case ID: the newest signed impact by the end of a day}; a case nobody determined is not in it."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    rows = SignedImpact.objects.filter(use_case__agency=agency, signed_at__lt=end).select_related("use_case")
    rows = rows.only("impact", "justification", "signed_at", "use_case__use_case_id")
    newest = rows.order_by("use_case_id", "-signed_at", "-id").distinct("use_case_id")
    return {row.use_case.use_case_id: row for row in newest}


def with_signed(row: Mapping[str, Any], signed: SignedImpact) -> dict[str, Any]:
    """A row of the inventory with the signed impact, and with a justification only where a presumption was cleared.

    What is withheld stays withheld: a signature publishes nothing.
    """
    document = {part: dict(held) for part, held in row["document"].items()}
    if FIELD not in document.get("withheld", {}):
        document.get("flagged", {}).pop(FIELD, None)
        document["answers"][FIELD] = signed.impact
    if WHY in document.get("withheld", {}):
        return {**row, "document": document}
    document.get("flagged", {}).pop(WHY, None)
    document["answers"].pop(WHY, None)
    if signed.impact == CLEARED and signed.justification:
        document["answers"][WHY] = signed.justification
    return {**row, "document": document}


def whose_word(reported: str | None, signed: str) -> str:
    """What stands beside a reported impact: whether an official signed it, or it is the component's word alone."""
    if not reported and not signed:
        return ""
    if not signed:
        return NOT_DETERMINED
    return "Determined here" if signed == reported else f"As reported; determined {label('impact', signed).lower()}"
