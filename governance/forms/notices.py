"""What a person is mailed."""

from typing import Any

from django import forms

from accounts.models import User
from governance.models import How
from governance.reads import inbox


class ChoicesForm(forms.Form):
    """One question a group."""

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data)
        for group, how in inbox.choices(person):
            self.fields[group.code] = forms.ChoiceField(
                choices=How.choices, initial=how, label=group.label, help_text=group.help, widget=forms.RadioSelect
            )
