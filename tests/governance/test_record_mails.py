"""Who is told that a record runs out, once for each step, and only of cases they may know of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from governance import letters, recipients
from governance.actions.record_reminders import remind
from governance.actions.records import withdraw_record
from tests import make
from tests.governance import scenes
from tests.governance.recording import ahead, put

pytestmark = pytest.mark.django_db


def told(event: Event) -> dict[str, str]:
    return {str(person): letters.compose(event, person).body for person in recipients.recipients(event)}


def test_owner_and_office_hear_of_what_runs_out_once_a_step_and_of_nothing_they_may_not_know(cast: Any) -> None:
    for code in make.OFFICES:
        make.office(code)
    case, bare = scenes.deployed(owner=cast.officer), scenes.deployed()
    hidden = scenes.deployed(owner=cast.officer)
    assert cast.lead and cast.priv and cast.ciso
    course = put(case, "operator_training", cast.officer, ahead(-320), expires_on=ahead(44))
    pta = put(case, "pta", cast.officer, ahead(-900))
    put(case, "pta_adjudication", cast.priv, ahead(-900), about=pta, expires_on=ahead(40))
    put(bare, "operator_training", cast.lead, ahead(-320), expires_on=ahead(10), title="No owner")
    put(hidden, "ato", cast.ciso, ahead(-100), expires_on=ahead(45), title="Kept back")
    gone = put(case, "remedies", cast.officer, ahead(-300), title="Withdrawn")
    withdraw_record(gone, reason="Not ours.", actor=cast.officer)
    put(case, "retest", cast.officer, ahead(-5), expires_on=ahead(5))  # short from the beginning
    put(case, "monitoring_result", cast.officer, ahead(-10))  # far off
    type(hidden).objects.filter(pk=hidden.pk).update(handling="restricted")
    assert remind() == 4 and remind() == 0
    plain, restricted = Event.objects.filter(kind="records.running_out").order_by("id")
    mails = told(plain)
    assert set(mails) == {str(cast.officer), str(cast.lead), str(cast.priv)}
    assert "operator training, until" in mails[str(cast.officer)] and bare.use_case_id not in mails[str(cast.officer)]
    assert "PTA" in mails[str(cast.priv)] and "training" not in mails[str(cast.priv)]
    assert bare.use_case_id in mails[str(cast.lead)] and f"{case.use_case_id}:" not in mails[str(cast.lead)]
    assert set(told(restricted)) == {str(cast.officer)}  # the office whose record it is does not know of the case
    assert hidden.use_case_id not in "".join(mails.values()) and "Invented" not in "".join(mails.values())
    later = timezone.localdate() + timedelta(days=38)
    assert remind(later) == 3  # the course, the adjudication and the ATO are in their last days; the bare one is over
    days = Event.objects.filter(kind="record.expiring", subject_id=str(course.uuid)).order_by("id")
    assert [one.data["days"] for one in days] == [60, 14]
