"""What officials determined about a case, and whom the Chief AI Officer named to determine."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Component, FromTo, User
from audit.log import Subject
from governance.models.reviews import signed
from registry.models import Revision, UseCase


class DeterminingOfficial(FromTo, models.Model):
    """Somebody the Chief AI Officer named to determine, for a component or for all, from a day to a day.

    Never changed: ended early, and named anew. M-25-21 section 4(a): an appropriate official clears a presumption.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: all components"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="last day")
    reason = models.TextField()
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, help_text="when it was ended early")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["person", "ends_on"], name="official_person")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="official_dates_in_order"),
            models.CheckConstraint(condition=~Q(person=F("named_by")), name="official_is_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.place}"

    @property
    def place(self) -> str:
        """For which cases, in words."""
        return f"cases of {self.component.code}" if self.component else "all components"

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("official", str(self.uuid), str(self))


class Signed(models.Model):
    """What every determination has: on which revision, by whom and as what, and what the rules suggested then."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    suggested = models.JSONField(default=dict, help_text="what the rules suggested then")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_for = models.CharField(max_length=200, blank=True, help_text="for whom, when a delegate did")
    signed_as = models.CharField(max_length=60, blank=True, help_text="in which capacity")
    naming = models.ForeignKey(DeterminingOfficial, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def signer(self) -> str:
        """Who signed it, and for whom or as what."""
        if self.signed_for or not self.signed_as:
            return signed(self.signed_by, self.signed_for)
        return f"{self.signed_by}, {self.signed_as}"


def _kept(name: str, *fields: str) -> list[pgtrigger.Trigger]:
    """Determinations are history: none is deleted, and what was signed stays as it was."""
    return [
        pgtrigger.Protect(name=f"{name}_kept", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(
            name=f"{name}_as_signed", fields=["use_case", "revision", "signed_by", "signed_at", *fields]
        ),
    ]


class Determination(Signed):
    """The signed answer to "is it high-impact?" (M-25-21 section 4(a)); newest wins, older ones are history."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="determinations")
    impact = models.CharField(max_length=30)
    categories = models.JSONField(default=list, help_text="letters a to o of the presumed categories")
    principal_basis = models.CharField(max_length=3, blank=True, help_text="yes, no, or not said")
    reasoning = models.TextField(blank=True, help_text="why an output is a principal basis, or is not")
    justification = models.TextField(blank=True)
    documentation = models.TextField(blank=True, help_text="addressed to the Chief AI Officer; clears a presumption")
    public_summary = models.TextField(blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_note = models.TextField(blank=True)

    class Meta:
        ordering = ["use_case", "-signed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_by=None) | ~Q(acknowledged_by=F("signed_by")),
                name="determination_acknowledged_by_another",
            ),
            models.CheckConstraint(  # what was signed before 0.4.0 says no capacity
                condition=~Q(impact="presumed_not_high_impact")
                | Q(signed_as="")
                | ~(Q(documentation="") | Q(public_summary="") | Q(justification="")),
                name="determination_cleared_in_writing",
            ),
        ]
        triggers = _kept("determination", "impact", "categories", "justification", "documentation", "public_summary")

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}, {timezone.localdate(self.signed_at)}"

    @property
    def is_acknowledgeable(self) -> bool:
        """Whether it clears a presumption by a named official, so that the Chief AI Officer acknowledges it."""
        return self.impact == "presumed_not_high_impact" and self.naming_id is not None


class AiDetermination(Signed):
    """The signed answer to "is it artificial intelligence?"; newest wins, older ones are history."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="ai_determinations")
    is_ai = models.BooleanField()
    because = models.TextField(blank=True, help_text="why it is not artificial intelligence, or why it is")

    class Meta:
        ordering = ["use_case", "-signed_at", "-id"]
        triggers = _kept("ai_determination", "is_ai", "because")

    def __str__(self) -> str:
        return f"{self.use_case.use_case_id}, {timezone.localdate(self.signed_at)}"

    @property
    def answer(self) -> str:
        """Yes or no, as a code."""
        return "yes" if self.is_ai else "no"
