from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, detailed, keys, run, snapshot

DUE = date(2026, 12, 31)
ASSESSMENT = dataclasses.replace(detailed("pia", date(2026, 1, 5)), key="assessment")
ASKED = dataclasses.replace(
    detailed("pcr_required", date(2026, 1, 5), due_on="2026-12-31"), key="asked", about="assessment"
)


def found(day: date, *records: Record) -> Found:
    return run("privacy_review_done", snapshot(as_of=day, records=records), soon_days=60)


def test_it_is_told_sixty_days_before_and_overdue_the_day_after() -> None:
    assert found(DUE - timedelta(days=61), ASKED) == []
    assert keys(found(DUE - timedelta(days=60), ASKED)) == [("notice", "review:asked")]
    (late,) = found(DUE + timedelta(days=1), ASSESSMENT, ASKED)
    assert (late.severity, late.key, late.due_on) == ("error", "review:asked", DUE)
    assert "the privacy impact assessment (PIA) of 5 January 2026" in late.message


def test_a_review_that_is_done_ends_it() -> None:
    done = dataclasses.replace(detailed("pcr", date(2026, 11, 1)), about="asked")
    assert found(DUE + timedelta(days=1), ASKED, done) == []
    other = dataclasses.replace(done, about="another")
    assert keys(found(DUE + timedelta(days=1), ASKED, other)) == [("error", "review:asked")]
    assert found(DUE) == []
