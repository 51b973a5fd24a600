"""Rules of one case alone: what OMB's instrument asks, and answers that cannot both be true there."""

from __future__ import annotations

from collections.abc import Iterator

from registry.quality.concern import NOTICE, WARNING, Concern, Context, Document, Rule, answer, is_given, is_in_use

SECTION_5 = (
    "hi_testing_conducted", "hi_assessment_completed", "hi_potential_impacts", "hi_independent_review",
    "hi_ongoing_monitoring", "hi_training_established", "hi_failsafe_presence", "hi_appeal_process",
    "hi_public_consultation",
)  # fmt: skip
_OWN_RULE = ("vendor_name", "hi_justification")  # missing ones are said by a rule of their own
_NOT_IN_DOCUMENT = ("id", "agency_bureau")


def pii_without_pia(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: PII, and the link to its assessment."""
    del context
    if is_in_use(document) and answer(document, "has_pii") == "yes" and not is_given(document, "pia_url"):
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
    if is_in_use(document) and answer(document, "have_ato") == "no":
        yield Concern(
            "no_ato",
            WARNING,
            "have_ato",
            "In use without an Authorization to Operate.",
            "Name the authorization, or ask the Chief Information Security Officer how to obtain one.",
        )


def operational_date_future(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: since when it operates or is piloted."""
    day = answer(document, "operational_date")
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
    if answer(document, "contracting_usage") == "in_house" and is_given(document, "vendor_name"):
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
    bought = answer(document, "contracting_usage") in ("vendor", "both")
    if is_in_use(document) and bought and not is_given(document, "vendor_name"):
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
    presumed = answer(document, "is_high_impact") == "presumed_not_high_impact"
    if presumed and not is_given(document, "hi_justification"):
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
    impact = answer(document, "is_high_impact")
    if impact and impact != "presumed_not_high_impact" and is_given(document, "hi_justification"):
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
    stage, impact = answer(document, "development_stage"), answer(document, "is_high_impact")
    answered = [name for name in SECTION_5 if is_given(document, name)]
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
    features = answer(document, "demographic_features") or []
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
    marked = [code for code in answer(document, "scr_presumed_categories") or [] if code != "none"]
    if marked and answer(document, "is_high_impact") == "not_high_impact":
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
        if column.is_required(answers) and not is_given(document, name):
            question = " ".join(column.header.split("\n\n")[0].split())
            yield Concern(
                "required_missing",
                WARNING,
                name,
                f"No answer, though it is required at this stage: “{question}”",
                "Answer the question.",
            )


RULES: tuple[Rule, ...] = (
    pii_without_pia, no_ato, operational_date_future, in_house_with_vendor, vendor_missing, justification_missing,
    justification_without_presumption, section5_not_asked, none_with_others, presumed_but_not, required_missing,
)  # fmt: skip
