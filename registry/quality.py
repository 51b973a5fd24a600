"""What looks wrong in a use case: pure rules over its document, each a named function.

A concern never refuses anything. It tells a person what to look at and what to do about it; facts stay
as they were reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry.inventory.cells import key
from registry.inventory.schema import Column

WARNING, NOTICE = "warning", "notice"
IN_USE = ("pilot", "deployed")
SECTION_5 = (
    "hi_testing_conducted",
    "hi_assessment_completed",
    "hi_potential_impacts",
    "hi_independent_review",
    "hi_ongoing_monitoring",
    "hi_training_established",
    "hi_failsafe_presence",
    "hi_appeal_process",
    "hi_public_consultation",
)
_OWN_RULE = ("vendor_name", "hi_justification")  # missing ones are said by a rule of their own
_NOT_IN_DOCUMENT = ("id", "agency_bureau")
Document = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at in one field, and what to do about it."""

    code: str
    severity: str
    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule needs besides the document: the day, the column table, the other cases."""

    as_of: date
    columns: tuple[Column, ...] = ()
    asked: frozenset[str] | None = None  # the fields the source asks at all; None: every one
    use_case_id: str | None = None
    same_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # `name_key` -> who bears it


def name_key(name: str) -> str:
    """Names are the same when they differ in case, blanks, dashes or punctuation only."""
    return key(name)


def _answer(document: Document, name: str) -> Any:
    return document.get("answers", {}).get(name)


def _is_given(document: Document, name: str) -> bool:
    """Something stands there: an answer, a redaction marker, or text nobody understood."""
    return any(name in document.get(part, {}) for part in ("answers", "withheld", "flagged"))


def _is_in_use(document: Document) -> bool:
    return _answer(document, "development_stage") in IN_USE


def pii_without_pia(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: PII, and the link to its assessment."""
    del context
    if _is_in_use(document) and _answer(document, "has_pii") == "yes" and not _is_given(document, "pia_url"):
        yield Concern(
            "pii_without_pia",
            WARNING,
            "pia_url",
            "Personal information is involved, but there is no link to a Privacy Impact Assessment.",
            "Add the link, or ask the Privacy Office which assessment covers this use.",
        )


def no_ato(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: the Authorization to Operate."""
    del context
    if _is_in_use(document) and _answer(document, "have_ato") == "no":
        yield Concern(
            "no_ato",
            WARNING,
            "have_ato",
            "In use without an Authorization to Operate.",
            "Name the authorization, or ask the Chief Information Security Officer how to obtain one.",
        )


def duplicate_name(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: one entry a use case."""
    name = _answer(document, "use_case_name")
    others = [other for other in context.same_name.get(name_key(name or ""), ()) if other != context.use_case_id]
    if name and others:
        yield Concern(
            "duplicate_name",
            WARNING,
            "use_case_name",
            f"The same name stands at {', '.join(others)}.",
            "If it is one use case, report it once; if not, give them names that tell them apart.",
        )


def operational_date_future(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: since when it operates or is piloted."""
    day = _answer(document, "operational_date")
    if day and day > context.as_of.isoformat():
        yield Concern(
            "operational_date_future",
            WARNING,
            "operational_date",
            f"The date of first use lies after {context.as_of.isoformat()}.",
            "Correct the date, or report the stage as pre-deployment until then.",
        )


def in_house_with_vendor(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: vendors of what was not built in-house."""
    del context
    if _answer(document, "contracting_usage") == "in_house" and _is_given(document, "vendor_name"):
        yield Concern(
            "in_house_with_vendor",
            NOTICE,
            "vendor_name",
            "Developed in-house, but a vendor is named.",
            "Report it as developed with both, or take the vendor out.",
        )


def vendor_missing(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: vendors of what was not built in-house."""
    del context
    bought = _answer(document, "contracting_usage") in ("vendor", "both")
    if _is_in_use(document) and bought and not _is_given(document, "vendor_name"):
        yield Concern(
            "vendor_missing",
            WARNING,
            "vendor_name",
            "Bought or built under contract, but no vendor is named.",
            "Name the vendor.",
        )


def justification_missing(document: Document, context: Context) -> Iterator[Concern]:
    """OMB M-25-21, appendix, sections 4(a) and 6: a presumption is cleared in writing only."""
    del context
    presumed = _answer(document, "is_high_impact") == "presumed_not_high_impact"
    if presumed and not _is_given(document, "hi_justification"):
        yield Concern(
            "justification_missing",
            WARNING,
            "hi_justification",
            "Presumed high-impact and determined not to be, without a justification.",
            "Add the written justification, or report the case as high-impact.",
        )


def justification_without_presumption(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: asked only of what is presumed high-impact."""
    del context
    impact = _answer(document, "is_high_impact")
    if impact and impact != "presumed_not_high_impact" and _is_given(document, "hi_justification"):
        yield Concern(
            "justification_without_presumption",
            NOTICE,
            "hi_justification",
            "A justification is given, though the case is not one that was presumed high-impact.",
            "Take it out, or correct the answer on high impact.",
        )


def section5_not_asked(document: Document, context: Context) -> Iterator[Concern]:
    """OMB M-25-21, appendix, section 4(b), asked by OMB of deployed high-impact cases only."""
    del context
    stage, impact = _answer(document, "development_stage"), _answer(document, "is_high_impact")
    answered = [name for name in SECTION_5 if _is_given(document, name)]
    if stage and impact and (stage, impact) != ("deployed", "high_impact") and answered:
        yield Concern(
            "section5_not_asked",
            NOTICE,
            answered[0],
            f"{len(answered)} answers on risk management, which is asked of deployed high-impact cases only.",
            "Keep them for later, or correct the stage or the answer on high impact.",
        )


def none_with_others(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: demographic variables."""
    del context
    features = _answer(document, "demographic_features") or []
    if "none" in features and len(features) > 1:
        yield Concern(
            "none_with_others",
            WARNING,
            "demographic_features",
            "“None” is answered together with variables that are used.",
            "Take out one or the other.",
        )


def presumed_but_not(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, M-25-21, appendix section 6, section 4(a): what is presumed is not high-impact only by a determination."""
    del context
    marked = [code for code in _answer(document, "scr_presumed_categories") or [] if code != "none"]
    if marked and _answer(document, "is_high_impact") == "not_high_impact":
        yield Concern(
            "presumed_but_not",
            WARNING,
            "is_high_impact",
            f"A presumed category is marked ({', '.join(marked)}), but the answer is “Not high-impact”.",
            "Answer high-impact, or presumed but determined not high-impact, with the justification.",
        )


def required_missing(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: what is required by stage and impact."""
    answers = document.get("answers", {})
    for column in context.columns:
        name = column.field
        if name in _OWN_RULE or name in _NOT_IN_DOCUMENT:
            continue
        if context.asked is not None and name not in context.asked:
            continue
        if column.is_required(answers) and not _is_given(document, name):
            question = " ".join(column.header.split("\n\n")[0].split())
            yield Concern(
                "required_missing",
                WARNING,
                name,
                f"No answer, though it is required at this stage: “{question}”",
                "Answer the question.",
            )


Rule = Callable[[Document, Context], Iterable[Concern]]
RULES: tuple[Rule, ...] = (
    pii_without_pia,
    no_ato,
    duplicate_name,
    operational_date_future,
    in_house_with_vendor,
    vendor_missing,
    justification_missing,
    justification_without_presumption,
    section5_not_asked,
    none_with_others,
    presumed_but_not,
    required_missing,
)


def concerns(document: Document, context: Context) -> tuple[Concern, ...]:
    """Everything the rules say about one use case."""
    return tuple(concern for rule in RULES for concern in rule(document, context))
