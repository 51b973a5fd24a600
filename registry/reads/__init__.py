"""Questions asked of the registry's rows: words for codes, history, what changed, corrections."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from registry import diff, handling, questionnaire
from registry import document as documents
from registry.models import Filing, ProposedCorrection, Revision, UseCase
from registry.models.use_case import Status
from registry.reads import older


@dataclass(frozen=True)
class Choice:
    """One value of a filter with how many of the shown rows have it."""

    value: str
    label: str
    count: int


def label(name: str, value: str | None) -> str:
    """The word for a code, the same on every page."""
    if not value:
        return "Not answered"
    if name == "status":
        return str(Status(value).label)
    field = {"stage": "development_stage", "impact": "is_high_impact"}.get(name, name)
    question = questionnaire.every().get(field)
    return question.words(value) if question else value


def last_revision(use_case: UseCase) -> Revision | None:
    """The newest revision with its author."""
    return (
        Revision.objects.filter(use_case=use_case, number=use_case.revision_number).select_related("written_by").first()
    )


def editing_now(use_case: UseCase, user: Any) -> list[str]:
    """Others who saved a section of this case in the last ten minutes."""
    since = timezone.now() - timedelta(minutes=10)
    rows = Revision.objects.filter(use_case=use_case, recorded_at__gte=since).exclude(written_by=user)
    return sorted({str(row.written_by) for row in rows.select_related("written_by")})


def speaks_against(document: Mapping[str, Any]) -> str:
    """Why the answers themselves say that the case does not belong in the inventory; empty when they do not."""
    given = documents.answers(document)
    if given.get("is_ai") == "no":
        return "not_ai"
    return "out_of_scope" if given.get("is_in_scope") == "no" else ""


@dataclass(frozen=True)
class WordedChange:
    """A changed answer as a person reads it; `spans` only where both sides are text."""

    field: str
    label: str
    before: str
    after: str
    spans: tuple[diff.Span, ...]


def worded(side: diff.Side, question: questionnaire.Question | None) -> str:
    """One side of a change in words."""
    if side.state == "withheld":
        return str(side.value) if handling.is_marker(side.value) else f"Withheld: {side.value}"
    if side.state == "flagged":
        return f"Not understood: {side.value}"
    if side.state == "blank":
        return ""
    return answer_words(question, side.value) if question else str(side.value)


def answer_words(question: questionnaire.Question, answer: Any) -> str:
    """An answer as a person reads it, dates included; nothing for nothing."""
    if question.type == "date":
        return day_in_words(answer) if answer else ""
    return question.words(answer)


def day_in_words(value: Any) -> str:
    """3 April 2026, of an instant, a day or an ISO date; what is none of them stays as it is."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    day = timezone.localtime(day) if isinstance(day, datetime) else day
    return f"{day.day} {day:%B %Y}"


def changed_labels(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The short names of the questions two documents answer differently, in the order of the form."""
    questions = questionnaire.every()
    changed = documents.changed_fields(before, after)
    known = [question.short for field, question in questions.items() if field in changed]
    return known + sorted(older.label_of(field) for field in changed - questions.keys())


def worded_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[WordedChange]:
    """What differs between two documents, in the order of the form."""
    questions = questionnaire.every()
    return [
        WordedChange(
            field=change.field,
            label=questions[change.field].label if change.field in questions else older.label_of(change.field),
            before=_worded(change.field, change.before),
            after=_worded(change.field, change.after),
            spans=change.spans if _is_prose(questions.get(change.field)) else (),
        )
        for change in diff.compare(before, after, list(questions))
    ]


def _worded(field: str, side: diff.Side) -> str:
    question = questionnaire.every().get(field)
    return worded(side, question) if question else older.words_of(field, side)


def _is_prose(question: questionnaire.Question | None) -> bool:
    """Compared word by word; a choice or a date changes as a whole, and its code is nobody's word."""
    return question is None or question.type in ("text", "long_text", "links", "email")


def documents_on(cases: Iterable[int], day: date) -> dict[int, dict[str, Any]]:
    """What counted on a day for each of these cases that had a filing by then."""
    filings = (
        Filing.objects.counting()
        .filter(use_case__in=list(cases), effective_on__lte=day)
        .order_by("use_case_id", "-effective_on", "-id")
        .distinct("use_case_id")
        .select_related("revision")
    )
    return {filing.use_case_id: filing.revision.document for filing in filings}


@dataclass(frozen=True)
class Proposal:
    """What a correction changes in what counts on its day: the fields it changed when it was proposed."""

    correction: ProposedCorrection
    before: Mapping[str, Any]
    after: dict[str, Any]
    is_past: bool


def proposals(corrections: Sequence[ProposedCorrection]) -> list[Proposal]:
    """Each correction held against what counts now, in two queries; their cases are loaded already."""
    cases = {one.use_case_id for one in corrections}
    filings: dict[int, list[Filing]] = defaultdict(list)
    counting = Filing.objects.counting().filter(use_case__in=cases)
    for filing in counting.select_related("revision").order_by("-effective_on", "-id"):
        filings[filing.use_case_id].append(filing)
    revisions: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(use_case__in=cases - filings.keys()).order_by("-number"):
        revisions[revision.use_case_id].append(revision)
    return [_proposal(one, filings[one.use_case_id], revisions[one.use_case_id]) for one in corrections]


def _proposal(one: ProposedCorrection, filings: list[Filing], revisions: list[Revision]) -> Proposal:
    case, day = one.use_case, one.effective_on
    counted = [filing for filing in filings if filing.effective_on <= day]
    known_then = [filing.revision for filing in counted if filing.recorded_at <= one.proposed_at]
    known_then += [revision for revision in revisions if revision.recorded_at <= one.proposed_at]
    then = known_then[0].document if known_then else documents.empty()
    is_past = bool(case.filed_effective_on and day < case.filed_effective_on)
    if is_past:
        now = counted[0].revision.document if counted else documents.empty()
    else:
        now = case.document if case.filed_document is None else case.filed_document
    wanted = documents.changed_fields(then, one.document)
    return Proposal(one, now, documents.with_fields(now, one.document, wanted), is_past)
