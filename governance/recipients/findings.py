"""Who is told of findings: whoever one is given to, leads and owners each week, leads and the Board's secretary."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Component, Membership, Role, User
from audit.models import Event
from governance.models import Finding
from governance.permissions.office import people_of
from governance.reads import finding_list
from registry.models import UseCase
from registry.permissions import visible_to
from registry.permissions.people import leads_of

ASSIGNED, WEEKLY, NEGLECTED = "finding.assigned", "findings.weekly", "findings.unattended"
UNATTENDED = "finding.unattended"  # on the finding's own page; the mail is of all of a component
KINDS = (ASSIGNED, WEEKLY, NEGLECTED)


def recipients(event: Event) -> list[User]:
    """The new owner of a finding; the leads, the owners or the Board's secretary, each with something to read."""
    if event.kind == ASSIGNED:
        return _given(event)
    component = Component.objects.filter(code=event.data["component"]).first()
    if component is None:
        return []
    if event.kind == NEGLECTED:
        return _secretaries() if event.data["level"] == "board" else list(leads_of(component))
    leads = leads_of(component)
    owners = UseCase.objects.filter(component=component, findings__state=Finding.State.OPEN).exclude(owner=None)
    people = {one.pk: one for one in leads}
    people |= {one.pk: one for one in User.objects.filter(pk__in=owners.values("owner"), is_active=True)}
    return [person for person in people.values() if letter(event, person)["total"]]


def _given(event: Event) -> list[User]:
    finding = Finding.objects.filter(uuid=event.subject_id).select_related("office", "use_case").first()
    if finding is None:
        return []
    if event.data["person"]:
        people = list(User.objects.filter(pk=event.data["person"], is_active=True))
    else:
        people = people_of([finding.office_id]) if finding.office_id else []
    return [person for person in people if visible_to(person).filter(pk=finding.use_case_id).exists()]


def _secretaries() -> list[User]:
    held = Membership.objects.current().filter(role=Role.BOARD_SECRETARY)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def mailboxes(event: Event) -> list[str]:
    """None: each list is the reader's own."""
    return []


def letter(event: Event, person: User) -> dict[str, Any]:
    """Of the week: the component's figures for its lead, the own ones for an owner, each with its address."""
    if event.kind != WEEKLY:
        return {}
    code = event.data["component"]
    is_lead = (
        Membership.objects.current().filter(user=person.pk, role=Role.COMPONENT_LEAD, component__code=code).exists()
    )
    weeks = [week for week in finding_list.weeks(person) if week.component == code] if is_lead else []
    week = weeks[0] if weeks else finding_list.my_week(person)
    return {
        "week": week, "total": week.total, "whose": code if weeks else "yours",
        "parts": [part for part in week.parts if part[1]],
    }  # fmt: skip


def path(event: Event) -> str:
    """The finding; the week; what nobody looks after."""
    if event.kind == ASSIGNED:
        return reverse("findings-detail", args=[event.subject_id])
    if event.kind == WEEKLY:
        return reverse("findings_week-list")
    if event.data["level"] == "board":
        return reverse("board-meetings")
    return f"{reverse('compliance-findings')}?mark=unattended&component={event.data['component']}"
