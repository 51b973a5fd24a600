"""A case as a page shows it: its answers, and what changed since the office, the officer or the Board last saw it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch

from governance.models import Decision, Lane, LaneQuestion, Review
from registry import asking, diff, editions, handling, questionnaire, reads, tasklist
from registry import document as documents
from registry.models import Revision, UseCase
from registry.questionnaire import Question, Questionnaire

Document = Mapping[str, Any]
PROSE = frozenset({"text", "long_text", "links", "email"})  # compared word by word; a choice changes as a whole


@dataclass(frozen=True)
class Line:
    """One question with what stands there: answered, withheld, restricted for the reader, flagged, or blank
    (`is_missing`: it is required)."""

    field: str
    label: str
    state: str
    text: str
    note: str = ""
    links: tuple[str, ...] = ()
    is_opening: bool = False
    is_missing: bool = False


@dataclass(frozen=True)
class Part:
    """A section of the questionnaire with the questions that are asked of this case."""

    slug: str
    title: str
    lines: tuple[Line, ...]

    @property
    def all_say(self) -> str:
        """The one short answer every question of the section has; empty when they differ."""
        texts = {line.text if line.state == "answered" else "" for line in self.lines}
        return next(iter(texts)) if len(self.lines) > 2 and len(texts) == 1 else ""

    @property
    def is_main(self) -> bool:
        """Whether it says what the case is: never folded away."""
        return any(line.field == "problem_solved" for line in self.lines)

    @property
    def answered(self) -> int:
        """How many of its questions have something to read."""
        return sum(line.state != "blank" for line in self.lines)

    @property
    def missing(self) -> list[Line]:
        """What has to be answered at the present stage and is not."""
        return [line for line in self.lines if line.is_missing and line.state == "blank"]

    @property
    def optional(self) -> list[Line]:
        """What is blank and may stay so."""
        return [line for line in self.lines if line.state == "blank" and not line.is_missing]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered and nothing has to be."""
        return all(line.state == "blank" and not line.is_missing for line in self.lines)


@dataclass(frozen=True)
class Piece:
    """A run of text: same, removed or added."""

    operation: str
    text: str


@dataclass(frozen=True)
class ChangedLine:
    """One changed question, was and now."""

    label: str
    before: Line
    after: Line
    was: tuple[Piece, ...]
    now: tuple[Piece, ...]
    is_opening: bool
    is_recent: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether the change left a required question unanswered."""
        return self.after.is_missing


@dataclass(frozen=True)
class Baseline:
    """What the case is compared with: the revision approved last, else the one decided on or sent back last.

    `lately` is the newer revision that was refused or sent back after the approval: what changed since then is
    marked.
    """

    revision: Revision
    since: str
    was: str
    lately: Baseline | None = None


def parts(
    document: Document,
    form: Questionnaire,
    opening: Collection[str] = (),
    *,
    with_blank: bool = True,
    besides: Iterable[str] = (),
) -> list[Part]:
    """The answers by section, `besides` what the page shows elsewhere; without blanks only what was answered.

    `form` is the edition the document answers: hidden questions do not count, whatever was answered to them before.
    """
    missing = {item.field for item in tasklist.missing(form, document)}
    visible = asking.asked(form, document) - set(besides)
    found = []
    for section in form.sections:
        lines = [_line(q, document, q.field in opening, missing) for q in section.questions if q.field in visible]
        shown = tuple(line for line in lines if with_blank or line.state != "blank" or line.is_missing)
        if shown:
            found.append(Part(section.slug, section.title, shown))
    return found


def _line(question: Question, document: Document, is_opening: bool, missing: Collection[str]) -> Line:
    side = diff.side(document, question.field)
    note = ""
    links: tuple[str, ...] = ()
    if side.state == "flagged":
        note = documents.flagged(document)[question.field].get("message", "")
    if question.type == "links" and side.state == "answered":
        links = tuple(word for word in str(side.value).split() if word.startswith(("https://", "http://")))
    state = "restricted" if handling.is_marker(side.value) and side.state == "withheld" else side.state
    return Line(
        question.field, question.label, state, _words(question, side), note, links, is_opening,
        question.field in missing,
    )  # fmt: skip


def _words(question: Question, side: diff.Side) -> str:
    if side.state != "answered":
        return str(side.value or "")
    if question.type == "date":
        return reads.day_in_words(side.value)
    return question.words(side.value)


def count_asked(document: Document, form: Questionnaire) -> int:
    """How many questions are put to the case."""
    return len(asking.asked(form, document))


def visible_document(document: Document, form: Questionnaire) -> dict[str, Any]:
    """The document without what is not asked any more: an answer that stopped counting is a change."""
    visible = asking.asked(form, document)
    return {
        part: {field: value for field, value in (document.get(part) or {}).items() if field in visible}
        for part in documents.PARTS
    }


def changed_since(use_case: UseCase, was: Revision, now: Revision, opening: Collection[str] = ()) -> list[ChangedLine]:
    """What differs, with the answers that opened the reader's lane first, then what is missing, then the rest.

    Each revision is read under the edition it answered; a question only one of them has is a change too.
    """
    form, earlier = editions.of(now), editions.of(was)
    before, after = use_case.readable(was.document), use_case.readable(now.document)
    missing = {item.field for item in tasklist.missing(form, after)}
    known, found = questionnaire.every(), []
    order = [question.field for question in form]
    for change in diff.compare(visible_document(before, earlier), visible_document(after, form), order):
        question = form.by_field.get(change.field) or known.get(change.field)
        if question:
            sides = (_line(question, before, False, ()), _line(question, after, False, missing))
            is_prose = question.type in PROSE
            found.append(_changed(sides, change.spans if is_prose else (), change.field in opening))
    return sorted(found, key=lambda line: (not line.is_opening, not line.is_missing))


def _changed(sides: tuple[Line, Line], spans: Collection[diff.Span], is_opening: bool) -> ChangedLine:
    old, new = sides
    if spans:
        pieces = [Piece(span.operation, span.text) for span in spans]
        was = tuple(piece for piece in pieces if piece.operation != "added")
        now = tuple(piece for piece in pieces if piece.operation != "removed")
    else:
        was = (Piece("removed", old.text),) if old.state != "blank" else ()
        now = (Piece("added", new.text),) if new.state != "blank" else ()
    return ChangedLine(new.label, old, new, was, now, is_opening)


def baseline(review: Review) -> Baseline | None:
    """The revision to compare with, before this round; None in the first."""
    earlier = Review.objects.filter(use_case=review.use_case_id, round__lt=review.round).exclude(ended_at=None)
    last = earlier.select_related("revision").order_by("-round").first()
    if last is None or last.ended_at is None:
        return None
    approved = Decision.objects.filter(review__in=earlier).exclude(outcome=Decision.Outcome.REJECTED)
    yes = approved.select_related("revision").order_by("-review__round").first()
    if yes is None or yes.review_id == last.pk:
        return _ended(last, yes)
    day = reads.day_in_words(yes.decided_at)
    since = f"the approval of {day}"
    return Baseline(yes.revision, since, f"Approved, revision {yes.revision.number}", lately=_ended(last, None))


def _ended(last: Review, decision: Decision | None) -> Baseline:
    day = reads.day_in_words(last.ended_at)
    decision = decision or Decision.objects.filter(review=last).first()
    if last.ended_how == "prohibited":
        words = f"a prohibition was found to apply on {day}"
        return Baseline(last.revision, words, f"Prohibited, revision {last.revision.number}")
    if decision is None:
        return Baseline(last.revision, f"it was sent back on {day}", f"Sent back, revision {last.revision.number}")
    words = {"rejected": "the refusal of"}.get(decision.outcome, "the approval of")
    was = "Refused" if decision.outcome == "rejected" else "Approved"
    return Baseline(last.revision, f"{words} {day}", f"{was}, revision {last.revision.number}")


def with_recent(use_case: UseCase, lines: list[ChangedLine], before: Baseline, now: Revision) -> list[ChangedLine]:
    """The changes since the approval, with those marked that are newer than what was sent back after it."""
    if before.lately is None:
        return lines
    recent = {line.after.field for line in changed_since(use_case, before.lately.revision, now)}
    marked = [replace(line, is_recent=line.after.field in recent) for line in lines]
    return sorted(marked, key=lambda line: (not line.is_opening, not line.is_missing, not line.is_recent))


def label(field: str, code: str | None) -> str:
    """A choice's words; nothing for nothing."""
    return questionnaire.every()[field].words(code) if code else ""


def facts(use_case: UseCase, document: Document | None = None) -> dict[str, str]:
    """Stage and impact in words, of a document or as filed."""
    answers = documents.answers(document) if document is not None else None
    stage = answers.get("development_stage") if answers is not None else use_case.stage
    impact = answers.get("is_high_impact") if answers is not None else use_case.impact
    return {
        "stage": label("development_stage", stage) or "No stage yet",
        "impact": label("is_high_impact", impact) or "Impact not answered",
    }


def lanes_of(review: Review) -> list[Lane]:
    """The lanes of a round, of a reconsideration those it judges by, with everything a page says about them."""
    rows = Lane.objects.filter(review__in=review.span).select_related(
        "office", "decided_by", "assigned_to", "carried_from__review", "review__use_case", "second_reader"
    )
    talk = Prefetch("questions", LaneQuestion.objects.select_related("asked_by", "asked_of", "ended_by"))
    return list(rows.prefetch_related("conditions", talk).order_by("is_advisory", "due_on", "office__code"))
