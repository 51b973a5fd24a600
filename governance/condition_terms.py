"""The terms of a condition beside its words and its day, and which stage lies beyond which. Pure."""

from datetime import date
from typing import Any, NamedTuple

# The order OMB's development stages are met in; being retired is no step forward, so nothing blocks it.
STAGES = ("pre_deployment", "pilot", "deployed")
NEXT_STAGE, PRACTICE, NOTHING = "next_stage", "practice", "nothing"


class Terms(NamedTuple):
    """A condition as somebody writes it; a plain pair of words and day means the usual rest."""

    text: str
    due_on: date
    blocks: str = NEXT_STAGE
    practice: str = ""
    consequence: str = ""
    owner_id: int | None = None


def as_json(terms: Terms) -> list[Any]:
    """For keeping what is proposed and not set yet."""
    return [terms.text, terms.due_on.isoformat(), *terms[2:]]


def from_json(kept: list[Any]) -> Terms:
    """The same terms again."""
    text, due_on, *rest = kept
    return Terms(text, date.fromisoformat(due_on), *rest)


def is_beyond(stage: str, set_at: str) -> bool:
    """Whether `stage` comes after the one a condition was set at; an unknown stage is the first."""
    if stage not in STAGES:
        return False
    return STAGES.index(stage) > (STAGES.index(set_at) if set_at in STAGES else 0)


def sound(terms: Terms) -> list[str]:
    """Why these terms cannot be set; empty when they can. Words and day are judged by `conditions_given`."""
    if terms.blocks not in (NEXT_STAGE, PRACTICE, NOTHING):
        return ["Say what the condition blocks: the next stage, a practice, or nothing."]
    if (terms.blocks == PRACTICE) != bool(terms.practice):
        return ["Name the practice a condition blocks, and only then."]
    return []
