"""Forms of standing in and stepping aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone

from accounts import delegable
from accounts.models import Membership, User
from accounts.typed import the_field
from governance.forms.parts import DateInput, long_text


def people(*, besides: User) -> Any:
    """People with a role who may stand in for somebody: not those who oversee or run the portal."""
    rows = Membership.objects.current()
    barred = rows.filter(role__in=delegable.NEVER_FOR_ANYBODY).values("user")
    return (
        User.objects.filter(pk__in=rows.values("user"), is_system=False).exclude(pk__in=barred).exclude(pk=besides.pk)
    )


def roles_to_give(user: User) -> list[Membership]:
    """The roles a person holds and may have somebody act in."""
    rows = Membership.objects.current().filter(user=user, role__in=delegable.DELEGATING)
    return list(rows.select_related("office", "component"))


class DelegateForm(forms.Form):
    """Who acts for me, in which role and acts, from when to when, and why."""

    role = forms.ChoiceField(label="In which of your roles", widget=forms.RadioSelect)
    acts = forms.MultipleChoiceField(
        label="What they may do", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Tick at least one."}
    )
    to = forms.ModelChoiceField(queryset=User.objects.none(), label="Who acts for you", empty_label="Choose a person")
    starts_on = forms.DateField(label="First day", widget=DateInput(), initial=timezone.localdate)
    ends_on = forms.DateField(label="Last day", widget=DateInput())
    reason = long_text("Why", required=True, hint="For example that you are away. It stands on the record.", rows=2)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(row.pk): row for row in roles_to_give(user)}
        the_field(self, "role").choices = [(pk, str(row)) for pk, row in self.held.items()]
        the_field(self, "acts").choices = list(self._acts())
        the_field(self, "to").queryset = people(besides=user)
        if len(self.held) == 1:
            self.fields["role"].initial = next(iter(self.held))

    def _acts(self) -> Iterator[tuple[str, str]]:
        """Each act once, also when several roles have it."""
        roles = {row.role for row in self.held.values()}
        seen = set()
        for act in delegable.ACTS:
            if act.role in roles and act.code not in seen:
                seen.add(act.code)
                yield act.code, act.label

    def arguments(self) -> dict[str, Any]:
        """The arguments of the action; of several roles only the acts of the chosen one."""
        given = self.cleaned_data
        row = self.held[given["role"]]
        own = {act.code for act in delegable.acts_of(row.role)}
        words = {name: given[name] for name in ("starts_on", "ends_on", "reason")}
        acts = [code for code in given["acts"] if code in own]
        return {"role": row.role, "office": row.office, "component": row.component, "acts": acts, **words}


class SignerForm(forms.Form):
    """Who signs for an office that cannot, from when to when, and why."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Acting signer", empty_label="Choose a person",
        help_text="Somebody from outside of the component that owns the case.",
    )  # fmt: skip
    starts_on = forms.DateField(label="First day", widget=DateInput(), initial=timezone.localdate)
    ends_on = forms.DateField(label="Last day", widget=DateInput())
    reason = long_text("Why this person", required=True, rows=2)

    def __init__(self, *args: Any, user: User, key: str, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{key}_%s"  # the page has a form for each office
        super().__init__(*args, **kwargs)
        the_field(self, "person").queryset = people(besides=user)


class RecuseForm(forms.Form):
    """Why somebody steps aside."""

    reason = long_text("Why you step aside", required=True, rows=2, hint="No private details are needed.")
    is_conflict = forms.BooleanField(label="I have a conflict of interest in this case", required=False)


class EndForm(forms.Form):
    """Why something ends before its day."""

    reason = forms.CharField(label="Why it ends", max_length=1000)
