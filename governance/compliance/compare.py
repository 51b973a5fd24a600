"""Two runs side by side: which problems the one found and the other did not, in both directions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from governance.compliance.results import results_of
from governance.models import CheckResult, CheckRun
from registry.models import UseCase

AT_ONCE = 500
Identity = tuple[str, str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """A problem only one of two runs found."""

    case: int
    use_case_id: str
    problem: dict[str, Any]

    @property
    def ref(self) -> str:
        """The provision it is a problem of."""
        return str(self.problem["ref"])


@dataclass(frozen=True)
class Comparison:
    """What each of two runs found alone; `appeared` and `gone` count the cases only one of them judged."""

    only_first: tuple[Difference, ...]
    only_second: tuple[Difference, ...]
    appeared: tuple[str, ...]
    gone: tuple[str, ...]


def compare(first: CheckRun, second: CheckRun, cases: QuerySet[UseCase]) -> Comparison:
    """Compare two runs over cases a person may see. Results that are the same row or read the same are not opened."""
    before, after = _digests(first, cases), _digests(second, cases)
    differing = sorted(pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk))
    ids = dict(UseCase.objects.filter(pk__in=differing).values_list("pk", "use_case_id"))
    only: tuple[list[Difference], list[Difference]] = ([], [])
    for chunk in _chunks(differing):
        was, now = _problems(first, chunk), _problems(second, chunk)
        for pk in chunk:
            one, other = was.get(pk, {}), now.get(pk, {})
            only[0].extend(Difference(pk, ids[pk], one[key]) for key in one if key not in other)
            only[1].extend(Difference(pk, ids[pk], other[key]) for key in other if key not in one)
    return Comparison(
        _ordered(only[0]), _ordered(only[1]),
        tuple(sorted(ids[pk] for pk in after.keys() - before.keys())),
        tuple(sorted(ids[pk] for pk in before.keys() - after.keys())),
    )  # fmt: skip


def _digests(run: CheckRun, cases: QuerySet[UseCase]) -> dict[int, str]:
    rows: QuerySet[CheckResult] = results_of(run).filter(use_case__in=cases.values("pk"))
    return dict(rows.values_list("use_case_id", "digest"))


def _problems(run: CheckRun, chunk: list[int]) -> dict[int, dict[Identity, dict[str, Any]]]:
    rows = results_of(run).filter(use_case__in=chunk).values_list("use_case_id", "problems")
    return {pk: {_identity(problem): problem for problem in problems} for pk, problems in rows}


def _identity(problem: dict[str, Any]) -> Identity:
    return problem["ref"], problem["check"], problem["key"], problem["severity"], problem["waived"]


def _ordered(found: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(sorted(found, key=lambda one: (one.ref, one.use_case_id, one.problem["key"])))


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    left = iter(keys)
    while chunk := list(islice(left, AT_ONCE)):
        yield chunk
