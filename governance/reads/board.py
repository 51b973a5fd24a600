"""The Board's agenda and the count of a vote."""

from governance.models import AgendaItem, Board
from governance.reads import rounds
from governance.voting import Tally, tally


def tally_of(item: AgendaItem) -> Tally:
    """The count now: votes of those seated today, against the quorum of the Board."""
    seats = rounds.seats()
    votes = {str(member): choice for member, choice in item.votes.values_list("member", "choice") if member in seats}
    return tally(votes, [str(person) for person in seats], board_of(item).quorum)


def board_of(item: AgendaItem) -> Board:
    """The Board of the meeting, or the one that will hear the item."""
    if item.meeting:
        return item.meeting.board
    return Board.objects.order_by("pk")[0]
