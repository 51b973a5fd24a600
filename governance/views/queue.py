"""The queue: what waits for me, why is it mine, and what is most urgent?"""

import csv
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import Office, User
from accounts.permissions import standing
from accounts.typed import signed_in
from governance.actions import lanes
from governance.lifecycles import WAITING
from governance.models import Condition, Lane
from governance.permissions import can_see_queue
from governance.permissions.office import works_lanes
from governance.permissions.standing_in import sees_gaps
from governance.reads import queue as queues
from governance.reads import queue_asked, queue_rows, unsigned
from governance.reads.lane_rows import visible_lanes
from governance.reads.queue_page import components, places, views
from governance.risk import RISKS
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.forms.listing import ViewForm
from registry.inventory.write import neutralise
from registry.permissions import visible_to
from registry.reads import talk as reads_talk
from registry.views.shared import attempt

DOWNLOAD_LIMIT = 5_000
SHOWN = 50
COLUMNS = (
    "Use Case ID", "Name", "Component", "Stage", "Impact", "Office", "Why", "Changed", "Waiting since", "Days", "Due",
    "Overdue", "Resubmitted", "Blocked by", "With", marking.COLUMN,
)  # fmt: skip


def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, why is it mine, and what is most urgent?"""
    user: Any = request.user
    found = _found(request)
    asked = found.asked
    page = Paginator(range(found.left), SHOWN).get_page(request.GET.get("page"))  # counted with the filters already
    rows = queue_rows.as_rows(asked, queue_rows.load(found, max(page.start_index() - 1, 0), page.end_index()), user)
    may_act = found.work != "lanes" or asked.scope != "all"
    context = {
        "queue": found,
        "asked": asked,
        "mentions": reads_talk.mentions_of(user),
        "places": places(user, found),
        "filters": [
            (name, label, found.counts[name], replace(asked, show=name).text)
            for name, label in queues.FILTERS.items() if name in found.counts
        ],
        "groups": _groups(rows, found),
        "page": page,
        "title": _title(user, asked),
        "may_act": may_act,
        "desks": queues.desks(user) if found.work == "lanes" and may_act else [],
        "offices": Office.objects.order_by("name") if asked.scope == "all" else [],
        "components": components(found),
        "first": rows[0] if rows and page.number == 1 and may_act else None,
        "gaps": [gap for gap in unsigned.gaps(user) if not gap.is_covered] if sees_gaps(user) else [],
        "ages": [(age, queue_asked.age_words(age)) for age in queue_asked.AGES],
        "view_form": ViewForm(user),
        **views(user, asked, request.GET.get("view", "")),
        **(_besides(user) if asked.scope in ("mine", "office") else {}),
    }  # fmt: skip
    return render(request, "governance/reviews/queue.html", context)


def download(request: HttpRequest) -> HttpResponse:
    """The rows of the queue as shown, in a file a spreadsheet opens."""
    found = _found(request)
    rows = queue_rows.load(found, 0, DOWNLOAD_LIMIT)
    name = f"queue-{found.asked.scope or found.work}-{found.asked.show}.csv"
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    listed = queue_rows.as_rows(found.asked, rows, request.user)
    note_taken(name, [row.use_case for row in listed], actor=signed_in(request))
    for row in listed:
        writer.writerow([neutralise(str(cell)) for cell in _cells(row)])
    return response


def _cells(row: queue_rows.Row) -> list[Any]:
    lane, case, since = row.lane, row.use_case, timezone.localtime(row.since).date()
    with_whom = lane.assigned_to.name if lane and lane.assigned_to else ""
    return [
        case.use_case_id, case.title, case.component.code, row.stage, row.impact, lane.office.code if lane else "",
        row.because, row.changed, since.isoformat(), (timezone.localdate() - since).days,
        "" if row.is_waiting else row.due_on.isoformat(), "yes" if row.is_overdue else "no",
        "yes" if row.is_resubmitted else "no", row.blocked, with_whom, marking.of_line(case),
    ]  # fmt: skip


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give selected lanes to me, to a colleague of the office, or back to the queue."""
    if not works_lanes(request.user):
        raise PermissionDenied("Only office reviewers assign lanes, and only those of their own office.")
    one = request.POST.get("one")
    chosen = visible_lanes(request.user, [one] if one else request.POST.getlist("lane"))
    to = "me" if one else request.POST.get("to", "me")
    person = _person(request.user, to)
    if to not in ("me", "nobody") and person is None:
        messages.error(request, "Choose a colleague of your office.")
    elif count := attempt(request, _subject(chosen, request.user), lanes.assign, chosen, to=person):
        whom = {"me": "you", "nobody": "nobody; they are back in the queue"}.get(to, str(person))
        messages.success(request, f"{count} {'case is' if count == 1 else 'cases are'} now with {whom}.")
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "reviews-queue")


def _subject(chosen: list[Lane], user: Any) -> Any:
    return chosen[0] if chosen else user


def _person(user: Any, to: str) -> User | None:
    if to == "me":
        return user
    return next((person for person in queues.colleagues(user) if str(person.pk) == to), None)


def _found(request: HttpRequest) -> queues.Queue:
    if not can_see_queue(request.user):
        raise PermissionDenied(
            "The queue is for office reviewers, component leads, inventory managers, the Chief AI Officer and auditors."
        )
    asked = queue_asked.read(request.user, request.GET, queues.works(request.user), queues.FILTERS)
    return queues.find(request.user, asked)


def _groups(rows: list[queue_rows.Row], found: queues.Queue) -> list[tuple[str, int, list[queue_rows.Row]]]:
    """The rows of this page under their class of risk, with how many the class has on all pages."""
    inside = {risk: [row for row in rows if row.risk == risk] for risk in RISKS}
    return [(label, found.risks[risk], inside[risk]) for risk, label in RISKS.items() if inside[risk]]


def _title(user: Any, asked: queue_asked.Asked) -> str:
    if asked.work != "lanes":
        return {"endorse": "Cases to endorse", "triage": "Cases to triage", "decide": "Cases to decide"}[asked.work]
    if asked.scope != "office":
        return {"mine": "My lanes", "all": "All offices’ lanes"}[asked.scope]
    offices = standing(user).reviewer_of
    names = list(Office.objects.filter(pk__in=offices).values_list("name", flat=True))
    if not names:
        return "Lanes you sign for others"
    return f"{names[0]} lane" if len(names) == 1 else "My offices’ lanes"


def _besides(user: Any) -> dict[str, Any]:
    """Below a reviewer's lanes: conditions of the office that come due, and what was decided this month."""
    offices, today = standing(user).reviewer_of, timezone.localdate()
    seen = {"use_case__in": visible_to(user)}
    due = Condition.objects.filter(lane__office__in=offices, due_on__lte=today + timedelta(days=30), **seen)
    done = Lane.objects.filter(
        decided_by=user, carried_from=None, decided_at__year=today.year, decided_at__month=today.month,
        review__use_case__in=visible_to(user),
    )  # fmt: skip
    coming = Lane.objects.filter(office__in=offices, status=WAITING, review__use_case__in=visible_to(user))
    return {
        "coming": coming.select_related("review__use_case__component").order_by("due_on")[:8],
        "due_conditions": due.exclude(state=Condition.State.ACCEPTED).select_related("use_case__component")[:8],
        "done_lanes": done.select_related("review__use_case__component").order_by("-decided_at")[:8],
    }
