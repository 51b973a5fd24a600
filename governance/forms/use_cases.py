"""Forms of a case's own steps."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.forms.parts import long_text
from governance.left_out import GROUNDS


class StatementForm(forms.Form):
    """The statement one signs, bound to the revision that was checked."""

    opened_on = forms.IntegerField(widget=forms.HiddenInput)
    signed = forms.BooleanField(
        label="I sign this statement", error_messages={"required": "Sign the statement to send the case."}
    )


class ReasonForm(forms.Form):
    """Why: for withdrawing, suspending, resuming and retiring."""

    reason = long_text("Reason", required=True, rows=4)

    def __init__(self, *args: Any, label: str = "Reason", hint: str = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint
        self.fields["reason"].required = required


class WithdrawForm(ReasonForm):
    """Why a case is taken out: a ground for the log of what was left out, and words."""

    ground = forms.ChoiceField(
        label="Why is it withdrawn?", choices=list(GROUNDS.items()), widget=forms.RadioSelect,
        error_messages={"required": "Choose why."},
    )  # fmt: skip
    field_order = ("ground", "reason")
