"""Forms of a hold and of an order to stop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.typed import the_field
from governance.forms.parts import DateInput, long_text
from governance.models import HoldWord, StopOrder


class WordForm(forms.Form):
    """What the office says; `seen` is its word as the page showed it."""

    office = forms.CharField(widget=forms.HiddenInput)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    says = forms.ChoiceField(
        label="The prohibition", choices=HoldWord.Says.choices, widget=forms.RadioSelect,
        error_messages={"required": "Say whether the prohibition applies."},
    )  # fmt: skip
    reasons = long_text("Reasons", required=True, hint="They are the record of the determination.")


class WhyForm(forms.Form):
    """Why the offices are asked again."""

    reason = long_text("Why the offices are asked again", required=True, rows=2)


class BoardQuestionForm(forms.Form):
    """What the Board is asked."""

    question = long_text("What the Board is asked", required=True, rows=2)


class BoardAnswerForm(forms.Form):
    """What the Board said."""

    reopens = forms.TypedChoiceField(
        label="The Board says", choices=[("no", "It stays as it is"), ("yes", "The offices are asked once more")],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        error_messages={"required": "Say what the Board said."},
    )  # fmt: skip
    minutes = long_text("Minutes", required=True, rows=3)

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_open:  # the offices are asked already
            the_field(self, "reopens").choices = [("no", "Noted: the offices determine it")]


class StoppedForm(forms.Form):
    """How and since when the use is stopped, and what shows it."""

    stopped_on = forms.DateField(label="Stopped since", widget=DateInput())
    how = forms.ChoiceField(
        label="How it was stopped", choices=StopOrder.How.choices, widget=forms.RadioSelect,
        error_messages={"required": "Say how the use was stopped."},
    )  # fmt: skip
    evidence = long_text("What shows it", required=True, rows=2, hint="A change record, a letter; where it is kept.")

    def clean_stopped_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["stopped_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Report it once it is stopped: the day lies ahead.")
        return day


class NotStoppedForm(forms.Form):
    """What still runs."""

    reason = long_text("What still runs, or is not shown", required=True, rows=2)
