"""The queue: what waits for me, why is it mine, and what is most urgent?"""

import csv
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
from governance.actions import lanes
from governance.lifecycles import WAITING
from governance.models import Condition, Lane
from governance.permissions import has_queue
from governance.permissions.office import works_lanes
from governance.permissions.standing_in import sees_gaps
from governance.reads import queue as queues
from governance.reads import unsigned
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.inventory.write import neutralise
from registry.permissions import visible_to
from registry.reads import talk as reads_talk
from registry.views.shared import attempt

DOWNLOAD_LIMIT = 5_000


def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, why is it mine, and what is most urgent?"""
    found, show = _chosen(request)
    chosen = queues.chosen(found, show, request.user)
    page = Paginator(queues.load(found.work, chosen), 50).get_page(request.GET.get("page"))
    rows = queues.as_rows(found.work, page.object_list)
    context = {
        "queue": found,
        "mentions": reads_talk.mentions_of(request.user),
        "show": show,
        "works": [(work, queues.WORKS[work]) for work in queues.works(request.user)],
        "filters": [
            (name, label, found.counts[name]) for name, label in queues.FILTERS.items() if name in found.counts
        ],
        "groups": _groups(rows, queues.group_counts(found.counts, show)),
        "page": page,
        "title": _title(request.user, found.work),
        "colleagues": queues.colleagues(request.user) if found.work == "lanes" else [],
        "shown": found.counts[show],
        "oldest": _oldest(rows, show, page.number),
        "gaps": [gap for gap in unsigned.gaps(request.user) if not gap.is_covered] if sees_gaps(request.user) else [],
        **_besides(request.user, found.work),
    }
    return render(request, "governance/reviews/queue.html", context)


def download(request: HttpRequest) -> HttpResponse:
    """The rows of the queue as shown, in a file a spreadsheet opens."""
    found, show = _chosen(request)
    rows = queues.load(found.work, queues.chosen(found, show, request.user))[:DOWNLOAD_LIMIT]
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="queue-{found.work}-{show}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "Use Case ID",
            "Name",
            "Component",
            "Stage",
            "Impact",
            "Why",
            "Changed",
            "Here since",
            "Due",
            "Blocked by",
            "With",
            marking.COLUMN,
        ]
    )
    listed = queues.as_rows(found.work, rows)
    note_taken(f"queue-{found.work}-{show}.csv", [row.use_case for row in listed], actor=request.user)  # type: ignore[arg-type]
    for row in listed:
        with_whom = row.lane.assigned_to.name if row.lane and row.lane.assigned_to else ""
        cells = [
            row.use_case.use_case_id, row.use_case.title, row.use_case.component.code, row.stage, row.impact,
            row.because, row.changed, timezone.localtime(row.since).date().isoformat(), row.due_on.isoformat(),
            row.blocked, with_whom, marking.of_line(row.use_case),
        ]  # fmt: skip
        writer.writerow([neutralise(str(cell)) for cell in cells])
    return response


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give selected lanes to me, to a colleague of the office, or back to the queue."""
    if not works_lanes(request.user):
        raise PermissionDenied("Only office reviewers assign lanes, and only those of their own office.")
    one = request.POST.get("one")
    wanted = [one] if one else request.POST.getlist("lane")
    rows = Lane.objects.filter(uuid__in=_uuids(wanted), review__use_case__in=visible_to(request.user))
    chosen = list(rows.select_related("review__use_case", "office"))
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


def _uuids(given: list[str]) -> list[str]:
    return [text for text in given if len(text) == 36 and set(text) <= set("0123456789abcdef-")]


def _person(user: Any, to: str) -> User | None:
    if to == "me":
        return user
    return next((person for person in queues.colleagues(user) if str(person.pk) == to), None)


def _chosen(request: HttpRequest) -> tuple[queues.Queue, str]:
    if not has_queue(request.user):
        raise PermissionDenied(
            "The queue is for office reviewers, component leads, inventory managers and the Chief AI Officer."
        )
    works = queues.works(request.user)
    work = request.GET.get("work", works[0])
    found = queues.queue(request.user, work if work in works else works[0])
    show = request.GET.get("show", "all")
    return found, show if show in found.counts else "all"


def _groups(rows: list[queues.Row], totals: dict[str, int]) -> list[tuple[str, int, list[queues.Row]]]:
    found = []
    for name in ("Overdue", "Due this week", "Later"):
        inside = [row for row in rows if row.group == name]
        if inside:
            found.append((name, totals.get(name, len(inside)), inside))
    return found


def _title(user: Any, work: str) -> str:
    if work != "lanes":
        return {"endorse": "Cases to endorse", "triage": "Cases to triage", "decide": "Cases to decide"}[work]
    offices = standing(user).reviewer_of
    names = list(Office.objects.filter(pk__in=offices).values_list("name", flat=True))
    if not names:
        return "Lanes you sign for others"
    return f"{names[0]} lane" if len(names) == 1 else "My offices' lanes"


def _oldest(rows: list[queues.Row], show: str, page: int) -> queues.Row | None:
    return rows[0] if rows and show == "all" and page == 1 else None


def _besides(user: Any, work: str) -> dict[str, Any]:
    """Below a reviewer's lanes: conditions of the office that come due, and what was decided this month."""
    if work != "lanes":
        return {}
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
        "done_count": done.count(),
    }
