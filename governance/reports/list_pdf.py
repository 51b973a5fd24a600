"""The list of use cases on paper: what stood on the page, with its filters and marking in the head."""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import median

MOST = 2_000  # rows laid out within a request; more are a file's work
WIDEST = 8  # columns a landscape page can carry
SHORTEST, LONGEST = 18, 55  # characters: less does not hold a heading's word, more is read in lines anyway


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
    def widths(self) -> list[int]:
        """The columns' widths in even percent, the case's first, by what usually stands there; 0: all that is left."""
        texts = zip(*([f"{row[1]} {row[0]}", *row[2:]] for row in self.rows), strict=True)
        roots = [sqrt(min(max(median(map(len, column)), SHORTEST), LONGEST)) for column in texts]
        widest = roots.index(max(roots))
        return [0 if at == widest else 2 * int(50 * root / sum(roots)) for at, root in enumerate(roots)]

    @property
    def marking(self) -> str:
        """The first line of every list that leaves the portal."""
        return self.head[0]
