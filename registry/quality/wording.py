"""How public text reads: abbreviations nobody explained, and sentences that are hard to follow.

OMB, Guidance on 2025 Agency AI Reporting (a summary): the inventory is written in plain language and spells
abbreviations out. How a text reads is a hint to its writer: it is never counted, reported or held against a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.quality.concern import NOTICE, Concern, Context, Document, Rule, answer, is_in_use

PUBLIC_TEXTS = ("use_case_name", "problem_solved", "benefits", "system_outputs", "data_description", "hi_justification")
# Known to the public a register is written for, or names of the department's own parts.
KNOWN = frozenset(
    {
        "AI", "AM", "API", "CBP", "CIA", "CISA", "COVID", "CWMD", "DHS", "DNA", "EU", "FAQ", "FBI", "FEMA", "FLETC",
        "GAO",
        "GPS", "HR", "I&A", "ICE", "ID", "IT", "MGMT", "NASA", "NATO", "OHS", "OIG", "OK", "OMB", "PC", "PDF", "PM",
        "Q&A", "S&T", "TSA", "TV", "UN", "US", "USA", "USCG", "USCIS", "USSS", "ZIP",
    }
)  # fmt: skip
_ABBREVIATION = re.compile(r"(?<![\w-])(?:[A-Z]{2,6}(?:&[A-Z]{1,3})?)(?:s|’s|'s)?(?![\w-])")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
LONG_SENTENCE = 35  # words
LONG_SHARE = 0.35  # of words with so many letters or more
LONG_WORD = 10
ENOUGH = 40  # words: of a shorter text nothing can be said
MOST = 6  # abbreviations named at once


def unexplained_abbreviations(document: Document, context: Context) -> Iterator[Concern]:
    """OMB, Guidance on 2025 Agency AI Reporting: plain language, abbreviations spelled out (a summary)."""
    del context
    if not (is_in_use(document) or answer(document, "development_stage")):
        return
    texts = {name: text for name in PUBLIC_TEXTS if isinstance(text := answer(document, name), str)}
    whole = "\n".join(texts.values())
    seen: set[str] = set()
    for name, text in texts.items():
        found = [one for one in abbreviations(text) if one not in seen and not is_explained(one, whole)]
        seen |= set(found)
        if found:
            more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
            yield Concern(
                "unexplained_abbreviations",
                NOTICE,
                name,
                f"Abbreviations that are not spelled out: {', '.join(found[:MOST])}{more}.",
                "Write the words once, with the abbreviation in brackets behind them.",
            )


def abbreviations(text: str) -> list[str]:
    """The abbreviations of a text in order, each once, without those everybody knows. Shouted words are none."""
    words = _WORD.findall(text)
    if words and sum(1 for word in words if word.isupper()) * 2 > len(words):
        return []
    found = (re.sub(r"(?:’|')?s$", "", one) for one in _ABBREVIATION.findall(text))
    return [one for one in dict.fromkeys(found) if one not in KNOWN]


def is_explained(abbreviation: str, text: str) -> bool:
    """Whether the text spells it out: `Customs Entry Portal (CEP)`, `CEP (Customs Entry Portal)`."""
    one = re.escape(abbreviation)
    return bool(
        re.search(rf"\w[^()\n]{{3,}}\({one}s?\)", text) or re.search(rf"\b{one}s?\s*\([^()\n]*[a-z][^()\n]*\)", text)
    )


def hints(text: str) -> list[str]:
    """What would make a text easier to read; empty for most texts, and for short ones."""
    words = _WORD.findall(text)
    if len(words) < ENOUGH:
        return []
    found = []
    longest = max(len(_WORD.findall(one)) for one in _SENTENCE.findall(text))
    if longest > LONG_SENTENCE:
        found.append(f"One sentence has {longest} words. Two shorter ones are easier to follow.")
    share = sum(1 for word in words if len(word) >= LONG_WORD) / len(words)
    if share > LONG_SHARE:
        found.append("More than a third of the words are long. Everyday words reach more readers.")
    return found


RULES: tuple[Rule, ...] = (unexplained_abbreviations,)
