"""What administrators do with people and roles. Deactivation lives in governance, which knows the open work."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Component, Membership, Office, Role, User
from accounts.permissions import can_manage_people
from audit.log import record
from audit.workflow import Refused

SYSTEM_EMAIL = "system@portal.invalid"


def system_account() -> User:
    """The account commands and schedules act as; it cannot sign in."""
    user = User.objects.filter(email=SYSTEM_EMAIL).first()
    return user or User.objects.create_user(SYSTEM_EMAIL, name="The portal (system)", is_system=True)


def require_administrator(actor: User) -> None:
    """Raise Refused for anybody who may not manage people; the system account may."""
    if not (can_manage_people(actor) or actor.is_system):
        raise Refused("Only an administrator of the portal can manage people and roles.")


@transaction.atomic
def invite(*, email: str, name: str, actor: User) -> User:
    """Add a person; the mailed link (a notice of `user.invited`) lets them set a password. Refused if known."""
    require_administrator(actor)
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known:
        raise Refused(f"{email} already belongs to {known}. Give that person a role instead.")
    user = User.objects.create_user(email, name=name.strip())
    record("user.invited", user, actor=actor)
    return user


@transaction.atomic
def activate(user: User, *, actor: User) -> None:
    """Let a deactivated person sign in again; their ended roles stay ended."""
    require_administrator(actor)
    User.objects.filter(pk=user.pk).update(is_active=True)
    record("user.activated", user, actor=actor)


@transaction.atomic
def grant(
    user: User,
    role: str,
    *,
    actor: User,
    component: Component | None = None,
    office: Office | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give a role from a date. Refused with the sentences of the constraints it breaks, and to oneself."""
    require_administrator(actor)
    if user.pk == actor.pk:
        raise Refused("Nobody gives a role to themselves. Ask another administrator.")
    membership = Membership(user=user, role=role, component=component, office=office, ends_on=ends_on)
    if starts_on:
        membership.starts_on = starts_on
    try:
        membership.full_clean()
    except ValidationError as error:
        raise Refused(*error.messages) from error
    membership.save()
    record("membership.granted", membership, actor=actor, data={"user": str(user), "email": user.email})
    return membership


@transaction.atomic
def first_administrator(*, email: str, name: str, actor: User) -> Membership:
    """The person who adds all others, on a portal that has no administrator yet. Refused once there is one."""
    current = Membership.objects.current().filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if (found := current.select_related("user").first()) is not None:
        raise Refused(f"{found.user} is an administrator already and adds people on the page People.")
    person = User.objects.filter(email__iexact=email.strip()).first() or invite(email=email, name=name, actor=actor)
    return grant(person, Role.ADMINISTRATOR, actor=actor)


@transaction.atomic
def end(membership: Membership, *, on: date, actor: User) -> None:
    """End a role on its last day; the row stays, so that past acts can still be explained."""
    require_administrator(actor)
    if on < membership.starts_on:
        raise Refused("The last day lies before the first.")
    Membership.objects.filter(pk=membership.pk).update(ends_on=on)
    record("membership.ended", membership, actor=actor, data={"ends_on": on})


@transaction.atomic
def set_endorsement(component: Component, *, required: bool, actor: User) -> None:
    """Switch a component's endorsement step on or off."""
    require_administrator(actor)
    Component.objects.filter(pk=component.pk).update(is_endorsement_required=required)
    record("component.changed", component, actor=actor, data={"is_endorsement_required": required})
