"""Forms of a finding: a comment, whose it is, accepting its risk, taking that back; and the same for several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Office, User
from governance.forms.parts import DateInput, long_text
from registry.models import Evidence
from registry.reads.talk import with_roles


class NoteForm(forms.Form):
    """A comment, evidence of the case, or both."""

    text = long_text("Comment", rows=3)

    def __init__(self, data: Any = None, *, evidence: Iterable[Evidence] = ()) -> None:
        super().__init__(data)
        self.rows = {str(one.pk): one for one in evidence}
        if self.rows:
            choices = [("", "None"), *((key, one.title) for key, one in self.rows.items())]
            self.fields["evidence"] = forms.ChoiceField(label="Evidence of the case", choices=choices, required=False)

    def words(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        return {"text": given.get("text", ""), "evidence": self.rows.get(given.get("evidence", ""))}


class AssignForm(forms.Form):
    """A person who may see the case, or an office."""

    to = forms.ChoiceField(label="Person or office")

    def __init__(self, data: Any = None, *, people: Iterable[User], offices: Iterable[Office]) -> None:
        super().__init__(data)
        named = list(people)
        self.people, self.offices = {f"p{one.pk}": one for one in named}, {f"o{one.pk}": one for one in offices}
        groups = [
            ("People", [(f"p{pk}", words) for pk, words in with_roles(named)]),
            ("Offices", [(key, f"{one.name} ({one.code})") for key, one in self.offices.items()]),
        ]
        self.fields["to"] = forms.ChoiceField(label="Person or office", choices=[("", "Choose"), *groups])

    def words(self) -> dict[str, Any]:
        """What the action takes."""
        to = self.cleaned_data["to"]
        return {"person": self.people.get(to), "office": self.offices.get(to)}


class AcceptForm(forms.Form):
    """Why the risk is accepted, and through which day."""

    until = forms.DateField(label="Accepted through", widget=DateInput())
    reason = long_text("Why", required=True, rows=3)

    def words(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)


class BackForm(forms.Form):
    """Why the acceptance is taken back."""

    reason = long_text("Why", required=True, rows=3)

    def words(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)
