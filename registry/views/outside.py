"""Lists from outside: what is authorized, bought, assessed or licensed, and is it in the inventory?"""

import csv
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Agency, Component
from accounts.permissions import standing
from accounts.typed import signed_in
from audit.log import Subject, record_refusal
from audit.workflow import Refused
from registry import marking, outside
from registry.actions import outside as actions
from registry.actions import outside_answers
from registry.actions.need_to_know import note_taken
from registry.actions.outside_answers import Says
from registry.forms.outside import ColumnsForm, LineForm, OutsideFileForm
from registry.inventory.write import neutralise
from registry.models import OutsideList
from registry.models.use_case import Handling
from registry.permissions.outside import (
    NOT_SHOWN,
    bring_refusals,
    can_see_outside,
    line_refusals,
    lines_visible_to,
    lists_visible_to,
)
from registry.reads import outside as reads
from registry.views.shared import attempt

HEADER = ("List", "Name", "Number", "Vendor", "Date", "Component", "State", "Use cases", "Why", "Answered by",
          "Answered on", "New in this list", marking.COLUMN)  # fmt: skip
MOST = 2000  # lines answered in one go
FILTERS = ("kind", "component", "state", "new", "q")
LINES = Subject("outside", "lines", "lines of lists from outside")


def _reader(request: HttpRequest) -> Any:
    if not can_see_outside(request.user):
        raise PermissionDenied(NOT_SHOWN)
    return request.user


def _manager(request: HttpRequest) -> Agency:
    if refusals := bring_refusals(request.user):
        raise PermissionDenied(" ".join(refusals))
    return get_object_or_404(Agency, code=settings.PORTAL_AGENCY)


def overview(request: HttpRequest) -> HttpResponse:
    """What do other offices know of that is not in the inventory, and who has to say something about it?"""
    user = _reader(request)
    context = {
        "kinds": reads.overview(user), "components": reads.by_component(user),
        "can_bring": not bring_refusals(user), "sees_lists": lists_visible_to(user).exists(),
        "earlier": lists_visible_to(user).exclude(state=OutsideList.State.CURRENT)
        .defer("content", "issues", "gone").select_related("uploaded_by")[:20],
    }  # fmt: skip
    return render(request, "registry/outside/overview.html", context)


def bring(request: HttpRequest) -> HttpResponse:
    """How do I bring in a list of another office?"""
    agency = _manager(request)
    start = {"kind": request.GET["kind"]} if request.GET.get("kind") in outside.BY_CODE else {}
    form = OutsideFileForm(request.POST or None, request.FILES or None, **start)
    if request.method == "POST" and form.is_valid():
        given, upload = form.cleaned_data, form.cleaned_data["file"]
        try:
            made = actions.bring(
                agency, given["kind"], upload.read(), upload.name, name=given["name"], true_on=given["true_on"],
                actor=signed_in(request),
            )  # fmt: skip
            return redirect(made)
        except Refused as refused:
            record_refusal(LINES, actor=request.user, verb="bring", reasons=refused.reasons)
            form.add_error("file", " ".join(refused.reasons))
    return render(request, "registry/outside/bring.html", {"form": form}, status=400 if form.errors else 200)


def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which column is which, and afterwards: what became of the file?"""
    _reader(request)
    row = get_object_or_404(lists_visible_to(request.user), uuid=uuid)
    if row.state != OutsideList.State.WAITING:
        known = row.lines.count()
        kind = outside.BY_CODE[row.kind]
        columns = [(kind.labels[part], place + 1) for part, place in row.columns.items()]
        new, unplaced = row.lines.filter(is_new=True).count(), row.lines.filter(component=None).count()
        context = {"row": row, "lines": known, "new": new, "unplaced": unplaced, "columns": columns}
        return render(request, "registry/outside/file.html", context)
    table = actions.table_of(bytes(row.content), row.file_name, row.kind)
    may = not bring_refusals(request.user)
    form = ColumnsForm(row.kind, table, request.POST if request.method == "POST" else None)
    if request.method == "POST" and not may:
        raise PermissionDenied(" ".join(bring_refusals(request.user)))
    if request.method == "POST" and request.POST.get("act") == "discard":
        if attempt(request, row, actions.throw_away, row):
            messages.success(request, "The file was thrown away; nothing was changed.")
        return redirect("outside-overview")
    taken = attempt(request, row, actions.take, row, form.columns()) if form.is_valid() else None
    if taken:
        lines = row.lines.count()
        messages.success(request, f"{lines} line{'' if lines == 1 else 's'} of “{row}” are in use.")
        return redirect(row)
    context = {"row": row, "table": table, "form": form, "may": may}
    return render(request, "registry/outside/columns.html", context)


def lines(request: HttpRequest) -> HttpResponse:
    """Which lines are not accounted for, and what was said of the others?"""
    user, given = _reader(request), _given(request)
    rows = reads.listed(reads.chosen(user, given)).order_by("name", "pk")
    if request.GET.get("format") == "csv":
        return _csv(user, rows)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    counted = {name: reads.counts(user, given, name) for name in ("state", "kind", "component")}
    waiting = sum(counted["state"].get(state, 0) for state in reads.WAITING)
    context = {
        "given": given, "page": page, "shown": reads.shown(user, list(page.object_list)), "waiting": waiting,
        "states": [(code, words, counted["state"][code]) for code, words in reads.STATES.items()
                   if counted["state"].get(code)],
        "kinds": [(kind.code, kind.title, counted["kind"].get(kind.code, 0)) for kind in outside.KINDS],
        "components": sorted(counted["component"].items()), "form": LineForm(),
        "can_answer": bool(standing(user).components) or not bring_refusals(user),
        "places": Component.objects.order_by("code") if not bring_refusals(user) else (), "most": MOST,
    }  # fmt: skip
    return render(request, "registry/outside/lines.html", context)


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in FILTERS}


def _csv(user: Any, rows: Any) -> HttpResponse:
    """Exactly what is shown, all pages, formula signs made harmless."""
    found = reads.shown(user, list(rows))
    note_taken("outside.csv", {case.pk: case for one in found for case in one.cases}.values(), actor=user)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lists-from-outside.csv"'
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for one in found:
        line, said = one.line, one.line.answer
        hidden = next((case for case in one.cases if case.handling == Handling.RESTRICTED), None)
        cells = (
            line.outside_list.get_kind_display(), line.name, line.number, line.vendor, line.date,
            line.component.code if line.component else line.place, one.words,
            ", ".join([*(case.use_case_id for case in one.cases), *(f"one of {code}" for code in one.elsewhere)]),
            said.because if said else "", str(said.answered_by) if said else "",
            said.answered_at.date().isoformat() if said else "", "yes" if line.is_new else "",
            marking.of_line(hidden) if hidden else str(settings.PORTAL_MARKING),
        )  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    return response


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Answer the ticked lines, or say whose they are."""
    user = _reader(request)
    if not standing(user).components and bring_refusals(user):
        raise PermissionDenied("Only people of the components and the inventory manager answer lines.")
    back = f"{reverse('outside-list')}?{request.GET.urlencode()}"
    seen = _ticked(request, user)
    if len(seen) > MOST:
        messages.error(request, f"{len(seen):,} lines at once are too many to stand behind; narrow the filter.")
        return redirect(back)
    if request.POST.get("act") == "assign":
        place = Component.objects.filter(code=request.POST.get("component", "")).first()
        if number := attempt(request, LINES, outside_answers.assign_lines, list(seen), place):
            messages.success(request, f"{number} line{'s' if number != 1 else ''} given to {place or 'nobody yet'}.")
        return redirect(back)
    form = LineForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what the ticked lines are.")
        return redirect(back)
    if number := attempt(request, LINES, outside_answers.answer_lines, seen, form.answer()):
        messages.success(request, f"{number} line{'s' if number != 1 else ''} answered.")
    return redirect(back)


def _ticked(request: HttpRequest, user: Any) -> dict[str, int]:
    """The lines with the version of the answer that was seen; all the filter shows where that was asked for."""
    if request.POST.get("all") == "yes":
        rows = reads.chosen(user, _given(request)).values_list("uuid", "answer__version")
        return {str(uuid): version or 0 for uuid, version in rows}
    pairs = [one.split(":", 1) for one in request.POST.getlist("line") if one.count(":") == 1]
    return {uuid: int(version) for uuid, version in pairs if _is_uuid(uuid) and version.isascii() and version.isdigit()}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def line(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is this line, which use case may it be, and what was said of it?"""
    user = _reader(request)
    rows = reads.listed(reads.with_state(lines_visible_to(user)))
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise Http404
    refusals = line_refusals(user, row.component)
    if request.method == "POST" and refusals:
        raise PermissionDenied(" ".join(refusals))
    (one,) = reads.shown(user, [row])
    suggested = [] if refusals else reads.suggestions(user, row)
    form = LineForm(request.POST or None, suggested=suggested, initial=_start(one, suggested))
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "0")
        seen = {str(row.uuid): int(version) if version.isascii() and version.isdigit() else 0}
        if attempt(request, LINES, outside_answers.answer_lines, seen, form.answer()):
            return _after(request, one, form.cleaned_data["says"])
    context = {
        "one": one, "line": row, "form": form, "refusals": refusals, "kind": outside.BY_CODE[row.outside_list.kind],
    }  # fmt: skip
    return render(request, "registry/outside/line.html", context, status=400 if form.errors else 200)


def _start(one: reads.Shown, suggested: list[Any]) -> dict[str, Any]:
    said = one.line.answer
    if said is None:
        return {}
    offered = {case.use_case_id for case in suggested}
    covering = [case.use_case_id for case in one.cases]
    return {
        "says": said.says, "because": said.because, "suggested": [name for name in covering if name in offered],
        "cases": ", ".join(name for name in covering if name not in offered),
    }  # fmt: skip


def _after(request: HttpRequest, one: reads.Shown, says: str) -> HttpResponse:
    """On to the register page for a new case, else to what still waits."""
    if says == Says.NEW_CASE and one.line.component_id in standing(request.user).components:
        messages.success(request, f"“{one.line}” stays on the list until the case is registered, which begins here.")
        return redirect(f"{reverse('use_cases-register')}?line={one.line.uuid}")
    messages.success(request, f"“{one.line}” is answered.")
    place = one.line.component.code if one.line.component else "none"
    return redirect(f"{reverse('outside-list')}?component={place}&state=waiting")
