"""Scenes of holds on prohibited uses; all invented."""

from __future__ import annotations

from typing import Any

from governance.actions import decisions, holds, lanes
from governance.actions.decisions import Determined
from governance.models import Hold, Lane
from registry.actions.use_cases import file_revision
from registry.models import UseCase
from tests import lives, make
from tests.governance import scenes

FIELD = "proh_profiling"  # counsel and civil rights speak on it
WATCHED = "proh_surveillance"  # and the Privacy Office on this
WHY = "The invented bins have nothing to do with persons."


def offices() -> None:
    for code in make.OFFICES:
        make.office(code)


def hold(use_case: UseCase, field: str = FIELD) -> Hold:
    rows = Hold.objects.select_related("use_case__component", "use_case__owner", "use_case__agency", "revision")
    return rows.get(use_case=use_case, prohibition=field, is_live=True)


def running(owner: Any = None, **answers: Any) -> Hold:
    """A recorded deployed case, in use, whose screening says that it may be a prohibited one."""
    offices()
    row = scenes.deployed(owner=owner, **(answers or {FIELD: "yes"}))
    holds.look_at_all()
    return hold(row, next(iter(answers), FIELD))


def ready(cast: Any, field: str = FIELD, said: str = "unknown") -> Hold:
    """A case before the Chief AI Officer, all lanes signed, with an open hold. It is not in use."""
    case = lives.in_review(cast, scr_pii="no", **{field: said})
    people = {"PRIV": cast.priv, "CRCL": cast.crcl, "OGC": cast.ogc}
    for lane in Lane.objects.filter(review__use_case=case, status="open").select_related("office", "review__use_case"):
        lanes.decide_lane(lane, actor=people[lane.office.code], verb="sign_off", no_conflict=True)
    return hold(lives.reread(case), field)


def sign_all(case: UseCase, cast: Any) -> None:
    """Every office that signs does; advice is not waited for."""
    names = {"ST": "st"}
    rows = Lane.objects.filter(review__use_case=case, status="open", is_advisory=False)
    for lane in rows.select_related("office", "review__use_case"):
        person = getattr(cast, names.get(lane.office.code, lane.office.code.lower()))
        lanes.decide_lane(lane, actor=person, verb="sign_off", no_conflict=True)


def approve(case: UseCase, cast: Any) -> None:
    """The Chief AI Officer, as it is reported."""
    impact = str(lives.reread(case).impact)
    determined = Determined(impact, ("j",) if impact == "high_impact" else (), "As reported.")
    words = {"outcome": "approve", "reason": "The invented use is limited.", "determined": determined}
    decisions.decide(lives.reread(case), actor=cast.caio, **words)


def say(row: Hold, actor: Any, office: str, says: str = "does_not_apply", reasons: str = WHY) -> Hold:
    """An office speaks, having read what it said before."""
    now = row.words.filter(office__code=office, replaced_at=None).first()
    holds.speak_on_hold(
        row, actor=actor, office=make.office(office), says=says, reasons=reasons, seen=now.uuid if now else None
    )
    return Hold.objects.select_related("use_case__component").get(pk=row.pk)


def lift(row: Hold, cast: Any) -> Hold:
    """Every office says that it does not apply."""
    people = {"PRIV": cast.priv, "CRCL": cast.crcl, "OGC": cast.ogc}
    for code in row.offices:
        row = say(row, people[code], code)
    return row


def file(case: UseCase, author: Any, **answers: Any) -> UseCase:
    """Answers that count without being sent for review."""
    row = lives.answer(case, author, **answers)
    file_revision(row, actor=author, why="A test files it.")
    return lives.reread(row)
