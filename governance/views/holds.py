"""Holds on prohibited uses: the list, the page on which offices speak, and orders to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Office
from governance.actions import holds as actions
from governance.actions import stop_orders
from governance.forms.exceptions import WhyForm as LiftForm
from governance.forms.holds import BoardAnswerForm, BoardQuestionForm, NotStoppedForm, StoppedForm, WhyForm, WordForm
from governance.models import Hold, StopOrder
from governance.permissions import holds as permissions
from governance.reads import case, waiver_page
from governance.reads import holds as reads
from registry.models import UseCase
from registry.views.shared import attempt, visible_use_case

State = Hold.State


def listing(request: HttpRequest) -> HttpResponse:
    """Which prohibited uses are not ruled out, on what runs first, and who has to speak?"""
    if not permissions.can_see_holds(request.user):
        raise PermissionDenied("Holds are for people who work on use cases. Ask an administrator for a role.")
    found = reads.listing(request.user, request.GET.get("show", "open"))
    page = Paginator(found.rows, 50).get_page(request.GET.get("page"))
    context = {"found": found, "page": page, "rows": reads.rows_of(request.user, page.object_list)}
    context["to_confirm"] = reads.confirming(request.user)
    return render(request, "governance/holds/list.html", context)


def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is not ruled out, what did each office say, and what follows?"""
    return _page(request, _visible(request, uuid))


def _page(request: HttpRequest, row: Hold, **forms: Form) -> HttpResponse:
    user, use_case = request.user, row.use_case
    order = row.stop_orders.select_related("ordered_by", "confirmed_by").order_by("-ordered_at").first()
    desks = reads.desks(user, row)
    yours = [(desk, forms.get(f"word_{desk.code}") or _word_form(desk)) for desk in desks if desk.is_yours]
    officer = permissions.officer_refusals(user, use_case)
    is_settled = row.is_live and not row.is_open
    context = {
        "row": row,
        "case": use_case,
        "facts": case.facts(use_case),
        "title": reads.title(row),
        "question": reads.question(row),
        "known": reads.known_of(row),
        "is_hidden": row.prohibition in use_case.hidden,
        "is_quoted": reads.is_readable(row),
        "waiting": reads.waiting_names(row) if row.is_open else [],
        "desks": desks,
        "yours": yours,
        "order": order,
        "chain": [one for one in reads.chain(row) if one.pk != row.pk],
        "findings": reads.findings(row),
        "why_form": None if officer or not is_settled else forms.get("why") or WhyForm(auto_id="id_why_%s"),
        "question_form": None
        if officer or not row.is_live or row.is_before_board
        else forms.get("question") or BoardQuestionForm(auto_id="id_ask_%s"),
        "board_form": None
        if not row.is_before_board or permissions.board_refusals(user, use_case)
        else forms.get("board") or BoardAnswerForm(is_open=not is_settled, auto_id="id_board_%s"),
        "history": reads.history(row, order),
    }
    return render(request, "governance/holds/detail.html", context)


def _word_form(desk: reads.Desk) -> WordForm:
    given = {"office": desk.code, "seen": desk.word.uuid if desk.word else None}
    if desk.word:
        given |= {"says": desk.word.says, "reasons": desk.word.reasons}
    return WordForm(initial=given, auto_id=f"id_{desk.code}_%s")


@require_POST
def determine(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say for an office whether the prohibition applies."""
    row = _visible(request, uuid)
    code = request.POST.get("office", "")
    office = Office.objects.filter(agency=row.use_case.agency_id, code=code).first() if code in row.offices else None
    if office is None:
        return _none_of_yours(request, row)
    _allow(list(permissions.place(request.user, row, office).reasons))
    form = WordForm(request.POST, auto_id=f"id_{code}_%s")
    if not form.is_valid():
        return _page(request, row, **{f"word_{code}": form})
    given = {name: form.cleaned_data[name] for name in ("says", "reasons", "seen")}
    if attempt(request, row, actions.speak_on_hold, row, office=office, **given):
        row.refresh_from_db()
        messages.success(request, _done(row))
    return redirect(row)


def _none_of_yours(request: HttpRequest, row: Hold) -> HttpResponse:
    """Nobody speaks for an office that is not asked; who belongs to none is told whom this is for."""
    if not any(desk.is_yours for desk in reads.desks(request.user, row)):
        names = " and ".join(desk.name for desk in reads.desks(request.user, row))
        raise PermissionDenied(f"Only people of the {names} say whether the prohibition applies.")
    messages.error(request, "Say for which office you speak.")
    return redirect(row)


def _done(row: Hold) -> str:
    if row.state == State.APPLIES:
        if row.use_case.is_running:
            return "Recorded: the prohibition applies. The use is ordered to stop; its owner and the CAIO are told."
        return "Recorded: the prohibition applies. The case is rejected; its owner and the CAIO are told."
    if row.state == State.LIFTED:
        return "Recorded. Every office has said that it does not apply: the hold is lifted."
    return f"Recorded. Still to speak: {' and '.join(reads.waiting_names(row))}."


@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have the offices asked again."""
    row = _visible(request, uuid)
    _allow(permissions.officer_refusals(request.user, row.use_case))
    form = WhyForm(request.POST, auto_id="id_why_%s")
    if not form.is_valid():
        return _page(request, row, why=form)
    new = attempt(request, row, actions.reopen_hold, row, **form.cleaned_data)
    if new:
        messages.success(request, "Opened again. The offices are told; what was ordered stands until they answer.")
    return redirect(new or row)


@require_POST
def refer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the hold to the Board."""
    row = _visible(request, uuid)
    _allow(permissions.officer_refusals(request.user, row.use_case))
    form = BoardQuestionForm(request.POST, auto_id="id_ask_%s")
    if not form.is_valid():
        return _page(request, row, question=form)
    if attempt(request, row, actions.refer_hold, row, **form.cleaned_data):
        messages.success(request, "The Board is asked. The hold is listed for it until its answer is recorded.")
    return redirect(row)


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Record what the Board said."""
    row = _visible(request, uuid)
    _allow(permissions.board_refusals(request.user, row.use_case))
    form = BoardAnswerForm(request.POST, is_open=row.is_open, auto_id="id_board_%s")
    if not form.is_valid():
        return _page(request, row, board=form)
    new = attempt(request, row, actions.answer_hold, row, **form.cleaned_data)
    if new:
        messages.success(request, "Recorded. The Chief AI Officer is told.")
    return redirect(new or row)


# -- orders to stop ---------------------------------------------------------------------------------


def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What has to stop, by when, is it stopped, and who says so?"""
    return _order_page(request, _visible_order(request, uuid))


def _order_page(request: HttpRequest, row: StopOrder, **forms: Form) -> HttpResponse:
    reporting = permissions.report_refusals(request.user, row)
    confirming = list(permissions.confirmer(request.user, row).reasons)
    context = {
        "row": row,
        "case": row.use_case,
        "facts": case.facts(row.use_case),
        "reporting": reporting,
        "confirming": confirming,
        "stopped_form": forms.get("stopped") or StoppedForm(auto_id="id_stopped_%s"),
        "back_form": forms.get("back") or NotStoppedForm(auto_id="id_back_%s"),
        "history": reads.history(row),
        **waiver_page.lifting(request.user, row),
    }
    return render(request, "governance/holds/order.html", {**context, "lift_form": _lift_form(context)})


def _lift_form(context: dict[str, Any]) -> LiftForm | None:
    return LiftForm(label="What changed", auto_id="id_lift_%s") if context["may_lift"] else None


@require_POST
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Report that the use is stopped."""
    row = _visible_order(request, uuid)
    _allow(permissions.report_refusals(request.user, row))
    form = StoppedForm(request.POST, auto_id="id_stopped_%s")
    done = "Reported. Somebody who does not answer for the use confirms it; until then it counts as running."
    return _on_order(request, row, {"stopped": form}, stop_orders.report_stopped, done)


@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirm that the use is stopped."""
    row = _visible_order(request, uuid)
    _allow(list(permissions.confirmer(request.user, row).reasons))
    if attempt(request, row, stop_orders.confirm_stop, row):
        messages.success(request, "Confirmed. The use counts as stopped from now on.")
    return redirect(row)


@require_POST
def back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the report back."""
    row = _visible_order(request, uuid)
    _allow(list(permissions.confirmer(request.user, row).reasons))
    form = NotStoppedForm(request.POST, auto_id="id_back_%s")
    return _on_order(request, row, {"back": form}, stop_orders.not_stopped, "Given back. Its owner is told what runs.")


def _on_order(
    request: HttpRequest, row: StopOrder, asked: dict[str, Form], act: Callable[..., Any], done: str
) -> HttpResponse:
    (form,) = asked.values()
    if not form.is_valid():
        return _order_page(request, row, **asked)
    if attempt(request, row, act, row, **form.cleaned_data):
        messages.success(request, done)
    return redirect(row)


# -- what both begin with ---------------------------------------------------------------------------


def _visible(request: HttpRequest, uuid: UUID) -> Hold:
    rows = Hold.objects.select_related("use_case", "revision", "follows", "reopened_by", "referred_by", "answered_by")
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = _case_of(request, row.use_case, row.prohibition)
    return row


def _visible_order(request: HttpRequest, uuid: UUID) -> StopOrder:
    joins = ("use_case", "hold", "ordered_by", "reported_by", "confirmed_by")
    row = StopOrder.objects.select_related(*joins).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    row.use_case = _case_of(request, row.use_case)
    return row


def _case_of(request: HttpRequest, use_case: UseCase, *shown: str) -> UseCase:
    return visible_use_case(request, use_case.use_case_id, answers=shown)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
