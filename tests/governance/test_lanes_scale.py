"""500 pairs of people deciding one lane at the same time, on real PostgreSQL: one winner each, the other is told."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit.log import record_refusal
from audit.models import Event
from audit.workflow import Stale
from governance.actions import lanes
from governance.models import Lane, Review
from registry.models import Revision, UseCase, UseCaseComponent
from tests import lives
from tests.conftest import Cast

pytestmark = [pytest.mark.scale, pytest.mark.django_db(transaction=True)]
PAIRS, AT_ONCE = 500, 4
VERBS = ("sign_off", "return")


def cases_in_review(cast: Cast) -> list[Lane]:
    """One case brought there by the actions, and 499 rows like it: what is tried here is the deciding."""
    first = lives.lane(lives.in_review(cast))
    model = UseCase.objects.get(pk=first.review.use_case_id)
    revision = Revision.objects.get(pk=first.review.revision_id)
    columns = [field for field in UseCase._meta.concrete_fields if not field.primary_key and not field.generated]
    given = {field.attname: getattr(model, field.attname) for field in columns if field.name not in ("uuid", "status")}
    cases = []
    for number in range(1, PAIRS):
        cases.append(UseCase(**{**given, "use_case_id": f"DHS-{80_000 + number}", "status": "recorded"}))
    UseCase.objects.bulk_create(cases)
    UseCaseComponent.objects.bulk_create(
        UseCaseComponent(use_case=case, component_id=case.component_id, is_owner=True) for case in cases
    )
    revisions = Revision.objects.bulk_create(
        Revision(
            use_case=case, number=revision.number, document=revision.document, sha256=revision.sha256,
            written_by=revision.written_by, recorded_at=revision.recorded_at, edition=revision.edition,
        )
        for case in cases
    )  # fmt: skip
    for status in ("submitted", "endorsed", "in_review"):  # each a pair of the table, which the database holds
        UseCase.objects.filter(pk__in=[case.pk for case in cases]).update(status=status)
    reviews = Review.objects.bulk_create(
        Review(
            use_case=case, round=1, revision=row, submitted_by=cast.officer, routes=first.review.routes,
            routes_edition=first.review.routes_edition,
        )
        for case, row in zip(cases, revisions, strict=True)
    )  # fmt: skip
    made = Lane.objects.bulk_create(
        Lane(
            review=review, office=first.office, because=first.because, rules=first.rules,
            opening_answers=first.opening_answers, due_on=timezone.localdate(),
        )
        for review in reviews
    )  # fmt: skip
    return [first, *Lane.objects.select_related("office", "review__use_case").filter(pk__in=[row.pk for row in made])]


def test_500_pairs_of_decisions_at_once_have_one_winner_each() -> None:
    cast = Cast()
    people = (cast.priv, cast.priv2)
    work = cases_in_review(cast)
    assert len(work) == PAIRS
    heard: list[tuple[int, str, str]] = []

    def one(lane: Lane, person: Any, verb: str, start: threading.Barrier) -> None:
        start.wait(timeout=30)
        try:
            lanes.decide_lane(
                lane, actor=person, verb=verb, message="Because the invented facts say so.", no_conflict=True
            )
            heard.append((lane.pk, "won", verb))
        except Stale as stale:
            record_refusal(lane, actor=person, verb="decide_lane", reasons=stale.reasons)
            heard.append((lane.pk, "lost", str(stale)))

    def both(batch: list[Lane], side: int, barriers: list[threading.Barrier]) -> None:
        try:
            for n, (lane, start) in enumerate(zip(batch, barriers, strict=True)):
                one(lane, people[side], VERBS[(side + n) % 2], start)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2 * AT_ONCE) as pool:
        done = []
        for part in range(AT_ONCE):
            batch = work[part::AT_ONCE]
            barriers = [threading.Barrier(2) for _ in batch]
            done += [pool.submit(both, batch, side, barriers) for side in (0, 1)]
        for future in done:
            future.result(timeout=120)

    assert Counter(how for _, how, _ in heard) == {"won": PAIRS, "lost": PAIRS}
    assert (
        {pk for pk, how, _ in heard if how == "won"}
        == {lane.pk for lane in work}
        == {pk for pk, how, _ in heard if how == "lost"}
    )
    assert all("came first: this lane is" in words for _, how, words in heard if how == "lost")
    verb_of = {pk: verb for pk, how, verb in heard if how == "won"}
    ends = {"sign_off": ("signed_off", "ready_for_decision"), "return": ("returned", "returned")}
    rows = Lane.objects.values_list("pk", "status", "review__use_case__status")
    assert all((lane, case) == ends[verb_of[pk]] for pk, lane, case in rows)
    assert set(verb_of.values()) == set(VERBS), "each of the two verbs won somewhere"
    spoken = Event.objects.filter(kind__in=["lane.signed_off", "lane.returned"])
    assert spoken.values("subject_id").distinct().count() == spoken.count() == PAIRS
    moved = Event.objects.filter(kind__in=["use_case.reviewed", "use_case.returned"])
    assert moved.values("subject_id").distinct().count() == moved.count() == PAIRS
    assert Event.objects.filter(kind="act.refused").count() == PAIRS
