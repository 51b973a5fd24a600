"""Work is a row: the Celery message is a nudge whose loss costs only time (design section 3)."""

from django.db import models
from django.utils import timezone


class Job(models.Model):
    """A long piece of work with its state, lease and attempts."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    lease_until = models.DateTimeField(null=True, help_text="a running job whose lease ended is taken up again")
    attempts = models.PositiveIntegerField(default=0)
    progress = models.CharField(max_length=200, blank=True, help_text="in words, e.g. page 12 of about 41")
    error = models.TextField(blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
