"""What is withheld from the public inventory, and whether a review of it still holds. Pure: no ORM, no settings.

OMB's 2025 reporting guidance lets an agency withhold a case, or single details of it, for a legal reason only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from registry import document as documents
from registry.document import WITHHELD_FIELDS, Document

WHOLE = ""  # as a field: the case as a whole
GROUNDS_OF_OMB = ("risk_to_disclosure", "prohibited_by_law", "other")  # codes of `is_withheld` that withhold
UNREVIEWED, UPHELD, ENDING, EXPIRED = "unreviewed", "upheld", "ending", "expired"
REFUSED, OUTDATED = "refused", "outdated"
STATES: Mapping[str, str] = {
    UNREVIEWED: "Not reviewed yet", OUTDATED: "Changed since the review", REFUSED: "Refused", EXPIRED: "Expired",
    ENDING: "Ends within 30 days", UPHELD: "Upheld",
}  # fmt: skip
WORRYING = (REFUSED, EXPIRED)  # somebody has to act: the review does not carry the withholding any more
STEPS = (30, 7)  # days before the end at which owner and reviewer are told
LONGEST_DAYS = 366 * 2  # house rule: a ground is looked at again after two years at the latest


@dataclass(frozen=True, slots=True)
class Withheld:
    """One withholding of a document: of one answer, or of the case as a whole."""

    field: str
    category: str  # of a whole case: OMB's answer
    ground: str
    reason: str

    @property
    def fingerprint(self) -> str:
        """Stands for exactly these words, so that a verdict is of what the reviewer read."""
        told = "\x1f".join((self.field, self.category, self.ground, self.reason))
        return hashlib.sha256(told.encode()).hexdigest()[:32]


class Reviewed(Protocol):
    """A review as far as it decides whether a withholding holds."""

    @property
    def category(self) -> str: ...

    @property
    def ground(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def verdict(self) -> str: ...

    @property
    def expires_on(self) -> date | None: ...


def withheld(document: Document) -> tuple[Withheld, ...]:
    """What a document withholds: the case first. A marker of a published file in place of the answer counts as well."""
    answers = documents.answers(document)
    found = []
    category = answers.get("is_withheld", "")
    if category in GROUNDS_OF_OMB or documents.state(document, "is_withheld") in ("withheld", "flagged"):
        texts = [str(answers.get(name) or "") for name in ("withheld_ground", "withheld_reason")]
        found.append(Withheld(WHOLE, category, *texts))
    for row in answers.get(WITHHELD_FIELDS) or ():
        found.append(Withheld(row["field"], "", row.get("ground", ""), row.get("reason", "")))
    return tuple(found)


def state(one: Withheld, review: Reviewed | None, today: date) -> str:
    """Whether the newest review carries a withholding: changed words make it out of date, whatever it said."""
    if review is None:
        return UNREVIEWED
    if (review.category, review.ground, review.reason) != (one.category, one.ground, one.reason):
        return OUTDATED
    if review.verdict == REFUSED:
        return REFUSED
    if review.expires_on and review.expires_on < today:
        return EXPIRED
    return ENDING if step(review.expires_on, today) else UPHELD


def step(expires_on: date | None, today: date) -> int | None:
    """The step of telling a review is at: 30 or 7 days before its end; None before that and after its end."""
    left = (expires_on - today).days if expires_on else None
    if left is None or left < 0:
        return None
    return min((days for days in STEPS if left <= days), default=None)


def waived(document: Document, fields: tuple[str, ...]) -> list[str]:
    """The answers on minimum practices that report a waiver (M-25-21, appendix, section 4(a))."""
    answers: Mapping[str, Any] = documents.answers(document)
    return [name for name in fields if "waived" in (given if isinstance(given := answers.get(name), list) else [given])]
