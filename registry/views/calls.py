"""One component's part of the yearly inventory: its cases, going through one, workbooks out and back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from audit.log import record_refusal
from audit.workflow import Refused
from registry import questionnaire, reads
from registry.actions import call_workbooks, still_true
from registry.actions import cycles as actions
from registry.forms.cycles import ConfirmForm, ExtensionForm, ReasonForm, ReturnForm
from registry.models import ComponentCall, StillTrue, UseCase, WorkbookReturn
from registry.permissions.cycles import (
    can_answer,
    can_take_workbooks,
    certify_refusals,
    change_refusals,
    confirm_refusals,
    returns_visible_to,
    runs_cycles,
    runs_refusals,
)
from registry.permissions.know import for_reader
from registry.permissions.people import leads_of, people_of
from registry.reads import calls as lists
from registry.reads.cycles import part_of
from registry.views.cycles import require, visible_call, visible_cycle
from registry.views.shared import attempt, visible_use_case

PAGE = 50


def detail(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What has this component to go through, who has not, and how do we get it done?"""
    call = visible_call(request, year, code)
    everything = lists.cases_of(request.user, call)
    state, owner = request.GET.get("state", ""), request.GET.get("owner", "")
    rows = lists.in_state(everything, call.cycle, state)
    if owner == "me":
        rows = lists.of_person(rows, _person(request))
    elif owner.isdigit() and len(owner) < 9:
        rows = rows.filter(owner=int(owner))
    rows = lists.with_answers(rows.distinct(), call.cycle).order_by("use_case_id")
    waiting = lists.owners(request.user, call)
    context = {
        "call": call,
        "cycle": call.cycle,
        "part": part_of(request.user, call),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "states": lists.STATES,
        "state": state if state in lists.STATES else "",
        "owner": owner,
        "owners": waiting,
        "leads": list(leads_of(call.component).order_by("name")),
        "can_run": runs_cycles(request.user),
        "can_take": can_take_workbooks(request.user, call.component),
        "can_certify": not certify_refusals(request.user, call),
        "is_mine": any(one.pk == request.user.pk for one in waiting),
        "returns": returns_visible_to(request.user).filter(workbook__call=call)[:8],
        "extension_form": ExtensionForm(),
        "reason_form": ReasonForm(),
    }
    return render(request, "registry/cycles/call.html", context)


def case(request: HttpRequest, year: int, use_case_id: str) -> HttpResponse:
    """Is each answer of this case still true, or what has changed?"""
    cycle = visible_cycle(request, year)
    use_case = visible_use_case(request, use_case_id, answers=actions.reported_fields(cycle))
    call = ComponentCall.objects.filter(cycle=cycle, component=use_case.component).select_related("cycle").first()
    if call is None or use_case.filed_number is None:
        raise Http404
    if not can_answer(request.user, use_case):
        raise PermissionDenied(" ".join(confirm_refusals(request.user, use_case)))
    call.component = use_case.component
    lines = lists.readable_lines(use_case, actions.reported_fields(cycle))
    fixed = change_refusals(use_case)
    is_sent = request.method == "POST"
    form = ConfirmForm(lines, use_case.document, can_change=not fixed, data=request.POST if is_sent else None)
    if is_sent and form.is_valid() and _save(request, call, use_case, form):
        return redirect(_next(request, call, use_case))
    held, blank = form.groups()
    said = StillTrue.objects.filter(cycle=cycle, use_case=use_case, is_current=True)
    context = {
        "call": call, "cycle": cycle, "use_case": use_case, "form": form, "held": held, "blank": blank, "fixed": fixed,
        "opened_on": request.POST.get("opened_on", use_case.revision_number) if is_sent else use_case.revision_number,
        "before": said.select_related("confirmed_by", "on_behalf_of").first(),
    }  # fmt: skip
    return render(request, "registry/cycles/case.html", context, status=400 if form.errors else 200)


def _save(request: HttpRequest, call: ComponentCall, use_case: UseCase, form: ConfirmForm) -> bool:
    how = StillTrue.How.ALL if "all" in request.POST else StillTrue.How.PAGE
    said = still_true.Said(form.said, form.changes, how=how)
    opened_on = request.POST.get("opened_on", "")
    number = int(opened_on) if opened_on.isdigit() and len(opened_on) < 9 else -1
    try:
        row = still_true.confirm(call.cycle, use_case, said, opened_on=number, actor=_person(request))
    except Refused as refused:
        record_refusal(use_case, actor=request.user, verb="confirm", reasons=refused.reasons)
        form.add_error(None, " ".join(refused.reasons))
        return False
    changed = sum(1 for one in row.fields.values() if one == still_true.CHANGED)
    told = (
        f"{changed} answer{'' if changed == 1 else 's'} changed, the rest still holds" if changed else "all still true"
    )
    messages.success(request, f"{use_case.title}: {told}.")
    return True


def _person(request: HttpRequest) -> User:
    person = request.user
    assert isinstance(person, User)
    return person


def _next(request: HttpRequest, call: ComponentCall, done: UseCase) -> str:
    """The next case of mine nobody has gone through, else back to the component."""
    rows = lists.in_state(lists.cases_of(request.user, call), call.cycle, "unanswered").exclude(pk=done.pk)
    following = (
        lists.of_person(rows, _person(request)).order_by("use_case_id").values_list("use_case_id", flat=True).first()
    )
    if following is None or "back" in request.POST:
        return call.get_absolute_url()
    return reverse("calls-case", args=[call.cycle.year, following])


# -- the manager's acts -----------------------------------------------------------------------------


@require_POST
def extend(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Give this component another day."""
    call = visible_call(request, year, code)
    require(runs_refusals(request.user))
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        for field, errors in form.errors.items():
            messages.error(request, f"{form[field].label}: {' '.join(map(str, errors))}")
    elif attempt(request, call, actions.extend, call, form.cleaned_data["due_on"], reason=form.cleaned_data["reason"]):
        day = reads.day_in_words(form.cleaned_data["due_on"])
        messages.success(request, f"{call.component} answers by {day} now. Its people get a mail.")
    return redirect(call)


@require_POST
def close(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Take no more answers of this component."""
    call = visible_call(request, year, code)
    require(runs_refusals(request.user))
    if attempt(request, call, actions.close_call, call):
        messages.success(request, f"The call of {call.component} is closed. You can open it again.")
    return redirect(call)


@require_POST
def reopen(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Take answers of this component again."""
    call = visible_call(request, year, code)
    require(runs_refusals(request.user))
    if attempt(request, call, actions.reopen_call, call, reason=request.POST.get("reason", "")):
        messages.success(request, f"{call.component} can answer again.")
    return redirect(call)


# -- workbooks --------------------------------------------------------------------------------------


@require_GET
def workbook(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The cases of this component, or of one owner, as a workbook to fill in elsewhere."""
    call = visible_call(request, year, code)
    if not can_take_workbooks(request.user, call.component):
        raise PermissionDenied(f"Only people of {call.component} and the inventory manager take workbooks out.")
    owner = _owner(request, call)
    made = attempt(request, call, call_workbooks.make_workbook, call, owner=owner)
    if made is None:
        return redirect(call)
    response = HttpResponse(made.content, content_type=call_workbooks.EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


def _owner(request: HttpRequest, call: ComponentCall) -> User | None:
    wanted = request.GET.get("owner", "")
    if wanted == "me":
        return _person(request)
    if not wanted:
        return None
    found = people_of(call.component).filter(pk=int(wanted)) if wanted.isdigit() and len(wanted) < 9 else None
    person = found.first() if found is not None else None
    if person is None:
        raise Http404
    return person


def bring_back(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """How do I bring a workbook back? It is read and shown before anything changes."""
    call = visible_call(request, year, code)
    if not can_take_workbooks(request.user, call.component):
        raise PermissionDenied(f"Only people of {call.component} and the inventory manager bring workbooks back.")
    everybody, person = people_of(call.component), _person(request)
    is_outside = not everybody.filter(pk=person.pk).exists()
    people = everybody.order_by("name").exclude(pk=person.pk)
    is_sent = request.method == "POST"
    form = ReturnForm(
        people, is_outside=is_outside, data=request.POST if is_sent else None, files=request.FILES if is_sent else None
    )
    if is_sent and form.is_valid() and (row := _read(request, call, form)):
        return redirect(row)
    context = {"call": call, "cycle": call.cycle, "form": form, "has_people": people.exists()}
    return render(request, "registry/cycles/bring_back.html", context, status=400 if form.errors else 200)


def _read(request: HttpRequest, call: ComponentCall, form: ReturnForm) -> WorkbookReturn | None:
    given = form.cleaned_data
    try:
        return call_workbooks.bring_back(
            call, given["file"].read(), given["file"].name, on_behalf_of=given["on_behalf_of"], actor=_person(request)
        )
    except Refused as refused:
        record_refusal(call, actor=request.user, verb="bring_back", reasons=refused.reasons)
        form.add_error("file", " ".join(refused.reasons))
        return None


def returned(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What would this workbook change, what would it not, and what did it change once it was taken over?"""
    row = _visible_return(request, uuid)
    waits = row.state == WorkbookReturn.State.READ
    found = call_workbooks.effects(row) if waits else []
    for_reader(request.user, *(one.case for one in found))
    call_workbooks.note_seen(found, row, actor=_person(request))
    context = {
        "row": row, "call": row.workbook.call, "cycle": row.workbook.call.cycle, "waits": waits,
        "effects": [_shown(one) for one in found if not one.only_confirms],
        "unchanged": [one for one in found if one.only_confirms],
        "does_something": any(one.does_something for one in found),
        "edits": sum(len(one.edits) for one in found if not one.refusals),
        "confirms": sum(1 for one in found if one.confirms),
        "proposed": sum(len(one.proposed) for one in found if not one.refusals),
        "conflicts": sum(len(one.conflicts) for one in found if not one.refusals),
        "result": row.result, "names": {name: one.short for name, one in questionnaire.every().items()},
        "not_taken": [one for one in row.plan["problems"] if not one["is_taken"]],
        "remarks": [one for one in row.plan["problems"] if one["is_taken"]],
    }  # fmt: skip
    return render(request, "registry/cycles/returned.html", context)


def _visible_return(request: HttpRequest, uuid: UUID) -> WorkbookReturn:
    row = returns_visible_to(request.user).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    return row


def _shown(effect: call_workbooks.Effect) -> dict[str, Any]:
    """One case of a returned workbook in words."""
    known = questionnaire.every()
    use_case = effect.case
    after = use_case.readable(still_true.outcome(use_case, effect.edits or effect.proposed))
    conflicts = [
        {
            "field": name,
            "label": known[name].label if name in known else name,
            "here": _words(use_case, name, known),
            "file": reads.answer_words(known[name], value) if name in known and value else "",
        }
        for name, value in effect.conflicts.items()
    ]
    return {
        "effect": effect,
        "use_case": use_case,
        "changes": reads.worded_changes(use_case.document, after) if not effect.refusals else [],
        "conflicts": conflicts,
        "unasked": [known[name].short if name in known else name for name in effect.unasked],
    }


def _words(use_case: UseCase, name: str, known: Any) -> str:
    value = use_case.document.get("answers", {}).get(name)
    return reads.answer_words(known[name], value) if name in known else str(value or "")


@require_POST
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a returned workbook over; `taken` names conflicts in which the workbook shall hold."""
    row = _visible_return(request, uuid)
    done = attempt(request, row, call_workbooks.take_over, row, taken=request.POST.getlist("taken"))
    if done:
        changed, through = len(done.result["changed"]), len(done.result["confirmed"])
        cases = f"{changed} use case{'' if changed == 1 else 's'}"
        messages.success(request, f"Taken over: {cases} changed, {through} gone through.")
    return redirect(row)


@require_POST
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a returned workbook aside."""
    row = _visible_return(request, uuid)
    if attempt(request, row, call_workbooks.discard_return, row):
        messages.success(request, f"{row.file_name} was put aside. Nothing of it was taken over.")
    return redirect(row.workbook.call)
