"""Lists from outside the inventory, held against it: what each line is, and what the component says of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import Subject
from registry import outside
from registry.models.use_case import UseCase

KINDS = [(kind.code, kind.title) for kind in outside.KINDS]


class OutsideList(models.Model):
    """A file with a list: its columns wait to be confirmed, then it is the list of its kind until a newer one comes."""

    class State(models.TextChoices):
        WAITING = "waiting", "Columns to be confirmed"
        CURRENT = "current", "In use"
        REPLACED = "replaced", "Replaced by a newer one"
        DISCARDED = "discarded", "Thrown away"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=200)
    true_on = models.DateField(help_text="the day the list was true")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="the file as it came")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    columns = models.JSONField(default=dict, help_text="which column is which, as confirmed")
    rows = models.PositiveIntegerField(default=0)
    issues = models.JSONField(default=list)
    gone = models.JSONField(default=list, help_text="what stood in the list before and not in this one")
    matched_at = models.DateTimeField(null=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-true_on", "-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind"], condition=Q(state="current"), name="outside_current_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page: first the columns, afterwards what became of it."""
        return f"/inventory/outside/lists/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names the list."""
        return Subject("outside", str(self.uuid), f"{self.name} ({self.get_kind_display()})")


class OutsideAnswer(models.Model):
    """What a component says of a line. It is the key's and not the row's: a newer list takes it over."""

    class Says(models.TextChoices):
        COVERED = "covered", "Covered by use cases"
        NOT_AI = "not_ai", "Not AI"
        COMMON = "common", "A common commercial use"
        NEW_CASE = "new_case", "A new case, to be registered"
        UNRESOLVED = "unresolved", "Not resolved yet"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    key = models.CharField(max_length=300)
    says = models.CharField(max_length=12, choices=Says.choices)
    because = models.CharField(max_length=1000, blank=True)
    cases = models.ManyToManyField(UseCase, related_name="+")
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "key"], name="outside_answer_once")]

    def __str__(self) -> str:
        return str(self.get_says_display())


class OutsideLine(models.Model):
    """One line of a list."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outside_list = models.ForeignKey(OutsideList, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=300)
    name = models.TextField()
    number = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="the component as the file says it")
    date = models.CharField(max_length=60, blank=True, help_text="as the file says it")
    vendor = models.CharField(max_length=300, blank=True)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, null=True, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_new = models.BooleanField(default=False, help_text="it did not stand in the list before")
    answer = models.ForeignKey(OutsideAnswer, on_delete=models.PROTECT, null=True, related_name="lines")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["outside_list", "key"], name="outside_line_once")]
        indexes = [models.Index(fields=["component", "outside_list"])]

    def __str__(self) -> str:
        return self.name or self.number

    def get_absolute_url(self) -> str:
        """The page where it is answered."""
        return f"/inventory/outside/lines/{self.uuid}/"


class OutsideMatch(models.Model):
    """A case that says exactly what a line says, and in which answer. Only answers everybody here may know are used."""

    line = models.ForeignKey(OutsideLine, on_delete=models.CASCADE, related_name="matches")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "use_case", "field"], name="outside_match_once")]
