"""How urgent a case is by what it is: the order of queues. Pure."""

from registry import document as documents
from registry.classify import Suggestion
from registry.document import Document

FIRST, SECOND, REST = range(3)
# The headings of a queue, most urgent first.
RISKS = {
    FIRST: "High-impact and deployed",
    SECOND: "High-impact otherwise, presumed or suggested",
    REST: "Other cases",
}


def rank(document: Document, suggestion: Suggestion, determined: str = "") -> int:
    """The class a revision is queued in: deployed high-impact first, then what is, is presumed to be or may be
    high-impact (M-25-21 section 4(a)), then the rest. The portal's own order, set by no instrument.

    What was `determined` in the round counts instead of what is reported and suggested.
    """
    answers = documents.answers(document)
    impact = determined or answers.get("is_high_impact")
    if impact == "high_impact" and answers.get("development_stage") == "deployed":
        return FIRST
    if determined:
        return REST if impact == "not_high_impact" else SECOND
    categories = set(answers.get("scr_presumed_categories") or ()) - {"none"}
    if impact in ("high_impact", "presumed_not_high_impact") or categories or suggestion.impact == "high_impact":
        return SECOND
    return REST
