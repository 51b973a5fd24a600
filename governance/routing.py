"""Which offices must look at a use case, and why: review routes as dated data.

What nobody knows opens the lane: a screening answer "not known yet", or a question without an answer, brings
the office in. A lane that is not needed says why, so that its absence is a statement and not a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from registry import conditions
from registry import document as documents
from registry import questionnaire as questionnaires
from registry.conditions import Condition, ConditionError
from registry.document import Document
from registry.yaml_source import FIXTURES, Node, read, sha256_of

COMPONENT = "component"


class Reason(NamedTuple):
    rule: str
    because: str


class NotNeeded(NamedTuple):
    office: str
    because: str


@dataclass(frozen=True, slots=True)
class LaneNeed:
    """A lane to open. A sign-off may carry over to the next round while `opening_answers` are unchanged."""

    office: str
    reasons: tuple[Reason, ...]
    opening_fields: tuple[str, ...]
    opening_answers: Mapping[str, Any]
    due_days: int

    @property
    def because(self) -> str:
        return "; ".join(reason.because for reason in self.reasons)


class Routes(NamedTuple):
    """May hold no lane at all: then triage and the CAIO's decision are the review."""

    needed: tuple[LaneNeed, ...]
    not_needed: tuple[NotNeeded, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    office: str
    when: Condition
    because: str


@dataclass(frozen=True, slots=True)
class Office:
    code: str
    due_days: int
    otherwise: str


@dataclass(frozen=True, slots=True)
class Edition:
    key: str
    source: str
    offices: tuple[Office, ...]
    rules: tuple[Rule, ...]
    sha256: str


def route(edition: Edition, document: Document, component: str) -> Routes:
    """The lanes a case needs under an edition of the routes (DHS Directive 139-08, human oversight)."""
    facts = {**documents.answers(document), COMPONENT: component}
    needed, not_needed = [], []
    for office in edition.offices:
        rules = [rule for rule in edition.rules if rule.office == office.code]
        hits = [rule for rule in rules if rule.when.holds(facts)]
        if hits:
            needed.append(_lane(office, hits, document))
        else:
            not_needed.append(NotNeeded(office.code, office.otherwise))
    return Routes(tuple(needed), tuple(not_needed))


def _lane(office: Office, hits: list[Rule], document: Document) -> LaneNeed:
    fields = sorted({field for rule in hits for field in rule.when.fields} - {COMPONENT})
    return LaneNeed(
        office=office.code,
        reasons=tuple(Reason(rule.id, rule.because) for rule in hits),
        opening_fields=tuple(fields),
        opening_answers={field: _as_given(document, field) for field in fields},
        due_days=office.due_days,
    )


def _as_given(document: Document, field: str) -> Any:
    """The answer, or what stands in its place, so that a withheld answer later given counts as a change."""
    state = documents.state(document, field)
    if state == "withheld":
        return {"withheld": documents.withheld(document)[field]}
    if state == "flagged":
        return {"flagged": documents.flagged(document)[field].get("text", "")}
    return documents.answers(document).get(field) if state == "answered" else None


# -- reading ----------------------------------------------------------------------------------------


def load(path: Path, fields: Collection[str]) -> Edition:
    """Read one edition of the review routes."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"rules", "edition", "source", "offices", "routes"})
    offices = tuple(_office(node) for node in root.nodes("offices"))
    codes = {office.code for office in offices}
    rules = tuple(_rule(node, codes, {*fields, COMPONENT}) for node in root.nodes("routes"))
    for listed, key in (([office.code for office in offices], "offices"), ([r.id for r in rules], "routes")):
        if len(set(listed)) != len(listed):
            raise root.error(key, "the same office or rule stands twice")
    return Edition(root.day("edition").isoformat(), root.text("source"), offices, rules, sha256_of(tree))


@lru_cache(maxsize=1)
def editions() -> tuple[Edition, ...]:
    """All editions of the routes, the earliest first."""
    found = [load(path, questionnaires.fields()) for path in (FIXTURES / "rules").glob("review-routes-*.yaml")]
    return tuple(sorted(found, key=lambda edition: edition.key))


def in_force(as_of: date) -> Edition:
    """The routes of a day: the newest edition by then, before the first one the first."""
    return next((one for one in reversed(editions()) if one.key <= as_of.isoformat()), editions()[0])


def _office(node: Node) -> Office:
    node.only({"office", "due_days", "otherwise"})
    return Office(node.text("office"), node.number("due_days"), node.text("otherwise"))


def _rule(node: Node, offices: Collection[str], fields: Collection[str]) -> Rule:
    node.only({"id", "office", "when", "because"})
    try:
        when = conditions.compile(node.tree.get("when"), fields)
    except ConditionError as error:
        raise node.error(f"when.{error.path}".rstrip("."), error.message) from error
    return Rule(node.text("id"), node.choice("office", offices), when, node.text("because"))
