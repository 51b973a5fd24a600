"""Every edge of the transition table x every role: who is in the table moves the case, all others are refused.

The table is read, not copied: a new edge without an act here fails. Beside the actions, the database itself refuses
every pair of statuses that is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import delegable
from accounts.actions import delegations
from accounts.models import Membership, Role, User
from audit.models import Event
from audit.workflow import Refused
from governance.actions import (
    acting_signers,
    board,
    decisions,
    holds,
    lanes,
    reconsiderations,
    reviews,
    stage_requests,
    use_cases,
)
from governance.actions.decisions import Determined
from governance.condition_terms import NOTHING, Terms
from governance.models import AgendaItem, Hold, Review
from registry.actions import inventory
from registry.actions.use_cases import file_revision
from registry.lifecycle import STATUSES, edges, pairs
from registry.models import ImportBatch, UseCase
from tests import lives, make
from tests.registry.importing import file_of, row

# One person for each role; a component role is held in the case's component.
PEOPLE = {
    Role.PROGRAM_OFFICER: "officer", Role.COMPONENT_LEAD: "lead", Role.INVENTORY_MANAGER: "manager",
    Role.OFFICE_REVIEWER: "priv", Role.CAIO: "caio", Role.DEPUTY_CAIO: "deputy", Role.BOARD_SECRETARY: "secretary",
    Role.BOARD_MEMBER: "member", Role.BOARD_CHAIR: "chair", Role.LEADERSHIP: "leader", Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}  # fmt: skip
CONDITION = [("Name the retention schedule.", timezone.localdate() + timedelta(days=30))]
BECAUSE = "Because the invented facts say so."


def send(case: UseCase, actor: Any) -> None:
    use_cases.submit(case, actor=actor, statement="Signed.", opened_on=lives.reread(case).revision_number)


def triage(case: UseCase, actor: Any) -> None:
    reviews.triage(case, actor=actor, in_scope=True, is_ai=True, is_complete=True)


def sign(case: UseCase, actor: Any) -> None:
    """The last sign-off closes the lanes; without a lane to sign, triage does."""
    if case.status == "endorsed":
        triage(case, actor)
    else:
        lanes.decide_lane(lives.lane(case), actor=actor, verb="sign_off", no_conflict=True)


def send_back(case: UseCase, actor: Any) -> None:
    if case.status == "in_review":
        lanes.decide_lane(lives.lane(case), actor=actor, verb="return", message=BECAUSE, no_conflict=True)
    else:
        reviews.send_back(case, actor=actor, message=BECAUSE)


def conclude(outcome: str) -> Callable[[UseCase, Any], None]:
    def act(case: UseCase, actor: Any) -> None:
        conditions = CONDITION if outcome == "approve_with_conditions" else ()
        if case.status == "at_board":
            item = AgendaItem.objects.get(use_case=case, closed_at=None)
            board.close_item(item, actor=actor, minutes=BECAUSE, conditions=conditions)
        else:
            decisions.decide(
                case, actor=actor, outcome=outcome, reason=BECAUSE, determined=Determined("not_high_impact"),
                conditions=conditions,
            )  # fmt: skip

    return act


def refer(case: UseCase, actor: Any) -> None:
    decisions.refer(case, actor=actor, question="May it go on?", determined=Determined("not_high_impact"))


def find_prohibited(case: UseCase, actor: Any) -> None:
    """The Privacy Office says that a prohibition applies to what it is asked about."""
    row = Hold.objects.select_related("use_case").get(use_case=case, is_live=True)
    holds.speak_on_hold(row, actor=actor, office=make.office("PRIV"), says="applies", reasons=BECAUSE)


def ask_on(case: UseCase, actor: Any) -> None:
    stage_requests.request_stage(
        case, actor=actor, stage="pilot", reason=BECAUSE, planned_on=timezone.localdate() + timedelta(days=30),
        opened_on=lives.reread(case).revision_number,
    )  # fmt: skip


def take_back(case: UseCase, actor: Any) -> None:
    stage_requests.take_request_back(case, actor=actor, reason=BECAUSE)


def reconsider(case: UseCase, actor: Any) -> None:
    reconsiderations.ask_reconsideration(case, actor=actor, reason=BECAUSE, what_is_new="A test report, invented.")


ACTS: dict[str, Callable[[UseCase, Any], Any]] = {
    "submit": send,
    "submit_without_endorsement": send,
    "resubmit": send,
    "resubmit_without_endorsement": send,
    "endorse": lambda case, actor: reviews.endorse(case, actor=actor),
    "triage": triage,
    "complete_lanes": sign,
    "return": send_back,
    "approve": conclude("approve"),
    "approve_with_conditions": conclude("approve_with_conditions"),
    "reject": conclude("reject"),
    "refer": refer,
    "defer": conclude("defer"),
    "withdraw": lambda case, actor: use_cases.withdraw(case, actor=actor, reason=BECAUSE),
    "suspend": lambda case, actor: use_cases.suspend(case, actor=actor, reason=BECAUSE),
    "resume": lambda case, actor: use_cases.resume(case, actor=actor, reason=BECAUSE),
    "resume_with_conditions": lambda case, actor: use_cases.resume(case, actor=actor, reason=BECAUSE),
    "resume_recorded": lambda case, actor: use_cases.resume(case, actor=actor, reason=BECAUSE),
    "retire": lambda case, actor: use_cases.retire(case, actor=actor),
    "request_stage": ask_on,
    "request_stage_without_endorsement": ask_on,
    "take_request_back": take_back,
    "take_request_back_with_conditions": take_back,
    "decline_stage": conclude("reject"),
    "decline_stage_with_conditions": conclude("reject"),
    "reconsider": reconsider,
    "reconsider_at_board": reconsider,
    "undo_import": lambda case, actor: inventory.undo(ImportBatch.objects.latest("pk"), actor=actor),
    "record_again": lambda case, actor: inventory.import_file(
        bytes(ImportBatch.objects.latest("pk").content), "again.csv", actor=actor
    ),
    "refuse_prohibited": find_prohibited,
    "stop_prohibited": find_prohibited,
}
DECIDING = (*decisions.OUTCOMES, "decline_stage", "decline_stage_with_conditions")
# The table names all roles of an edge; each acts only while the case is with them (design sections 3 and 4).
WITH: dict[tuple[str, str], set[str]] = {
    ("return", "submitted"): {"component_lead"},
    ("return", "endorsed"): {"inventory_manager"},
    ("return", "in_review"): {"office_reviewer"},
    ("return", "ready_for_decision"): {"caio", "deputy_caio"},
    ("complete_lanes", "in_review"): {"office_reviewer"},
    ("undo_import", "recorded"): {"inventory_manager"},  # a lead undoes files of their own
    **{(verb, "ready_for_decision"): {"caio", "deputy_caio"} for verb in DECIDING},
    **{(verb, "at_board"): {"board_secretary"} for verb in DECIDING},
}
CASES = [(move, source) for move in edges() for source in move.sources]


def scene(move: Any, source: str, cast: Any) -> UseCase:
    """A case at the edge's source, with everything the edge's guard asks for."""
    if move.verb.startswith("resume_") or (move.verb == "resume"):
        before = {"resume": "approved", "resume_with_conditions": "approved_with_conditions"}.get(move.verb, "recorded")
        case = lives.STATUSES[before](cast)
        use_cases.suspend(case, actor=cast.caio, reason=BECAUSE)
        return lives.reread(case)
    if move.verb in ("undo_import", "record_again"):
        make.component("CBP")
        batch = inventory.import_file(file_of(row(1)), "cases.csv", actor=cast.manager)
        if move.verb == "record_again":
            inventory.undo(batch, actor=cast.manager)
        return UseCase.objects.get(use_case_id="DHS-1")
    case = at_gate(move, source, cast)
    if move.verb == "retire":
        case = lives.answer(case, cast.officer, development_stage="retired")
    if move.verb.endswith("without_endorsement"):
        type(case.component).objects.filter(pk=case.component_id).update(is_endorsement_required=False)
    if move.guard == "prohibition_applies":
        stage = {"development_stage": "deployed"} if move.verb == "stop_prohibited" else {}
        case = lives.answer(case, cast.officer, proh_surveillance="yes", **stage)
        file_revision(case, actor=cast.officer, why="It is reported as it is.")
        assert holds.look(case.pk) == 1
    if source == "at_board" and move.guard != "prohibition_applies":
        item = AgendaItem.objects.get(use_case=case)
        board.schedule(lives.meeting(cast), [item], actor=cast.secretary)
        lives.vote(item, cast, "reject" if move.verb.startswith("decline") else move.verb)
    return lives.reread(case)


def at_gate(move: Any, source: str, cast: Any) -> UseCase:
    """A case at the source; where the move is about a request, one that has asked, after the decision it gives back."""
    free = [Terms("Report monthly.", timezone.localdate() + timedelta(days=30), NOTHING)]  # blocks no stage
    if move.verb.startswith(("take_request_back", "decline_stage")):
        before = "approve_with_conditions" if move.verb.endswith("_with_conditions") else "approve"
        return lives.asked_on(lives.decided(cast, before, conditions=free), source, cast)
    if move.verb.startswith("request_stage") and source == "approved_with_conditions":
        return lives.decided(cast, "approve_with_conditions", conditions=free)
    if move.verb == "reconsider":
        return lives.decided(cast, "reject", actor=cast.deputy)
    if move.verb.startswith("resubmit") and source == "rejected":  # not with the same answers
        return lives.answer(lives.decided(cast, "reject"), cast.officer, benefits="Another benefit, invented.")
    return lives.STATUSES[source](cast)


def test_every_edge_has_an_act_here() -> None:
    assert {move.verb for move in edges()} == set(ACTS)
    assert set(lives.STATUSES) == set(STATUSES)


@pytest.mark.parametrize("source", sorted(STATUSES))
def test_each_status_is_reached_by_the_actions(source: str, cast: Any) -> None:
    assert lives.STATUSES[source](cast).status == source


PROHIBITED = {(move.verb, source) for move, source in CASES if move.guard == "prohibition_applies"}
# Who stands in moves what the holder may hand out, and not an edge more; `WITH` and the table say the rest.
ACTED_BY = {
    "stands in for the lead": ("colleague", {("endorse", "submitted"), ("return", "submitted")}),
    "stands in for an office": ("ogc", {("complete_lanes", "in_review"), ("return", "in_review"), *PROHIBITED}),
    "stands in for the chief": (
        "st",
        {
            *((verb, "ready_for_decision") for verb in (*DECIDING, "refer", "return")),
            *(("suspend", source) for source in ("recorded", "approved", "approved_with_conditions")),
            *((verb, "suspended") for verb in ("resume", "resume_with_conditions", "resume_recorded")),
        },
    ),
    "acting signer": ("ciso", {("complete_lanes", "in_review"), ("return", "in_review"), *PROHIBITED}),
}  # fmt: skip


def stand_in(how: str, person: Any, cast: Any) -> None:
    """Name them by the real action; an acting signer is named once the office has nobody."""
    until = timezone.localdate() + timedelta(days=7)
    days = {"starts_on": timezone.localdate(), "ends_on": until, "reason": BECAUSE}
    if how == "acting signer":
        Membership.objects.filter(office=make.office("PRIV")).update(ends_on=date(2025, 2, 1))
        acting_signers.name_signer(person, make.office("PRIV"), actor=cast.caio, **days)
        return
    giver = {"stands in for the lead": cast.lead, "stands in for an office": cast.priv}.get(how, cast.caio)
    row = Membership.objects.get(user=giver)
    acts = [act.code for act in delegable.acts_of(row.role)]
    place = {"office": row.office, "component": row.component}
    delegations.delegate(person, role=row.role, acts=acts, actor=giver, **place, **days)


class Undo(Exception):
    """Ends a try, so that the next role finds the case at the edge's source again."""


def moves(move: Any, case: UseCase, actor: Any) -> None:
    ACTS[move.verb](case, actor)
    after = lives.reread(case)
    assert after.status == move.target, actor
    assert Event.objects.filter(kind=move.event_kind, actor=actor, subject_id=case.use_case_id).exists()
    raise Undo


def is_refused(move: Any, source: str, case: UseCase, actor: Any) -> None:
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        ACTS[move.verb](case, actor)
    assert all(reason.endswith(".") for reason in refused.value.reasons), refused.value.reasons
    assert lives.reread(case).status == source, actor
    assert Event.objects.count() == before, "a refused act leaves nothing behind"


@pytest.mark.parametrize(("move", "source"), CASES, ids=[f"{move.verb}-{source}" for move, source in CASES])
def test_an_edge_is_open_to_its_roles_and_to_no_other(move: Any, source: str, cast: Any) -> None:
    people = {role: getattr(cast, name) for role, name in PEOPLE.items()}
    case = scene(move, source, cast)
    allowed = WITH.get((move.verb, source), set(move.roles))
    assert allowed <= set(move.roles)
    for role, actor in people.items():
        if role in allowed:
            with pytest.raises(Undo), transaction.atomic():
                moves(move, case, actor)
        else:
            is_refused(move, source, case, actor)
    for how, (name, edges_open) in ACTED_BY.items():
        with pytest.raises(Undo), transaction.atomic():
            stand_in(how, getattr(cast, name), cast)
            actor = User.objects.get(pk=getattr(cast, name).pk)
            if (move.verb, source) in edges_open:
                acted = Event.objects.filter(actor=actor).exclude(acting_for="")
                try:
                    moves(move, case, actor)
                finally:
                    assert acted.exists(), "what is done for somebody says so"
            else:
                is_refused(move, source, case, actor)
            raise Undo


@pytest.mark.parametrize("source", sorted(STATUSES))
def test_the_database_refuses_every_pair_outside_the_table(source: str, cast: Any) -> None:
    case = lives.STATUSES[source](cast)
    let_through = set()
    for target in set(STATUSES) - {source}:
        try:
            with transaction.atomic():
                UseCase.objects.filter(pk=case.pk).update(status=target)
                raise Undo
        except Undo:
            let_through.add((source, target))
        except DatabaseError as error:
            assert "Invalid transition" in str(error)
    assert let_through == {pair for pair in pairs() if pair[0] == source}


def test_triage_without_needed_offices_goes_straight_to_the_decision(cast: Any) -> None:
    case = lives.endorsed(cast, scr_pii="no")
    triage(case, cast.manager)
    assert lives.reread(case).status == "ready_for_decision"
    assert not Review.objects.get(use_case=case).lanes.exists()
    assert Review.objects.get(use_case=case).routes["not_needed"]["PRIV"] == "No personal information is expected"


def test_another_component_moves_nothing(cast: Any) -> None:
    case = lives.submitted(cast)
    for person in (cast.other_officer, cast.other_lead):
        for verb in ("endorse", "return", "withdraw"):
            with pytest.raises(Refused):
                ACTS[verb](case, person)
    assert make.component("FEMA").pk != case.component_id
    assert lives.reread(case).status == "submitted"
