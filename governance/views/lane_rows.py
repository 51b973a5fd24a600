"""Fetching a lane for a page: with its case as this person may read it, or 404."""

from uuid import UUID

from django.http import Http404, HttpRequest

from governance.models import Lane
from registry.models import UseCase
from registry.views.shared import visible_use_case


def visible_lane(request: HttpRequest, uuid: UUID, *, answers: bool = False) -> Lane:
    """The lane of a case that exists for this person."""
    rows = Lane.objects.select_related(
        "office", "decided_by", "assigned_to", "carried_from__review", "review__revision", "review__submitted_by",
        "second_reader", "second_asked_by", "proposed_by", "called_in_by",
    )  # fmt: skip
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise Http404
    use_case_id = UseCase.objects.values_list("use_case_id", flat=True).get(pk=row.review.use_case_id)
    row.review.use_case = visible_use_case(request, use_case_id, answers=answers)
    return row
