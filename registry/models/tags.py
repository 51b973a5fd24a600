"""Tags: how people sort their work. No fact of a case, so no part of its document and of no revision."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Agency, User
from registry.models.use_case import UseCase


class Tag(models.Model):
    """A word of an agency's people, in lower case."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=40)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="tag_once"),
            models.CheckConstraint(condition=models.Q(name=Lower("name")) & ~models.Q(name=""), name="tag_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


class UseCaseTag(models.Model):
    """A tag on a case, by whom and when."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="tagged")
    tagged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tagged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["tag__name"]
        constraints = [models.UniqueConstraint(fields=["use_case", "tag"], name="use_case_tag_once")]
