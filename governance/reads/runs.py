"""Runs as their pages show them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from governance.compliance import in_force, results
from governance.compliance.compare import Difference
from governance.compliance.permissions import sees_every_case
from governance.models import CheckRun
from governance.models.jobs import Job
from registry.models import UseCase
from registry.models.policy import edition_label
from registry.permissions import visible_to
from registry.permissions.know import for_reader

MOST = 200  # rows of a direction; what is more is counted


def runs(user: Any, *, with_small: bool) -> QuerySet[CheckRun]:
    """All runs, newest first; the small ones between only when asked for.

    Who may not see every case reads of the whole and of components only: any other run tells of a case.
    """
    rows = CheckRun.objects.select_related("started_by", "use_case").order_by("-queued_at", "-id")
    if not sees_every_case(user):
        return rows.filter(is_incremental=False, use_case=None)
    return rows if with_small else rows.filter(is_incremental=False)


def comparable() -> QuerySet[CheckRun]:
    """Runs over the whole registry that are done, newest first."""
    rows = CheckRun.objects.filter(state=Job.State.DONE, is_incremental=False, use_case=None, component_code="")
    return rows.order_by("-queued_at", "-id")


def others(run: CheckRun) -> list[CheckRun]:
    """What a run can be compared with: the newest ones of the same cases."""
    rows = CheckRun.objects.filter(state=Job.State.DONE, is_incremental=False, use_case=run.use_case_id)
    return list(rows.filter(component_code=run.component_code).exclude(pk=run.pk).order_by("-queued_at")[:30])


def editions(run: CheckRun) -> list[tuple[str, bool]]:
    """The editions it was judged under, as pages name them, and whether they are advisory only."""
    short = {one.slug: one.short for one in in_force.instruments()}
    found = []
    for one in run.basis.get("editions", ()):
        slug, _, key = one["edition"].partition("/")
        day, _, reading = key.partition(".")
        label = edition_label(short.get(slug, slug), date.fromisoformat(day), int(reading or 1))
        found.append((label, one["advisory"]))
    return found


@dataclass(frozen=True)
class Raised:
    """Checks that could not be evaluated: those of cases the reader may see, and how many there are."""

    total: int
    shown: Sequence[tuple[UseCase, dict[str, Any]]]


def raised(run: CheckRun, user: Any) -> Raised:
    """What was not evaluated in a run."""
    found = results.not_evaluated(run)
    seen = set(visible_to(user).filter(pk__in=[row.use_case_id for row, _ in found]).values_list("pk", flat=True))
    known = [(row.use_case, one) for row, one in found if row.use_case_id in seen]
    return Raised(len(found) if sees_every_case(user) else len(known), known[:MOST])


@dataclass(frozen=True)
class Side:
    """What only one of two runs found: the rows shown, how many there are, and by provision."""

    run: CheckRun
    total: int
    cases: int
    by_provision: Sequence[tuple[str, int]]
    shown: Sequence["Line"]


@dataclass(frozen=True)
class Line:
    """A problem of one case as somebody may read it."""

    use_case: UseCase
    problem: dict[str, Any]
    message: str


def side(run: CheckRun, found: Sequence[Difference], user: Any) -> Side:
    """One direction of a comparison, in words the reader may know."""
    counted = Counter(one.ref for one in found)
    return Side(run, len(found), len({one.case for one in found}), counted.most_common(), _lines(found[:MOST], user))


def _lines(found: Sequence[Difference], user: Any) -> list[Line]:
    """A message about a restricted answer gives way to whom to ask."""
    rows = UseCase.objects.filter(pk__in={one.case for one in found}).select_related("component", "owner")
    cases = {row.pk: row for row in rows}
    for_reader(user, *cases.values())
    lines = []
    for one in found:
        case = cases[one.case]
        is_hidden = one.problem["field"] in case.hidden
        lines.append(Line(case, one.problem, f"{case.ask}." if is_hidden else one.problem["message"]))
    return lines
