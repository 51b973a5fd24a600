"""What looked wrong in a case, from the day it was found to the day it was not there any more."""

from django.db import models
from django.db.models import Q

from registry.models.use_case import UseCase

SEVERITIES = [("warning", "Warning"), ("notice", "Notice")]


class QualityMark(models.Model):
    """One concern of one case (`registry.quality`), kept so that it can be counted for any day."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="quality_marks")
    code = models.CharField(max_length=40)
    field = models.CharField(max_length=80)
    severity = models.CharField(max_length=10, choices=SEVERITIES)
    message = models.TextField()
    remedy = models.TextField()
    found_on = models.DateField()
    cleared_on = models.DateField(null=True)

    class Meta:
        ordering = ["found_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "code", "field"], condition=Q(cleared_on=None), name="quality_mark_open_once"
            ),
        ]
        indexes = [models.Index(fields=["code", "found_on"])]

    def __str__(self) -> str:
        return f"{self.code} {self.field} {self.use_case_id}"
