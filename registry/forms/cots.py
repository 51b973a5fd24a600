"""Forms of common commercial uses: one small form a use, a row of the list."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Component
from accounts.typed import the_field
from registry import cots
from registry.actions.cots import Answer
from registry.forms import AnswerField, DateInput
from registry.permissions.cots import answered_by, settle_refusals
from registry.reads.cots import Line, RollUp

USED = [("", "Not answered"), ("yes", "Used"), ("no", "Not used")]
ANSWERS = {"yes": True, "no": False}


class UseForm(forms.Form):
    """What a component says of one use."""

    is_used = forms.ChoiceField(choices=USED, required=False, label="Used?")
    products = AnswerField(
        required=False, label="Products", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    users = forms.IntegerField(
        required=False, min_value=1, max_value=99_999_999, label="Licenses or users, about", localize=False
    )
    users_on = forms.DateField(required=False, label="Estimated on", widget=DateInput())
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, line: Line, data: Any = None) -> None:
        self.line = line
        shown = line.row or line.before
        start = {}
        if shown:
            start = {
                "is_used": "" if shown.is_used is None else "yes" if shown.is_used else "no",
                "products": shown.products, "users": shown.users, "users_on": shown.users_on,
            }  # fmt: skip
        start["version"] = line.row.version if line.row else 0
        super().__init__(data, initial=start, prefix=line.use.code)

    @property
    def is_carried(self) -> bool:
        """Whether the fields show last year's answer, which counts only when it is saved."""
        return self.line.row is None and self.line.before is not None

    def clean_users_on(self) -> Any:
        """An estimate is not made tomorrow."""
        day = self.cleaned_data.get("users_on")
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return day

    def answer(self, *, blank_is_no: bool = False) -> Answer:
        """What was said; a reported band stays while no number is given. `blank_is_no`: nothing said is “not used”."""
        given = self.cleaned_data
        row = self.line.row
        used = given["is_used"] or ("no" if blank_is_no and not (given["products"] or given["users"]) else "")
        return Answer(
            ANSWERS.get(used), given["products"], given["users"], given["users_on"], given["version"] or 0,
            row.band if row else "",
        )  # fmt: skip


class SettleForm(forms.Form):
    """What the department reports of one use."""

    is_used = forms.ChoiceField(choices=USED[1:], widget=forms.RadioSelect, label="The department reports it as")
    products = AnswerField(required=False, label="Products", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    band = forms.ChoiceField(required=False, label="Licenses or users")
    why = AnswerField(label="Why", max_length=500, help_text="Stands beside the figure for whoever looks next.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, shown: RollUp, layout: cots.CotsLayout, data: Any = None) -> None:
        band = shown.band
        super().__init__(data, initial={
            "is_used": "no" if shown.is_used is False else "yes", "products": shown.products,
            "band": band.code if band else "", "why": shown.settled.why if shown.settled else "",
            "version": shown.settled.version if shown.settled else 0,
        })  # fmt: skip
        choices = [("", "Choose a band"), *((one.code, one.label) for one in layout.bands)]
        the_field(self, "band").choices = choices

    def clean(self) -> dict[str, Any]:
        """A use has a band: the file OMB gets cannot leave it blank."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("is_used") == "yes" and not given.get("band"):
            self.add_error("band", "Choose the band of licenses or users.")
        return given

    def answer(self) -> Answer:
        """What was settled."""
        given = self.cleaned_data
        return Answer(given["is_used"] == "yes", given["products"], band=given["band"], version=given["version"] or 0)


class CotsFileForm(forms.Form):
    """A file of the list, and whose it is."""

    file = forms.FileField(
        label="File", widget=forms.FileInput,
        help_text="OMB’s list of common commercial uses, as a workbook or CSV.",
    )  # fmt: skip
    component = forms.ModelChoiceField(Component.objects.none(), required=False, label="Whose list it is")
    year = forms.IntegerField(min_value=2024, max_value=2099, label="Reporting year")

    def __init__(self, user: Any, year: int, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"year": year})
        field: Any = self.fields["component"]
        field.queryset = answered_by(user)
        field.label_from_instance = lambda one: f"{one.code}, {one.name}"
        is_for_all = not settle_refusals(user)
        field.required = not is_for_all
        field.empty_label = "The department as a whole" if is_for_all else "Choose"
