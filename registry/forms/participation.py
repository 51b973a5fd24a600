"""Forms about like cases: what yours is, what your component's part is, and the owner's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.typed import the_field
from registry.forms import AnswerField
from registry.similar import Match

NEW, REUSE, JOIN = "new", "reuse", "join"


def _prose(label: str, hint: str = "", *, required: bool = True) -> AnswerField:
    area = forms.Textarea(attrs={"rows": 3})
    return AnswerField(label=label, help_text=hint, max_length=1000, widget=area, required=required)


class SimilarForm(forms.Form):
    """What yours is beside the like cases that were shown; the answer is kept."""

    similar_answer = forms.ChoiceField(
        label="What is yours?",
        choices=[
            (NEW, "Another use case than these"),
            (REUSE, "It reuses one of these for another purpose"),
            (JOIN, "It is one of these: my component asks to take part in it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what yours is beside the cases shown."},
    )
    which = forms.ChoiceField(
        label="Which one, if it is or reuses one of these?", choices=[], widget=forms.RadioSelect, required=False
    )
    why = _prose(
        "In a sentence", "How it differs, what it reuses, or what your component would use it for.", required=True
    )

    def __init__(self, matches: Sequence[Match], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches = {match.use_case.pk: match for match in matches}
        the_field(self, "which").choices = [
            (str(number), f"{match.use_case.title}, {match.use_case.component.code}")
            for number, match in enumerate(matches, start=1)
        ]
        the_field(self, "which").is_answer = True  # the label says when it is needed
        self._numbered = {str(number): match for number, match in enumerate(matches, start=1)}
        if len(matches) == 1:
            self.fields["which"].initial = "1"
        self.fields["why"].error_messages["required"] = "Say it in a sentence: it is kept with the case."

    def clean(self) -> dict[str, Any]:
        """Reusing and joining name one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("similar_answer") in (REUSE, JOIN) and not cleaned.get("which"):
            self.add_error("which", "Say which of these.")
        return cleaned

    @property
    def chosen(self) -> Match:
        """The like case that was named; only of a valid form that joins or reuses."""
        return self._numbered[self.cleaned_data["which"]]


class AnswerJoinForm(forms.Form):
    """The owner's answer to a request to take part."""

    answer = _prose("Answer", "They read this. Needed when you decline.", required=False)


class PartForm(forms.Form):
    """A participant's part in its own words."""

    text = _prose("What your component uses it for")


class LeaveForm(forms.Form):
    """Why a component no longer takes part."""

    why = _prose("Why does your component no longer take part?")
