"""What became of an inventory in another: of a cycle against the year before, and of any two reporting years."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Agency, User
from registry import reads
from registry.actions import cycle_changes
from registry.actions.submissions import note_changes
from registry.inventory.change_log import KINDS, Change, ChangeLog
from registry.list_files import csv_bytes
from registry.permissions.cycles import can_see_cycles
from registry.views.cycles import WHO_SEES, visible_cycle

PAGE = 50
HEADS = ("Kind", "Component", "Use Case ID", "Name", "What", "The year before", "Now", "ID the year before")
COLUMNS = ("title", "component", "id", "name", "what", "was", "now", "was_id")


def changes(request: HttpRequest, year: int) -> HttpResponse:
    """What became of the inventory since the year before, and what must be mended before it leaves?"""
    cycle = visible_cycle(request, year)
    log = cycle_changes.change_log(cycle, request.user)
    if request.GET.get("format") == "csv":
        title = f"Changes of {cycle} against {cycle.before_on.isoformat()}"
        return _csv(request, log, title, f"inventory-{cycle.year}-changes.csv", str(cycle))
    return render(request, "registry/cycles/changes.html", {"cycle": cycle, **_shown(request, log)})


def compared(request: HttpRequest) -> HttpResponse:
    """What became of one reporting year's inventory in another's: carried, renamed, new, gone?"""
    if not can_see_cycles(request.user):
        raise PermissionDenied(WHO_SEES)
    agency = Agency.objects.filter(code=settings.PORTAL_AGENCY).first()
    years = cycle_changes.years(agency, request.user) if agency else []
    before, now = _chosen(request, years)
    context: dict[str, Any] = {"years": years, "before": before, "now": now}
    if agency and before and now:
        log = cycle_changes.between(agency, before, now, request.user)
        if request.GET.get("format") == "csv":
            name = f"inventory-{before}-{now}-changes.csv"
            return _csv(request, log, f"The inventory of {now} against that of {before}", name, name)
        spelled = sum(1 for one in log.changes if one.is_spelling)
        context |= {**_shown(request, log), "gone": log.counts["vanished"] + log.counts["done"], "spelled": spelled}
    return render(request, "registry/cycles/compared.html", context)


def _chosen(request: HttpRequest, years: list[int]) -> tuple[int | None, int | None]:
    """The two years asked for, the earlier one first; the newest two where nothing fits."""
    asked = {
        int(text) for name in ("before", "now") if (text := request.GET.get(name, "")).isascii() and text.isdigit()
    }
    found = sorted(asked & set(years))
    if len(found) != 2:
        found = sorted(years[:2])
    return (found[0], found[1]) if len(found) == 2 else (None, None)


def _shown(request: HttpRequest, log: ChangeLog) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    page = Paginator(_rows(log, kind), PAGE).get_page(request.GET.get("page"))
    return {
        "log": log,
        "kinds": [(code, title, log.counts[code]) for code, (title, _) in KINDS.items()],
        "kind": kind if kind in KINDS else "",
        "meaning": KINDS[kind][1] if kind in KINDS else "",
        "page": page,
        "rows": [_worded(one) for one in page],
    }


def _rows(log: ChangeLog, kind: str) -> list[Change]:
    return [one for one in log.changes if kind not in KINDS or one.kind == kind]


def _worded(change: Change) -> dict[str, Any]:
    """A change with words in place of codes."""
    word = {"stage": "stage", "retired": "stage", "vanished": "stage", "done": "stage", "new": "stage",
            "missing": "stage", "owed": "stage", "reclassified": "impact"}.get(change.kind)  # fmt: skip
    sides = {"was": change.was, "now": change.now}
    if word:
        sides = {name: reads.label(word, code) if code else "" for name, code in sides.items()}
    elif change.kind == "regressed":
        sides = {name: code.replace("_", " ") or "not answered" for name, code in sides.items()}
    return {**change.as_json(), **sides, "title": KINDS[change.kind][0]}


def _csv(request: HttpRequest, log: ChangeLog, title: str, file_name: str, what: str) -> HttpResponse:
    """Exactly what is shown, all pages."""
    person = request.user
    assert isinstance(person, User)
    rows = [_worded(one) for one in _rows(log, request.GET.get("kind", ""))]
    day = reads.day_in_words(timezone.localdate())
    head = [str(settings.PORTAL_MARKING), f"{title}, on {day}", f"As {person} may see them"]
    note_changes(what, [row["id"] for row in rows], actor=person)
    lines = [[row[name] for name in COLUMNS] for row in rows]
    response = HttpResponse(csv_bytes(head, HEADS, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
