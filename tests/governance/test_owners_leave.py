"""A person who left holding 40 cases, by an act or by a date, and what their lead gets of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Membership
from audit.models import Event
from audit.workflow import Refused
from governance.actions import notices
from governance.actions.people import deactivate
from registry.actions import handovers, owners, system_marks
from registry.models import FormerOwner, Handover, LeavingNote, System, UseCase
from tests import make
from tests.make_systems import case_on, ending, keeper, recorded, system

FORTY = 40


@pytest.fixture
def holder(cast):
    """Somebody of CBP who owns 40 cases, for three of which a colleague stands in."""
    person = make.member("program_officer", "Harold Holder", component_code="CBP")
    cases = [recorded(owner=person) for _ in range(FORTY)]
    UseCase.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(backup_owner=cast.colleague)
    return person


def letters():
    notices.dispatch()
    found, mail.outbox[:] = list(mail.outbox), []
    return found


def unowned():
    return UseCase.objects.filter(owner=None).count()


def test_forty_cases_fall_to_the_lead_in_one_mail(cast, holder):
    cast.lead  # noqa: B018 (there is a lead)
    deactivate(holder, actor=cast.administrator)
    assert unowned() == FORTY
    [letter] = letters()
    assert letter.to == [cast.lead.email] and "40 use cases without owner" in letter.subject
    assert "Harold Holder left" in letter.body and letter.body.count("DHS-") == FORTY
    assert "/owners/" in letter.body
    assert Event.objects.filter(kind="use_case.owner_left").count() == FORTY, "an event on each case's own timeline"


def test_a_role_that_ended_by_its_date_does_it_too_and_once(cast, holder):
    cast.lead  # noqa: B018 (made by being named)
    today = timezone.localdate()
    Membership.objects.filter(user=holder).update(ends_on=today)
    assert owners.look_after_owners(today) == 0, "the last day counts"
    assert owners.look_after_owners(today + timedelta(days=1)) == FORTY
    assert owners.look_after_owners(today + timedelta(days=1)) == 0
    assert unowned() == FORTY and len(letters()) == 1


def test_a_role_ended_by_an_act_does_it_on_the_day_after(cast, holder):
    cast.lead  # noqa: B018 (made by being named)
    accounts.end(Membership.objects.get(user=holder), on=timezone.localdate(), actor=cast.administrator)
    assert owners.look_after_owners(timezone.localdate() + timedelta(days=1)) == FORTY
    assert len(letters()) == 1


def test_what_was_learned_late_keeps_both_days(cast, holder):
    ended = timezone.localdate() - timedelta(days=10)
    Membership.objects.filter(user=holder).update(ends_on=ended)
    owners.look_after_owners()
    assert set(FormerOwner.objects.values_list("left_on", flat=True)) == {ended + timedelta(days=1)}
    assert {timezone.localdate(row.recorded_at) for row in FormerOwner.objects.all()} == {timezone.localdate()}


def test_several_leavers_of_one_component_are_one_mail(cast, holder):
    other = make.member("program_officer", "Second Leaver", component_code="CBP")
    recorded(owner=other)
    cast.lead  # noqa: B018 (made by being named)
    Membership.objects.filter(user__in=[holder, other]).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert owners.look_after_owners() == FORTY + 1
    [letter] = letters()
    assert "Harold Holder, Second Leaver left" in letter.body


def test_without_a_lead_the_inventory_manager_is_told(cast, holder):
    manager = keeper()
    deactivate(holder, actor=cast.administrator)
    assert [letter.to for letter in letters()] == [[manager.email]]


def test_somebody_who_moved_to_another_component_keeps_none_of_the_old_ones_cases(cast, holder):
    Membership.objects.filter(user=holder).update(component=make.component("FEMA"))
    assert owners.look_after_owners() == FORTY


def test_a_second_role_in_the_component_keeps_the_cases(cast, holder):
    Membership.objects.filter(user=holder).update(ends_on=timezone.localdate() - timedelta(days=1))
    Membership.objects.create(
        user=holder, role="component_lead", component=make.component("CBP"), starts_on=timezone.localdate()
    )
    assert owners.look_after_owners() == 0


def test_backups_offers_and_systems_of_a_leaver_end_too(cast):
    record = system(owner=cast.colleague)
    case = recorded(owner=cast.officer)
    UseCase.objects.filter(pk=case.pk).update(backup_owner=cast.colleague)
    handovers.offer([case], cast.colleague, actor=cast.officer)
    deactivate(cast.colleague, actor=cast.administrator)
    case.refresh_from_db()
    assert (case.owner, case.backup_owner) == (cast.officer, None)
    assert Handover.objects.get().state == "expired"
    assert System.objects.get(pk=record.pk).owner is None


def test_the_page_shows_who_left_the_note_and_offers_all_at_once(cast, holder, sign_in):
    owners.announce_leaving(timezone.localdate(), "The tests are in the drawer.", actor=holder)
    deactivate(holder, actor=cast.administrator)
    client = sign_in(cast.lead)
    page = client.get("/owners/")
    [group] = page.context["groups"]
    assert (group.person, len(group.cases), group.note) == (holder, FORTY, "The tests are in the drawer.")
    ids = [case.use_case_id for case in group.cases]
    form = client.get("/use-cases/assign/", {"id": ids})
    assert len(form.context["cases"]) == FORTY
    choices = form.context["form"].fields["to"].choices
    assert choices[1] == ("Backup owner", [(str(cast.colleague.pk), "Colin Colleague")]), "who stood in comes first"
    sent = client.post("/use-cases/assign/", {"id": ids, "to": cast.colleague.pk, "kind": "owner", "note": "Please."})
    bulk = Handover.objects.filter(to_person=cast.colleague)
    assert bulk.count() == FORTY and sent.url == f"/handovers/{bulk[0].act}/"
    colleague = sign_in(cast.colleague)
    assert b"You were asked to own 40 use cases" in colleague.get("/").content
    colleague.post(sent.url, {"offer": [one.uuid for one in bulk], "answer": "accept"})
    assert UseCase.objects.filter(owner=cast.colleague).count() == FORTY
    assert not sign_in(cast.lead).get("/owners/").context["groups"]


def test_queries_of_the_owners_page_do_not_grow_with_the_cases(cast, holder, sign_in, django_assert_max_num_queries):
    deactivate(holder, actor=cast.administrator)
    client = sign_in(cast.lead)
    client.get("/owners/")
    with django_assert_max_num_queries(25):
        client.get("/owners/")


def test_an_owner_who_goes_tells_the_lead_once_and_may_take_it_back(cast, sign_in):
    cast.lead  # noqa: B018 (made by being named)
    client = sign_in(cast.officer)
    day = timezone.localdate() + timedelta(days=14)
    client.post("/owners/leaving/", {"leaves_on": day.isoformat(), "note": "Ask Colin."})
    [letter] = letters()
    assert letter.to == [cast.lead.email] and "Ask Colin." in letter.body
    lead = sign_in(cast.lead)
    [leaver] = lead.get("/owners/").context["leavers"]
    assert (leaver.person, leaver.note, leaver.has_said) == (cast.officer, "Ask Colin.", True)
    sign_in(cast.officer).post("/owners/staying/")
    assert not sign_in(cast.lead).get("/owners/").context["leavers"]
    assert not LeavingNote.objects.filter(withdrawn_at=None).exists()


def test_a_lead_who_goes_tells_the_inventory_manager(cast):
    owners.announce_leaving(timezone.localdate(), "", actor=cast.lead)
    assert letters() == [], "nobody else is there to tell"
    manager = keeper()
    owners.announce_leaving(timezone.localdate(), "", actor=cast.lead)
    assert [letter.to for letter in letters()] == [[manager.email]]


def test_a_day_that_is_over_is_not_announced(cast, sign_in):
    with pytest.raises(Refused, match="in the past"):
        owners.announce_leaving(timezone.localdate() - timedelta(days=1), "", actor=cast.officer)
    answer = sign_in(cast.officer).post("/owners/leaving/", {"leaves_on": "2020-01-01", "note": ""})
    assert b"This day is over" in answer.content


def test_a_lead_sees_only_the_own_components_cases_and_leavers(cast, holder, sign_in):
    deactivate(holder, actor=cast.administrator)
    assert sign_in(cast.other_lead).get("/owners/").context["groups"] == []
    answer = sign_in(cast.other_lead).get("/use-cases/assign/", {"id": [case.use_case_id for case in
                                                                       UseCase.objects.all()[:3]]})  # fmt: skip
    assert answer.context["cases"] == [] and answer.context["barred"] == [], "what one may not see leaves no trace"


# -- mails about systems, and the team's mailbox ----------------------------------------------------


def test_one_mail_a_person_for_all_cases_and_systems_that_near_their_end(cast):
    for name in ("ALPHA", "BETA"):
        record = system(name, owner=cast.colleague, **ending(20))
        for _ in range(3):
            case_on(record, owner=cast.officer)
    system_marks.watch()
    system_marks.watch()
    found = {letter.to[0]: letter.body for letter in letters()}
    assert set(found) == {cast.officer.email, cast.colleague.email}
    assert found[cast.officer.email].count("#systems") == 6
    assert "ALPHA" in found[cast.colleague.email] and "BETA" in found[cast.colleague.email]


def test_the_team_mailbox_is_told_besides_the_owner_never_of_a_restricted_case(cast):
    from registry.actions.systems import change_system

    record = system()
    for handling in ("internal", "restricted"):
        case = case_on(record, owner=cast.officer, handling=handling)
        UseCase.objects.filter(pk=case.pk).update(team_mailbox=f"{handling}@example.invalid")
    change_system(record, {"vendor_name": "Larkfield"}, actor=cast.lead, why="", opened_on=1)
    assert {letter.to[0] for letter in letters()} == {"internal@example.invalid", cast.officer.email}


def test_a_restricted_case_takes_no_mailbox(cast):
    case = recorded(owner=cast.officer, handling="restricted")
    with pytest.raises(Refused, match="not mailboxes"):
        owners.set_team_mailbox(case, "team@example.invalid", actor=cast.officer)
    with pytest.raises(Refused, match="Only the owner"):
        owners.set_team_mailbox(recorded(owner=cast.officer), "team@example.invalid", actor=cast.colleague)


def test_a_review_step_tells_the_mailbox_too(cast):
    from tests import lives

    case = lives.submitted(cast)
    UseCase.objects.filter(pk=case.pk).update(team_mailbox="team@example.invalid")
    mail.outbox.clear()
    letters()
    lives.endorse(case, cast)
    assert ["team@example.invalid"] in [letter.to for letter in letters()]
