"""Forms of waivers, extensions, pilot certificates and of ordering a use stopped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.typed import the_field
from governance import exceptions as rules
from governance.forms.parts import DateInput, long_text
from governance.models import PilotCertificate, Waiver, WaiverRequest
from registry.models import Practice


class AskForm(forms.Form):
    """Everything the Chief AI Officer needs to grant a waiver, so that nothing has to be asked again."""

    ground = forms.ChoiceField(label="Ground", choices=Waiver.Ground.choices, widget=forms.RadioSelect)
    risk_assessment = forms.CharField(
        label="Risk assessment", max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Specific to this system and its context: which risk remains, and what limits it",
    )  # fmt: skip
    mitigations = forms.CharField(
        label="What is done meanwhile", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Conditions and safeguards while the practice is waived",
    )  # fmt: skip
    consulted = forms.CharField(
        label="Officials consulted", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: name, capacity",
    )  # fmt: skip
    public_summary = forms.CharField(
        label="Summary for the public", max_length=3000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What is waived and why, in plain words. It is published with the inventory.",
    )  # fmt: skip
    expires_on = forms.DateField(label="Last day", widget=DateInput(), help_text="At most a year from today")

    def clean_consulted(self) -> list[dict[str, str]]:
        """Each line is a name and a capacity."""
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["consulted"].splitlines())):
            name, _, capacity = line.partition(",")
            if not capacity.strip():
                raise forms.ValidationError(f"Give the capacity after a comma: {line}")
            found.append({"name": name.strip(), "capacity": capacity.strip()})
        return found


class WaiverForm(AskForm):
    """The Chief AI Officer waives one practice, in writing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consulted"].required = True


def terms_of(row: WaiverRequest | Waiver) -> dict[str, Any]:
    """What a request or an earlier waiver said, to begin with."""
    return {
        "ground": row.ground, "risk_assessment": row.risk_assessment, "mitigations": row.mitigations,
        "consulted": row.consulted_words, "public_summary": row.public_summary, "expires_on": row.expires_on,
    }  # fmt: skip


class WhyForm(forms.Form):
    """A reason."""

    reason = long_text("Why", required=True, rows=3)

    def __init__(self, *args: Any, label: str = "Why", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint


class CertifyForm(forms.Form):
    """For how long, and why still."""

    until = forms.DateField(label="New last day", widget=DateInput(), help_text="At most a year from today")
    reason = long_text("Why it is still needed", required=True, rows=3)


class ReportForm(forms.Form):
    """What OMB was told, when."""

    about = forms.CharField(widget=forms.HiddenInput)
    reported_on = forms.DateField(label="Reported to OMB on", widget=DateInput())
    reference = forms.CharField(label="Reference", max_length=300, help_text="Of the message or the submission")


class ExtensionForm(forms.Form):
    """What OMB granted, and the document that shows it."""

    instrument = forms.ChoiceField(label="Granted under", widget=forms.RadioSelect)
    granted_by = forms.CharField(label="Granted by", max_length=200, initial="OMB")
    granted_on = forms.DateField(label="Granted on", widget=DateInput())
    until = forms.DateField(label="Last day", widget=DateInput())
    practices = forms.MultipleChoiceField(
        label="Practices it covers", choices=Practice.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all seven",
    )  # fmt: skip
    source = forms.CharField(
        label="Document that shows it", max_length=500, help_text="The letter or message, and where it is kept"
    )
    note = long_text("Note", rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = rules.in_force(timezone.localdate()).extensions
        field = the_field(self, "instrument")
        field.choices = [(one.instrument, one.name) for one in known if one.exist]
        field.help_text = " ".join(f"{one.name} is not offered: {one.because}" for one in known if not one.exist)


class PilotForm(forms.Form):
    """How far a pilot reaches, for how long, and what people are told."""

    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    scale = long_text("Scale", required=True, rows=3, hint="Where, how many people, how many decisions")
    starts_on = forms.DateField(label="First day", widget=DateInput())
    ends_on = forms.DateField(label="Last day", widget=DateInput())
    choice = forms.ChoiceField(
        label="Can people choose?", choices=PilotCertificate.Choice.choices, widget=forms.RadioSelect
    )
    notice = long_text("Notice", required=True, rows=3, hint="How people are told; why there is no choice, if so")
    applied = forms.MultipleChoiceField(
        label="Practices applied", choices=Practice.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="These are still asked for; the certificate excuses the others while it runs.",
    )  # fmt: skip
    not_applied = long_text("Why the others are not practicable", rows=3)


class ClosePilotForm(forms.Form):
    """What follows."""

    how = forms.ChoiceField(
        label="What follows", widget=forms.RadioSelect,
        choices=[one for one in PilotCertificate.Closed.choices if one[0] != "renewed"],
    )  # fmt: skip
    reason = long_text("What the pilot showed", required=True, rows=3)


class DiscontinueForm(forms.Form):
    """Why it is stopped, from when."""

    reason = long_text("Why it is stopped rather than waived", required=True, rows=4)
    effective_on = forms.DateField(label="Effective", widget=DateInput(), help_text="Today or later")
