"""What a determination must hold, how it differs from what was reported and suggested, and when it is out of date.

Pure. M-25-21 section 4(a) and appendix sections 5 and 6 (summaries): what is presumed high-impact is cleared only by an
appropriate official, in writing to the Chief AI Officer, with a summary for the public.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.lifecycle_guards import HIGH, IMPACTS, NOT_HIGH, PRESUMED, determination_sound

WORDS = {HIGH: "high-impact", PRESUMED: "presumed high-impact, but determined not", NOT_HIGH: "not high-impact"}
AI_WORDS = {"yes": "artificial intelligence", "no": "not artificial intelligence"}
NOT_DETERMINED = "As reported, not determined here"
BASIS = "Is an output a principal basis for a decision or action with legal, material, binding or significant effect?"
MOST = 20_000  # characters of a text
# The answers an official's judgement of each question rests on.
_AI_FIELDS = frozenset({"is_ai", "is_ai_reason", "classification"})
_IMPACT_FIELDS = frozenset({"is_high_impact", "hi_justification"})
_KINDS_OF_AI = ("agentic_ai", "classical_ml", "computer_vision", "generative_ai", "nlp", "reinforcement_learning")


@dataclass(frozen=True)
class Determined:
    """What an official determines about the impact (M-25-21, section 4(a)).

    `principal_basis` is yes, no or not said; `documentation` is addressed to the Chief AI Officer.
    """

    impact: str
    categories: tuple[str, ...] = ()
    justification: str = ""
    principal_basis: str = ""
    reasoning: str = ""
    documentation: str = ""
    public_summary: str = ""


@dataclass(frozen=True)
class Known:
    """What a determination is held against: the reported answers and what the rules suggest."""

    reported: str = ""
    stated: tuple[str, ...] = ()  # presumed categories the component states
    suggested: str = ""
    derived: tuple[str, ...] = ()  # presumed categories the rules suggest, the stated ones among them


def sound(given: Determined) -> list[str]:
    """Whether the answer, its categories and its justification fit each other."""
    return determination_sound(given.impact, given.categories, given.justification)


def refusals(given: Determined, known: Known) -> list[str]:
    """What a determination of the impact lacks; empty when it may be signed."""
    if reasons := sound(given):
        return reasons
    return [*_basis(given), *_clearing(given), *_against(given, known), *_too_long(given)]


def _basis(given: Determined) -> Iterator[str]:
    """An output that is a principal basis makes the use high-impact (M-25-21, appendix section 5)."""
    if given.principal_basis not in ("", "yes", "no"):
        yield "Say yes or no: is an output a principal basis?"
    if given.principal_basis == "yes" and given.impact != HIGH:
        yield "An output that is a principal basis of such a decision makes it high-impact. Say no, or high-impact."
    if given.principal_basis and not given.reasoning.strip():
        yield "Say why an output is, or is not, a principal basis."


def _clearing(given: Determined) -> Iterator[str]:
    """Clearing a presumption needs the reasoning, the documentation and the public summary (M-25-21 section 4(a))."""
    if given.impact != PRESUMED:
        return
    if given.principal_basis != "no":
        yield "A presumption is cleared only when no output is a principal basis: say so, and why."
    if not given.documentation.strip():
        yield "Write the documentation for the Chief AI Officer: without it a presumption is not cleared."
    if not given.public_summary.strip():
        yield "Write the public summary: without it a presumption is not cleared."


def _against(given: Determined, known: Known) -> Iterator[str]:
    """Whoever judges otherwise than was reported or suggested says why; a stated presumption is not passed over."""
    if given.impact == NOT_HIGH and known.stated:
        yield (
            f"The component states presumed category {_letters(known.stated)}. Determine it high-impact, or clear the "
            "presumption in writing."
        )
    elif is_against(given.impact, known) and not (given.reasoning.strip() or given.justification.strip()):
        yield "Your answer differs from what was reported or suggested. Say why."


def is_against(impact: str, known: Known) -> bool:
    """Whether the answer is another one than was reported, or than the rules suggest."""
    differs = bool(known.reported) and impact != known.reported
    return differs or {known.suggested, impact} == {HIGH, NOT_HIGH}


def _too_long(given: Determined) -> Iterator[str]:
    texts = (given.justification, given.reasoning, given.documentation, given.public_summary)
    if any(len(text) > MOST for text in texts):
        yield f"A text has at most {MOST:,} characters."


def ai_refusals(answer: str, because: str) -> list[str]:
    """What a determination whether it is AI lacks; "not AI" needs its reason."""
    if answer not in AI_WORDS:
        return ["Say whether it is artificial intelligence."]
    if answer == "no" and not because.strip():
        return ["Say why it is not artificial intelligence."]
    return [f"A text has at most {MOST:,} characters."] if len(because) > MOST else []


def differences(known: Known, determined: str = "", categories: Collection[str] = ()) -> list[str]:
    """In words: where the reported, the suggested and the determined answer do not agree."""
    said = []
    if known.reported and known.suggested and _disagree(known.reported, known.suggested):
        said.append(f"Reported {WORDS[known.reported]}; the rules suggest {WORDS[known.suggested]}.")
    if missing := [code for code in known.derived if code not in known.stated]:
        said.append(f"The rules suggest presumed category {_letters(missing)}, which the component does not state.")
    if not determined:
        return said
    if known.reported and determined != known.reported:
        said.append(f"Reported {WORDS[known.reported]}; determined {WORDS[determined]}.")
    if known.suggested and _disagree(determined, known.suggested):
        said.append(f"The rules suggest {WORDS[known.suggested]}; determined {WORDS[determined]}.")
    if known.stated and set(categories) != set(known.stated):
        said.append(f"Stated category {_letters(known.stated)}; determined {_letters(categories) or 'none'}.")
    return said


def _disagree(one: str, suggested: str) -> bool:
    """The rules never suggest "presumed, but determined not": held against them it is not high-impact."""
    return (HIGH if one == HIGH else NOT_HIGH) != suggested


def _letters(codes: Collection[str]) -> str:
    return ", ".join(f"({code})" for code in sorted(codes))


def what_changed(before: tuple[str, Collection[str]], after: tuple[str, Collection[str]]) -> str:
    """What the newer of two determinations says otherwise, in a phrase; nothing when they agree."""
    said = []
    if before[0] != after[0]:
        said.append(f"from {_word(before[0])} to {_word(after[0])}")
    if set(before[1]) != set(after[1]):
        said.append(f"category {_letters(before[1]) or 'none'} to {_letters(after[1]) or 'none'}")
    return ", ".join(said)


def _word(answer: str) -> str:
    return WORDS.get(answer) or AI_WORDS.get(answer, answer)


def suggest_ai(answers: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Whether the answers speak for AI, with reasons; nothing while they do not say."""
    kind = answers.get("classification")
    reasons = []
    if answers.get("is_ai") == "no":
        reasons.append("The component answers that it is not artificial intelligence")
    if kind in _KINDS_OF_AI:
        reasons.append("A kind of artificial intelligence is named")
    if answers.get("is_ai") == "no":
        return ("", reasons) if kind in _KINDS_OF_AI else ("no", reasons)
    return ("yes" if reasons or answers.get("is_ai") == "yes" else ""), reasons


def earlier_answers(changed: Collection[str], question: str = "impact") -> list[str]:
    """Of the fields that changed since, those the judgement rested on: screening and impact, or what makes it AI."""
    if question == "is_ai":
        return sorted(_AI_FIELDS & set(changed))
    return sorted(field for field in changed if field.startswith(("scr_", "proh_")) or field in _IMPACT_FIELDS)


_NOT_LETTERS = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """A justification without what does not make it another one: case, blanks, punctuation."""
    return _NOT_LETTERS.sub(" ", text.casefold()).strip()


__all__ = [
    "AI_WORDS", "BASIS", "HIGH", "IMPACTS", "NOT_DETERMINED", "NOT_HIGH", "PRESUMED", "WORDS", "Determined", "Known",
    "ai_refusals", "differences", "earlier_answers", "is_against", "normalised", "refusals", "sound", "suggest_ai",
    "what_changed",
]  # fmt: skip
