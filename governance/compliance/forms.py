"""Forms behind the practices page."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.typed import the_field
from registry.models import Evidence, UseCase


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EvidenceForm(forms.Form):
    """A document that shows the practice was done."""

    title = forms.CharField(label="Document or act", max_length=300, help_text="For example: Report of the field trial")
    evidence = forms.ModelChoiceField(
        Evidence.objects.none(), label="File or link of this case", required=False, empty_label="None",
    )  # fmt: skip
    reference = forms.CharField(
        label="Or where it is kept", max_length=500, required=False, help_text="A file number or a place"
    )
    effective_on = forms.DateField(label="Date of the document", widget=_Day)
    expires_on = forms.DateField(
        label="Valid until", widget=_Day, required=False, help_text="Leave blank if it does not run out"
    )
    note = forms.CharField(label="What it shows", max_length=2000, required=False, widget=forms.Textarea)

    def __init__(self, data: Any = None, *, use_case: UseCase, practice: str, chosen: str = "") -> None:
        standing = Evidence.objects.filter(use_case=use_case).standing()
        first = next((row for row in standing if str(row.uuid) == chosen), None)
        initial = {"evidence": first.pk, "title": first.title, "effective_on": first.dated_on,
                   "expires_on": first.expires_on} if first else {}  # fmt: skip
        super().__init__(data, initial=initial)
        the_field(self, "evidence").queryset = standing.filter(Q(practice=practice) | Q(practice=""))


class VerificationForm(forms.Form):
    """Somebody independent looked at the evidence."""

    title = forms.CharField(label="What you looked at", max_length=300)
    effective_on = forms.DateField(label="Date", widget=_Day)
    note = forms.CharField(label="What you found", max_length=2000, required=False, widget=forms.Textarea)


class AcceptanceForm(forms.Form):
    """The Chief AI Officer accepts that a practice does not apply."""

    title = forms.CharField(label="Why it does not apply", max_length=300)
    reference = forms.CharField(label="Citation", max_length=500, help_text="Law, section, or the operational reason")
    effective_on = forms.DateField(label="Date", widget=_Day)
    note = forms.CharField(label="Note", max_length=2000, required=False, widget=forms.Textarea)
