"""Forms of the gates a decided case passes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.typed import the_field
from governance.forms.parts import DateInput, long_text
from governance.forms.use_cases import ReasonForm
from governance.reads.gates import STAGES


class RequestForm(forms.Form):
    """Which stage, why, and when it is planned; bound to the revision the person saw."""

    opened_on = forms.IntegerField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(
        label="What do you ask for?", widget=forms.RadioSelect, error_messages={"required": "Choose the stage."}
    )
    planned_on = forms.DateField(
        label="Planned to begin on", widget=DateInput(),
        error_messages={"required": "Give the day it is planned to begin."},
    )  # fmt: skip
    reason = long_text(
        "Why should it go on?", required=True, rows=4,
        hint="What the pilot or the tests showed, and what is different now. Everybody who reviews it reads this.",
    )  # fmt: skip

    def __init__(self, *args: Any, stages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [
            (stage, {"pilot": "To pilot it", "deployed": "To deploy it"}.get(stage, STAGES[stage])) for stage in stages
        ]
        the_field(self, "stage").choices = words


class ReconsiderForm(ReasonForm):
    """Why the rejection should be looked at again, and what is new."""

    what_is_new = long_text(
        "What is new?", required=True, rows=4,
        hint="What was not known when it was rejected. When answers changed, send the case again instead.",
    )  # fmt: skip


class SuspendForm(ReasonForm):
    """What stops a use, and what has to be mended before it resumes."""

    to_mend = long_text(
        "What has to be mended before it resumes?", required=True, rows=3,
        hint="Name what you will look at then. The owner works from this.",
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """That the answers are still true, bound to the revision the person saw."""

    opened_on = forms.IntegerField(widget=forms.HiddenInput)
    signed = forms.BooleanField(
        label="I have read the answers. They describe the use as it is today.",
        error_messages={"required": "Confirm that the answers are true, or correct them first."},
    )
    note = long_text("A note, if there is something to say", rows=2)


class CertifyForm(forms.Form):
    """The filed revision the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
