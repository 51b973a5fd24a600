"""Restricting a case other components know of: what ends, who is told, and that no page says its name any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail

from audit.models import Event
from audit.workflow import Refused
from governance.actions.notices import dispatch
from registry.actions import need_to_know, participation
from registry.actions.use_cases import set_handling
from registry.models import JoinRequest, UseCase, UseCaseComponent
from registry.models.use_case import Handling
from registry.similar import Match
from tests import make

NAME = "Invented wombatcrane sorting"
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Any) -> UseCase:
    """A filed CBP case of the officer's."""
    given = make.answers(use_case_name=NAME)
    return make.use_case(owner=cast.officer, given=given, filed_on=date(2026, 1, 28), status="recorded")


def ask(case: UseCase, cast: Any) -> JoinRequest:
    fema = make.component("FEMA")
    return participation.ask_to_join(Match(case, False, False), fema, part=f"Uses {NAME}.", actor=cast.other_officer)


def restrict(case: UseCase, cast: Any) -> None:
    set_handling(UseCase.objects.get(pk=case.pk), Handling.RESTRICTED, actor=cast.officer)


def sent() -> list[Any]:
    mail.outbox.clear()
    while dispatch():
        pass
    return list(mail.outbox)


def test_restricting_closes_requests_of_others_and_says_so_without_the_name(
    case: UseCase, cast: Any, sign_in: Any
) -> None:
    request = ask(case, cast)
    sent()
    restrict(case, cast)
    request.refresh_from_db()
    assert request.state == "closed"
    assert Event.objects.get(kind="join.closed").actor == cast.officer
    assert sign_in(cast.officer).get("/use-cases/joins/").content.decode().count("asks to take part in") == 0
    (letter,) = sent()
    assert letter.to == [cast.other_officer.email] and "Ask the CBP lead" in letter.body.replace("ask", "Ask")
    page = sign_in(cast.other_officer).get("/use-cases/joins/").content.decode()
    assert "A case that is no longer open to you" in page and "Ask the CBP lead" in page
    for text in (page, letter.subject + letter.body):
        assert "wombatcrane" not in text and case.use_case_id not in text and "Restricted" not in text


@pytest.mark.parametrize("state", ["open", "accepted", "declined"])
def test_the_name_of_a_case_no_longer_open_stands_nowhere_on_the_requests_page(
    case: UseCase, cast: Any, sign_in: Any, state: str
) -> None:
    request = ask(case, cast)
    UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED)
    JoinRequest.objects.filter(pk=request.pk).update(state=state, answer=f"About {NAME}.")
    page = sign_in(cast.other_officer).get("/use-cases/joins/").content.decode()
    assert "A case that is no longer open to you" in page and "wombatcrane" not in page
    assert ("Take back" in page) == (state == "open")


def test_a_request_of_somebody_named_stays_open_and_can_be_accepted(case: UseCase, cast: Any, sign_in: Any) -> None:
    request = ask(case, cast)
    need_to_know.name_knower(case, person=cast.other_officer, because="Shares the pier.", actor=cast.officer)
    restrict(case, cast)
    request.refresh_from_db()
    assert request.state == "open"
    page = sign_in(cast.officer).post(f"/use-cases/joins/{request.uuid}/answer/", {"accept": "1"}, follow=True)
    assert "only those of it you named see it" in page.content.decode()
    assert sign_in(cast.other_officer).get(case.get_absolute_url()).status_code == 200


def test_accepting_on_a_restricted_case_is_refused_with_what_to_do(case: UseCase, cast: Any, sign_in: Any) -> None:
    request = ask(case, cast)
    UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED)
    fresh = JoinRequest.objects.select_related("use_case").get(pk=request.pk)
    with pytest.raises(Refused, match=f"Name {cast.other_officer} on the case’s page"):
        participation.answer_join(fresh, accepts=True, answer="", actor=cast.officer)
    page = sign_in(cast.officer).get("/use-cases/joins/").content.decode()
    assert "If you say yes, people of FEMA read" not in page and "name those of FEMA who need to know" in page
    assert not UseCaseComponent.objects.filter(use_case=case, is_owner=False).exists()


def test_participants_are_shown_before_restricting_and_told_after(case: UseCase, cast: Any, sign_in: Any) -> None:
    participation.answer_join(ask(case, cast), accepts=True, answer="", actor=cast.officer)
    page = sign_in(cast.officer).get(f"{case.get_absolute_url()}people/").content.decode()
    assert "Components that take part" in page and "Restricting the case shuts others out" in page
    assert str(cast.other_officer) in page
    sent()
    assert "no longer open to you" not in sign_in(cast.other_officer).get("/").content.decode()
    restrict(case, cast)
    home = sign_in(cast.other_officer).get("/").content.decode()
    assert "A case of CBP that your component took part in is no longer open to you" in home
    told = [letter for letter in sent() if cast.other_officer.email in letter.to]
    assert [letter.subject for letter in told] == ["A case your component took part in is no longer open to you"]
    for text in (home, told[0].body):
        assert "wombatcrane" not in text and case.use_case_id not in text and "Restricted" not in text
    named = {"person": cast.other_officer, "because": "Shares the pier."}
    need_to_know.name_knower(UseCase.objects.get(pk=case.pk), actor=cast.officer, **named)
    assert "no longer open to you" not in sign_in(cast.other_officer).get("/").content.decode()


def test_restricting_again_tells_nobody_twice(case: UseCase, cast: Any) -> None:
    participation.answer_join(ask(case, cast), accepts=True, answer="", actor=cast.officer)
    restrict(case, cast)
    restrict(case, cast)
    assert Event.objects.filter(kind="use_case.participants_shut_out").count() == 1
