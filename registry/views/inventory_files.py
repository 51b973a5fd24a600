"""A file that was read: what its columns and IDs mean, and taking its import back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.actions import inventory as actions
from registry.actions.inventory.looking import all_layouts
from registry.forms.files import ColumnsForm, IdsForm
from registry.models import ColumnMapping, ImportBatch, ProposedCorrection
from registry.permissions import can_answer_file, can_confirm, can_import, can_undo, imports_visible_to, visible_to
from registry.reads import older
from registry.views.shared import attempt

PAGE = 50


def columns(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What do the columns ask that no header places, and where do answers belong that stand beside their question?"""
    batch = _waiting(request, uuid)
    asked, layout = batch.summary.get("asked", []), all_layouts()[batch.layout]
    form = ColumnsForm(asked, layout, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, batch, actions.say_columns, batch, form.answers())
        if done:
            messages.success(request, "The file was read again with what you said.")
            return redirect("inventory-preview", uuid)
    context = {"batch": batch, "layout": layout, "form": form, "slipped": [one for one in asked if one.get("slipped")]}
    return render(request, "registry/inventory/columns.html", context)


def ids(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which cases do IDs mean that are spelled otherwise here?"""
    batch = _waiting(request, uuid)
    asked = _known(request, batch.summary.get("ids", []))
    page = Paginator(asked, PAGE).get_page(request.GET.get("page"))
    form = IdsForm(list(page.object_list), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, batch, actions.say_ids, batch, form.answers())
        if done:
            messages.success(request, "The file was read again with what you said.")
            return redirect("inventory-preview", uuid)
    return render(request, "registry/inventory/ids.html", {"batch": batch, "form": form, "page": page})


def _known(request: HttpRequest, asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose case the person may know of."""
    there = visible_to(request.user).filter(use_case_id__in=[one["use_case_id"] for one in asked])
    visible = set(there.values_list("use_case_id", flat=True))
    return [one for one in asked if one["use_case_id"] in visible]


def _visible(request: HttpRequest, uuid: UUID) -> ImportBatch:
    rows = imports_visible_to(request.user).select_related("uploaded_by", "agency").defer("content", "issues")
    batch = rows.filter(uuid=uuid).first()
    if batch is None:
        raise Http404
    return batch


def _waiting(request: HttpRequest, uuid: UUID) -> ImportBatch:
    batch = _visible(request, uuid)
    if not can_confirm(request.user, batch):
        raise PermissionDenied(f"Only {batch.uploaded_by}, who read the file, or the inventory manager can say this.")
    return batch


def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What would taking this import back change, and what would stay because somebody has changed it since?"""
    batch = _visible(request, uuid)
    if not can_undo(request.user, batch):
        raise PermissionDenied(f"Only {batch.uploaded_by}, who imported the file, or the inventory manager undo it.")
    done = attempt(request, batch, actions.undo, batch) if request.method == "POST" else None
    if done:
        told = ImportBatch.objects.defer("content", "issues").get(pk=batch.pk).summary["undone"]
        messages.success(
            request,
            f"Undone: {told['went_back']} as before, {told['left']} withdrawn, {told['stayed']} stayed as they are.",
        )
        return redirect("inventory-preview", uuid)
    batch = _visible(request, uuid)
    context: dict[str, Any] = {"batch": batch}
    if batch.state == ImportBatch.State.CONFIRMED:
        plan = actions.plan_undo(batch)
        proposals = ProposedCorrection.objects.filter(batch=batch, state=ProposedCorrection.State.OPEN).count()
        page = Paginator(plan.staying, PAGE).get_page(request.GET.get("page"))
        context |= {"plan": plan, "proposals": proposals, "page": page, "can_go": bool(plan.undone or proposals)}
    return render(request, "registry/inventory/undo.html", context)


@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave all cases as they are that a file says otherwise."""
    batch = _visible(request, uuid)
    if not can_answer_file(request.user, batch):
        raise PermissionDenied("Only the inventory manager answers for all cases of a file at once.")
    done = attempt(request, batch, actions.refuse_all, batch)
    if done:
        messages.success(request, f"{done} stay as they are. This file will not propose it again.")
    return redirect("inventory-preview", uuid)


def mappings(request: HttpRequest) -> HttpResponse:
    """What was said of headers that no table knows, and is read so without asking again?"""
    if not can_import(request.user):
        raise PermissionDenied(
            "Headers are kept for those who import files: the inventory manager and component leads."
        )
    rows = ColumnMapping.objects.select_related("agency", "said_by").order_by("layout", "header")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [{"mapping": one, "question": _question(one)} for one in page]
    return render(request, "registry/inventory/mappings.html", {"page": page, "shown": shown})


def _question(mapping: ColumnMapping) -> str:
    layout = all_layouts().get(mapping.layout)
    column = layout.by_field.get(mapping.field) if layout else None
    return " ".join(column.header.split("\n\n")[0].split()) if column else older.label_of(mapping.field)


@require_POST
def forget(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask about a header again."""
    if not can_import(request.user):
        raise PermissionDenied("Only the inventory manager and component leads say what headers mean.")
    mapping = ColumnMapping.objects.filter(uuid=uuid).first()
    if mapping is None:
        raise Http404
    if attempt(request, mapping, actions.forget_column, mapping):
        messages.success(request, "The next file with this header asks again.")
    return redirect("inventory-mappings")
