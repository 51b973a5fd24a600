"""Forms of a lane besides its decision: a question and its answer, the second reader, calling in, signing together."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Office, User
from accounts.typed import the_field
from governance.actions.conflicts import NO_CONFLICT_IN_ANY
from governance.forms.parts import long_text


class AskForm(forms.Form):
    """A question and to whom."""

    of = forms.TypedChoiceField(label="To", coerce=int, error_messages={"required": "Choose whom you ask."})
    text = long_text("Your question", required=True, rows=3)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in people}
        the_field(self, "of").choices = [(person.pk, str(person)) for person in people]
        the_field(self, "text").max_length = 5_000

    def person(self) -> User:
        """Who is asked."""
        return self.people[self.cleaned_data["of"]]


class AnswerForm(forms.Form):
    """The answer to an office's question."""

    text = long_text("Your answer", required=True, rows=4)


class DisagreeForm(forms.Form):
    """Why the second reader does not agree."""

    note = long_text("Note to the first reader", required=True, rows=3)


class CallInForm(forms.Form):
    """For which office, and why."""

    office = forms.ModelChoiceField(
        Office.objects.none(), label="For", empty_label=None, error_messages={"required": "Choose your office."}
    )
    reason = long_text("What does your office have to look at?", required=True, rows=3)

    def __init__(self, *args: Any, offices: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["office"]
        field.queryset = Office.objects.filter(pk__in=[office.pk for office in offices])
        field.label_from_instance = lambda office: office.name
        if len(offices) == 1:
            field.widget, field.initial = forms.HiddenInput(), offices[0].pk


class TogetherForm(forms.Form):
    """One message and one statement for all."""

    message = long_text("Message", hint="Optional; it stands on the record of each case.", rows=3)
    no_conflict = forms.BooleanField(
        label=NO_CONFLICT_IN_ANY, error_messages={"required": "Say whether you have a conflict of interest."}
    )

    def __init__(self, *args: Any, asks_conflict: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_conflict:  # asked once a round
            del self.fields["no_conflict"]
