"""What was reported, suggested and determined on a case: side by side, and as it went."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from governance import determining
from governance.determining import Known
from governance.models import AiDetermination, Determination
from governance.reads import need_to_know
from governance.reads.case import label
from registry import classify, editions, questionnaire
from registry import document as documents
from registry.models import Revision, UseCase


def newest(use_case: UseCase) -> Determination | None:
    """The signed answer on the impact that is in force."""
    rows = Determination.objects.filter(use_case=use_case)
    return rows.select_related("signed_by", "revision", "acknowledged_by").first()


def newest_ai(use_case: UseCase) -> AiDetermination | None:
    """The signed answer on whether it is AI that is in force."""
    return AiDetermination.objects.filter(use_case=use_case).select_related("signed_by", "revision").first()


def suggestion(revision: Revision) -> classify.Suggestion:
    """What the rules of today suggest of a revision."""
    return classify.suggest(editions.counting(revision), classify.in_force(timezone.localdate()))


def suggested(revision: Revision) -> dict[str, Any]:
    """The same, as it is kept with what was signed."""
    found = suggestion(revision)
    return {
        "impact": found.impact, "categories": list(found.categories),
        "reasons": [reason.because for reason in found.reasons],
    }  # fmt: skip


def suggested_ai(revision: Revision) -> dict[str, Any]:
    """What the answers suggest on whether it is AI."""
    answer, reasons = determining.suggest_ai(documents.answers(editions.counting(revision)))
    return {"answer": answer, "reasons": reasons}


def known(revision: Revision) -> Known:
    """What a determination on this revision is held against."""
    answers, found = documents.answers(editions.counting(revision)), suggestion(revision)
    return Known(
        reported=str(answers.get("is_high_impact") or ""),
        stated=tuple(code for code in answers.get("scr_presumed_categories") or () if code != "none"),
        suggested=found.impact or "",
        derived=found.categories,
    )


def prefilled(use_case: UseCase, revision: Revision, made: Determination | None = None) -> dict[str, Any]:
    """What a form begins with: what was signed on this revision, else what was reported, as the reader may read it."""
    if made:
        return {
            "impact": made.impact, "categories": made.categories, "principal_basis": made.principal_basis,
            "reasoning": made.reasoning, "justification": need_to_know.justification(use_case, made),
            "documentation": made.documentation, "public_summary": made.public_summary,
        }  # fmt: skip
    answers = documents.answers(use_case.readable(revision.document))
    letters = [code for code in answers.get("scr_presumed_categories") or [] if code != "none"]
    return {
        "impact": answers.get("is_high_impact"), "categories": letters,
        "justification": answers.get("hi_justification", ""),
    }  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One determination of the history: what it said, what it changed, and whether it may be read whole."""

    row: Determination | AiDetermination
    question: str
    answer: str
    changed: str
    justification: str
    is_hidden: bool
    is_newest: bool

    @property
    def suggested(self) -> str:
        """What the rules suggested when it was signed, in words."""
        told = self.row.suggested
        letters = f", category {', '.join(told['categories'])}" if told.get("categories") else ""
        return f"{label('is_high_impact', told.get('impact')) or 'Nothing yet'}{letters}" if told else ""

    @property
    def is_impact(self) -> bool:
        """Of the impact, not of whether it is AI."""
        return self.question == "impact"


def history(use_case: UseCase) -> list[Entry]:
    """Every determination of a case as this reader may read it (`use_case` is cut for its reader), newest first."""
    rows = Determination.objects.filter(use_case=use_case)
    told = _entries(use_case, list(rows.select_related("signed_by", "revision", "acknowledged_by", "naming")))
    others = AiDetermination.objects.filter(use_case=use_case).select_related("signed_by", "revision", "naming")
    told += _ai_entries(list(others))
    return sorted(told, key=lambda one: (one.row.signed_at, one.row.pk), reverse=True)


def _entries(use_case: UseCase, rows: list[Determination]) -> list[Entry]:
    found = []
    for n, row in enumerate(rows):
        before = rows[n + 1] if n + 1 < len(rows) else None
        changed = (
            determining.what_changed((before.impact, before.categories), (row.impact, row.categories)) if before else ""
        )
        text, is_hidden = need_to_know.justification(use_case, row), "hi_justification" in use_case.hidden
        found.append(Entry(row, "impact", label("is_high_impact", row.impact), changed, text, is_hidden, n == 0))
    return found


def _ai_entries(rows: list[AiDetermination]) -> list[Entry]:
    found = []
    for n, row in enumerate(rows):
        before = rows[n + 1] if n + 1 < len(rows) else None
        changed = determining.what_changed((before.answer, ()), (row.answer, ())) if before else ""
        words = determining.AI_WORDS[row.answer].capitalize()
        found.append(Entry(row, "is_ai", words, changed, row.because, False, n == 0))
    return found


def on_earlier_answers(use_case: UseCase, row: Determination | AiDetermination | None) -> list[str]:
    """The fields a determination rested on that are answered otherwise in what is filed now."""
    if row is None or use_case.filed_document is None or row.revision.number == use_case.filed_number:
        return []
    then = use_case.readable(row.revision.document)
    question = "impact" if isinstance(row, Determination) else "is_ai"
    return determining.earlier_answers(documents.changed_fields(then, use_case.filed_document), question)


@dataclass(frozen=True)
class Standing:
    """A case's impact as every page says it: determined by whom, or as reported; and what is to be said besides."""

    row: Determination | None
    impact: str
    justification: str
    is_on_earlier_answers: bool
    differs: str

    @property
    def waits_for_acknowledging(self) -> bool:
        """Whether the Chief AI Officer has still to acknowledge it."""
        return bool(self.row and self.row.is_acknowledgeable and not self.row.acknowledged_at)


def on_case(use_case: UseCase) -> Standing:
    """The impact of a case, which is cut for its reader."""
    row = newest(use_case)
    if row is None:
        return Standing(None, "", "", False, "")
    reported = use_case.impact or ""
    differs = f"Reported {determining.WORDS[reported]}." if reported and reported != row.impact else ""
    return Standing(
        row, label("is_high_impact", row.impact), need_to_know.justification(use_case, row),
        bool(on_earlier_answers(use_case, row)), differs,
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One of the three that stand side by side: the answer, its categories, and why."""

    who: str
    impact: str
    categories: str
    why: str
    reasons: tuple[str, ...] = ()


def side_by_side(use_case: UseCase, revision: Revision, here: Standing) -> dict[str, Any]:
    """Reported, suggested and determined, and in words where they differ; as the reader may read it."""
    answers, found = documents.answers(use_case.readable(revision.document)), known(revision)
    told, ai = suggested(revision), suggested_ai(revision)
    withheld = use_case.readable(revision.document).get("withheld", {}).get("hi_justification", "")
    row = here.row
    return {
        "reported": Said(
            f"{use_case.component.code}, revision {revision.number}",
            label("is_high_impact", found.reported) or "Not answered", ", ".join(found.stated) or "none",
            str(answers.get("hi_justification") or withheld or ""),
        ),
        "suggested": Said(
            "The rules", label("is_high_impact", told["impact"]) or "Nothing yet",
            ", ".join(told["categories"]) or "none", "", tuple(told["reasons"]),
        ),
        "determined": row and Said(row.signer, here.impact, ", ".join(row.categories) or "none", here.justification),
        "differences": determining.differences(found, row.impact if row else "", row.categories if row else ()),
        "earlier": [_short(field) for field in on_earlier_answers(use_case, row)],
        "ai_reported": {"yes": "Yes", "no": "No"}.get(str(answers.get("is_ai") or ""), "Not answered"),
        "ai_reason": str(answers.get("is_ai_reason") or ""),
        "ai_suggested": determining.AI_WORDS.get(ai["answer"], "nothing yet"),
        "ai_reasons": ai["reasons"],
    }  # fmt: skip


def _short(field: str) -> str:
    question = questionnaire.every().get(field)
    return question.short if question else field
