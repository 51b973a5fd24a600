"""Judgements that stand, and which of them a whole sweep keeps because everything they rest on reads as it did.

A whole sweep reads every case. It judges again what reads otherwise, what has come due, whatever rests on another
basis or another version of the portal, and besides one case in fourteen each day whatever it reads: what is kept
wrongly would be found within a fortnight, and is written to the log.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count

from governance.compliance.judge import Rule
from governance.compliance.snapshot.filings import among
from governance.models import CheckResult, Finding

EVERY = 14  # days within which every case is judged again though it reads as it did
FIXTURES = ("fixtures/inventory", "fixtures/policy", "fixtures/questionnaires", "fixtures/rules")
READ = ("accounts", "audit", "governance", "registry", *FIXTURES)


@cache
def version() -> str:
    """A hash over the portal's own code and rules: what is judged by another version is judged again."""
    found = hashlib.sha256()
    for folder in READ:
        root = Path(settings.BASE_DIR) / folder
        for path in sorted(one for one in root.rglob("*") if one.suffix in {".py", ".yaml"}):
            found.update(f"{path.relative_to(settings.BASE_DIR)}\x1e".encode() + path.read_bytes())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """The judgement of a case that stands: `facts` is a hash over all it rests on, empty when it cannot be kept."""

    pk: int
    case: int
    digest: str
    due_on: date | None
    facts: str
    is_judged: bool
    problems: int
    waived: int
    findings: int
    place: Sequence[str] | None


COLUMNS = (
    "pk", "use_case_id", "digest", "due_on", "facts", "is_judged", "problem_count", "waived_count",
    "finding_count", "place",
)  # fmt: skip


def standing(cases: Sequence[int]) -> dict[int, Standing]:
    """The judgements that stand, by case."""
    rows = CheckResult.objects.filter(use_case__in=among(cases), replaced_at=None, is_reproduction=False)
    found = (Standing(*row) for row in rows.values_list(*COLUMNS))
    return {one.case: one for one in found}


def read_later(cases: Sequence[int], read_at: datetime) -> set[int]:
    """Those of the cases that somebody has judged by facts read later than that."""
    rows = CheckResult.objects.filter(use_case__in=among(cases), replaced_at=None, is_reproduction=False)
    return set(rows.filter(judged_at__gt=read_at).values_list("use_case_id", flat=True))


def open_counts(cases: Sequence[int]) -> dict[int, int]:
    """How many findings of each case are not resolved."""
    rows = Finding.objects.filter(use_case__in=among(cases)).exclude(state=Finding.State.RESOLVED)
    return dict(rows.order_by().values_list("use_case").annotate(n=Count("pk")))


ASIDE = ("due_on", "facts", "place", "problem_count", "waived_count", "finding_count")
SET_ASIDE = """
    UPDATE governance_checkresult SET due_on = v.due_on, facts = v.facts, place = v.place,
           problem_count = v.problem_count, waived_count = v.waived_count, finding_count = v.finding_count
      FROM jsonb_to_recordset(%s::jsonb) AS v (id bigint, due_on date, facts text, place varchar[],
           problem_count integer, waived_count integer, finding_count integer)
     WHERE governance_checkresult.id = v.id
"""


def set_aside(rows: Iterable[Mapping[str, Any]]) -> None:
    """Change what results keep beside their problems (`id` and `ASIDE`), in one statement: it may be all of them."""
    listed = list(rows)
    if listed:
        with connection.cursor() as cursor:
            cursor.execute(SET_ASIDE, [json.dumps(listed, default=str)])


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


class Keeper:
    """Decides for a run which judgements stand. `day`: as of which it judges; it is today."""

    def __init__(self, basis: object, rules: Iterable[Rule], day: date) -> None:
        checks = [f"{rule.check.__module__}.{rule.check.__qualname__}" for rule in rules]
        self._basis = _hash(f"{version()}{basis}{checks}")
        self._day = day

    def facts(self, told: str, ahead: date | None) -> str:
        """A hash over everything a judgement rests on: what was read of a case, and what takes effect later."""
        return _hash(f"{self._basis}\x1d{ahead}\x1d{told}")

    def keeps(self, stands: Standing | None, facts: str, opened: int) -> bool:
        """Whether judging again could only come to the same, and its findings are all there."""
        if stands is None or stands.facts != facts or stands.findings != opened:
            return False
        return (stands.due_on is None or stands.due_on > self._day) and not self.has_its_turn(stands.case)

    def has_its_turn(self, case: int) -> bool:
        """Whether a case is judged again on this day of the fortnight, whatever it reads."""
        return case % EVERY == self._day.toordinal() % EVERY
