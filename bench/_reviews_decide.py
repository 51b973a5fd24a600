"""Deciding a lane against its bare writes: the rows the action writes, written by plain ORM calls."""

import uuid

from bench._stage import fill  # first: it sets Django up  # isort: skip
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from audit.models import Event
from bench._measure import Copies, pairs, ratios, say, seconds, vacuum
from governance.actions import lanes
from governance.models import ConflictStatement, Lane
from registry.models import UseCase

CASES = 600
ROUND = 20  # decisions a measurement
BAR = 5


def decide() -> None:
    """The last office decides by the action, over the same rows written barely; the page has no part in it."""
    copies = Copies()
    try:
        copies.make("decide")
        fill(CASES, every=1)
        vacuum()
        person = User.objects.get(memberships__role=Role.OFFICE_REVIEWER)
        waiting = iter(list(Lane.objects.select_related("office", "review__use_case").order_by("pk")))
        _act([next(waiting)], person)
        _same_rows(next(waiting), next(waiting), person)

        def measured(bare: bool) -> float:
            chosen = [next(waiting) for _ in range(ROUND)]
            write = _bare if bare else _act
            return seconds(lambda: write(chosen, person)) / ROUND

        found = pairs(lambda: measured(True), lambda: measured(False))
    finally:
        copies.drop()
    say("decide.bare_milliseconds", [bare * 1000 for bare, _ in found])
    say("decide.action_milliseconds", [act * 1000 for _, act in found])
    say("decide.action_over_bare", ratios(found), bar=BAR)


def _act(chosen: list[Lane], person: User) -> None:
    for lane in chosen:
        lanes.decide_lane(lane, actor=person, verb="sign_off", no_conflict=True)


def _bare(chosen: list[Lane], person: User) -> None:
    """The statement, the lane, the case that is complete with it, their events: a transaction each, as the action."""
    for lane in chosen:
        now, act = timezone.now(), uuid.uuid4()
        with transaction.atomic():
            said = ConflictStatement.objects.create(review_id=lane.review_id, person=person, has_conflict=False)
            Lane.objects.filter(pk=lane.pk).update(
                status="signed_off", decided_by=person, decided_at=now, reasons=[], message="", proposal={},
                conflict_statement=said,
            )  # fmt: skip
            _event(act, "lane.signed_off", "lane", str(lane.uuid), person)
            UseCase.objects.filter(reviews=lane.review_id).update(status="ready_for_decision", status_changed_at=now)
            _event(act, "use_case.ready", "use_case", str(lane.review_id), person)


def _event(act: uuid.UUID, kind: str, subject: str, key: str, person: User) -> None:
    Event.objects.create(
        act=act, kind=kind, subject_type=subject, subject_id=key, subject_label="Measured", actor=person,
        actor_label=str(person), data={}, recorded_at=timezone.now(), canonical=b"measured",
    )  # fmt: skip


def _same_rows(one: Lane, other: Lane, person: User) -> None:
    """Both write the same number of rows into the same tables, or there is nothing to compare."""
    written = []
    for lane, write in ((one, _act), (other, _bare)):
        with CaptureQueriesContext(connection) as found:
            write([lane], person)
        sql = [query["sql"].split('"')[:2] for query in found if query["sql"].startswith(("INSERT", "UPDATE"))]
        written.append(sorted(f"{verb.strip()} {table}" for verb, table in sql))
    if written[0] != written[1]:
        raise RuntimeError(f"The action writes {written[0]}, the bare writes are {written[1]}")
