"""The audit log refuses change to everybody, and only registered kinds are recorded."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.kinds import KINDS
from audit.log import Entry, Subject, record, record_many, record_refusal
from audit.models import Event
from audit.seal import seal_audit

THING = Subject("use_case", "DHS-9001", "Invented case", timeline="DHS-9001")


@pytest.fixture
def event(db):
    return record("use_case.saved", THING, actor=None, reason="because", data={"n": 1})


@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_sealedevent"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {t} SET id = id", "DELETE FROM {t}", "TRUNCATE {t} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_the_owner_of_the_tables_cannot_change_them(event, table, statement):
    seal_audit()
    connection.check_constraints()  # TRUNCATE waits for no deferred foreign key of this test's own rows
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(t=table))


def test_the_orm_cannot_change_an_event(event):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(reason="another")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()


def test_an_unregistered_kind_is_refused(db):
    with pytest.raises(ValueError, match="audit/kinds.py"):
        record("use_case.exploded", THING, actor=None)


def test_kinds_are_named_thing_past_participle():
    assert all(kind.count(".") == 1 and kind.islower() for kind in KINDS)


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_act():
    with pytest.raises(RuntimeError):
        record("use_case.saved", THING, actor=None)


def test_events_of_one_act_share_its_id(db):
    made = record_many([Entry("use_case.saved", THING), Entry("use_case.filed", THING)], actor=None)
    assert made[0].act == made[1].act
    assert made[0].uuid != made[1].uuid


def test_a_refusal_is_recorded_with_its_reasons(cast):
    made = record_refusal(THING, actor=cast.officer, verb="decide", reasons=["Only the Chief AI Officer decides."])
    assert made.kind == "act.refused"
    assert made.data == {"verb": "decide", "reasons": ["Only the Chief AI Officer decides."]}
