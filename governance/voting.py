"""Counting a vote of the AI Governance Board.

The rule, since no instrument that was read prescribes one:
- Present are the seated members who voted or abstained. A recused member is not present for the item.
- The quorum is a number of members present. Recusals do not lower it: if too many recuse themselves, the Board
  cannot decide the item and says so.
- An outcome carries with more than half of the votes cast. Recused and abstaining members cast no vote, so a
  majority is counted without them.
- Approval with and without conditions carry together; the case gets the conditions when at least as many of the
  approving members asked for them as did not, so that a tie among them takes the more careful form.
- When nothing carries, nothing is decided and the item stays open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

APPROVE, CONDITIONS, REJECT, DEFER = "approve", "approve_with_conditions", "reject", "defer"
ABSTAIN, RECUSE = "abstain", "recuse"
CAST = (APPROVE, CONDITIONS, REJECT, DEFER)
CHOICES = (*CAST, ABSTAIN, RECUSE)


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of a vote; `outcome` is None while nothing carries, and `reason` says why in any case."""

    outcome: str | None
    counts: Mapping[str, int]
    present: int
    quorum_met: bool
    reason: str

    @property
    def cast(self) -> int:
        """The votes a majority is counted of."""
        return sum(self.counts[choice] for choice in CAST)


def tally(votes: Mapping[str, str], seats: Collection[str], quorum: int) -> Tally:
    """Count the votes of the seated members, one each; `votes` is seat -> choice."""
    _check(votes, seats, quorum)
    counted = Counter(votes.values())
    counts = {choice: counted[choice] for choice in CHOICES}
    present = len(votes) - counts[RECUSE]
    if present < quorum:
        return Tally(None, counts, present, False, _short_of_quorum(counts, present, len(set(seats)), quorum))
    outcome, reason = _carried(counts)
    return Tally(outcome, counts, present, True, reason)


def _check(votes: Mapping[str, str], seats: Collection[str], quorum: int) -> None:
    if quorum < 1:
        raise ValueError("a quorum is at least one member")
    for seat, choice in votes.items():
        if seat not in seats:
            raise ValueError(f"{seat} is not a seated member")
        if choice not in CHOICES:
            raise ValueError(f"{choice!r} is not a choice")


def _short_of_quorum(counts: Mapping[str, int], present: int, seats: int, quorum: int) -> str:
    sentence = f"No quorum: {present} present, {quorum} needed."
    if seats - counts[RECUSE] < quorum:
        return f"{sentence} With {counts[RECUSE]} recused it cannot be reached for this item."
    return sentence


def _carried(counts: Mapping[str, int]) -> tuple[str | None, str]:
    cast = sum(counts[choice] for choice in CAST)
    if not cast:
        return None, "Nothing carries: no vote was cast."
    approving = counts[APPROVE] + counts[CONDITIONS]
    if approving * 2 > cast:
        if counts[CONDITIONS] >= counts[APPROVE]:
            return CONDITIONS, f"{approving} of {cast} approve, {counts[CONDITIONS]} of them with conditions."
        return APPROVE, f"{approving} of {cast} approve, {counts[APPROVE]} of them without conditions."
    for choice, words in ((REJECT, "reject it"), (DEFER, "defer it")):
        if counts[choice] * 2 > cast:
            return choice, f"{counts[choice]} of {cast} {words}."
    return None, f"Nothing carries: no outcome has more than half of the {cast} votes cast."
