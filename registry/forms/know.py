"""Forms of need to know: which answers are restricted, and who is named."""

from typing import Any

from django import forms

from accounts.models import Membership, Office, User
from accounts.typed import the_field
from registry import editions, handling
from registry.forms import AnswerField, Checkboxes
from registry.models import NeedToKnow, UseCase

WHY = "Stands in the log, for those who may know."


class RestrictForm(forms.Form):
    """The answers that can be restricted one by one, by section; a choice stays with the case."""

    fields_ = forms.MultipleChoiceField(
        required=False, widget=Checkboxes, label="Answers only people with need to know may read",
        help_text="Everybody else reads “Restricted” and whom to ask. The name, the contact and what is chosen from a "
        "list stand in lists, searches and counts: to keep one of those back, restrict the whole case above.",
    )  # fmt: skip
    reason = AnswerField(max_length=500, label="Why", help_text=WHY)

    def __init__(self, use_case: UseCase, data: Any = None) -> None:
        initial = {"fields_": use_case.restricted_fields}
        super().__init__(data, initial=initial, prefix="restrict")
        the_field(self, "fields_").choices = answered(use_case)
        the_field(self, "fields_").is_answer = True


def answered(use_case: UseCase) -> list[tuple[str, list[tuple[str, str]]]]:
    """The answers of the case that can be restricted, and those that are, under their sections."""
    found = []
    for section in editions.of(use_case).sections:
        able = {q.field: q for q in section.questions if handling.can_be_restricted(q)}
        held = handling.present(use_case.document, able) | (able.keys() & set(use_case.restricted_fields))
        rows = [(name, question.title) for name, question in able.items() if name in held]
        if rows:
            found.append((section.title, rows))
    return found


class NameForm(forms.Form):
    """A person or an office that needs to know, and why."""

    person = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody", label="Person")
    office = forms.ModelChoiceField(
        Office.objects.none(), required=False, empty_label="No office", label="Or an office"
    )
    because = AnswerField(max_length=200, label="Why they need to know", help_text=WHY)

    def __init__(self, use_case: UseCase, data: Any = None) -> None:
        super().__init__(data, prefix="name")
        named = NeedToKnow.objects.filter(use_case=use_case)
        working = Membership.objects.current().values("user")
        people = User.objects.filter(pk__in=working, is_active=True, is_system=False)
        people = people.exclude(pk__in=named.exclude(user=None).values("user"))
        people = people.exclude(pk__in=[use_case.owner_id or 0, use_case.backup_owner_id or 0])
        offices = Office.objects.filter(agency=use_case.agency_id).exclude(
            pk__in=named.exclude(office=None).values("office")
        )
        the_field(self, "person").queryset = people.order_by("name")
        the_field(self, "office").queryset = offices
        the_field(self, "office").label_from_instance = lambda office: office.name
        for name in ("person", "office"):
            the_field(self, name).is_answer = True

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(given.get("person")) == bool(given.get("office")):
            self.add_error("person", "Choose a person or an office, one of the two.")
        return given
