"""Forms of the people pages; the actions hold the rules."""

from django import forms

from accounts.models import Component, Office, Role
from accounts.typed import the_field


class InviteForm(forms.Form):
    """A new person."""

    name = forms.CharField(max_length=150, label="Full name")
    email = forms.EmailField(
        label="E-mail address", help_text="The invitation goes there; signing in follows this address."
    )


class GrantForm(forms.Form):
    """A role for a person."""

    role = forms.ChoiceField(choices=Role.choices, label="Role")
    component = forms.ModelChoiceField(
        Component.objects.all(), required=False, label="Component",
        help_text="For a program officer or component lead.", empty_label="None",
    )  # fmt: skip
    office = forms.ModelChoiceField(
        Office.objects.all(),
        required=False,
        label="Office",
        help_text="For an office reviewer.",
        empty_label="None",
    )
    ends_on = forms.DateField(
        required=False, label="Last day", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave empty for until further notice.",
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        # The stubs type a form's fields as plain Fields; these two are ModelChoiceFields and have the label hook.
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        the_field(self, "component").label_from_instance = lambda c: f"{c.code}, {c.name}"
        the_field(self, "office").label_from_instance = lambda o: f"{o.code}, {o.name}"
