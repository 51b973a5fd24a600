"""Going through one case for the yearly inventory: each answer is still true or changed, then on to the next."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from audit.log import record_refusal
from audit.workflow import Refused
from registry.actions import cycles as actions
from registry.actions import still_true
from registry.forms.cycles import ConfirmForm
from registry.models import ComponentCall, StillTrue, UseCase
from registry.permissions.cycles import can_answer, change_refusals, confirm_refusals
from registry.reads import call_states
from registry.reads import calls as lists
from registry.views.cycles import visible_cycle
from registry.views.shared import visible_use_case


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
    held, blank, first = form.groups()
    said = StillTrue.objects.filter(cycle=cycle, use_case=use_case, is_current=True)
    context = {
        "call": call, "cycle": cycle, "use_case": use_case, "form": form, "held": held, "blank": blank,
        "first": first, "fixed": fixed,
        "opened_on": request.POST.get("opened_on", use_case.revision_number) if is_sent else use_case.revision_number,
        "place": lists.place_in_round(lists.round_of(_person(request), call, use_case), use_case),
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
    if call_states.in_state(UseCase.objects.filter(pk=use_case.pk), call.cycle, "unpublished").exists():
        messages.warning(
            request, f"{use_case.title} stays out of the public file until somebody answers whether it is withheld."
        )
    return True


def _next(request: HttpRequest, call: ComponentCall, done: UseCase) -> str:
    """The next case of the round nobody has gone through, from the first again at its end; else the component."""
    everything = lists.round_of(_person(request), call, done)
    waiting = call_states.in_state(everything, call.cycle, "unanswered").exclude(pk=done.pk)
    following = lists.following(everything, done, set(waiting.values_list("use_case_id", flat=True)))
    if not following or "back" in request.POST:
        return call.get_absolute_url()
    return reverse("calls-case", args=[call.cycle.year, following])


def _person(request: HttpRequest) -> User:
    person = request.user
    assert isinstance(person, User)
    return person
