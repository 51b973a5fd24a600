"""Forms of a case's history: which day, known when; which two revisions; why an older one comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from governance.forms.parts import DateInput, long_text

FIRST_YEAR = 1990  # no inventory is older; an earlier day is a slip of the keyboard


class InstantInput(forms.DateTimeInput):
    """The browser's own field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class AsOfForm(forms.Form):
    """A day, and optionally the instant whose knowledge is meant; both in department time."""

    as_of = forms.DateField(label="As of", widget=DateInput(), help_text="What counted at the end of this day.")
    known_at = forms.DateTimeField(
        label="As known at",
        required=False,
        widget=InstantInput(),
        help_text="Leaves out what the portal learned later. Empty: with all that is known now.",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def clean_as_of(self) -> Any:
        """A day somebody can mean."""
        day = self.cleaned_data["as_of"]
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(f"Give a day after 1 January {FIRST_YEAR}.")
        return day

    def clean_known_at(self) -> datetime | None:
        """The future is not known yet."""
        given: datetime | None = self.cleaned_data["known_at"]
        if given and given > timezone.now():
            raise forms.ValidationError("That instant is still to come. Leave it empty for what is known now.")
        return given.replace(second=59, microsecond=999_999) if given else None


class CompareForm(forms.Form):
    """Two revision numbers."""

    older = forms.IntegerField(min_value=1, max_value=10**8)
    newer = forms.IntegerField(min_value=1, max_value=10**8)


class RestoreForm(forms.Form):
    """Why the older answers come back."""

    opened_on = forms.IntegerField(widget=forms.HiddenInput)
    why = long_text("Why do these answers come back?", required=True, rows=3)
