"""Acts in a lane besides its decision: questions, the second reader, calling in, and several lanes at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from governance import permissions
from governance.actions import lane_opening, lanes_together, questions, second_readers
from governance.forms.lanes import AnswerForm, AskForm, CallInForm, DisagreeForm, TogetherForm
from governance.models import Lane, LaneQuestion
from governance.permissions.authorship import stated
from governance.permissions.office import offices_of, works_lanes
from governance.reads import case, lane_panel, lane_questions, lane_verbs
from governance.reads import lanes_together as together_reads
from governance.reads.lane_rows import visible_lanes
from governance.views.lane_rows import visible_lane
from governance.views.queue_steps import onward
from registry.permissions import visible_to
from registry.views.shared import attempt, visible_use_case


@require_POST
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask the owner or the submitter; the lane's clock stands until the answer."""
    lane = _my_lane(request, uuid)
    form = AskForm(request.POST, people=lane_questions.to_ask(lane))
    if not form.is_valid():
        _say_errors(request, form)
    elif attempt(request, lane, questions.ask, lane, text=form.cleaned_data["text"], of=form.person()):
        messages.success(
            request, f"Asked {form.person()}. The clock stands until the answer; the lane keeps its place."
        )
    return _stay(request, uuid)


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer an office's question."""
    question = _question(request, uuid)
    use_case = question.lane.review.use_case
    _allow(permissions.answer_refusals(request.user, question, use_case))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
    elif attempt(request, question.lane, questions.answer_question, question, text=form.cleaned_data["text"]):
        messages.success(request, f"Answered. The {question.lane.office.name} goes on with it.")
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if allowed else f"{use_case.get_absolute_url()}#questions")


@require_POST
def withdraw_question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Do without the answer."""
    question = _question(request, uuid)
    _allow(permissions.lane_place_refusals(request.user, question.lane))
    if attempt(request, question.lane, questions.withdraw_question, question):
        messages.success(request, "Withdrawn. The clock goes on.")
    return _stay(request, question.lane.uuid)


@require_POST
def second_reader(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a colleague to read second, or do without again."""
    lane = _my_lane(request, uuid)
    people = {str(person.pk): person for person in (*lane_panel.colleagues(request.user, lane), request.user)}
    to: Any = people.get(request.POST.get("second_reader", ""))
    if to is None and request.POST.get("second_reader"):
        messages.error(request, "Choose a colleague of your office.")
    elif attempt(request, lane, second_readers.set_second_reader, lane, to=to):
        messages.success(request, f"{to} reads it second." if to else "No second reader any more.")
    return _stay(request, uuid)


@require_POST
def agree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Agree as the second reader."""
    lane = _my_lane(request, uuid)
    given = {"seen": request.POST.get("seen", ""), "no_conflict": bool(request.POST.get("no_conflict"))}
    if attempt(request, lane, second_readers.agree, lane, **given):
        messages.success(request, f"You agreed. What {lane.proposed_by} decided stands.")
        return onward(request, "lanes", lane)
    return _stay(request, uuid)


@require_POST
def disagree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Disagree as the second reader, with a note."""
    lane = _my_lane(request, uuid)
    form = DisagreeForm(request.POST)
    seen = request.POST.get("seen", "")
    if not form.is_valid():
        messages.error(request, "Say what you see otherwise; the first reader reads it.")
    elif attempt(request, lane, second_readers.disagree, lane, note=form.cleaned_data["note"], seen=seen):
        messages.success(request, f"It is with {lane.proposed_by} again, with your note.")
        return onward(request, "lanes", lane)
    return _stay(request, uuid)


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a decision back from the second reader."""
    lane = _my_lane(request, uuid)
    if attempt(request, lane, second_readers.take_back_decision, lane):
        messages.success(request, "Taken back. What you wrote is in the form.")
    return _stay(request, uuid)


def call_in(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Must my office look at this case too?"""
    use_case = visible_use_case(request, use_case_id)
    if not offices_of(request.user):
        raise PermissionDenied("Only reviewers of an office call a case in. Write a comment to tell an office of it.")
    offices = lane_verbs.callable_offices(request.user, use_case)
    form = CallInForm(request.POST or None, offices=offices or _all_mine(request.user))
    if request.method == "POST" and form.is_valid():
        made = attempt(request, use_case, lane_opening.call_in, use_case, **form.cleaned_data)
        if made:
            messages.success(request, f"Called in. The lane of the {made.office.name} is open.")
            return redirect("reviews-lane", made.uuid)
        return redirect(use_case.get_absolute_url())
    context = {"case": use_case, "facts": case.facts(use_case), "form": form, "offices": offices}
    return render(request, "governance/reviews/call_in.html", context)


def _all_mine(user: Any) -> list[Any]:
    """The offices a forged or late call may name: the action says why not."""
    return list(lane_verbs.offices_of(user))


def together(request: HttpRequest) -> HttpResponse:
    """Which of these lanes can I sign at once, and why not the others?"""
    if not works_lanes(request.user):
        raise PermissionDenied("Only office reviewers sign lanes, and only those of their own office.")
    given = request.POST if request.method == "POST" else request.GET
    chosen = visible_lanes(request.user, given.getlist("lane"))[: together_reads.MOST]
    asks = any(stated(row.review, request.user) is None for row in chosen)
    form = TogetherForm(request.POST if "confirm" in request.POST else None, asks_conflict=asks)
    if "confirm" in request.POST and form.is_valid():
        thing = chosen[0] if chosen else request.user
        count = attempt(request, thing, lanes_together.decide_together, chosen, **form.cleaned_data)
        if count:
            messages.success(
                request, f"{count} {'lane' if count == 1 else 'lanes'} signed off, each on its own record."
            )
            return redirect("reviews-queue")
    found = together_reads.candidates(request.user, chosen)
    context = {
        "ready": [one for one in found if not one.reasons],
        "others": [one for one in found if one.reasons],
        "form": form,
    }
    return render(request, "governance/reviews/together.html", context)


def _stay(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The lane again, with the queue the reader came from."""
    text = request.GET.urlencode()
    return redirect(reverse("reviews-lane", args=[uuid]) + (f"?{text}" if text else ""))


def _my_lane(request: HttpRequest, uuid: UUID) -> Lane:
    lane = visible_lane(request, uuid)
    _allow(permissions.lane_place_refusals(request.user, lane))
    return lane


def _question(request: HttpRequest, uuid: UUID) -> LaneQuestion:
    rows = LaneQuestion.objects.select_related("lane__office", "lane__review__use_case__component", "asked_of")
    found = rows.filter(uuid=uuid, lane__review__use_case__in=visible_to(request.user).values("pk")).first()
    if found is None:
        raise Http404
    return found


def _say_errors(request: HttpRequest, form: Any) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, error)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
