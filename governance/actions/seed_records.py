"""Dated records for a synthetic registry, for benchmarks: about half of the deployed cases have three to six."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.log import Entry, record_many
from governance import record_kinds
from governance.models import DatedRecord
from governance.record_kinds import Kind
from registry.models import UseCase

FIRST, DAYS = date(2025, 6, 2), 420  # the records are dated on the days from then on
FEWEST, MOST, CHUNK = 3, 6, 2000
_WORDS = (
    "Invented for a benchmark: parcels of the test bench were counted twice.",
    "Nothing here describes a real system, vendor, person or place.",
    "Two colleagues drew fifty items each and compared what they found.",
    "The figures are made up; where one is missing the work goes on as before.",
)


@transaction.atomic
def seed_records(count: int, number: int, *, actor: User) -> int:
    """Give about half of the deployed among the newest `count` cases dated records; the same ones for the same seed."""
    dice = random.Random(f"records {number}")  # noqa: S311 (the same records for the same seed, nothing secret)
    edition = record_kinds.in_force(FIRST)
    kinds = [kind for kind in edition.own_page if not kind.refers_to and not kind.must_end]
    newest = UseCase.objects.order_by("-pk").values_list("pk", flat=True)[:count]
    deployed = UseCase.objects.filter(pk__in=list(newest), stage="deployed").only("pk", "use_case_id").order_by("pk")
    made = 0
    for cases in _chunks(list(deployed)):
        rows = [row for case in cases if dice.random() < 0.5 for row in _rows(case, kinds, edition.key, actor, dice)]
        DatedRecord.objects.bulk_create(rows, batch_size=CHUNK)
        record_many((_event(row) for row in rows), actor=actor)
        made += len(rows)
    return made


def _chunks(cases: Sequence[UseCase]) -> Iterator[Sequence[UseCase]]:
    for start in range(0, len(cases), CHUNK):
        yield cases[start : start + CHUNK]


def _rows(
    case: UseCase, kinds: Sequence[Kind], edition: str, actor: User, dice: random.Random
) -> Iterator[DatedRecord]:
    for kind in dice.sample(kinds, k=dice.randint(FEWEST, MOST)):
        day = FIRST + timedelta(days=dice.randrange(DAYS))
        yield DatedRecord(
            use_case=case, kind=kind.slug, practice=kind.practice, edition=edition, effective_on=day,
            title=f"Invented {kind.lowered} no. {dice.randrange(10_000)}", details=_details(kind, day, dice),
            expires_on=kind.latest_end(day), recorded_by=actor,
        )  # fmt: skip


def _details(kind: Kind, day: date, dice: random.Random) -> dict[str, Any]:
    return {field.name: _value(field, day, dice) for field in kind.fields if field.type != "person"}


def _value(field: record_kinds.Field, day: date, dice: random.Random) -> Any:
    if field.type == "choice":
        return dice.choice(field.choices)[0]
    if field.type == "yes_no":
        return dice.choice(("yes", "no"))
    if field.type == "number":
        return dice.randrange(1, 200)
    if field.type == "date":
        return day.isoformat()
    return " ".join(dice.choices(_WORDS, k=3 if field.type == "long_text" else 1))


def _event(row: DatedRecord) -> Entry:
    data = {"kind": row.kind, "practice": row.practice, "effective_on": row.effective_on, "title": row.title}
    return Entry("record.made", row.event_subject(), data=data)
