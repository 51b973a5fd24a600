"""Extensions, pilots and stops on record, and what the checks knew of them on a day."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.workflow import Refused, Stale
from governance.actions import discontinue, extensions, pilots, stop_orders, waivers
from governance.compliance import reads
from governance.compliance.contract import Snapshot
from governance.compliance.snapshot import Clocks, scope, snapshots
from governance.models import Extension, PilotCertificate, StopOrder, Waiver
from governance.reads.waivers import not_met
from registry.models import UseCase
from tests import make
from tests.governance import excusing, scenes
from tests.governance.excusing import GRANTED, PILOT, TODAY, backdated, granted

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
WHY = {"reason": "Invented."}


def seen(case: UseCase, day: date = TODAY, known_at: datetime | None = None) -> Snapshot:
    return next(iter(snapshots(scope(use_case=case), Clocks(day, known_at), with_namesakes=False)))


def deployed_early(use_case_id: str, **changes: Any) -> UseCase:
    """A case that was filed before extensions ended."""
    given = make.deployed_high_impact(**{**scenes.OPEN, **changes})
    return make.use_case(given=given, filed_on=date(2024, 12, 16), status="recorded", use_case_id=use_case_id)


def lacking(day: date) -> set[str]:
    """The cases the matrix shows with a practice not met on a day."""
    auditor = make.member("auditor", "Ada Auditor")
    return {row.use_case_id for row in reads.practice_matrix(auditor, day).rows if row.not_met}


def the_five(ids: list[str], cast: Any) -> None:
    """Five cases with an extension to 30 November 2025, of which three still lack a practice in July 2026."""
    for number, use_case_id in enumerate(ids):
        case = deployed_early(use_case_id)
        excusing.extension(cast, case)
        if number >= 3:
            scenes.refile(case, date(2026, 6, 1), hi_testing_conducted="yes")
    plain = deployed_early("DHS-9999")
    assert lacking(date(2025, 11, 30)) == {plain.use_case_id}
    assert lacking(date(2025, 12, 1)) == {*ids, plain.use_case_id}, "it excuses nothing after its day"
    assert lacking(date(2026, 7, 9)) == {*ids[:3], plain.use_case_id}


def test_extensions_excuse_to_30_november_2025_and_not_a_day_longer(cast: Any) -> None:
    the_five([f"DHS-{9990 + n}" for n in range(5)], cast)


def test_the_five_real_extensions(cast: Any, real_data: Path) -> None:
    with (real_data / "dhs-2024-inventory.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    column = next(n for n, name in enumerate(head) if "requested an extension" in name)
    ids = [row[0] for row in rows if row[column].strip().lower().startswith("yes")]
    assert len(ids) == 5
    the_five(ids, cast)


def test_an_extension_needs_an_instrument_that_knows_it(cast: Any) -> None:
    case = excusing.case(cast)
    for person in (cast.officer, cast.deputy, cast.auditor):
        with pytest.raises(Refused, match="put an extension on record"):
            extensions.record_extension(case, actor=person, **GRANTED)
    for wrong, said in (
        ({"instrument": "omb-m-25-21"}, "has no extensions"),
        ({"instrument": "other"}, "Choose the instrument"),
        ({"until": date(2026, 1, 31)}, "ends by 1 December 2025"),
        ({"until": date(2024, 1, 1)}, "end before it begins"),
        ({"source": " "}, "Name the document"),
        ({"practices": ["baking"]}, "Choose practices"),
    ):
        with pytest.raises(Refused, match=said):
            extensions.record_extension(case, actor=cast.caio, **{**GRANTED, **wrong})
    row = excusing.extension(cast, case)
    with pytest.raises(Refused, match="cannot be renewed"):
        excusing.extension(cast, case)
    extensions.remove_extension(row, actor=cast.caio, **WHY)
    with pytest.raises(Stale):
        extensions.remove_extension(row, actor=cast.caio, **WHY)
    assert seen(case, date(2026, 2, 1)).extensions == ()
    excusing.extension(cast, case)
    assert Extension.objects.count() == 2, "the mistake stays in the history"


def test_a_pilot_is_limited_and_certified_once(cast: Any) -> None:
    case = excusing.case(cast, development_stage="pilot")
    for person in (cast.deputy, cast.manager, cast.officer):
        with pytest.raises(Refused, match="Only the Chief AI Officer"):
            pilots.certify_pilot(case, actor=person, **PILOT)
    for wrong, said in (
        ({"ends_on": PILOT["starts_on"]}, "end before it begins"),
        ({"ends_on": TODAY + timedelta(days=400)}, "limited in time"),
        ({"starts_on": TODAY - timedelta(days=90), "ends_on": YESTERDAY}, "Its end has passed"),
        ({"not_applied": ""}, "not practicable"),
        ({"scale": " "}, "how far it reaches"),
    ):
        with pytest.raises(Refused, match=said):
            excusing.pilot(cast, case, **wrong)
    row = excusing.pilot(cast, case)
    with pytest.raises(Stale):
        excusing.pilot(cast, case)  # the same page posted twice
    longer = excusing.pilot(cast, case, seen=row.uuid, ends_on=TODAY + timedelta(days=200))
    row.refresh_from_db()
    assert (row.closed_how, row.days, longer.days_left) == ("renewed", 20, 200)
    PilotCertificate.objects.filter(pk=longer.pk).update(ends_on=YESTERDAY)
    longer.refresh_from_db()
    assert longer.is_over and longer.days_over == 1
    with pytest.raises(Refused, match="what follows"):
        pilots.close_pilot(longer, actor=cast.caio, how="renewed", **WHY)
    pilots.close_pilot(longer, actor=cast.caio, how="stopped", **WHY)
    with pytest.raises(Stale):
        pilots.close_pilot(longer, actor=cast.caio, how="deployed", **WHY)


def test_what_was_learned_later_was_not_known_then(cast: Any) -> None:
    waiver = backdated(granted(cast), 340, 20)
    case, before = waiver.use_case, timezone.now()
    excusing.change(case, cast)
    assert seen(case).waivers[0].reassess_since == TODAY and seen(case, YESTERDAY).waivers[0].reassess_since is None
    waivers.keep_waiver(waiver, actor=cast.caio, **WHY)
    waivers.certify_waiver(waiver, actor=cast.caio, until=TODAY + timedelta(days=300), **WHY)
    waivers.report_waiver(waiver, actor=cast.caio, about="grant", reported_on=TODAY, reference="Invented 1")
    now, then = seen(case).waivers[0], seen(case, known_at=before).waivers[0]
    assert (now.certified_on, now.expires_on) == (TODAY, TODAY + timedelta(days=300))
    assert (then.certified_on, then.expires_on) == (None, TODAY + timedelta(days=20))
    assert seen(case, YESTERDAY).waivers[0].expires_on == TODAY + timedelta(days=20)
    assert (now.reported_on, then.reported_on) == (TODAY, None) and now.report_due_on == TODAY - timedelta(days=310)
    assert now.reassess_since is None
    waivers.revoke_waiver(waiver, actor=cast.caio, **WHY)
    assert seen(case).waivers[0].revoked_on == TODAY and seen(case, known_at=before).waivers[0].revoked_on is None
    assert (now.id, now.ground) == (str(waiver.uuid), "A")
    Waiver.objects.filter(pk=waiver.pk).update(recorded_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert seen(case, known_at=before).waivers == ()
    pilot = excusing.pilot(cast, case)
    assert seen(case, PILOT["starts_on"] - timedelta(days=1)).pilots == () and seen(case, known_at=before).pilots == ()
    pilots.close_pilot(pilot, actor=cast.caio, how="deployed", **WHY)
    assert seen(case).pilots[0].closed_on == TODAY and seen(case, YESTERDAY).pilots[0].closed_on is None


def test_a_use_that_does_not_comply_is_ordered_stopped_reported_confirmed_and_lifted(cast: Any) -> None:
    case, now = excusing.case(cast), timezone.now()
    given: dict[str, Any] = {"reason": "No test is in sight.", "effective_on": TODAY}
    for person in (cast.officer, cast.lead, cast.manager, cast.ciso, cast.auditor):
        with pytest.raises(Refused, match="Only the Chief AI Officer"):
            discontinue.order_discontinued(case, actor=person, **given)
    with pytest.raises(Refused, match="today or later"):
        discontinue.order_discontinued(case, actor=cast.caio, **{**given, "effective_on": YESTERDAY})
    order = discontinue.order_discontinued(case, actor=cast.deputy, **given)
    assert order.practices == ["testing"] and order.ordered_as == "Deputy Chief AI Officer"
    with pytest.raises(Refused, match="stands already"):
        discontinue.order_discontinued(case, actor=cast.caio, **given)
    assert StopOrder.objects.count() == 1
    how = {"how": "network", "evidence": "Change 12, invented.", "stopped_on": TODAY}
    stop_orders.report_stopped(order, actor=cast.officer, **how)
    assert seen(case).is_deployed_high_impact, "reported is not confirmed"
    stop_orders.confirm_stop(order, actor=cast.ciso)
    assert not seen(case).is_deployed_high_impact and seen(case, known_at=now).is_deployed_high_impact
    assert seen(case, YESTERDAY).is_deployed_high_impact and case.use_case_id not in lacking(TODAY)
    order.refresh_from_db()
    with pytest.raises(Refused, match="Still not met, and no exception covers it: pre-deployment testing"):
        discontinue.lift_order(order, actor=cast.caio, **WHY)
    granted(cast, case)
    assert not_met(case) == []
    with pytest.raises(Refused, match="Only the Chief AI Officer lifts"):
        discontinue.lift_order(order, actor=cast.deputy, **WHY)
    discontinue.lift_order(order, actor=cast.caio, **WHY)
    with pytest.raises(Refused, match="lifted already"):
        discontinue.lift_order(order, actor=cast.caio, **WHY)
    assert seen(case).is_deployed_high_impact
    with pytest.raises(Refused, match="nothing it has to be stopped for"):
        discontinue.order_discontinued(case, actor=cast.caio, **given)
