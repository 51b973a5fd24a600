"""Line charts as numbers for an SVG partial. The table beside each says the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 40, 120, 22, 28
APART = 11  # days; points farther apart are joined by a broken line: nobody looked between
LEAST = 14  # between two labels


@dataclass(frozen=True)
class Line:
    """One series: drawn pieces, broken pieces over gaps, and its points."""

    name: str
    css: str
    path: str
    broken: str
    dots: tuple[tuple[float, float], ...]
    label_y: float
    last: int


@dataclass(frozen=True)
class Mark:
    """A day from which something else held; its number stands in the list below the chart."""

    number: int
    x: float
    on: date
    words: str


@dataclass(frozen=True)
class LineChart:
    """The series with their axes, and the sentence that says what they show."""

    name: str
    heading: str
    said: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, int], ...]
    days: tuple[tuple[float, date], ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    label_x: int = WIDTH - RIGHT + 10
    foot: int = HEIGHT - BOTTOM
    top: int = TOP

    @property
    def right(self) -> int:
        """Where the drawing ends and the labels begin."""
        return self.width - RIGHT


def lines(
    name: str,
    heading: str,
    days: Sequence[date],
    series: Sequence[tuple[str, str, Sequence[int]]],
    marks: Sequence[tuple[date, str]] = (),
) -> LineChart:
    """`series`: label, css class, and a number for each day."""
    top = _round_up(max((max(values) for _, _, values in series if values), default=0))
    xs = _across(days)
    drawn = [_line((label, css), days, xs, values, top) for label, css, values in series]
    said = "; ".join(f"{label} from {values[0]} to {values[-1]}" for label, _, values in series if values)
    period = f"{_words(days[0])} to {_words(days[-1])}: " if days else ""
    return LineChart(
        name, heading, f"{period}{said}", tuple(_apart(drawn)),
        tuple((_y(value, top), value) for value in range(0, top + 1, max(1, top // 4))),
        _shown_days(days, xs),
        tuple(Mark(n, xs[days.index(on)], on, words) for n, (on, words) in enumerate(marks, 1) if on in days),
    )  # fmt: skip


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _round_up(most: int) -> int:
    """The top of the axis: four even steps of whole numbers."""
    step = 1
    while step * 4 < most:
        step = step * 2 if str(step)[0] in "15" else int(step * 2.5)
    return step * 4


def _across(days: Sequence[date]) -> list[float]:
    span = (days[-1] - days[0]).days if days else 0
    width = WIDTH - LEFT - RIGHT
    return [round(LEFT + (width * (day - days[0]).days / span if span else width), 1) for day in days]


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _line(name: tuple[str, str], days: Sequence[date], xs: list[float], values: Sequence[int], top: int) -> Line:
    dots = tuple((x, _y(value, top)) for x, value in zip(xs, values, strict=True))
    pieces: dict[bool, list[str]] = {False: [], True: []}
    for (first, second), ((x1, y1), (x2, y2)) in zip(pairwise(days), pairwise(dots), strict=True):
        pieces[(second - first).days > APART].append(f"M{x1} {y1}L{x2} {y2}")
    last = values[-1] if values else 0
    return Line(*name, " ".join(pieces[False]), " ".join(pieces[True]), dots, dots[-1][1] if dots else 0, last)


def _apart(drawn: Sequence[Line]) -> list[Line]:
    """Labels at the ends, moved until none covers another."""
    placed: list[Line] = []
    lowest = float(TOP)
    for line in sorted(drawn, key=lambda one: one.label_y):
        y = max(line.label_y + 4, lowest)
        lowest = y + LEAST
        placed.append(Line(line.name, line.css, line.path, line.broken, line.dots, round(y, 1), line.last))
    return placed


def _shown_days(days: Sequence[date], xs: Sequence[float]) -> tuple[tuple[float, date], ...]:
    """As many days under the axis as there is room for; first and last always."""
    if not days:
        return ()
    shown = [(xs[0], days[0])]
    for x, day in zip(xs[1:-1], days[1:-1], strict=True):
        if x - shown[-1][0] >= 75 and xs[-1] - x >= 75:
            shown.append((x, day))
    if len(days) > 1:
        shown.append((xs[-1], days[-1]))
    return tuple(shown)
