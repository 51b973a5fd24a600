"""A case's review round: which is open, who wrote, who signed, who objected."""

from typing import Any

from accounts.models import BOARD_ROLES, Membership, Office
from governance.models import Decision, Lane, Review
from governance.permissions.authorship import acted_for, authors
from registry.models import UseCase

__all__ = ["acted_for", "authors", "last_decision", "last_lane", "lane_states", "not_needed", "objecting", "open_round",
           "own_offices", "seats"]  # fmt: skip

State = Lane.State


def open_round(use_case: UseCase) -> Review | None:
    """The round that has not ended; a case has at most one."""
    return (
        Review.objects.filter(use_case=use_case, ended_at=None)
        .select_related("revision", "submitted_by", "endorsed_by", "triaged_by", "use_case")
        .first()
    )


def last_decision(use_case: UseCase) -> Decision | None:
    """The newest decision on the case."""
    return Decision.objects.filter(use_case=use_case).select_related("revision", "decided_by").first()


def objecting(review: Review) -> list[str]:
    """The offices that objected in the round."""
    return list(
        Lane.objects.filter(review__in=review.span, status=State.OBJECTED).values_list("office__code", flat=True)
    )


def lane_states(review: Review) -> list[tuple[str, str]]:
    """Each office that signs in the round with the status of its lane; advice is waited for by nobody."""
    lanes = Lane.objects.filter(review=review, is_advisory=False)
    return list(lanes.values_list("office__code", "status"))


def not_needed(*reviews: Review) -> dict[int, list[tuple[str, str]]]:
    """{review: (office by name, why it was not needed)} of the routes frozen into each round, in one query."""
    spared = {review.pk: (review.routes or {}).get("not_needed") or {} for review in reviews}
    names = dict(
        Office.objects.filter(code__in={code for one in spared.values() for code in one}).values_list("code", "name")
    )
    return {pk: sorted((names.get(code, code), because) for code, because in one.items()) for pk, one in spared.items()}


def own_offices(use_case: UseCase) -> dict[str, str]:
    """The offices of the case's component, by the office whose work they do there."""
    rows = Office.objects.filter(component=use_case.component, part_of__isnull=False)
    return dict(rows.values_list("part_of__code", "code"))


def last_lane(use_case: UseCase, office: Any, before: Review) -> Lane | None:
    """What the office said last, in any earlier round."""
    lanes = Lane.objects.filter(review__use_case=use_case, office=office, review__round__lt=before.round)
    return lanes.order_by("-review__round").first()


def seats() -> dict[int, str]:
    """Who has a vote today: {person: name}."""
    rows = Membership.objects.current().filter(role__in=BOARD_ROLES).select_related("user")
    return {row.user_id: row.user.name for row in rows.order_by("user__name")}
