"""The catalogue of policy: instruments, editions, provisions, whom they are about, and two editions compared."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.actions.policy import sign_status
from governance.compliance import reads as compliance_reads
from governance.forms.policy import StatusForm
from governance.permissions.policy import sign_refusals, try_refusals
from governance.reads import policy as reads
from governance.reads.crosswalk import framework
from registry.models import Edition, Provision
from registry.views.shared import attempt


def listing(request: HttpRequest) -> HttpResponse:
    """Which rules hold today, and which held before?"""
    found = reads.editions(timezone.localdate())
    hits = compliance_reads.by_provision(compliance_reads.findings(request.user))
    context = {
        "in_force": [entry for entry in found if entry.status == "in_force"],
        "disputed": [entry for entry in found if entry.status == "disputed"],
        "others": [entry for entry in found if entry.status not in ("in_force", "disputed")],
        "findings": sum(hit["n"] for hit in hits),
        "may_try": not try_refusals(request.user),
    }
    return render(request, "governance/policy/list.html", context)


def edition(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """What does this edition ask, whom does it hit now, and how is it checked?"""
    shown = _edition(slug, day)
    return _edition_page(request, shown, StatusForm(initial={"from_on": timezone.localdate()}))


def _edition_page(request: HttpRequest, shown: Edition, form: StatusForm, status: int = 200) -> HttpResponse:
    hits = reads.hits(request.user, shown)
    provisions = [
        {
            "row": row, "hit": hits.get(row.ref, 0), "how": reads.how(row), "when": reads.when(row),
            "anchor": row.ref.replace("/", "-"), "framework": framework(row.ref),
        }
        for row in shown.provisions.select_related("edition__instrument")
    ]  # fmt: skip
    context = {
        "instrument": shown.instrument,
        "edition": shown,
        "provisions": provisions,
        "statuses": reads.statuses(shown),
        "others": shown.instrument.editions.exclude(pk=shown.pk),
        "form": form,
        "may_sign": not sign_refusals(request.user),
    }
    return render(request, "governance/policy/edition.html", context, status=status)


def _edition(slug: str, day: str) -> Edition:
    """An edition by its day, or by its day and reading as in 2025-04-03.2."""
    first, _, reading = day.partition(".")
    try:
        where = {"effective_on": date.fromisoformat(first), "reading": int(reading or 1)}
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Edition.objects.select_related("instrument"), instrument__slug=slug, **where)


def compare(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """What does this edition ask that another one does not?"""
    shown = _edition(slug, day)
    choices = [
        (f"{row.instrument.slug}/{row.key}", str(row))
        for row in Edition.objects.exclude(pk=shown.pk).select_related("instrument").defer("document")
    ]
    given = request.GET.get("with", "")
    other = _edition(*given.split("/", 1)) if given in dict(choices) else None
    if given and other is None:
        raise Http404
    before, after = sorted((shown, other or shown), key=lambda one: (one.effective_on, one.reading))
    pairs = reads.compare(before, after) if other else []
    context = {
        "edition": shown,
        "choices": sorted(choices, key=lambda choice: (not choice[0].startswith(f"{slug}/"), choice[1])),
        "given": given,
        "before": before,
        "after": after,
        "pairs": [pair for pair in pairs if pair.state != "same"],
        "same": sum(pair.state == "same" for pair in pairs),
    }
    return render(request, "governance/policy/compare.html", context)


def affected(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """Whom is this provision about, and who of them has something open under it?"""
    shown = _edition(slug, day)
    row: Provision = get_object_or_404(
        shown.provisions.select_related("edition__instrument"), ref=request.GET.get("ref")
    )
    found = reads.affected(request.user, row)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "edition": shown,
        "row": row,
        "page": page,
        "when": reads.when(row),
        "how": reads.how(row),
        "open": sum(one.is_open for one in found),
    }
    return render(request, "governance/policy/affected.html", context)


@require_POST
def sign(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """Sign the status of the edition, with its source."""
    shown = _edition(slug, day)
    if reasons := sign_refusals(request.user):
        raise PermissionDenied(" ".join(reasons))
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _edition_page(request, shown, form, status=400)
    user: Any = request.user
    if attempt(request, user, sign_status, shown, **form.cleaned_data):
        messages.success(request, "Signed. The checks run again under it.")
    return redirect("policy-edition", slug, day)
