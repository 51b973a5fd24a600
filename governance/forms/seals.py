"""A seal as a report prints it."""

from django import forms


class PrintedForm(forms.Form):
    """Its number and its hash."""

    number = forms.IntegerField(label="Number of the seal", min_value=1, max_value=2_000_000_000)
    sha256 = forms.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$", label="Its SHA-256", max_length=80,
        help_text="64 digits and letters a to f, on the first page of the report.",
        error_messages={"invalid": "Give all 64 digits and letters, as they are printed."},
    )  # fmt: skip
