"""Rules that hold two answers of a case against each other: what was said at screening, and what is reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from registry.quality.concern import NOTICE, WARNING, Concern, Context, Document, Rule, answer


class _Pair(NamedTuple):
    """Two answers that cannot both be true, and what is wrong with them in a sentence."""

    first: str
    is_first: tuple[str, ...]
    second: str
    is_second: tuple[str, ...]
    message: str


# The questions are the portal's own screening and OMB's 2025 instrument (section 5 of its guidance).
PAIRS = (
    _Pair("scr_pii", ("no",), "has_pii", ("yes",),
          "Screening says no personal information, the inventory says there is."),
    _Pair("scr_pii", ("yes",), "has_pii", ("no",),
          "Screening says personal information, the inventory says there is none."),
    _Pair("scr_ato", ("none",), "have_ato", ("yes",),
          "Screening says no authorization to operate, the inventory says there is one."),
    _Pair("scr_ato", ("held",), "have_ato", ("no",),
          "Screening says the authorization to operate is held, the inventory says there is none."),
    _Pair("scr_vendor", ("no",), "contracting_usage", ("vendor", "both"),
          "Screening says no vendor is involved, the inventory says it was bought."),
    _Pair("scr_vendor", ("yes",), "contracting_usage", ("in_house",),
          "Screening says a vendor is involved, the inventory says it was made in-house."),
    _Pair("scr_rights_safety", ("no",), "is_high_impact", ("high_impact",),
          "Screening says neither rights nor safety are affected, the impact says high."),
    _Pair("is_ai", ("no",), "development_stage", ("pilot", "deployed"),
          "It is said not to be AI, and it is reported as one in use."),
)  # fmt: skip


def contradicting_answers(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5; GAO-24-105980 found inventories inaccurate."""
    del context
    for pair in PAIRS:
        if answer(document, pair.first) in pair.is_first and answer(document, pair.second) in pair.is_second:
            yield Concern(
                "contradicting_answers", WARNING, pair.second, pair.message, "Correct one of the two answers."
            )  # fmt: skip


def no_category_but_presumed(document: Document, context: Context) -> Iterator[Concern]:
    """OMB M-25-21, appendix, section 6: what is presumed high-impact falls under one of its categories."""
    del context
    presumed = answer(document, "is_high_impact") == "presumed_not_high_impact"
    if presumed and answer(document, "scr_presumed_categories") == ["none"]:
        yield Concern(
            "no_category_but_presumed",
            WARNING,
            "scr_presumed_categories",
            "The impact answer clears a presumption, but no presumed category is marked.",
            "Mark the category that applies, or answer that the case is not high-impact.",
        )


def day_ahead(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5 (its dates tell what happened; the first use has a rule)."""
    for name in context.past_days:
        given = answer(document, name)
        if name != "operational_date" and isinstance(given, str) and given > context.as_of.isoformat():
            yield Concern(
                "day_ahead",
                NOTICE,
                name,
                f"The day {_day(given)} has not come yet, but the answer tells what happened on it.",
                "Correct the day, or leave it empty until then.",
            )


# Since when it is in use, against when its development or acquisition began: 2025's own date, then each older pair.
ORDERS = (
    ("operational_date", "y2024_date_development"),
    ("operational_date", "y2023_date_development"),
    ("y2024_date_implemented", "y2024_date_development"),
    ("y2023_date_implemented", "y2023_date_development"),
)


def used_before_developed(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: since when it operates; the 2024 and 2023 instruments ask
    when development or acquisition began. Days, months and years are compared as far as both are told."""
    del context
    for used, begun in ORDERS:
        first, start = answer(document, used), answer(document, begun)
        if not (isinstance(first, str) and isinstance(start, str)):
            continue
        told = min(len(first), len(start))
        if first[:told] < start[:told]:
            yield Concern(
                "used_before_developed",
                NOTICE,
                used,
                f"In use since {_day(first)}, but its development or acquisition began {_day(start)}.",
                "Correct the date that is wrong.",
            )
            return


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


RULES: tuple[Rule, ...] = (contradicting_answers, no_category_but_presumed, day_ahead, used_before_developed)
