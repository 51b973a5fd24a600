"""Answering one section: saved on its own; nothing typed is lost when somebody else, or an edition, came between."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from audit.log import record_refusal
from audit.workflow import Refused
from registry import asking, editions, questionnaire, reads, tasklist
from registry import document as documents
from registry.actions import use_cases as actions
from registry.forms import SectionForm
from registry.forms.talk import mark_fields
from registry.models import Revision, UseCase
from registry.permissions import edit_refusals
from registry.permissions.know import for_reader
from registry.questionnaire import Question, Questionnaire, Section
from registry.views.shared import visible_use_case

NEW = "new"  # the query parameter that names the fields a save has just opened


@dataclass(frozen=True)
class Appeared:
    """Questions of one section that an answer has just opened, which answer it was, and how many are needed now."""

    section: Section
    questions: list[Question]
    because: list[str]
    needed: int


def section(request: HttpRequest, use_case_id: str, slug: str) -> HttpResponse:
    """What are the answers of this section? Saved on its own; leaving loses nothing that was saved."""
    use_case = visible_use_case(request, use_case_id, answers=_fields(slug))
    if refusals := edit_refusals(request.user, use_case):
        raise PermissionDenied(" ".join(refusals))
    now = editions.of(use_case)
    opened_in = questionnaire.named(request.POST.get("edition", "")) or _edition_with(slug, now)
    if request.method != "POST" and opened_in is not now:
        return redirect("use_cases-tasks", use_case_id)  # an old link to a section that is cut otherwise now
    carried_from = questionnaire.named(request.POST.get("carried_from", ""))
    if opened_in is not now and carried_from is None:
        return _under_new_edition(request, use_case, opened_in, slug)
    part = _part(now, carried_from, slug)
    return _save(request, use_case, part, carried_from) if request.method == "POST" else _show(request, use_case, part)


def _fields(slug: str) -> list[str]:
    """What a section may show, under any edition."""
    return [q.field for one in questionnaire.editions() for s in one.sections if s.slug == slug for q in s.questions]


def _fresh(request: HttpRequest, use_case: UseCase) -> UseCase:
    """The case as it stands now, as the person may read it."""
    fresh = UseCase.objects.select_related("component", "owner").get(pk=use_case.pk)
    for_reader(request.user, fresh)
    return fresh


def _edition_with(slug: str, now: Questionnaire) -> Questionnaire:
    """The edition an address belongs to: the case's own, or the newest that has such a section."""
    known = (one for one in (now, *reversed(questionnaire.editions())) if any(s.slug == slug for s in one.sections))
    return next(known, now)


def _part(now: Questionnaire, carried_from: Questionnaire | None, slug: str) -> Section:
    found = asking.carried_section(carried_from or now, now, slug)
    if found is None:
        raise Http404
    return found if carried_from else now.section(slug)


def _show(request: HttpRequest, use_case: UseCase, part: Section) -> HttpResponse:
    now = editions.of(use_case)
    fresh = {question.field for one in appeared(request, now, use_case.document) for question in one.questions}
    form = SectionForm(part, now, use_case.document, new=fresh, hidden=use_case.hidden)
    return _page(request, use_case, part, form, appeared=appeared(request, now, use_case.document))


def _page(
    request: HttpRequest, use_case: UseCase, part: Section, form: SectionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    now = editions.of(use_case)
    mark_fields(form, request.user, use_case)
    context = {"use_case": use_case, "section": part, "form": form, "edition": now,
               "opened_on": use_case.revision_number, "behind": editions.is_behind(use_case), **more}  # fmt: skip
    return render(request, "registry/section.html", context, status=status)


def _save(request: HttpRequest, use_case: UseCase, part: Section, carried_from: Questionnaire | None) -> HttpResponse:
    now = editions.of(use_case)
    form = SectionForm(part, now, use_case.document, data=request.POST, hidden=use_case.hidden)
    opened_on = _number(request.POST.get("opened_on"), use_case.revision_number)
    if not form.is_valid():
        return _page(request, use_case, part, form, opened_on=opened_on, carried_from=carried_from)
    words: dict[str, Any] = {"opened_on": opened_on, "opened_in": now.name, "actor": request.user}
    try:
        revision = actions.save_section(use_case, part.slug, form.answers(), **words)
    except actions.StaleSection as stale:
        messages.warning(request, str(stale))
        fresh = _fresh(request, use_case)
        mine = actions.touched(fresh, opened_on, form.answers())
        conflicts = _conflicts(form, stale, asking.asked(now, fresh.document), mine)
        by_me = _only_by(request.user, fresh, opened_on)
        form = SectionForm(part, now, fresh.document, data=_with_theirs(request.POST, form, stale, mine))
        more = {"conflicts": conflicts, "by_me": by_me, "carried_from": carried_from}
        return _page(request, fresh, part, form, status=409, **more)
    except actions.EditionCame:
        return _under_new_edition(request, _fresh(request, use_case), carried_from or now, part.slug)
    except Refused as refused:
        record_refusal(use_case, actor=request.user, verb="save_section", reasons=refused.reasons)
        form.add_error(None, " ".join(refused.reasons))
        return _page(request, use_case, part, form, opened_on=opened_on, carried_from=carried_from)
    return _after_save(request, use_case, part, revision)


def _under_new_edition(request: HttpRequest, use_case: UseCase, old: Questionnaire, slug: str) -> HttpResponse:
    """Show what was typed under the old edition again, under the present one; nothing is saved yet."""
    now = editions.of(use_case)
    part = asking.carried_section(old, now, slug)
    if part is None:
        raise Http404
    data = request.POST.copy()
    for question in old.section(slug).questions:
        name = asking.name_in(now, question.field)
        if name != question.field and question.field in data:
            data.setlist(name, data.getlist(question.field))
    form = SectionForm(part, now, use_case.document, data=data, hidden=use_case.hidden)
    messages.warning(request, str(actions.EditionCame(now)))
    gone = [
        {"label": question.label, "mine": question.words(data[question.field])}
        for question in old.section(slug).questions
        if data.get(question.field) and asking.name_in(now, question.field) not in now.fields
    ]
    return _page(request, use_case, part, form, status=409, carried_from=old, gone=gone)


def _number(text: Any, default: int) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() and len(text) < 9 else default


def _with_theirs(posted: QueryDict, form: SectionForm, stale: actions.StaleSection, mine: Collection[str]) -> QueryDict:
    """What was typed, and for answers I left alone what stands there now: saving again must not bring old ones back."""
    data, theirs = posted.copy(), documents.answers(stale.theirs)
    for question in form.questions:
        value = theirs.get(question.field)
        if question.field in mine or question.type == questionnaire.WITHHOLDING:
            continue
        data.setlist(question.field, value if isinstance(value, list) else [value] if value else [])
    return data


def _conflicts(
    form: SectionForm, stale: actions.StaleSection, asked: frozenset[str], mine: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Their and my version of each answer that both of us changed, in words, or that is not asked any more."""
    theirs, shown = documents.answers(stale.theirs), stale.shown
    both = {field for field in mine if shown is None or (shown.get(field) or None) != (theirs.get(field) or None)}
    return [
        {
            "label": q.label,
            "mine": reads.answer_words(q, mine[q.field]),
            "theirs": reads.answer_words(q, theirs.get(q.field)) if q.field in asked else "Not asked any more",
        }
        for q in form.questions
        if (q.field in both or (q.field in mine and q.field not in asked))
        and (mine[q.field] or None) != (theirs.get(q.field) or None)
    ]


def _only_by(person: Any, use_case: UseCase, opened_on: int) -> bool:
    """Whether nobody else wrote since the form was opened: it was the same person in another window."""
    since = Revision.objects.filter(use_case=use_case, number__gt=opened_on)
    return since.exists() and not since.exclude(written_by=person).exists()


def _after_save(request: HttpRequest, use_case: UseCase, part: Section, revision: Revision | None) -> HttpResponse:
    """To the questions this save opened on this page, else on to the next unfinished section, or back to the list."""
    fresh = _fresh(request, use_case)
    form = editions.of(fresh)
    found = _effects(fresh, form, revision)
    query = opened_query([question.field for question in found.opened])
    onwards = None if "back" in request.POST else _onwards(form, part, found, fresh.document)
    saved = f"Saved as revision {revision.number}." if revision else "Nothing was changed."
    why = f" {_why_still(form, part, found, fresh.document)}" if onwards == part.slug else ""
    messages.success(request, saved + why)
    if found.hidden and revision:
        messages.warning(request, _no_longer_count(found.hidden, revision.number - 1))
    if onwards is None:
        return redirect(reverse("use_cases-tasks", args=[use_case.use_case_id]) + query)
    return redirect(reverse("use_cases-section", args=[use_case.use_case_id, onwards]) + query)


def _onwards(form: Questionnaire, part: Section, found: asking.Effects, document: Mapping[str, Any]) -> str | None:
    """The section that comes next: this one again while a question it has just opened is needed; None at the end."""
    needed = _names(tasklist.unanswered(form, found.opened, document))
    if needed & _names(part.questions) and any(s.slug == part.slug for s in form.sections):
        return part.slug
    following = tasklist.build(form, document).continue_with
    return following.slug if following else None


def _names(questions: Iterable[Question]) -> set[str]:
    return {question.field for question in questions}


def _why_still(form: Questionnaire, part: Section, found: asking.Effects, document: Mapping[str, Any]) -> str:
    """Why the same section stands there again after it was saved."""
    opened = [question for question in found.opened if question.field in _names(part.questions)]
    needed = len(tasklist.unanswered(form, opened, document))
    if not needed:
        left = len(tasklist.unanswered(form, part.questions, document))
        answers = "answer" if left == 1 else "answers"
        return f"You are still in “{part.title}”: {left} needed {answers} {_is(left)} left here."
    more = "1 more question" if len(opened) == 1 else f"{len(opened)} more questions"
    which = "it is" if len(opened) == 1 else f"{needed} of them {_is(needed)}"
    return f"You are still in “{part.title}”: your answers opened {more}; {which} needed now."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _effects(use_case: UseCase, form: Questionnaire, revision: Revision | None) -> asking.Effects:
    if revision is None:
        return asking.Effects((), ())
    rows = Revision.objects.filter(use_case=use_case, number=revision.number - 1)
    before = rows.values_list("document", flat=True).first() or documents.empty()
    return asking.effects(form, before, revision.document)


def _no_longer_count(hidden: Iterable[Question], number: int) -> str:
    labels = [f"“{question.label}”" for question in hidden]
    one = len(labels) == 1
    listed = labels[0] if one else f"{', '.join(labels[:-1])} and {labels[-1]}"
    if one:
        return f"One answer no longer counts, as it is not asked any more: {listed}. It stays in revision {number}."
    return (
        f"{len(labels)} answers no longer count, because they are not asked any more: {listed}. "
        f"They stay in revision {number}."
    )


def opened_query(fields: list[str]) -> str:
    """The query that makes the next page name these fields as new, with links."""
    return f"?{urlencode({NEW: ','.join(fields)})}" if fields else ""


def appeared(request: HttpRequest, form: Questionnaire, document: Mapping[str, Any]) -> list[Appeared]:
    """What the last save opened, by section, as the address says it; only questions that are really asked."""
    named = set((request.GET.get(NEW) or "").split(","))
    fields = named & asking.asked(form, document)
    found = []
    for part in form.sections:
        questions = [question for question in part.questions if question.field in fields]
        if questions:
            causes = {c.field: c for q in questions for c in asking.opened_by(form, q.field, document)}
            given = documents.answers(document)
            because = [f"“{c.label}” with “{c.words(given[name])}”" for name, c in causes.items() if name in given]
            needed = len(tasklist.unanswered(form, questions, document))
            found.append(Appeared(part, questions, because, needed))
    return found
