"""What the rules hold against the filed answers of a component's part, case by case: the certification counts it, the
call's page lists it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from registry import document as documents
from registry import quality
from registry.inventory.issue_words import TITLES
from registry.inventory.schema import Layout
from registry.models import ComponentCall, UseCase
from registry.reads.cycles import called
from registry.reads.withholding import current, field_words, states
from registry.withholding import STATES, WORRYING

FLAGGED, WITHHELD = "flagged", "withholding"
_OWN = {FLAGGED: "Answers nobody understood", WITHHELD: "Withheld though the review was refused or has expired"}
Points = Mapping[str, Mapping[str, list[str]]]  # {code: {Use Case ID: what is wrong}}


@dataclass(frozen=True)
class Point:
    """One point with its cases, as a list is narrowed to it."""

    code: str
    title: str
    cases: Mapping[str, list[str]]


def title(code: str) -> str:
    """A point in words."""
    return _OWN.get(code) or TITLES.get(code, code)


def points(call: ComponentCall, layout: Layout) -> Points:
    """Every point with its cases, those with most cases first."""
    rows = called(call.cycle).filter(component=call.component_id).order_by("use_case_id")
    found = _concerns(rows, layout)
    if withheld := _withheld(rows):
        found[WITHHELD] = withheld
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def _concerns(rows: QuerySet[UseCase], layout: Layout) -> dict[str, dict[str, list[str]]]:
    """What the quality rules and the reader of files say."""
    told = rows.values_list("use_case_id", "name", "filed_document")
    cases = [(name, title, document or documents.empty()) for name, title, document in told]
    bearers: dict[str, list[str]] = defaultdict(list)
    for name, called_so, _ in cases:
        bearers[quality.name_key(called_so or "")].append(name)
    same = {words: tuple(names) for words, names in bearers.items() if words and len(names) > 1}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, _, document in cases:
        context = quality.Context(timezone.localdate(), layout.columns, None, name, same)
        for concern in quality.concerns(document, context):
            if concern.severity == quality.WARNING:
                found[concern.code][name].append(concern.message)
        for one in documents.flagged(document).values():
            found[FLAGGED][name].append(one.get("message", ""))
    return {code: dict(several) for code, several in found.items()}


def _withheld(rows: QuerySet[UseCase]) -> dict[str, list[str]]:
    """Withheld though its review was refused or has expired (OMB 2025 reporting guidance, withholding)."""
    known = list(current(rows))
    said = states(known, timezone.localdate())
    found = {
        case.use_case_id: [
            f"{field_words(field)}: {STATES[state]}" for field, state in fields.items() if state in WORRYING
        ]
        for case in known
        if (fields := said.get(case.pk))
    }
    return {name: worries for name, worries in found.items() if worries}
