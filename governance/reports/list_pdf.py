"""The list of use cases on paper: what stood on the page, with its filters and marking in the head."""

from dataclasses import dataclass
from datetime import date

MOST = 2_000  # rows laid out within a request; more are a file's work
WIDEST = 8  # columns a landscape page can carry


@dataclass(frozen=True)
class ListOnPaper:
    """What the template prints: no request, no user, no clock."""

    title: str
    agency: str
    head: list[str]
    heads: list[str]
    rows: list[list[str]]
    made_on: date

    @property
    def marking(self) -> str:
        """The first line of every list that leaves the portal."""
        return self.head[0]
