"""What a system's record says, what that answers in a use case, and when a date of it comes near.

A system's facts are entered once and serve every case on it. `ANSWERED_BY` is the one table between the record's
facts and the questionnaire's fields; a field the case's own questionnaire does not have is simply not in play.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from registry import document as documents
from registry.document import Document
from registry.questionnaire import Question

Facts = Mapping[str, Any]
ATO = {"none": "No authorization", "planned": "Planned", "held": "Held"}
HANDLING = {"public": "Public", "internal": "Internal", "restricted": "Restricted"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the record. `marks` tells the cases on the system when it changes."""

    name: str
    label: str
    type: Literal["text", "date", "ato", "handling"] = "text"
    marks: bool = True

    def words(self, value: Any) -> str:
        """The fact as a person reads it; a date stays ISO and is worded by the page."""
        if self.type == "ato":
            return ATO.get(value, "")
        return HANDLING.get(value, "") if self.type == "handling" else str(value or "")


# Who looks after the record, and who may know of it, is no fact a case's answers rest on.
FACTS = (
    Fact("name", "Name"),
    Fact("description", "What it is"),
    Fact("component", "Component", marks=False),
    Fact("owner", "System owner", marks=False),
    Fact("mailbox", "Mailbox", marks=False),
    Fact("ato", "Authorization to operate", "ato"),
    Fact("ato_granted_on", "Authorization granted on", "date"),
    Fact("ato_expires_on", "Authorization expires on", "date"),
    Fact("ato_office", "Authorizing official’s office"),
    Fact("pta_reference", "Privacy threshold analysis"),
    Fact("pta_on", "Date of that analysis", "date"),
    Fact("pia_reference", "Privacy impact assessment"),
    Fact("sorn_reference", "System of records notice"),
    Fact("vendor_name", "Vendor"),
    Fact("contract_number", "Contract number"),
    Fact("option_on", "Contract option by", "date"),
    Fact("handling", "Handling", "handling", marks=False),
)
BY_NAME: Mapping[str, Fact] = {fact.name: fact for fact in FACTS}
ANSWERED_BY: Mapping[str, str] = {
    "ato": "have_ato",
    "name": "system_name_ato",
    "ato_expires_on": "ato_expires_on",
    "vendor_name": "vendor_name",
    "contract_number": "contract_number",
    "pta_reference": "pta_reference",
    "pia_reference": "pia_url",
    "sorn_reference": "sorn_reference",
}
_EXACT = frozenset({"have_ato", "ato_expires_on"})
# What is one truth for all cases on a system, and what may well differ but is worth a look.
SAME_FOR_ALL = (
    "have_ato", "system_name_ato", "ato_expires_on", "contracting_usage", "vendor_name", "contract_number", "has_pii",
    "pia_url", "pta_reference", "sorn_reference", "classification",
)  # fmt: skip
MAY_DIFFER = ("is_high_impact",)


def normalised(text: str) -> str:
    """A name without case, punctuation and spacing: what two spellings of one name share."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", plain))


def answers(facts: Facts, as_of: date) -> dict[str, str]:
    """What the record answers in a case on that day; silent facts answer nothing.

    OMB, Guidance on 2025 Agency AI Reporting, section 5: an authorization under way is no authorization. One that
    has expired is none either.
    """
    found = {field: str(facts[fact]) for fact, field in ANSWERED_BY.items() if facts.get(fact)}
    if facts.get("ato"):
        found["have_ato"] = "yes" if facts["ato"] == "held" and not _is_past(facts, as_of) else "no"
    if "://" not in found.get("pia_url", "://"):
        del found["pia_url"]  # a bare number is no link, and the question asks for one
    return found


def _is_past(facts: Facts, as_of: date) -> bool:
    ends = facts.get("ato_expires_on")
    return bool(ends) and date.fromisoformat(str(ends)) < as_of


def agree(field: str, answer: Any, says: str) -> bool:
    """Whether a case's answer says what the record says; a text that names the record's among others does."""
    if field in _EXACT or not isinstance(answer, str):
        return bool(answer == says)
    return f" {normalised(says)} " in f" {normalised(answer)} "


def is_asked(question: Question | None, facts: Mapping[str, Any]) -> bool:
    """Whether the case is asked this at all: the question exists in its edition and is not hidden."""
    return question is not None and question.show_if.holds(facts)


def differing(
    facts: Facts, document: Document, questions: Mapping[str, Question], as_of: date
) -> list[tuple[str, Any, str]]:
    """(field, the case's answer, what the record says) where a given answer and the record do not agree."""
    given = documents.answers(document)
    return [
        (field, given[field], says)
        for field, says in answers(facts, as_of).items()
        if documents.state(document, field) == "answered"
        and is_asked(questions.get(field), given)
        and not agree(field, given[field], says)
    ]


def filled(facts: Facts, document: Document, questions: Mapping[str, Question], as_of: date) -> dict[str, str]:
    """The blank answers the record gives, only to questions the case is asked once the others are filled."""
    given = dict(documents.answers(document))
    found: dict[str, str] = {}
    for field, says in answers(facts, as_of).items():
        if documents.state(document, field) == "blank" and is_asked(questions.get(field), given):
            found[field] = given[field] = says
    return found


def together(field: str, said: Sequence[str]) -> str:
    """One answer from all systems of a case: texts stand side by side, anything else is the first one's."""
    apart = list(dict.fromkeys(one for one in said if one))
    return apart[0] if field in _EXACT or len(apart) == 1 else "; ".join(apart)


def changed(before: Facts, after: Facts) -> list[str]:
    """The facts two states of a record do not agree on, in the order of the form."""
    return [fact.name for fact in FACTS if (before.get(fact.name) or "") != (after.get(fact.name) or "")]


def is_settled(
    names: Iterable[str], facts: Facts, document: Document, questions: Mapping[str, Question], as_of: date
) -> bool:
    """Whether a case's answers say by themselves what these facts now say, so that nobody has to confirm it."""
    said, given = answers(facts, as_of), documents.answers(document)
    fields = [ANSWERED_BY.get(name, "") for name in names]
    return bool(fields) and all(
        field in said
        and field in questions
        and documents.state(document, field) == "answered"
        and agree(field, given[field], said[field])
        for field in fields
    )


def in_words(names: Collection[str], before: Facts, after: Facts) -> str:
    """A change in a sentence: “Vendor: Larkfield, was Oakmere”."""
    return "; ".join(
        f"{BY_NAME[name].label}: {_word(name, after) or 'none'}, was {_word(name, before) or 'not stated'}"
        for name in names
    )


def _word(name: str, facts: Facts) -> str:
    """A fact within a sentence: a long one is cut, a date is worded."""
    text = BY_NAME[name].words(facts.get(name))
    if BY_NAME[name].type == "date" and text:
        day = date.fromisoformat(text)
        return f"{day.day} {day:%B %Y}"
    return text if len(text) <= 120 else f"{text[:119]}…"


# -- dates that come near ---------------------------------------------------------------------------

STEPS = (0, 30, 60)  # days left at which the cases on a system are told


@dataclass(frozen=True, slots=True)
class Due:
    """A date of the record that is near or past. `key` is the same each day until the next step."""

    fact: str
    on: date
    step: int
    days_left: int

    @property
    def key(self) -> str:
        return f"{self.fact}:{self.on.isoformat()}:{'past' if self.days_left < 0 else self.step}"

    @property
    def is_past(self) -> bool:
        return self.days_left < 0

    @property
    def what(self) -> str:
        """In words that stay true while the mark stands."""
        day = f"{self.on.day} {self.on:%B %Y}"
        if self.fact == "ato_expires_on":
            return f"The authorization to operate {'expired' if self.is_past else 'expires'} on {day}"
        return f"The contract option {'was due' if self.is_past else 'is due'} on {day}"


def due(facts: Facts, as_of: date) -> list[Due]:
    """The dates of a record within 60 days or past: an authorization that is held, a contract option."""
    found = []
    for fact in ("ato_expires_on", "option_on"):
        if not facts.get(fact) or (fact == "ato_expires_on" and facts.get("ato") != "held"):
            continue
        on = date.fromisoformat(str(facts[fact]))
        left = (on - as_of).days
        if left <= STEPS[-1]:
            found.append(Due(fact, on, next((step for step in STEPS if left <= step), STEPS[-1]), left))
    return found


def horizon(as_of: date) -> date:
    """The last day that counts as soon."""
    return as_of + timedelta(days=STEPS[-1])


# -- cases beside each other ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One question to which the cases on a system give different answers, each with who gives it."""

    field: str
    may_differ: bool
    answers: tuple[tuple[Any, tuple[str, ...]], ...]


def disagreements(cases: Mapping[str, Document]) -> list[Disagreement]:
    """Where the cases on one system answer differently; a blank, withheld or not understood answer takes no part."""
    found = []
    for field in (*SAME_FOR_ALL, *MAY_DIFFER):
        groups: dict[str, list[str]] = defaultdict(list)
        words: dict[str, Any] = {}
        for name, document in cases.items():
            if documents.state(document, field) != "answered":
                continue
            answer = documents.answers(document)[field]
            key = normalised(answer) if isinstance(answer, str) else str(answer)
            groups[key].append(name)
            words.setdefault(key, answer)
        if len(groups) > 1:
            ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
            given = tuple((words[key], tuple(sorted(names))) for key, names in ordered)
            found.append(Disagreement(field, field in MAY_DIFFER, given))
    return found
