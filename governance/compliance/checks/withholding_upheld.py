"""What is withheld has a ground that somebody who may has upheld (OMB 2025 reporting guidance, withholding)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, NOTICE, WARNING, Problem, Snapshot
from registry import withholding

SAID = {
    withholding.UNREVIEWED: (NOTICE, "nobody has reviewed the ground yet"),
    withholding.OUTDATED: (WARNING, "the words changed since they were reviewed"),
    withholding.REFUSED: (ERROR, "the review found that the ground does not carry it"),
    withholding.EXPIRED: (ERROR, "the review of the ground has run out"),
}


def withholding_upheld(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """The case, or a detail of it, is withheld without a ground, or the review of the ground does not carry it."""
    for one in withholding.withheld(snapshot.document):
        what = "A detail" if one.field else "The case"
        key = one.field or "case"
        where = one.field or "is_withheld"
        if not one.ground:
            text = f"{what} is withheld from the public, and no legal ground is given."
            yield Problem(text, WARNING, key, field="withheld_fields" if one.field else "withheld_ground")
            continue
        review = next((found for found in snapshot.withholding_reviews if found.field == one.field), None)
        severity, why = SAID.get(withholding.state(one, review, snapshot.as_of), ("", ""))
        if severity:
            yield Problem(f"{what} is withheld from the public, and {why}.", severity, key, field=where)
