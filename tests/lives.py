"""Brings a case to each status by the same actions people use; nothing here sets a status."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Role, User
from governance.actions import board as board_actions
from governance.actions import decisions, lanes, reviews, stage_requests, use_cases
from governance.actions.decisions import Determined
from governance.models import AgendaItem, Board, Lane, Meeting, Review
from registry import document as documents
from registry.actions.use_cases import write_revision
from registry.models import UseCase
from tests import make

SOON = timedelta(days=30)
NOT_HIGH = Determined("not_high_impact")
PRIVACY = {"scr_pii": "yes"}  # opens the lane of PRIV and no other


def reread(use_case: UseCase) -> UseCase:
    return UseCase.objects.select_related("component", "agency", "owner", "backup_owner").get(pk=use_case.pk)


def the_board(quorum: int = 2) -> Board:
    row, _ = Board.objects.get_or_create(
        code="ai-governance-board",
        defaults={"agency": make.agency(), "name": "AI Governance Board", "quorum": quorum},
    )
    return row


def draft(cast: Any, **answers: Any) -> UseCase:
    for code in make.OFFICES:
        make.office(code)
    return make.use_case(owner=cast.officer, given=make.answers(**{**PRIVACY, **answers}))


def recorded(cast: Any, **answers: Any) -> UseCase:
    for code in make.OFFICES:
        make.office(code)
    given = make.answers(**{**PRIVACY, **answers})
    return make.use_case(owner=cast.officer, given=given, filed_on=date(2026, 1, 28), status="recorded")


def send(use_case: UseCase, cast: Any, actor: Any = None) -> UseCase:
    number = reread(use_case).revision_number
    use_cases.submit(use_case, actor=actor or cast.officer, statement=use_cases.STATEMENT, opened_on=number)
    return reread(use_case)


def submitted(cast: Any, **answers: Any) -> UseCase:
    return send(draft(cast, **answers), cast)


def endorsed(cast: Any, **answers: Any) -> UseCase:
    return endorse(submitted(cast, **answers), cast)


def endorse(use_case: UseCase, cast: Any) -> UseCase:
    reviews.endorse(use_case, actor=cast.lead)
    return reread(use_case)


def open_lanes(use_case: UseCase, cast: Any) -> UseCase:
    reviews.triage(use_case, actor=cast.manager, in_scope=True, is_ai=True, is_complete=True)
    own_officers_pass(use_case)
    return reread(use_case)


def own_officers_pass(use_case: UseCase) -> None:
    """Where the whole catalogue is loaded, a component's own officer comes first; one nobody is sets the case aside."""
    rows = Lane.objects.filter(review__use_case=use_case, status="open", office__part_of__isnull=False)
    for row in rows.filter(office__memberships=None).select_related("office", "review__use_case"):
        name = f"Own officer at {row.office.code}"  # one person however many cases: lists of people stay as they were
        person = User.objects.filter(name=name).first() or make.person(name)
        Membership.objects.create(user=person, role=Role.OFFICE_REVIEWER, office=row.office, starts_on=date(2025, 1, 1))
        lanes.decide_lane(
            row, actor=person, verb="not_applicable", message="Nothing of ours, invented.", no_conflict=True
        )
        person.memberships.all().delete()


def in_review(cast: Any, **answers: Any) -> UseCase:
    return open_lanes(endorsed(cast, **answers), cast)


def to_review_again(use_case: UseCase, cast: Any) -> UseCase:
    """Submit, endorse and triage what was returned or decided."""
    return open_lanes(endorse(send(use_case, cast), cast), cast)


def lane(use_case: UseCase, office: str = "PRIV") -> Lane:
    return Lane.objects.select_related("office", "review__use_case").get(
        review=Review.objects.filter(use_case=use_case).order_by("-round")[0], office__code=office
    )


def ready(cast: Any, **answers: Any) -> UseCase:
    use_case = in_review(cast, **answers)
    lanes.decide_lane(lane(use_case), actor=cast.priv, verb="sign_off", no_conflict=True)
    return reread(use_case)


def at_board(cast: Any, **answers: Any) -> UseCase:
    use_case = ready(cast, **answers)
    decisions.refer(use_case, actor=cast.caio, question="May the invented pilot go on?", determined=NOT_HIGH)
    return reread(use_case)


def meeting(cast: Any) -> Meeting:
    return board_actions.open_meeting(
        the_board(), actor=cast.secretary, held_on=timezone.localdate() + timedelta(days=7), place="Room 4, invented"
    )


def scheduled(cast: Any, **answers: Any) -> AgendaItem:
    """A case before an open meeting."""
    use_case = at_board(cast, **answers)
    item = AgendaItem.objects.get(use_case=use_case, closed_at=None)
    board_actions.schedule(meeting(cast), [item], actor=cast.secretary)
    return AgendaItem.objects.select_related("use_case", "meeting__board", "review").get(pk=item.pk)


def vote(item: AgendaItem, cast: Any, choice: str) -> None:
    for person in (cast.member, cast.chair):
        board_actions.vote(item, actor=person, choice=choice)


def decided(
    cast: Any, outcome: str = "approve", *, actor: Any = None, conditions: Any = None, **answers: Any
) -> UseCase:
    use_case = ready(cast, **answers)
    conditions = conditions or [("Name the retention schedule.", timezone.localdate() + SOON)]
    decisions.decide(
        use_case, actor=actor or cast.caio, outcome=outcome, reason="The invented pilot is limited.",
        determined=NOT_HIGH, conditions=conditions if outcome == "approve_with_conditions" else (),
    )  # fmt: skip
    return reread(use_case)


def asked_on(use_case: UseCase, status: str, cast: Any, stage: str = "pilot") -> UseCase:
    """A decided case that asks for a later stage, brought to a status of that round."""
    planned, number = timezone.localdate() + SOON, reread(use_case).revision_number
    if status == "in_review":  # something changed that an office looks at
        number = answer(use_case, cast.officer, scr_vendor="yes", vendor_name="Invented Vendor").revision_number
    stage_requests.request_stage(
        use_case, actor=cast.officer, stage=stage, reason="Invented.", planned_on=planned, opened_on=number
    )
    if status == "returned":
        reviews.send_back(use_case, actor=cast.lead, message="Name the site.")
    if status in ("endorsed", "in_review", "ready_for_decision", "at_board"):
        endorse(use_case, cast)
    if status in ("in_review", "ready_for_decision", "at_board"):
        open_lanes(use_case, cast)
    if status == "at_board":
        decisions.refer(use_case, actor=cast.caio, question="May it be piloted?", determined=NOT_HIGH)
    return reread(use_case)


def returned(cast: Any, **answers: Any) -> UseCase:
    use_case = in_review(cast, **answers)
    lanes.decide_lane(lane(use_case), actor=cast.priv, verb="return", reasons=["retention-missing"], no_conflict=True)
    return reread(use_case)


def suspended(cast: Any) -> UseCase:
    use_case = decided(cast)
    use_cases.suspend(use_case, actor=cast.caio, reason="It ran outside of the pilot site.")
    return reread(use_case)


def answer(use_case: UseCase, author: Any, **answers: Any) -> UseCase:
    """Write a new revision that is not filed."""
    row = reread(use_case)
    write_revision(row, documents.with_answers(row.document, answers), actor=author)
    return reread(row)


def retired(cast: Any) -> UseCase:
    use_case = answer(decided(cast), cast.officer, development_stage="retired")
    use_cases.retire(use_case, actor=cast.officer)
    return reread(use_case)


def withdrawn(cast: Any) -> UseCase:
    use_case = submitted(cast)
    use_cases.withdraw(use_case, actor=cast.officer, reason="Given up.")
    return reread(use_case)


STATUSES: dict[str, Any] = {
    "draft": draft,
    "recorded": recorded,
    "submitted": submitted,
    "returned": returned,
    "endorsed": endorsed,
    "in_review": in_review,
    "ready_for_decision": ready,
    "at_board": at_board,
    "approved": decided,
    "approved_with_conditions": lambda cast: decided(cast, "approve_with_conditions"),
    "rejected": lambda cast: decided(cast, "reject"),
    "suspended": suspended,
    "retired": retired,
    "withdrawn": withdrawn,
}
