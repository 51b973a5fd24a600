"""Asking for a run of the checks."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Component


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class RunForm(forms.Form):
    """Over what, as of which day, and with what was known when."""

    component = forms.ModelChoiceField(
        Component.objects.none(), label="Component", required=False, empty_label="The whole registry"
    )
    as_of = forms.DateField(
        label="As of", widget=_Day, required=False,
        help_text="A past day is repeated with what is known of it now, and changes no finding. Blank: today.",
    )  # fmt: skip
    known_at = forms.DateTimeField(
        label="Known at", widget=_Moment, required=False,
        help_text="Leaves out what was recorded later. Blank: all that is known.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["component"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Component.objects.order_by("code")

    def clean_as_of(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Give today or a day that has passed.")
        return day
