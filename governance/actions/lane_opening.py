"""How lanes come to be: by the routes at triage, by an office that calls a case in, and when an earlier one is done."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Office, User
from audit.log import record
from audit.workflow import Refused, Stale, move
from governance import lifecycle_guards as guards
from governance import routing
from governance.actions.acting_signers import tell_signers
from governance.actions.steps import locked, take_place, the_open_round
from governance.lifecycles import NOT_APPLICABLE, OPEN, PENDING, SIGNED, WAITING, lane_edge
from governance.models import Lane, Review
from governance.models.reviews import signed
from governance.permissions.authorship import recused
from governance.reads import lane_verbs, rounds
from registry import classify, editions
from registry import document as documents
from registry.actions.use_cases import let_know
from registry.models import UseCase

CALLED_IN = "called-in"
_CARRIED = {
    "signed_off": "carry_over",
    "signed_off_with_conditions": "carry_over_with_conditions",
    NOT_APPLICABLE: "carry_over_not_applicable",
}


def routes_of(review: Review, edition: routing.Edition) -> routing.Routes:
    """The lanes the round's revision calls for under an edition, with what the rules suggest of its impact."""
    use_case, document = review.use_case, editions.counting(review.revision)
    if review.wanted_stage:  # which offices look is asked as if it stood at the stage it wants
        document = documents.with_answers(document, {"development_stage": review.wanted_stage})
    suggestion = classify.suggest(document, classify.in_force(timezone.localdate()))
    return routing.route(edition, document, use_case.component.code, rounds.own_offices(use_case), suggestion)


def preview(review: Review) -> routing.Routes:
    """The lanes triage would open now, and the offices it would not need, with why."""
    return routes_of(review, routing.in_force(timezone.localdate()))


def freeze(review: Review) -> routing.Routes:
    """Route the case under today's edition and keep in the round all it will ever ask of that edition."""
    edition, use_case = routing.in_force(timezone.localdate()), review.use_case
    routes = routes_of(review, edition)
    review.routes_edition = edition.key
    review.routes = routing.frozen(edition, routes, use_case.component.code, rounds.own_offices(use_case))
    review.save(update_fields=["routes_edition", "routes"])
    return routes


def open_lanes(review: Review, routes: routing.Routes, *, actor: User, act: uuid.UUID) -> None:
    """Open the lane of each office the routes call for, and of each that called the case in and has not agreed yet."""
    for need in routes.needed:
        _open(
            review, _office(review.use_case, need.office), actor=actor, act=act,
            because=[reason.because for reason in need.reasons], rules=[reason.rule for reason in need.reasons],
            opening_answers=dict(need.opening_answers),
        )  # fmt: skip
    for before in _called_in_before(review):
        if not Lane.objects.filter(review=review, office=before.office).exists():
            columns = {"because": before.because, "rules": [CALLED_IN], "called_in_by": before.called_in_by}
            _open(review, before.office, actor=actor, act=act, **columns)


def _office(use_case: UseCase, code: str) -> Office:
    office = Office.objects.filter(agency=use_case.agency, code=code).first()
    if office is None:
        raise Refused(f"The routes call for the office {code}, which is not set up. Ask an administrator.")
    return office


def _called_in_before(review: Review) -> list[Lane]:
    """Lanes called in in the round before that did not end with the office's agreement."""
    last = Review.objects.filter(use_case=review.use_case, round__lt=review.round).order_by("-round").first()
    rows = Lane.objects.filter(review=last, called_in_by__isnull=False).exclude(status__in=[*SIGNED, NOT_APPLICABLE])
    return list(rows.select_related("office", "called_in_by")) if last else []


def _open(review: Review, office: Office, *, actor: User, act: uuid.UUID, acting_for: str = "", **columns: Any) -> Lane:
    """Set the lane up by the terms frozen in the round; its clock starts unless an earlier office still has to
    answer."""
    terms = routing.terms_of(review.routes, office.code)
    earlier = Lane.objects.filter(review=review, office__code__in=terms.after, status__in=PENDING)
    soonest: date = max([timezone.localdate(), *earlier.values_list("due_on", flat=True)])
    after = list(earlier.order_by("due_on", "pk").values_list("office__code", flat=True))
    lane = Lane.objects.create(
        review=review, office=office, status=WAITING if after else OPEN, after=after,
        due_days=terms.due_days, due_on=soonest + timedelta(days=terms.due_days),
        is_advisory=terms.advises or office.is_advisory, **columns,
    )  # fmt: skip
    # Also for a case that is not restricted now: made restricted later, its reviewers must not lose it.
    let_know(review.use_case, because=f"Reviews it in round {review.round}", office=office)
    tell_signers(lane)
    data = {"after": lane.after, "due_on": lane.due_on, "advises": lane.is_advisory}
    record("lane.called_in" if CALLED_IN in lane.rules else "lane.opened", lane, actor=actor, act=act,
           acting_for=acting_for, reason="; ".join(lane.because), data=data)  # fmt: skip
    if lane.status == OPEN:
        _carry_over(lane, rounds.authors(review.use_case), actor=actor, act=act)
    return lane


def start_waiting(review: Review, *, actor: User, act: uuid.UUID) -> None:
    """Start the clock of each lane whose earlier offices have all answered, in the order they were opened."""
    rows = Lane.objects.filter(review=review, status=WAITING).select_related("office").order_by("pk")
    for lane in rows:
        if lane_verbs.waits_for(lane):
            continue
        lane.review = review
        due_on = timezone.localdate() + timedelta(days=lane.due_days)
        move(lane, lane_edge("start"), actor=actor, act=act, opened_at=timezone.now(), due_on=due_on)
        _carry_over(lane, rounds.authors(review.use_case), actor=actor, act=act)


def _carry_over(lane: Lane, authors: Collection[int], *, actor: User, act: uuid.UUID) -> None:
    """Keep the office's last sign-off while the answers and rules that opened the lane are the same (section 3).

    Not when somebody who signed has written a part of the case since or stepped aside from it, and never what an
    office called in by itself.
    """
    before = rounds.last_lane(lane.review.use_case, lane.office, lane.review)
    if before is None or before.status not in _CARRIED or CALLED_IN in lane.rules or lane.is_advisory:
        return
    if before.decided_by_id in authors or (before.is_second_read and before.second_reader_id in authors):
        return
    if recused(lane.review.use_case, *_signers(before)):
        return
    if before.opening_answers != lane.opening_answers or sorted(before.rules) != sorted(lane.rules):
        return
    origin = before.carried_from or before
    move(
        lane, lane_edge(_CARRIED[before.status]), actor=actor, act=act, data={"round": origin.review.round},
        carried_from=origin, decided_by=before.decided_by, decided_at=before.decided_at, decided_for=before.decided_for,
        message=before.message,
    )  # fmt: skip


def _signers(lane: Lane) -> list[User]:
    """Who signed it: one person, or two where a second one read it."""
    people = [lane.decided_by, lane.second_reader if lane.is_second_read else None]
    return [person for person in people if person]


@transaction.atomic
def call_in(use_case: UseCase, *, actor: User, office: Office, reason: str) -> Lane:
    """Open an office's lane in the running round because the office asks for it, with its reason.

    Order, due days and whether it advises are those frozen in the round.
    """
    use_case = locked(use_case)
    if refusals := lane_verbs.call_in_refusals(actor, use_case, office):
        raise Refused(*refusals)
    if gone := lane_verbs.call_in_stale(use_case, rounds.open_round(use_case), office):
        raise Stale(*gone)
    if refusals := guards.reasons_given(reason, "Say what your office has to look at."):
        raise Refused(*refusals)
    review, place = the_open_round(use_case), take_place(actor, office, use_case)
    because = [f"Called in by {signed(actor, place.acting_for)}: {reason.strip()}"]
    return _open(
        review, office, actor=actor, act=uuid.uuid4(), acting_for=place.acting_for, because=because,
        rules=[CALLED_IN], called_in_by=actor,
    )  # fmt: skip
