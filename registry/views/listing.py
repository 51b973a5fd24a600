"""The list of use cases: finding some among all, choosing what to see of them, taking them along."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.models import Role
from accounts.permissions import standing
from registry import columns, filters, list_files
from registry.actions.list_exports import record_export, record_shown
from registry.forms.listing import ViewForm
from registry.models import ListDefault, SavedView
from registry.permissions import can_register, can_see_left_out
from registry.permissions.listing import can_act_on_list
from registry.permissions.views import may_keep_views, view_refusals, views_visible_to
from registry.reads import listing as reads_list
from registry.reads.listing import Listing
from registry.view_places import LIST

SHOWN = 50
FIRST = ("component", "stage", "status")  # the rest is folded away
FILES = {
    "csv": (list_files.csv_bytes, "text/csv; charset=utf-8"),
    "xlsx": (list_files.xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def listing(request: HttpRequest) -> HttpResponse:
    """Which use cases are there, and which of them fit?"""
    user: Any = request.user
    views = list(views_visible_to(user).filter(place=LIST.code))
    if opened := _to_open(request, user, views):
        return redirect(opened)
    shown = reads_list.of_request(user, request.GET)
    if (file_format := request.GET.get("format", "")) in FILES:
        return _file(shown, file_format)
    counts = filters.counts(shown.found.rows, user)
    pages = Paginator(shown.rows, SHOWN)
    pages.count = counts.total  # counted with the filters already
    page = pages.get_page(request.GET.get("page"))
    chips = shown.chips()
    cases = shown.readable(page.object_list)
    answers = {case.use_case_id: sorted(found) for case in cases if (found := shown.restricted_answers(case))}
    record_shown(answers, path=request.get_full_path(), actor=user)
    context = {
        "page": page,
        "lines": [(case, list(zip(shown.columns, shown.cells(case), strict=True))) for case in cases],
        "shown": shown,
        "given": shown.query.filters,
        "instead": shown.found.instead,
        "chips": chips,
        "first": _selects(shown, counts, FIRST),
        "more": _selects(shown, counts, [name for name in counts.choices if name not in FIRST]),
        "folded": sum(1 for name in (*counts.choices, "since") if name not in FIRST and shown.query.get(name)),
        "tags": [choice.value for choice in counts.choices["tag"]],
        "can_register": can_register(user),
        "can_see_left_out": can_see_left_out(user),
        "works_in_component": bool(standing(user).components),
        "shows_unowned": bool(standing(user).components) or standing(user).is_department_wide,
        "can_act": can_act_on_list(user),
        "can_ask": standing(user).has(Role.COMPONENT_LEAD, Role.INVENTORY_MANAGER),
        **_columns(shown),
        **_views(request, shown, views),
    }
    return render(request, "registry/list/list.html", context)


def _to_open(request: HttpRequest, user: Any, views: list[SavedView]) -> SavedView | str | None:
    """A view named without its question, or the person's default where nothing at all is asked."""
    names = set(request.GET)
    if names == {"view"}:
        view = _view(request.GET["view"], views)
        if view is None:
            return "/use-cases/?all=1"
        return view if view.query else None
    if names:
        return None
    kept = ListDefault.objects.filter(person=user).exclude(view=None).first() if views else None
    return next((view for view in views if kept and view.pk == kept.view_id), None)


def _view(uuid: str, views: list[SavedView]) -> SavedView | None:
    return next((view for view in views if str(view.uuid) == uuid), None)


def _selects(shown: Listing, counts: filters.Counts, names: Any) -> list[dict[str, Any]]:
    """The drop-downs: each with what can be chosen, and what is."""
    found = []
    for name in names:
        chosen = shown.query.get(name)
        choices = list(counts.choices[name])
        if name == "handling" and not filters.may_filter_handling(shown.user):
            continue
        if chosen and chosen not in [choice.value for choice in choices]:
            choices.append(filters.Choice(chosen, filters.chip(name, chosen, shown.user), 0))
        if choices or name in FIRST:
            found.append({"name": name, "heading": filters.HEADINGS[name], "choices": choices, "chosen": chosen})
    return found


def _columns(shown: Listing) -> dict[str, Any]:
    chosen = {column.code for column in shown.columns}
    return {
        "chosen_columns": chosen,
        "fixed_columns": columns.fixed(shown.user),
        "answer_columns": columns.answers(),
        "besides_cols": shown.query.pairs("cols"),
        "kept_cols": [pair for pair in shown.query.pairs() if pair[0] in ("cols", "sort")],
    }


def _views(request: HttpRequest, shown: Listing, views: list[SavedView]) -> dict[str, Any]:
    view = _view(request.GET.get("view", ""), views)
    kept = ListDefault.objects.filter(person=shown.user).values_list("view", "columns").first() or (None, "")
    return {
        "views": views,
        "view": view,
        "is_changed": bool(view and view.query != shown.query.text()),
        "can_change_view": bool(view and not view_refusals(shown.user, view)),
        "may_keep": may_keep_views(shown.user),
        "view_form": ViewForm(shown.user),
        "default_view": kept[0],
        "has_own_columns": bool(kept[1]),
    }


def _file(shown: Listing, file_format: str) -> HttpResponse:
    """Exactly what is shown, all pages, in the same order and columns; recorded."""
    write, media_type = FILES[file_format]
    made = shown.file()
    record_export(
        file_format, query=shown.query.text(), columns=[column.code for column in shown.columns], rows=len(made.rows),
        restricted=made.restricted, answers=made.answers, actor=shown.user,
    )  # fmt: skip
    response = HttpResponse(write(shown.head(len(made.rows)), made.heads, made.rows), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="use-cases.{file_format}"'
    return response


def back_to(text: str) -> str:
    """The list with this question, whatever an address or form gave: only known names come back."""
    query = reads_list.list_query.of_request(QueryDict(text[:4000]), filters.names()).text()
    return f"/use-cases/?{query}" if query else "/use-cases/?all=1"
