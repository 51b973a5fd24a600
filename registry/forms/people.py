"""Forms of handing cases over."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Component, User
from accounts.typed import the_field
from registry.forms import AnswerField, DateInput
from registry.models import Handover

NOTE = "What they should know: what is open, who to ask, where things are. They see it before they answer."


class AssignForm(forms.Form):
    """Whom to ask, as what, with what to know. The backup owners of the cases stand first."""

    to = forms.ChoiceField(label="Who should take over?")
    kind = forms.ChoiceField(
        choices=[(Handover.Kind.OWNER, "As owner"), (Handover.Kind.BACKUP, "As backup owner")],
        widget=forms.RadioSelect, initial=Handover.Kind.OWNER, label="As what?",
    )  # fmt: skip
    note = AnswerField(
        required=False, max_length=5000, label="Hand-over note", help_text=NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, backups: list[User], others: list[User], user: Any, data: Any = None, note: str = "") -> None:
        super().__init__(data, initial={"note": note})
        self.people = {str(person.pk): person for person in [*backups, *others]}
        words = {key: f"{person} (you)" if person == user else str(person) for key, person in self.people.items()}
        first = [(str(person.pk), words[str(person.pk)]) for person in backups]
        rest = [(str(person.pk), words[str(person.pk)]) for person in others]
        groups: list[Any] = [("Backup owner", first), ("Others of the component", rest)] if first else rest
        the_field(self, "to").choices = [("", "Choose one"), *groups]

    @property
    def person(self) -> User:
        """Whom the form names."""
        return self.people[self.cleaned_data["to"]]


class TransferForm(forms.Form):
    """To which component, with what to know."""

    component = forms.ModelChoiceField(Component.objects.none(), label="Component", empty_label="Choose one")
    note = AnswerField(
        max_length=5000, label="Hand-over note", widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Why it belongs there, and what they should know. Their lead sees it before answering.",
    )  # fmt: skip

    def __init__(self, components: Any, data: Any = None) -> None:
        super().__init__(data)
        the_field(self, "component").queryset = components
        the_field(self, "component").label_from_instance = lambda c: f"{c.code}, {c.name}"


class LeavingForm(forms.Form):
    """When one goes, and what whoever follows should know."""

    leaves_on = forms.DateField(label="My last day", widget=DateInput())
    note = AnswerField(
        required=False, max_length=5000, label="Hand-over note", widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It stays with every case you own, for your lead and whoever takes over.",
    )  # fmt: skip

    def clean_leaves_on(self) -> Any:
        """Nobody announces a day that is over."""
        day = self.cleaned_data["leaves_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("This day is over.")
        return day
