"""Which changes of an approved use case are material: dated data, compared between two documents.

A change of words only (case, blanks, punctuation) is none. An answer that was not asked when the case was approved
is a change only where a condition says so. What would bring in an office that did not look is material as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from governance import routing
from registry import conditions
from registry import document as documents
from registry import questionnaire as questionnaires
from registry.conditions import Condition, ConditionError
from registry.document import Document
from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read, sha256_of


class Change(NamedTuple):
    """A material change: the rule, why it matters, and the answers that changed."""

    rule: str
    because: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Either `becomes` is set or `differs`."""

    id: str
    because: str
    becomes: Condition | None
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    key: str
    source: str
    review_within_days: int
    rules: tuple[Rule, ...]
    sha256: str


def changes(edition: Edition, before: Document, after: Document) -> tuple[Change, ...]:
    """The material changes from what was approved to what is filed now, in the order of the list.

    M-25-21, appendix section 4(b)(iii), asks that significant changes are noticed; which ones is the list's to say.
    """
    old, new = documents.answers(before), documents.answers(after)
    found = (_change(rule, old, new) for rule in edition.rules)
    return _plain(change for change in found if change)


def new_offices(edition: routing.Edition, before: Document, after: Document, component: str) -> tuple[Change, ...]:
    """A change for each office the routes call for now and did not for what was approved."""
    had = {need.office for need in routing.route(edition, before, component).needed}
    needed = [need for need in routing.route(edition, after, component).needed if need.office not in had]
    return tuple(Change(f"office-{need.office}", f"{need.office} has to look: {need.because}", ()) for need in needed)


def _change(rule: Rule, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change | None:
    if rule.becomes is not None:
        if not rule.becomes.holds(new) or rule.becomes.holds(old):
            return None
        fields = tuple(sorted(name for name in rule.becomes.fields if old.get(name) != new.get(name)))
        return Change(rule.id, rule.because, fields)
    other = tuple(name for name in rule.differs if name in old and name in new and _key(old[name]) != _key(new[name]))
    return Change(rule.id, rule.because, other) if other else None


def _key(value: Any) -> Any:
    """An answer without what is only spelling."""
    if isinstance(value, str):
        return "".join(sign for sign in value.casefold() if sign.isalnum())
    return sorted(map(str, value)) if isinstance(value, list) else value


def _plain(found: Iterable[Change]) -> tuple[Change, ...]:
    """Of changes of the same answers only the first: in use says more than piloted or in use."""
    kept: dict[tuple[str, ...], Change] = {}
    for change in found:
        kept.setdefault(change.fields, change)
    return tuple(kept.values())


# -- reading ----------------------------------------------------------------------------------------


def load(path: Path, fields: Collection[str]) -> Edition:
    """Read one edition of the list; a field that no question has, or a rule twice, is refused with its place."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"rules", "edition", "source", "review_within_days", "changes"})
    rules = tuple(_rule(node, fields) for node in root.nodes("changes"))
    if len({rule.id for rule in rules}) != len(rules):
        raise root.error("changes", "the same rule stands twice")
    return Edition(
        root.day("edition").isoformat(), root.text("source"), root.number("review_within_days"), rules, sha256_of(tree)
    )


_FILES = RuleFiles("material-changes", lambda path: load(path, questionnaires.fields()))
editions, in_force = _FILES.editions, _FILES.in_force


def _rule(node: Node, fields: Collection[str]) -> Rule:
    node.only({"id", "becomes", "differs", "because"})
    if ("becomes" in node.tree) == ("differs" in node.tree):
        raise node.error("becomes", "give either `becomes` or `differs`")
    becomes = None
    if "becomes" in node.tree:
        try:
            becomes = conditions.compile(node.tree["becomes"], fields)
        except ConditionError as error:
            raise node.error(f"becomes.{error.path}".rstrip("."), error.message) from error
    differs = node.texts("differs")
    if unknown := [name for name in differs if name not in fields]:
        raise node.error("differs", f"no question has the field {unknown[0]}")
    return Rule(node.text("id"), node.text("because"), becomes, differs)
