"""Forms of lists from outside: the file, its columns, and what is said of a line."""

from typing import Any

from django import forms
from django.utils import timezone

from registry import outside
from registry.actions.outside_answers import LONGEST, Answer, Says
from registry.forms import AnswerField, Checkboxes, DateInput
from registry.inventory.outside_file import Table
from registry.models import UseCase
from registry.models.outside import KINDS

CHOICES = [
    (Says.COVERED, "Covered by use cases of the inventory"),
    (Says.NEW_CASE, "A new case: I will register it"),
    (Says.NOT_AI, "Not AI"),
    (Says.COMMON, "Reported as a common commercial use"),
    (Says.UNRESOLVED, "Not resolved yet"),
]


class OutsideFileForm(forms.Form):
    """A list, what it is, and the day it was true."""

    kind = forms.ChoiceField(choices=KINDS, label="What the list holds")
    file = forms.FileField(
        label="File", widget=forms.FileInput,
        help_text="A workbook (.xlsx) or CSV as the other system gives it; notes above the header may stay.",
    )  # fmt: skip
    name = AnswerField(
        max_length=200, label="Where it comes from", help_text="For example: the security office’s list."
    )
    true_on = forms.DateField(label="True on", widget=DateInput(), help_text="The day the list was drawn up.")

    def __init__(self, data: Any = None, files: Any = None, **start: Any) -> None:
        super().__init__(data, files, initial={"true_on": timezone.localdate(), **start})

    def clean_true_on(self) -> Any:
        """A list is not drawn up tomorrow."""
        day = self.cleaned_data["true_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return day


class ColumnsForm(forms.Form):
    """Which column is which."""

    def __init__(self, kind: str, table: Table, data: Any = None) -> None:
        super().__init__(data)
        choices = [("", "Not in the list")]
        choices += [(str(place), text or f"Column {place + 1}") for place, text in enumerate(table.headers)]
        for part, label in outside.BY_CODE[kind].labels.items():
            start = str(table.guess[part]) if part in table.guess else ""
            self.fields[part] = forms.ChoiceField(choices=choices, required=False, label=label, initial=start)

    def columns(self) -> dict[str, int]:
        """The columns that were chosen."""
        return {part: int(place) for part, place in self.cleaned_data.items() if place}


class LineForm(forms.Form):
    """What is said of one line or of many."""

    says = forms.ChoiceField(choices=CHOICES, label="What is it?", widget=forms.RadioSelect)
    suggested = forms.MultipleChoiceField(required=False, label="Use cases it may be", widget=Checkboxes)
    cases = AnswerField(
        required=False, max_length=600, label="Covered by", help_text="Use Case IDs, with commas between them."
    )
    because = AnswerField(
        required=False, max_length=LONGEST, label="Why", widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed for “Not AI” and for a common commercial use.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, suggested: list[UseCase] | None = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if suggested:
            field: Any = self.fields["suggested"]
            field.choices = [
                (one.use_case_id, f"{one.title} ({one.use_case_id}, {one.component.code})") for one in suggested
            ]
        else:
            del self.fields["suggested"]

    def answer(self) -> Answer:
        """What was said."""
        given = self.cleaned_data
        typed = given["cases"].replace(";", ",").replace("\n", ",").split(",")
        return Answer(given["says"], given["because"], (*given.get("suggested", []), *typed))
