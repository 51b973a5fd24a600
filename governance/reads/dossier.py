"""What a person who judges a case weighs besides its answers: findings, conditions, papers, cases like it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Office
from governance.models import Condition, Decision, Lane, Review
from governance.reads import case, record
from governance.reads.queue_rows import earlier_conditions
from registry.models import Evidence, UseCase
from registry.reads import talk as reads_talk
from registry.similar import Match, overlaps

PRIVACY_KINDS = (Evidence.Kind.PRIVACY, Evidence.Kind.SORN)
# The answers that name the privacy documents; they stand with the documents themselves.
PRIVACY_FIELDS = ("pii_documents", "pta_reference", "pia_url", "sorn_reference")


@dataclass(frozen=True)
class Like:
    """A case like this one: what was decided of it, and what the reader's office said. No text of it is quoted."""

    match: Match
    decision: Decision | None
    impact: str
    said: Lane | None

    @property
    def use_case(self) -> UseCase:
        """The case."""
        return self.match.use_case


def dossier(user: Any, review: Review, *, office: Office | None = None, with_like: bool = True) -> dict[str, Any]:
    """Everything on one page, each part once; a constant number of queries."""
    use_case = review.use_case
    return {
        "findings": record.findings(user, use_case),
        "concerns": record.concerns(use_case, user, timezone.localdate()),
        "earlier": conditions(use_case),
        "papers": reads_talk.evidence_panel(user, use_case, kinds=PRIVACY_KINDS),
        "evidence": reads_talk.evidence_panel(user, use_case, besides=PRIVACY_KINDS),
        "alike": like(user, use_case, office) if with_like else [],
    }


def conditions(use_case: UseCase) -> list[Condition]:
    """The conditions of earlier rounds and decisions: open ones first, then those reported met, then the others."""
    earlier = set(earlier_conditions(Condition.State.values).filter(use_case=use_case).values_list("pk", flat=True))
    return [row for row in record.conditions(use_case) if row.pk in earlier]


def like(user: Any, use_case: UseCase, office: Office | None) -> list[Like]:
    """Cases like this one that the person may see, those already decided first."""
    matches = overlaps(user, use_case)
    keys = [match.use_case.pk for match in matches]
    decisions = _newest(Decision.objects.filter(use_case__in=keys).order_by("decided_at", "pk"))
    lanes = Lane.objects.filter(review__use_case__in=keys, office=office, decided_at__isnull=False)
    said = {lane.review.use_case_id: lane for lane in lanes.select_related("review").order_by("decided_at", "pk")}
    found = [
        Like(match, decisions.get(match.use_case.pk), case.facts(match.use_case)["impact"],
             said.get(match.use_case.pk) if office else None)
        for match in matches
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.decision is None)


def _newest(rows: Any) -> dict[int, Decision]:
    return {row.use_case_id: row for row in rows}


def split_papers(parts: list[case.Part], fields: Collection[str] = PRIVACY_FIELDS) -> list[case.Line]:
    """The answers that name privacy documents, out of the sections they stand in."""
    return [line for part in parts for line in part.lines if line.field in fields]
