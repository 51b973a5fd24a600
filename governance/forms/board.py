"""Forms of the Board: a meeting, a vote, the minutes of an item."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.typed import the_field
from governance.forms.parts import ConditionsForm, DateInput, long_text, options
from governance.models import Board, Vote


class MeetingForm(forms.Form):
    """A date for the Board."""

    board = forms.ModelChoiceField(queryset=Board.objects.none(), empty_label=None)
    held_on = forms.DateField(label="Day", widget=DateInput())
    place = forms.CharField(label="Place", required=False, max_length=200, help_text="Room or call.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = Board.objects.order_by("pk")
        the_field(self, "board").queryset = boards
        self.fields["board"].initial = boards.first()


class VoteForm(forms.Form):
    """One member's vote."""

    choice = forms.ChoiceField(
        label="Your vote", choices=Vote.Choice.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    comment = long_text("Comment", hint="A condition you ask for, or why.", rows=3)

    def __init__(self, *args: Any, only_recuse: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_recuse:
            the_field(self, "choice").choices = [(Vote.Choice.RECUSE.value, Vote.Choice.RECUSE.label)]

    def choice_rows(self) -> list[dict[str, Any]]:
        """The votes as rows."""
        return options(self["choice"], {"recuse": "You leave the item; you do not count as present"})


class CloseItemForm(ConditionsForm):
    """What the secretary records with the result of the vote."""

    minutes = long_text(
        "Minutes of the item", required=True, hint="What was said and why; it is the decision's reason."
    )
    objections_answered = long_text("Answer to the objection", rows=3)
