from __future__ import annotations

from tests import make
from tests.governance.checks.shared import run, snapshot


def said(answer: str | None) -> list[tuple[str, str]]:
    given = snapshot(make.answers(proh_profiling=answer))
    return [(p.severity, p.field) for p in run("prohibition_attested", given, field="proh_profiling")]


def test_yes_is_an_error() -> None:
    assert said("yes") == [("error", "proh_profiling")]


def test_unknown_and_silence_leave_it_open() -> None:
    assert said("unknown") == said(None) == [("warning", "proh_profiling")]


def test_no_attests_it() -> None:
    assert said("no") == []
