"""The transition table: what it allows, and what it must never allow."""

from pathlib import Path

import pytest

from registry import lifecycle
from registry.lifecycle import BORN, GUARDS, STATUSES, edge, edges, leaving, pairs

ROLES = {
    "program_officer", "component_lead", "inventory_manager", "office_reviewer", "caio", "deputy_caio",
    "board_secretary", "board_member", "board_chair", "leadership", "auditor", "administrator",
}  # fmt: skip

STANDING = {
    "recorded", "submitted", "returned", "endorsed", "in_review", "ready_for_decision", "at_board", "approved",
    "approved_with_conditions",
}  # fmt: skip
BEFORE_DECISION = {"submitted", "returned", "endorsed", "in_review", "ready_for_decision"}
EXPECTED = {
    "submit": ({"draft", "returned", "recorded"}, "submitted"),
    "submit_without_endorsement": ({"draft", "returned", "recorded"}, "endorsed"),
    "endorse": ({"submitted"}, "endorsed"),
    "triage": ({"endorsed"}, "in_review"),
    "complete_lanes": ({"in_review"}, "ready_for_decision"),
    "return": ({"submitted", "endorsed", "in_review", "ready_for_decision"}, "returned"),
    "approve": ({"ready_for_decision", "at_board"}, "approved"),
    "approve_with_conditions": ({"ready_for_decision", "at_board"}, "approved_with_conditions"),
    "reject": ({"ready_for_decision", "at_board"}, "rejected"),
    "refer": ({"ready_for_decision"}, "at_board"),
    "defer": ({"at_board"}, "ready_for_decision"),
    "withdraw": (
        {"draft", "recorded", "submitted", "returned", "endorsed", "in_review", "ready_for_decision"},
        "withdrawn",
    ),
    "undo_import": ({"recorded"}, "withdrawn"),
    "record_again": ({"withdrawn"}, "recorded"),
    "suspend": ({"recorded", "approved", "approved_with_conditions"}, "suspended"),
    "resume": ({"suspended"}, "approved"),
    "resume_with_conditions": ({"suspended"}, "approved_with_conditions"),
    "resume_recorded": ({"suspended"}, "recorded"),
    "retire": ({"recorded", "approved", "approved_with_conditions", "rejected", "suspended"}, "retired"),
    "resubmit": ({"approved", "approved_with_conditions", "rejected", "suspended"}, "submitted"),
    "resubmit_without_endorsement": (
        {"approved", "approved_with_conditions", "rejected", "suspended"},
        "endorsed",
    ),
    "refuse_prohibited": (STANDING, "rejected"),
    "stop_prohibited": (STANDING, "suspended"),
    "request_stage": ({"approved", "approved_with_conditions"}, "submitted"),
    "request_stage_without_endorsement": ({"approved", "approved_with_conditions"}, "endorsed"),
    "take_request_back": (BEFORE_DECISION, "approved"),
    "take_request_back_with_conditions": (BEFORE_DECISION, "approved_with_conditions"),
    "decline_stage": ({"ready_for_decision", "at_board"}, "approved"),
    "decline_stage_with_conditions": ({"ready_for_decision", "at_board"}, "approved_with_conditions"),
    "reconsider": ({"rejected"}, "ready_for_decision"),
    "reconsider_at_board": ({"rejected"}, "at_board"),
}


def test_the_table_is_the_one_that_was_agreed():
    assert {move.verb: (set(move.sources), move.target) for move in edges()} == EXPECTED
    assert {"draft", "recorded"} == BORN


@pytest.mark.parametrize("move", edges(), ids=lambda move: move.verb)
def test_every_move_is_well_formed(move):
    assert edge(move.verb) is move
    assert {*move.sources, move.target} <= set(STATUSES)
    assert move.target not in move.sources
    assert move.roles
    assert set(move.roles) <= ROLES
    assert move.guard is None or move.guard in GUARDS
    assert move.event_kind.startswith("use_case.")
    assert move.label
    assert move.plain.endswith(".")


def test_every_event_kind_is_registered():
    from audit.kinds import KINDS

    assert {move.event_kind for move in edges()} <= set(KINDS)


def test_no_guard_is_left_over():
    assert {move.guard for move in edges()} - {None} == set(GUARDS)


def test_every_status_can_be_reached_and_only_a_later_file_leads_out_of_the_end():
    reached = set(BORN)
    while grown := {target for source, target in pairs() if source in reached} - reached:
        reached |= grown
    assert reached == set(STATUSES)
    assert {status for status in STATUSES if not leaving(status)} == {"retired"}
    assert [move.verb for move in leaving("withdrawn")] == ["record_again"]


def test_nothing_becomes_approved_but_by_a_decision_by_resuming_or_as_a_standing_decision_has_it():
    giving_back = {source for move in edges() if move.verb.startswith("take_request_back") for source in move.sources}
    assert giving_back == BEFORE_DECISION  # the database asks for the decision: test_gates_requests
    for target in ("approved", "approved_with_conditions"):
        sources = {source for source, to in pairs() if to == target}
        assert sources == {"ready_for_decision", "at_board", "suspended"} | giving_back


def test_no_case_is_decided_without_its_lanes():
    sources = {source for source, target in pairs() if target == "ready_for_decision"}
    assert sources == {"in_review", "at_board", "rejected"}  # reconsidered by the lanes of the round that was rejected
    assert {source for source, target in pairs() if target == "in_review"} == {"endorsed"}


def test_nobody_who_writes_or_signs_a_lane_decides():
    # That a prohibition applies is no decision on the case: the offices of a hold determine it (decision 0028). Taking
    # a request back gives back what was decided.
    decided = [
        move
        for move in edges()
        if move.guard != "prohibition_applies" and not move.verb.startswith("take_request_back")
    ]
    deciders = {role for move in decided if move.target in ("approved", "rejected") for role in move.roles}
    assert not deciders & {"program_officer", "component_lead", "inventory_manager", "office_reviewer"}
    assert not any({"administrator", "auditor", "leadership"} & set(move.roles) for move in edges())


def test_the_page_names_every_status_move_and_guard():
    page = lifecycle.markdown()
    for move in edges():
        assert f"| `{move.verb}` | {', '.join(move.sources)} | {move.target} |" in page
    for status in STATUSES:
        assert f"| `{status}` |" in page
    for guard in GUARDS:
        assert f"- `{guard}`: " in page
    assert "born as `draft` or `recorded`" in page
    assert "\t" not in page and page.endswith(".\n")


def test_the_docs_page_is_the_generated_one():
    page = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"
    assert page.read_text(encoding="utf-8") == lifecycle.markdown()
