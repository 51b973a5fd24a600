"""The calendar of deadlines: by month and week, narrowed, and as a file for one's own calendar."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.typed import signed_in
from governance import ical
from governance.compliance.permissions import sees_every_case
from governance.reads import deadlines
from governance.reads.deadlines import Entry
from governance.views.compliance import may_look
from registry import marking
from registry.actions.need_to_know import note_taken
from registry.reads import Choice

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A month of the calendar with how many entries it has."""

    key: str
    first: date
    count: int


@dataclass(frozen=True)
class Shown:
    """An entry with the Monday of its week, for the headings."""

    week: date
    entry: Entry


def calendar(request: HttpRequest) -> HttpResponse:
    """What is due when?"""
    may_look(request)
    today = timezone.localdate()
    months = _months(today)
    given = {name: request.GET.get(name, "") for name in ("month", "component", "kind")}
    last = _next(months[-1]) - timedelta(days=1)
    every = deadlines.entries(request.user, months[0], last)
    shown = deadlines.only(every, **given)
    if request.GET.get("format") == "ics":
        return _file(request, shown)
    by_month = Counter(f"{one.on:%Y-%m}" for one in deadlines.only(every, **{**given, "month": ""}))
    page = Paginator([Shown(one.on - timedelta(days=one.on.weekday()), one) for one in shown], 50)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "given": given,
        "months": [Month(f"{day:%Y-%m}", day, by_month[f"{day:%Y-%m}"]) for day in months],
        "in_all": sum(by_month.values()),
        "choices": _choices(every, given),
        "filter_names": (("component", "Component"), ("kind", "Kind")),
        "is_narrowed": any(given.values()),
        "last": last,
        "sees_all": sees_every_case(request.user),
    }
    return render(request, "governance/compliance/calendar.html", context)


def _months(today: date) -> list[date]:
    """The first days of this month and the eleven after it."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append(_next(found[-1]))
    return found


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _choices(every: list[Entry], given: dict[str, str]) -> dict[str, list[Choice]]:
    """Components and kinds, counted with the other filters applied."""
    places = Counter(one.component for one in deadlines.only(every, **{**given, "component": ""}) if one.component)
    kinds = Counter(one.kind for one in deadlines.only(every, **{**given, "kind": ""}))
    return {
        "component": [Choice(code, code, n) for code, n in sorted(places.items())],
        "kind": [Choice(kind, words, kinds[kind]) for kind, words in deadlines.KINDS.items() if kinds[kind]],
    }


def _file(request: HttpRequest, shown: list[Entry]) -> HttpResponse:
    """Exactly what is shown, all pages; a case by its ID only: a calendar is read where the portal is not."""
    note_taken("deadlines.ics", [one.use_case for one in shown if one.use_case], actor=signed_in(request))
    days = [
        ical.Day(
            uid=f"{one.kind}-{one.key}@{request.get_host()}", on=one.on, summary=_summary(one),
            description=marking.of_line(one.use_case) if one.use_case else settings.PORTAL_MARKING,
            url=request.build_absolute_uri(one.url), category=one.kind_words,
        )
        for one in shown
    ]  # fmt: skip
    return HttpResponse(
        ical.calendar("AI deadlines", days, timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="deadlines.ics"'},
    )


def _summary(one: Entry) -> str:
    of = one.use_case.use_case_id if one.use_case else one.component
    return f"{of}: {one.what}" if of else one.what
