"""What is withheld though its review does not carry it: said until the owner takes it back or gives a new ground."""

from __future__ import annotations

from collections.abc import Iterator

from registry.quality.concern import WARNING, Concern, Context, Document, Rule

_SAID = {"refused": "was refused by its reviewer", "expired": "was upheld until a day that has passed"}


def withholding_not_carried(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: withheld for a legal reason only, and somebody looked."""
    del document
    for field, state in context.withholdings.items():
        if state in _SAID:
            what = "The answer" if field else "The case"
            yield Concern(
                "withholding_not_carried",
                WARNING,
                field or "is_withheld",
                f"{what} is withheld from the public, but that {_SAID[state]}.",
                "Publish it, or give a legal ground that holds and have it reviewed. It stays withheld until then.",
            )


RULES: tuple[Rule, ...] = (withholding_not_carried,)
