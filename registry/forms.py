"""Forms of the registry. A section's form is built from the questionnaire, so a new edition needs no code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.models import Component
from registry import document as documents
from registry.questionnaire import MAX_ANSWER, Question, Section

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MANY = 8  # a longer list is a drop-down


class AnswerField(forms.CharField):
    """Text without control characters: PostgreSQL cannot keep NUL, and no reader could see the rest."""

    default_validators: list[Any] = []

    def to_python(self, value: Any) -> str:
        """Drop control characters, unify line ends."""
        text = super().to_python(value) or ""
        return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00a0", " ").strip()


class Checkboxes(forms.CheckboxSelectMultiple):
    """Drawn by the portal's own template."""

    template_name = "django/forms/widgets/checkbox_select.html"


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def field_for(question: Question) -> forms.Field:
    """The form field of a question. Nothing is required here: the task list says what is missing, saving never does."""
    common: dict[str, Any] = {"label": question.label, "help_text": _help(question), "required": False}
    if question.type in ("choice", "multi"):
        return _choice(question, common)
    if question.type == "date":
        return forms.DateField(widget=DateInput(), **common)
    if question.type == "email":
        return forms.EmailField(max_length=question.max_length, **common)
    if question.type == "long_text":
        common["widget"] = forms.Textarea(attrs={"rows": 5})
    return AnswerField(max_length=min(question.max_length, MAX_ANSWER), **common)


def _choice(question: Question, common: dict[str, Any]) -> forms.Field:
    if question.type == "multi":
        return forms.MultipleChoiceField(choices=question.choices, widget=Checkboxes, **common)
    choices = [(option.code, _label(option)) for option in question.options]
    if len(choices) > MANY:
        return forms.ChoiceField(choices=[("", "Choose one"), *choices], **common)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _label(option: Any) -> str:
    return f"{option.label}. {option.hint}" if option.hint else str(option.label)


def _help(question: Question) -> str:
    return f"{question.hint} ({question.rule})" if question.rule else question.hint


class SectionForm(forms.Form):
    """One section's questions that apply, with the answers as they stand; saving goes to `save_section`."""

    def __init__(self, section: Section, document: Mapping[str, Any], *, data: Any = None) -> None:
        self.questions = [q for q in section.questions if is_asked(q, section, document)]
        given = documents.answers(document)
        super().__init__(data, initial={q.field: given.get(q.field) for q in self.questions})
        for question in self.questions:
            field = field_for(question)
            field.note = note(question, document)  # type: ignore[attr-defined]
            field.is_answer = True  # type: ignore[attr-defined]  # the task list, not the field, says what is needed
            self.fields[question.field] = field

    def clean(self) -> dict[str, Any]:
        """An exclusive choice ("none of these") stands alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            chosen = cleaned.get(question.field)
            if isinstance(chosen, list) and len(chosen) > 1 and not set(chosen).isdisjoint(question.exclusive):
                alone = dict(question.choices)[next(code for code in chosen if code in question.exclusive)]
                self.add_error(question.field, f"“{alone}” cannot stand beside another choice. Untick one of them.")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The cleaned answers as the document keeps them: dates as ISO text, choices as codes."""
        return {
            name: value.isoformat() if isinstance(value, date) else value for name, value in self.cleaned_data.items()
        }


def is_asked(question: Question, section: Section, document: Mapping[str, Any]) -> bool:
    """Whether to show the question: it applies, or an answer on this same page could make it apply."""
    here = {other.field for other in section.questions}
    return question.show_if.holds(documents.answers(document)) or not here.isdisjoint(question.show_if.fields)


def note(question: Question, document: Mapping[str, Any]) -> str:
    """What stands in place of an answer: a redaction marker, or text nobody has understood yet."""
    if marker := documents.withheld(document).get(question.field):
        return f"The published file withholds this: “{marker}”. Leave it empty to keep it so."
    if flag := documents.flagged(document).get(question.field):
        return f"The inventory file says “{flag['text'].strip()}”. {flag['message']}"
    return ""


class RegisterForm(forms.Form):
    """The four answers a case starts with."""

    use_case_name = AnswerField(max_length=300, label="Name", help_text="A short name people will recognise.")
    component = forms.ModelChoiceField(Component.objects.none(), label="Component", empty_label=None)
    problem_solved = AnswerField(
        max_length=MAX_ANSWER,
        label="What problem does it solve?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who has the problem, and what it costs today.",
    )
    system_outputs = AnswerField(
        max_length=MAX_ANSWER,
        label="What does the AI give out?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A prediction, a recommendation, a draft, a match, and who acts on it.",
    )

    def __init__(self, components: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["component"].queryset = components  # type: ignore[attr-defined]
        self.fields["component"].label_from_instance = lambda c: f"{c.code}, {c.name}"  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        """What goes into the document; the component stands on the case's row."""
        return {name: value for name, value in self.cleaned_data.items() if name != "component"}
