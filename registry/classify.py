"""Suggesting the impact of a use case from its screening answers. Rules suggest, people determine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from registry import conditions
from registry import document as documents
from registry import questionnaire as questionnaires
from registry.conditions import Condition, ConditionError
from registry.document import Document
from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read, sha256_of

CATEGORIES = tuple("abcdefghijklmno")
Impact = Literal["high_impact", "not_high_impact"]


class Reason(NamedTuple):
    """Why something is suggested: a category letter or a rule id, in words, and the clauses that matched."""

    code: str
    because: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`impact` is None while an open question decides it; `reasons` say what speaks for it or is open."""

    impact: Impact | None
    categories: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    when: Condition
    because: str


@dataclass(frozen=True, slots=True)
class Rules:
    edition: str
    categories: tuple[Rule, ...]
    definition: tuple[Rule, ...]
    open_questions: tuple[Rule, ...]
    sha256: str

    @property
    def key(self) -> str:
        """The day of the edition."""
        return self.edition


def suggest(document: Document, rules: Rules) -> Suggestion:
    """The impact that the answers suggest (M-25-21, appendix sections 5 and 6).

    Never "presumed, but determined not high-impact": that is a determination (section 4(a)), which only an
    official can make.
    """
    derived = _matching(rules.categories, document)
    stated = _stated(document)
    definition = _matching(rules.definition, document)
    found = {reason.code for reason in (*stated, *derived)}
    pro = (*stated, *derived, *definition)
    if pro:
        return Suggestion("high_impact", tuple(code for code in CATEGORIES if code in found), pro)
    unsettled = _matching(rules.open_questions, document)
    if unsettled:
        return Suggestion(None, (), unsettled)
    none = Reason("none", "No presumed category and no effect on rights or safety was reported", ())
    return Suggestion("not_high_impact", (), (none,))


def _stated(document: Document) -> tuple[Reason, ...]:
    stated = documents.answers(document).get("scr_presumed_categories") or ()
    return tuple(Reason(code, f"Presumed category ({code}) was stated", ()) for code in CATEGORIES if code in stated)


def _matching(rules: tuple[Rule, ...], document: Document) -> tuple[Reason, ...]:
    answers = documents.answers(document)
    return tuple(
        Reason(rule.code, rule.because, rule.when.explain(answers)) for rule in rules if rule.when.holds(answers)
    )


def load(path: Path, fields: Collection[str]) -> Rules:
    """Read one edition of the classification rules."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"rules", "edition", "instrument", "source", "categories", "definition", "open_questions"})
    return Rules(
        edition=root.day("edition").isoformat(),
        categories=tuple(_rule(node, "code", fields) for node in root.nodes("categories")),
        definition=tuple(_rule(node, "id", fields) for node in root.nodes("definition")),
        open_questions=tuple(_rule(node, "id", fields) for node in root.nodes("open_questions")),
        sha256=sha256_of(tree),
    )


_FILES = RuleFiles("classification", lambda path: load(path, questionnaires.fields()))
editions, in_force = _FILES.editions, _FILES.in_force


def _rule(node: Node, key: str, fields: Collection[str]) -> Rule:
    node.only({key, "when", "because"})
    code = node.choice(key, CATEGORIES) if key == "code" else node.text(key)
    try:
        when = conditions.compile(node.tree.get("when"), fields)
    except ConditionError as error:
        raise node.error(f"when.{error.path}".rstrip("."), error.message) from error
    return Rule(code, when, node.text("because"))
