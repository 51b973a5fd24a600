"""What a case's record said, when, and who wrote it: revisions and filings, by both clocks.

`as_of` selects by `effective_on` through the end of that day in department time; `known_at` also leaves out what
the portal learned later (design section 3). Nothing here reads more revisions than a page shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value, Window
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce, Concat, Lag
from django.utils import timezone

from registry import diff, editions, questionnaire, reads
from registry import document as documents
from registry.models import Filing, Revision, UseCase

SHOWN = 3  # names of changed answers in a row of the history; the revision's own page has all


def end_of(day: date) -> datetime:
    """The last instant of a day in department time."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())


def filing_on(use_case: UseCase, as_of: date, known_at: datetime | None = None) -> Filing | None:
    """The filing that counted on a day: the latest effective by then, of those the one filed last; None before it."""
    rows = Filing.objects.counting(known_at).filter(use_case=use_case, effective_on__lte=as_of)
    if known_at:
        rows = rows.filter(recorded_at__lte=known_at)
    found = rows.select_related("revision__written_by", "filed_by").order_by("-effective_on", "-id")
    return found.first()


def next_filing(use_case: UseCase, filing: Filing | None, as_of: date, known_at: datetime | None) -> date | None:
    """The day after `as_of` from which another filing counts."""
    rows = Filing.objects.counting(known_at).filter(
        use_case=use_case, effective_on__gt=filing.effective_on if filing else as_of
    )
    if known_at:
        rows = rows.filter(recorded_at__lte=known_at)
    return rows.order_by("effective_on").values_list("effective_on", flat=True).first()


def newest_known(use_case: UseCase, known_at: datetime) -> Revision | None:
    """The newest revision somebody had written by an instant, whether it counted or not."""
    rows = Revision.objects.filter(use_case=use_case, recorded_at__lte=known_at)
    return rows.select_related("written_by").order_by("-number").first()


@dataclass(frozen=True)
class HistoryLine:
    """One revision as the history lists it."""

    revision: Revision
    filings: tuple[Filing, ...]
    section: str
    changed: tuple[str, ...]
    more: int

    @property
    def number(self) -> int:
        """The revision's number."""
        return self.revision.number


def revisions(use_case: UseCase) -> QuerySet[Revision]:
    """All revisions, newest first."""
    rows = Revision.objects.filter(use_case=use_case).select_related("written_by")
    return rows.prefetch_related("filings__filed_by").order_by("-number")


def lines(page: Sequence[Revision]) -> list[HistoryLine]:
    """The rows of one page, each with the answers it changed; one query more than the page itself."""
    shown = list(page)
    if not shown:
        return []
    last = shown[-1]
    before = Revision.objects.filter(use_case=last.use_case_id, number=last.number - 1).first()
    older = [*shown[1:], before]
    return [_line(one, other) for one, other in zip(shown, older, strict=True)]


def _line(revision: Revision, before: Revision | None) -> HistoryLine:
    old = before.document if before else documents.empty()
    changed = reads.changed_labels(old, revision.document)
    sections = {section.slug: section.title for section in editions.of(revision).sections}
    return HistoryLine(
        revision,
        tuple(revision.filings.all()),
        sections.get(revision.section, ""),
        tuple(changed[:SHOWN]),
        max(0, len(changed) - SHOWN),
    )


def revision_pair(use_case: UseCase, older: int, newer: int) -> tuple[Revision | None, Revision | None]:
    """Two revisions of a case by number; None for one that does not exist."""
    rows = Revision.objects.filter(use_case=use_case, number__in={older, newer}).select_related("written_by")
    found = {row.number: row for row in rows.prefetch_related("filings__filed_by")}
    return found.get(older), found.get(newer)


@dataclass(frozen=True)
class AnswerLine:
    """What one answer was from a revision on, in words, and how it differs from what stood there before."""

    revision: Revision
    text: str
    spans: tuple[diff.Span, ...]
    was: str


def answer_history(use_case: UseCase, field: str) -> list[AnswerLine]:
    """Each change of one answer, newest first: who changed it, when, in which revision. The database compares."""
    rows = Revision.objects.filter(use_case=use_case).annotate(
        slot=_slot(field), before=Window(Lag(_slot(field)), order_by=F("number").asc())
    )
    changed = rows.filter(Q(before=None) | ~Q(slot=F("before"))).select_related("written_by").order_by("number")
    found: list[AnswerLine] = []
    question = questionnaire.every().get(field)
    earlier = diff.side(documents.empty(), field)
    for row in changed:
        now = diff.side(row.document, field)
        if now != earlier:
            was, text = reads.worded(earlier, question), reads.worded(now, question)
            is_prose = earlier.state == now.state == "answered" and isinstance(now.value, str)
            spans = diff.words(was, text) if is_prose and question and question.type == "long_text" else ()
            found.append(AnswerLine(row, text, spans, was))
        earlier = now
    return found[::-1]


def _slot(field: str) -> Concat:
    """All a revision says of a field as one text: answered, withheld and flagged kept apart."""
    text, nothing = TextField(), Value("", output_field=TextField())
    parts: list[Any] = [
        Coalesce(Cast(KeyTransform(field, KeyTransform(part, "document")), text), nothing, output_field=text)
        for part in documents.PARTS
    ]
    mark = Value("\x1f", output_field=text)
    return Concat(parts[0], mark, parts[1], mark, parts[2], output_field=text)


def knows_field(field: str, use_case: UseCase) -> bool:
    """Whether a field is one of the questionnaire's or stands in the case's document."""
    return field in questionnaire.every() or any(field in use_case.document.get(part, {}) for part in documents.PARTS)


def filed_days(use_case: UseCase, limit: int = 12) -> list[Filing]:
    """The newest filings, for jumping to the days on which the record changed."""
    rows = Filing.objects.counting().filter(use_case=use_case).select_related("revision", "filed_by")
    return list(rows.order_by("-effective_on", "-id")[:limit])
