"""People, roles with dates, invitations, and what stays when somebody leaves."""

import json
import re
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions
from accounts.models import Membership, Role, User
from accounts.permissions import standing
from audit.models import Event
from audit.workflow import Refused
from governance.actions import notices
from governance.actions.people import deactivate
from registry.permissions import visible_to
from tests import make


def test_a_role_counts_from_its_first_to_its_last_day(db):
    today = timezone.localdate()
    who = make.member(Role.LEADERSHIP, starts_on=today, ends_on=today)
    assert standing(who).has(Role.LEADERSHIP)
    past = make.member(Role.LEADERSHIP, starts_on=today - timedelta(9), ends_on=today - timedelta(1))
    future = make.member(Role.LEADERSHIP, starts_on=today + timedelta(1))
    assert not standing(past).roles and not standing(future).roles


def test_the_superuser_holds_no_role(db):
    root = User.objects.create_superuser("root@example.invalid", "x" * 20, name="Root")
    assert standing(root).roles == frozenset()
    make.use_case(filed_on=date(2026, 1, 28), status="recorded")
    assert not visible_to(root).exists()


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.PROGRAM_OFFICER, {}), (Role.OFFICE_REVIEWER, {}), (Role.CAIO, {"component": "CBP"})],
)
def test_the_database_refuses_a_role_in_the_wrong_place(db, role, place):
    who = make.person()
    component = make.component(place["component"]) if place else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=who, role=role, component=component)


def test_an_invited_person_gets_a_link_that_sets_a_password(cast, client):
    person = actions.invite(email="New.Person@example.invalid", name="New Person", actor=cast.administrator)
    assert notices.dispatch() == 1
    [letter] = mail.outbox
    assert letter.to == ["new.person@example.invalid"]
    link = re.search(r"https?://\S+", letter.body).group()
    page = client.get(link.split("127.0.0.1:8000")[-1], follow=True)
    assert page.status_code == 200
    words = {"password1": "seven unrelated heavy words", "password2": "seven unrelated heavy words"}
    client.post(page.redirect_chain[-1][0], words)
    assert client.login(email=person.email, password="seven unrelated heavy words")
    assert standing(person).roles == frozenset(), "a first sign-in gives no role"


def test_a_notice_is_sent_once(cast):
    actions.invite(email="once@example.invalid", name="Once Only", actor=cast.administrator)
    assert notices.dispatch() == 1
    assert notices.dispatch() == 0


def test_a_known_address_is_not_invited_twice(cast):
    actions.invite(email="twice@example.invalid", name="Twice", actor=cast.administrator)
    with pytest.raises(Refused, match="already belongs"):
        actions.invite(email="TWICE@example.invalid", name="Twice", actor=cast.administrator)


def test_only_administrators_manage_people(cast):
    with pytest.raises(Refused, match="Only an administrator"):
        actions.invite(email="x@example.invalid", name="X", actor=cast.caio)


def test_nobody_gives_a_role_to_themselves(cast):
    with pytest.raises(Refused, match="themselves"):
        actions.grant(cast.administrator, Role.CAIO, actor=cast.administrator)


def test_the_same_role_is_not_given_twice(cast):
    with pytest.raises(Refused, match="already holds"):
        actions.grant(cast.officer, Role.PROGRAM_OFFICER, component=make.component("CBP"), actor=cast.administrator)


def test_a_leaver_keeps_the_acts_and_loses_the_work(cast, client):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    deactivate(cast.officer, actor=cast.administrator)
    case.refresh_from_db()
    leaver = User.objects.get(pk=cast.officer.pk)
    assert not leaver.is_active and case.owner is None
    assert case.created_by == leaver, "what was done stays"
    assert not Membership.objects.current().filter(user=leaver).exists()
    event = Event.objects.get(kind="user.deactivated")
    assert event.data["owned_cases"] == 1


def test_sign_in_is_rate_limited(client, db):
    person = make.person("Rate Limited")
    person.set_password(make.PASSWORD)
    person.save()
    answers = [
        client.post("/accounts/login/", {"login": person.email, "password": "wrong"}, REMOTE_ADDR="192.0.2.9").content
        for _ in range(8)
    ]
    assert b"Too many failed login attempts" in answers[-1]


def test_the_first_administrator_is_named_once_by_a_command(db, capsys):
    def named(email):
        with pytest.raises(SystemExit) if Membership.objects.exists() else nullcontext():
            call_command("first_administrator", email, "Ada Admin", "--json")
        return json.loads(capsys.readouterr().out)

    assert named("ada@example.invalid")["role"] == "Administrator"
    assert standing(User.objects.get(email="ada@example.invalid")).has(Role.ADMINISTRATOR)
    assert list(Event.objects.values_list("kind", flat=True)) == ["user.invited", "membership.granted"]
    assert "adds people on the page People" in str(named("eve@example.invalid"))
    assert not User.objects.filter(email="eve@example.invalid").exists()
