"""Bar charts as numbers for an SVG partial. The table beside each says the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LABEL, HEIGHT, GAP = 640, 140, 18, 8
COLOURS = ("#b51d09", "#ddaa01", "#4d8055")
PALE = frozenset({1})  # series whose number is written in ink


@dataclass(frozen=True)
class Part:
    """One piece of a bar."""

    x: float
    width: float
    colour: str
    ink: str
    value: int

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return round(self.x + self.width / 2, 1)

    @property
    def is_labelled(self) -> bool:
        """Whether its number fits."""
        return self.width >= 16


@dataclass(frozen=True)
class Bar:
    """One row of a chart, and of its table."""

    label: str
    y: int
    parts: tuple[Part, ...]
    values: tuple[int, ...]
    total: int

    @property
    def text_y(self) -> int:
        """Base line of the words beside it."""
        return self.y + 13


@dataclass(frozen=True)
class Chart:
    """Stacked bars with the sentence that says what they show."""

    name: str
    heading: str
    series: tuple[str, ...]
    row_head: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return len(self.bars) * (HEIGHT + GAP) + 4

    @property
    def width(self) -> int:
        """Width of the drawing."""
        return WIDTH

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Each series with its colour."""
        return tuple(zip(self.series, COLOURS, strict=False))


def stacked(
    name: str, heading: str, series: Sequence[str], row_head: str, rows: Sequence[tuple[str, Sequence[int]]]
) -> Chart:
    """Bars scaled to the longest row."""
    longest = max((sum(values) for _, values in rows), default=0) or 1
    scale = (WIDTH - LABEL - 50) / longest
    bars = []
    for number, (label, values) in enumerate(rows):
        parts, x = [], float(LABEL)
        for index, value in enumerate(values):
            if value:
                ink = "#1b1b1b" if index in PALE else "#ffffff"
                parts.append(Part(round(x, 1), round(value * scale, 1), COLOURS[index], ink, value))
                x += value * scale
        bars.append(Bar(label, 2 + number * (HEIGHT + GAP), tuple(parts), tuple(values), sum(values)))
    return Chart(name, heading, tuple(series), row_head, tuple(bars))
