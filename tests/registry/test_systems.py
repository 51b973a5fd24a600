"""Records of systems, their links to cases, and what a change does to those cases."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import system_links, systems
from registry.actions.use_cases import save_section, set_handling
from registry.models import Revision, System, SystemMark, SystemRevision, UseCase, UseCaseSystem
from registry.permissions.systems import systems_visible_to
from registry.reads.systems import cases_of, facts_on, links_on, used
from tests import lives, make, make_systems
from tests.make_systems import case_on, change, recorded, reread, system

BLANK = {"have_ato": None, "system_name_ato": None, "vendor_name": None}


# -- the record -------------------------------------------------------------------------------------


def test_every_change_is_a_revision_that_stays(cast):
    record = system()
    change(record, cast.lead, vendor_name="Larkfield")
    assert [row.facts["vendor_name"] for row in SystemRevision.objects.order_by("number")] == ["", "Larkfield"]
    assert reread(record).vendor_name == "Larkfield"
    with pytest.raises(DatabaseError), transaction.atomic():
        SystemRevision.objects.update(why="rewritten")


@pytest.mark.parametrize("name", ["officer", "other_lead", "caio", "priv", "auditor"])
def test_others_are_told_whom_to_ask(cast, name):
    record = system(owner=cast.colleague)
    with pytest.raises(Refused, match="Ask Colin Colleague"):
        change(record, getattr(cast, name), vendor_name="Larkfield")
    assert reread(record).revision_number == 1


@pytest.mark.parametrize("name", ["colleague", "lead", "manager"])
def test_owner_lead_and_manager_change_the_record(cast, name):
    record = system(owner=cast.colleague)
    assert change(record, getattr(cast, name), vendor_name="Larkfield").number == 2


def test_an_officer_owns_the_record_they_add_and_adds_none_elsewhere(cast):
    assert system(actor=cast.officer).owner == cast.officer
    with pytest.raises(Refused, match="own component"):
        system(component_code="FEMA", actor=cast.officer)


def test_of_two_who_change_at_once_one_is_told(cast):
    record = system()
    change(record, cast.lead, vendor_name="Larkfield")
    with pytest.raises(systems.StaleSystem, match="Lena Lead changed this record"):
        change(record, cast.manager, vendor_name="Oakmere", opened_on=1)
    assert reread(record).vendor_name == "Larkfield"


def test_an_unchanged_form_writes_nothing(cast):
    record = system(vendor_name="Larkfield")
    assert change(record, cast.lead, vendor_name="Larkfield") is None
    assert reread(record).revision_number == 1


def test_a_fact_is_not_recorded_before_it_is_true(cast):
    with pytest.raises(Refused, match="lies ahead"):
        change(system(), cast.lead, ato="none", effective_on=timezone.localdate() + timedelta(days=1))


def test_both_clocks_of_a_record(cast):
    today = timezone.localdate()
    record = system(effective_on=date(2026, 1, 1), vendor_name="First")
    before = timezone.now()
    case_on(record, owner=cast.officer)
    change(record, cast.lead, vendor_name="Second", effective_on=today - timedelta(days=10))
    assert facts_on(record, today - timedelta(days=11))["vendor_name"] == "First"
    assert facts_on(record, today - timedelta(days=10))["vendor_name"] == "Second", "true since then"
    assert facts_on(record, today, known_at=before)["vendor_name"] == "First", "but not known before"
    assert facts_on(record, date(2025, 12, 31)) is None


def test_a_past_that_is_learned_late_changes_nothing_now(cast):
    record = system(effective_on=date(2026, 3, 1), vendor_name="Now")
    case_on(record, owner=cast.officer)
    change(record, cast.lead, vendor_name="Earlier", effective_on=date(2026, 2, 1))
    assert reread(record).vendor_name == "Now"
    assert facts_on(record, date(2026, 2, 15))["vendor_name"] == "Earlier"
    assert facts_on(record, date(2026, 3, 15))["vendor_name"] == "Now"
    assert not SystemMark.objects.exists()


# -- linking ----------------------------------------------------------------------------------------


def test_linking_fills_blank_answers_as_a_revision_that_says_so(cast):
    case = recorded(owner=cast.officer, **BLANK, contracting_usage="vendor")
    linked = system_links.link_system(case, system(vendor_name="Larkfield"), actor=cast.officer)
    case = reread(case)
    assert set(linked.filled) == {"have_ato", "system_name_ato", "vendor_name"}
    assert case.document["answers"]["vendor_name"] == "Larkfield"
    written = Revision.objects.get(use_case=case, number=case.revision_number)
    assert "filled from the record of the system INVENTED-LX" in written.why


def test_a_given_answer_is_never_overwritten_but_shown(cast):
    case = recorded(owner=cast.officer, have_ato="no", system_name_ato=None)
    system_links.link_system(case, system(), actor=cast.officer)
    case = reread(case)
    assert case.document["answers"]["have_ato"] == "no" and case.revision_number == 1
    [shown] = used(cast.officer, case)
    assert [(one.field, one.says, one.kept) for one in shown.differences] == [("have_ato", "Yes", None)]


def test_nothing_is_filled_for_somebody_who_may_not_edit_now(cast):
    manager_links = recorded(owner=cast.officer, **BLANK)
    assert system_links.link_system(manager_links, system(), actor=cast.manager).filled == ()
    in_review = lives.submitted(cast)
    assert system_links.link_system(in_review, System.objects.get(), actor=cast.officer).filled == ()
    assert reread(in_review).revision_number == in_review.revision_number


def test_a_stranger_links_nothing(cast):
    case, record = recorded(owner=cast.officer), system()
    for person in (cast.other_officer, cast.colleague, cast.priv):
        with pytest.raises(Refused, match="say which systems a case uses"):
            system_links.link_system(case, record, actor=person)


def test_a_second_click_links_once(cast):
    case, record = recorded(owner=cast.officer), system()
    system_links.link_system(case, record, actor=cast.officer)
    with pytest.raises(Refused, match="linked to this system already"):
        system_links.link_system(case, record, actor=cast.officer)
    assert UseCaseSystem.objects.count() == 1


def test_a_link_that_ended_stays_in_the_history(cast):
    record = system()
    case = case_on(record, owner=cast.officer)
    make_systems.mark(record, case)
    link = case.system_links.get()
    system_links.unlink_system(link, actor=cast.officer, why="Moved to another system.")
    assert used(cast.officer, case) == [] and SystemMark.objects.get().cleared == "unlinked"
    link = reread(link)
    assert (link.ended_why, link.ended_by) == ("Moved to another system.", cast.officer)
    with pytest.raises(Stale):
        system_links.unlink_system(link, actor=cast.officer, why="Again.")
    assert system_links.link_system(case, record, actor=cast.officer), "and may begin again"


def test_both_clocks_of_a_link(cast):
    today, record = timezone.localdate(), system()
    case = recorded(owner=cast.officer)
    before = timezone.now()
    system_links.link_system(case, record, actor=cast.officer, started_on=today - timedelta(days=30))
    assert links_on(case, today - timedelta(days=20)) and not links_on(case, today - timedelta(days=31))
    assert not links_on(case, today, known_at=before), "nobody knew it yet"
    while_linked = timezone.now()
    system_links.unlink_system(
        case.system_links.get(), actor=cast.officer, why="Over.", ended_on=today - timedelta(days=5)
    )
    assert not links_on(case, today) and links_on(case, today - timedelta(days=5)), "its last day counts"
    assert links_on(case, today, known_at=while_linked), "what was believed then can be shown"


def test_taking_over_writes_a_revision_and_a_stale_click_none(cast):
    case = case_on(
        system(vendor_name="Larkfield"), owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere"
    )
    link, opened_on = case.system_links.get(), case.revision_number
    system_links.take_over(link, "vendor_name", actor=cast.officer, opened_on=opened_on)
    assert reread(case).document["answers"]["vendor_name"] == "Larkfield"
    link = reread(link)
    with pytest.raises(Stale):
        system_links.take_over(link, "vendor_name", actor=cast.officer, opened_on=opened_on)
    assert reread(case).revision_number == opened_on + 1
    assert Event.objects.filter(kind="system.answer_taken", timeline=case.use_case_id).count() == 1


def test_taking_over_does_not_overwrite_what_came_between(cast):
    case = case_on(
        system(vendor_name="Larkfield"), owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere"
    )
    opened_on = case.revision_number
    save_section(case, "system", {"vendor_name": "Third"}, opened_on=opened_on, actor=cast.lead)
    with pytest.raises(Stale):
        system_links.take_over(case.system_links.get(), "vendor_name", actor=cast.officer, opened_on=opened_on)
    assert reread(case).document["answers"]["vendor_name"] == "Third"


def test_two_systems_answer_a_name_together(cast):
    case = case_on(system("ALPHA"), owner=cast.officer, system_name_ato="Something else")
    system_links.link_system(case, system("BETA"), actor=cast.manager)
    link = case.system_links.get(system__name="ALPHA")
    system_links.take_over(link, "system_name_ato", actor=cast.officer, opened_on=case.revision_number)
    assert reread(case).document["answers"]["system_name_ato"] == "ALPHA; BETA"
    assert all(not shown.differences for shown in used(cast.officer, reread(case)))


def test_a_kept_answer_holds_while_neither_side_changes(cast):
    record = system()
    case = case_on(record, owner=cast.officer, have_ato="no", system_name_ato=None)
    link = case.system_links.get()
    with pytest.raises(Refused, match="Say why"):
        system_links.keep_answer(link, "have_ato", actor=cast.officer, because="  ")
    system_links.keep_answer(link, "have_ato", actor=cast.officer, because="It runs outside the boundary.")
    [shown] = used(cast.officer, reread(case))
    assert shown.open_differences == [] and shown.differences[0].kept.because == "It runs outside the boundary."
    save_section(case, "system", {"have_ato": "yes"}, opened_on=1, actor=cast.officer)
    save_section(case, "system", {"have_ato": "no"}, opened_on=2, actor=cast.officer)
    change(record, cast.lead, ato="planned")
    assert used(cast.officer, reread(case))[0].differences == (), "now they agree"


def test_answers_in_review_are_neither_taken_nor_kept(cast):
    case = lives.submitted(cast, **make.deployed_high_impact(have_ato="no", system_name_ato=None))
    system_links.link_system(case, system(), actor=cast.officer)
    link = case.system_links.get()
    for act in (
        lambda: system_links.take_over(link, "have_ato", actor=cast.officer, opened_on=case.revision_number),
        lambda: system_links.keep_answer(link, "have_ato", actor=cast.officer, because="So."),
    ):
        with pytest.raises(Refused, match="answers are fixed"):
            act()


# -- one system in two records ----------------------------------------------------------------------


def test_two_records_become_one_and_the_older_leads_there(cast):
    first, second = system("Mobile Sorter"), system("Mobile Sorter App", vendor_name="Larkfield")
    mine, both = case_on(first, owner=cast.officer), case_on(first, owner=cast.officer)
    system_links.link_system(both, second, actor=cast.manager)
    assert systems.join_systems(first, second, actor=cast.manager, why="One authorization.") == 1
    assert {case.pk for case in cases_of(cast.manager, second)} == {mine.pk, both.pk}
    first = reread(first)
    assert first.merged_into == second and first.revisions.count() == 1
    assert UseCaseSystem.objects.filter(system=first, ended_at=None).count() == 0
    assert SystemMark.objects.filter(use_case=mine, system=second, cleared_at=None).exists(), "the vendor is new to it"
    with pytest.raises(Refused, match="found to be the same"):
        systems.join_systems(first, system("Third"), actor=cast.manager, why="Again.")


def test_a_lead_joins_only_records_of_the_own_component(cast):
    with pytest.raises(Refused, match="FEMA lead"):
        systems.join_systems(system(), system("Other", component_code="FEMA"), actor=cast.lead, why="No.")


# -- names in answers -------------------------------------------------------------------------------


def test_names_in_answers_become_one_record_with_its_cases_in_one_act(cast):
    for spelling in ("INVENTED-LX", "invented lx", "Another"):
        recorded(owner=cast.officer, system_name_ato=spelling, contracting_usage="vendor", vendor_name="Larkfield")
    made, number = system_links.make_of_name("INVENTED-LX", make.component("CBP"), actor=cast.lead)
    assert number == 2 and (made.ato, made.vendor_name) == ("held", "Larkfield")
    events = Event.objects.filter(kind__in=["system.linked", "system.recorded"])
    assert events.count() == 3 and len(set(events.values_list("act", flat=True))) == 1
    with pytest.raises(Stale):
        system_links.make_of_name("INVENTED-LX", make.component("CBP"), actor=cast.lead)
    assert System.objects.count() == 1


def test_a_new_record_is_silent_where_its_cases_disagree(cast):
    for have, vendor in (("yes", "Larkfield"), ("yes", "Oakmere")):
        recorded(have_ato=have, contracting_usage="vendor", vendor_name=vendor)
    made, _ = system_links.make_of_name("INVENTED-LX", make.component("CBP"), actor=cast.manager)
    assert made.vendor_name == "" and made.ato == "held"


def test_a_lead_reaches_no_other_components_cases(cast):
    recorded(component_code="FEMA")
    with pytest.raises(Stale):
        system_links.make_of_name("INVENTED-LX", make.component("CBP"), actor=cast.lead)


def test_names_that_only_restricted_cases_give_make_a_restricted_record(cast):
    recorded(owner=cast.officer, handling="restricted", system_name_ato="CANARY-NAME")
    made, _ = system_links.make_of_name("CANARY-NAME", make.component("CBP"), actor=cast.manager)
    assert made.handling == "restricted"
    assert not systems_visible_to(cast.leader).exists()


# -- need to know -----------------------------------------------------------------------------------


def test_a_restricted_system_does_not_exist_for_others(cast):
    record = system(handling="restricted", component_code="FEMA")
    with pytest.raises(Refused, match="would name it"):
        system_links.link_system(recorded(owner=cast.officer), record, actor=cast.manager)
    case = case_on(record, owner=cast.officer, handling="restricted")
    seen = {
        name: systems_visible_to(getattr(cast, name)).exists()
        for name in (
            "officer",
            "lead",
            "other_lead",
            "manager",
            "auditor",
            "colleague",
            "other_officer",
            "leader",
            "priv",
        )
    }
    assert [name for name, sees in seen.items() if sees] == ["officer", "lead", "other_lead", "manager", "auditor"]
    with pytest.raises(Refused, match="uses a restricted system"):
        set_handling(case, "internal", actor=cast.officer)


def test_a_system_open_cases_rest_on_is_not_restricted_over_their_heads(cast):
    record = system()
    case_on(record, owner=cast.officer)
    with pytest.raises(Refused, match="Restrict those first"):
        change(record, cast.lead, handling="restricted")


def test_a_case_one_may_not_see_leaves_no_trace_beside_others(cast):
    record = system()
    mine = case_on(record, owner=cast.other_officer, component_code="FEMA")
    case_on(record, owner=cast.officer, handling="restricted", is_high_impact="high_impact", use_case_id="DHS-777001")
    [shown] = used(cast.other_officer, mine)
    assert shown.others == () and shown.sharing == 0
    assert [case.pk for case in cases_of(cast.other_officer, record)] == [mine.pk]
    [full] = used(cast.auditor, mine)
    assert [one.use_case.use_case_id for one in full.others] == ["DHS-777001"]


def test_a_restricted_systems_name_stays_out_of_the_log(cast):
    record = system("CANARY-NAME", handling="restricted")
    case = case_on(record, owner=cast.officer, handling="restricted")
    change(record, cast.lead, vendor_name="CANARY-VENDOR")
    assert UseCase.objects.filter(pk=case.pk).exists()
    for event in Event.objects.filter(kind__startswith="system"):
        assert "CANARY" not in f"{event.subject_label}{event.reason}{event.data}"
