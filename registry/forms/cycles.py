"""Forms of the yearly cycle: opening it, going through a case, bringing a workbook back, moving a date, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from registry.actions.counting import LONGEST
from registry.actions.inventory.files import all_layouts
from registry.actions.still_true import CHANGED, STILL
from registry.forms import AnswerField, DateInput, field_for
from registry.reads.calls import Line

WEEKS = {"due_on": 4, "certify_on": 6, "submit_on": 8}
MAX_MB = 20
SAID = [(STILL, "Still true"), (CHANGED, "Changed")]
# Asked before all else where it is blank: without it a changed case leaves the public file.
FIRST = "is_withheld"


class _Ahead(forms.DateField):
    """A day that is not over."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DateInput(), **options)

    def clean(self, value: Any) -> Any:
        """Nobody can keep a day that is over."""
        day = super().clean(value)
        if day and day < timezone.localdate():
            raise forms.ValidationError("This day is over. Choose today or a later day.")
        return day


class CycleForm(forms.Form):
    """A reporting year with its days."""

    year = forms.IntegerField(label="Reporting year", min_value=2020, max_value=2100)
    due_on = _Ahead(label="Components answer by")
    certify_on = _Ahead(label="Components certify by")
    submit_on = _Ahead(label="The inventory leaves by", help_text="The day OMB names, or the day you want to keep.")
    note = AnswerField(
        required=False, max_length=2000, label="What should everybody know?", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the mail and on each component’s page.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        days: dict[str, Any] = {name: today + timedelta(weeks=weeks) for name, weeks in WEEKS.items()}
        newest = max(layout.year for layout in all_layouts().values())
        super().__init__(data, initial={"year": max(newest + 1, today.year), **days})

    def clean(self) -> dict[str, Any]:
        """The days follow one another."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        days = [given.get(name) for name in WEEKS]
        if all(days) and days != sorted(days, key=lambda day: day or date.max):
            self.add_error("certify_on", "The days follow one another: answer, certify, leave.")
        return given


class ExtensionForm(forms.Form):
    """Another day for one component, and why."""

    due_on = _Ahead(label="New day")
    reason = AnswerField(max_length=1000, label="Why", widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    """Why something is undone."""

    reason = AnswerField(max_length=1000, label="Why", widget=forms.Textarea(attrs={"rows": 2}))


class CertifyForm(forms.Form):
    """The statement, and why it is signed in spite of what is not complete."""

    why = AnswerField(
        required=False, max_length=2000, label="Why do you certify although something is not complete?",
        widget=forms.Textarea(attrs={"rows": 3}), help_text="It stands beside the certification and in the submission.",
    )  # fmt: skip
    signed = forms.BooleanField(label="I sign this statement.")

    def __init__(self, data: Any = None, *, has_gaps: bool = False) -> None:
        super().__init__(data)
        if has_gaps:
            self.fields["why"].required = True
        else:
            del self.fields["why"]


class FreezeForm(forms.Form):
    """In which form the inventory leaves, and why although something is missing."""

    format = forms.ChoiceField(
        label="File", choices=[("csv", "CSV"), ("xlsx", "XLSX")], widget=forms.RadioSelect, initial="csv"
    )
    why = AnswerField(
        max_length=2000, label="Why is it frozen although certifications are missing?",
        widget=forms.Textarea(attrs={"rows": 3}), help_text="It stays with the submission.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, is_missing: bool = False) -> None:
        super().__init__(data)
        if not is_missing:
            del self.fields["why"]


class PublishForm(forms.Form):
    """From which day the inventory is public."""

    published_on = forms.DateField(label="Public from", widget=DateInput(), required=False,
                                   help_text="Leave it empty while it is not published.")  # fmt: skip


class ReturnForm(forms.Form):
    """A workbook that came back, and whose answers it holds."""

    file = forms.FileField(
        label="Workbook", widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="The workbook that was taken out here, with your changes. You see what it would change first.",
    )  # fmt: skip
    on_behalf_of = forms.ModelChoiceField(
        User.objects.none(), label="Whose answers are these?", required=False, empty_label="My own",
        help_text="If you enter them for somebody else, both names are kept.",
    )  # fmt: skip

    def __init__(self, people: Any, *, is_outside: bool, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field = self.fields["on_behalf_of"]
        field.queryset = people  # type: ignore[attr-defined]  # a model choice field's
        if is_outside:
            field.empty_label = "Of the owner the workbook was made for"  # type: ignore[attr-defined]  # a model choice field's

    def clean_file(self) -> Any:
        """A workbook of one component is small."""
        file = self.cleaned_data["file"]
        if file.size > MAX_MB * 1024 * 1024:
            raise forms.ValidationError(f"The file is larger than {MAX_MB} MB: a call’s workbook never is.")
        return file


@dataclass(frozen=True)
class Asked:
    """One answer on the page: what stands there, the two radios, and the field for a new one."""

    line: Line
    said: Any
    answer: Any
    is_open: bool


class ConfirmForm(forms.Form):
    """Every reported answer of a case: still true, or changed to what. `rest` takes what is not marked as still true.

    Without `can_change` only what stands there can be confirmed: the case is in review.
    """

    def __init__(self, lines: Sequence[Line], document: Any, *, can_change: bool, data: Any = None) -> None:
        given = document.get("answers") or {}
        super().__init__(data, initial={line.question.field: given.get(line.question.field) for line in lines})
        self.lines, self.can_change = lines, can_change
        for line in lines:
            name = line.question.field
            if line.state in ("answered", "withheld"):
                self.fields[f"said-{name}"] = forms.ChoiceField(
                    choices=SAID if can_change else SAID[:1], required=False, widget=forms.RadioSelect,
                    label=line.question.short,
                )  # fmt: skip
            if can_change:
                self.fields[name] = field_for(line.question)
                self.fields[name].label = "New answer" if line.has_answer else line.question.label

    @property
    def takes_rest(self) -> bool:
        """Whether what is not marked counts as still true."""
        return bool(self.data) and ("rest" in self.data or "all" in self.data)

    def groups(self) -> tuple[list[Asked], list[Asked], Asked | None]:
        """What stands there, what is not answered, and of that the question to be asked first."""
        found = [self._asked(line) for line in self.lines]
        blank = [one for one in found if not one.line.has_answer]
        first = next((one for one in blank if one.line.question.field == FIRST and one.answer), None)
        return [one for one in found if one.line.has_answer], [one for one in blank if one is not first], first

    def _asked(self, line: Line) -> Asked:
        name = line.question.field
        said = self[f"said-{name}"] if f"said-{name}" in self.fields else None
        answer = self[name] if name in self.fields else None
        is_open = bool((said and said.errors) or (answer and answer.errors)) or said is None
        return Asked(line, said, answer, is_open)

    def clean(self) -> dict[str, Any]:
        """Each answer is still true or changed; a changed one differs, and one that differs is changed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "all" in self.data:
            return given
        for line in self.lines:
            said = f"said-{line.question.field}"
            if said not in self.fields:
                continue
            differs = self._differs(line)
            if given.get(said) == CHANGED and not differs and line.question.field not in self.errors:
                self.add_error(said, "Marked as changed, but the new answer is the old one. Give the new one.")
            if given.get(said) == STILL and differs:
                self.add_error(said, "Marked as still true, but there is a new answer. Say which of them holds.")
            if not given.get(said) and not differs and not self.takes_rest:
                self.add_error(said, "Say whether this still holds.")
        return given

    def _differs(self, line: Line) -> bool:
        name = line.question.field
        return self.can_change and name in self.changed_data

    @property
    def said(self) -> dict[str, str]:
        """What was said of each answer that stands there."""
        confirmable = [line.question.field for line in self.lines if f"said-{line.question.field}" in self.fields]
        changes = self.changes
        return {name: STILL for name in confirmable if name not in changes}

    @property
    def changes(self) -> dict[str, Any]:
        """The new answers as the document keeps them; None empties one. “Everything still true” says nothing of what
        is blank, so the question asked above it counts with it."""
        found = {}
        for line in self.lines:
            name = line.question.field
            if "all" in self.data and (name != FIRST or line.has_answer):
                continue
            if self._differs(line):
                value = self.cleaned_data[name]
                found[name] = value.isoformat() if isinstance(value, date) else value or None
        return found


class CountForm(forms.Form):
    """Why changes shall count, and which revision was looked at."""

    reason = AnswerField(max_length=LONGEST, label="Why", widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)
