"""Gates in the demonstration: a wave of reviews, and approved cases to confirm for another year."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role
from governance.actions import recertification, waves
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import WaveCase
from registry.models import UseCase


def pass_gates(cast: Cast) -> None:
    """A first wave with one case excused, and a case confirmed for another year that waits for its lead."""
    _wave(cast)
    _year()


def _do(days_ago: int, action: Callable[..., Any], *args: Any, **words: Any) -> Any:
    with at(timezone.now() - timedelta(days=days_ago, hours=1)):
        return action(*args, **words)


def _wave(cast: Cast) -> None:
    note = "Start with the task list of each case. If tests are missing, say so: that is what the review is for."
    due_on = timezone.localdate() + timedelta(days=18)
    _do(
        12, waves.open_wave, actor=cast.one(Role.CAIO), name="Deployed, high-impact", tier="deployed_high",
        due_on=due_on, note=note,
    )  # fmt: skip
    member = WaveCase.objects.exclude(use_case__handling="restricted").order_by("-use_case__use_case_id").first()
    if member:
        why = "Its contract ends on 31 December and is not renewed; it is retired then."
        _do(8, waves.excuse, member, actor=cast.one(Role.INVENTORY_MANAGER), reason=why)


def _year() -> None:
    case = UseCase.objects.select_related("owner").get(name="Building energy tuning")
    if case.owner:
        note = "Two more floors, the same model."
        words = {"opened_on": case.revision_number, "note": note}
        _do(3, recertification.confirm_true, case, actor=case.owner, **words)
