"""What is withheld from the public, on which ground, reviewed by whom and until when."""

import csv
from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.log import Subject, record
from registry import columns, marking, withholding
from registry.actions.need_to_know import note_taken
from registry.actions.withholding import decide_withholding
from registry.forms.withholding import VerdictForm
from registry.inventory.write import neutralise
from registry.models import WithholdingReview
from registry.permissions import can_export
from registry.permissions.withholding import NOT_SHOWN, can_see_withholding, is_reviewer, review_refusals
from registry.reads import withholding as reads
from registry.views.shared import attempt, visible_use_case
from registry.withholding import STATES, WHOLE

HEADER = ("Use Case ID", "Name", "Component", "Stage", "Impact", "Withheld", "Legal ground", "State", "Reviewed by",
          "Reviewed on", "Upheld until", marking.COLUMN)  # fmt: skip
PARTS = {"case": "Whole cases", "detail": "Single details"}


def _reader(request: HttpRequest) -> Any:
    if not can_see_withholding(request.user):
        raise PermissionDenied(NOT_SHOWN)
    return request.user


def overview(request: HttpRequest) -> HttpResponse:
    """What is withheld from the public, and which of it has nobody reviewed, or does a review not carry any more?"""
    user = _reader(request)
    given = {name: request.GET.get(name, "") for name in reads.FILTERS}
    every = reads.entries(user, timezone.localdate())
    found = [entry for entry in every if reads.fits(entry, given)]
    if request.GET.get("format") == "csv":
        return _csv(user, found)
    context = {
        "given": given, "page": Paginator(found, 50).get_page(request.GET.get("page")), "total": len(every),
        "states": _choices(every, given, "state", STATES), "parts": _choices(every, given, "part", PARTS),
        "components": _choices(every, given, "component", {}), "is_reviewer": is_reviewer(user),
        "narrowed": [(name, reads.worded(name, given[name])) for name in reads.NARROWED
                     if given[name]],
        "can_export": can_export(user),
    }  # fmt: skip
    return render(request, "registry/withholding/overview.html", context)


def _choices(every: Any, given: dict[str, str], name: str, words: Any) -> list[tuple[str, str, int]]:
    """A filter's choices, each with how many entries it shows while the other filters stay."""
    others = {key: value for key, value in given.items() if key != name}
    count = Counter(value for one in every if reads.fits(one, others) for value in reads.values(one)[name])
    return [(code, words.get(code, code), count[code]) for code in (words or sorted(count)) if count[code]]


def _csv(user: Any, found: list[reads.Entry]) -> HttpResponse:
    """Exactly what is shown, all pages; reasons stay on their pages."""
    note_taken("withholding.csv", {entry.case.pk: entry.case for entry in found}.values(), actor=user)
    response, writer = _file("withheld.csv")
    writer.writerow(HEADER)
    for entry in found:
        case, review = entry.case, entry.review
        cells = (
            case.use_case_id, case.title, case.component.code, reads.worded("stage", case.stage or ""),
            reads.worded("impact", case.impact or ""), entry.what, entry.ground, entry.words,
            str(review.reviewer) if review else "", review.reviewed_at.date().isoformat() if review else "",
            review.expires_on.isoformat() if review and review.expires_on else "", marking.of_line(case),
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


def _file(name: str) -> tuple[HttpResponse, Any]:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response, csv.writer(response)


def counts(request: HttpRequest) -> HttpResponse:
    """How much is withheld, in the numbers OMB is told?"""
    user: Any = request.user
    if not can_export(user):
        raise PermissionDenied("The inventory manager, the Chief AI Officer and auditors take these counts out.")
    tables = reads.counts(reads.entries(user, timezone.localdate()))
    if request.GET.get("format") != "csv":
        return render(request, "registry/withholding/counts.html", {"tables": tables})
    _note_counts(user, sum(len(table.rows) for table in tables))
    response, writer = _file("withheld-counts.csv")
    writer.writerow(("Table", "What", "Number", marking.COLUMN))
    for table in tables:
        for words, number, _ in table.rows:
            writer.writerow((table.title, neutralise(words), number, str(settings.PORTAL_MARKING)))
    return response


def _note_counts(user: Any, rows: int) -> None:
    """Numbers leave the portal as other lists do: noted."""
    with transaction.atomic():
        subject = Subject("list", "withheld-counts.csv", "withheld-counts.csv")
        record("list.exported", subject, actor=user, data={"rows": rows})


def review(request: HttpRequest, use_case_id: str, field: str) -> HttpResponse:
    """On which ground is this withheld, does it hold, and who said so before?"""
    user = _reader(request)
    name = WHOLE if field == "whole" else field
    about = {"withheld_reason"} if name == WHOLE else {name}
    case = visible_use_case(request, use_case_id, answers=about)
    one = next((one for one in withholding.withheld(columns.read_from(case)) if one.field == name), None)
    if one is None or case.status in reads.LEFT_OUT:
        raise Http404
    refusals, is_hidden = review_refusals(user, case, name), reads.is_hidden(case, name)
    if request.method == "POST" and refusals:
        raise PermissionDenied(" ".join(refusals))
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request, case, decide_withholding, case, name, given["verdict"], why=given["why"],
            seen=request.POST.get("seen", ""), expires_on=form.until,
        )  # fmt: skip
        if made:
            what, verdict = reads.field_words(name).lower(), made.get_verdict_display().lower()
            messages.success(request, f"{case.title}, {what}: {verdict}.")
            return redirect("withholding-overview")
    reviews = list(WithholdingReview.objects.filter(use_case=case, field=name).select_related("reviewer"))
    state = withholding.state(one, reviews[0] if reviews else None, timezone.localdate())
    context = {
        "case": case, "one": one, "what": reads.field_words(name), "ground": reads.ground_words(one.ground),
        "category": reads.worded("is_withheld", one.category) if one.category else "",
        "state": "" if is_hidden else STATES[state], "code": state, "reviews": () if is_hidden else reviews,
        "form": form, "refusals": refusals, "is_hidden": is_hidden,
    }  # fmt: skip
    return render(request, "registry/withholding/review.html", context, status=400 if form.errors else 200)
