"""The form of a dated record, made from what its kind says; and why one is withdrawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.typed import the_field
from governance import record_kinds
from governance.forms.parts import DateInput, long_text
from governance.models import DatedRecord
from governance.record_kinds import Field, Kind
from registry.models import UseCase
from registry.permissions.talk import evidence_visible_to, viewers
from registry.reads.talk import with_roles

SAY = "say_"  # before the names of a kind's own fields


class RecordForm(forms.Form):
    """What the record is called, its dates, what its kind says, the file behind it, and what it is about."""

    title = forms.CharField(label="Title", max_length=300, help_text="As people would ask for it")
    effective_on = forms.DateField(label="Date", widget=DateInput(), help_text="The day it was done or signed")

    def __init__(self, data: Any = None, *, kind: Kind, use_case: UseCase, user: Any, chosen: dict[str, str]) -> None:
        self.kind, self.use_case, self.chosen = kind, use_case, chosen
        standing = DatedRecord.objects.standing().filter(use_case=use_case).order_by("-effective_on", "-pk")
        self.older = [row for row in standing.filter(kind=kind.slug) if not row.is_replaced]
        self.others = list(standing.filter(kind__in=kind.refers_to))
        super().__init__(data, initial=self._initial(chosen))
        for field in kind.fields:
            self.fields[f"{SAY}{field.name}"] = self._field(field)
        if kind.has_end:
            term = f"At most {kind.end_months} months from its date; left blank, as long" if kind.end_months else ""
            self.fields["expires_on"] = forms.DateField(
                label=kind.end_label, widget=DateInput(), required=kind.must_end, help_text=term
            )
        self._files(user)
        self.fields["note"] = long_text("Note", rows=2)
        if kind.refers_to and (self.others or kind.is_signature):
            label = "Which record is signed" if kind.is_signature else "About which record"
            self.fields["about"] = _choice(label, self.others, required=kind.is_signature)
        if self.older:
            label = "Takes the place of"
            self.fields["supersedes"] = _choice(
                label, self.older, hint="The older one stays readable; it counts no more"
            )

    def _initial(self, chosen: dict[str, str]) -> dict[str, Any]:
        initial: dict[str, Any] = {name: value for name, value in chosen.items() if name in ("about", "supersedes")}
        if "about" not in initial and len(self.others) == 1:
            initial["about"] = str(self.others[0].uuid)
        old = next((row for row in self.older if str(row.uuid) == chosen.get("supersedes")), None)
        if old:
            initial |= {
                "title": old.title,
                "reference": old.reference,
                "about": str(old.about.uuid) if old.about else "",
            }
            said = {field.name: old.details.get(field.name) for field in self.kind.fields}
            initial |= {f"{SAY}{name}": one["id"] if isinstance(one, dict) else one for name, one in said.items()}
        return initial

    def _files(self, user: Any) -> None:
        rows = evidence_visible_to(user).filter(use_case=self.use_case).standing().order_by("title", "pk")
        picked = next((row for row in rows if str(row.uuid) == self.chosen.get("evidence")), None)
        if picked:
            self.initial.update(evidence=picked.pk, title=picked.title, effective_on=picked.dated_on)
        self.fields["evidence"] = forms.ModelChoiceField(
            rows, label="File or link of this case", required=False, empty_label="None"
        )
        self.fields["reference"] = forms.CharField(
            label="Or where it is kept", max_length=500, required=False, help_text="A file number or a place"
        )

    def _field(self, field: Field) -> forms.Field:
        common: dict[str, Any] = {"label": field.label, "required": field.is_required, "help_text": field.hint}
        if field.type == "long_text":
            return forms.CharField(**common, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
        if field.type == "date":
            return forms.DateField(**common, widget=DateInput())
        if field.type == "number":
            return forms.IntegerField(**common, min_value=0)
        if field.type in ("choice", "yes_no"):
            choices = field.choices or (("yes", "Yes"), ("no", "No"))
            return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect)
        if field.type == "person":
            people = with_roles(viewers(self.use_case).order_by("name", "pk"))
            return forms.ChoiceField(**common, choices=[("", "Nobody of this portal"), *people])
        return forms.CharField(**common, max_length=1000)

    def clean(self) -> dict[str, Any]:
        """Hold what the kind asks for against what was said, so that each problem stands at its field."""
        given = super().clean() or self.cleaned_data
        for name, wrong in self.kind.problems(self._details(), timezone.localdate()).items():
            if f"{SAY}{name}" not in self.errors:
                self.add_error(f"{SAY}{name}" if f"{SAY}{name}" in self.fields else None, wrong)
        if self.kind.slug == record_kinds.REVIEW and not self._details().keys() & {"reviewer", "outside_reviewer"}:
            self.add_error(f"{SAY}reviewer", "Say who reviewed it.")
        return given

    def _details(self) -> dict[str, Any]:
        found = {}
        for field in self.kind.fields:
            value = self.cleaned_data.get(f"{SAY}{field.name}")
            if value not in (None, ""):
                found[field.name] = _plain(field, value)
        return found

    def record(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        rows = {str(row.uuid): row for row in (*self.older, *self.others)}
        return {
            "title": given["title"], "effective_on": given["effective_on"], "expires_on": given.get("expires_on"),
            "details": self._details(), "evidence": given.get("evidence"), "reference": given.get("reference") or "",
            "note": given.get("note") or "", "about": rows.get(given.get("about") or ""),
            "supersedes": rows.get(given.get("supersedes") or ""),
        }  # fmt: skip


def _plain(field: Field, value: Any) -> Any:
    if field.type == "date":
        return value.isoformat()
    if field.type == "person":
        person = User.objects.get(pk=value)
        return {"id": person.pk, "name": person.name}
    return value


def _choice(label: str, rows: list[DatedRecord], *, required: bool = False, hint: str = "") -> forms.ChoiceField:
    named = [(str(row.uuid), f"{row.kind_words.label}: {row.title}, {_day(row)}") for row in rows]
    return forms.ChoiceField(label=label, choices=[("", "None"), *named], required=required, help_text=hint)


def _day(row: DatedRecord) -> str:
    return f"{row.effective_on.day} {row.effective_on:%B %Y}"


class WithdrawForm(forms.Form):
    """Why the record no longer counts."""

    reason = forms.CharField(label="Why it is withdrawn", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        the_field(self, "reason").help_text = "It stays readable with this reason, and counts no more from today on"
