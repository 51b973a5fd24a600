"""Mails of the yearly inventory: who gets them, what is theirs in them, and nothing anybody may not know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from governance.actions.notices import dispatch
from governance.tasks import look_after_cycles
from registry.actions import certifying, cycles
from registry.models import ComponentCall, UseCase
from registry.models.use_case import Handling
from tests import make_cycles


def sent() -> dict[str, Any]:
    """The mails that went out since, by address."""
    mail.outbox.clear()
    while dispatch():
        pass
    return {one.to[0]: one for one in mail.outbox}


def test_the_call_goes_to_owners_with_cases_and_to_the_lead(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    UseCase.objects.filter(pk=case.pk).update(backup_owner=cast.colleague, team_mailbox="parcels@example.invalid")
    assert cast.other_officer and cast.other_lead
    make_cycles.cycle(cast, note="Look at the stages.")
    found = sent()
    mine = {cast.officer.email, cast.colleague.email, cast.lead.email, "parcels@example.invalid"}
    assert mine <= set(found) and cast.other_officer.email not in found
    body = found[cast.officer.email].body
    assert "1 use case of yours is not gone through yet" in body and "Look at the stages." in body
    assert "/inventory/cycles/2026/CBP/" in body and case.title not in body
    assert "0 of 1 use cases were gone through" in found[cast.lead.email].body


def test_a_restricted_case_has_no_mailbox_and_no_name_in_a_mail(cast: Any) -> None:
    case = make_cycles.reported(cast.officer, use_case_name="quollbane name")
    hidden = {"handling": Handling.RESTRICTED, "team_mailbox": "secret@example.invalid"}
    UseCase.objects.filter(pk=case.pk).update(**hidden)
    make_cycles.cycle(cast)
    found = sent()
    assert "secret@example.invalid" not in found
    assert not any("quollbane" in one.subject + one.body for one in found.values())


def test_a_reminder_goes_to_who_has_something_open(cast: Any) -> None:
    first, second = make_cycles.reported(cast.officer), make_cycles.reported(cast.colleague)
    call = make_cycles.call(cast)
    sent()
    make_cycles.go_through(first, cast.officer)
    ComponentCall.objects.filter(pk=call.pk).update(due_on=timezone.localdate() + timedelta(days=7))
    look_after_cycles()
    assert set(sent()) == {cast.colleague.email, cast.lead.email}
    make_cycles.go_through(second, cast.colleague)
    ComponentCall.objects.filter(pk=call.pk).update(reminded_on=None)
    look_after_cycles()
    assert sent() == {}


def test_another_day_and_an_opened_call_are_told_with_their_reason(cast: Any) -> None:
    make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    cycles.extend(call, call.due_on + timedelta(days=3), reason="The owner is on leave.", actor=cast.manager)
    cycles.close_call(call, actor=cast.manager)
    cycles.reopen_call(call, reason="One case was forgotten.", actor=cast.manager)
    mail.outbox.clear()
    while dispatch():
        pass
    bodies = "\n".join(one.body for one in mail.outbox if one.to == [cast.officer.email])
    assert "The owner is on leave." in bodies and "One case was forgotten." in bodies


def test_the_managers_are_asked_to_countersign_and_told_of_what_is_withdrawn(cast: Any) -> None:
    make_cycles.reported(cast.lead)
    make_cycles.cycle(cast)
    sent()
    row = make_cycles.certified(cast)
    found = sent()
    assert set(found) == {cast.manager.email} and "owns every use case" in found[cast.manager.email].body
    certifying.withdraw(row, reason="A case was forgotten.", actor=cast.lead)
    found = sent()
    assert set(found) == {cast.manager.email} and "A case was forgotten." in found[cast.manager.email].body


def test_a_certification_that_is_out_of_date_is_told_once(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    make_cycles.certified(cast)
    sent()
    make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    look_after_cycles()
    assert set(sent()) == {cast.lead.email, cast.manager.email}
    look_after_cycles()
    assert sent() == {}
