"""What can be the matter with a case of a call: each state with its rows and its number from one place, so that a
figure and the list behind it cannot differ."""

from __future__ import annotations

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from registry.models import Cycle, Filing, Handover, StillTrue, UseCase
from registry.models.use_case import Handling

STATES = {
    "unanswered": "Not gone through yet",
    "answered": "Gone through",
    "changed": "Changed since",
    "unfiled": "With changes nobody filed",
    "unowned": "Without an owner",
    "unpublished": "Withholding not answered",
    "handovers": "Hand-over not answered",
}
SELDOM = ("changed", "unfiled", "unowned", "unpublished", "handovers")  # offered where there are any
_CONDITIONS = {
    "unanswered": Q(is_said=False),
    "answered": Q(is_said=True),
    "changed": Q(is_said_of_older=True),
    "unfiled": ~Q(filed_number=F("revision_number")),
    "unowned": Q(owner=None),
    "unpublished": Q(is_unpublished=True),
    "handovers": Q(is_offered=True),
}


def _marked(rows: QuerySet[UseCase], cycle: Cycle) -> QuerySet[UseCase]:
    said = StillTrue.objects.filter(cycle=cycle, is_current=True, use_case=OuterRef("pk"))
    return rows.alias(
        is_said=Exists(said),
        is_said_of_older=Exists(said.exclude(revision_number=OuterRef("revision_number"))),
        is_offered=Exists(Handover.objects.filter(use_case=OuterRef("pk"), state=Handover.State.OFFERED)),
        is_unpublished=Case(When(_not_public(), then=True), default=False),
    )


def _not_public() -> Q:
    """Left out of the public file only because nobody answered whether the case is withheld.

    What a published file brought is public until it is changed here (`actions.inventory.export.is_public`).
    """
    counting = Filing.objects.counting().filter(
        use_case=OuterRef(OuterRef("pk")), effective_on__lte=timezone.localdate()
    )
    newest = counting.order_by("-effective_on", "-id").values("pk")[:1]
    from_file = Filing.objects.filter(pk=Subquery(newest), batch__isnull=False)
    unsaid = ~Q(handling=Handling.RESTRICTED) & ~Q(Exists(from_file))
    for part in ("answers", "withheld", "flagged"):
        unsaid &= Q(**{f"filed_document__{part}__is_withheld__isnull": True})
    return unsaid


def in_state(rows: QuerySet[UseCase], cycle: Cycle, state: str) -> QuerySet[UseCase]:
    """Those in a state of `STATES`; all for any other word."""
    return _marked(rows, cycle).filter(_CONDITIONS[state]) if state in _CONDITIONS else rows


def counts(rows: QuerySet[UseCase], cycle: Cycle) -> dict[str, int]:
    """How many are in each state, and `all`, in one query."""
    wanted = {name: Count("pk", filter=condition) for name, condition in _CONDITIONS.items()}
    return dict(_marked(rows, cycle).order_by().aggregate(all=Count("pk"), **wanted))
