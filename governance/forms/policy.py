"""Signing the status of an edition, choosing two to compare, bringing a draft."""

from typing import Any

from django import forms
from django.utils import timezone

from governance.reads.policy import STATUSES
from registry.forms import AnswerField, DateInput


class StatusForm(forms.Form):
    """What is signed, from which day, and the source that says so."""

    status = forms.ChoiceField(choices=list(STATUSES.items()), label="Status")
    from_on = forms.DateField(label="From", widget=DateInput())
    source = AnswerField(
        max_length=2000, label="Source", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The document that says so: its title, who issued it, its date, where it is kept.",
    )  # fmt: skip


class DraftForm(forms.Form):
    """A draft edition and the day whose cases are taken."""

    file = forms.FileField(
        label="Draft edition", widget=forms.FileInput,
        help_text="A YAML file written like those of the catalogue, up to 1 MB. It is not loaded, only tried out.",
    )  # fmt: skip
    as_of = forms.DateField(label="Cases as of", widget=DateInput())

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"as_of": timezone.localdate()})

    def clean_file(self) -> tuple[str, str]:
        """Its name and its text."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError("The file is larger than 1 MB; an edition is a text of some pages.")
        try:
            return given.name, given.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("This is not a text file in UTF-8.") from None


LARGEST = 1_000_000
