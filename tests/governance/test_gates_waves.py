"""Waves of reviews: who opens one, which cases it asks, how it goes, and that nobody is forced through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance import recipients
from governance.actions import gate_reminders, waves
from governance.models import Wave, WaveCase
from governance.reads import reviewed
from governance.reads import waves as reads
from governance.reports.base import Inputs
from governance.reports.compliance_status import assemble
from registry.models import UseCase
from tests import lives, make
from tests.governance import scenes

TODAY = timezone.localdate()
DUE = TODAY + timedelta(days=40)


def wave_of(cast: Any, tier: str = "deployed_high", **columns: Any) -> Wave:
    return waves.open_wave(actor=cast.caio, name="Invented first", tier=tier, **{"due_on": DUE, **columns})


def member(case: UseCase) -> WaveCase:
    return WaveCase.objects.get(use_case=case, left_how="")


def sent(case: UseCase) -> str:
    return str(reads.members(Wave.objects.earliest("number")).get(use_case=case).state)


def test_a_wave_asks_for_what_nobody_reviewed_or_asked_for_yet(cast: Any) -> None:
    first, second = scenes.deployed(owner=cast.officer), scenes.deployed("FEMA", owner=cast.other_officer)
    rest = scenes.deployed(is_high_impact="not_high_impact")
    lives.decided(cast)
    suggested = reads.next_tiers(cast.caio)
    assert [(one.code, one.number) for one in suggested] == [("deployed_high", 2), ("deployed_rest", 1)]
    for person in (cast.deputy, cast.manager, cast.lead):
        with pytest.raises(Refused, match="Only the Chief AI Officer"):
            waves.open_wave(actor=person, name="x", tier="deployed_high", due_on=DUE)
    with pytest.raises(Refused, match="must lie ahead"):
        wave_of(cast, due_on=TODAY)
    with pytest.raises(Refused, match="Choose which cases"):
        wave_of(cast, "bored")
    wave = wave_of(cast)
    assert {row.use_case for row in wave.members.all()} == {first, second}
    assert {case.status for case in UseCase.objects.filter(waves__wave=wave)} == {"recorded"}, "nobody is forced"
    with pytest.raises(Stale, match="already"):  # twice at once: the second finds nothing left
        wave_of(cast)
    assert [one.code for one in reads.next_tiers(cast.caio)] == ["deployed_rest"] and not rest.waves.exists()
    told = Event.objects.filter(kind="use_case.asked_for_review")
    assert {event.timeline for event in told} == {first.use_case_id, second.use_case_id}
    opened = Event.objects.get(kind="wave.opened")
    people = set(recipients.recipients(opened))
    assert {cast.officer, cast.other_officer, cast.lead} <= people and cast.colleague not in people


def test_it_shows_how_far_each_case_is_and_lets_one_off_or_moves_it(cast: Any, sign_in: Any) -> None:
    kept, off, later = (lives.recorded(cast) for _ in range(3))
    wave = wave_of(cast, "pre_deployment")
    with pytest.raises(Refused, match="Only the Chief AI Officer and the inventory"):
        waves.excuse(member(off), actor=cast.officer, reason="Busy.")
    with pytest.raises(Refused, match="Say why"):
        waves.excuse(member(off), actor=cast.manager, reason=" ")
    waves.excuse(member(off), actor=cast.manager, reason="It ends next month.")
    lives.recorded(cast)
    second = wave_of(cast, "pre_deployment", due_on=DUE + timedelta(days=30))
    assert second.members.count() == 1, "an excused case is not asked again"
    with pytest.raises(Refused, match="later wave only"):
        waves.move_to_wave(second.members.get(), actor=cast.manager, to=wave, reason="x")
    gone = member(later)
    waves.move_to_wave(gone, actor=cast.manager, to=second, reason="Its owner is new.")
    with pytest.raises(Stale, match="already"):
        waves.excuse(gone, actor=cast.manager, reason="Again.")
    assert sent(kept) == "not_begun"
    lives.send(kept, cast)
    assert sent(kept) == "sent"
    with pytest.raises(Refused, match="has what it asked for"):
        waves.excuse(member(kept), actor=cast.caio, reason="Too late.")
    found = reads.progress(cast.caio, wave)
    assert (found.counts["sent"], found.counts["excused"], found.moved, found.total) == (1, 1, 1, 2)
    page = sign_in(cast.caio).get(wave.get_absolute_url(), {"state": "excused"}).content.decode()
    assert "It ends next month." in page and off.use_case_id in page and kept.use_case_id not in page
    assert reads.progress(cast.other_officer, wave).total == 0, "only the cases one may know of"


def test_who_owns_a_case_sees_by_when_and_is_reminded_until_it_is_sent(cast: Any, sign_in: Any) -> None:
    case = lives.recorded(cast)
    wave = wave_of(cast, "pre_deployment")
    client = sign_in(cast.officer)
    assert "asked for in wave 1" in client.get("/").content.decode()
    assert "is asked for review in Wave 1" in client.get(case.get_absolute_url()).content.decode()
    Wave.objects.update(due_on=TODAY + timedelta(days=7), opened_at=timezone.now() - timedelta(days=33))
    assert (gate_reminders.remind(), gate_reminders.remind()) == (1, 0)
    event = Event.objects.get(kind="wave.reminded")
    assert cast.officer in recipients.recipients(event) and event.data["days"] == 7
    lives.send(case, cast)
    assert cast.officer not in recipients.recipients(event), "nobody is reminded of what was sent"
    Wave.objects.update(due_on=TODAY - timedelta(days=1))
    assert gate_reminders.remind() == 0 and wave.members.count() == 1


def test_reviewed_and_not_yet_reviewed_are_counted_and_lead_to_their_rows(cast: Any, sign_in: Any) -> None:
    decided, waiting = lives.decided(cast), lives.recorded(cast)
    running = lives.send(lives.recorded(cast), cast)
    lives.draft(cast)
    lives.withdrawn(cast)
    lives.decided(cast, "reject")  # before any use: out of the inventory
    found = reviewed.standing_of(cast.caio)
    assert (found.reviewed, found.running, found.not_yet, found.total) == (1, 1, 1, 3)
    client = sign_in(cast.caio)
    for value, case in (("yes", decided), ("now", running), ("no", waiting)):
        rows = client.get("/use-cases/", {"reviewed": value}).content.decode()
        shown = [one.use_case_id for one in (decided, running, waiting) if one.use_case_id in rows]
        assert shown == [case.use_case_id], value
    home = client.get("/")
    assert home.context["standing_figures"].looked_at == found and "1 were reviewed here" in home.content.decode()
    told = assemble(Inputs(as_of=TODAY)).figures
    assert (told.reviewed, told.in_first_review, told.not_reviewed, told.cases) == (1, 1, 1, 3)


def test_a_wave_is_read_with_the_same_queries_however_many_cases_it_has(cast: Any, sign_in: Any) -> None:
    client, counts = sign_in(cast.caio), []
    for number in (1, 6):
        for _ in range(number):
            make.use_case(owner=cast.officer, given=make.answers(), filed_on=scenes.FILED, status="recorded")
        wave = wave_of(cast, "pre_deployment")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(wave.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
