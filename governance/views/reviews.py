"""The pages where people judge a case: a lane, the endorsement, triage, the decision."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html

from accounts.typed import signed_in
from governance import determining, permissions, return_reasons
from governance.actions import decisions, lane_opening, lanes, reviews
from governance.forms.reviews import DecideForm, EndorseForm, LaneForm, TriageForm
from governance.models import Determination, Lane, Review
from governance.permissions.authorship import recusal_of
from governance.permissions.standing_in import recuse_refusals
from governance.reads import (
    case,
    determinations,
    dossier,
    gates,
    holds,
    justifications,
    lane_panel,
    queue_rows,
    record,
    rounds,
    together,
    verbs,
)
from governance.reads import queue as queues
from governance.views.lane_rows import visible_lane
from governance.views.queue_steps import onward, place
from registry import editions
from registry.lifecycle import edge
from registry.models import UseCase
from registry.models.use_case import Status
from registry.reads import talk as reads_talk
from registry.similar import overlaps
from registry.views.shared import attempt, visible_use_case

# What a reader of a case about to be judged knows anyway.
ROUTINE = (
    "lane.opened", "lane.assigned", "lane.closed", "lane.carried_over", "lane.started", "lane.second_reader_named",
    "use_case.filed",
)  # fmt: skip


def lane(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What changed since we said yes, and can my office sign it?"""
    row = visible_lane(request, uuid, answers=True)
    _allow(permissions.lane_place_refusals(request.user, row))
    panel = lane_panel.panel(request.user, row)
    form = LaneForm(
        _given(request, row), lane=row, people=lane_panel.colleagues(request.user, row),
        asks_conflict=panel["asks_conflict"], initial=lane_panel.begun(row),
    )  # fmt: skip
    if request.method == "POST" and "build" not in request.POST and form.is_valid():
        if _decide_lane(request, row, form):
            return _onwards(request, row)
        if Lane.objects.values_list("status", flat=True).get(pk=row.pk) != row.status:
            return redirect("reviews-lane", uuid)
    context = {
        **_left(request, row.review, row),
        "lane": row,
        "form": form,
        **panel,
        "here": place(request, "lanes", row),
        "others": [other for other in case.lanes_of(row.review) if other.pk != row.pk],
        "desks": queues.desks(request.user),
        "days_left": (row.due_on - timezone.localdate()).days,
    }
    return render(request, "governance/reviews/lane.html", context)


def _given(request: HttpRequest, row: Lane) -> QueryDict | None:
    """What was posted; for "write the message" with the message the ticked reasons make, and nothing is decided."""
    if request.method != "POST":
        return None
    if "build" not in request.POST:
        return request.POST
    given = request.POST.copy()
    given["verb"] = "return"
    codes = given.getlist("reasons")
    given["message"] = return_reasons.merged(given.get("message", ""), codes, return_reasons.offered(row.office.code))
    return given


def _decide_lane(request: HttpRequest, row: Lane, form: LaneForm) -> Any:
    given = form.cleaned_data
    return attempt(
        request, row, lanes.decide_lane, row, verb=given["verb"], message=given["message"],
        reasons=given["reasons"] if given["verb"] == "return" else (),
        conditions=form.conditions() if given["verb"] == "sign_off_with_conditions" else (),
        second_reader=form.reader(),
        no_conflict=bool(given.get("no_conflict")),
    )  # fmt: skip


def _onwards(request: HttpRequest, row: Lane) -> HttpResponse:
    """The next case, with a way back to the one just decided."""
    decided = Lane.objects.get(pk=row.pk)
    use_case = row.review.use_case
    messages.success(request, format_html(
        '{}: {}. <a href="{}">Look at {} again</a>', use_case.title, decided.get_status_display(),
        use_case.get_absolute_url(), use_case.use_case_id,
    ))  # fmt: skip
    return onward(request, "lanes", row)


def _left(request: HttpRequest, review: Review, lane: Lane | None = None, *, with_like: bool = True) -> dict[str, Any]:
    """The left side of every judging page: the case with what changed first, and what else there is to weigh."""
    use_case, before = review.use_case, case.baseline(review)
    document = use_case.readable(review.revision.document)
    form = editions.of(review.revision)
    opening = lane.opening_answers if lane else ()
    changed = case.changed_since(use_case, before.revision, review.revision, opening) if before else []
    changed = case.with_recent(use_case, changed, before, review.revision) if before else []
    fields = {line.after.field for line in changed}
    sections = case.parts(document, form, opening, with_blank=False)
    opened = [line for part in sections for line in part.lines if line.is_opening and line.field not in fields]
    papers = [line for line in dossier.split_papers(sections) if line.field not in fields and line not in opened]
    shown = fields | {line.field for line in (*opened, *papers)}
    rest = [replace(part, lines=tuple(line for line in part.lines if line.field not in shown)) for part in sections]
    return {
        "case": use_case,
        "review": review,
        "facts": case.facts(use_case, document),
        "baseline": before,
        "changes": changed,
        "opened": opened,
        "paper_lines": papers,
        "rest": sorted((part for part in rest if part.lines), key=lambda part: not part.is_main),
        "lead": _lead(review, before, len(changed)),
        "holds": holds.on_case(use_case),
        "asked_count": case.count_asked(document, form),
        "not_needed": rounds.not_needed(review)[review.pk],
        "determination": determinations.on_case(use_case),
        "history": record.history(use_case, 8, besides=ROUTINE),
        "talk": reads_talk.threads(request.user, use_case, {}, reads_talk.SOME),
        "my_recusal": recusal_of(request.user, use_case),
        "can_recuse": not recuse_refusals(request.user, use_case),
        **dossier.dossier(request.user, review, office=lane.office if lane else None, with_like=with_like),
    }


def _lead(review: Review, before: case.Baseline | None, changed: int) -> str:
    """The one sentence to read first: an objection, a condition a yes would rest on, what changed, or who sent it."""
    if objecting := rounds.objecting(review):
        return f"{' and '.join(objecting)} objected; the decision must answer it."
    conditions = list(queue_rows.earlier_conditions().filter(use_case=review.use_case))
    if conditions:
        first = conditions[0]
        more = f" {len(conditions) - 1} more are open." if len(conditions) > 1 else ""
        return (
            f"An earlier yes rests on an open condition, due {first.due_on.day} {first.due_on:%B}: {first.text}{more}"
        )
    if before:
        return f"{changed or 'No'} answer{'' if changed == 1 else 's'} changed since {before.since}."
    endorsed = f" and {review.endorsed_by} endorsed it" if review.endorsed_by else ""
    return f"First review. {review.submitted_by} sent it{endorsed}."


def endorse(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Does the component stand behind this case?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    _allow(permissions.lead_refusals(request.user, use_case))
    review = _running(use_case, Status.SUBMITTED)
    if review is None:
        return _moved_on(request, use_case)
    form = EndorseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _endorse(request, use_case, form):
        return _next_case(request, "endorse", review)
    context = {
        **_left(request, review),
        "form": form,
        "here": place(request, "endorse", review),
        "reasons": verbs.refusals("endorse", request.user, use_case),
    }
    return render(request, "governance/reviews/endorse.html", context)


def _endorse(request: HttpRequest, use_case: UseCase, form: EndorseForm) -> Any:
    given = form.cleaned_data
    if given["verb"] == "endorse":
        return attempt(request, use_case, reviews.endorse, use_case, note=given["message"])
    return attempt(
        request, use_case, reviews.send_back, use_case, message=given["message"], reasons=given["reasons"]
    )  # fmt: skip


def triage(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Does it belong here, and which offices must look at it?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    _allow(permissions.manager_refusals(request.user))
    review = _running(use_case, Status.ENDORSED)
    if review is None:
        return _moved_on(request, use_case)
    form = TriageForm(request.POST or None, user=signed_in(request))
    if request.method == "POST" and form.is_valid():
        led_to = attempt(request, use_case, reviews.triage, use_case, **form.answers())
        if led_to:
            return _next_case(request, "triage", review)
    context = {
        **_left(request, review, with_like=False),
        "form": form,
        "here": place(request, "triage", review),
        "routes": lane_opening.preview(review),
        "overlaps": overlaps(request.user, use_case),
        "together": together.together(request.user, use_case),
    }
    return render(request, "governance/reviews/triage.html", context)


def decide(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """May this use of AI go on, and under what conditions?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    _allow(_decider_refusals(request.user))
    review = _running(use_case, Status.READY)
    if review is None:
        return _moved_on(request, use_case)
    outcomes, closed = _outcomes(request.user, use_case)
    here = determinations.newest(use_case)
    made = here if here and here.revision_id == review.revision_id else None
    form = DecideForm(
        request.POST or None, outcomes=outcomes, case=use_case, standing=made, initial=_prefilled(review, made)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and _decide(request, use_case, form):
        return _next_case(request, "decide", review)
    context = {
        **_left(request, review),
        "form": form,
        "here": place(request, "decide", review),
        "closed": closed,
        "others": case.lanes_of(review),
        "objecting": rounds.objecting(review),
        "covers": case.label("development_stage", review.stage),
        "suggestion": determinations.suggestion(review.revision),
        "differences": determining.differences(determinations.known(review.revision)),
        "made": made,
        "repeated": justifications.alike(request.user, use_case, _text(form)),
    }
    return render(request, "governance/reviews/decide.html", context)


def _decider_refusals(user: Any) -> list[str]:
    """Who stands in for the Chief AI Officer may have been given the one or the other act."""
    reasons = permissions.decider_refusals(user, "decide")
    return reasons and permissions.decider_refusals(user, "refer") and reasons


def _outcomes(user: Any, use_case: UseCase) -> tuple[dict[str, str], list[str]]:
    """The outcomes open to this person, and why the others are not."""
    closed: list[str] = []
    found = {}
    for verb in ("approve", "approve_with_conditions", "reject", "refer", "return"):
        reasons = verbs.refusals(verb, user, use_case)
        if not reasons:
            found[verb] = f"Send back to {use_case.component.code}" if verb == "return" else edge(verb).label
            if verb == "reject" and gates.open_request(use_case):
                found[verb] = "Decline the request; the decision before it stands"
        closed += [reason for reason in reasons if reason not in closed]
    return found, closed


def _prefilled(review: Review, made: Determination | None) -> dict[str, Any]:
    """What was determined on this revision, else what was reported; it counts only when an official signs it."""
    return {**determinations.prefilled(review.use_case, review.revision, made), "rests_on": made and str(made.uuid)}


def _text(form: DecideForm) -> str:
    return str(form["justification"].value() or "")


def _decide(request: HttpRequest, use_case: UseCase, form: DecideForm) -> Any:
    given = form.cleaned_data
    if given["outcome"] == "return":
        return attempt(
            request, use_case, reviews.send_back, use_case, message=given["message"], reasons=given["reasons"]
        )  # fmt: skip
    if given["outcome"] == "refer":
        within = None if form.rests() or _is_beyond_reach(request.user, use_case) else form.determined()
        return attempt(
            request, use_case, decisions.refer, use_case, question=given["question"], determined=within
        )  # fmt: skip
    return attempt(
        request, use_case, decisions.decide, use_case, outcome=given["outcome"], reason=given["reason"],
        determined=form.determined(), rests_on=form.rests(),
        conditions=form.conditions() if given["outcome"] == "approve_with_conditions" else (),
        objections_answered=given["objections_answered"],
    )  # fmt: skip


def _is_beyond_reach(user: Any, use_case: UseCase) -> bool:
    """A deputy refers what is high-impact without determining it."""
    return bool(permissions.caio_refusals(user)) and use_case.impact != "not_high_impact"


def _running(use_case: UseCase, status: str) -> Review | None:
    review = rounds.open_round(use_case) if use_case.status == status else None
    if review:
        review.use_case = use_case
    return review


def _moved_on(request: HttpRequest, use_case: UseCase) -> HttpResponse:
    """An old link or somebody who was faster: say where the case stands."""
    messages.info(request, f"{use_case.use_case_id} is “{use_case.get_status_display()}”. Here is who has it now.")
    return redirect(use_case.get_absolute_url())


def _next_case(request: HttpRequest, work: str, done: Review) -> HttpResponse:
    """On with the next of the same kind, with a way back."""
    now = UseCase.objects.get(pk=done.use_case_id)
    messages.success(request, format_html(
        '{}: {}. <a href="{}">Look at {} again</a>', now.title, now.get_status_display(), now.get_absolute_url(),
        now.use_case_id,
    ))  # fmt: skip
    return onward(request, work, done)


def _allow(reasons: list[str]) -> None:
    if reasons:
        raise PermissionDenied(" ".join(reasons))
