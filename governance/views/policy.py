"""The catalogue of policy: instruments, editions, provisions, and whom they hit now."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from governance.compliance import reads
from governance.compliance.checks import CHECKS
from governance.models import Finding
from registry.models import Edition, EditionStatus, Instrument

STATUSES = {"in_force": "In force", "superseded": "Superseded", "withdrawn": "Withdrawn", "disputed": "Disputed"}


def listing(request: HttpRequest) -> HttpResponse:
    """Which rules hold today, and which held before?"""
    rows = Edition.objects.select_related("instrument").prefetch_related("statuses", "provisions")
    today = timezone.localdate()
    editions = [_entry(row, today) for row in rows.order_by("-effective_on", "instrument__short")]
    hits = reads.by_provision(reads.findings(request.user))
    context = {
        "in_force": [entry for entry in editions if entry["status"] == "in_force"],
        "others": [entry for entry in editions if entry["status"] != "in_force"],
        "findings": sum(hit["n"] for hit in hits),
    }
    return render(request, "governance/policy/list.html", context)


def _entry(row: Edition, today: date) -> dict[str, Any]:
    """An edition with its status today; the newest entry in effect counts, of two the one recorded later."""
    now = [s for s in row.statuses.all() if s.from_on <= today]
    provisions = list(row.provisions.all())
    return {
        "edition": row,
        "status": now[-1].status if now else "",
        "word": STATUSES.get(now[-1].status, now[-1].status) if now else "Not in effect yet",
        "since": now[-1].from_on if now else row.effective_on,
        "source": now[-1].source if now else "",
        "provisions": len(provisions),
        "checked": sum(bool(p.check_name) for p in provisions),
    }


def edition(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """What does this edition ask, whom does it hit now, and how is it checked?"""
    instrument = get_object_or_404(Instrument, slug=slug)
    try:
        shown = instrument.editions.get(effective_on=date.fromisoformat(day))
    except (ValueError, Edition.DoesNotExist):
        raise Http404 from None
    hits = _hits(request.user, shown)
    provisions = [
        {"row": row, "hit": hits.get(row.pk, 0), "how": _how(row.check_name), "anchor": row.ref.replace("/", "-")}
        for row in shown.provisions.all()
    ]
    statuses: QuerySet[EditionStatus] = shown.statuses.all()
    context = {
        "instrument": instrument,
        "edition": shown,
        "provisions": provisions,
        "statuses": [(STATUSES.get(row.status, row.status), row) for row in statuses],
        "others": instrument.editions.exclude(pk=shown.pk),
    }
    return render(request, "governance/policy/edition.html", context)


def _hits(user: Any, shown: Edition) -> dict[int, int]:
    rows = reads.findings(user).filter(provision__edition=shown, state=Finding.State.OPEN).order_by()
    return dict(rows.values_list("provision").annotate(n=Count("use_case", distinct=True)))


def _how(check: str) -> str:
    """The first line a check says about itself."""
    found = CHECKS.get(check)
    return (found.__doc__ or "").strip().split("\n")[0] if found else ""
