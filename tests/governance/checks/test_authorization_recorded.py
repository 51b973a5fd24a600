from __future__ import annotations

from datetime import date, timedelta

from governance.compliance.contract import Record
from tests.governance.checks.shared import Found, detailed, keys, run, snapshot

END = date(2026, 12, 31)
ATO = detailed("ato", date(2024, 1, 1), until=END)


def found(day: date, *records: Record) -> Found:
    return run("authorization_recorded", snapshot(as_of=day, records=records), soon_days=60)


def test_an_answer_without_a_record_is_a_notice() -> None:
    assert keys(found(END)) == [("notice", "none")]


def test_its_end_is_a_warning_sixty_days_before_and_an_error_the_day_after() -> None:
    assert found(END - timedelta(days=61), ATO) == []
    assert keys(found(END - timedelta(days=60), ATO)) == [("warning", "end")]
    (over,) = found(END + timedelta(days=1), ATO)
    assert (over.severity, over.key, over.due_on) == ("error", "end", END)


def test_the_newest_one_counts() -> None:
    newer = detailed("ato", date(2026, 12, 1), until=date(2029, 12, 1))
    assert found(END + timedelta(days=1), ATO, newer) == []
