from __future__ import annotations

from tests import make
from tests.governance.checks.shared import run, snapshot


def said(**changes: object) -> list[tuple[str, str]]:
    return [(p.severity, p.field) for p in run("is_ai_attested", snapshot(make.answers(**changes)))]


def test_nobody_said_so_is_a_warning() -> None:
    assert said(is_ai=None) == [("warning", "is_ai")]


def test_not_ai_in_the_inventory_is_an_error() -> None:
    assert said(is_ai="no") == [("error", "is_ai")]


def test_yes_needs_a_reason() -> None:
    assert said(is_ai_reason=None) == [("warning", "is_ai_reason")]
    assert said() == []
