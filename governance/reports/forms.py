"""Asking for a report."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.typed import the_field
from governance.reports.permissions import can_read_all, components_of


class ReportForm(forms.Form):
    """As of which day, and for all components or one."""

    as_of = forms.DateField(label="As of", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    component = forms.ChoiceField(label="Component", required=False)

    def __init__(self, user: Any, data: Any = None, slug: str = "report", component: str = "") -> None:
        """`slug` tells the fields of several forms on one page apart; `component` is chosen beforehand."""
        super().__init__(data, initial={"as_of": timezone.localdate(), "component": component}, auto_id=f"id_{slug}_%s")
        codes = [(row.code, row.code) for row in components_of(user)]
        the_field(self, "component").choices = [("", "All components"), *codes] if can_read_all(user) else codes
