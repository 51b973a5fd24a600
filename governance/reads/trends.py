"""How we stood at past runs: a point a week, from the counts each whole run left behind; no case is read again.

Restricted cases are in it only for those who may know of all of them (docs/decisions/0016-need-to-know.md). A run of
before the counts were kept gives no point.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from accounts.models import Component
from accounts.permissions import standing
from governance.compliance import line_chart, tally
from governance.compliance.line_chart import LineChart
from governance.compliance.permissions import sees_every_case
from governance.compliance.reads import whole_runs
from governance.models import CheckRun
from governance.reads.runs import editions

WEEKS = 52
HEADS = {
    "deployed": "Deployed high-impact", "not_met": "Not met", "on_word": "On word", "met": "Met",
    "serious": "Serious findings", "overdue": "Findings past due", "waivers": "Waivers in force",
}  # fmt: skip
SHORT = {**HEADS, "deployed": "Deployed", "serious": "Serious", "overdue": "Past due", "waivers": "Waivers"}


@dataclass(frozen=True)
class Point:
    """One run; `fresh`: editions it was judged under and the point before was not; `gap`: days nobody looked before."""

    run: CheckRun
    on: date
    figures: dict[str, int]
    fresh: tuple[str, ...] = ()
    gap: int = 0

    @property
    def values(self) -> list[int]:
        """The figures in the order of the heads."""
        return [self.figures[name] for name in HEADS]


@dataclass(frozen=True)
class Trend:
    """The points, oldest first, with their charts."""

    points: tuple[Point, ...]
    charts: tuple[LineChart, ...]
    with_restricted: bool

    @property
    def newest_first(self) -> tuple[Point, ...]:
        """For the table."""
        return self.points[::-1]

    @property
    def marks(self) -> tuple[line_chart.Mark, ...]:
        """The changes of editions, numbered as in the charts."""
        return self.charts[0].marks if self.charts else ()


def trend(user: Any, component: Component | None = None) -> Trend:
    """Of one component, or of all the person may look at. Two queries, whatever the number of cases."""
    sees_all = sees_every_case(user)
    places = _places(user, component)
    points = _points(weekly(list(_runs())), places, with_restricted=sees_all)
    return Trend(points, _charts(points) if len(points) > 1 else (), sees_all)


def _places(user: Any, component: Component | None) -> Collection[str] | None:
    """Codes of the components counted; None: all."""
    if component:
        return (component.code,)
    who = standing(user)
    if who.is_department_wide:
        return None
    return tuple(Component.objects.filter(pk__in=who.reads_in).values_list("code", flat=True))


def _runs() -> Sequence[CheckRun]:
    """The newest run of each day of the last year, newest first."""
    rows = whole_runs().exclude(standing={}).order_by("-as_of", "-id").distinct("as_of")
    newest = rows.values_list("as_of", flat=True).first()
    return list(rows.filter(as_of__gt=newest - timedelta(weeks=WEEKS))) if newest else []


def weekly(runs: Sequence[CheckRun]) -> list[CheckRun]:
    """The last run of each week, oldest first; `runs` come newest first."""
    kept: dict[tuple[int, int], CheckRun] = {}
    for run in runs:
        kept.setdefault(run.as_of.isocalendar()[:2], run)
    return sorted(kept.values(), key=lambda run: run.as_of)[-WEEKS:]


def _points(
    runs: Sequence[CheckRun], components: Collection[str] | None, *, with_restricted: bool
) -> tuple[Point, ...]:
    figures = [tally.summed(run.standing, components=components, with_restricted=with_restricted) for run in runs]
    labels = [tuple(label for label, _ in editions(run)) for run in runs]
    found = [Point(run, run.as_of, counted) for run, counted in zip(runs[:1], figures[:1], strict=True)]
    for index, (before, run) in enumerate(pairwise(runs), 1):
        fresh = tuple(label for label in labels[index] if label not in labels[index - 1])
        days = (run.as_of - before.as_of).days
        found.append(Point(run, run.as_of, figures[index], fresh, days if days > line_chart.APART else 0))
    return tuple(found)


def _charts(points: Sequence[Point]) -> tuple[LineChart, ...]:
    days = [point.on for point in points]
    marks = [(point.on, f"{', '.join(point.fresh)} in force") for point in points if point.fresh]

    def series(*names: str) -> list[tuple[str, str, list[int]]]:
        return [(SHORT[name], name.replace("_", "-"), [point.figures[name] for point in points]) for name in names]

    return (
        line_chart.lines(
            "practices", "Deployed high-impact cases", days, series("deployed", "not_met", "on_word", "met"), marks
        ),
        line_chart.lines(
            "findings", "Findings and waivers", days, series("serious", "overdue", "waivers"), marks
        ),
    )  # fmt: skip
