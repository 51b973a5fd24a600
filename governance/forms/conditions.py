"""Forms of one condition: reporting it met, giving it back, its day, who sees to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, User
from accounts.typed import the_field
from governance.forms.parts import DateInput, long_text
from governance.models import Condition
from registry.models import Evidence
from registry.permissions.talk import evidence_visible_to


class MetForm(forms.Form):
    """Which file or link of the case shows that the condition is met, and what it shows."""

    proof = forms.ModelChoiceField(
        queryset=Evidence.objects.none(), label="What shows it", empty_label="Choose a file or a link",
        error_messages={"required": "Choose the file or link that shows it."},
    )  # fmt: skip
    note = long_text("In a sentence: what does it show?", rows=2)

    def __init__(self, *args: Any, condition: Condition, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = evidence_visible_to(user).filter(use_case=condition.use_case_id)
        the_field(self, "proof").queryset = rows.standing()


class NotAcceptedForm(forms.Form):
    """What is still missing."""

    reason = long_text("What is still missing", required=True, rows=2)


class DueForm(forms.Form):
    """Another day, and why."""

    due_on = forms.DateField(label="New day", widget=DateInput())
    reason = long_text("Why it moves", required=True, rows=2)


class OwnerForm(forms.Form):
    """Who sees to it: somebody of the component that owns the case, or its owner."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Who sees to it", required=False, empty_label="The owner of the case"
    )

    def __init__(self, *args: Any, condition: Condition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.current().filter(component=condition.component_id).values("user")
        the_field(self, "owner").queryset = User.objects.filter(pk__in=people)
