"""What several forms have: conditions with due dates, and options with a hint each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

ROWS = 4


class DateInput(forms.DateInput):
    """The browser's own date field, in ISO form."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def options(field: forms.BoundField, hints: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """A choice field's options as rows of a dense list: id, value, label, hint, whether it is chosen."""
    value = field.value()
    chosen = {str(item) for item in value} if isinstance(value, (list, tuple)) else {str(value)}
    return [
        {
            "id": f"{field.auto_id}_{n}",
            "value": code,
            "label": label,
            "hint": (hints or {}).get(str(code), ""),
            "is_chosen": str(code) in chosen,
        }
        for n, (code, label) in enumerate(field.field.choices)  # type: ignore[attr-defined]
        if code != ""
    ]


class ConditionsForm(forms.Form):
    """Rows of a condition and its due date; empty rows are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, ROWS + 1):
            self.fields[f"condition_{n}"] = forms.CharField(
                label=f"Condition {n}", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"due_{n}"] = forms.DateField(
                label=f"Condition {n} is due on", required=False, widget=DateInput()
            )

    def condition_rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, for the template."""
        for n in range(1, ROWS + 1):
            yield self[f"condition_{n}"], self[f"due_{n}"]

    def clean(self) -> dict[str, Any]:
        """A condition needs its day, and a day its condition."""
        given = super().clean() or self.cleaned_data
        for n in range(1, ROWS + 1):
            text, due = given.get(f"condition_{n}"), given.get(f"due_{n}")
            if text and not due and f"due_{n}" not in self.errors:
                self.add_error(f"due_{n}", "Give the day it is due.")
            if due and not text:
                self.add_error(f"condition_{n}", "Write the condition, or take out the date.")
        return given

    def conditions(self) -> list[tuple[str, date]]:
        """What was written, in order."""
        given = self.cleaned_data
        rows = [(given.get(f"condition_{n}"), given.get(f"due_{n}")) for n in range(1, ROWS + 1)]
        return [(text, due) for text, due in rows if text and due]


def long_text(label: str, *, required: bool = False, hint: str = "", rows: int = 4) -> forms.CharField:
    """A box for sentences."""
    return forms.CharField(
        label=label, required=required, help_text=hint, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows})
    )
