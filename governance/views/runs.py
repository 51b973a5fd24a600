"""The runs of the checks: what was judged, under what, and how two of them differ."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from governance.actions.compliance import request_run
from governance.compliance import compare as comparing
from governance.compliance import results
from governance.compliance.permissions import can_see_runs, run_refusals, sees_every_case
from governance.forms.runs import RunForm
from governance.models import CheckRun
from governance.models.jobs import Job
from governance.reads import runs as reads
from registry.permissions import visible_to
from registry.views.shared import attempt

WHO = "Runs of the checks are for those who look across the department, and for administrators."


def _may_look(request: HttpRequest) -> None:
    if not can_see_runs(request.user):
        raise PermissionDenied(WHO)


def _asks(user: Any) -> tuple[bool, bool]:
    """Whether the person may ask for a past day, and for today."""
    return not run_refusals(user, is_reproduction=True), not run_refusals(user, is_reproduction=False)


def _list(request: HttpRequest, form: RunForm, status: int = 200) -> HttpResponse:
    with_small = request.GET.get("show") == "all"
    page = Paginator(reads.runs(request.user, with_small=with_small), 50).get_page(request.GET.get("page"))
    past, today = _asks(request.user)
    context = {
        "form": form if past else None,
        "may_ask_today": today,
        "page": page,
        "progress": {run.pk: results.progress(run) for run in page if run.state == Job.State.RUNNING},
        "is_waiting": any(run.state in {Job.State.QUEUED, Job.State.RUNNING} for run in page),
        "with_small": with_small,
        "small": reads.runs(request.user, with_small=True).filter(is_incremental=True).count(),
        "sees_all": sees_every_case(request.user),
    }
    return render(request, "governance/compliance/runs.html", context, status=status)


def listing(request: HttpRequest) -> HttpResponse:
    """When was the registry checked, over what, and what could not be evaluated?"""
    _may_look(request)
    return _list(request, RunForm())


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a run: of today, of a past day, or with what was known at a moment."""
    _may_look(request)
    if reasons := run_refusals(request.user, is_reproduction=True):
        raise PermissionDenied(" ".join(reasons))
    form = RunForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 400)
    given = form.cleaned_data
    user: Any = request.user
    columns = {"as_of": given["as_of"], "known_at": given["known_at"], "component": given["component"]}
    if run := attempt(request, user, request_run, **columns):
        messages.success(request, "Asked for. A worker takes it up; you may leave this page.")
        return redirect("runs-detail", uuid=run.uuid)
    return redirect("runs-list")


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What did this run judge, under which editions, and what could it not evaluate?"""
    _may_look(request)
    run = get_object_or_404(reads.runs(request.user, with_small=True), uuid=uuid)
    is_done = run.state == Job.State.DONE
    context = {
        "run": run,
        "is_done": is_done,
        "sees_all": sees_every_case(request.user),
        "editions": reads.editions(run),
        "progress": results.progress(run) if run.state == Job.State.RUNNING else None,
        "raised": reads.raised(run, request.user) if is_done else None,
        "others": reads.others(run) if is_done else [],
    }
    return render(request, "governance/compliance/run.html", context)


def compare(request: HttpRequest) -> HttpResponse:
    """What did the one run find that the other did not? Without any named, the two newest of the registry."""
    _may_look(request)
    if "first" in request.GET or "second" in request.GET:
        first, second = _run(request, "first"), _run(request, "second")
    else:
        newest = list(reads.comparable()[:2])
        if len(newest) < 2:
            messages.info(request, "There are no two runs to compare yet.")
            return redirect("runs-list")
        second, first = newest
    found = comparing.compare(first, second, visible_to(request.user))
    sides = (
        reads.side(first, found.only_first, request.user),
        reads.side(second, found.only_second, request.user),
    )
    context = {
        "first": first, "second": second, "sides": sides, "found": found,
        "is_same": not (found.only_first or found.only_second or found.appeared or found.gone),
    }  # fmt: skip
    return render(request, "governance/compliance/run_compare.html", context)


def _run(request: HttpRequest, name: str) -> CheckRun:
    """A run that is done, by its number in the address; anything else does not exist."""
    try:
        uuid = UUID(request.GET.get(name, ""))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(reads.runs(request.user, with_small=True), uuid=uuid, state=Job.State.DONE)
