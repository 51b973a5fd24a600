"""What a questionnaire is made of: questions with their options, sections, one edition, and which answers count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from registry.conditions import Condition

MAX_ANSWER = 20_000
WITHHOLDING = "withholding"
# What lists, searches and similar cases show of every case: to keep one of these back, restrict the whole case.
LISTED = frozenset(
    {
        "use_case_name", "development_stage", "is_high_impact", "topic_area", "classification", "contact_email",
        "is_withheld",
    }
)  # fmt: skip
# The answers full-text search reads; the generated column leaves restricted ones out.
SEARCHED = ("use_case_name", "problem_solved", "benefits", "system_outputs", "vendor_name", "system_name_ato")
# A choice or a date shows in what follows from it: the questions asked, the offices called, the practices counted.
WORDS = frozenset({"text", "long_text", "email", "links"})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `refused` is said to whoever takes it; with `refuse_words` only where the reason has one of them."""

    code: str
    label: str
    hint: str = ""
    refused: str = ""
    refuse_words: tuple[str, ...] = ()

    @property
    def is_never_taken(self) -> bool:
        """Whether no reason makes it acceptable."""
        return bool(self.refused) and not self.refuse_words


@dataclass(frozen=True)
class Question:
    """One thing that is asked, when, and by which rule. `heading` starts a group of questions on the page."""

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
    heading: str = ""
    is_past: bool = False  # of a date: it tells what has happened
    evidence_when: Condition | None = None  # when the answer should have a file or link behind it; None: never
    evidence_kind: str = ""  # which kind of evidence fits best
    is_summary: bool = False  # the rule's text was not read: what stands here is the portal's summary
    targets: tuple[tuple[str, str], ...] = ()  # of a withholding: the fields that can be withheld, with their labels

    @property
    def title(self) -> str:
        """Its short name at the head of a column or in a list."""
        return self.short[:1].upper() + self.short[1:].rstrip(".")

    @property
    def is_optional(self) -> bool:
        """Whether no stage and no other answer ever requires it."""
        return not self.required_when.fields and not self.required_when.holds({})

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((option.code, option.label) for option in self.options)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)

    def words(self, answer: object) -> str:
        """An answer as a person reads it: labels for codes, in the order of the list."""
        labels = dict(self.choices)
        if self.type == WITHHOLDING:
            return "\n".join(self._withheld(row) for row in answer) if isinstance(answer, (list, tuple)) else ""
        if isinstance(answer, (list, tuple)):
            return ", ".join(labels.get(code, str(code)) for code in answer)
        return labels.get(answer, answer) if isinstance(answer, str) else ""

    def _withheld(self, row: Mapping[str, str]) -> str:
        label = dict(self.targets).get(row["field"], row["field"])
        return f"{label.rstrip('.')}: {dict(self.choices).get(row['ground'], row['ground'])}. {row['reason']}"


def refusals(question: Question, answer: object) -> list[str]:
    """Why an answer cannot be taken at all (OMB 2025 reporting guidance, withholding); empty when it can."""
    rows = answer if isinstance(answer, (list, tuple)) else [answer]
    found: list[str] = []
    for row in rows:
        code, reason = (row.get("ground"), row.get("reason", "")) if isinstance(row, Mapping) else (row, "")
        option = question.option(str(code))
        if option is None or not option.refused:
            continue
        words = option.refuse_words
        if not words or any(word.lower() in reason.lower() for word in words):
            found.append(option.refused)
    return list(dict.fromkeys(found))


def can_be_restricted(question: Question) -> bool:
    """Whether the answer can be kept back by itself."""
    return question.type in WORDS and question.field not in LISTED


@dataclass(frozen=True, slots=True)
class Section:
    """Questions of one page; `opens_when` says in words what opens a section that is hidden."""

    slug: str
    title: str
    intro: str
    questions: tuple[Question, ...]
    opens_when: str = ""


@dataclass(frozen=True, slots=True)
class Successor:
    """What becomes of a field, or of one of its choices, that the edition before had; without `by` it is retired."""

    field: str
    code: str
    by: str
    why: str


@dataclass(frozen=True)
class Questionnaire:
    """One edition. It never changes once it was loaded: a correction is a new edition."""

    slug: str
    edition: str
    effective_on: date
    title: str
    source: str
    sections: tuple[Section, ...]
    successors: tuple[Successor, ...]
    sha256: str = field(compare=False)

    @property
    def name(self) -> str:
        """What a revision says it answered, e.g. use-case-2026."""
        return f"{self.slug}-{self.edition}"

    @cached_property
    def by_field(self) -> Mapping[str, Question]:
        return {question.field: question for question in self}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        return {question.field: section for section in self.sections for question in section.questions}

    @cached_property
    def fields(self) -> frozenset[str]:
        return frozenset(self.by_field)

    @cached_property
    def conditional(self) -> tuple[Question, ...]:
        """The questions that not everybody is asked, each after those that decide about it."""
        done: dict[str, Question] = {}

        def place(question: Question) -> None:
            for name in sorted(question.show_if.fields):
                if name in self.by_field and name not in done:
                    place(self.by_field[name])
            done[question.field] = question

        for question in self:
            if question.field not in done:
                place(question)
        return tuple(question for question in done.values() if question.show_if.fields)

    @cached_property
    def _hiding(self) -> tuple[tuple[Condition, tuple[str, ...]], ...]:
        """Each condition of `conditional` once, with the fields it shows: many questions share one.

        It stands where its first question does: what it reads is settled by then, for the others as well.
        """
        found: dict[str, tuple[Condition, list[str]]] = {}
        for question in self.conditional:
            found.setdefault(repr(question.show_if.tree), (question.show_if, []))[1].append(question.field)
        return tuple((condition, tuple(names)) for condition, names in found.values())

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The fields in the order of the form."""
        return tuple(question.field for question in self)

    def counted(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers without those to questions that are not asked.

        Hiding one may hide the next: each is judged by answers that count themselves, in one pass, because a
        question stands after those that decide about it and a circle is refused at load.
        """
        counting = dict(answers)
        for condition, names in self._hiding:
            held = [name for name in names if name in counting]
            if held and not condition.holds(counting):
                for name in held:
                    del counting[name]
        return counting

    def asked(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The fields that are asked, given these answers."""
        counting = self.counted(answers)
        hidden = {name for condition, names in self._hiding if not condition.holds(counting) for name in names}
        return self.fields - hidden

    def section(self, slug: str) -> Section:
        """Raises KeyError for a section this edition does not have."""
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)

    def __iter__(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)


def circle(questions: Sequence[Question]) -> list[str]:
    """Fields that decide about each other in a circle, in order; empty when there is none."""
    needs = {question.field: sorted(question.show_if.fields) for question in questions}
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in needs.get(name, ()):
            if found := walk(other, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in needs if (found := walk(name, []))), [])
