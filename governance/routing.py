"""Which offices must look at a use case, and why: review routes as dated data.

What nobody knows opens the lane: a screening answer "not known yet", or a question without an answer, brings
the office in. A lane that is not needed says why, so that its absence is a statement and not a gap. `frozen()` is what
a review keeps of an edition: due days, order and who only advises, so that a later edition moves nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from registry import classify, conditions
from registry import document as documents
from registry import questionnaire as questionnaires
from registry.conditions import Condition, ConditionError
from registry.document import Document
from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read, sha256_of

COMPONENT, SUGGESTED = "component", "suggested_impact"
FACTS = (COMPONENT, SUGGESTED)  # what a rule may ask beside the answers
CALLED_IN = 10  # days of an office that calls a case in, in editions that say nothing of it


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
    after: tuple[str, ...] = ()
    advises: bool = False

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
    after: tuple[str, ...] = ()
    advises: bool = False
    of: str = ""
    absent: str = ""

    def real(self, component: str, own: Mapping[str, str]) -> str:
        """The code of the office that stands for it in this component."""
        return own.get(self.of, f"{component}-{self.of}") if self.of else self.code


@dataclass(frozen=True, slots=True)
class Edition:
    key: str
    source: str
    offices: tuple[Office, ...]
    rules: tuple[Rule, ...]
    sha256: str
    called_in: int = CALLED_IN

    def after(self, office: Office, component: str, own: Mapping[str, str]) -> tuple[str, ...]:
        """The offices that look before this one."""
        return tuple(one.real(component, own) for one in self.offices if one.code in office.after)


@dataclass(frozen=True, slots=True)
class Terms:
    """How an office works in a round, as frozen in it: `after` are the offices it waits for."""

    due_days: int
    after: tuple[str, ...] = ()
    advises: bool = False


def route(
    edition: Edition,
    document: Document,
    component: str,
    own: Mapping[str, str] | None = None,
    suggestion: classify.Suggestion | None = None,
) -> Routes:
    """The lanes a case needs under an edition of the routes (DHS Directive 139-08, human oversight).

    `own` names the component's own offices by the office whose work they do there ({"PRIV": "CBP-PRIV"});
    `suggestion` is what the classification rules say of the impact (M-25-21, appendix sections 5 and 6).
    """
    own = own or {}
    facts = {**documents.answers(document), COMPONENT: component}
    if suggestion and suggestion.impact:
        facts[SUGGESTED] = suggestion.impact
    needed, not_needed = [], []
    for office in edition.offices:
        code = office.real(component, own)
        hits = [rule for rule in edition.rules if rule.office == office.code and rule.when.holds(facts)]
        if not hits:
            not_needed.append(NotNeeded(code, office.otherwise))
        elif office.of and office.of not in own:
            not_needed.append(NotNeeded(code, office.absent))
        else:
            after = edition.after(office, component, own)
            needed.append(_lane(replace(office, code=code, after=after), hits, document, suggestion))
    present = {need.office for need in needed}
    ordered = (replace(need, after=tuple(code for code in need.after if code in present)) for need in needed)
    return Routes(tuple(ordered), tuple(not_needed))


def _lane(office: Office, hits: list[Rule], document: Document, suggestion: classify.Suggestion | None) -> LaneNeed:
    fields = sorted({field for rule in hits for field in rule.when.fields} - {COMPONENT})
    opening = {field: as_given(document, field) for field in fields}
    if SUGGESTED in opening and suggestion:  # the same suggestion for another reason is news to the office
        opening[SUGGESTED] = [str(suggestion.impact), *sorted(reason.code for reason in suggestion.reasons)]
    return LaneNeed(
        office=office.code,
        reasons=tuple(Reason(rule.id, rule.because) for rule in hits),
        opening_fields=tuple(fields),
        opening_answers=opening,
        due_days=office.due_days,
        after=office.after,
        advises=office.advises,
    )


# -- what a review keeps ----------------------------------------------------------------------------


def frozen(edition: Edition, routes: Routes, component: str, own: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a round keeps of the edition it was opened under: a later edition changes nothing of it."""
    own = own or {}
    terms = {
        office.real(component, own): {
            "due_days": office.due_days, "after": list(edition.after(office, component, own)),
            "advises": office.advises,
        }
        for office in edition.offices
    }  # fmt: skip
    return {
        "sha256": edition.sha256,
        "needed": {need.office: need.because for need in routes.needed},
        "not_needed": {office.office: office.because for office in routes.not_needed},
        "terms": terms,
        "called_in": edition.called_in,
    }


def terms_of(kept: Mapping[str, Any], office: str) -> Terms:
    """The terms an office has in a round, from what the round kept; another office called in has those of `called_in`.

    Rounds opened before terms were kept know no order and no advice.
    """
    row = (kept.get("terms") or {}).get(office)
    if row is None:
        return Terms(kept.get("called_in", CALLED_IN))
    return Terms(row["due_days"], tuple(row["after"]), row["advises"])


def as_given(document: Document, field: str) -> Any:
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
    root.only({"rules", "edition", "source", "called_in", "offices", "routes"})
    offices = tuple(_office(node) for node in root.nodes("offices"))
    codes = {office.code for office in offices}
    found = [_rules(node, codes, {*fields, *FACTS}) for node in root.nodes("routes")]
    for listed, key in (([office.code for office in offices], "offices"), ([r[0].id for r in found], "routes")):
        if len(set(listed)) != len(listed):
            raise root.error(key, "the same office or rule stands twice")
    _in_order(root, offices)
    rules = tuple(rule for of_one in found for rule in of_one)
    called_in = root.number("called_in", CALLED_IN)
    return Edition(root.day("edition").isoformat(), root.text("source"), offices, rules, sha256_of(tree), called_in)


def _in_order(root: Node, offices: tuple[Office, ...]) -> None:
    """An office waits only for those above it: no circle. A component's own office does the work of a listed one."""
    above: set[str] = set()
    for office in offices:
        if strange := set(office.after) - above:
            raise root.error("offices", f"{office.code}: {', '.join(sorted(strange))} must stand above it")
        if office.of and (office.of not in {one.code for one in offices} or not office.absent):
            raise root.error("offices", f"{office.code} needs the office it is part of, and `absent`")
        above.add(office.code)


_FILES = RuleFiles("review-routes", lambda path: load(path, questionnaires.fields()))
editions, in_force = _FILES.editions, _FILES.in_force


def _office(node: Node) -> Office:
    node.only({"office", "due_days", "otherwise", "after", "advises", "of", "absent"})
    return Office(
        node.text("office"), node.number("due_days"), node.text("otherwise"), node.texts("after"),
        node.flag("advises"), node.text("of", ""), node.text("absent", ""),
    )  # fmt: skip


def _rules(node: Node, offices: Collection[str], fields: Collection[str]) -> list[Rule]:
    """One rule brings in one office (`office`) or several (`offices`)."""
    node.only({"id", "office", "offices", "when", "because"})
    try:
        when = conditions.compile(node.tree.get("when"), fields)
    except ConditionError as error:
        raise node.error(f"when.{error.path}".rstrip("."), error.message) from error
    named = node.texts("offices") if "offices" in node.tree else (node.choice("office", offices),)
    if not named or set(named) - set(offices):
        raise node.error("offices", f"must name some of {', '.join(sorted(offices))}")
    return [Rule(node.text("id"), code, when, node.text("because")) for code in named]
