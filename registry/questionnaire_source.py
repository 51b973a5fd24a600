"""Reading one edition of a questionnaire from its YAML file: strict, and naming file, line and reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry import conditions
from registry.conditions import Condition, ConditionError
from registry.questions import (
    MAX_ANSWER,
    SEARCHED,
    WITHHOLDING,
    Option,
    Question,
    Questionnaire,
    Section,
    Successor,
    can_be_restricted,
    circle,
)
from registry.yaml_source import Node, SourceError, read, sha256_of

CHOOSING = ("choice", "multi", WITHHOLDING)
TYPES = frozenset({"text", "long_text", "email", "links", "date", *CHOOSING})
HANDLINGS = ("public", "internal", "restricted")
ALWAYS: Mapping[str, Any] = {"all": []}

_TOP = frozenset({"questionnaire", "edition", "effective_on", "title", "source", "summarised", "gates", "lists"})
_SUCCESSORS = ("replaces", "retired")
_QUESTION_KEYS = frozenset(
    {"field", "type", "label", "short", "hint", "rule", "choices", "exclusive", "show_if", "required_when"}
    | {"omb_column", "max_length", "handling", "heading", "evidence", "is_past"}
)


def load(path: Path) -> Questionnaire:
    """Read and check one edition."""
    tree = read(path)
    root = Node(tree, path)
    root.only({*_TOP, *_SUCCESSORS, "sections"})
    nodes = root.nodes("sections")
    places = _places(nodes)
    sections = tuple(_section(node, frozenset(places), root.texts("summarised")) for node in nodes)
    if len({section.slug for section in sections}) != len(sections):
        raise root.error("sections", "a section stands twice")
    _refuse_circle(sections, places)
    return Questionnaire(
        slug=root.text("questionnaire"),
        edition=root.text("edition"),
        effective_on=root.day("effective_on"),
        title=root.text("title"),
        source=root.text("source"),
        sections=_with_targets(sections),
        successors=tuple(_successor(node, key) for key in _SUCCESSORS for node in root.nodes(key)),
        sha256=sha256_of(tree),
    )


def _places(sections: list[Node]) -> dict[str, Node]:
    """Field -> where it is asked; a field asked twice is refused."""
    found: dict[str, Node] = {}
    for section in sections:
        for question in section.nodes("questions"):
            name = question.text("field")
            if name in found:
                raise question.error("field", f"{name!r} is asked twice")
            found[name] = question
    return found


def _refuse_circle(sections: tuple[Section, ...], places: Mapping[str, Node]) -> None:
    found = circle([question for section in sections for question in section.questions])
    if found:
        raise places[found[0]].error("show_if", f"goes in a circle: {' needs '.join(found)}")


def _with_targets(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """What can be withheld one by one is what the public file would show."""
    asked = [question for section in sections for question in section.questions]
    targets = tuple((q.field, q.label) for q in asked if q.handling == "public" and q.omb_column)

    def complete(question: Question) -> Question:
        return replace(question, targets=targets) if question.type == WITHHOLDING else question

    return tuple(replace(one, questions=tuple(complete(question) for question in one.questions)) for one in sections)


def _section(node: Node, fields: frozenset[str], summarised: Collection[str]) -> Section:
    node.only({"slug", "title", "intro", "questions", "opens_when"})
    return Section(
        slug=node.text("slug"),
        title=node.text("title"),
        intro=node.text("intro", ""),
        questions=tuple(_question(question, fields, summarised) for question in node.nodes("questions")),
        opens_when=node.text("opens_when", ""),
    )


def _question(node: Node, fields: frozenset[str], summarised: Collection[str]) -> Question:
    node.only(_QUESTION_KEYS)
    kind = node.choice("type", TYPES)
    options = tuple(_option(option) for option in node.nodes("choices"))
    codes = {option.code for option in options}
    if bool(options) != (kind in CHOOSING) or len(codes) != len(options):
        raise node.error("choices", "a choice needs a list of different codes, and only a choice has one")
    exclusive = node.texts("exclusive")
    if not set(exclusive) <= codes:
        raise node.error("exclusive", "names a code that is not among the choices")
    rule = node.text("rule")
    question = Question(
        field=node.text("field"),
        type=kind,
        label=node.text("label"),
        short=node.text("short", "") or node.text("label"),
        hint=node.text("hint"),
        rule=rule,
        options=options,
        exclusive=exclusive,
        show_if=_condition(node, "show_if", fields),
        required_when=_condition(node, "required_when", fields),
        omb_column=node.text("omb_column", ""),
        max_length=node.number("max_length", MAX_ANSWER),
        handling=node.choice("handling", HANDLINGS, "public"),
        heading=node.text("heading", ""),
        is_past=node.choice("is_past", ("yes", "no"), "no") == "yes",
        **_evidence(node, fields),
        is_summary=any(name in rule for name in summarised),
    )
    if question.handling == "restricted" and (not can_be_restricted(question) or question.field in SEARCHED):
        raise node.error(
            "handling", "lists, search or other answers show it: only other answers in words are restricted"
        )
    return question


def _evidence(node: Node, fields: frozenset[str]) -> dict[str, Any]:
    """`evidence: {kind, when}`: which file or link should stand behind the answer, and from when on."""
    found = node.tree.get("evidence")
    if found is None:
        return {}
    inner = Node(found, node.file, f"{node.key}.evidence") if isinstance(found, Mapping) else None
    if inner is None or set(found) != {"kind", "when"}:
        raise node.error("evidence", "wants `kind` and `when`")
    return {"evidence_kind": inner.text("kind"), "evidence_when": _condition(inner, "when", fields)}


def _option(node: Node) -> Option:
    node.only({"code", "label", "hint", "refused", "refuse_words"})
    return Option(
        node.text("code"), node.text("label"), node.text("hint", ""), node.text("refused", ""),
        node.texts("refuse_words"),
    )  # fmt: skip


def _condition(node: Node, key: str, fields: frozenset[str]) -> Condition:
    if key == "required_when" and key not in node.tree:
        raise node.error(key, "must say when the question is required")
    try:
        return conditions.compile(node.tree.get(key, ALWAYS), fields)
    except ConditionError as error:
        raise node.error(f"{key}.{error.path}".rstrip("."), error.message) from error


def _successor(node: Node, key: str) -> Successor:
    """`replaces` says what a field or choice of the edition before is now, `retired` why it is gone."""
    node.only({"field", "code", "by", "why"} if key == "replaces" else {"field", "code", "why"})
    by = node.text("by") if key == "replaces" else ""
    return Successor(node.text("field"), node.text("code", ""), by, node.text("why", "" if by else None))


def check_order(path: Path, before: Questionnaire, after: Questionnaire) -> None:
    """An edition follows another: later, and what its successors name exists in the two editions."""
    root = Node(read(path), path)
    if after.effective_on <= before.effective_on:
        raise root.error("effective_on", f"must be later than that of {before.name}, {before.effective_on}")
    for key in _SUCCESSORS:
        for node in root.nodes(key):
            one = _successor(node, key)
            question = before.by_field.get(one.field)
            if question is None or (one.code and one.code not in question.codes):
                raise node.error("code" if question else "field", f"{before.name} had no such field or choice")
            kept = after.by_field.get(one.field)
            if one.by and (one.by not in (kept.codes if kept and one.code else after.fields)):
                raise node.error("by", f"{one.by!r} is not in this edition")


def line_of_field(path: Path, name: str) -> int | None:
    """Where a field is asked in a file, for an error about it; the line of `sections` when it is not."""
    root = Node(read(path), path)
    found = _places(root.nodes("sections")).get(name)
    return (found.error("field", "") if found else root.error("sections", "")).line


__all__ = ["SourceError", "check_order", "line_of_field", "load"]
