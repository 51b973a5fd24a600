"""Whose a finding is, what people do with it, and what the next run makes of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, Role, User
from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import finding_work as acts
from governance.actions import findings as engine
from governance.compliance import reads
from governance.models import CheckRun, Finding
from governance.permissions import findings as permissions
from registry.models import UseCase
from tests import make
from tests.governance import scenes

pytestmark = pytest.mark.django_db
LATER = scenes.DAY + timedelta(days=3)


def found(cast: Any, **columns: Any) -> Finding:
    """The finding that testing is not met, of a case of the officer's."""
    scenes.catalogue()
    row = scenes.deployed(owner=cast.officer, **{**scenes.OPEN, **columns})
    scenes.run()
    return the_finding(row)


def the_finding(row: UseCase) -> Finding:
    """That testing is not met."""
    rows = Finding.objects.select_related("use_case", "provision")
    return rows.get(use_case=row, provision__details__params__practice="testing", check_name="practice_met")


def soon(days: int = 30) -> Any:
    """A day to come."""
    return timezone.localdate() + timedelta(days=days)


def test_a_new_finding_falls_to_whom_its_provision_names_and_is_due_so_many_days_later(cast: Any) -> None:
    privacy = make.office("PRIV")
    scenes.catalogue()
    row = scenes.deployed(owner=cast.officer)
    run = scenes.run()
    problem = {
        "ref": "invented", "edition": "x/1", "check": "c", "key": "", "severity": "warning", "message": "M",
        "remedy": "R", "field": "", "due_on": None, "practice": "", "advisory": False, "waived": False,
    }  # fmt: skip
    provision = Finding.objects.all()[:1].values_list("provision", flat=True)
    of_any = {("x/1", "invented"): (list(provision) or [_some_provision()])[0]}
    terms = {("x/1", "invented"): engine.Terms("PRIV", 60)}
    engine.settle(run, [engine.Found(row.pk, row.use_case_id, [problem])], of_any, terms)

    one = Finding.objects.get(use_case=row, check_name="c")
    assert (one.office, one.due_on) == (privacy, scenes.DAY + timedelta(days=60))
    assert permissions.of_office(cast.priv) and Finding.objects.filter(permissions.mine(cast.priv), pk=one.pk).exists()
    assert not Finding.objects.filter(permissions.mine(cast.officer), pk=one.pk).exists()

    engine.settle(_later(run), [engine.Found(row.pk, row.use_case_id, [problem])], of_any, terms)
    assert Finding.objects.get(pk=one.pk).due_on == one.due_on  # from the day it opened, not from each run


def _some_provision() -> int:
    from registry.models import Provision

    return Provision.objects.first().pk  # type: ignore[union-attr]


def _later(run: CheckRun) -> CheckRun:
    run.as_of = LATER
    return run


def test_what_nobody_was_named_for_follows_the_owner_of_the_case(cast: Any) -> None:
    one = found(cast)
    assert Finding.objects.filter(permissions.mine(cast.officer), pk=one.pk).exists()
    UseCase.objects.filter(pk=one.use_case_id).update(owner=None)
    assert not Finding.objects.filter(permissions.mine(cast.officer), pk=one.pk).exists()
    assert Finding.objects.filter(permissions.mine(cast.lead), pk=one.pk).exists()


def test_an_assignment_is_kept_by_the_next_run_and_ends_with_nobody_but_a_person(cast: Any) -> None:
    one = found(cast)
    acts.assign_finding(one, person=cast.colleague, actor=cast.lead)
    scenes.refile(one.use_case, on=LATER, hi_testing_conducted="yes")
    scenes.run(LATER)
    scenes.refile(one.use_case, on=LATER + timedelta(days=1), **scenes.OPEN)
    scenes.run(LATER + timedelta(days=1))
    again = Finding.objects.get(pk=one.pk)
    assert (again.has_regressed, again.assigned_to) == (True, cast.colleague)


def test_who_gives_a_finding_to_whom_and_what_is_sent_twice_counts_once(cast: Any) -> None:
    one = found(cast)
    for person in (cast.other_officer, cast.auditor):
        with pytest.raises(Refused, match="may not see the case, or only audits it"):
            acts.assign_finding(one, person=person, actor=cast.lead)
    with pytest.raises(Refused, match="say whose a finding is"):
        acts.assign_finding(one, person=cast.officer, actor=cast.crcl)

    seen = one.seen
    acts.assign_finding(one, person=cast.colleague, actor=cast.lead, seen=seen)
    with pytest.raises(Stale):
        acts.assign_finding(one, person=cast.officer, actor=cast.manager, seen=seen)
    acts.assign_finding(one, person=cast.colleague, actor=cast.lead)
    assert Event.objects.filter(kind="finding.assigned").count() == 1

    first = acts.comment_on_finding(one, text="The test is under way.", actor=cast.officer)
    assert acts.comment_on_finding(one, text="The test is under way. ", actor=cast.officer) == first
    assert Event.objects.filter(kind="finding.commented").count() == 1
    with pytest.raises(Refused, match="Auditors read"):
        acts.comment_on_finding(one, text="Invented.", actor=cast.auditor)


def test_an_accepted_risk_stays_in_sight_and_the_practice_stays_not_met(cast: Any) -> None:
    one = found(cast)
    acts.accept_risk(one, until=soon(), reason="A test is planned; use is small.", actor=cast.caio)
    scenes.refile(one.use_case, on=LATER, benefits="Said anew.", hi_training_established="in_progress")
    scenes.run(LATER)

    again = Finding.objects.get(pk=one.pk)
    assert (again.state, again.accepted_by) == ("accepted", cast.caio)
    row = reads.practice_matrix(cast.caio, LATER).rows[0]
    assert "testing" in [cell.practice for cell in row.not_met]


def test_an_acceptance_ends_on_its_day_by_a_persons_word_or_with_the_finding(cast: Any) -> None:
    one = found(cast)
    acts.accept_risk(one, until=soon(5), reason="Invented.", actor=cast.caio)
    assert engine.end_acceptances(soon(5), actor=one.last_run.started_by) == 0
    assert engine.end_acceptances(soon(6), actor=one.last_run.started_by) == 1
    assert Finding.objects.get(pk=one.pk).state == "open"

    acts.accept_risk(one, until=soon(), reason="Invented.", actor=cast.caio)
    acts.take_acceptance_back(one, reason="The use grew.", actor=cast.caio)
    with pytest.raises(Stale):
        acts.take_acceptance_back(one, reason="The use grew.", actor=cast.caio)

    acts.accept_risk(one, until=soon(), reason="Invented.", actor=cast.caio)
    scenes.refile(one.use_case, on=LATER, hi_testing_conducted="yes")
    scenes.run(LATER)
    ended = Finding.objects.get(pk=one.pk)
    assert (ended.state, ended.accepted_until, ended.accepted_by) == ("resolved", None, None)


def test_who_accepts_a_risk_and_on_which_terms(cast: Any) -> None:
    one = found(cast)
    words: dict[str, Any] = {"until": soon(), "reason": "Invented."}
    for person in (cast.manager, cast.lead, cast.priv):
        with pytest.raises(Refused, match="Only the Chief AI Officer"):
            acts.accept_risk(one, actor=person, **words)
    with pytest.raises(Refused, match="high-impact or presumed"):
        acts.accept_risk(one, actor=cast.deputy, **words)
    wrote = User.objects.get(pk=one.use_case.revisions.order_by("-pk")[0].written_by_id)
    Membership.objects.create(user=wrote, role=Role.CAIO, starts_on=scenes.FILED)
    for days, reason, why in ((0, "Invented.", "a day to come"), (366, "Invented.", "365 days"), (30, " ", "Say why")):
        with pytest.raises(Refused, match=why):
            acts.accept_risk(one, until=soon(days), reason=reason, actor=cast.caio)
    with pytest.raises(Refused, match="wrote or submitted"):
        acts.accept_risk(one, actor=wrote, **words)


def test_a_finding_on_a_restricted_answer_says_nothing_to_others(cast: Any, sign_in: Any) -> None:
    one = found(cast)
    acts.comment_on_finding(one, text="Secretive words", actor=cast.officer)
    Finding.objects.filter(pk=one.pk).update(field="hi_testing_conducted", message="Telltale message")
    UseCase.objects.filter(pk=one.use_case_id).update(restricted_fields=["hi_testing_conducted"])
    page = sign_in(cast.priv).get(one.get_absolute_url()).content.decode()
    assert "Telltale" not in page and "Secretive" not in page and "Comment or name" not in page
    with pytest.raises(Refused, match="restricted answer"):
        acts.comment_on_finding(Finding.objects.get(pk=one.pk), text="Invented.", actor=cast.priv)
    assert "Telltale" in sign_in(cast.officer).get(one.get_absolute_url()).content.decode()


def test_the_page_tells_the_whole_story_of_a_finding(cast: Any, sign_in: Any) -> None:
    one = found(cast)
    client = sign_in(cast.lead)
    client.post(f"{one.get_absolute_url()}comment/", {"text": "We look into it."})
    client.post(f"{one.get_absolute_url()}assign/", {"to": f"p{cast.colleague.pk}", "seen": one.seen})
    page = client.get(one.get_absolute_url()).content.decode()
    for words in ("We look into it.", f"gave it to {cast.colleague.name}", "The checks found it", "What would meet it"):
        assert words in page
