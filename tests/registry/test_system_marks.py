"""What a change of a system marks on its cases and its owner, and the daily watch over its dates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.workflow import Refused, Stale
from governance.actions.use_cases import withdraw
from registry.actions import system_marks
from registry.actions.use_cases import save_section
from registry.models import SystemMark
from tests import make_systems
from tests.make_systems import case_on, change, system


def test_a_change_marks_every_case_and_who_looks_after_it_none(cast):
    record = system()
    cases = [case_on(record, owner=cast.officer), case_on(record, component_code="FEMA", owner=cast.other_officer)]
    change(record, cast.lead, owner=cast.colleague, mailbox="lx@example.invalid")
    assert not SystemMark.objects.exists()
    change(record, cast.lead, vendor_name="Larkfield", description="Sorts invented parcels.")
    assert set(SystemMark.objects.values_list("use_case", flat=True)) == {case.pk for case in cases}
    assert "Vendor: Larkfield, was not stated" in SystemMark.objects.first().what


def test_a_case_that_says_the_new_fact_already_is_not_marked(cast):
    record = system()
    agreeing = case_on(record, owner=cast.officer, contracting_usage="vendor", vendor_name="Larkfield")
    other = case_on(record, owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere")
    change(record, cast.lead, vendor_name="Larkfield")
    assert [mark.use_case for mark in SystemMark.objects.all()] == [other] and agreeing


def test_an_edit_that_agrees_clears_the_mark_and_another_does_not(cast):
    record = system()
    case = case_on(record, owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere")
    change(record, cast.lead, vendor_name="Larkfield")
    save_section(case, "system", {"benefits": "Other."}, opened_on=1, actor=cast.officer)
    assert SystemMark.objects.get().cleared == ""
    save_section(case, "system", {"vendor_name": "Larkfield"}, opened_on=2, actor=cast.officer)
    assert SystemMark.objects.get().cleared == "agrees"


def test_the_owner_confirms_what_was_shown_and_not_what_came_after(cast):
    record = system()
    case = case_on(record, owner=cast.officer)
    change(record, cast.lead, description="One.")
    seen = [str(SystemMark.objects.get().uuid)]
    with pytest.raises(Refused, match="Only the owner"):
        system_marks.confirm(case, seen, actor=cast.manager)
    assert system_marks.confirm(case, seen, actor=cast.officer) == 1
    with pytest.raises(Stale):
        system_marks.confirm(case, seen, actor=cast.officer)
    change(record, cast.lead, ato_office="Another office")
    assert SystemMark.objects.filter(cleared_at=None).count() == 1


def test_a_later_change_of_the_same_fact_overtakes_the_earlier_mark(cast):
    record = system()
    case_on(record, owner=cast.officer)
    change(record, cast.lead, description="One.")
    change(record, cast.lead, description="Two.")
    assert [mark.cleared for mark in SystemMark.objects.order_by("pk")] == ["overtaken", ""]


def test_the_daily_watch_marks_once_at_each_step(cast):
    today = timezone.localdate()
    record = system(owner=cast.colleague, **make_systems.ending(60))
    case = case_on(record, owner=cast.officer)
    assert system_marks.watch(today) == 2, "the case, and the system for its owner"
    assert system_marks.watch(today) == 0 and system_marks.watch(today + timedelta(days=5)) == 0
    assert system_marks.watch(today + timedelta(days=30)) == 2
    open_ones = SystemMark.objects.filter(use_case=case, cleared_at=None)
    assert [mark.what.startswith("The authorization to operate expires on") for mark in open_ones] == [True]
    assert system_marks.watch(today + timedelta(days=61)) == 2
    assert [mark.what.startswith("The authorization to operate expired on") for mark in open_ones.all()] == [True]


def test_a_confirmed_step_is_not_raised_again_the_next_is(cast):
    today = timezone.localdate()
    case = case_on(system(**make_systems.ending(50)), owner=cast.officer)
    system_marks.watch(today)
    system_marks.confirm(case, [str(SystemMark.objects.get(use_case=case).uuid)], actor=cast.officer)
    assert system_marks.watch(today + timedelta(days=1)) == 0
    assert system_marks.watch(today + timedelta(days=25)) > 0


def test_a_renewed_authorization_overtakes_the_mark_of_the_old_date(cast):
    record = system(**make_systems.ending(20))
    case = case_on(record, owner=cast.officer)
    system_marks.watch()
    change(record, cast.lead, ato_expires_on=timezone.localdate() + timedelta(days=900))
    old = SystemMark.objects.filter(key__startswith="ato_expires_on")
    assert {mark.cleared for mark in old} == {"overtaken"} and old.filter(use_case=case).exists()


def test_the_contract_option_is_watched_too(cast):
    case_on(system(ato="", option_on=timezone.localdate() + timedelta(days=10)), owner=cast.officer)
    system_marks.watch()
    assert SystemMark.objects.filter(what__startswith="The contract option is due").count() == 2


def test_retired_and_withdrawn_cases_are_left_alone(cast):
    record = system()
    case = case_on(record, owner=cast.officer)
    withdraw(case, actor=cast.officer, reason="Not AI.")
    change(record, cast.lead, vendor_name="Larkfield")
    assert not SystemMark.objects.exists()
