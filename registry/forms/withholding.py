"""The form of a verdict on a withholding."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from registry.actions.withholding import LONGEST, Verdict
from registry.forms import AnswerField, DateInput

CHOICES = [
    (Verdict.UPHELD, "Upheld: the ground holds for what is withheld"),
    (Verdict.REFUSED, "Refused: the ground does not carry it"),
]


class VerdictForm(forms.Form):
    """Upheld until a day, or refused, and why."""

    verdict = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, label="Your verdict")
    expires_on = forms.DateField(
        required=False, widget=DateInput(), label="Upheld until",
        help_text="Two years at most. The owner and you are told 30 and 7 days before.",
    )  # fmt: skip
    why = AnswerField(
        max_length=LONGEST, label="Why", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name the law or exemption. The owner and the next reviewer read it.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"expires_on": timezone.localdate() + timedelta(days=365)})

    def clean(self) -> Any:
        """What is upheld has an end."""
        given = super().clean() or {}
        if given.get("verdict") == Verdict.UPHELD and not given.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", "Say until when it holds.")
        return given

    @property
    def until(self) -> date | None:
        """The day given."""
        day: date | None = self.cleaned_data.get("expires_on")
        return day
