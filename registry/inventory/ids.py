"""One use case ID in several spellings: which of them mean the same case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

# DHS-1P of 2023 is DHS-P1 of 2024; OMB's consolidated file of 2023 wrote ids as DHS-0012-2023.
_PARTS = re.compile(
    r"(?:(?P<agency>[a-z]+(?:&[a-z]+)*)[\s_./-]*)?"
    r"(?:(?P<before>[a-z])[\s_.-]*)?0*(?P<number>\d{1,9})(?:[\s_.-]*(?P<after>[a-z]))?"
    r"(?:[\s_./-]+(?:fy)?(?P<year>20[0-9]{2}))?",
)
Canonical = tuple[str, str, int]


def canonical(use_case_id: str) -> Canonical | None:
    """What all spellings of an ID have in common: agency, letter and number. None for an ID of another kind.

    A number of nothing but zeros stands in place of an ID: it names no case.
    """
    found = _PARTS.fullmatch(use_case_id.strip().casefold())
    if found is None or (found["before"] and found["after"]) or not int(found["number"]):
        return None
    return found["agency"] or "", found["before"] or found["after"] or "", int(found["number"])


def is_placeholder(use_case_id: str) -> bool:
    """An ID of zeros, as OMB's consolidated file of 2023 gave every row of some agencies: DHS-0000-2023."""
    found = _PARTS.fullmatch(use_case_id.strip().casefold())
    return found is not None and not int(found["number"])


def by_canonical(ids: Iterable[str]) -> Mapping[Canonical, tuple[str, ...]]:
    """IDs by what their spellings have in common."""
    found: dict[Canonical, list[str]] = defaultdict(list)
    for one in ids:
        if (known := canonical(one)) is not None:
            found[known].append(one)
    return {known: tuple(same) for known, same in found.items()}


def same_ids(before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
    """Which ID of one list is which of another: spelled the same, else the only one of the same meaning."""
    after = list(after)
    exact = {one.casefold(): one for one in after}
    other = by_canonical(after)
    carried: dict[str, str] = {}
    for one in before:
        alike = other.get(canonical(one) or ("", "", 0), ())
        if one.casefold() in exact:
            carried[one] = exact[one.casefold()]
        elif len(alike) == 1:
            carried[one] = alike[0]
    return carried
