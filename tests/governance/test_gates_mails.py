"""What people are told at the gates: whom, in what words, and that a mail says nothing of the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit.models import Event
from governance import letters, recipients
from governance.actions import gate_reminders, recertification, reconsiderations, use_cases, waves
from governance.models import Decision, Wave
from governance.recipients import gates
from tests import lives

SECRET = "Invented words nobody outside may read."


def told(kind: str) -> dict[str, str]:
    """Whoever is told of the newest such event, with the mail."""
    event = Event.objects.filter(kind=kind).latest("id")
    return {str(person): letters.compose(event, person).body for person in recipients.recipients(event)}


def test_every_gate_tells_the_right_people_and_nothing_of_the_case(cast: Any) -> None:
    people = (cast.officer, cast.lead, cast.manager, cast.caio, cast.secretary)
    officer, lead, manager, caio, secretary = map(str, people)
    asked = lives.asked_on(lives.decided(cast), "submitted", cast)
    whom = {"use_case.stage_requested": {lead}}
    lives.endorse(asked, cast)
    lives.open_lanes(asked, cast)
    from_caio = {"outcome": "reject", "reason": SECRET, "determined": lives.NOT_HIGH}
    lives.decisions.decide(asked, actor=cast.caio, **from_caio)
    whom["use_case.stage_declined"] = {officer, lead}
    stopped = lives.decided(cast)
    use_cases.suspend(stopped, actor=cast.caio, reason=SECRET, to_mend=SECRET)
    use_cases.resume(stopped, actor=cast.caio, reason=SECRET)
    whom |= dict.fromkeys(("use_case.suspended", "use_case.resumed"), {officer, lead, manager})
    use_cases.retire(lives.answer(stopped, cast.officer, development_stage="retired"), actor=cast.manager)
    whom["use_case.retired"] = {officer, lead}
    rejected = lives.decided(cast, "reject")
    reconsiderations.ask_reconsideration(rejected, actor=cast.lead, reason=SECRET, what_is_new=SECRET)
    whom["use_case.reconsideration_asked"] = {officer, secretary}
    old = lives.decided(cast)
    Decision.objects.filter(use_case=old).update(decided_at=timezone.now() - timedelta(days=400))
    gate_reminders.remind()
    whom["use_case.confirmation_overdue"] = {officer, lead, caio}
    Decision.objects.filter(use_case=old).update(decided_at=timezone.now() - timedelta(days=336))
    gate_reminders.remind()
    whom["use_case.confirmation_due"] = {officer, lead}
    number = lives.reread(old).revision_number
    recertification.confirm_true(old, actor=cast.officer, opened_on=number, note=SECRET)
    whom["use_case.confirmed_for_year"] = {lead}
    lives.recorded(cast)
    due_on = timezone.localdate() + timedelta(days=40)
    waves.open_wave(actor=cast.caio, name="Invented", tier="pre_deployment", due_on=due_on, note="Start early.")
    whom["wave.opened"] = {officer, lead}
    Wave.objects.update(due_on=timezone.localdate() + timedelta(days=30), opened_at=timezone.now() - timedelta(days=9))
    gate_reminders.remind()
    whom["wave.reminded"] = {officer, lead}
    Wave.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    gate_reminders.remind()
    whom["wave.overdue"] = {officer, lead, caio, manager}
    assert set(whom) == set(gates.KINDS)
    for kind, expected in whom.items():
        mails = told(kind)
        assert set(mails) == expected, kind
        assert all(SECRET not in text and "Invented sorting" not in text for text in mails.values()), kind
        assert all("http" in text for text in mails.values()), kind
