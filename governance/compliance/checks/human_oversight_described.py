"""People oversee what affects safety, rights or significant decisions (Directive 139-08, human oversight)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import ERROR, WARNING, Problem, Snapshot

ASKED = ("oversight_form", "oversight_who", "oversight_stop")


def human_oversight_described(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Nobody oversees the outputs, or the case does not say who does, when, and how it can be stopped."""
    if snapshot.answers.get("oversight_form") == "none":
        text = "It affects safety, rights or significant decisions, and nobody oversees its outputs."
        yield Problem(text, ERROR, "nobody", field="oversight_form")
        return
    questions = [snapshot.form.by_field[name] for name in ASKED if snapshot.asks(name)]
    left = [one for one in questions if not snapshot.answers.get(one.field) and not snapshot.withholds(one.field)]
    if left:
        named = "; ".join(f"“{one.title}”" for one in left)
        text = f"It affects safety, rights or significant decisions, and its oversight is not described: {named}."
        yield Problem(text, WARNING, "not_described", field=left[0].field)
