"""Waivers and exceptions in the demonstration: a request, a waiver reported late, a pilot that is over, an extension
that ended, a use ordered stopped for a practice nobody finishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role
from governance.actions import discontinue, extensions, pilots, waiver_requests, waivers
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import Waiver
from registry.models import UseCase

PRIVACY = [{"name": "Piet Example", "capacity": "Senior privacy official, invented"}]


def excuse_some(cast: Cast) -> None:
    """By the real acts, on cases of the demonstration that run with a practice in progress."""
    _request()
    _extension(cast)
    _pilot(cast)
    _stop(cast)
    _report(cast)


def _do(days_ago: int, action: Callable[..., Any], *args: Any, **words: Any) -> Any:
    with at(timezone.now() - timedelta(days=days_ago, hours=2)):
        return action(*args, **words)


def _case(name: str) -> UseCase:
    return UseCase.objects.select_related("owner", "component").get(name=name)


def _request() -> None:
    case = _case("Vehicle plate link analysis")
    words = {
        "ground": Waiver.Ground.IMPEDIMENT,
        "risk_assessment": "Asking the public which ports and plates are linked would tell smugglers how it looks. "
        "Officers see why two plates were joined and drop one join in five.",
        "mitigations": "A supervisor reads every tenth joined file each week; drops are counted by port.",
        "public_summary": "The public is not consulted on this system while it is looked for ways to do so without "
        "showing how stolen vehicles are found.",
        "consulted": PRIVACY,
        "expires_on": timezone.localdate() + timedelta(days=330),
    }
    _do(6, waiver_requests.ask_waiver, case, "consultation", actor=case.owner, **words)


def _extension(cast: Cast) -> None:
    case, manager = _case("Interview translation at secondary inspection"), cast.one(Role.INVENTORY_MANAGER)
    words = {"instrument": "omb-m-24-10", "granted_by": "OMB", "source": "Invented letter 24-118, in the CAIO's file"}
    days = {"granted_on": date(2024, 11, 21), "until": date(2025, 11, 30)}
    _do(140, extensions.record_extension, case, actor=manager, **words, **days)


def _pilot(cast: Cast) -> None:
    case, today = _case("Border camera person detection"), timezone.localdate()
    words = {
        "scale": "Two invented camera lines at one port, about 300 alarms a week.",
        "starts_on": today - timedelta(days=130), "ends_on": today - timedelta(days=10), "choice": "neither",
        "notice": "Signs stand at both lines. People who cross cannot choose which line films them.",
        "applied": ["testing", "monitoring", "training", "human_oversight"],
        "not_applied": "With 300 alarms a week there is nothing yet to assess an appeal or a consultation on.",
    }  # fmt: skip
    _do(131, pilots.certify_pilot, case, actor=cast.one(Role.CAIO), **words)


def _stop(cast: Cast) -> None:
    case = _case("Refused-entry risk ranking")
    why = "Tests were promised three times. Nothing in the file would justify to waive them."
    day = timezone.localdate() - timedelta(days=5)
    _do(5, discontinue.order_discontinued, case, actor=cast.one(Role.CAIO), reason=why, effective_on=day)


def _report(cast: Cast) -> None:
    """The first waiver of the demonstration was reported eight days after it was due; the others are not yet."""
    waiver = Waiver.objects.exclude(use_case__handling="restricted").select_related("use_case").first()
    if waiver:
        words = {"about": "grant", "reference": "Invented message 31", "actor": cast.one(Role.INVENTORY_MANAGER)}
        _do(2, waivers.report_waiver, waiver, reported_on=waiver.granted_on + timedelta(days=38), **words)
