"""What others settled of a case: holds, reviews of what is withheld, material changes; and what it reported before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from governance.compliance.contract import HoldFact, ReviewFact
from governance.compliance.practices import FIELDS, reported_level
from governance.compliance.snapshot.clocks import Clocks
from governance.compliance.snapshot.dated import Dated
from governance.compliance.snapshot.filings import Filed, among
from governance.models import Hold, MaterialChange
from registry.models import Filing, WithholdingReview

UNDONE = frozenset({"not_answered", "in_progress"})


def add_settled(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """Holds, reviews of what is withheld and the newest material change: three queries."""
    _add_holds(found, chunk, clocks)
    _add_reviews(found, chunk, clocks)
    rows = MaterialChange.objects.filter(use_case__in=among(chunk)).exclude(closed_how=MaterialChange.Closed.UNDONE)
    rows = clocks.known(rows.filter(found_at__date__lte=clocks.as_of), "found_at")
    for case, at in rows.order_by("found_at", "id").values_list("use_case_id", "found_at"):
        found[case].changed_on = timezone.localtime(at).date()


def _add_holds(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """The newest hold of each prohibition, as it stood by then: what was closed later was still open."""
    rows = Hold.objects.filter(use_case__in=among(chunk), opened_at__date__lte=clocks.as_of)
    rows = clocks.known(rows, "opened_at").order_by("use_case_id", "prohibition", "-opened_at", "-id")
    columns = ("use_case_id", "prohibition", "state", "answer", "due_on", "closed_at")
    newest = rows.distinct("use_case_id", "prohibition").values_list(*columns)
    for case, prohibition, state, answer, due_on, closed_at in newest:
        is_later = closed_at and (clocks.is_late(closed_at) or (clocks.known_at and closed_at > clocks.known_at))
        stood = Hold.State.OPEN if is_later else state
        if stood != Hold.State.OVER:
            found[case].holds.append(HoldFact(prohibition, stood, answer, due_on))


def _add_reviews(found: dict[int, Dated], chunk: list[int], clocks: Clocks) -> None:
    """The newest review of each withholding."""
    rows = WithholdingReview.objects.filter(use_case__in=among(chunk), reviewed_at__date__lte=clocks.as_of)
    rows = clocks.known(rows, "reviewed_at").order_by("use_case_id", "field", "-reviewed_at", "-id")
    columns = ("use_case_id", "field", "category", "ground", "reason", "verdict", "expires_on")
    for case, *said in rows.distinct("use_case_id", "field").values_list(*columns):
        found[case].withholding_reviews.append(ReviewFact(*said))


def reported_before(filings: Iterable[Filed], clocks: Clocks) -> dict[int, dict[str, date]]:
    """Case -> practice that it does not report as done, though an earlier filing did -> the newest such filing's day.

    Only deployed high-impact cases with such a practice are looked up: few of a chunk.
    """
    asked = [one.pk for one in filings if _has_undone(one.document["answers"])]
    found: dict[int, dict[str, date]] = defaultdict(dict)
    if not asked:
        return found
    answers = KeyTransform("answers", "revision__document")
    columns = [KeyTransform(field, answers) for field in FIELDS.values()]
    counting = Filing.objects.counting(clocks.known_at)
    rows = clocks.known(counting.filter(use_case__in=among(asked), effective_on__lte=clocks.as_of))
    rows = rows.order_by("use_case_id", "effective_on", "id")
    for case, day, *given in rows.values_list("use_case_id", "effective_on", *columns):
        for practice, answer in zip(FIELDS, given, strict=True):
            if reported_level(answer) == "reported":
                found[case][practice] = day
    return found


def _has_undone(answers: Mapping[str, Any]) -> bool:
    is_asked = answers.get("development_stage") == "deployed" and answers.get("is_high_impact") == "high_impact"
    return is_asked and any(reported_level(answers.get(field)) in UNDONE for field in FIELDS.values())
