"""Sealing and verifying: whatever the owner of the database does to sealed events is found, and where."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit import seal as sealing
from audit.log import Entry, Subject, canonical, record_many
from audit.models import Event, Seal, SealedEvent
from audit.seal import seal_audit
from audit.verify import verify_audit

pytestmark = pytest.mark.django_db
A_SEAL = 6


def recorded(count: int) -> None:
    things = [Subject("use_case", f"DHS-{9000 + n}", "Invented case", timeline=f"DHS-{9000 + n}") for n in range(count)]
    data = {"n": 1, "words": "ünïcode", "part": 0.25}
    record_many([Entry("use_case.saved", thing, reason="because", data=data) for thing in things], actor=None)


@pytest.fixture
def three_seals(db: Any) -> list[Seal]:
    for _ in range(3):
        recorded(A_SEAL)
        seal_audit()
    return list(Seal.objects.order_by("number"))


def as_owner(*statements: str, **given: Any) -> None:
    """Run SQL as somebody who switched the triggers off; foreign keys are not looked at either."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, given)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def at(seal: Seal, position: int) -> SealedEvent:
    return SealedEvent.objects.select_related("event").get(seal=seal, position=position)


def test_sealing_takes_every_event_once_and_verifies(three_seals: list[Seal]) -> None:
    first, second, third = three_seals
    assert seal_audit() is None, "nothing waits"
    assert (first.previous_sha256, second.previous_sha256) == (sealing.GENESIS, first.sha256)
    found = verify_audit()
    assert (found.ok, found.bad, found.seals, found.late, found.unsealed) == (True, [], 3, 0, 0)
    assert found.sealed == found.events == Event.objects.count() == 3 * A_SEAL
    assert bytes(at(third, A_SEAL - 1).link).hex() == third.sha256


def test_many_events_are_sealed_in_parts_and_walked_in_checkpoints(db: Any) -> None:
    recorded(11)
    with patch.object(sealing, "EVENTS_A_SEAL", 4), patch("audit.verify.EVENTS_A_CHECKPOINT", 8):
        newest = seal_audit()
        assert newest is not None and (newest.number, newest.event_count) == (3, 3)
        assert verify_audit().ok
        one = at(Seal.objects.get(number=3), 1).event
        as_owner("UPDATE audit_event SET reason = 'x' WHERE id = %(pk)s", pk=one.pk)
        assert f"event {one.uuid} (seal 3, position 1)" in (verify_audit().first_bad or "")


@pytest.mark.parametrize("column", ["reason", "actor_label", "subject_id", "kind", "timeline"])
def test_a_changed_event_is_found_with_what_was_changed(three_seals: list[Seal], column: str) -> None:
    event = at(three_seals[1], 2).event
    as_owner(f"UPDATE audit_event SET {column} = 'use_case.lost' WHERE id = %(pk)s", pk=event.pk)
    found = verify_audit()
    named = {"actor_label": "actor", "subject_id": "subject", "timeline": "subject"}.get(column, column)
    assert found.bad == [f"event {event.uuid} (seal 2, position 2) was changed after it was recorded: {named}"], (
        "one place, and what comes after it is as it was"
    )


def test_an_event_rewritten_with_its_stored_bytes_is_found_by_its_link(three_seals: list[Seal]) -> None:
    event = at(three_seals[0], 3).event
    event.data = {"n": 2}
    as_owner(
        "UPDATE audit_event SET data = %(data)s, canonical = %(bytes)s WHERE id = %(pk)s",
        data=json.dumps(event.data), bytes=canonical(event), pk=event.pk,
    )  # fmt: skip
    assert verify_audit().bad == [f"event {event.uuid} (seal 1, position 3) is not what was sealed there"]


def test_a_back_dated_event_is_found(three_seals: list[Seal]) -> None:
    event = at(three_seals[2], 0).event
    as_owner("UPDATE audit_event SET recorded_at = recorded_at - interval '40 days' WHERE id = %(pk)s", pk=event.pk)
    assert verify_audit().first_bad == (
        f"event {event.uuid} (seal 3, position 0) was changed after it was recorded: recorded_at"
    )


@pytest.mark.parametrize("position", [0, 2, A_SEAL - 1])
@pytest.mark.parametrize("both", [True, False], ids=["and its seal row", "alone"])
def test_a_deleted_event_leaves_a_gap(three_seals: list[Seal], position: int, both: bool) -> None:
    row = at(three_seals[1], position)
    with transaction.atomic():
        as_owner("DELETE FROM audit_event WHERE id = %(pk)s", pk=row.event_id)
        if both:
            as_owner("DELETE FROM audit_sealedevent WHERE id = %(pk)s", pk=row.pk)
        found = verify_audit()
        transaction.set_rollback(True)  # a row without its event cannot be committed by a test
    assert found.first_bad == f"seal 2 has lost what stood at position {position}"


def test_deleted_seals_are_missed(three_seals: list[Seal]) -> None:
    as_owner(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_sealedevent WHERE seal_id = %(pk)s)",
        "DELETE FROM audit_sealedevent WHERE seal_id = %(pk)s",
        "DELETE FROM audit_seal WHERE id = %(pk)s",
        pk=three_seals[1].pk,
    )
    assert verify_audit().bad == ["seal 2 is gone"]


def test_events_that_changed_places_are_found(three_seals: list[Seal]) -> None:
    one, two = at(three_seals[1], 1), at(three_seals[1], 4)
    as_owner(
        "UPDATE audit_sealedevent SET position = 99 WHERE id = %(one)s",
        "UPDATE audit_sealedevent SET position = 1 WHERE id = %(two)s",
        "UPDATE audit_sealedevent SET position = 4 WHERE id = %(one)s",
        one=one.pk, two=two.pk,
    )  # fmt: skip
    found = verify_audit()
    assert found.first_bad == f"event {two.event.uuid} (seal 2, position 1) is not what was sealed there"
    assert any(f"event {one.event.uuid} (seal 2, position 4)" in place for place in found.bad)


def test_an_event_put_into_an_old_seal_is_found(three_seals: list[Seal]) -> None:
    recorded(1)
    added = Event.objects.get(sealed=None)
    as_owner(
        "INSERT INTO audit_sealedevent (event_id, seal_id, position, link) VALUES (%(event)s, %(seal)s, %(n)s, '')",
        event=added.pk, seal=three_seals[0].pk, n=A_SEAL,
    )  # fmt: skip
    assert f"event {added.uuid} (seal 1, position {A_SEAL}) was put in after the seal was made" in verify_audit().bad


def test_an_event_put_in_and_dated_back_is_told_as_late(three_seals: list[Seal]) -> None:
    with patch("audit.log.timezone.now", return_value=timezone.now() - timedelta(days=3)):
        recorded(1)
    added = Event.objects.get(sealed=None)
    waiting = verify_audit()
    assert (waiting.unsealed, waiting.unsealed_since) == (1, added.recorded_at)
    seal_audit()
    found = verify_audit()
    assert found.ok, "nothing was rewritten"
    assert (found.late, found.late_events) == (1, [f"event {added.uuid} (seal 4, position 0)"])


def test_a_history_rewritten_as_a_whole_is_found_by_a_seal_printed_on_a_report(three_seals: list[Seal]) -> None:
    printed = {seal.number: seal.sha256 for seal in three_seals}
    event = at(three_seals[1], 2).event
    event.reason = "never said"
    as_owner(
        "UPDATE audit_event SET reason = %(reason)s, canonical = %(bytes)s WHERE id = %(pk)s",
        "DELETE FROM audit_sealedevent WHERE seal_id > %(seal)s", "DELETE FROM audit_seal WHERE id > %(seal)s",
        reason=event.reason, bytes=canonical(event), pk=event.pk, seal=three_seals[0].pk,
    )  # fmt: skip
    with patch.object(sealing, "EVENTS_A_SEAL", A_SEAL):
        seal_audit()
    alone = verify_audit()
    assert alone.ok and alone.seals == 3, "in itself the forged chain is sound"
    found = verify_audit(printed)
    assert found.bad == [
        "seal 2 is not the one that was printed: what was sealed after seal 1, which agrees, was rewritten",
        "seal 3 is not the one that was printed: what was sealed after seal 1, which agrees, was rewritten",
    ]


def test_a_lost_end_is_found_by_a_printed_seal(three_seals: list[Seal]) -> None:
    as_owner(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_sealedevent WHERE seal_id = %(pk)s)",
        "DELETE FROM audit_sealedevent WHERE seal_id = %(pk)s", "DELETE FROM audit_seal WHERE id = %(pk)s",
        pk=three_seals[2].pk,
    )  # fmt: skip
    assert verify_audit().ok
    assert "seal 3 was printed and is gone" in (verify_audit({3: three_seals[2].sha256}).first_bad or "")


def test_verification_can_begin_after_a_printed_seal(three_seals: list[Seal]) -> None:
    event = at(three_seals[0], 0).event
    as_owner("UPDATE audit_event SET reason = 'x' WHERE id = %(pk)s", pk=event.pk)
    found = verify_audit({1: three_seals[0].sha256.upper()}, since=1)
    assert (found.ok, found.seals, found.sealed) == (True, 2, 2 * A_SEAL), "only what came after was walked"
    assert not verify_audit({1: "0" * 64}, since=1).ok
    with pytest.raises(ValueError, match="To begin after seal 2"):
        verify_audit({1: three_seals[0].sha256}, since=2)


def command(*given: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("verify_audit", *given, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, out.getvalue()


def test_the_command_says_it_to_scripts_and_to_people(three_seals: list[Seal]) -> None:
    code, said = command("--json", "--printed", f"2:{three_seals[1].sha256}")
    told = json.loads(said)
    assert code == 0
    assert [told[name] for name in ("events", "sealed", "seals", "ok", "first_bad")] == [18, 18, 3, True, None]
    assert command()[1].strip() == "The history is as it was recorded: 18 of 18 events in 3 seals."
    event = at(three_seals[0], 0).event
    as_owner("UPDATE audit_event SET reason = 'x' WHERE id = %(pk)s", pk=event.pk)
    code, said = command()
    assert code == 1 and f"event {event.uuid} (seal 1, position 0)" in said
    with pytest.raises(CommandError, match="64 hexadecimal digits") as wrong:
        call_command("verify_audit", "--printed", "2:abc")
    assert wrong.value.returncode == 2
