"""Who is told of a determination, and that no letter says what was determined."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from governance import letters, notice_groups, recipients
from governance.actions import determinations, officials
from governance.recipients import determinations as told
from registry.models import UseCase
from registry.models.use_case import Handling
from tests.governance.determine_scenes import CLEARED, determine, fresh, named, presumed

SECRETS = (CLEARED.justification, CLEARED.reasoning, CLEARED.documentation, CLEARED.public_summary, "(m)", "Invented")


def events(cast: Any) -> UseCase:
    """One event of each kind of these notices."""
    case = presumed(cast)
    named(cast, cast.st)
    row = named(cast, cast.priv)
    determinations.acknowledge(determine(case, cast.st), actor=cast.caio)
    determine(case, cast.caio)
    officials.end_official(row, reason="Back to testing.", actor=cast.caio)
    determinations.determine_ai(
        case, actor=fresh(cast.caio), opened_on=case.filed_number, seen="", answer="no", because="A fixed table."
    )
    return case


def test_each_letter_leads_somewhere_and_tells_nothing_of_the_case(cast: Any, sign_in: Any) -> None:
    case = events(cast)
    for kind in told.KINDS:
        event = Event.objects.filter(kind=kind).order_by("pk")[0]
        people = recipients.recipients(event)
        assert people, kind
        for person in people:
            letter = letters.compose(event, person)
            said = letter.subject + letter.body
            assert not [one for one in (*SECRETS, case.name, "fixed table") if one in said], kind
            assert sign_in(fresh(person)).get(letter.path).status_code in (200, 302), kind
    ended = Event.objects.filter(kind="official.named").order_by("pk")[1]
    assert recipients.recipients(ended) == [], "what was overtaken is told to nobody"
    assert notice_groups.group_of("determination.cleared") == "work"
    assert notice_groups.group_of("official.named") == notice_groups.ALWAYS


def test_a_case_without_owner_is_told_to_its_lead_and_a_restricted_one_only_to_who_may_see_it(cast: Any) -> None:
    lead = cast.lead
    case = presumed(cast)
    UseCase.objects.filter(pk=case.pk).update(owner=None)
    named(cast, cast.st)
    determine(case, cast.st)
    event = Event.objects.get(kind="determination.cleared")
    assert (
        {str(one) for one in recipients.recipients(event)} == {"Chris Chief", "Lena Lead"} == {str(lead), "Chris Chief"}
    )
    UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED, backup_owner=cast.st)
    assert {str(one) for one in recipients.recipients(event)} == {"Chris Chief"}, "the signer is told nothing"


@pytest.mark.parametrize("kind", told.KINDS)
def test_no_team_mailbox_is_told(kind: str) -> None:
    assert told.mailboxes(Event(kind=kind)) == []
