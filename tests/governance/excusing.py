"""Scenes of waivers, extensions, pilots and of stopping what does not comply; all invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from governance.actions import discontinue, extensions, pilots, waiver_requests, waivers
from governance.models import (
    Decision,
    Extension,
    MaterialChange,
    PilotCertificate,
    Review,
    StopOrder,
    Waiver,
    WaiverRequest,
)
from registry.models import Revision, UseCase
from tests.governance import scenes

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=300)
OFFICIALS = [{"name": "Pat Example", "capacity": "counsel, invented"}]
TERMS: dict[str, Any] = {
    "ground": "A", "risk_assessment": "Waiting would leave invented parcels unchecked.", "consulted": OFFICIALS,
    "mitigations": "A clerk looks at each.", "public_summary": "Tests are put off while a clerk looks at each parcel.",
    "expires_on": SOON,
}  # fmt: skip
GRANTED: dict[str, Any] = {
    "instrument": "omb-m-24-10", "granted_by": "OMB", "granted_on": date(2024, 11, 20), "until": date(2025, 11, 30),
    "source": "Letter 12, invented",
}  # fmt: skip
PILOT: dict[str, Any] = {
    "scale": "One invented bench, 40 parcels a day.", "starts_on": TODAY - timedelta(days=20),
    "ends_on": TODAY + timedelta(days=100), "choice": "opt_out", "notice": "A sign at the bench says so.",
    "applied": ["monitoring", "human_oversight"], "not_applied": "The bench is too small to test against others.",
}  # fmt: skip


def case(cast: Any, **changes: Any) -> UseCase:
    """A deployed high-impact case whose testing is in progress."""
    return scenes.deployed(owner=cast.officer, **{**scenes.OPEN, **changes})


def asked(cast: Any, row: UseCase | None = None, **changes: Any) -> WaiverRequest:
    """A request that waits."""
    return waiver_requests.ask_waiver(row or case(cast), "testing", actor=cast.officer, **{**TERMS, **changes})


def granted(cast: Any, row: UseCase | None = None, **changes: Any) -> Waiver:
    """A waiver granted today."""
    return waivers.grant_waiver(row or case(cast), "testing", actor=cast.caio, **{**TERMS, **changes})


def backdated(waiver: Waiver, days: int, left: int = 300) -> Waiver:
    """The same as if granted that many days ago, with so many left; a test cannot wait."""
    day = TODAY - timedelta(days=days)
    rows = Waiver.objects.filter(pk=waiver.pk)
    rows.update(granted_on=day, recorded_at=timezone.now() - timedelta(days=days), expires_on=TODAY + timedelta(left))
    return Waiver.objects.select_related("use_case__component").get(pk=waiver.pk)


def change(row: UseCase, cast: Any, *rules: str) -> MaterialChange:
    """A material change of a case that was decided once."""
    revision = Revision.objects.filter(use_case=row).order_by("-number")[0]
    review = Review.objects.filter(use_case=row).first() or Review.objects.create(
        use_case=row,
        round=1,
        revision=revision,
        submitted_by=cast.officer,
        ended_at=timezone.now(),
        ended_how="decided",
    )
    decision = Decision.objects.filter(use_case=row).first() or Decision.objects.create(
        review=review,
        use_case=row, revision=revision, outcome="approved", reason="Invented.", covers_stage="deployed",
        decided_by=cast.caio,
    )  # fmt: skip
    found = [{"rule": rule, "because": f"The invented {rule} is another one", "fields": []} for rule in rules]
    return MaterialChange.objects.create(
        use_case=row, decision=decision, revision=revision, edition="2026-11-01", changes=found or [
            {"rule": "stage", "because": "It is deployed now", "fields": ["development_stage"]}
        ], due_on=SOON,
    )  # fmt: skip


def changed(cast: Any) -> Waiver:
    """A waiver near its end whose case changed after the grant; OMB was not told."""
    waiver = backdated(granted(cast), 340, 20)
    change(waiver.use_case, cast)
    return waiver


def extension(cast: Any, row: UseCase | None = None, **changes: Any) -> Extension:
    """One OMB granted under M-24-10."""
    return extensions.record_extension(row or case(cast), actor=cast.manager, **{**GRANTED, **changes})


def pilot(cast: Any, row: UseCase | None = None, **changes: Any) -> PilotCertificate:
    """A pilot that runs."""
    return pilots.certify_pilot(row or case(cast), actor=cast.caio, **{**PILOT, **changes})


def ordered(cast: Any, row: UseCase | None = None) -> StopOrder:
    """A use ordered stopped because its testing is not done."""
    why = "No test is in sight, and nothing justifies a waiver."
    return discontinue.order_discontinued(row or case(cast), actor=cast.caio, reason=why, effective_on=TODAY)


def one_of_each(cast: Any) -> None:
    """A request, a waiver with every clock running, an extension, a pilot, an order."""
    asked(cast)
    changed(cast)
    extension(cast)
    pilot(cast)
    ordered(cast)
