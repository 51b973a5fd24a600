"""Holds on prohibited uses: opened by what is filed, settled by the offices, and what follows for the case."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions import delegations
from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import board, decisions, holds, use_cases
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import AgendaItem, Hold, HoldWord, Review, StopOrder
from governance.permissions import lane_refusals
from governance.permissions.authorship import barred
from governance.reads import holds as reads
from governance.reads import rounds
from governance.reports.holds import Held, held
from registry.actions import counting
from registry.models import UseCase
from tests import lives, make
from tests.governance import holding, scenes
from tests.governance.holding import FIELD, WATCHED, WHY, file, say

YES, NO = "applies", "does_not_apply"


def approve(case: UseCase, cast: Any) -> Any:
    return decisions.decide(
        case, actor=cast.caio, outcome="approve", reason="The invented pilot is limited.", determined=lives.NOT_HIGH
    )


# -- opened by what is filed ------------------------------------------------------------------------


def test_sending_a_case_opens_a_hold_for_each_prohibition_it_does_not_rule_out(cast: Any) -> None:
    case = lives.submitted(cast, **{FIELD: "yes", WATCHED: "unknown"})
    found = {row.prohibition: (row.answer, row.offices) for row in Hold.objects.filter(use_case=case)}
    assert found == {FIELD: ("yes", ["OGC", "CRCL"]), WATCHED: ("unknown", ["OGC", "CRCL", "PRIV"])}
    opened = Event.objects.filter(kind="hold.opened", actor=cast.officer)
    assert opened.count() == 2
    assert set(opened.values_list("act", flat=True)) == set(
        Event.objects.filter(kind="use_case.submitted").values_list("act", flat=True)
    )
    assert not any(field in str(one.data) + one.subject_label for one in opened for field in (FIELD, WATCHED))
    holds.look_at_all()
    assert Hold.objects.count() == 2


def test_every_other_way_of_filing_opens_it_by_the_next_look(cast: Any) -> None:
    holding.offices()
    case = scenes.deployed(owner=cast.officer)
    assert holds.look_at_all() == 0
    changed = lives.answer(case, cast.officer, **{FIELD: "unknown"})
    assert holds.look_at_all() == 0, "what is not filed opens nothing"
    counting.let_count(case, reason="Corrected.", seen=changed.revision_number, actor=cast.officer)
    assert holds.look_at_all() == 1
    assert holds.look_at_all() == 0, "looking twice changes nothing"
    row = holding.hold(case)
    assert (row.answer, row.revision.number) == ("unknown", changed.revision_number)


def test_what_an_inventory_file_leaves_blank_opens_nothing(cast: Any) -> None:
    blank = dict.fromkeys(("proh_sole_basis", "proh_improper_factors", FIELD, WATCHED, "proh_third_party"))
    scenes.deployed(**blank, proh_other=None)
    assert holds.look_at_all() == 0 and not Hold.objects.exists()


def test_a_later_answer_of_no_lifts_nothing_by_itself(cast: Any) -> None:
    row = holding.running(cast.officer)
    row = say(row, cast.ogc, "OGC")
    file(row.use_case, cast.colleague, **{FIELD: "no"})
    assert holds.look_at_all() == 1
    row = holding.hold(row.use_case)
    assert (row.state, row.answer) == ("open", "no")
    word = row.words.get()
    assert word.replaced_at and word.replaced_how == "answer", "counsel spoke about the answer before"
    row = holding.lift(row, cast)
    assert row.state == "lifted" and not row.is_live


def test_what_was_lifted_stays_so_until_another_answer_is_filed(cast: Any) -> None:
    first = holding.lift(holding.running(cast.officer, **{FIELD: "unknown"}), cast)
    case = file(first.use_case, cast.colleague, benefits="Parcels reach the bench sooner still.")
    assert holds.look_at_all() == 0 and Hold.objects.count() == 1
    file(case, cast.colleague, **{FIELD: "yes"})
    assert holds.look_at_all() == 1
    new = holding.hold(case)
    assert (new.state, new.answer, new.follows_id) == ("open", "yes", first.pk)


def test_a_yes_after_a_no_asks_again_though_it_was_lifted_before(cast: Any) -> None:
    first = holding.lift(holding.running(cast.officer), cast)
    case = file(first.use_case, cast.colleague, **{FIELD: "no"})
    holds.look_at_all()
    assert not Hold.objects.filter(is_live=True).exists()
    file(case, cast.colleague, **{FIELD: "yes"})
    assert holds.look_at_all() == 1 and holding.hold(case).is_open


def test_a_case_that_is_taken_out_takes_its_hold_with_it(cast: Any) -> None:
    case = lives.submitted(cast, **{FIELD: "yes"})
    use_cases.withdraw(case, actor=cast.officer, reason="Given up.")
    holds.look_at_all()
    row = Hold.objects.get()
    assert (row.state, row.is_live) == ("over", False)
    assert holds.look_at_all() == 0


def test_withdrawing_what_runs_ends_no_hold(cast: Any) -> None:
    row = holding.running(cast.officer)
    use_cases.withdraw(row.use_case, actor=cast.officer, reason="Not AI after all.")
    assert holds.look_at_all() == 0
    assert say(row, cast.ogc, "OGC", YES).state == "applies"
    assert lives.reread(row.use_case).status == "withdrawn" and StopOrder.objects.get().counts_as_running


def test_the_database_keeps_one_hold_that_counts_for_a_prohibition(cast: Any) -> None:
    row = holding.running()
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(
            use_case=row.use_case, prohibition=FIELD, answer="yes", revision=row.revision, looked_number=1,
            edition="x", offices=["OGC"], due_on=timezone.localdate(),
        )  # fmt: skip


# -- what it blocks ---------------------------------------------------------------------------------


def test_nothing_is_approved_while_a_hold_is_open_and_after_lifting_it_is(cast: Any) -> None:
    row = holding.ready(cast)
    case = lives.reread(row.use_case)
    with pytest.raises(Refused) as refused:
        approve(case, cast)
    assert "Office of the General Counsel" in str(refused.value) and "Civil Rights" in str(refused.value)
    row = say(row, cast.ogc, "OGC")
    with pytest.raises(Refused) as refused:
        approve(case, cast)
    assert "General Counsel" not in str(refused.value) and "Civil Rights" in str(refused.value)
    assert say(row, cast.crcl, "CRCL").state == "lifted"
    approve(case, cast)
    assert lives.reread(case).status == "approved"


def test_the_board_approves_nothing_either(cast: Any) -> None:
    row = holding.ready(cast)
    decisions.refer(row.use_case, actor=cast.caio, question="May it go on?", determined=lives.NOT_HIGH)
    item = AgendaItem.objects.get(closed_at=None)
    lives.the_board()
    board.schedule(lives.meeting(cast), [item], actor=cast.secretary)
    lives.vote(AgendaItem.objects.get(pk=item.pk), cast, "approve")
    with pytest.raises(Refused, match="hold is open"):
        board.close_item(item, actor=cast.secretary, minutes="All in favour.")
    say(row, cast.ogc, "OGC", YES)
    item.refresh_from_db()
    assert item.closed_at and lives.reread(row.use_case).status == "rejected"


def test_a_rejection_needs_no_hold_settled(cast: Any) -> None:
    row = holding.ready(cast)
    decisions.decide(row.use_case, actor=cast.caio, outcome="reject", reason="Not wanted.", determined=lives.NOT_HIGH)
    assert lives.reread(row.use_case).status == "rejected"


def test_an_approval_asks_what_is_filed_and_not_only_the_rows(cast: Any) -> None:
    row = holding.ready(cast)
    Hold.objects.all().delete()
    with pytest.raises(Refused, match="being opened"):
        approve(row.use_case, cast)


# -- settled by the offices -------------------------------------------------------------------------


def test_an_office_corrects_its_word_before_the_hold_closes_and_not_after(cast: Any) -> None:
    row = say(holding.running(cast.officer), cast.ogc, "OGC")
    row = say(row, cast.ogc, "OGC", NO, "Read once more: still nothing.")
    words = list(row.words.order_by("pk"))
    assert [bool(word.replaced_at) for word in words] == [True, False] and words[0].replaced_how == "corrected"
    row = say(row, cast.crcl, "CRCL")
    assert row.state == "lifted"
    with pytest.raises(Stale, match="settled"):
        say(row, cast.ogc, "OGC", YES)


def test_reasons_and_an_answer_are_needed_and_only_the_offices_asked_speak(cast: Any) -> None:
    row = holding.running(cast.officer)
    for office, actor, says, reasons, match in (
        ("OGC", cast.ogc, NO, "  ", "reasons"),
        ("OGC", cast.ogc, "perhaps", WHY, "Say whether"),
        ("PRIV", cast.priv, NO, WHY, "not asked"),
        ("OGC", cast.crcl, NO, WHY, "Only reviewers"),
        ("OGC", cast.caio, NO, WHY, "Only reviewers"),
        ("OGC", cast.officer, NO, WHY, "Only reviewers"),
    ):
        with pytest.raises(Refused, match=match):
            say(row, actor, office, says, reasons)
    assert not HoldWord.objects.exists()


def test_nobody_speaks_who_wrote_the_case_and_nobody_for_two_offices(cast: Any) -> None:
    row = holding.running(cast.officer)
    make.member("office_reviewer", "Ursula Two", office_code="CRCL")
    both = make.member("office_reviewer", "Bo Both", office_code="OGC")
    both.memberships.create(role="office_reviewer", office=make.office("CRCL"), starts_on="2025-01-01")
    row = say(row, both, "OGC")
    with pytest.raises(Refused, match="nobody acts for two offices"):
        say(row, both, "CRCL")
    file(row.use_case, cast.crcl, benefits="Written by a reviewer.")
    with pytest.raises(Refused, match="You wrote"):
        say(row, cast.crcl, "CRCL")


def test_nobody_speaks_for_a_second_office_of_somebody_who_spoke_for_a_first(cast: Any) -> None:
    row, today = holding.running(cast.officer), timezone.localdate()
    both = make.member("office_reviewer", "Bo Both", office_code="OGC")
    crcl = both.memberships.create(role="office_reviewer", office=make.office("CRCL"), starts_on="2025-01-01")
    delegations.delegate(
        cast.st, role=crcl.role, office=crcl.office, acts=["sign"], starts_on=today, ends_on=today, reason="Away.",
        actor=both,
    )  # fmt: skip
    row = say(row, both, "OGC")
    with pytest.raises(Refused, match="nobody acts for them"):
        say(row, cast.st, "CRCL")


def test_who_spoke_in_a_hold_signs_for_no_other_office_and_decides_nothing(cast: Any) -> None:
    case = lives.in_review(cast, **{FIELD: "unknown"})
    person = make.member("office_reviewer", "Bo Both", office_code="OGC")
    person.memberships.create(role="office_reviewer", office=make.office("PRIV"), starts_on="2025-01-01")
    person.memberships.create(role="caio", starts_on="2025-01-01")
    lane = lives.lane(case)
    assert lane_refusals(person, lane) == []
    say(holding.hold(case), person, "OGC")
    assert "nobody acts for two offices" in lane_refusals(person, lane)[0]
    lanes = type(lane).objects.filter(pk=lane.pk)
    assert barred([person.pk, cast.priv.pk], lanes) == {lane.pk: {person.pk}}
    review = Review.objects.get(use_case=case)
    assert rounds.acted_for(review, person) == ["OGC"]


@pytest.mark.parametrize("status", ["submitted", "in_review", "ready_for_decision"])
def test_what_is_not_in_use_is_rejected_when_one_office_says_that_it_applies(status: str, cast: Any) -> None:
    if status == "ready_for_decision":
        row = holding.ready(cast)
    else:
        row = holding.hold(lives.STATUSES[status](cast, **{FIELD: "unknown"}))
    row = say(row, cast.ogc, "OGC", YES, "It sorts persons.")
    case = lives.reread(row.use_case)
    assert (row.state, case.status) == ("applies", "rejected")
    assert not StopOrder.objects.exists()
    assert not Review.objects.filter(ended_at=None).exists()
    rejected = Event.objects.get(kind="use_case.rejected")
    assert rejected.actor == cast.ogc and "sorts persons" not in rejected.reason
    assert rejected.act == Event.objects.get(kind="hold.applied").act


def test_what_is_in_use_is_stopped_and_resumes_only_after_the_hold_was_opened_again_and_lifted(cast: Any) -> None:
    row = say(holding.running(cast.officer), cast.crcl, "CRCL", YES, "It profiles.")
    case, order = lives.reread(row.use_case), StopOrder.objects.get()
    assert (case.status, case.suspended_from) == ("suspended", "recorded")
    assert order.counts_as_running and order.effective_on == timezone.localdate() and order.hold == row
    with pytest.raises(Refused, match="order to stop stands"):
        use_cases.resume(case, actor=cast.caio, reason="Mended.")
    with pytest.raises(Refused, match="Only the Chief AI Officer"):
        holds.reopen_hold(row, actor=cast.crcl, reason="Again.")
    new = holds.reopen_hold(row, actor=cast.caio, reason="A field was misread.")
    with pytest.raises(Refused, match="order to stop stands"):
        use_cases.resume(case, actor=cast.caio, reason="Mended.")
    assert holding.lift(new, cast).state == "lifted"
    order.refresh_from_db()
    assert order.state == "lifted"
    use_cases.resume(lives.reread(case), actor=cast.caio, reason="It never applied.")
    assert lives.reread(case).status == "recorded"


def test_a_stopped_case_in_review_has_nothing_to_resume_and_is_sent_again(cast: Any) -> None:
    holding.offices()
    given = make.deployed_high_impact(**{FIELD: "yes"})
    case = lives.send(make.use_case(owner=cast.officer, given=given), cast)
    row = say(holding.hold(case), cast.ogc, "OGC", YES)
    case = lives.reread(case)
    assert (case.status, case.suspended_from) == ("suspended", "")
    mended = lives.answer(case, cast.officer, **{FIELD: "no"})
    again = lives.send(mended, cast)
    new = holding.hold(again)
    assert again.status == "submitted" and (new.state, new.answer, new.follows_id) == ("open", "no", row.pk)
    assert StopOrder.objects.get().counts_as_running, "a new answer alone ends no order"


def test_a_rejected_or_stopped_case_is_not_moved_twice(cast: Any) -> None:
    row = holding.running(cast.officer, **{FIELD: "yes", WATCHED: "yes"})
    say(row, cast.ogc, "OGC", YES)
    other = say(holding.hold(row.use_case, WATCHED), cast.priv, "PRIV", YES)
    assert other.state == "applies" and StopOrder.objects.count() == 1
    assert lives.reread(row.use_case).status == "suspended"


def test_an_order_goes_on_while_another_prohibition_applies(cast: Any) -> None:
    row = holding.running(cast.officer, **{FIELD: "yes", WATCHED: "yes"})
    say(row, cast.ogc, "OGC", YES)
    say(holding.hold(row.use_case, WATCHED), cast.priv, "PRIV", YES)
    holding.lift(holds.reopen_hold(row, actor=cast.caio, reason="A field was misread."), cast)
    order = StopOrder.objects.get()
    assert order.lifted_at is None and order.hold.prohibition == WATCHED
    again = holds.reopen_hold(holding.hold(row.use_case, WATCHED), actor=cast.caio, reason="So was this.")
    holding.lift(again, cast)
    order.refresh_from_db()
    assert order.state == "lifted"


# -- the Board --------------------------------------------------------------------------------------


def test_the_chief_asks_the_board_whose_answer_is_recorded(cast: Any) -> None:
    row = say(holding.running(cast.officer), cast.ogc, "OGC", YES)
    with pytest.raises(Refused, match="Only the Chief"):
        holds.refer_hold(row, actor=cast.deputy, question="Is it?")
    with pytest.raises(Stale, match="no question"):
        holds.answer_hold(row, actor=cast.secretary, reopens=True, minutes="Yes.")
    holds.refer_hold(row, actor=cast.caio, question="Does sorting by bench profile anybody?")
    with pytest.raises(Stale, match="asked already"):
        holds.refer_hold(row, actor=cast.caio, question="Does it?")
    assert [one.hold.pk for one in reads.for_board(cast.member)] == [row.pk]
    with pytest.raises(Refused, match="secretary"):
        holds.answer_hold(row, actor=cast.caio, reopens=True, minutes="Yes.")
    new = holds.answer_hold(row, actor=cast.secretary, reopens=True, minutes="Look at it once more.")
    assert (new.state, new.reopened_as, new.follows_id) == ("open", "AI Governance Board", row.pk)
    with pytest.raises(Stale, match="not settled"):
        holds.reopen_hold(new, actor=cast.caio, reason="Again.")


def test_offices_that_are_late_are_reminded_once_and_again_after_some_days(cast: Any) -> None:
    row, today = holding.running(cast.officer), timezone.localdate()
    assert (row.due_on - today).days == 10 and holds.remind_offices() == 0
    Hold.objects.update(due_on=today - timezone.timedelta(days=1))
    assert holds.remind_offices() == 1 and holds.remind_offices() == 0
    Hold.objects.update(told_on=today - timezone.timedelta(days=7))
    assert holds.remind_offices() == 1
    assert holding.lift(row, cast).days_over == 0 and holds.remind_offices() == 0


def test_the_status_report_counts_cases_held_as_they_stood_on_its_day(cast: Any) -> None:
    first, today = holding.running(cast.officer, **{FIELD: "yes", WATCHED: "yes"}), timezone.localdate()
    waiting = holding.hold(lives.submitted(cast, **{FIELD: "unknown"}))
    clocks = Clocks(today)

    def now() -> Held:
        return held(clocks, "", snapshots(scope(), clocks))

    assert now() == Held(cases=2, running=1, unconfirmed=0)
    assert held(Clocks(today - lives.SOON), "", ()) == Held(0, 0, 0)
    say(first, cast.ogc, "OGC", YES)
    holding.lift(waiting, cast)
    assert now() == Held(cases=1, running=1, unconfirmed=1), "the other question of the same case is still open"


# -- two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_contradictory_words_of_an_office_one_wins(cast: Any) -> None:
    row = holding.running(cast.officer)
    second = make.member("office_reviewer", "Oscar Counsel", office_code="OGC")
    people, office, results, start = (cast.ogc, second), make.office("OGC"), [], threading.Barrier(2)

    def speak(person: Any, says: str) -> None:
        start.wait()
        try:
            holds.speak_on_hold(row, actor=person, office=office, says=says, reasons=WHY)
            results.append((says, ""))
        except Stale as stale:
            results.append((says, str(stale)))
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=pair) for pair in zip(people, (YES, NO), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(said) for _, said in results) == [False, True]
    won = next(says for says, said in results if not said)
    word = HoldWord.objects.get()
    assert word.says == won
    assert lives.reread(row.use_case).status == ("suspended" if won == YES else "recorded")
