"""Bringing evidence in, replacing and removing it. The content is kept first, then the row: nothing half-written."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import Subject, record
from audit.workflow import Refused, Stale
from registry import classified, evidence_store, file_kinds, scanner
from registry.models import Evidence, UseCase
from registry.models.evidence import Practice
from registry.permissions.know import blind_refusals
from registry.permissions.talk import evidence_refusals
from registry.reads.talk import questions
from registry.uploads import is_too_large

Scan = Evidence.Scan
PIECE = 256 * 1024


def add(
    use_case: UseCase,
    *,
    kind: str,
    title: str,
    dated_on: date,
    actor: User,
    expires_on: date | None = None,
    field: str = "",
    practice: str = "",
    link: str = "",
    file: File | None = None,
    replaces: Evidence | None = None,
) -> Evidence:
    """Record a file or a link behind an answer, a practice or the whole case.

    Refused to people who do not answer for the case, and for a file that is not what its name says, too large, or
    found infected. While the scanner is away the file is kept and waits, closed to everybody.
    """
    _refuse(evidence_refusals(actor, use_case) or blind_refusals(actor, use_case, [field]))
    _refuse(classified.refusals([title, link, file.name if file else ""]))
    if bool(link) == bool(file):
        raise Refused("Give a file or a link, one of the two.")
    made = Evidence(
        use_case=use_case, kind=Evidence.Kind(kind), title=title, dated_on=dated_on, expires_on=expires_on,
        field=field, practice=practice, link=link, replaces=replaces, recorded_by=actor, recorded_at=timezone.now(),
    )  # fmt: skip
    _check(made)
    if file is None:
        return _record(made)
    _take(made, file, actor)
    made.file = evidence_store.put(file)
    try:
        return _record(made)
    except BaseException:  # also when the worker is told to stop: content without a row must not stay
        evidence_store.delete(made.file)
        raise


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(*reasons)


def _check(made: Evidence) -> None:
    if made.field and made.practice:
        raise Refused("Evidence supports one answer or one practice. Add it once for each.")
    if made.field and made.field not in questions(made.use_case):
        raise Refused("The questionnaire has no such question.")
    if made.practice and made.practice not in Practice.values:
        raise Refused("There is no such minimum practice.")
    if made.dated_on > timezone.localdate():
        raise Refused("Evidence is dated today or earlier: it says what was done.")
    if made.expires_on and made.expires_on < made.dated_on:
        raise Refused("It would expire before its own date.")


def _take(made: Evidence, file: File, actor: User) -> None:
    """Look at the content: its size, what it truly is, its SHA-256, and what the scanner says."""
    name = file_kinds.clean_name(file.name or "")
    if is_too_large(file):
        raise Refused(too_large())
    try:
        kind = file_kinds.check(file.file, name)  # type: ignore[arg-type]  # an open file, never None
    except file_kinds.Unfit as unfit:
        raise Refused(str(unfit)) from unfit
    _refuse(classified.file_refusals(file.file, kind.media_type))  # type: ignore[arg-type]  # an open file, never None
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    made.file_name, made.size, made.media_type = name, file.size, kind.media_type
    made.sha256 = digest.hexdigest()
    made.scan, made.scanned_at = _scanned(made, file, actor)
    file.seek(0)


def too_large() -> str:
    """The sentence for a file over the limit, on the form and in the API."""
    return (
        f"The file is larger than {settings.EVIDENCE_MAX_MB} MB. "
        "Add a smaller one, or keep it where it is and add a link to it."
    )


def _pieces(file: File) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _scanned(made: Evidence, file: File, actor: User) -> tuple[str, datetime | None]:
    if not settings.CLAMAV_ADDRESS:
        return Scan.NONE, None
    try:
        found = scanner.scan(settings.CLAMAV_ADDRESS, _pieces(file))
    except scanner.ScannerAway:
        return Scan.WAITING, None
    if found.is_clean:
        return Scan.CLEAN, timezone.now()
    with transaction.atomic():
        subject = Subject("evidence", str(made.uuid), made.file_name, timeline=made.use_case.use_case_id)
        record("evidence.refused", subject, actor=actor, data={"virus": found.virus, "sha256": made.sha256})
    raise Refused(
        f"The virus scanner found “{found.virus}” in this file, so it was not kept. "
        "Do not open it again, and tell your security office where it came from."
    )


@transaction.atomic
def _record(made: Evidence) -> Evidence:
    if made.replaces:
        locked = Evidence.objects.select_for_update().filter(pk=made.replaces.pk, use_case=made.use_case)
        if not locked.exists() or not Evidence.objects.standing().filter(pk=made.replaces.pk).exists():
            raise Stale("What you replace was replaced or removed in the meantime. Look at the list again.")
    made.save()
    data = {**made.facts(), "scan": made.scan}
    if made.replaces:
        record("evidence.replaced", made.replaces, actor=made.recorded_by, data={"by": str(made.uuid)})
    record("evidence.recorded", made, actor=made.recorded_by, data=data)
    return made


def same_elsewhere(evidence: Evidence) -> list[Evidence]:
    """The same content, standing on the same case under another title: told, not refused."""
    if not evidence.sha256:
        return []
    rows = Evidence.objects.filter(use_case=evidence.use_case, sha256=evidence.sha256).standing()
    return list(rows.exclude(pk=evidence.pk).select_related("recorded_by"))


@transaction.atomic
def remove(evidence: Evidence, *, reason: str, actor: User) -> None:
    """Take evidence off the case; its row, its SHA-256 and the reason stay.

    The content is deleted only where the portal is set up so (EVIDENCE_DELETE_REMOVED).
    """
    _refuse(evidence_refusals(actor, evidence.use_case))
    if not reason.strip():
        raise Refused("Say why it is removed.")
    columns: dict[str, Any] = {"removed_at": timezone.now(), "removed_by": actor, "removed_why": reason.strip()[:500]}
    key = evidence.file if settings.EVIDENCE_DELETE_REMOVED else ""
    if key:
        columns["file"] = ""
    if Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(**columns) != 1:
        raise Stale("Somebody else has removed it in the meantime.")
    record(
        "evidence.removed", evidence, actor=actor, reason=columns["removed_why"], data={"content_deleted": bool(key)}
    )
    if key:
        transaction.on_commit(lambda: evidence_store.delete(key))


@transaction.atomic
def note_download(evidence: Evidence, *, actor: User | None, link_of: str = "") -> None:
    """Record that restricted content left, or any content by a link somebody made; then nobody may be signed in."""
    on_behalf = f"whoever got the link of {link_of}" if link_of else ""
    record("evidence.downloaded", evidence, actor=actor, acting_for=on_behalf, data={"sha256": evidence.sha256})


@transaction.atomic
def note_link(evidence: Evidence, *, minutes: int, actor: User) -> None:
    """Record that somebody made a link that can be passed on."""
    record("evidence.linked", evidence, actor=actor, data={"minutes": minutes})
