"""What several forms have: conditions with due dates, and options with a hint each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import Membership
from governance.condition_terms import NEXT_STAGE, NOTHING, Terms
from registry.models import Practice, UseCase

ROWS = 4
BLOCKS = [
    (NEXT_STAGE, "The next stage"),
    (NOTHING, "Nothing"),
    ("One minimum practice", [(f"practice:{code}", label) for code, label in Practice.choices]),
]


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
        for n, (code, label) in enumerate(field.field.choices)  # type: ignore[attr-defined]  # a choice field's
        if code != ""
    ]


class ConditionsForm(forms.Form):
    """Rows of a condition: words, day, what it blocks, who sees to it, what follows; empty rows are left out."""

    def __init__(self, *args: Any, case: UseCase | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", f"The owner{f', {case.owner}' if case and case.owner else ''}"), *_people_of(case)]
        for n in range(1, ROWS + 1):
            self.fields[f"condition_{n}"] = forms.CharField(
                label=f"Condition {n}", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"due_{n}"] = forms.DateField(
                label=f"Condition {n} is due on", required=False, widget=DateInput()
            )
            self.fields[f"blocks_{n}"] = forms.ChoiceField(
                label=f"Condition {n} blocks", required=False, choices=BLOCKS, initial=NEXT_STAGE
            )
            self.fields[f"owner_{n}"] = forms.ChoiceField(
                label=f"Who sees to condition {n}", required=False, choices=people
            )
            self.fields[f"consequence_{n}"] = forms.CharField(
                label=f"If condition {n} is not met", required=False, max_length=500
            )

    def condition_rows(self) -> Iterator[dict[str, forms.BoundField]]:
        """The fields of each row, for the template."""
        for n in range(1, ROWS + 1):
            yield {name: self[f"{name}_{n}"] for name in ("condition", "due", "blocks", "owner", "consequence")}

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

    def conditions(self) -> list[Terms]:
        """What was written, in order."""
        return [self._terms(n) for n in range(1, ROWS + 1) if self.cleaned_data.get(f"condition_{n}")]

    def _terms(self, n: int) -> Terms:
        given = self.cleaned_data
        blocks = given.get(f"blocks_{n}") or NEXT_STAGE
        practice = blocks.removeprefix("practice:") if blocks.startswith("practice:") else ""
        owner = given.get(f"owner_{n}")
        return Terms(
            given[f"condition_{n}"], given[f"due_{n}"], "practice" if practice else blocks, practice,
            given.get(f"consequence_{n}", ""), int(owner) if owner else None,
        )  # fmt: skip


def _people_of(case: UseCase | None) -> list[tuple[str, str]]:
    """Who may be named to see to a condition: the people of the component that owns the case."""
    if case is None:
        return []
    rows = Membership.objects.current().filter(component=case.component_id).select_related("user")
    return sorted({(str(row.user_id), row.user.name) for row in rows}, key=lambda one: one[1])


def long_text(label: str, *, required: bool = False, hint: str = "", rows: int = 4) -> forms.CharField:
    """A box for sentences."""
    return forms.CharField(
        label=label, required=required, help_text=hint, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows})
    )
