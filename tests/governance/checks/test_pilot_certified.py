from __future__ import annotations

from datetime import date, timedelta

from governance.compliance.contract import PilotFact
from tests import make
from tests.governance.checks.shared import Found, keys, run, snapshot

LAST = date(2026, 12, 31)
PILOT = make.deployed_high_impact(development_stage="pilot")


def certificate(start: date = date(2026, 6, 1), end: date = LAST, **columns: object) -> PilotFact:
    return PilotFact(start, end, **{"scale": "One invented office", **columns})  # type: ignore[arg-type]  # by name


def found(day: date, *pilots: PilotFact, stage: str = "pilot") -> Found:
    given = {**PILOT, "development_stage": stage}
    return run("pilot_certified", snapshot(given, as_of=day, pilots=pilots), longest_days=365, soon_days=30)


def test_a_pilot_without_a_certificate_is_a_warning() -> None:
    assert keys(found(LAST)) == [("warning", "none")]
    assert keys(found(LAST, certificate(closed_on=date(2026, 12, 1)))) == [("warning", "none")]
    assert found(LAST, stage="deployed") == [], "a deployed use owes the practices, not a certificate"


def test_its_end_is_told_thirty_days_before_and_is_an_error_the_day_after() -> None:
    assert found(LAST - timedelta(days=31), certificate()) == []
    assert keys(found(LAST - timedelta(days=30), certificate())) == [("notice", "end:2026-06-01")]
    assert keys(found(LAST, certificate())) == [("notice", "end:2026-06-01")]
    (over,) = found(LAST + timedelta(days=1), certificate())
    assert (over.severity, over.key, over.due_on) == ("error", "end:2026-06-01", LAST)


def test_a_term_is_365_days_and_not_one_more() -> None:
    start = date(2026, 6, 1)
    assert found(start, certificate(end=start + timedelta(days=365))) == []
    assert keys(found(start, certificate(end=start + timedelta(days=366)))) == [("warning", "term:2026-06-01")]


def test_a_certificate_says_its_scale_and_belongs_to_a_pilot() -> None:
    assert keys(found(date(2026, 7, 1), certificate(scale=" "))) == [("warning", "scale:2026-06-01")]
    assert keys(found(date(2026, 7, 1), certificate(), stage="deployed")) == [("warning", "deployed")]
