"""What the portal does for evidence by itself: scan what waits, tell of what expires, clear what a crash left."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.log import record
from registry import evidence_store, scanner
from registry.models import Evidence
from registry.models.evidence import SOON

log = structlog.get_logger("portal.evidence")
ABANDONED = timedelta(days=1)
AT_ONCE = 100
PIECE = 256 * 1024


def scan_waiting() -> int:
    """Scan what came in while the scanner was away; returns how many were scanned. Ends when it is away still."""
    done = 0
    if not settings.CLAMAV_ADDRESS:
        return done
    waiting = Evidence.objects.filter(scan=Evidence.Scan.WAITING).exclude(file="").order_by("recorded_at")
    for row in waiting.select_related("use_case")[:AT_ONCE]:
        try:
            found = scanner.scan(settings.CLAMAV_ADDRESS, _pieces(row.file))
        except scanner.ScannerAway as away:
            log.warning("scanner_away", evidence=str(row.uuid), error=str(away))
            return done
        except FileNotFoundError:
            log.error("evidence_content_missing", evidence=str(row.uuid))
            continue
        _settle(row, found)
        done += 1
    return done


def _pieces(key: str) -> Iterator[bytes]:
    with evidence_store.open_content(key) as content:
        while piece := content.read(PIECE):
            yield piece


@transaction.atomic
def _settle(row: Evidence, found: scanner.Scanned) -> None:
    """Open the file to its readers, or remove it: nobody keeps a virus as evidence."""
    now = timezone.now()
    waiting = Evidence.objects.filter(pk=row.pk, scan=Evidence.Scan.WAITING)
    if found.is_clean:
        if waiting.update(scan=Evidence.Scan.CLEAN, scanned_at=now):
            record("evidence.scanned", row, actor=None)
        return
    why = f"The virus scanner found “{found.virus}”."
    columns = {"scan": Evidence.Scan.INFECTED, "scanned_at": now, "file": ""}
    if row.removed_at is None:
        columns |= {"removed_at": now, "removed_why": why}
    if waiting.update(**columns):
        record("evidence.infected", row, actor=None, reason=why, data={"sha256": row.sha256})
        key = row.file
        transaction.on_commit(lambda: evidence_store.delete(key))


@transaction.atomic
def tell_of_expiry() -> int:
    """Record once, 30 days ahead, that evidence will expire; the notice to the owner follows from the event."""
    today, now = timezone.localdate(), timezone.now()
    rows = Evidence.objects.current(today).filter(expires_on__lte=today + SOON, expiry_told_at=None)
    due = list(rows.select_related("use_case").select_for_update(of=("self",)))
    for row in due:
        record("evidence.expiring", row, actor=None, data={"expires_on": row.expires_on})
    Evidence.objects.filter(pk__in=[row.pk for row in due]).update(expiry_told_at=now)
    return len(due)


def clear_abandoned() -> int:
    """Delete content older than a day that no row names, and uploads nobody finished; returns how many."""
    moment = timezone.now() - ABANDONED
    keys, cleared = evidence_store.keys_before(moment), 0
    while some := list(islice(keys, 500)):
        known = set(Evidence.objects.filter(file__in=some).values_list("file", flat=True))
        for key in set(some) - known:
            evidence_store.delete(key)
            log.info("abandoned_content_deleted", key=key)
            cleared += 1
    for left in Path(settings.INCOMING_DIR).glob("*.upload"):
        if left.stat().st_mtime < moment.timestamp():
            left.unlink(missing_ok=True)
            cleared += 1
    return cleared
