"""Lists from outside the inventory: which columns they have, and by what a line is compared with a use case.

GAO found inventories incomplete (GAO-24-105980): what is authorized, bought, assessed for privacy or licensed is held
against the inventory here. Pure: no ORM, no settings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.systems import normalised

NAME, NUMBER, COMPONENT, DATE, VENDOR = "name", "number", "component", "date", "vendor"
PARTS = (NAME, NUMBER, COMPONENT, DATE, VENDOR)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list. `labels`: what its columns are called; `fields`: the answers lines are held against."""

    code: str
    title: str
    one: str  # what a line is
    labels: Mapping[str, str]
    fields: tuple[str, ...]  # of the questionnaire
    facts: tuple[str, ...] = ()  # of a system's record


KINDS: tuple[Kind, ...] = (
    Kind("ato", "Authorized systems", "system",
         {NAME: "System name", NUMBER: "System number", COMPONENT: "Component", DATE: "Authorization until"},
         ("system_name_ato",), ("name",)),
    Kind("contract", "Contracts", "contract",
         {NAME: "Title", NUMBER: "Contract number", COMPONENT: "Component", DATE: "Date", VENDOR: "Vendor"},
         ("contract_number",), ("contract_number",)),
    Kind("privacy", "Privacy documents", "document",
         {NAME: "Title", NUMBER: "Reference", COMPONENT: "Component", DATE: "Date"},
         ("pia_url", "pta_reference", "sorn_reference"), ("pia_reference", "pta_reference", "sorn_reference")),
    Kind("software", "Software catalogue", "product",
         {NAME: "Product", NUMBER: "Catalogue number", COMPONENT: "Component", DATE: "Date", VENDOR: "Vendor"},
         ("vendor_name", "use_case_name"), ("vendor_name",)),
)  # fmt: skip
BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}

# Words a header of the column has, by kind and for all kinds; the first that fits counts.
_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "": {
        COMPONENT: ("component", "organization", "organisation", "bureau", "office", "agency", "used by", "used in"),
        DATE: ("expiration", "expires", "expiry", "end date", "date", "until", "day"),
        VENDOR: ("vendor", "manufacturer", "publisher", "contractor", "supplier", "company"),
        NUMBER: ("number", "identifier", "reference", "id", "no"),
        NAME: ("name", "title", "description"),
    },
    "ato": {NAME: ("system name", "system", "fisma name"), NUMBER: ("system id", "fisma id", "inventory id")},
    "contract": {NUMBER: ("contract number", "piid", "contract no", "award id", "contract id"),
                 NAME: ("requirement", "description of requirement", "contract title")},
    "privacy": {NUMBER: ("pia number", "pta number", "sorn number", "document number", "reference"),
                NAME: ("document title", "pia title", "document")},
    "software": {NAME: ("product name", "product", "software name", "software", "application"),
                 NUMBER: ("catalog number", "catalogue number", "sku", "asset tag", "asset")},
}  # fmt: skip


def guess(kind: str, headers: Sequence[str]) -> dict[str, int]:
    """Which column is which, by the words of its header: whole headers first, then words within."""
    plain = [normalised(text) for text in headers]
    found: dict[str, int] = {}
    for table in (_WORDS[kind], _WORDS[""]):
        for part, words in table.items():
            if part in found or part not in BY_CODE[kind].labels:
                continue
            place = _place(words, plain, set(found.values()))
            if place is not None:
                found[part] = place
    return found


def _place(words: Sequence[str], plain: Sequence[str], taken: set[int]) -> int | None:
    free = [(place, text) for place, text in enumerate(plain) if text and place not in taken]
    for word in words:
        for place, text in free:
            if text == word:
                return place
    for word in words:
        for place, text in free:
            if f" {word} " in f" {text} ":
                return place
    return None


def number_key(text: str) -> str:
    """A number as it is compared: letters and digits only, so that spellings with dashes and blanks are one."""
    return "".join(re.findall(r"[^\W_]+", text.casefold()))


def line_key(number: str, name: str) -> str:
    """What makes a line of a later list the same line: its number, without one its name."""
    if plain := number_key(number):
        return f"n:{plain}"[:300]
    return f"t:{normalised(name)}"[:300] if normalised(name) else ""


# -- matching ---------------------------------------------------------------------------------------

_TOKENS = re.compile(r"[\s;,()<>\"]+")
_NAMES = re.compile(r"[;,\n]+| / ")
SHORTEST = 4  # letters a number or a product's name has to have: shorter ones are found by chance


def keys_of(kind: str, text: str) -> set[str]:
    """What an answer or a system's fact can be found by in a list of this kind."""
    if kind == "ato":
        return {key for part in (text, *_NAMES.split(text)) if (key := normalised(part))}
    if kind == "software":
        return {normalised(text)} - {""}
    tokens = [token for one in _TOKENS.split(text) for token in (one, one.rsplit("/", 1)[-1])]
    return {key for token in (text, *tokens) if len(key := number_key(token)) >= SHORTEST}


class Index:
    """Answers of the inventory by what they can be found by; each leads to (case, field)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._whole: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self._words: dict[str, set[tuple[int, str, str]]] = defaultdict(set)

    def add(self, case: int, field: str, text: str) -> None:
        """Take an answer in."""
        for key in keys_of(self.kind, text):
            self._whole[key].add((case, field))
            if self.kind == "software":
                for word in key.split():
                    self._words[word].add((case, field, key))

    def find(self, name: str, number: str) -> set[tuple[int, str]]:
        """The cases that say exactly this name, number or product: nothing is guessed here."""
        if self.kind == "ato":
            return self._whole.get(normalised(name), set()) | self._whole.get(normalised(number), set())
        if self.kind != "software":
            key = number_key(number)
            return self._whole.get(key, set()) if len(key) >= SHORTEST else set()
        return self._product(normalised(name))

    def _product(self, name: str) -> set[tuple[int, str]]:
        """A product is found where its whole name stands among other words of an answer."""
        words = name.split()
        if len(name) < SHORTEST or not words:
            return set()
        some = set.intersection(*(self._words.get(word, set()) for word in words))
        return {(case, field) for case, field, text in some if f" {name} " in f" {text} "}


def texts(answers: Mapping[str, Any], fields: Iterable[str]) -> list[tuple[str, str]]:
    """The answers that are text."""
    return [(field, given) for field in fields if isinstance(given := answers.get(field), str) and given]
