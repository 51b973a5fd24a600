"""Builders for systems and owners; the records are made by the real actions."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from registry.actions import owners, system_links, systems
from registry.models import System, SystemMark, UseCase
from tests import make

FILED = date(2026, 1, 28)


def keeper() -> User:
    """An inventory manager who enters records."""
    found = User.objects.filter(name="Kay Keeper").first()
    return found or make.member("inventory_manager", "Kay Keeper")


def system(
    name: str = "INVENTED-LX", *, component_code: str = "CBP", actor: User | None = None, **facts: Any
) -> System:
    """A record with its first revision."""
    effective_on = facts.pop("effective_on", None)
    given = {"name": name, "ato": "held", **facts}
    place = make.component(component_code)
    return systems.add_system(place, given, actor=actor or keeper(), effective_on=effective_on)


def ending(days: int) -> dict[str, Any]:
    """An authorization that ends in so many days."""
    return {"ato": "held", "ato_expires_on": timezone.localdate() + timedelta(days=days)}


def recorded(
    *, owner: User | None = None, component_code: str = "CBP", handling: str = "internal", **given: Any
) -> UseCase:
    """A recorded, filed, deployed case that may be edited."""
    columns = {"use_case_id": given.pop("use_case_id")} if "use_case_id" in given else {}
    return make.use_case(
        **columns,
        owner=owner, component_code=component_code, handling=handling, status="recorded", filed_on=FILED,
        given=make.deployed_high_impact(**{"is_high_impact": "not_high_impact", **given}),
    )  # fmt: skip


def case_on(record: System, **words: Any) -> UseCase:
    """A case linked to a system by somebody who may not edit it, so that nothing is filled."""
    case = recorded(**words)
    system_links.link_system(case, record, actor=keeper())
    return UseCase.objects.get(pk=case.pk)


def mark(record: System, case: UseCase, what: str = "Vendor: Another, was Invented Vendor") -> SystemMark:
    """An open mark."""
    return SystemMark.objects.create(
        act=uuid.uuid4(), system=record, use_case=case, key=f"revision:{uuid.uuid4()}", facts=["vendor_name"], what=what
    )


def left_by(person: User, number: int) -> list[UseCase]:
    """Cases of somebody whose role ended yesterday, fallen to the lead."""
    cases = [recorded(owner=person) for _ in range(number)]
    Membership.objects.filter(user=person).update(ends_on=timezone.localdate() - timedelta(days=1))
    owners.look_after_owners()
    return cases


def reread(row):
    return type(row).objects.get(pk=row.pk)


def change(record, actor, **given):
    day, opened_on = given.pop("effective_on", None), given.pop("opened_on", None)
    current = reread(record)
    return systems.change_system(
        current, given, actor=actor, why="Invented", effective_on=day, opened_on=opened_on or current.revision_number
    )
