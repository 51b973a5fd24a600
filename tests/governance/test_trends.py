"""The trend: its figures are those of the run and of the matrix of that day, for whoever may know of the cases."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Component
from governance.compliance import line_chart, reads, tally
from governance.models import CheckRun, Finding
from governance.reads import trends
from registry.models.use_case import Handling
from tests.governance import scenes

STANDINGS = ("not_met", "on_word", "met")


def _of_matrix(user: Any, day: date) -> dict[str, int]:
    whole = reads.practice_matrix(user, day).whole
    return {"deployed": len(whole.rows), **{name: whole.count(name) for name in STANDINGS}}


@pytest.mark.django_db
def test_points_are_the_figures_of_their_runs(cast: Any, sign_in: Any) -> None:
    scenes.catalogue()
    case = scenes.deployed("CBP", **scenes.OPEN)
    scenes.deployed("FEMA")
    scenes.deployed("FEMA", handling=Handling.RESTRICTED, **scenes.OPEN)
    days = tuple(scenes.DAY - timedelta(days=ago) for ago in (21, 19, 0))
    known = []
    for number, day in enumerate(days):
        if number == 2:
            scenes.waiver(case, "testing")
        scenes.run(day)
        known.append(_of_matrix(cast.caio, day))
        serious = Finding.objects.filter(state="open", severity="error").count()
        overdue = Finding.objects.filter(state="open", due_on__lt=day).count()
        known[-1] |= {"serious": serious, "overdue": overdue, "waivers": int(number == 2)}
    found = trends.trend(cast.caio)
    assert [point.on for point in found.points] == [days[1], days[2]], "the last run of a week stands for it"
    assert [point.figures for point in found.points] == known[1:]
    assert known[1]["not_met"] == 2 and known[2]["not_met"] == 1, "the waiver covers it"
    assert found.points[1].gap == 19 and all(line.broken and not line.path for line in found.charts[0].lines)
    # who may not know of the restricted case is given no count of it, and says so
    shown = trends.trend(cast.leader)
    assert [point.figures["deployed"] for point in shown.points] == [2, 2]
    assert shown.points[-1].figures["serious"] == heat_total(cast.leader)
    cbp = trends.trend(cast.officer)
    assert [point.figures["deployed"] for point in cbp.points] == [1, 1], "the own component only"
    fema = Component.objects.get(code="FEMA")
    assert [point.figures["deployed"] for point in trends.trend(cast.caio, fema).points] == [2, 2]
    page = sign_in(cast.leader).get("/compliance/").content.decode()
    assert "no run in the 19 days before" in page and "Restricted cases are not counted here." in page
    # neither a reproduction nor a run of one component is a point
    scenes.run(date(2026, 3, 1))
    scenes.run(days[2], component=fema)
    assert len(trends.trend(cast.caio).points) == 2
    with CaptureQueriesContext(connection) as asked:
        trends.trend(cast.caio)
    assert len(asked) <= 4
    # what was judged under another edition is marked, so that a jump can be explained
    run = CheckRun.objects.filter(as_of=days[1]).get()
    run.basis["editions"] = [one for one in run.basis["editions"] if not one["edition"].startswith("omb-m-25-22")]
    run.save(update_fields=["basis"])
    marks = trends.trend(cast.caio).marks
    assert [mark.on for mark in marks] == [days[2]] and "M-25-22" in marks[0].words


def heat_total(user: Any) -> int:
    """Open serious findings of the cases the person may see, as the heat map counts them."""
    return reads.findings(user).filter(state="open", severity="error").count()


def test_a_week_keeps_its_last_run_and_a_year_is_enough() -> None:
    first = date(2025, 1, 6)
    every_day: Any = [SimpleNamespace(as_of=first + timedelta(days=n)) for n in range(400)]
    kept = trends.weekly(every_day[::-1])
    assert len(kept) == 52 and kept[-1].as_of == every_day[-1].as_of
    assert all(run.as_of.isoweekday() == 7 for run in kept[:-1])


def test_counts_of_parts_add_up_and_keep_restricted_cases_apart() -> None:
    parts = [
        tally.counted([("CBP", "open", "met"), None, ("CBP", "restricted", "not_met")]),
        tally.counted([("CBP", "open", "not_met"), ("ICE", "open", "on_word")]),
    ]
    whole = tally.merged(parts)
    every = tally.summed(whole, components=None, with_restricted=True)
    assert (every["deployed"], every["not_met"], every["on_word"], every["met"]) == (4, 2, 1, 1)
    assert tally.summed(whole, components=["CBP"], with_restricted=False)["deployed"] == 2


def test_lines_break_where_nobody_looked_and_labels_do_not_cover_each_other() -> None:
    days = [date(2026, 1, 4), date(2026, 1, 11), date(2026, 3, 1)]
    chart = line_chart.lines("t", "Test", days, [("A", "a", [0, 5, 9]), ("B", "b", [1, 5, 9])], [(days[1], "X")])
    one, other = chart.lines
    assert one.path.count("M") == 1 and one.broken.count("M") == 1
    assert abs(one.label_y - other.label_y) >= line_chart.LEAST
    assert chart.ticks[-1][1] >= 9 and chart.ticks[0] == (float(line_chart.HEIGHT - line_chart.BOTTOM), 0)
    assert [mark.number for mark in chart.marks] == [1] and "A from 0 to 9" in chart.said
    assert line_chart.lines("e", "Empty", [], []).lines == ()
