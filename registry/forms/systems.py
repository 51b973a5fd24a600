"""Forms of the systems' pages; the actions hold the rules."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import COMPONENT_ROLES, Component, Membership, Role, User
from accounts.permissions import standing
from accounts.typed import the_field
from registry import systems
from registry.forms import AnswerField, DateInput
from registry.models import System
from registry.models.use_case import Handling

HANDLINGS = [
    (Handling.PUBLIC, "Public: nothing in it needs protection"),
    (Handling.INTERNAL, "Internal: everybody who works in the components or across them sees it"),
    (Handling.RESTRICTED, "Restricted: only people who know a restricted case on it"),
]


def _text(label: str, length: int, hint: str = "", **more: Any) -> AnswerField:
    return AnswerField(label=label, max_length=length, required=False, help_text=hint, **more)


def _date(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DateInput(), help_text=hint)


class SystemForm(forms.Form):
    """The facts of a record, entered once for all cases on the system."""

    name = AnswerField(max_length=300, label="Name", help_text="The name the authorization itself uses.")
    description = _text("What it is", 5000, widget=forms.Textarea(attrs={"rows": 3}))
    component = forms.ModelChoiceField(Component.objects.none(), label="Component", empty_label=None)
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Nobody yet", label="System owner",
        help_text="Is told when cases on it are marked, and may change this record.",
    )  # fmt: skip
    mailbox = forms.EmailField(required=False, label="Mailbox", help_text="Where to ask while no person is named.")
    ato = forms.ChoiceField(
        choices=[("", "Not stated"), *systems.ATO.items()], required=False, label="Authorization to operate (ATO)",
    )  # fmt: skip
    ato_granted_on = _date("Granted on")
    ato_expires_on = _date("Expires on", "Owners of the cases are told 60 and 30 days before.")
    ato_office = _text("Authorizing official’s office", 200)
    pta_reference = _text("Privacy threshold analysis (PTA)", 200, "Its number.")
    pta_on = _date("Date of the analysis")
    pia_reference = _text("Privacy impact assessment (PIA)", 500, "A link if it is published, otherwise its number.")
    sorn_reference = _text("System of records notice (SORN)", 200, "Its number or citation.")
    vendor_name = _text("Vendor", 300, "The full name. Leave it empty for a system built in-house.")
    contract_number = _text("Contract number", 100)
    option_on = _date("Next contract option by", "Owners of the cases are told 60 and 30 days before.")
    handling = forms.ChoiceField(choices=HANDLINGS, widget=forms.RadioSelect, label="Who may know of it")
    effective_on = forms.DateField(
        label="True since", widget=DateInput(), help_text="The day from which these facts hold; today or earlier.",
    )  # fmt: skip
    why = AnswerField(
        max_length=500, required=False, label="Why", help_text="Stands in the history, for whoever asks next year."
    )

    def __init__(self, user: Any, system: System | None = None, data: Any = None) -> None:
        start = {name: getattr(system, name) for name in systems.BY_NAME} if system else {}
        start |= {"handling": start.get("handling", Handling.INTERNAL), "effective_on": timezone.localdate()}
        super().__init__(data, initial={**start, "owner": system.owner_id if system else None,
                                        "component": system.component_id if system else None})  # fmt: skip
        places = Component.objects.all()
        if system is None and not standing(user).has(Role.INVENTORY_MANAGER):
            places = places.filter(pk__in=standing(user).components)
        self._choose("component", places, lambda place: f"{place.code}, {place.name}")
        here = Membership.objects.current().filter(role__in=COMPONENT_ROLES)
        people = User.objects.filter(pk__in=here.values("user"))
        kept = User.objects.filter(pk=system.owner_id or 0) if system else User.objects.none()
        self._choose("owner", (people | kept).distinct(), str)

    def _choose(self, name: str, rows: Any, words: Any) -> None:
        # The stubs type a form's fields as plain Fields; this one is a ModelChoiceField.
        the_field(self, name).queryset = rows
        the_field(self, name).label_from_instance = words

    def facts(self) -> dict[str, Any]:
        """What goes into the record's columns."""
        return {name: self.cleaned_data[name] for name in systems.BY_NAME}


class SameAsForm(forms.Form):
    """Which record remains, and why the two are one."""

    into = forms.ModelChoiceField(System.objects.none(), label="It is the same system as", empty_label="Choose one")
    why = AnswerField(max_length=300, label="How do you know?", help_text="For example: one authorization, one owner.")

    def __init__(self, rows: Any, data: Any = None) -> None:
        super().__init__(data)
        the_field(self, "into").queryset = rows
        the_field(self, "into").label_from_instance = lambda s: f"{s.name}, {s.component.code}"


class LinkForm(forms.Form):
    """Which system a case uses, since when."""

    system = forms.ModelChoiceField(
        System.objects.none(), label="System", empty_label="Choose one", to_field_name="uuid"
    )
    started_on = forms.DateField(label="Since", widget=DateInput(), initial=timezone.localdate)
    why = AnswerField(max_length=500, required=False, label="Note")

    def __init__(self, rows: Any, data: Any = None) -> None:
        super().__init__(data, auto_id="link-%s")
        the_field(self, "system").queryset = rows
        the_field(self, "system").label_from_instance = lambda s: f"{s.name}, {s.component.code}"


class WhyForm(forms.Form):
    """A reason that stays in the record."""

    why = AnswerField(max_length=500, label="Why?")
