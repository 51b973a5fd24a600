"""The change log, freezing, what was frozen, amendments, and the public log of revisions."""

from collections import Counter

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.permissions import standing
from registry import questionnaire, reads
from registry.actions import cycle_changes
from registry.actions import submissions as actions
from registry.actions.inventory.files import all_layouts
from registry.forms.cycles import FreezeForm, PublishForm
from registry.inventory.change_log import KINDS
from registry.models import Submission
from registry.permissions import KNOWS_ALL, can_export
from registry.permissions.cycles import freeze_refusals, runs_cycles
from registry.reads import submissions as lists
from registry.views.cycles import require, visible_cycle
from registry.views.shared import attempt

PAGE = 50
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _person(request: HttpRequest) -> User:
    person = request.user
    assert isinstance(person, User)
    return person


@require_POST
def count(request: HttpRequest, year: int) -> HttpResponse:
    """Count the changes of the overview again, now."""
    cycle = visible_cycle(request, year)
    if not standing(request.user).has(*KNOWS_ALL):
        raise PermissionDenied("The count over all use cases is for those who run, decide and audit the inventory.")
    cycle_changes.count_changes(cycle)
    return redirect(cycle)


# -- freezing ---------------------------------------------------------------------------------------


def freeze(request: HttpRequest, year: int) -> HttpResponse:
    """What is missing before the inventory is frozen, and do I freeze it?"""
    cycle = visible_cycle(request, year)
    require(freeze_refusals(request.user))
    without = actions.missing(cycle)
    is_sent = request.method == "POST"
    form = FreezeForm(request.POST if is_sent else None, is_missing=bool(without))
    if is_sent and form.is_valid():
        given = form.cleaned_data
        row = attempt(request, cycle, actions.freeze, cycle, why=given.get("why", ""), format=given["format"])
        if row:
            messages.success(request, f"Frozen: {row.rows} use cases. What is corrected from now on is an amendment.")
            return redirect(row)
        return redirect("cycles-freeze", year)
    log = cycle_changes.change_log(cycle)
    urgent = [(KINDS[code][0], log.counts[code], code) for code in ("vanished", "missing", "owed", "regressed")]
    context = {"cycle": cycle, "form": form, "missing": without, "urgent": [one for one in urgent if one[1]],
               "number": log.now, "layout": all_layouts()[cycle.layout]}  # fmt: skip
    return render(request, "registry/cycles/freeze.html", context, status=400 if form.errors else 200)


def _visible(request: HttpRequest, year: int, number: int) -> Submission:
    cycle = visible_cycle(request, year)
    if not standing(request.user).has(*KNOWS_ALL):
        raise PermissionDenied("Submissions are for those who run, decide and audit the inventory.")
    row = Submission.objects.filter(cycle=cycle, number=number).select_related("cycle__agency", "frozen_by").first()
    if row is None:
        raise Http404
    return row


def submission(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What left the portal, when, made of what, and what was corrected since?"""
    row = _visible(request, year, number)
    is_newest = not row.cycle.submissions.filter(number__gt=number).exists()
    waiting = actions.pending(row) if row.cycle.is_frozen and is_newest else []
    names = {name: one.short for name, one in questionnaire.every().items()}
    context = {
        "row": row, "cycle": row.cycle, "pending": waiting, "names": names, "is_newest": is_newest,
        "amendments": row.amendments.select_related("use_case", "recorded_by"),
        "kinds": _counted(row),
        "can_amend": not freeze_refusals(request.user), "can_export": can_export(request.user),
        "can_run": runs_cycles(request.user),
        "publish_form": PublishForm(initial={"published_on": row.published_on}),
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "registry/cycles/submission.html", context)


def _counted(row: Submission) -> list[tuple[str, int]]:
    """The kinds of changes it was frozen with, and how many of each."""
    counts = Counter(one["kind"] for one in row.changes)
    return [(KINDS[kind][0], counts[kind]) for kind in KINDS if counts[kind]]


@require_GET
def download(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The frozen file, byte for byte."""
    row = _visible(request, year, number)
    actions.note_download(row, actor=_person(request))
    response = HttpResponse(bytes(row.content), content_type=TYPES[row.file_name.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    return response


@require_POST
def amend(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Enter corrections in the log."""
    row = _visible(request, year, number)
    require(freeze_refusals(request.user))
    reason, ids = request.POST.get("reason", ""), request.POST.getlist("id")
    if done := attempt(request, row, actions.amend, row, ids, reason=reason):
        messages.success(request, f"{len(done)} correction{'' if len(done) == 1 else 's'} entered in the log.")
    return redirect(row)


@require_POST
def publish(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Say from when the inventory is public."""
    row = _visible(request, year, number)
    require(freeze_refusals(request.user))
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the day as YYYY-MM-DD, or leave it empty.")
    elif attempt(request, row, actions.publish, row, form.cleaned_data["published_on"]):
        day = form.cleaned_data["published_on"]
        told = f"public from {reads.day_in_words(day)}" if day else "not public"
        messages.success(request, f"The revision log is {told}.")
    return redirect(row)


@login_not_required
@require_GET
def public_log(request: HttpRequest, year: int) -> HttpResponse:
    """What was corrected in the published inventory, and when? Nothing withheld or restricted is in it."""
    rows = Submission.objects.filter(cycle__agency__code=settings.PORTAL_AGENCY, cycle__year=year)
    rows = rows.filter(published_on__lte=timezone.localdate()).select_related("cycle__agency")
    found = rows.defer("content", "changes").order_by("-number").first()
    if found is None:
        raise Http404
    layout = all_layouts()[found.layout]
    lines = lists.public_lines(found, layout)
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {"submission": found, "cycle": found.cycle, "page": page, "agency": found.cycle.agency}
    return render(request, "registry/cycles/public_log.html", context)
