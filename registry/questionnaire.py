"""What the portal asks about a use case: sections and questions, read from one YAML file an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from registry import conditions
from registry.conditions import Condition, ConditionError
from registry.yaml_source import FIXTURES, Node, SourceError, read, sha256_of

TYPES = frozenset({"text", "long_text", "email", "links", "choice", "multi", "date"})
HANDLINGS = ("public", "internal", "restricted")
MAX_ANSWER = 20_000
ALWAYS: Mapping[str, Any] = {"all": []}


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Question:
    field: str
    type: str
    label: str
    short: str
    hint: str
    rule: str
    options: tuple[Option, ...]
    exclusive: tuple[str, ...]
    show_if: Condition
    required_when: Condition
    omb_column: str
    max_length: int
    handling: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((option.code, option.label) for option in self.options)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)

    def words(self, answer: object) -> str:
        """An answer as a person reads it: labels for codes, in the order of the list."""
        labels = dict(self.choices)
        if isinstance(answer, (list, tuple)):
            return ", ".join(labels.get(code, str(code)) for code in answer)
        return labels.get(answer, answer) if isinstance(answer, str) else ""


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    intro: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Questionnaire:
    slug: str
    edition: str
    title: str
    source: str
    sections: tuple[Section, ...]
    sha256: str = field(compare=False)

    @cached_property
    def by_field(self) -> Mapping[str, Question]:
        return {question.field: question for question in self}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        return {question.field: section for section in self.sections for question in section.questions}

    @cached_property
    def fields(self) -> frozenset[str]:
        return frozenset(self.by_field)

    def section(self, slug: str) -> Section:
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)

    def __iter__(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)


def load(path: Path) -> Questionnaire:
    """Read and check one edition; a mistake names the file and the key."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"questionnaire", "edition", "title", "source", "gates", "lists", "sections"})
    nodes = root.nodes("sections")
    fields = _fields(nodes)
    sections = tuple(_section(node, fields) for node in nodes)
    if len({section.slug for section in sections}) != len(sections):
        raise SourceError(path, "sections", "a section stands twice")
    return Questionnaire(
        slug=root.text("questionnaire"),
        edition=root.text("edition"),
        title=root.text("title"),
        source=root.text("source"),
        sections=sections,
        sha256=sha256_of(tree),
    )


@lru_cache(maxsize=1)
def default() -> Questionnaire:
    """The questionnaire of OMB's 2025 instrument with the DHS screening."""
    return load(FIXTURES / "questionnaires" / "use-case-2025.yaml")


def _fields(sections: list[Node]) -> frozenset[str]:
    seen: set[str] = set()
    for section in sections:
        for question in section.nodes("questions"):
            name = question.text("field")
            if name in seen:
                raise question.error("field", f"{name!r} is asked twice")
            seen.add(name)
    return frozenset(seen)


def _section(node: Node, fields: frozenset[str]) -> Section:
    node.only({"slug", "title", "intro", "questions"})
    return Section(
        slug=node.text("slug"),
        title=node.text("title"),
        intro=node.text("intro", ""),
        questions=tuple(_question(question, fields) for question in node.nodes("questions")),
    )


_QUESTION_KEYS = frozenset(
    {"field", "type", "label", "short", "hint", "rule", "choices", "exclusive", "show_if", "required_when"}
    | {"omb_column", "max_length", "handling"}
)


def _question(node: Node, fields: frozenset[str]) -> Question:
    node.only(_QUESTION_KEYS)
    kind = node.choice("type", TYPES)
    options = tuple(_option(option) for option in node.nodes("choices"))
    codes = {option.code for option in options}
    if bool(options) != (kind in ("choice", "multi")) or len(codes) != len(options):
        raise node.error("choices", "a choice needs a list of different codes, and only a choice has one")
    exclusive = node.texts("exclusive")
    if not set(exclusive) <= codes:
        raise node.error("exclusive", "names a code that is not among the choices")
    return Question(
        field=node.text("field"),
        type=kind,
        label=node.text("label"),
        short=node.text("short", "") or node.text("label"),
        hint=node.text("hint"),
        rule=node.text("rule"),
        options=options,
        exclusive=exclusive,
        show_if=_condition(node, "show_if", fields),
        required_when=_condition(node, "required_when", fields),
        omb_column=node.text("omb_column", ""),
        max_length=node.number("max_length", MAX_ANSWER),
        handling=node.choice("handling", HANDLINGS, "public"),
    )


def _option(node: Node) -> Option:
    node.only({"code", "label", "hint"})
    return Option(node.text("code"), node.text("label"), node.text("hint", ""))


def _condition(node: Node, key: str, fields: frozenset[str]) -> Condition:
    if key == "required_when" and key not in node.tree:
        raise node.error(key, "must say when the question is required")
    try:
        return conditions.compile(node.tree.get(key, ALWAYS), fields)
    except ConditionError as error:
        raise node.error(f"{key}.{error.path}".rstrip("."), error.message) from error
