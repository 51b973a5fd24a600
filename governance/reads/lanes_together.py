"""Which lanes an office may sign together, and for the others why not: what it approved before must be unchanged."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from governance import routing
from governance.models import Condition, Lane
from governance.reads import lane_verbs
from registry import editions, questionnaire

MOST = 50  # a page of the queue


@dataclass(frozen=True)
class Candidate:
    """A ticked lane: the approval it can rest on, or the reasons why it is decided on its own."""

    lane: Lane
    approved: Lane | None
    reasons: tuple[str, ...]


def candidates(user: Any, lanes: Iterable[Lane]) -> list[Candidate]:
    """Each lane with its office's last approval and what speaks against signing it with others."""
    found, rounds_seen = [], set()
    for lane in lanes:
        approved = last_approval(lane)
        reasons = refusals(user, lane, approved)
        if not reasons and lane.review_id in rounds_seen:
            reasons = ["Another lane of this case is selected already, and nobody acts for two offices."]
        if not reasons:
            rounds_seen.add(lane.review_id)
        found.append(Candidate(lane, approved, tuple(reasons)))
    return found


def last_approval(lane: Lane) -> Lane | None:
    """The last time the office signed this case off, in an earlier round."""
    rows = Lane.objects.filter(review__use_case=lane.review.use_case_id, office=lane.office_id)
    rows = rows.filter(review__round__lt=lane.review.round, status__in=["signed_off", "signed_off_with_conditions"])
    joins = ("review__revision", "carried_from__review__revision", "decided_by", "office")
    return rows.select_related(*joins).order_by("-review__round").first()


def refusals(user: Any, lane: Lane, approved: Lane | None) -> list[str]:
    """Why this lane is not signed together with others; empty when it may be."""
    return lane_verbs.decide_refusals(user, lane) or _own(lane, approved)


def _own(lane: Lane, approved: Lane | None) -> list[str]:
    """What the lane itself has against it."""
    if lane.is_advisory:
        return ["Advice is written for each case."]
    if lane.second_reader_id:
        return ["It has a second reader."]
    if not lane.opening_answers:
        return ["It was called in, so no answers opened it that could be compared."]
    if approved is None:
        return [f"{lane.office.code} has not approved this case before."]
    return _since(lane, approved)


def _since(lane: Lane, approved: Lane) -> list[str]:
    """What happened since the office's last approval that wants a look of its own."""
    between = Lane.objects.filter(
        review__use_case=lane.review.use_case_id, office=lane.office_id, status__in=["returned", "objected"],
        review__round__gt=approved.review.round, review__round__lt=lane.review.round,
    )  # fmt: skip
    if between.exists():
        return [f"{lane.office.code} sent it back or objected after its last approval."]
    if changed := changed_fields(lane, approved):
        return [f"Changed since the last approval: {', '.join(_titles(changed))}."]
    source = approved.carried_from or approved
    if Condition.objects.filter(lane=source).exclude(state=Condition.State.ACCEPTED).exists():
        return ["A condition of the last approval is not met yet."]
    return []


def changed_fields(lane: Lane, approved: Lane) -> list[str]:
    """The opening answers that are not as they were in the revision the office approved."""
    before = editions.counting((approved.carried_from or approved).review.revision)
    found = []
    for field, answer in lane.opening_answers.items():
        was = approved.opening_answers.get(field) if field == routing.SUGGESTED else routing.as_given(before, field)
        if was != answer:
            found.append(field)
    return sorted(found)


def _titles(fields: Iterable[str]) -> list[str]:
    known = questionnaire.every()
    return [known[field].title if field in known else "what the rules suggest" for field in fields]
