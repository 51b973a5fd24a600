"""Inventory files: what was read from them, and the corrections they propose."""

import uuid

import psycopg
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from accounts.models import Agency, User
from audit.log import Subject
from registry.models.use_case import UseCase


class ImportBatch(models.Model):
    """A file read for import: previewed, then confirmed in one transaction or discarded."""

    class State(models.TextChoices):
        PREVIEW = "preview", "Waiting to be confirmed"
        CONFIRMED = "confirmed", "Imported"
        DISCARDED = "discarded", "Discarded"
        UNDONE = "undone", "Undone"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="the file as it came")
    layout = models.CharField(max_length=60)
    cycle = models.PositiveIntegerField(help_text="reporting year")
    effective_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREVIEW)
    summary = models.JSONField(default=dict, help_text="the counts of the command's JSON")
    issues = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    columns = models.JSONField(default=dict, help_text="sheet -> column -> field, as a person said for this file alone")
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name

    def keep_content(self, content: bytes) -> None:
        """Write the file as it came. Django would spell it out in the text of the statement, at six times its size."""
        statement = sql.SQL("UPDATE {} SET content = %b WHERE id = %s").format(sql.Identifier(self._meta.db_table))
        connection.ensure_connection()
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(statement, (content, self.pk))
        self.content = content

    def read_content(self) -> bytes:
        """The file as it came, read as bytes and not as their text."""
        statement = sql.SQL("SELECT content FROM {} WHERE id = %s").format(sql.Identifier(self._meta.db_table))
        connection.ensure_connection()
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            row = cursor.execute(statement, (self.pk,), binary=True).fetchone()
        return bytes(row[0]) if row else b""

    def get_absolute_url(self) -> str:
        """The preview, and afterwards the record, of this file."""
        return f"/inventory/imports/{self.uuid}/"

    def event_subject(self) -> Subject:
        """How the audit log names this file."""
        return Subject("import", str(self.uuid), self.file_name)


class UndoneImport(models.Model):
    """A case whose import was undone. What the file filed counts no more where nothing could be filed in its place."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="undone")
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="undone_imports")
    is_new = models.BooleanField(default=False, help_text="the file had brought the case in")
    is_uncounted = models.BooleanField(default=False, help_text="the file's filing counts no more")
    undone_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="when a later file brought the case in again")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "use_case"], name="undone_import_once")]


class ProposedCorrection(models.Model):
    """What a file would change in a case that is in review or decided, or that another file of the year says
    otherwise: waits for a person."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        TAKEN_BACK = "taken_back", "Taken back with its file"

    class Because(models.TextChoices):
        STATUS = "status", "The case is in review or decided"
        SOURCE = "source", "Another file of the same year says otherwise"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="corrections")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="corrections")
    workbook = models.ForeignKey(
        "registry.WorkbookReturn", on_delete=models.PROTECT, null=True, related_name="corrections",
        help_text="the call's workbook that proposes it, where no inventory file does",
    )  # fmt: skip
    document = models.JSONField(help_text="the whole document the file would make")
    effective_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    because = models.CharField(max_length=8, choices=Because.choices, default=Because.STATUS)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "batch"],
                condition=models.Q(state="open"),
                name="correction_once_per_batch",
            ),
            models.CheckConstraint(
                condition=models.Q(batch=None) ^ models.Q(workbook=None), name="correction_from_one_file"
            ),
        ]

    @property
    def file_name(self) -> str:
        """The file that proposes it."""
        return str(self.batch.file_name if self.batch else self.workbook)

    def event_subject(self) -> Subject:
        """How the audit log names this correction."""
        return Subject("correction", str(self.uuid), self.use_case.title, timeline=self.use_case.use_case_id)


class SeenUseCaseId(models.Model):
    """Every Use Case ID ever seen in any file or given here; none is ever given twice (OMB guidance 2025)."""

    use_case_id = models.CharField(max_length=60, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(null=True, help_text="its running number, where the ID has one")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["agency", "-number"])]
