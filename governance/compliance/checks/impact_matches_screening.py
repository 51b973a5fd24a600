"""The reported impact agrees with the screening (M-25-21, appendix section 5)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot

WORDS = {
    "high_impact": "high-impact",
    "presumed_not_high_impact": "presumed high-impact but determined not",
    "not_high_impact": "not high-impact",
}


def impact_matches_screening(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Not high-impact although rights or safety are affected, unanswered, or unlike the signed determination."""
    impact = snapshot.impact
    if not impact and not snapshot.withholds("is_high_impact"):
        yield Problem("Whether it is high-impact is not answered.", ERROR, "unanswered", field="is_high_impact")
    if impact == "not_high_impact" and snapshot.answers.get("scr_rights_safety") == "yes":
        text = "The screening says rights or safety are affected; it is reported as not high-impact."
        yield Problem(text, WARNING, "screening", field="is_high_impact")
    signed = snapshot.determined_impact
    if impact and signed and signed != impact:
        text = f"It reports {WORDS.get(impact, impact)}; the signed determination says {WORDS.get(signed, signed)}. "
        text += "Report what was signed, or ask for a new determination with what has changed."
        yield Problem(text, ERROR, "determination", field="is_high_impact")
