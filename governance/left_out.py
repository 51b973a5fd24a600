"""Why a case is left out of the inventory, in codes (OMB 2025 reporting guidance, inclusion)."""

from collections.abc import Mapping
from typing import Any

NOT_AI, OUT_OF_SCOPE, DUPLICATE, GIVEN_UP, REJECTED, OTHER = (
    "not_ai", "out_of_scope", "duplicate", "given_up", "rejected", "other",
)  # fmt: skip
# What a person chooses from when withdrawing.
GROUNDS: Mapping[str, str] = {
    NOT_AI: "It is not artificial intelligence",
    OUT_OF_SCOPE: "It is out of the inventory’s scope",
    DUPLICATE: "It duplicates another case",
    GIVEN_UP: "It was given up before any use",
    OTHER: "Another reason",
}
LABELS: Mapping[str, str] = {
    NOT_AI: "Not AI",
    OUT_OF_SCOPE: "Out of scope",
    DUPLICATE: "Duplicate",
    GIVEN_UP: "Given up",
    REJECTED: "Rejected before any use",
    OTHER: "Another reason",
}


def ground_of(data: Mapping[str, Any]) -> str:
    """The ground an event of withdrawing tells: chosen by a person, or answered at triage; else another reason."""
    if data.get("ground") in GROUNDS:
        return str(data["ground"])
    triage = data.get("triage") or {}
    if triage.get("is_ai") is False:
        return NOT_AI
    if triage.get("in_scope") is False:
        return OUT_OF_SCOPE
    return DUPLICATE if triage.get("duplicate_of") else OTHER
