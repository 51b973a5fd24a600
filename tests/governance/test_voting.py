"""Counting the Board's votes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.voting import CAST, CHOICES, tally

SEATS = tuple("abcdefg")
SHORT = {
    "+": "approve", "c": "approve_with_conditions", "-": "reject", "d": "defer", "o": "abstain", "r": "recuse",
}  # fmt: skip


def count(pattern: str, quorum: int = 4, seats=SEATS):
    return tally(dict(zip(seats, (SHORT[mark] for mark in pattern), strict=False)), seats, quorum)


@pytest.mark.parametrize(
    ("pattern", "outcome"),
    [
        ("++++", "approve"),
        ("+++-", "approve"),
        ("++--", None),  # a tie carries nothing
        ("----", "reject"),
        ("+---", "reject"),
        ("dddd", "defer"),
        ("ddd-", "defer"),
        ("dd+-", None),  # half is not more than half
        ("cccc", "approve_with_conditions"),
        ("+++c", "approve"),
        ("++cc", "approve_with_conditions"),  # a tie among the approving takes the careful form
        ("+cc-", "approve_with_conditions"),
        ("++c--", "approve"),
        ("+c--", None),
        ("+ooo", "approve"),  # abstentions are present but cast no vote
        ("oooo", None),
        ("++--ooo", None),
        ("++-rrro", "approve"),
        ("--+d", None),
    ],
)
def test_what_carries(pattern, outcome):
    assert count(pattern).outcome == outcome


@pytest.mark.parametrize(
    ("pattern", "quorum", "present", "met"),
    [
        ("+++", 4, 3, False),
        ("+++o", 4, 4, True),
        ("+++r", 4, 3, False),
        ("", 1, 0, False),
        ("++++rrr", 4, 4, True),
    ],
)
def test_the_quorum_counts_who_is_present_and_not_recused(pattern, quorum, present, met):
    found = count(pattern, quorum)
    assert (found.present, found.quorum_met) == (present, met)
    assert met or found.outcome is None


def test_without_a_quorum_it_says_so():
    assert count("+++").reason == "No quorum: 3 present, 4 needed."
    assert count("+++rrrr", 4).reason == (
        "No quorum: 3 present, 4 needed. With 4 recused it cannot be reached for this item."
    )


def test_reasons_carry_numerator_and_denominator():
    assert count("++c-").reason == "3 of 4 approve, 2 of them without conditions."
    assert count("+cc-").reason == "3 of 4 approve, 2 of them with conditions."
    assert count("+---").reason == "3 of 4 reject it."
    assert count("ddd+").reason == "3 of 4 defer it."
    assert count("++--").reason == "Nothing carries: no outcome has more than half of the 4 votes cast."
    assert count("oooo").reason == "Nothing carries: no vote was cast."


def test_counts_name_every_choice():
    found = count("++c-dor")
    assert found.counts == dict(zip(CHOICES, (2, 1, 1, 1, 1, 1), strict=True))
    assert found.cast == 5


def test_only_seated_members_vote_and_only_with_a_choice():
    with pytest.raises(ValueError, match="z is not a seated member"):
        tally({"z": "approve"}, SEATS, 1)
    with pytest.raises(ValueError, match="'aye' is not a choice"):
        tally({"a": "aye"}, SEATS, 1)
    with pytest.raises(ValueError, match="at least one"):
        tally({}, SEATS, 0)


ballots = st.dictionaries(st.sampled_from(SEATS), st.sampled_from(CHOICES))


@given(ballots, st.integers(1, 8))
def test_what_carries_has_a_quorum_and_more_than_half(votes, quorum):
    found = tally(votes, SEATS, quorum)
    if found.outcome is not None:
        approving = {"approve", "approve_with_conditions"}
        side = approving if found.outcome in approving else {found.outcome}
        assert found.quorum_met
        assert sum(found.counts[choice] for choice in side) * 2 > found.cast
        assert sum(found.counts[choice] for choice in CAST if choice not in side) * 2 < found.cast


@given(ballots, st.permutations(SEATS))
def test_who_voted_what_does_not_matter(votes, order):
    renamed = {order[SEATS.index(seat)]: choice for seat, choice in votes.items()}
    assert tally(renamed, SEATS, 3) == tally(votes, SEATS, 3)


@given(ballots)
def test_taking_part_by_recusing_changes_nothing_but_the_count(votes):
    absent = set(SEATS) - set(votes)
    with_recusals = tally({**votes, **dict.fromkeys(absent, "recuse")}, SEATS, 2)
    without = tally(votes, SEATS, 2)
    assert (with_recusals.outcome, with_recusals.present) == (without.outcome, without.present)
