"""A seal as a report prints it."""

from django import forms


class Sha256Field(forms.RegexField):
    """64 hexadecimal digits, in the log's spelling: what is copied from a page may be broken over two lines."""

    def to_python(self, value: str | None) -> str:
        """Without any blanks, in small letters."""
        return "".join(str(super().to_python(value) or "").split()).lower()


class PrintedForm(forms.Form):
    """Its number and its hash."""

    number = forms.IntegerField(label="Number of the seal", min_value=1, max_value=2_000_000_000)
    sha256 = Sha256Field(
        r"^[0-9a-f]{64}$", label="Its SHA-256", max_length=200,
        help_text="64 digits and letters a to f, in the last lines of the report.",
        error_messages={"invalid": "Give all 64 digits and letters. The foot of a page has the first 16 only; the last "
                        "lines of the report have them all."},
    )  # fmt: skip
