"""What an office says in its lane, as one thing: spoken at once, or put before a second reader first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from governance import condition_terms, return_reasons
from governance import lifecycle_guards as guards
from governance.condition_terms import Terms
from governance.lifecycles import ADVISING
from governance.models import Lane
from governance.permissions.conditions import owner_refusals
from governance.reads import lane_verbs

_WHAT = {
    "object": "Say what the objection is; the decision must answer it.",
    "not_applicable": "Say why there is nothing for your office to look at.",
    "advise": "Write your advice.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A decision with its reasons, message and conditions."""

    verb: str
    reasons: tuple[str, ...] = ()
    message: str = ""
    conditions: tuple[Terms, ...] = ()

    def complete(self) -> Said:
        """With the message the ticked reasons write, where nobody wrote one."""
        if self.verb == "return" and not self.message:
            return replace(self, message=return_reasons.message(self.reasons))
        return self

    def as_json(self) -> dict[str, Any]:
        """For the lane, until the second reader has read it."""
        conditions = [condition_terms.as_json(terms) for terms in self.conditions]
        return {
            "verb": self.verb, "reasons": list(self.reasons), "message": self.message, "conditions": conditions
        }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Said:
    """What the first reader put before the second."""
    conditions = tuple(condition_terms.from_json(terms) for terms in kept["conditions"])
    return Said(kept["verb"], tuple(kept["reasons"]), kept["message"], conditions)


def refusals_of(said: Said, lane: Lane) -> list[str]:
    """What is missing from it, or may not be said in this lane; asked again when the second reader agrees."""
    if said.verb not in lane_verbs.says(lane):
        if lane.is_advisory and said.verb not in ADVISING:
            return [f"The {lane.office.name} advises: its advice is recorded, and it neither signs nor sends back."]
        return ["Choose one of the decisions."]
    if said.verb == "return":
        unknown = [f"“{code}” is not a reason on the list." for code in sorted(return_reasons.unknown(said.reasons))]
        return unknown + guards.reasons_given(said.message, "Tick a reason or write what has to change.")
    if said.verb == "sign_off_with_conditions":
        return guards.conditions_given(said.conditions, timezone.localdate()) or _unsound(said, lane)
    return guards.reasons_given(said.message, _WHAT[said.verb]) if said.verb in _WHAT else []


def _unsound(said: Said, lane: Lane) -> list[str]:
    """What is wrong with the terms of the conditions, each said once."""
    use_case = lane.review.use_case
    found = [why for one in said.conditions for why in (*condition_terms.sound(one),
             *owner_refusals(one.owner_id, use_case))]  # fmt: skip
    return list(dict.fromkeys(found))
