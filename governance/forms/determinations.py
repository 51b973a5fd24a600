"""Forms of determinations: the parts a decision has too, whether it is AI, acknowledging, and naming officials."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Component, User
from accounts.typed import the_field
from governance.determining import BASIS, Determined
from governance.forms.parts import DateInput, long_text, options
from governance.forms.standing_in import people
from registry import questionnaire

HINTS = {
    "presumed_not_high_impact": "Clears the presumption: needs the documentation and the public summary",
    "not_high_impact": "Of a use in no presumed category",
}


class DeterminedMixin(forms.Form):
    """What is determined of the impact, the same on every page where it is signed (M-25-21 section 4(a))."""

    impact = forms.ChoiceField(label="You determine that it is", required=False, widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(
        label="Presumed categories", required=False, widget=forms.CheckboxSelectMultiple
    )
    principal_basis = forms.ChoiceField(
        label=BASIS, required=False, widget=forms.RadioSelect,
        choices=[("yes", "Yes, which makes it high-impact"), ("no", "No")],
    )  # fmt: skip
    reasoning = long_text("Why it is, or is not, a principal basis", rows=3)
    justification = long_text(
        "Justification", rows=3, hint="Of a cleared presumption it is what the inventory reports."
    )
    documentation = long_text(
        "Documentation for the Chief AI Officer", rows=5, hint="Needed to clear a presumption: what was looked at."
    )
    public_summary = long_text("Public summary", rows=3, hint="Needed to clear a presumption; the public may read it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = questionnaire.every()
        the_field(self, "impact").choices = list(asked["is_high_impact"].choices)
        letters = [(code, label) for code, label in asked["scr_presumed_categories"].choices if code != "none"]
        the_field(self, "categories").choices = letters

    def impact_rows(self) -> list[dict[str, Any]]:
        """The three answers on the impact."""
        return options(self["impact"], HINTS)

    def category_rows(self) -> list[dict[str, Any]]:
        """The presumed categories a to o."""
        return options(self["categories"])

    def basis_rows(self) -> list[dict[str, Any]]:
        """Yes and no."""
        return options(self["principal_basis"])

    @property
    def is_clearing(self) -> bool:
        """Whether the fields that clear a presumption are to be open at once."""
        return self["impact"].value() == "presumed_not_high_impact"

    @property
    def asks_basis(self) -> bool:
        """Whether the principal basis is in question: a presumption is cleared, or something was said of it."""
        return self.is_clearing or bool(self["principal_basis"].value() or self["reasoning"].value())

    def determined(self) -> Determined | None:
        """What was determined; None when nothing was chosen."""
        given = self.cleaned_data
        if not given["impact"]:
            return None
        return Determined(
            given["impact"], tuple(given["categories"]), given["justification"], given["principal_basis"],
            given["reasoning"], given["documentation"], given["public_summary"],
        )  # fmt: skip


class _Opened(forms.Form):
    """What the page showed: the filed revision and the newest determination."""

    opened_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)

    def opened(self) -> dict[str, Any]:
        """The arguments of the action."""
        return {"opened_on": self.cleaned_data["opened_on"], "seen": self.cleaned_data["seen"]}


class DetermineForm(DeterminedMixin, _Opened):
    """The impact, as an act of its own."""

    def clean_impact(self) -> str:
        """One of the three is chosen."""
        if not self.cleaned_data["impact"]:
            raise forms.ValidationError("Say whether the use is high-impact.")
        return str(self.cleaned_data["impact"])


class AiForm(_Opened):
    """Whether it is artificial intelligence at all."""

    answer = forms.ChoiceField(
        label="You determine that it is", widget=forms.RadioSelect, error_messages={"required": "Choose one."},
        choices=[("yes", "Artificial intelligence"), ("no", "Not artificial intelligence")],
    )  # fmt: skip
    because = long_text("Because", rows=3, hint="Needed when it is not AI.")

    def answer_rows(self) -> list[dict[str, Any]]:
        """Both answers."""
        return options(self["answer"], {"no": "Withdrawing the case is then the next step, by a person"})


class AcknowledgeForm(forms.Form):
    """A word with the acknowledgement, or none."""

    note = long_text("Note", rows=2)


class OfficialForm(forms.Form):
    """Who determines, for which components, from when to when, and why."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label="Official", empty_label="Choose a person")
    is_for_all = forms.BooleanField(label="For all components", required=False)
    components = forms.ModelMultipleChoiceField(
        queryset=Component.objects.none(), label="Or for these components", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    starts_on = forms.DateField(label="First day", widget=DateInput(), initial=timezone.localdate)
    ends_on = forms.DateField(label="Last day", widget=DateInput())
    reason = long_text("Why this person", required=True, rows=2, hint="It stands on the record.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        the_field(self, "person").queryset = people(besides=user)
        the_field(self, "components").queryset = Component.objects.order_by("code")

    def clean(self) -> dict[str, Any]:
        """All of them, or some: never nothing by mistake."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("components")) == bool(given.get("is_for_all")):
            self.add_error("components", "Tick “For all components”, or the components, and not both.")
        return given

    def arguments(self) -> dict[str, Any]:
        """The arguments of the action."""
        given = dict(self.cleaned_data)
        given.pop("is_for_all")
        return {**given, "components": list(given["components"])}
