"""Forms of the registry. A section's form is built from the questionnaire, so a new edition needs no code."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from accounts.models import Component
from accounts.typed import the_field
from registry import asking, tasklist
from registry import document as documents
from registry.inventory.suggestions import Suggestion
from registry.quality.wording import PUBLIC_TEXTS, hints
from registry.questionnaire import MAX_ANSWER, WITHHOLDING, Question, Questionnaire, Section, refusals
from registry.reads import older

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FIRST_YEAR, LAST_YEAR = 1980, 2099  # no system in use is older; what lies beyond is a slip
MANY = 8  # a longer list is a drop-down
YES_NO = ("yes", "no", "unknown")
FEW = 2  # so many questions are not worth folding away
ROW = ("field", "ground", "reason")
MOST_ROWS, MOST_REASON = 40, 2000


TOO_LONG = ", or attach the text as evidence"


class AnswerField(forms.CharField):
    """Text without control characters: PostgreSQL cannot keep NUL, and no reader could see the rest."""

    default_validators: list[Any] = []

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.validators = [one for one in self.validators if not isinstance(one, MaxLengthValidator)]

    def validate(self, value: str) -> None:
        """A text that is too long is told in the portal's words, with what to do about it."""
        super().validate(value)
        if self.max_length and len(value) > self.max_length:
            over = f"This answer has {len(value):,} characters; {self.max_length:,} fit."
            raise forms.ValidationError(f"{over} Shorten it{TOO_LONG if self.max_length >= MAX_ANSWER else ''}.")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`: a browser cuts what is pasted without a word, the server says how much too long it is."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        """Drop control characters, unify line ends."""
        return plain(super().to_python(value) or "")


def plain(text: str) -> str:
    """Text as the document keeps it."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00a0", " ").strip()


class Checkboxes(forms.CheckboxSelectMultiple):
    """Drawn by the portal's own template."""

    template_name = "django/forms/widgets/checkbox_select.html"


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day somebody can mean; one that tells what has happened is not in the future."""

    def __init__(self, question: Question, **common: Any) -> None:
        super().__init__(widget=DateInput(), **common)
        self.is_past = question.is_past

    def validate(self, value: date | None) -> None:
        """Refuse slips of the keyboard, such as the year 26."""
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(f"Give the year in four digits, from {FIRST_YEAR} to {LAST_YEAR}.")
        if value and self.is_past and value > timezone.localdate():
            raise forms.ValidationError(
                "This day is still to come. Give the day on which it happened, or leave it empty."
            )


def field_for(question: Question) -> forms.Field:
    """The form field of a question. Nothing is required here: the task list says what is missing, saving never does."""
    common: dict[str, Any] = {"label": question.label, "help_text": _help(question), "required": False}
    if question.type == WITHHOLDING:
        return WithholdingField(question, **common)
    if question.type in ("choice", "multi"):
        return _choice(question, common)
    if question.type == "date":
        return DayField(question, **common)
    if question.type == "email":
        return forms.EmailField(max_length=question.max_length, **common)
    if question.type == "long_text":
        common["widget"] = forms.Textarea(attrs={"rows": 5})
    return AnswerField(max_length=min(question.max_length, MAX_ANSWER), **common)


def _choice(question: Question, common: dict[str, Any]) -> forms.Field:
    if question.type == "multi":
        return forms.MultipleChoiceField(choices=question.choices, widget=Checkboxes, **common)
    choices = sorted(((option.code, _label(option)) for option in question.options), key=_shown_at(question))
    if len(choices) > MANY:
        field = forms.ChoiceField(choices=[("", "Choose one"), *choices], **common)
        field.widget.choices = [("", "Choose one"), *_offered(question)]  # a refused one is answered with its reason
        return field
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _shown_at(question: Question) -> Any:
    """Yes, No, Not known in this order everywhere. Order of display only: the edition keeps its list as loaded."""
    codes = {option.code for option in question.options}
    return (lambda choice: YES_NO.index(choice[0])) if codes <= set(YES_NO) else (lambda choice: 0)


def _label(option: Any) -> str:
    return f"{option.label}. {option.hint}" if option.hint else str(option.label)


def _offered(question: Question) -> list[tuple[str, str]]:
    """The choices that can be taken; those that never are stand in the hint (`_help`)."""
    return [(option.code, _label(option)) for option in question.options if not option.is_never_taken]


def _help(question: Question) -> str:
    never = [f"“{option.label}”" for option in question.options if option.is_never_taken]
    hint = f"{question.hint} Never accepted: {' or '.join(never)}." if never else question.hint
    if not question.rule:
        return hint
    return f"{hint} ({question.rule}{', in summary' if question.is_summary else ''})"


class SectionForm(forms.Form):
    """One section's questions that apply, with the answers as they stand; saving goes to `save_section`.

    `hidden` answers are not the reader's to know or change: their questions stand beside the form with a marker.
    A form that was sent keeps the questions it was sent with: somebody may have hidden one meanwhile, and what was
    typed must not be lost without a word.
    """

    def __init__(
        self,
        section: Section,
        questionnaire: Questionnaire,
        document: Mapping[str, Any],
        *,
        data: Any = None,
        new: Collection[str] = (),
        hidden: Collection[str] = (),
    ) -> None:
        asked = asking.asked(questionnaire, document)
        kept = [q for q in section.questions if q.field in asked or (data is not None and q.field in data)]
        self.questions = [q for q in kept if q.field not in hidden]
        held = documents.withheld(document)
        self.restricted = [(q.label, held.get(q.field, "")) for q in kept if q.field in hidden]
        self.headings = _headings(section)
        given = documents.answers(document)
        super().__init__(data, initial={q.field: given.get(q.field) for q in self.questions})
        suggested = older.suggestions(document)
        self.later = self._later(tasklist.required(questionnaire, self.questions, document), document, new)
        for question in self.questions:
            field = field_for(question)
            told = note(question, document) or suggestion(question, suggested.get(question.field))
            field.note = told  # type: ignore[attr-defined]  # for its template
            field.reading = reading(question, document)  # type: ignore[attr-defined]  # for its template
            # The task list, not the field, says what is needed; only what never is needed says so here.
            field.is_answer = not question.is_optional  # type: ignore[attr-defined]  # for its template
            field.is_new = question.field in new  # type: ignore[attr-defined]  # for its template
            self.fields[question.field] = field

    def _later(self, needed: Collection[str], document: Mapping[str, Any], new: Collection[str]) -> set[str]:
        """What a page before the pilot folds away: not needed yet, not answered, and more than a handful."""
        if asking.stage_of(document) != asking.FIRST_STAGE or not needed or self.is_bound:
            return set()
        shown = {*needed, *new, *asking.present(document)}
        later = {question.field for question in self.questions} - shown
        return later if len(later) > FEW else set()

    def groups(self) -> list[Group]:
        """The fields under their headings; a section without headings is one group."""
        return self._grouped([question for question in self.questions if question.field not in self.later])

    def later_groups(self) -> list[Group]:
        """The fields that are folded away."""
        return self._grouped([question for question in self.questions if question.field in self.later])

    def _grouped(self, questions: list[Question]) -> list[Group]:
        """A heading stands in the file at the first question of its group, which may be folded away or not asked."""
        found: list[Group] = []
        for question in questions:
            heading = self.headings[question.field]
            if not found or found[-1].heading != heading:
                found.append(Group(heading, []))
            found[-1].fields.append(self[question.field])
        return found

    def clean(self) -> dict[str, Any]:
        """An exclusive choice ("none of these") stands alone, and what is no ground for withholding is refused."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            chosen = cleaned.get(question.field)
            several = chosen if question.type == "multi" and chosen and len(chosen) > 1 else ()
            if not set(question.exclusive).isdisjoint(several):
                alone = dict(question.choices)[next(code for code in several if code in question.exclusive)]
                self.add_error(question.field, f"“{alone}” cannot stand beside another choice. Untick one of them.")
            for reason in refusals(question, chosen):
                self.add_error(question.field, reason)
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The cleaned answers as the document keeps them: dates as ISO text, choices as codes."""
        return {
            name: value.isoformat() if isinstance(value, date) else value for name, value in self.cleaned_data.items()
        }


def _headings(section: Section) -> dict[str, str]:
    """The heading each question stands under."""
    found, heading = {}, ""
    for question in section.questions:
        heading = question.heading or heading
        found[question.field] = heading
    return found


class Group(NamedTuple):
    """Fields of a section that belong together."""

    heading: str
    fields: list[Any]


def note(question: Question, document: Mapping[str, Any]) -> str:
    """What stands in place of an answer: a redaction marker, or text nobody has understood yet."""
    if marker := documents.withheld(document).get(question.field):
        return f"The published file withholds this: “{marker}”. Leave it empty to keep it so."
    if flag := documents.flagged(document).get(question.field):
        return f"The inventory file says “{flag['text'].strip()}”. {flag['message']}"
    return ""


def reading(question: Question, document: Mapping[str, Any]) -> list[str]:
    """What would make a public text easier to read: a hint to its writer, never counted anywhere."""
    given = documents.answers(document).get(question.field)
    return hints(given) if question.field in PUBLIC_TEXTS and isinstance(given, str) else []


def suggestion(question: Question, found: Suggestion | None) -> str:
    """What an older inventory's answer points to; nothing is chosen for anybody (docs/decisions/0017)."""
    answer = dict(question.choices).get(found.code) if found else None
    if found is None or not answer:
        return ""
    return (
        f"The inventory of {found.year} answered “{found.answer}” to “{found.question}”. That suggests “{answer}”; "
        "the instruments differ, so it is yours to say."
    )


class WithholdingInput(forms.Widget):
    """Rows of answer, ground and reason; two empty ones at the end, more after saving. Works without JavaScript."""

    template_name = "django/forms/widgets/withholding.html"
    use_fieldset = True

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def id_for_label(self, id_: str) -> str:
        """No single control carries the label; the fieldset does."""
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The rows that stand, and the empty ones."""
        rows = [*(value or []), {}, {}]
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "rows": rows[:MOST_ROWS],
            "targets": self.question.targets,
            "grounds": _offered(self.question),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        """The rows that hold something and were not ticked for removal."""
        found = []
        for index in range(MOST_ROWS):
            row = {part: plain(data.get(f"{name}-{index}-{part}") or "") for part in ROW}
            if any(row.values()) and f"{name}-{index}-remove" not in data:
                found.append(row)
        return found


class WithholdingField(forms.Field):
    """Answers to leave out of the public file, each with a legal ground and a reason (OMB 2025 guidance, withholding).

    The answer is a list of {field, ground, reason} in the order of the form.
    """

    def __init__(self, question: Question, **words: Any) -> None:
        super().__init__(widget=WithholdingInput(question), **words)
        self.question = question

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Every row is whole, names an answer once, and takes a ground of the list."""
        order = [field for field, _ in self.question.targets]
        for number, row in enumerate(value, 1):
            if row["field"] not in order:
                raise forms.ValidationError(f"Row {number}: choose the answer to leave out.")
            if row["ground"] not in self.question.codes:
                raise forms.ValidationError(f"Row {number}: choose the legal ground.")
            if not row["reason"] or len(row["reason"]) > MOST_REASON:
                raise forms.ValidationError(f"Row {number}: give the reason, in at most {MOST_REASON} characters.")
        fields = [row["field"] for row in value]
        if len(set(fields)) != len(fields):
            raise forms.ValidationError("The same answer stands in two rows. Keep one of them.")
        return sorted(value, key=lambda row: order.index(row["field"]))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the rows."""
        return bool((initial or []) != (data or []))


class AdoptForm(forms.Form):
    """Why a case moves on to the edition in force; the reason may stay empty."""

    why = AnswerField(max_length=500, required=False, label="Note", help_text="Stands in the case’s history.")


class RegisterForm(forms.Form):
    """The four answers a case starts with."""

    use_case_name = AnswerField(max_length=300, label="Name", help_text="A short name people will recognize.")
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
        the_field(self, "component").queryset = components
        the_field(self, "component").label_from_instance = lambda c: f"{c.code}, {c.name}"

    def answers(self) -> dict[str, Any]:
        """What goes into the document; the component stands on the case's row."""
        return {name: value for name, value in self.cleaned_data.items() if name != "component"}
