"""How we stand: the overview, the practice matrix, one component."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import Component
from accounts.typed import signed_in
from governance.compliance import heat, matrix, reads
from governance.compliance.matrix import HEADS, STANDINGS, Matrix
from governance.compliance.permissions import (
    can_see_compliance,
    can_see_component,
    can_see_runs,
    sees_every_case,
)
from governance.compliance.practices import LEVELS, NAMES
from governance.models import Finding
from governance.permissions.exceptions import discontinue_refusals
from governance.reads import deadlines, trends
from governance.reads.waivers import stopping
from governance.reports.permissions import can_open_shelf
from governance.reports.tables import practices_sheet, workbook
from registry.actions.need_to_know import note_taken
from registry.models import UseCase
from registry.reads import Choice

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def may_look(request: HttpRequest) -> None:
    """Refuse people without a role that looks at cases, with a sentence."""
    if not can_see_compliance(request.user):
        raise PermissionDenied(
            "Compliance pages are for people of a component and for department-wide roles. Ask an administrator."
        )


def overview(request: HttpRequest) -> HttpResponse:
    """What is not met now, what got worse or better, and what is due in 30 days?"""
    may_look(request)
    today = timezone.localdate()
    run, user = reads.last_run(), request.user
    since = reads.previous_day(run)
    standing = reads.findings(user)
    worse = standing.filter(state=Finding.State.OPEN, opened_on__gt=since) if since else standing.none()
    better = standing.filter(state=Finding.State.RESOLVED, resolved_on__gt=since) if since else standing.none()
    context = {
        "matrix": reads.practice_matrix(user, today),
        "heads": HEADS,
        "run": run,
        "since": since,
        "worse": reads.worded(user, worse.order_by(reads.BY_WEIGHT, "use_case")[:10]),
        "worse_count": worse.count(),
        "better": reads.worded(user, better.order_by(reads.BY_WEIGHT, "use_case")[:10]),
        "better_count": better.count(),
        "due": (due := deadlines.soon(user, today))[:10],
        "due_count": len(due),
        "heat": heat.by_instrument(standing),
        "by_provision": [row for row in reads.by_provision(standing) if row["serious"]],
        "sees_all": sees_every_case(user),
        "trend": trends.trend(user),
        "trend_heads": trends.HEADS,
        "sees_runs": can_see_runs(user),
        "today": today,
        "may_stop": not discontinue_refusals(user),
        "stopping": stopping(user),
    }
    return render(request, "governance/compliance/overview.html", context)


def practice_matrix(request: HttpRequest) -> HttpResponse:
    """Which deployed high-impact case lacks what?"""
    may_look(request)
    given = {name: request.GET.get(name, "") for name in ("standing", "component", "practice")}
    found = reads.practice_matrix(request.user)
    shown = matrix.only(found, **given)
    if request.GET.get("format") == "xlsx":
        note_taken("practice-matrix.xlsx", _cases(shown), actor=signed_in(request))
        return _as_xlsx(shown)
    narrowed = matrix.only(found, component=given["component"], practice=given["practice"])
    context = {
        "matrix": shown,
        "all": found,
        "given": given,
        "heads": HEADS,
        "levels": LEVELS,
        "symbols": matrix.SYMBOLS,
        "standings": [Choice(key, word, narrowed.whole.count(key)) for key, word in STANDINGS.items()],
        "narrowed": len(narrowed.rows),
        "components": [(group.component, len(group.rows)) for group in found.groups],
        "practices": NAMES,
        "sees_all": sees_every_case(request.user),
        "may_report": can_open_shelf(request.user),
    }
    return render(request, "governance/compliance/matrix.html", context)


def _cases(shown: Matrix) -> QuerySet[UseCase]:
    return UseCase.objects.filter(use_case_id__in=[row.use_case_id for row in shown.rows])


def _as_xlsx(shown: Matrix) -> HttpResponse:
    """Exactly what is shown, with the words of the cells."""
    today = timezone.localdate()
    title = f"Minimum practices, deployed high-impact cases, {today:%-d %B %Y}"
    body = workbook([practices_sheet(shown, title)], title=title, created_on=today, marking=settings.PORTAL_MARKING)
    return HttpResponse(
        body, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="practice-matrix.xlsx"'}
    )


def component(request: HttpRequest, code: str) -> HttpResponse:
    """How does this component stand, and what does it have to do first?"""
    may_look(request)
    shown = get_object_or_404(Component, code=code)
    if not can_see_component(request.user, shown):
        raise PermissionDenied(f"Only people of {shown} and department-wide roles see how {shown} stands.")
    rows = reads.findings(request.user).filter(use_case__component=shown)
    is_open = rows.filter(state=Finding.State.OPEN)
    serious = is_open.filter(severity="error")
    context = {
        "component": shown,
        "matrix": matrix.only(reads.practice_matrix(request.user), component=shown.code),
        "heads": HEADS,
        "heat": heat.by_instrument(rows),
        "by_provision": reads.by_provision(rows),
        "serious": reads.worded(request.user, serious.order_by("due_on", "use_case", "id")[:20]),
        "serious_count": serious.count(),
        "open_count": is_open.count(),
        "sees_all": sees_every_case(request.user),
        "trend": trends.trend(request.user, shown),
        "trend_heads": trends.HEADS,
        "sees_runs": can_see_runs(request.user),
    }
    return render(request, "governance/compliance/component.html", context)
