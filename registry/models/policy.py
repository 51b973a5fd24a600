"""Policy as dated data: instrument, immutable edition, provisions, and the append-only status list."""

from datetime import date

import pgtrigger
from django.db import models
from django.utils import timezone

from accounts.models import User
from audit.log import Subject


def edition_label(short: str, effective_on: date, reading: int = 1) -> str:
    """How an edition is named on pages and in reports."""
    later = f", reading {reading}" if reading > 1 else ""
    return f"{short}, edition of {effective_on.day} {effective_on:%B %Y}{later}"


class Instrument(models.Model):
    """A directive, memorandum or statute."""

    slug = models.SlugField(max_length=60, unique=True)
    short = models.CharField(max_length=60, help_text="what people call it, e.g. M-25-21")
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.short


class Edition(models.Model):
    """The text of an instrument from a day on. Never changed: a better summary or check of it is a later reading."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="editions")
    effective_on = models.DateField()
    reading = models.PositiveSmallIntegerField(default=1, help_text="of the same text; the newest one counts")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["instrument", "effective_on", "reading"]
        constraints = [models.UniqueConstraint(fields=["instrument", "effective_on", "reading"], name="edition_unique")]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return edition_label(self.instrument.short, self.effective_on, self.reading)

    @property
    def key(self) -> str:
        """How files, addresses and judgements name it within its instrument."""
        return self.effective_on.isoformat() + (f".{self.reading}" if self.reading > 1 else "")

    def event_subject(self) -> Subject:
        """How the audit log names it."""
        return Subject("edition", f"{self.instrument.slug}/{self.key}", str(self))


class Provision(models.Model):
    """One thing an edition asks, forbids or defines. `ref` stays the same across editions."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="provisions")
    ref = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    summary = models.TextField()
    is_summary_only = models.BooleanField(default=False, help_text="the text itself was not read")
    check_name = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict, help_text="applies_when, params, evidence, remedy, section")

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "ref"], name="provision_ref_unique")]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.ref


class EditionStatus(models.Model):
    """Append-only: from `from_on` an edition is in force, superseded, withdrawn or disputed, says `source`.

    It stands for every reading and hangs on the first. The catalogue's files bring most; a named official may sign
    one here, where the files can only say that it is disputed.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="statuses")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=200, blank=True, help_text="in which capacity")
    status = models.CharField(max_length=20)
    from_on = models.DateField()
    source = models.TextField()
    recorded_on = models.DateField()

    class Meta:
        ordering = ["edition", "from_on", "recorded_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "status", "from_on", "recorded_on", "signed_by"],
                nulls_distinct=False,
                name="edition_status_unique",
            )
        ]
        triggers = [pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete)]


class CatalogueFile(models.Model):
    """A questionnaire or rule file as loaded, by edition; reviews and revisions name the edition they used."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name", "sha256"], name="catalogue_file_unique")]
