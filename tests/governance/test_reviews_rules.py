"""Submitting, endorsing, triage, lanes and decisions: what each refuses, and what it leaves behind."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance import return_reasons, routing
from governance.actions import decisions, lanes, reviews, use_cases
from governance.actions.decisions import Determined
from governance.models import Decision, Determination, Lane, Review
from registry import editions
from registry.models import Filing, NeedToKnow, Revision, UseCase
from registry.permissions import visible_to
from tests import lives, make

NOT_HIGH = Determined("not_high_impact")
DUE = timezone.localdate() + timedelta(days=30)


def decide(case: UseCase, actor: Any, **changes: Any) -> Decision:
    wanted = {"outcome": "approve", "reason": "It is limited.", "determined": NOT_HIGH, **changes}
    return decisions.decide(case, actor=actor, **wanted)


# -- submitting -------------------------------------------------------------------------------------


def test_submitting_files_the_newest_revision_and_binds_the_round_to_it(cast: Any) -> None:
    case = lives.answer(lives.draft(cast), cast.officer, benefits="Sooner, and fewer mistakes.")
    lives.send(case, cast)
    review = Review.objects.get(use_case=case)
    filing = Filing.objects.get(use_case=case)
    assert review.revision.number == filing.revision.number == 2
    assert filing.effective_on == timezone.localdate()
    assert lives.reread(case).filed_number == 2
    assert len(set(Event.objects.filter(kind__in=["use_case.filed", "use_case.submitted"]).values_list("act"))) == 1


def test_a_case_changed_since_the_check_page_is_not_sent(cast: Any) -> None:
    case = lives.draft(cast)
    lives.answer(case, cast.lead, benefits="Changed by somebody else.")
    with pytest.raises(Stale, match="changed after you checked"):
        use_cases.submit(case, actor=cast.officer, statement="Signed.", opened_on=1)
    assert lives.reread(case).status == "draft"
    assert not Filing.objects.filter(use_case=case).exists()


def test_a_case_with_a_missing_answer_is_not_sent(cast: Any) -> None:
    case = lives.answer(lives.draft(cast), cast.officer, benefits="", scr_vendor="")
    with pytest.raises(Refused, match="2 answers are still missing"):
        lives.send(case, cast)


def test_without_the_signed_statement_nothing_is_sent(cast: Any) -> None:
    with pytest.raises(Refused, match="Sign the statement"):
        use_cases.submit(lives.draft(cast), actor=cast.officer, statement=" ", opened_on=1)


def test_a_recorded_case_may_be_submitted_too(cast: Any) -> None:
    assert lives.send(lives.recorded(cast), cast).status == "submitted"


def test_a_decided_case_is_resubmitted_in_a_second_round(cast: Any) -> None:
    case = lives.send(lives.decided(cast), cast)
    assert case.status == "submitted"
    assert Review.objects.filter(use_case=case).first().round == 2
    assert Event.objects.filter(kind="use_case.resubmitted").count() == 1


# -- triage and lanes -------------------------------------------------------------------------------


def test_triage_opens_the_lanes_of_the_routes_in_parallel_and_freezes_them(cast: Any) -> None:
    case = lives.in_review(cast, scr_rights_safety="unknown", scr_ato="none")
    review = Review.objects.get(use_case=case)
    assert {lane.office.code for lane in review.lanes.all()} == {"PRIV", "CRCL", "CISO"}
    assert review.routes_edition == routing.editions()[-1].key
    assert review.routes["not_needed"]["OCPO"] == "No vendor or contract is involved"
    lane = lives.lane(case)
    assert lane.because == ["Personal information is expected"]
    assert lane.opening_answers == {"scr_pii": "yes", "has_pii": None}
    assert lane.due_on == timezone.localdate() + timedelta(days=10)


def test_a_hidden_answer_opens_no_lane(cast: Any) -> None:
    """A vendor's name that is no longer asked for does not count."""
    case = make.use_case(owner=cast.officer, given=make.answers(contracting_usage="in_house", vendor_name="Larkfield"))
    assert "vendor_name" not in editions.counting(case.revisions.get())["answers"]


def test_the_offices_of_a_restricted_case_are_let_know(cast: Any) -> None:
    case = lives.endorsed(cast)
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    assert not visible_to(cast.priv).filter(pk=case.pk).exists()
    lives.open_lanes(case, cast)
    assert visible_to(cast.priv).filter(pk=case.pk).exists()
    assert not visible_to(cast.crcl).filter(pk=case.pk).exists()
    assert NeedToKnow.objects.get(use_case=case).office.code == "PRIV"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [({"is_ai": False}, "Not artificial intelligence."), ({"in_scope": False}, "Out of the inventory's scope.")],
)
def test_triage_takes_out_what_does_not_belong_with_the_reason(cast: Any, answers: Any, reason: str) -> None:
    case = lives.endorsed(cast)
    wanted = {"in_scope": True, "is_ai": True, "is_complete": True, **answers}
    assert reviews.triage(case, actor=cast.manager, **wanted) == "withdrawn"
    assert Event.objects.get(kind="use_case.withdrawn").reason == reason
    assert Review.objects.get(use_case=case).ended_how == "withdrawn"


def test_triage_of_a_duplicate_names_the_other_case(cast: Any) -> None:
    case, other = lives.endorsed(cast), lives.recorded(cast)
    answers = {"in_scope": True, "is_ai": True, "is_complete": True}
    with pytest.raises(Refused, match="of itself"):
        reviews.triage(case, actor=cast.manager, duplicate_of=case, **answers)
    reviews.triage(case, actor=cast.manager, duplicate_of=other, **answers)
    assert other.use_case_id in Event.objects.get(kind="use_case.withdrawn").reason


def test_an_incomplete_case_goes_back_from_triage_only_with_words(cast: Any) -> None:
    case = lives.endorsed(cast)
    answers = {"in_scope": True, "is_ai": True, "is_complete": False}
    with pytest.raises(Refused, match="Say what has to change"):
        reviews.triage(case, actor=cast.manager, **answers)
    assert reviews.triage(case, actor=cast.manager, note="Say who operates it.", **answers) == "returned"


def test_one_return_ends_the_round_and_closes_the_other_lanes(cast: Any) -> None:
    case = lives.in_review(cast, scr_rights_safety="unknown", scr_ato="none")
    lanes.decide_lane(lives.lane(case, "CRCL"), actor=cast.crcl, verb="sign_off", no_conflict=True)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="return", reasons=["retention-missing"], no_conflict=True)
    states = dict(Lane.objects.filter(review__use_case=case).values_list("office__code", "status"))
    assert states == {"PRIV": "returned", "CRCL": "signed_off", "CISO": "closed"}
    assert lives.reread(case).status == "returned"
    assert lives.lane(case).message == return_reasons.message(["retention-missing"])
    with pytest.raises(Stale, match="Closed with the round"):
        lanes.decide_lane(lives.lane(case, "CISO"), actor=cast.ciso, verb="sign_off", no_conflict=True)


def test_a_return_needs_a_reason_of_the_list_or_words(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    with pytest.raises(Refused, match="Tick a reason"):
        lanes.decide_lane(lane, actor=cast.priv, verb="return", no_conflict=True)
    with pytest.raises(Refused, match="not a reason on the list"):
        lanes.decide_lane(lane, actor=cast.priv, verb="return", reasons=["made-up"], message="x", no_conflict=True)


def test_an_objection_does_not_end_the_round_and_the_decision_must_answer_it(cast: Any) -> None:
    case = lives.in_review(cast)
    with pytest.raises(Refused, match="Say what the objection is"):
        lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="object", no_conflict=True)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="object", message="It keeps faces.", no_conflict=True)
    case = lives.reread(case)
    assert case.status == "ready_for_decision"
    with pytest.raises(Refused, match="PRIV objected"):
        decide(case, cast.caio)
    assert not Decision.objects.exists()
    assert decide(case, cast.caio, objections_answered="Faces are deleted at once.").outcome == "approved"


def test_sign_offs_with_unchanged_opening_answers_carry_over_marked(cast: Any) -> None:
    case = lives.in_review(cast, scr_rights_safety="unknown")
    lanes.decide_lane(lives.lane(case, "CRCL"), actor=cast.crcl, verb="sign_off", no_conflict=True)
    lanes.decide_lane(lives.lane(case), actor=cast.priv, verb="return", message="Say more.", no_conflict=True)
    first = lives.lane(case, "CRCL")
    case = lives.to_review_again(lives.answer(case, cast.officer, benefits="Said more."), cast)
    crcl, priv = lives.lane(case, "CRCL"), lives.lane(case)
    assert (crcl.status, crcl.carried_from, crcl.decided_by) == ("signed_off", first, cast.crcl)
    assert (priv.status, priv.carried_from) == ("open", None)
    assert Event.objects.filter(kind="lane.carried_over").count() == 1


def test_a_changed_opening_answer_brings_the_office_back(cast: Any) -> None:
    case = lives.decided(cast)
    case = lives.to_review_again(lives.answer(case, cast.officer, scr_pii="unknown"), cast)
    assert lives.lane(case).status == "open"


def test_a_sign_off_of_somebody_who_wrote_since_does_not_carry_over(cast: Any) -> None:
    case = lives.decided(cast)
    case = lives.to_review_again(lives.answer(case, cast.priv, benefits="Written by the reviewer."), cast)
    assert lives.lane(case).status == "open"


def test_a_lane_is_assigned_within_its_office_only(cast: Any) -> None:
    lane = lives.lane(lives.in_review(cast))
    assert lanes.assign([lane], actor=cast.priv, to=cast.priv2) == 1
    assert lives.lane(lane.review.use_case).assigned_to == cast.priv2
    with pytest.raises(Refused, match="no reviewer of the Privacy Office"):
        lanes.assign([lane], actor=cast.priv, to=cast.crcl)
    with pytest.raises(Refused, match="Only reviewers of the Privacy Office"):
        lanes.assign([lane], actor=cast.crcl, to=cast.crcl)
    lanes.assign([lane], actor=cast.priv, to=None)
    assert lives.lane(lane.review.use_case).assigned_to is None


def test_assigning_many_is_all_or_none(cast: Any) -> None:
    first, second = lives.lane(lives.in_review(cast)), lives.lane(lives.in_review(cast))
    lanes.decide_lane(first, actor=cast.priv2, verb="sign_off", no_conflict=True)
    with pytest.raises(Stale, match=first.review.use_case.use_case_id):
        lanes.assign([first, second], actor=cast.priv, to=cast.priv)
    assert lives.lane(second.review.use_case).assigned_to is None


# -- decisions and conditions -----------------------------------------------------------------------


def test_a_decision_is_bound_to_the_reviewed_revision_with_its_determination(cast: Any) -> None:
    case = lives.decided(cast)
    decision, determination = Decision.objects.get(), Determination.objects.get()
    revision = Revision.objects.get(use_case=case)
    assert (decision.revision, determination.revision) == (revision, revision)
    assert (decision.covers_stage, decision.decided_as) == ("pre_deployment", "Chief AI Officer")
    assert determination.suggested["impact"] == "not_high_impact"
    assert Review.objects.get(use_case=case).ended_how == "decided"


@pytest.mark.parametrize(
    ("determined", "words"),
    [
        (Determined("presumed_not_high_impact", ("m",)), "written justification"),
        (Determined("presumed_not_high_impact", (), "Because."), "Name the presumed category"),
        (Determined("not_high_impact", ("m",)), "presumed category is high-impact"),
        (Determined(""), "Say whether"),
        (Determined("high_impact", ("z",)), "letters a to o"),
    ],
)
def test_an_incomplete_determination_is_refused(cast: Any, determined: Determined, words: str) -> None:
    with pytest.raises(Refused, match=words):
        decide(lives.ready(cast), cast.caio, determined=determined)
    assert not Determination.objects.exists()


def test_approval_with_conditions_needs_conditions_that_can_still_be_met(cast: Any) -> None:
    case = lives.ready(cast)
    yesterday = timezone.localdate() - timedelta(days=1)
    for conditions, words in (((), "at least one condition"), ([("Do it.", yesterday)], "has passed")):
        with pytest.raises(Refused, match=words):
            decide(case, cast.caio, outcome="approve_with_conditions", conditions=conditions)


def test_resuming_gives_back_the_status_and_approves_nothing(cast: Any) -> None:
    case = lives.recorded(cast)
    use_cases.suspend(case, actor=cast.caio, reason="Stopped.")
    use_cases.resume(case, actor=cast.caio, reason="Mended.")
    assert lives.reread(case).status == "recorded"
    assert lives.reread(case).suspended_from == ""


def test_retiring_follows_the_reported_stage_and_files_it(cast: Any) -> None:
    case = lives.decided(cast)
    with pytest.raises(Refused, match="Report the stage"):
        use_cases.retire(case, actor=cast.officer)
    case = lives.answer(case, cast.officer, development_stage="retired")
    use_cases.retire(case, actor=cast.officer)
    case = lives.reread(case)
    assert (case.status, case.stage, case.filed_number) == ("retired", "retired", 2)


# -- two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_deciding_at_once_give_one_decision_and_a_clear_refusal() -> None:
    from tests.conftest import Cast

    cast = Cast()
    lane = lives.lane(lives.in_review(cast))
    first, second = cast.priv, cast.priv2
    heard: dict[str, Any] = {}

    def late() -> None:
        try:
            lanes.decide_lane(lane, actor=second, verb="return", message="Say more.", no_conflict=True)
        except Stale as stale:
            heard["stale"] = str(stale)
        finally:
            connection.close()

    with transaction.atomic():
        lanes.decide_lane(lane, actor=first, verb="sign_off", no_conflict=True)
        other = threading.Thread(target=late)
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive(), "the second waits for the first"
    other.join(timeout=10)
    assert "Pia Privacy came first" in heard["stale"]
    assert lives.lane(lane.review.use_case).status == "signed_off"
    assert lives.reread(lane.review.use_case).status == "ready_for_decision"


@pytest.mark.django_db(transaction=True)
def test_the_last_two_offices_signing_at_once_still_close_the_lanes() -> None:
    from tests.conftest import Cast

    cast = Cast()
    case = lives.in_review(cast, scr_rights_safety="unknown")
    work = [(lives.lane(case, "PRIV"), cast.priv), (lives.lane(case, "CRCL"), cast.crcl)]
    barrier = threading.Barrier(2)

    def sign(lane: Lane, actor: Any) -> None:
        try:
            barrier.wait(timeout=5)
            lanes.decide_lane(lane, actor=actor, verb="sign_off", no_conflict=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=pair) for pair in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert lives.reread(case).status == "ready_for_decision"
