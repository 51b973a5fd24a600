"""Everything the use case's own page says about one case besides its answers."""

from dataclasses import dataclass
from typing import Any

from audit.models import Event
from audit.reads import sentence, timeline
from governance.compliance import results
from governance.compliance.practices import FIELDS, LEVELS
from governance.models import Condition, DatedRecord, Decision, Finding, Review, Waiver
from governance.reads import case, need_to_know, rounds
from registry import document as documents
from registry import editions, quality
from registry.models import Practice, UseCase
from registry.permissions import visible_to
from registry.permissions.quality import marks_visible_to


@dataclass(frozen=True)
class PracticeLine:
    """One minimum practice: what was reported, what backs it, and the level of the last check."""

    name: str
    reported: str
    record: DatedRecord | None
    waiver: Waiver | None
    level: str


def practices(use_case: UseCase, document: Any) -> list[PracticeLine]:
    """The seven practices of a case that is reported as high-impact; nothing for others."""
    if documents.answers(document).get("is_high_impact") != "high_impact":
        return []
    records: dict[str, DatedRecord] = {}
    for record in DatedRecord.objects.standing().filter(use_case=use_case).order_by("effective_on", "id"):
        if record.kind_words.is_evidence or record.kind_words.is_by_practice:
            records[record.practice] = record
    waivers = {row.practice: row for row in Waiver.objects.filter(use_case=use_case, revoked_on=None) if row.is_active}
    result = results.standing().filter(use_case=use_case).first()
    levels = result.levels if result else {}
    asked = editions.filed(use_case).by_field
    answers = documents.answers(document)
    return [
        PracticeLine(
            practice.label,
            asked[FIELDS[practice.value]].words(answers.get(FIELDS[practice.value])) or "Not answered",
            records.get(practice.value),
            waivers.get(practice.value),
            LEVELS.get(levels.get(practice.value, ""), ""),
        )
        for practice in Practice
    ]


def rounds_of(use_case: UseCase) -> list[Review]:
    """The review rounds, newest first, each with its lanes and decision."""
    rows = Review.objects.filter(use_case=use_case).select_related("revision", "submitted_by", "endorsed_by")
    found = list(rows.order_by("-round")[:10])
    decisions = {row.review_id: row for row in Decision.objects.filter(use_case=use_case).select_related("decided_by")}
    spared = rounds.not_needed(*found)
    for review in found:
        review.not_needed = spared[review.pk]  # type: ignore[attr-defined]  # for the template
        review.lines = case.lanes_of(review)  # type: ignore[attr-defined]  # for the template
        review.decision = decisions.get(review.pk)  # type: ignore[attr-defined]  # for the template
    return found


def conditions(use_case: UseCase) -> list[Condition]:
    """The case's conditions, open ones first; what can be done about each stands on its own page."""
    rows = Condition.objects.filter(use_case=use_case)
    rows = rows.select_related("lane__office", "decision", "owner", "accepted_by", "use_case__owner", "proof")
    order = {Condition.State.OPEN: 0, Condition.State.MET: 1, Condition.State.ACCEPTED: 2}
    return sorted(rows, key=lambda row: (order[Condition.State(row.state)], row.due_on))


def findings(user: Any, use_case: UseCase) -> list[Finding]:
    """What the compliance checks found and is not resolved."""
    rows = Finding.objects.filter(use_case=use_case).exclude(state=Finding.State.RESOLVED)
    rows = rows.select_related("use_case__component", "use_case__owner", "provision__edition__instrument")
    return need_to_know.findings(user, rows.order_by("is_advisory", "due_on", "id"))


def history(use_case: UseCase, limit: int = 60, *, besides: tuple[str, ...] = ()) -> list[tuple[Event, str]]:
    """The timeline in plain sentences, newest first."""
    events = timeline(use_case.use_case_id).exclude(kind__in=besides)
    return [(event, sentence(event)) for event in need_to_know.history(use_case, events[:limit])]


def concerns(use_case: UseCase, user: Any, as_of: Any) -> tuple[quality.Concern, ...]:
    """What looks wrong in the newest answers; names are compared with cases the person may see."""
    key = quality.name_key(use_case.title)
    others = visible_to(user).filter(name__iexact=use_case.title).exclude(pk=use_case.pk)
    same = {key: tuple(others.values_list("use_case_id", flat=True)[:5])}
    past = tuple(question.field for question in editions.of(use_case) if question.is_past)
    context = quality.Context(as_of=as_of, use_case_id=use_case.use_case_id, same_name=same, past_days=past)
    found = quality.concerns(use_case.document, context, quality.WRITTEN)
    return (*found, *_counted(use_case, user))


def _counted(use_case: UseCase, user: Any) -> list[quality.Concern]:
    """What only the nightly count can tell: it reads every justification, and reviews of what is withheld."""
    codes = ["justification_reused", "withholding_not_carried"]
    marks = marks_visible_to(user).filter(use_case=use_case, code__in=codes, cleared_on=None)
    return [quality.Concern(one.code, one.severity, one.field, one.message, one.remedy) for one in marks]
