"""Forms of the waves of reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Component
from accounts.typed import the_field
from governance.forms.parts import DateInput, long_text
from governance.models import Wave
from governance.reads.waves import Tier


class WaveForm(forms.Form):
    """Which cases are asked, under what name, by when."""

    tier = forms.ChoiceField(
        label="Which cases?", widget=forms.RadioSelect, error_messages={"required": "Choose which cases."}
    )
    component = forms.ChoiceField(label="Of which component?", required=False)
    name = forms.CharField(label="Name of the wave", max_length=100)
    due_on = forms.DateField(
        label="Cases are sent by", widget=DateInput(), error_messages={"required": "Give the day."}
    )
    note = long_text("A word to who owns the cases", rows=3, hint="Stands in the mail and on the wave's page.")

    def __init__(self, *args: Any, tiers: Iterable[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(one.code, f"{one.label}: {one.number} case{'' if one.number == 1 else 's'}") for one in tiers]
        the_field(self, "tier").choices = words
        codes = Component.objects.order_by("code").values_list("code", flat=True)
        the_field(self, "component").choices = [("", "All"), *((code, code) for code in codes)]


class LeaveForm(forms.Form):
    """Excuse a case, or move it to a later wave, with the reason."""

    to = forms.ModelChoiceField(
        queryset=Wave.objects.none(), label="What becomes of it?", required=False, empty_label="It is excused"
    )
    reason = long_text("Why?", required=True, rows=3)

    def __init__(self, *args: Any, later: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        the_field(self, "to").queryset = later
