"""Which questions are put to a case, which of its answers count, and what a save or a new edition does to them.

An answer that a save hides leaves the document: hidden answers must not count, and older revisions keep them.
What an inventory file reported under a hidden question stays as reported until somebody changes what hides it,
so that a file comes out as it came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from registry import document as documents
from registry.conditions import is_known
from registry.document import PARTS, Document
from registry.questions import Question, Questionnaire, Section

FIRST_STAGE = "pre_deployment"


def stage_of(document: Document) -> str:
    """The stage; a case nobody gave one yet is asked what pre-deployment asks, and for the stage itself."""
    stage = documents.answers(document).get("development_stage")
    return stage if isinstance(stage, str) and stage else FIRST_STAGE


def facts(questionnaire: Questionnaire, document: Document, stage: str = "") -> dict[str, Any]:
    """The answers that count, at the case's stage or at another."""
    given = {**documents.answers(document), "development_stage": stage or stage_of(document)}
    return questionnaire.counted(given)


def asked(questionnaire: Questionnaire, document: Document) -> frozenset[str]:
    """The fields that are put to the case."""
    return questionnaire.asked({**documents.answers(document), "development_stage": stage_of(document)})


def visible_answers(questionnaire: Questionnaire, document: Document) -> dict[str, Any]:
    """The answers that count: those to questions that are asked."""
    counting, given = facts(questionnaire, document), documents.answers(document)
    found: dict[str, Any] = {}
    for name in questionnaire.order:
        if name in counting and name in given:
            value = given[name]
            if value.strip() if value.__class__ is str else is_known(value):  # as is_known, a call less: a sweep's time
                found[name] = value
    return found


def present(document: Document) -> set[str]:
    """Every field that holds something: an answer, a marker or a text nobody understood."""
    return {field for part in PARTS for field in document.get(part) or {}}


def without(document: Document, fields: AbstractSet[str]) -> dict[str, Any]:
    """The document with these fields blank."""
    return {part: {f: v for f, v in (document.get(part) or {}).items() if f not in fields} for part in PARTS}


def settled(questionnaire: Questionnaire, before: Document, after: Document) -> dict[str, Any]:
    """`after` without what this change hid: each field that is not asked and that the change touches or hides.

    Goes on to the fixpoint: what leaves may hide the next, and each question stands behind those that decide about it.
    """
    was, now = asked(questionnaire, before), asked(questionnaire, after)
    touched = documents.changed_fields(before, after)
    held, gone = present(after), set[str]()
    for question in questionnaire.conditional:
        name = question.field
        hidden_now = name in held and name not in now
        if hidden_now and (name in was or name in touched or not touched.isdisjoint(question.show_if.fields)):
            gone.add(name)
            touched.add(name)
    return without(after, gone)


@dataclass(frozen=True, slots=True)
class Effects:
    """What one save did beside its own answers: questions that appeared, and answers that no longer count."""

    opened: tuple[Question, ...]
    hidden: tuple[Question, ...]


def effects(questionnaire: Questionnaire, before: Document, after: Document) -> Effects:
    """Compare two documents of a case under one edition, in the order of the form."""
    was, now, held = asked(questionnaire, before), asked(questionnaire, after), present(after)
    opened = (q for q in questionnaire if q.field in now and q.field not in was)
    left = present(before) - held
    return Effects(tuple(opened), tuple(q for q in questionnaire if q.field in left and q.field not in now))


def opened_by(questionnaire: Questionnaire, field: str, document: Document) -> tuple[Question, ...]:
    """The answered questions that made a question appear."""
    question = questionnaire.by_field[field]
    clauses = question.show_if.matched(facts(questionnaire, document))
    names = dict.fromkeys(clause.field for clause in clauses if not clause.negated)
    return tuple(questionnaire.by_field[name] for name in names if name in questionnaire.by_field)


# -- from one edition to the next --------------------------------------------------------------------


def carried(document: Document, after: Questionnaire) -> dict[str, Any]:
    """The document as the next edition has it: fields and choices it replaces or retires, as its file says."""
    moved = {part: dict(document.get(part) or {}) for part in PARTS}
    for one in after.successors:
        for part in PARTS:
            if one.field in moved[part] and not one.code:
                value = moved[part].pop(one.field)
                if one.by:
                    moved[part].setdefault(one.by, value)
        if one.code and one.field in moved["answers"]:
            moved["answers"][one.field] = _recoded(moved["answers"][one.field], one.code, one.by)
    moved["answers"] = {name: value for name, value in moved["answers"].items() if value not in (None, "", [])}
    return moved


def _recoded(value: Any, code: str, by: str) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(by if item == code else item for item in value if item != code or by))
    return by if value == code else value


def moved_on(now: Questionnaire, following: Questionnaire, document: Document) -> tuple[dict[str, Any], list[str]]:
    """The document under the next edition, and the fields that left it: gone with the old one, or not asked now."""
    moved = carried(document, following)
    hidden = asked(now, document) - asked(following, moved)
    result = without(moved, hidden & present(moved))
    return result, [q.field for q in now if q.field in present(document) - present(result)]


@dataclass(frozen=True, slots=True)
class Addition:
    """A question the next edition asks of a case and the present one does not."""

    question: Question
    section: str
    title: str
    is_needed: bool


def additions(now: Questionnaire, following: Questionnaire, document: Mapping[str, Any]) -> tuple[Addition, ...]:
    """What the next edition asks in addition, in its order; `is_needed` at the case's present stage."""
    moved = carried(document, following)
    visible, known = asked(following, moved), facts(following, moved)
    return tuple(
        Addition(question, section.slug, section.title, question.required_when.holds(known))
        for section in following.sections
        for question in section.questions
        if question.field in visible
        and question.field not in now.fields
        and not documents.is_answered(moved, question.field)
    )


def carried_section(old: Questionnaire, new: Questionnaire, slug: str) -> Section | None:
    """What became of a section's questions in another edition, as one page; None when the old one has no such section.

    A form that was opened under the old edition is shown again with it, so that nothing typed is lost.
    """
    before = next((section for section in old.sections if section.slug == slug), None)
    if before is None:
        return None
    names = {name_in(new, question.field) for question in before.questions}
    questions = tuple(question for question in new if question.field in names)
    return Section(slug, before.title, before.intro, questions)


def name_in(new: Questionnaire, field: str) -> str:
    """What a field of the edition before is called now."""
    return next((one.by for one in new.successors if one.field == field and one.by and not one.code), field)
