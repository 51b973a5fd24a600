"""Findings: what is wrong, why, what to do, by when, whose; acting on several; and the week of each component."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.typed import signed_in
from audit.log import record_refusal
from governance.actions import finding_work as actions
from governance.compliance import finding_filters, reads
from governance.compliance.permissions import sees_every_case
from governance.forms.findings import AcceptForm, AssignForm, NoteForm
from governance.models import Finding
from governance.permissions import findings as permissions
from governance.reads import finding_list
from governance.reads.finding_page import whose
from governance.reports.tables import Sheet, csv_bytes, workbook
from governance.views.compliance import XLSX, may_look
from registry import marking
from registry.actions.need_to_know import note_taken

HEADS = (
    "Use Case ID", "Case", "Component", "Finding", "Severity", "Provision", "Edition", "What to do", "Due", "Whose",
    "Open since", "Baseline", "Back again", "State", "Accepted through", "Resolved on", marking.COLUMN,
)  # fmt: skip
MOST = 200  # findings of one act
BULK = {
    "assign": ("Say whose they are", "Hand them over", permissions.assign_refusals),
    "comment": ("Comment on them", "Put it on each", permissions.note_refusals),
    "accept": ("Accept their risk", "Accept the risk of each", permissions.accept_refusals),
}


def listing(request: HttpRequest) -> HttpResponse:
    """What is found, why, what is to be done, by when and by whom?"""
    may_look(request)
    given = finding_list.given_of(request.GET.dict())
    found = finding_list.Listing(request.user, given)
    rows = found.rows
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request, rows, request.GET["format"])
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "lines": [(one, whose(one)) for one in reads.worded(request.user, page.object_list)],
        "page": page,
        "given": given,
        "chosen": {"state": Finding.State.OPEN, **given},  # the list begins with what is open
        "narrowed": finding_filters.in_words(given),
        "choices": found.choices(),
        "cases": rows.order_by().values("use_case").distinct().count(),
        "filter_names": list(finding_list.LABELS.items()),
        "run": reads.last_run(),
        "today": timezone.localdate(),
        "sees_all": sees_every_case(request.user),
        "acts": {act: words[0] for act, words in BULK.items()},
    }
    return render(request, "governance/compliance/findings.html", context)


def _file(request: HttpRequest, rows: Any, kind: str) -> HttpResponse:
    """Exactly what is shown, all pages."""
    found = reads.worded(request.user, rows)
    note_taken(f"findings.{kind}", [one.use_case for one in found], actor=signed_in(request))
    today = timezone.localdate()
    title = f"Findings, {today:%-d %B %Y}"
    sheet = Sheet("Findings", title, HEADS, [_line(one) for one in found])
    if kind == "csv":
        body, of_type = csv_bytes(sheet), "text/csv; charset=utf-8"
    else:
        body, of_type = workbook([sheet], title=title, created_on=today, marking=settings.PORTAL_MARKING), XLSX
    headers = {"Content-Disposition": f'attachment; filename="findings.{kind}"'}
    return HttpResponse(body, content_type=of_type, headers=headers)


def _line(f: Finding) -> list[Any]:
    return [
        f.use_case.use_case_id, f.use_case.title, f.use_case.component.code, f.message,
        reads.SEVERITIES.get(f.severity, f.severity), f.provision.ref, str(f.provision.edition), f.remedy, f.due_on,
        whose(f), f.opened_on, "yes" if f.is_baseline else "", "yes" if f.has_regressed else "",
        f.get_state_display(), f.accepted_until, f.resolved_on, marking.of_line(f.use_case),
    ]  # fmt: skip


def several(request: HttpRequest) -> HttpResponse:
    """To how many of these findings will it be done, to which not and why? Then do it."""
    may_look(request)
    given = request.POST if request.method == "POST" else request.GET
    act = given.get("act", "")
    rows = _chosen(request, given.getlist("finding"))
    if act not in BULK or not rows:
        messages.error(request, "Tick findings and choose what is to be done with them.")
        return redirect("compliance-findings")
    title, button, refusals = BULK[act]
    user: Any = request.user
    barred = [(row, why) for row in rows if (why := refusals(user, row))]
    able = [row for row in rows if row.pk not in {one.pk for one, _ in barred}]
    is_sent = request.method == "POST"
    form = _bulk_form(act, able, request.POST if is_sent else None)
    context = {
        "act": act, "title": title, "button": button, "able": reads.worded(user, able), "form": form,
        "barred": _told(user, barred), "rows": rows,
    }  # fmt: skip
    if is_sent and able and form.is_valid():
        done = actions.act_on_findings(act, rows, actor=user, **form.words())
        for row, why in done.left:
            record_refusal(row, actor=user, verb=actions.ACTS[act].__name__, reasons=why)
        context |= {"done": reads.worded(user, done.done), "left": _told(user, done.left)}
        return render(request, "governance/compliance/findings_done.html", context)
    return render(request, "governance/compliance/findings_several.html", context, status=400 if form.errors else 200)


def _told(user: Any, rows: list[tuple[Finding, list[str]]]) -> list[tuple[Finding, str]]:
    reads.worded(user, [row for row, _ in rows])
    return [(row, " ".join(why)) for row, why in rows]


def _chosen(request: HttpRequest, uuids: list[str]) -> list[Finding]:
    known = []
    for text in uuids[:MOST]:
        try:
            known.append(UUID(text))
        except ValueError:
            continue
    rows = (
        reads.findings(request.user)
        .filter(uuid__in=known)
        .select_related(
            "use_case__component", "use_case__owner", "provision__edition__instrument", "assigned_to", "office"
        )
    )
    return list(rows.order_by("use_case__use_case_id", "pk"))


def _bulk_form(act: str, able: list[Finding], data: Any) -> Any:
    if act == "comment":
        return NoteForm(data)
    if act == "accept":
        return AcceptForm(data)
    people: dict[int, Any] = {}
    offices: dict[int, Any] = {}
    for case in {one.use_case_id: one.use_case for one in able}.values():
        people |= {one.pk: one for one in permissions.assignable(case)}
        offices |= {one.pk: one for one in permissions.offices_for(case)}
    return AssignForm(data, people=sorted(people.values(), key=str), offices=sorted(offices.values(), key=str))


def weekly(request: HttpRequest) -> HttpResponse:
    """What is new, overdue, due soon, back again and left of the baseline, in each component and of mine?"""
    may_look(request)
    own = finding_list.my_week(request.user)
    context = {
        "weeks": finding_list.weeks(request.user), "own": own if own.total else None,
        "heads": [label for label, _ in finding_list.PARTS.values()], "sees_all": sees_every_case(request.user),
    }  # fmt: skip
    return render(request, "governance/compliance/weekly.html", context)
