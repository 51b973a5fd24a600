"""A case's past: every revision, any two compared, the record on a day, one answer through time, and bringing back."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.compliance.practices import FIELDS
from governance.forms.past import AsOfForm, CompareForm, RestoreForm
from governance.reads import case, need_to_know
from governance.reads import past as records
from registry import past, questionnaire, reads
from registry.actions.restoring import restore_revision
from registry.models import Revision, UseCase
from registry.permissions import edit_refusals
from registry.views.shared import attempt, visible_use_case

PAGE = 25


def history(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """Which states did this case's record have, who wrote each, and which of them counted?"""
    use_case = visible_use_case(request, use_case_id)
    page = Paginator(past.revisions(use_case), PAGE).get_page(request.GET.get("page"))
    context = {
        "case": use_case,
        "facts": case.facts(use_case),
        "page": page,
        "lines": past.lines(page.object_list),  # type: ignore[arg-type]  # a page of the list given
        "older": use_case.filed_number if use_case.has_unfiled_changes else max(1, use_case.revision_number - 1),
        "form": AsOfForm(initial={"as_of": timezone.localdate()}),
    }
    return render(request, "governance/past/history.html", context)


def compare(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What differs between two revisions of this case, answer by answer?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    newest = use_case.revision_number
    given = {"older": request.GET.get("older", max(1, newest - 1)), "newer": request.GET.get("newer", newest)}
    form = CompareForm(given)
    if not form.is_valid():
        messages.error(request, f"Choose two revisions from 1 to {newest}.")
        return redirect("use_cases-history", use_case_id)
    older, newer = sorted((form.cleaned_data["older"], form.cleaned_data["newer"]))
    first, second = past.revision_pair(use_case, older, newer)
    if first is None or second is None:
        missing = older if first is None else newer
        messages.error(request, f"{use_case_id} has no revision {missing}. Its revisions are 1 to {newest}.")
        return redirect("use_cases-history", use_case_id)
    context = {
        "case": use_case,
        "older": first,
        "newer": second,
        "changes": reads.worded_changes(use_case.readable(first.document), use_case.readable(second.document)),
        "newest": newest,
        "can_restore": not edit_refusals(request.user, use_case),
    }
    return render(request, "governance/past/compare.html", context)


def as_of(request: HttpRequest, use_case_id: str) -> HttpResponse:
    """What did this case's record say on a day, and what of it was known then?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    form = AsOfForm({"as_of": timezone.localdate().isoformat(), **request.GET.dict()})
    context: dict[str, Any] = {"case": use_case, "form": form, "filings": past.filed_days(use_case)}
    if form.is_valid():
        found = records.at(use_case, form.cleaned_data["as_of"], form.cleaned_data["known_at"])
        known_then = timezone.localtime(min(past.end_of(found.as_of), timezone.now()))
        revision = found.filing.revision if found.filing else found.revision
        practised = FIELDS.values() if found.positions else ()
        context |= {
            "past": found,
            "findings": need_to_know.findings(request.user, found.findings),
            "facts": case.facts(use_case, use_case.readable(found.document)),
            "parts": _parts(use_case, revision, found.as_of, practised),
            "known_then": f"{known_then:%Y-%m-%dT%H:%M}",
            "is_today": found.as_of == timezone.localdate(),
            "is_future": found.as_of > timezone.localdate(),
        }
    return render(request, "governance/past/as_of.html", context, status=200 if form.is_valid() else 400)


def _parts(use_case: UseCase, revision: Revision | None, day: date, besides: Iterable[str]) -> list[case.Part]:
    """The answers under the edition they were given in, a file's under that of the day: what was not asked then
    does not count as missing. Nothing where nothing was written yet."""
    if revision is None:
        return []
    document = use_case.readable(revision.document)
    return case.parts(document, questionnaire.of(revision, day), besides=besides, with_blank=False)


def answer(request: HttpRequest, use_case_id: str, field: str) -> HttpResponse:
    """Who gave this answer, when, and what stood there before?"""
    use_case = visible_use_case(request, use_case_id, answers=[field])
    if not past.knows_field(field, use_case):
        raise Http404
    if field in use_case.hidden:
        raise PermissionDenied(f"This answer is restricted, and so is what it was before. Ask {use_case.whom}.")
    question = questionnaire.every().get(field)
    context = {
        "case": use_case,
        "field": field,
        "question": question,
        "lines": past.answer_history(use_case, field),
    }
    return render(request, "governance/past/answer.html", context)


def restore(request: HttpRequest, use_case_id: str, number: int) -> HttpResponse:
    """Should the answers of an older revision come back, and what would that change?"""
    use_case = visible_use_case(request, use_case_id, answers=True)
    if refusals := edit_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    old = Revision.objects.filter(use_case=use_case, number=number).select_related("written_by").first()
    if old is None:
        raise Http404
    newest = use_case.revision_number
    form = RestoreForm(request.POST or None, initial={"opened_on": newest})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request, use_case, restore_revision, use_case, number, why=given["why"], opened_on=given["opened_on"]
        )
        if made:
            messages.success(
                request,
                f"Revision {made.number} has the answers of revision {number}. They count once you send or file them; "
                f"restore revision {newest} to undo this.",
            )
        return redirect("use_cases-history", use_case_id)
    context = {
        "case": use_case,
        "old": old,
        "form": form,
        "newest": newest,
        "changes": reads.worded_changes(use_case.document, use_case.readable(old.document)),
    }
    return render(request, "governance/past/restore.html", context, status=400 if form.errors else 200)
