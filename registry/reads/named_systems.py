"""Systems that answers name and nobody has recorded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT

from registry import systems
from registry.models import System, UseCase
from registry.permissions.systems import systems_visible_to
from registry.reads.systems import live


def _naming(rows: QuerySet[UseCase]) -> QuerySet[Any]:
    """The cases that name a system in an answer and are linked to none.

    No record is made of restricted answers: a case that keeps the name back is left out.
    """
    plain = rows.exclude(restricted_fields__contains=["system_name_ato"]).annotate(
        system_named=KT("document__answers__system_name_ato")
    )
    return plain.filter(system_named__isnull=False).exclude(Exists(live(use_case=OuterRef("pk"))))


def count_named(rows: QuerySet[UseCase]) -> int:
    """How many names without a record there are; the cases themselves are not read."""
    names = _naming(rows).order_by().values_list("system_named", flat=True).distinct()
    return len({key for name in names if (key := systems.normalised(str(name)))})


def named_cases(rows: QuerySet[UseCase]) -> dict[str, list[UseCase]]:
    """The cases without a record by the name they give, without case and spacing."""
    without = _naming(rows).defer("filed_document", "search_vector")
    found: dict[str, list[UseCase]] = defaultdict(list)
    for case in without.select_related("component", "owner").order_by("use_case_id"):
        case.hide()  # others of its answers are cut for anybody
        if key := systems.normalised(case.system_named):
            found[key].append(case)
    return found


@dataclass(frozen=True)
class Named:
    """A name without a record: as most cases write it, with the cases and where they are."""

    name: str
    spellings: tuple[str, ...]
    cases: list[UseCase] = field(default_factory=list)
    record: System | None = None

    @property
    def places(self) -> list[tuple[str, int]]:
        """The components of the cases, the one with most first."""
        found: dict[str, int] = defaultdict(int)
        for case in self.cases:
            found[case.component.code] += 1
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def named(user: Any, rows: QuerySet[UseCase]) -> list[Named]:
    """The names to make records of, those with most cases first; an existing record of the name beside it."""
    known = {systems.normalised(one.name): one for one in systems_visible_to(user).filter(merged_into=None)}
    found = []
    for key, cases in named_cases(rows).items():
        written: dict[str, int] = defaultdict(int)
        for case in cases:
            written[case.document["answers"]["system_name_ato"].strip()] += 1
        spellings = sorted(written, key=lambda text: (-written[text], text))
        found.append(Named(spellings[0], tuple(spellings), cases, known.get(key)))
    return sorted(found, key=lambda one: (-len(one.cases), one.name))


LONGEST = {"vendor_name": 300, "pia_reference": 500, "contract_number": 100}  # as the columns take them


def only_what_all_say(answers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The facts on which all cases that answer agree; on anything else a new record stays silent."""
    facts = {}
    for fact, longest in LONGEST.items():
        name = systems.ANSWERED_BY[fact]
        said = {str(given[name]).strip() for given in answers if given.get(name)}
        if len(said) == 1 and len(value := said.pop()) <= longest:
            facts[fact] = value
    held = {given["have_ato"] for given in answers if given.get("have_ato")}
    if held == {"yes"}:
        facts["ato"] = "held"
    return facts
