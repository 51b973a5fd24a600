"""The workload of offices and how long their answers take, each figure with its rows."""

import csv
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from governance.permissions import can_see_queue
from governance.reads import lane_times
from governance.reports.charts import stacked
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.inventory.write import neutralise

DOWNLOAD_LIMIT = 5_000
SHOWN = 50


def workload(request: HttpRequest) -> HttpResponse:
    """How much lies with each office, how long do its answers take, and what waits too long?"""
    user, period = _reader(request), _period(request)
    weeks, ages = lane_times.by_week(user), lane_times.ageing(user)
    context = {
        "offices": lane_times.offices(user, period),
        "period": period,
        "periods": lane_times.PERIODS,
        "weeks": weeks,
        "ages": ages,
        "weeks_chart": _chart("weeks", "Decisions by week", weeks),
        "ages_chart": _chart("ages", "Open lanes by age", ages),
    }
    return render(request, "governance/reviews/workload.html", context)


def workload_file(request: HttpRequest) -> HttpResponse:
    """The three tables of the page in one file: table, row, office, number."""
    user, period = _reader(request), _period(request)
    lines: list[list[Any]] = []
    for one in lane_times.offices(user, period):
        now = {"Open": one.open, "Overdue": one.overdue, "With nobody": one.nobody, "Blocked": one.blocked}
        took = {"Decided": one.decided, "Median days": one.median_days, "90th percentile days": one.ninetieth_days}
        lines += [["Now", name, one.office.code, value] for name, value in now.items()]
        lines += [[f"Last {period} days", name, one.office.code, value] for name, value in took.items()]
    for title, table in (("Decisions by week", lane_times.by_week(user)), ("Open by age", lane_times.ageing(user))):
        lines += [
            [title, code if title.startswith("Dec") else words, office.code, count]
            for code, words, cells, _ in table.rows for office, count in cells
        ]  # fmt: skip
    return _csv("workload.csv", ("Table", "Row", "Office", "Number"), lines)


def decided(request: HttpRequest) -> HttpResponse:
    """What did the offices decide, when, and how long did it take?"""
    user = _reader(request)
    rows, words = lane_times.narrowed(lane_times.decided(user), user, request.GET)
    page = Paginator(_ordered(rows), SHOWN).get_page(request.GET.get("page"))
    for lane in page:
        lane.took_days = lane_times.days(lane.took)
    return render(request, "governance/reviews/decided.html", {"page": page, "words": words})


def decided_file(request: HttpRequest) -> HttpResponse:
    """The same rows in a file a spreadsheet opens."""
    user = _reader(request)
    rows, _ = lane_times.narrowed(lane_times.decided(user), user, request.GET)
    lanes = list(_ordered(rows)[:DOWNLOAD_LIMIT])
    note_taken("decided-lanes.csv", [lane.review.use_case for lane in lanes], actor=user)
    heads = ("Use Case ID", "Name", "Component", "Office", "Opened", "Decided", "Days", "Answer", "By", marking.COLUMN)
    return _csv("decided-lanes.csv", heads, (_line(lane) for lane in lanes))


def _line(lane: Any) -> list[Any]:
    case = lane.review.use_case
    return [
        case.use_case_id, case.title, case.component.code, lane.office.code, _day(lane.opened_at),
        _day(lane.decided_at), lane_times.days(lane.took), lane.get_status_display(), lane.decided_by,
        marking.of_line(case),
    ]  # fmt: skip


def _ordered(rows: Any) -> Any:
    joins = ("review__use_case__component", "office", "decided_by")
    return rows.select_related(*joins).order_by("-decided_at", "-pk")


def _chart(name: str, heading: str, table: lane_times.Table) -> Any:
    rows = [(words, (total,)) for _, words, _, total in table.rows]
    return stacked(name, heading, ("Lanes",), "", rows) if any(table.totals) else None


def _reader(request: HttpRequest) -> Any:
    if not can_see_queue(request.user):
        raise PermissionDenied(
            "Workload and times are for office reviewers, component leads, inventory managers, the Chief AI Officer "
            "and auditors."
        )
    return request.user


def _period(request: HttpRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in [str(period) for period in lane_times.PERIODS] else 90


def _day(moment: Any) -> str:
    return timezone.localtime(moment).date().isoformat()


def _csv(name: str, heads: Iterable[str], lines: Iterable[list[Any]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(heads)
    for line in lines:
        writer.writerow([neutralise(str(cell)) for cell in line])
    return response
