"""Inventory files: bringing them in, taking them out, and answering what they propose."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.typed import signed_in
from audit.workflow import Refused
from registry import questionnaire, reads
from registry.actions import inventory as actions
from registry.actions.inventory.files import all_layouts
from registry.forms.inventory import ExportForm, ImportForm
from registry.inventory.issue_words import grouped
from registry.models import ImportBatch, ProposedCorrection
from registry.permissions import (
    accept_refusals,
    answer_refusals,
    can_answer_file,
    can_confirm,
    can_export,
    can_import,
    can_see_corrections,
    can_undo,
    corrections_visible_to,
    imports_visible_to,
)
from registry.permissions.know import for_reader
from registry.reads import older
from registry.views.shared import attempt

SHOWN = 10  # issues of a kind on the first page; the kind's own page has all
PAGE = 50
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def imports(request: HttpRequest) -> HttpResponse:
    """How do I bring an inventory file in or take one out, and what was brought in so far?"""
    if not (can_import(request.user) or can_export(request.user)):
        raise PermissionDenied("Inventory files are for the inventory manager, component leads, the CAIO and auditors.")
    form = ImportForm()
    if request.method == "POST":
        if not can_import(request.user):
            raise PermissionDenied("Only the inventory manager and component leads import inventory files.")
        form = ImportForm(request.POST, request.FILES)
        if form.is_valid() and (batch := _preview(request, form)):
            return redirect("inventory-preview", batch.uuid)
    return _imports_page(request, form, ExportForm(), 400 if form.errors else 200)


def _preview(request: HttpRequest, form: ImportForm) -> ImportBatch | None:
    """The preview of the uploaded file, or the form says why the file is refused."""
    given = form.cleaned_data
    options = {name: given[name] for name in ("cycle", "effective_on")}
    try:
        return actions.preview(given["file"].read(), given["file"].name, actor=signed_in(request), **options)
    except Refused as refused:
        form.add_error("file", " ".join(refused.reasons))
        return None


def _imports_page(request: HttpRequest, form: ImportForm, export_form: ExportForm, status: int) -> HttpResponse:
    rows = imports_visible_to(request.user).select_related("uploaded_by").defer("content", "issues")
    context = {
        "form": form,
        "export_form": export_form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "can_import": can_import(request.user),
        "can_export": can_export(request.user),
        "corrections": corrections_visible_to(request.user).filter(state=ProposedCorrection.State.OPEN).count(),
    }
    return render(request, "registry/inventory/imports.html", context, status=status)


def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What would this file do, what is wrong in it, and what did it do once it was imported?"""
    batch = _visible(request, uuid)
    groups = grouped(batch.issues)
    context: dict[str, Any] = {
        "batch": batch,
        "layout": all_layouts().get(batch.layout),
        "groups": groups,
        "shown": SHOWN,
        "can_confirm": batch.state == ImportBatch.State.PREVIEW and can_confirm(request.user, batch),
        "can_undo": can_undo(request.user, batch),
        "can_leave": can_answer_file(request.user, batch),
        "issue_count": sum(len(group.issues) for group in groups),
        **_open_questions(batch),
    }
    wanted = request.GET.get("show")
    if not wanted:
        context["changes"] = _worded(batch.summary.get("changes", [])[:SHOWN])
        return render(request, "registry/inventory/preview.html", context)
    context["group"] = next((group for group in groups if group.code == wanted), None)
    rows = context["group"].issues if context["group"] else batch.summary.get("changes", [])
    if context["group"] is None and wanted != "changes":
        raise Http404
    context["page"] = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if context["group"] is None:
        context["changes"] = _worded(context["page"].object_list)
    return render(request, "registry/inventory/details.html", context)


def _open_questions(batch: ImportBatch) -> dict[str, Any]:
    """How many columns and IDs wait for a word before the import, and proposals after it."""
    columns = [one for one in batch.summary.get("asked", []) if not one["how"] or one["slipped"]]
    spelled = [one for one in batch.summary.get("ids", []) if one["how"] == "ask"]
    waiting = ProposedCorrection.objects.filter(batch=batch, state=ProposedCorrection.State.OPEN).count()
    return {"to_place": len(columns), "to_match": len(spelled), "open_questions": bool(columns or spelled),
            "waiting": waiting}  # fmt: skip


def _visible(request: HttpRequest, uuid: UUID) -> ImportBatch:
    rows = imports_visible_to(request.user).select_related("uploaded_by", "agency", "undone_by").defer("content")
    batch = rows.filter(uuid=uuid).first()
    if batch is None:
        raise Http404
    return batch


def _worded(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes with the names of the questions in place of field names."""
    known = questionnaire.every()
    return [
        one | {"questions": [known[name].short if name in known else older.label_of(name) for name in one["fields"]]}
        for one in changes
    ]


@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Import a file that was looked at."""
    batch = _answerable(request, uuid)
    done = attempt(request, batch, actions.confirm_as_shown, batch)
    if done and done.state == ImportBatch.State.PREVIEW:
        messages.warning(
            request,
            "Nothing was imported yet: use cases here have changed since this file was read, by another file or by "
            "people. Below is what it would do now. Look at it, then import it.",
        )
    elif done:
        told = done.summary
        messages.success(
            request,
            f"Imported: {told['created']} new, {told['updated']} changed, {told['unchanged']} unchanged, "
            f"{told['proposed']} proposed, {told['rejected']} left out.",
        )
    return redirect("inventory-preview", uuid)


@require_POST
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a file aside without importing it."""
    batch = _answerable(request, uuid)
    if attempt(request, batch, actions.discard, batch):
        messages.success(request, f"{batch.file_name} is discarded. Nothing of it was imported.")
    return redirect("inventory-imports")


def _answerable(request: HttpRequest, uuid: UUID) -> ImportBatch:
    batch = _visible(request, uuid)
    if not can_confirm(request.user, batch):
        raise PermissionDenied("Only whoever read the file, or the inventory manager, can import or discard it.")
    return batch


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The inventory of a day as a file."""
    if not can_export(request.user):
        raise PermissionDenied("Whole inventories are exported by the inventory manager, the CAIO and auditors.")
    form = ExportForm(request.GET)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.export(actor=signed_in(request), **given)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            response = HttpResponse(made.content, content_type=CONTENT_TYPES[given["format"]])
            response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
            return response
    return _imports_page(request, ImportForm(), form, 400)


def corrections(request: HttpRequest) -> HttpResponse:
    """What would inventory files change in cases that are in review or decided, and should it count?"""
    if not can_see_corrections(request.user):
        raise PermissionDenied("Corrections are answered by the case’s owner, its component lead or the manager.")
    rows = corrections_visible_to(request.user).filter(state=ProposedCorrection.State.OPEN)
    file = _file(request)
    rows = rows.filter(batch=file) if file else rows
    component = request.GET.get("component", "").replace("\x00", "")
    rows = rows.filter(use_case__component__code=component) if component else rows
    heavy = ("batch__content", "batch__issues", "workbook__content", "workbook__plan")
    rows = rows.select_related("use_case__component", "use_case__owner", "batch", "workbook").defer(*heavy)
    page = Paginator(rows.order_by("proposed_at", "pk"), 10).get_page(request.GET.get("page"))
    proposals = reads.proposals(list(page.object_list))
    for_reader(request.user, *(one.correction.use_case for one in proposals))
    shown = [
        {
            "correction": one.correction,
            "changes": reads.worded_changes(*map(one.correction.use_case.readable, (one.before, one.after))),
            "is_past": one.is_past,
            "refusals": answer_refusals(request.user, one.correction.use_case),
            "waits": accept_refusals(one.correction.use_case),
        }
        for one in proposals
    ]
    return render(
        request,
        "registry/inventory/corrections.html",
        {"page": page, "shown": shown, "file": file, "component": component},
    )


def _file(request: HttpRequest) -> ImportBatch | None:
    """The file whose proposals are looked at, if one is named."""
    try:
        wanted = UUID(request.GET.get("file", ""))
    except ValueError:
        return None
    return imports_visible_to(request.user).filter(uuid=wanted).defer("content", "issues").first()


@require_POST
def accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a proposed correction count."""
    correction = _correction(request, uuid)
    chosen = request.POST.getlist("field") if "chosen" in request.POST else None
    if attempt(request, correction, actions.accept_correction, correction, fields=chosen):
        messages.success(request, f"{correction.use_case} says now what the file says.")
    return redirect("corrections-list")


@require_POST
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave the case as it is."""
    correction = _correction(request, uuid)
    if attempt(request, correction, actions.refuse_correction, correction):
        messages.success(request, f"{correction.use_case} stays as it is. This file will not propose it again.")
    return redirect("corrections-list")


def _correction(request: HttpRequest, uuid: UUID) -> ProposedCorrection:
    rows = corrections_visible_to(request.user).select_related("use_case__component", "use_case__owner")
    correction = rows.filter(uuid=uuid).first()
    if correction is None:
        raise Http404
    if refusals := answer_refusals(request.user, correction.use_case):
        raise PermissionDenied(" ".join(refusals))
    return correction
