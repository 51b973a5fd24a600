"""People, the organisation, and who holds which role from when to when."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import delegable
from audit.log import Subject


class UserManager(BaseUserManager["User"]):
    """Makes people known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **columns: Any) -> "User":
        """A person; without a password nobody can sign in until one is set by the mailed link."""
        user = self.model(email=email.strip().lower(), **columns)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **columns: Any) -> "User":
        """Opens the Django admin; holds no role, so it can approve nothing."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **columns)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Addresses are compared without regard to case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who acts here, or the portal's system account."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_system = models.BooleanField(default=False, help_text="acts for commands and schedules; cannot sign in")
    is_fictional = models.BooleanField(default=False, help_text="a person of the demonstration")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]
        ordering = ["name", "email"]

    def __str__(self) -> str:
        return self.name or self.email

    def event_subject(self) -> Subject:
        """How the audit log names this person."""
        return Subject("user", str(self.pk), self.name)

    def get_full_name(self) -> str:
        """Django's word for the name."""
        return self.name


class Agency(models.Model):
    """An organisation with an inventory of its own; DHS is the first."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    public_mailbox = models.EmailField(blank=True, help_text="stands in the public file instead of a person's address")

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Component(models.Model):
    """A part of the agency that owns use cases."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="components")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    is_endorsement_required = models.BooleanField(
        default=True, help_text="its lead endorses a case before the Chief AI Officer's office sees it"
    )
    is_caio_office = models.BooleanField(default=False, help_text="its cases are decided by the Board")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="component_code_unique")]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def event_subject(self) -> Subject:
        """How the audit log names this component."""
        return Subject("component", self.code, self.name)


class Office(models.Model):
    """An office that signs in a review, or advises."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="offices")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    signs_for = models.CharField(max_length=300, blank=True, help_text="what it looks at, in a phrase")
    is_advisory = models.BooleanField(default=False, help_text="recorded, no veto")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, blank=True, related_name="offices")
    part_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="in_components",
        help_text="a component's own officer: the department's office whose work it does there, and only there",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "code"], name="office_code_unique"),
            models.UniqueConstraint(
                fields=["component", "part_of"], condition=Q(part_of__isnull=False), name="office_once_per_component"
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | Q(component__isnull=False), name="office_part_has_a_component"
            ),
        ]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def event_subject(self) -> Subject:
        """How the audit log names this office."""
        return Subject("office", self.code, self.name)


class Role(models.TextChoices):
    """Who may act as what (design section 4). The superuser is none of these."""

    PROGRAM_OFFICER = "program_officer", "Program officer"
    COMPONENT_LEAD = "component_lead", "Component lead"
    INVENTORY_MANAGER = "inventory_manager", "Inventory manager"
    OFFICE_REVIEWER = "office_reviewer", "Office reviewer"
    CAIO = "caio", "Chief AI Officer"
    DEPUTY_CAIO = "deputy_caio", "Deputy Chief AI Officer"
    BOARD_SECRETARY = "board_secretary", "Board secretary"
    BOARD_MEMBER = "board_member", "Board member"
    BOARD_CHAIR = "board_chair", "Board chair"
    LEADERSHIP = "leadership", "Leadership"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


COMPONENT_ROLES = (Role.PROGRAM_OFFICER, Role.COMPONENT_LEAD)
BOARD_ROLES = (Role.BOARD_MEMBER, Role.BOARD_CHAIR)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by date."""

    def on(self, day: date) -> "MembershipQuerySet":
        """Those in force on `day`; the last day counts."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, user__is_active=True)

    def current(self) -> "MembershipQuerySet":
        """Those in force today, in the department's time zone."""
        return self.on(timezone.localdate())


class Membership(models.Model):
    """A role held by a person, in a component or an office, from a date."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text="last day; blank: until further notice")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(role__in=COMPONENT_ROLES) & Q(component__isnull=False) & Q(office=None))
                | (Q(role=Role.OFFICE_REVIEWER) & Q(office__isnull=False) & Q(component=None))
                | (~Q(role__in=[*COMPONENT_ROLES, Role.OFFICE_REVIEWER]) & Q(component=None) & Q(office=None)),
                name="membership_place_fits_role",
                violation_error_message="An officer or lead needs a component, a reviewer an office; others neither.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_dates_in_order",
                violation_error_message="The last day lies before the first.",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "component", "office"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="membership_open_once",
                violation_error_message="This person already holds this role there.",
            ),
        ]

    def __str__(self) -> str:
        place = self.component or self.office
        return f"{self.get_role_display()}, {place}" if place else str(self.get_role_display())

    def event_subject(self) -> Subject:
        """How the audit log names this membership."""
        return Subject("membership", str(self.pk), f"{self.user}, {self}")


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations by date."""

    def on(self, day: date) -> "DelegationQuerySet":
        """Those in force on `day`: not ended early, and who gave it still holds the role it is about."""
        held = Membership.objects.on(day).filter(
            Q(office=models.OuterRef("office")) | Q(office=None),
            Q(component=models.OuterRef("component")) | Q(component=None),
            user=models.OuterRef("giver"),
            role=models.OuterRef("role"),
        )
        running = self.filter(starts_on__lte=day, ends_on__gte=day, ended_at=None, delegate__is_active=True)
        return running.filter(models.Exists(held))

    def current(self) -> "DelegationQuerySet":
        """Those in force today, in the department's time zone."""
        return self.on(timezone.localdate())


class FromTo:
    """Something that runs from a day through another, unless it was ended before."""

    starts_on: Any  # the model's own fields
    ends_on: Any
    ended_at: Any

    @property
    def last_day(self) -> date:
        """The day it ends, or ended early."""
        return timezone.localdate(self.ended_at) if self.ended_at else self.ends_on

    @property
    def state(self) -> str:
        """In a word: ended, waiting or running by its dates."""
        today = timezone.localdate()
        if self.ended_at or self.ends_on < today:
            return "ended"
        return "waiting" if self.starts_on > today else "running"


class Delegation(FromTo, models.Model):
    """Who acts for a reviewer, a component lead or the Chief AI Officer, from a day to a day, in what.

    Never changed: ended early, and given anew.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=30, choices=Role.choices)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    acts = models.JSONField(help_text="codes of accounts/delegable.py")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="last day")
    reason = models.TextField()
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, help_text="when it was ended early")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["delegate", "ends_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="delegation_dates_in_order"),
            models.CheckConstraint(condition=~Q(giver=models.F("delegate")), name="delegation_to_somebody_else"),
            models.CheckConstraint(
                condition=(Q(role=Role.COMPONENT_LEAD) & Q(component__isnull=False) & Q(office=None))
                | (Q(role=Role.OFFICE_REVIEWER) & Q(office__isnull=False) & Q(component=None))
                | (Q(role=Role.CAIO) & Q(component=None) & Q(office=None)),
                name="delegation_place_fits_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.whom}"

    @property
    def whom(self) -> str:
        """For whom the delegate acts: the person with the place or the role."""
        place = (self.office and self.office.name) or (self.component and f"{self.component.code} lead")
        return f"{self.giver} ({place or self.get_role_display()})"

    @property
    def labels(self) -> list[str]:
        """What it covers, in words."""
        return delegable.labels(self.role, self.acts)

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("delegation", str(self.uuid), str(self))
