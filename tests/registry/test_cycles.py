"""The yearly cycle: opening it, who is called, moving days, reminders, going through a case, what counts then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import cycles, need_to_know, still_true
from registry.actions.still_true import STILL, Said
from registry.actions.use_cases import save_section
from registry.cycle_lifecycles import pairs
from registry.models import ComponentCall, Cycle, StillTrue, UseCase
from registry.models.use_case import Handling
from registry.reads.calls import waiting_for
from registry.reads.cycles import called, overview
from tests import lives, make, make_cycles

BENEFITS = {"benefits": "Parcels wait an hour less."}


def row(case: UseCase) -> UseCase:
    return UseCase.objects.get(pk=case.pk)


def say(case: UseCase, actor: Any, said: Said, opened_on: int | None = None) -> StillTrue:
    fresh = row(case)
    number = fresh.revision_number if opened_on is None else opened_on
    return still_true.confirm(Cycle.objects.get(), fresh, said, opened_on=number, actor=actor)


# -- opening ----------------------------------------------------------------------------------------


def test_opening_calls_every_component_with_a_case_or_a_lead(cast: Any) -> None:
    make.use_case(component_code="ICE", filed_on=make_cycles.BEFORE, status="recorded")
    make.use_case(component_code="TSA")  # a draft that was never filed
    cycle = make_cycles.cycle(cast)
    assert list(cycle.calls.values_list("component__code", flat=True)) == ["CBP", "ICE"]
    assert (cycle.layout, cycle.before_on) == ("omb-2025", date(2026, 1, 28))
    kinds = list(Event.objects.filter(timeline="cycle-2026").values_list("kind", flat=True))
    assert kinds == ["cycle.opened", "call.opened", "call.opened"]


@pytest.mark.parametrize("who", ["lead", "officer", "caio", "auditor", "administrator"])
def test_only_the_inventory_manager_opens_a_cycle(cast: Any, who: str) -> None:
    with pytest.raises(Refused, match="inventory manager"):
        cycles.open_cycle(make.agency(), 2026, actor=getattr(cast, who), **make_cycles.days())


def test_a_year_is_opened_once_and_its_days_lie_ahead_in_order(cast: Any) -> None:
    make_cycles.cycle(cast)
    with pytest.raises(Refused, match="opened already"):
        cycles.open_cycle(make.agency(), 2026, actor=cast.manager, **make_cycles.days())
    for days in (make_cycles.days(-2), {**make_cycles.days(), "submit_on": timezone.localdate()}):
        with pytest.raises(Refused, match="in order"):
            cycles.open_cycle(make.agency(), 2027, actor=cast.manager, **days)


def test_what_is_called_is_what_the_inventory_holds(cast: Any) -> None:
    kept = make_cycles.reported(cast.officer)
    make_cycles.reported(cast.officer, development_stage="retired")  # had its one report
    ended = make_cycles.reported(cast.officer)
    make_cycles.filed_since(ended, cast.officer, development_stage="retired")  # is owed it
    lives.withdrawn(cast)
    lives.draft(cast)
    cycle = make_cycles.cycle(cast)
    assert set(called(cycle)) == {kept, ended}


def test_the_tables_of_moves_are_the_database_s_own(cast: Any) -> None:
    cycle = make_cycles.cycle(cast)
    assert ("frozen", "closed") not in pairs("cycle")
    with pytest.raises(ProgrammingError, match="Invalid transition"), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_cycle SET status = 'frozen' WHERE id = %s", [cycle.pk])
        cursor.execute("UPDATE registry_cycle SET status = 'closed' WHERE id = %s", [cycle.pk])


# -- running it -------------------------------------------------------------------------------------


def test_a_component_gets_another_day_with_a_reason(cast: Any) -> None:
    call = make_cycles.call(cast)
    day = call.due_on + timedelta(days=5)
    cycles.extend(call, day, reason="The owner is on leave.", actor=cast.manager)
    found = ComponentCall.objects.get(pk=call.pk)
    assert (found.due_on, found.extension_reason) == (day, "The owner is on leave.")
    assert Event.objects.get(kind="call.extended").data["to"] == day.isoformat()
    for wrong, why in ((day, " "), (timezone.localdate() - timedelta(days=1), "x"), (day + timedelta(days=90), "x")):
        with pytest.raises(Refused):
            cycles.extend(call, wrong, reason=why, actor=cast.manager)
    with pytest.raises(Refused, match="inventory manager"):
        cycles.extend(call, day, reason="x", actor=cast.lead)


@pytest.mark.parametrize(("ahead", "sent"), [(14, 1), (7, 1), (1, 1), (13, 0), (0, 0), (-1, 1), (-8, 1), (-4, 0)])
def test_reminders_go_out_by_the_days_left(cast: Any, ahead: int, sent: int) -> None:
    make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    ComponentCall.objects.filter(pk=call.pk).update(due_on=timezone.localdate() + timedelta(days=ahead))
    assert cycles.remind_when_due() == sent
    assert cycles.remind_when_due() == 0, "once a day"
    assert Event.objects.filter(kind="call.reminded", actor=None).count() == sent


def test_nobody_is_reminded_of_what_is_answered_or_closed(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    make_cycles.go_through(case, cast.officer)
    with pytest.raises(Refused, match="Nobody to remind"):
        cycles.remind([call], actor=cast.manager)
    make_cycles.reported(cast.officer)
    cycles.close_call(call, actor=cast.manager)
    with pytest.raises(Refused, match="Nobody to remind"):
        cycles.remind([ComponentCall.objects.select_related("cycle", "component").get()], actor=cast.manager)


def test_closing_stops_answers_and_opening_again_takes_them_with_a_reason(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    cycle = make_cycles.cycle(cast)
    cycles.close_cycle(cycle, actor=cast.manager)
    with pytest.raises(Refused, match="closed"):
        make_cycles.go_through(case, cast.officer)
    with pytest.raises(Refused, match="Say why"):
        cycles.reopen_cycle(cycle, reason="", actor=cast.manager)
    cycles.reopen_cycle(cycle, reason="Two components asked.", actor=cast.manager)
    make_cycles.go_through(case, cast.officer)
    with pytest.raises(Refused, match="inventory manager"):
        cycles.close_cycle(cycle, actor=cast.lead)


# -- going through a case ---------------------------------------------------------------------------


def test_what_still_holds_is_kept_field_by_field_with_who_and_when(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    done = say(case, cast.officer, Said({"benefits": STILL, "problem_solved": STILL}))
    assert (done.fields, done.revision_number, done.confirmed_by) == (
        {"benefits": STILL, "problem_solved": STILL}, 1, cast.officer,
    )  # fmt: skip
    assert (row(case).revision_number, case.filings.count()) == (1, 1), "nothing was copied or filed again"
    event = Event.objects.get(kind="use_case.confirmed")
    assert event.timeline == case.use_case_id and event.data["still_true"] == 2


def test_a_changed_answer_is_saved_and_counts(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    done = say(case, cast.officer, Said({"problem_solved": STILL}, BENEFITS))
    found = row(case)
    assert done.fields == {"problem_solved": STILL, "benefits": "changed"}
    assert found.filed_document["answers"]["benefits"] == BENEFITS["benefits"] and not found.has_unfiled_changes
    assert found.filed_effective_on == timezone.localdate()
    say(case, cast.officer, Said({"benefits": STILL}))
    assert [one.is_current for one in case.confirmations.order_by("pk")] == [False, True], "what was said before stays"


def test_a_cleared_answer_is_empty_also_where_nobody_understood_it(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    flagged = {"text": "maybe", "code": "unknown_answer", "message": "No."}
    UseCase.objects.filter(pk=case.pk).update(document={**case.document, "flagged": {"topic_area": flagged}})
    make_cycles.cycle(cast)
    say(case, cast.officer, Said({}, {"topic_area": None, "benefits": None}))
    document = row(case).filed_document
    assert "topic_area" not in document["flagged"] and "benefits" not in document["answers"]


def test_saying_so_files_what_was_changed_before_and_not_filed(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    save_section(case, "summary", BENEFITS, opened_on=1, actor=cast.officer)
    make_cycles.cycle(cast)
    say(case, cast.officer, Said({"benefits": STILL}))
    assert row(case).filed_document["answers"]["benefits"] == BENEFITS["benefits"]


def test_what_somebody_changed_meanwhile_is_never_overwritten(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    save_section(case, "summary", BENEFITS, opened_on=1, actor=cast.lead)
    with pytest.raises(Stale, match="Lena Lead changed these"):
        say(case, cast.officer, Said({"problem_solved": STILL}, {"benefits": "Mine."}), opened_on=1)
    with pytest.raises(Stale):
        say(case, cast.officer, Said({"benefits": STILL}), opened_on=1)
    assert row(case).revision_number == 2 and not StillTrue.objects.exists()
    say(case, cast.officer, Said({"problem_solved": STILL}), opened_on=1)  # they changed another answer


@pytest.mark.parametrize("who", ["colleague", "other_officer", "other_lead", "manager", "caio", "auditor"])
def test_only_who_answers_for_a_case_says_that_it_holds(cast: Any, who: str) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    with pytest.raises(Refused, match="answer for"):
        say(case, getattr(cast, who), Said({"benefits": STILL}))


def test_the_manager_enters_what_an_owner_said_and_both_names_are_kept(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    done = say(case, cast.manager, Said({"problem_solved": STILL}, BENEFITS, on_behalf_of=cast.officer))
    assert (done.confirmed_by, done.on_behalf_of) == (cast.manager, cast.officer)
    revision = case.revisions.get(number=2)
    assert revision.written_by == cast.manager and "on behalf of Olive Officer" in revision.why
    assert set(Event.objects.filter(acting_for="Olive Officer").values_list("kind", flat=True)) >= {
        "use_case.saved", "use_case.confirmed",
    }  # fmt: skip
    with pytest.raises(Refused, match="does not answer for"):
        say(case, cast.manager, Said({"benefits": STILL}, on_behalf_of=cast.colleague))


def test_a_case_in_review_can_be_confirmed_and_not_changed(cast: Any) -> None:
    case = lives.in_review(cast)
    make_cycles.cycle(cast)
    with pytest.raises(Refused, match="fixed until"):
        say(case, cast.officer, Said({}, BENEFITS))
    assert say(case, cast.officer, Said({"benefits": STILL})).pk


def test_nobody_confirms_a_restricted_answer_they_may_not_read(cast: Any) -> None:
    case = make_cycles.reported()
    make_cycles.cycle(cast)
    need_to_know.restrict(case, ["benefits"], reason="Names a method.", actor=cast.lead)
    with pytest.raises(Refused, match="restricted answer"):
        say(case, cast.officer, Said({"benefits": STILL}))
    assert say(case, cast.officer, Said({"problem_solved": STILL})).pk


def test_classified_text_is_refused(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    with pytest.raises(Refused, match="classification marking"):
        say(case, cast.officer, Said({}, {"benefits": "SECRET//NOFORN\nIt works."}))


# -- the overview -----------------------------------------------------------------------------------


def test_the_overview_counts_what_is_open_and_asks_the_same_for_more(cast: Any) -> None:
    first = make_cycles.reported(cast.officer)
    make_cycles.reported()
    cycle = make_cycles.cycle(cast)
    make_cycles.go_through(first, cast.officer)
    save_section(row(first), "summary", BENEFITS, opened_on=row(first).revision_number, actor=cast.officer)
    with CaptureQueriesContext(connection) as few:
        (part,) = overview(cast.manager, cycle).parts
    assert (part.cases, part.answered, part.unanswered, part.unfiled, part.unowned) == (2, 1, 1, 1, 1)
    for code in ("ICE", "TSA", "FEMA"):
        for _ in range(3):
            make.use_case(component_code=code, filed_on=make_cycles.BEFORE, status="recorded")
        cycles.call_component(cycle, make.component(code), actor=cast.manager)
    with CaptureQueriesContext(connection) as many:
        assert overview(cast.manager, cycle).cases == 11
    assert len(many) <= len(few)
    assert [one.number for one in waiting_for(cast.officer)] == [] and waiting_for(cast.manager) == []


def test_a_component_that_came_later_is_named_and_called(cast: Any) -> None:
    cycle = make_cycles.cycle(cast)
    make.use_case(component_code="ICE", filed_on=make_cycles.BEFORE, status="recorded")
    assert overview(cast.manager, cycle).uncalled == [("ICE", 1)]
    cycles.call_component(cycle, make.component("ICE"), actor=cast.manager)
    assert overview(cast.manager, cycle).uncalled == []
    with pytest.raises(Stale):
        cycles.call_component(cycle, make.component("ICE"), actor=cast.manager)


def test_the_overview_counts_only_what_the_reader_may_know(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED)
    cycle = make_cycles.cycle(cast)
    for who, number in (("manager", 1), ("lead", 1), ("officer", 1), ("colleague", 0), ("leader", 0)):
        assert overview(getattr(cast, who), cycle).cases == number, who
    assert overview(cast.other_lead, cycle).parts == []


def test_a_case_that_moved_is_counted_where_it_is_now(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    cycle = make_cycles.cycle(cast)
    make_cycles.go_through(case, cast.officer)
    UseCase.objects.filter(pk=case.pk).update(component=make.component("ICE"))
    cycles.call_component(cycle, make.component("ICE"), actor=cast.manager)
    assert [(one.cases, one.answered) for one in overview(cast.manager, cycle).parts] == [(0, 0), (1, 1)]
