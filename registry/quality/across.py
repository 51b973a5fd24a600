"""Rules that hold a case against the others: names and justifications that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from registry.quality.concern import WARNING, Concern, Context, Document, Rule, answer, name_key, text_key

MOST = 5  # others that are named


def duplicate_name(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: one entry a use case."""
    name = answer(document, "use_case_name")
    others = [other for other in context.same_name.get(name_key(name or ""), ()) if other != context.use_case_id]
    if name and others:
        yield Concern(
            "duplicate_name",
            WARNING,
            "use_case_name",
            f"The same name stands at {', '.join(others)}.",
            "If it is one use case, report it once; if not, give them names that tell them apart.",
        )


def justification_reused(document: Document, context: Context) -> Iterator[Concern]:
    """OMB M-25-21, appendix, section 4(a): a presumption is cleared for the use at hand, on its own principal basis.

    An audit of the 2025 inventories found a template sentence under nearly half of all cleared presumptions.
    """
    others = [
        other
        for other in context.same_text.get(text_key(answer(document, "hi_justification") or ""), ())
        if other != context.use_case_id
    ]
    if others:
        more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
        yield Concern(
            "justification_reused",
            WARNING,
            "hi_justification",
            f"The justification stands word for word at {', '.join(others[:MOST])}{more}.",
            "Say what of this use in particular keeps its output from being a principal basis.",
        )


RULES: tuple[Rule, ...] = (duplicate_name, justification_reused)
