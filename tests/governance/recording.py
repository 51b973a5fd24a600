"""Dated records for the tests: what each kind needs to say, and a case with some; all invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from governance.actions.records import put_on_record
from governance.models import DatedRecord
from governance.record_kinds import kind_of
from registry.models import UseCase

ON = date(2026, 6, 1)


def details(kind: str, **changes: Any) -> dict[str, Any]:
    """Everything a kind asks for, with something believable in each field."""
    plain = {"yes_no": "yes", "number": 7, "date": "2026-05-01"}
    found = {
        field.name: field.choices[0][0] if field.choices else plain.get(field.type, "Invented parcels were counted.")
        for field in kind_of(kind).fields
        if field.type != "person"
    }
    return {**found, **changes}


def put(use_case: UseCase, kind: str, actor: Any, on: date = ON, **columns: Any) -> DatedRecord:
    """A record by the real action."""
    said = details(kind, **columns.pop("said", {}))
    title = columns.pop("title", f"Invented {kind_of(kind).lowered}")
    return put_on_record(use_case, kind, title=title, effective_on=on, details=said, actor=actor, **columns)


def assessed(use_case: UseCase, cast: Any, on: date = ON) -> DatedRecord:
    """An impact assessment with its review and its signature, by three people."""
    made = put(use_case, "impact_assessment", cast.officer, on)
    put(use_case, "independent_review", cast.st, on + timedelta(days=5), about=made, said={"reviewer": named(cast.st)})
    put(use_case, "risk_acceptance", cast.lead, on + timedelta(days=10), about=made)
    return made


def named(person: Any) -> dict[str, Any]:
    """How a record names a person of the portal."""
    return {"id": person.pk, "name": person.name}


def ahead(days: int) -> date:
    """A day in the future."""
    return timezone.localdate() + timedelta(days=days)
