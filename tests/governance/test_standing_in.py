"""Delegations, acting signers, recusals and statements of conflict: who may act for an office now, as whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions import delegations
from accounts.models import Component, Delegation, Membership, User
from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import acting_signers, conflicts, decisions, lanes, people, reviews, steps, use_cases, waivers
from governance.actions.decisions import Determined
from governance.models import ActingSigner, ConflictStatement, Lane, Recusal, Review
from governance.permissions.office import seat
from governance.reads import lane_verbs, queue, unsigned
from registry.models import UseCase
from tests import lives, make

TODAY = timezone.localdate()
WEEK = timedelta(days=7)
NOT_HIGH = Determined("not_high_impact")


def fresh(person: Any) -> Any:
    """The person as the next request reads them: standing is read once per instance."""
    return User.objects.get(pk=person.pk)


def for_office(giver: Any, to: Any, acts: Any = ("sign",), *, starts: date = TODAY, ends: date = TODAY + WEEK) -> Any:
    row = Membership.objects.get(user=giver, role="office_reviewer")
    return delegations.delegate(
        to, role=row.role, office=row.office, acts=acts, starts_on=starts, ends_on=ends, reason="Away.", actor=giver
    )


def for_officer(cast: Any, to: Any, *acts: str) -> Delegation:
    return delegations.delegate(
        to, role="caio", acts=acts, starts_on=TODAY, ends_on=TODAY + WEEK, reason="At a hearing.", actor=cast.caio
    )


def for_lead(cast: Any, to: Any, *acts: str) -> Delegation:
    return delegations.delegate(
        to, role="component_lead", component=make.component("CBP"), acts=acts or ("endorse",), starts_on=TODAY,
        ends_on=TODAY + WEEK, reason="On leave.", actor=cast.lead,
    )  # fmt: skip


def sign(lane: Lane, actor: Any, **words: Any) -> Lane:
    return lanes.decide_lane(lane, actor=fresh(actor), **{"verb": "sign_off", "no_conflict": True, **words})


# -- naming who acts -------------------------------------------------------------------------------------


def test_what_cannot_be_handed_out_is_refused_with_the_reason(cast: Any) -> None:
    for act in ("waive", "clear", "high_impact", "name_signer"):
        with pytest.raises(Refused, match=r"cannot be delegated|not delegated"):
            for_officer(cast, cast.deputy, act)
    for giver, to, words in (
        (cast.priv, cast.priv, "stand in for yourself"),
        (cast.priv, cast.auditor, "oversees or runs"),
        (cast.priv, cast.administrator, "oversees or runs"),
        (cast.priv, cast.nobody, "holds no role"),
    ):
        with pytest.raises(Refused, match=words):
            for_office(giver, to)
    with pytest.raises(Refused, match="does not work in CBP"):
        for_lead(cast, cast.crcl)
    with pytest.raises(Refused, match="begins today or later"):
        for_office(cast.priv, cast.crcl, starts=TODAY - WEEK)
    with pytest.raises(Refused, match="before the first"):
        for_office(cast.priv, cast.crcl, ends=TODAY - WEEK)
    for_office(cast.priv, cast.crcl)
    with pytest.raises(Refused, match="on some of these days already"):
        for_office(cast.priv, cast.crcl)
    with pytest.raises(Refused, match="not passed on"):  # what one stands in for is no role of one's own
        delegations.delegate(
            cast.ogc, role="office_reviewer", office=make.office("PRIV"), acts=["sign"], starts_on=TODAY,
            ends_on=TODAY, reason="Away too.", actor=cast.crcl,
        )  # fmt: skip


def test_a_delegate_signs_for_somebody_and_everything_says_so(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    for_office(cast.priv, cast.crcl)
    assert queue.queue(fresh(cast.crcl), "lanes").total == 1
    page = sign_in(fresh(cast.crcl)).get(f"/reviews/lanes/{lives.lane(case).uuid}/").content.decode()
    assert "You act for Pia Privacy (Privacy Office)" in page and "I have no conflict of interest" in page
    sign(lives.lane(case), cast.crcl)
    event = Event.objects.get(kind="lane.signed_off")
    assert (event.actor, event.acting_for) == (cast.crcl, "Pia Privacy (Privacy Office)")
    words = "Cara Civil for Pia Privacy (Privacy Office)"
    assert lives.lane(case).signer == words
    page = sign_in(cast.auditor).get(case.get_absolute_url()).content.decode()
    assert page.count(words) >= 2, "in the round and in the history"


def test_a_delegation_that_ended_in_between_is_refused_with_its_day(cast: Any, monkeypatch: Any) -> None:
    case = lives.in_review(cast)
    row = for_office(cast.priv, cast.crcl)
    opened = fresh(cast.crcl)
    assert lane_verbs.decide_refusals(opened, lives.lane(case)) == []
    delegations.end_delegation(row, reason="Back early.", actor=cast.priv)
    day = f"{TODAY.day} {TODAY:%B %Y}"
    with pytest.raises(Refused, match=f"until {day}"):  # the page was open: the standing read then still knows it
        lanes.decide_lane(lives.lane(case), actor=opened, verb="sign_off", no_conflict=True)
    with pytest.raises(Stale, match=f"ended on {day} already"):
        delegations.end_delegation(row, reason="Again.", actor=cast.priv)
    second = for_office(cast.priv, cast.crcl)
    held = Delegation.objects.get(pk=second.pk)
    delegations.end_delegation(second, reason="Back.", actor=cast.crcl)
    with pytest.raises(Refused, match=f"until {day}"), transaction.atomic():  # read before, ended before the lock
        steps.hold_place(held)
    assert lives.lane(case).status == "open"


def test_dates_and_scope_and_the_givers_role_bound_a_delegation(cast: Any) -> None:
    case = lives.in_review(cast)
    later = for_office(cast.priv, cast.crcl, starts=TODAY + WEEK)
    assert "and not before" in seat(cast.crcl, later.office, case, lane=lives.lane(case)).reasons[0]
    only = for_office(cast.priv, cast.ogc, ("accept",))
    assert "but not in this" in seat(cast.ogc, only.office, case, lane=lives.lane(case)).reasons[0]
    for_office(cast.priv, cast.ciso)
    Membership.objects.filter(user=cast.priv).update(ends_on=TODAY - timedelta(days=1))
    assert "no longer holds" in seat(cast.ciso, only.office, case, lane=lives.lane(case)).reasons[0]
    assert queue.works(fresh(cast.ciso)) == ["lanes"] and queue.queue(fresh(cast.ciso), "lanes").total == 0


def test_nobody_acts_for_two_offices_by_standing_in_either(cast: Any) -> None:
    case = lives.in_review(cast, scr_rights_safety="yes")
    for_office(cast.priv, cast.crcl)
    sign(lives.lane(case, "CRCL"), cast.crcl)
    with pytest.raises(Refused, match="nobody acts for two offices"):
        sign(lives.lane(case), cast.crcl)
    for_office(cast.crcl, cast.ogc)
    with pytest.raises(Refused, match="Only reviewers of the Privacy"):
        sign(lives.lane(case), cast.ogc)


def test_nobody_stands_in_for_an_author_or_for_somebody_recused(cast: Any) -> None:
    case = lives.submitted(cast)
    for_lead(cast, cast.colleague)
    lives.answer(case, cast.lead, benefits="Written by the lead.")
    with pytest.raises(Refused, match="nobody endorses it for them"):
        reviews.endorse(case, actor=fresh(cast.colleague))
    other = lives.in_review(cast) if make.member("component_lead", "Second", component_code="CBP") else None
    for_office(cast.priv, cast.crcl)
    conflicts.recuse(other, actor=cast.priv, reason="A relative sells it.")
    with pytest.raises(Refused, match="nobody acts for them in it"):
        sign(lives.lane(other), cast.crcl)


def test_a_leads_delegate_endorses_for_the_lead_and_sends_nothing_else(cast: Any) -> None:
    case = lives.submitted(cast)
    for_lead(cast, cast.colleague)
    reviews.endorse(case, actor=fresh(cast.colleague), note="It stands.")
    assert Review.objects.get(use_case=case).endorser == "Colin Colleague for Lena Lead (CBP lead)"
    with pytest.raises(Refused):
        use_cases.withdraw(lives.reread(case), actor=fresh(cast.colleague), reason="No.")


def test_who_stands_in_for_the_officer_decides_within_a_deputys_reach_only(cast: Any) -> None:
    for_officer(cast, cast.ogc, "decide", "refer", "suspend", "accept")
    case = lives.ready(cast)
    letter = Determined("presumed_not_high_impact", ("m",), "No decision rests on it.")
    for determined, words in (
        (letter, "Clearing a presumption"),
        (Determined("high_impact", ("j",)), "high-impact case"),
    ):
        with pytest.raises(Refused, match=rf"{words}.*Chris Chief, the Chief AI Officer, does it in person"):
            decisions.decide(case, actor=fresh(cast.ogc), outcome="approve", reason="Fine.", determined=determined)
    decision = decisions.decide(
        case, actor=fresh(cast.ogc), outcome="approve", reason="It is limited.", determined=NOT_HIGH
    )
    assert decision.decider == "Olga Counsel for Chris Chief (Chief AI Officer)"
    assert Event.objects.get(kind="use_case.approved").acting_for == "Chris Chief (Chief AI Officer)"
    use_cases.suspend(lives.reread(case), actor=fresh(cast.ogc), reason="It failed.")
    use_cases.resume(lives.reread(case), actor=fresh(cast.ogc), reason="It was mended.")
    with pytest.raises(Refused, match=r"A waiver of a practice cannot be delegated.*Chris Chief"):
        waivers.grant_waiver(
            case, "testing", ground="A", risk_assessment="Invented.", expires_on=TODAY + WEEK, consulted=[],
            public_summary="Invented.", actor=fresh(cast.ogc),
        )  # fmt: skip
    with pytest.raises(Refused, match="Naming an acting signer cannot be delegated"):
        name(cast.st, make.office("CISO"), actor=fresh(cast.ogc))


def test_somebody_who_leaves_leaves_nobody_to_act_for_them(cast: Any) -> None:
    row, held = for_office(cast.priv, cast.crcl), for_office(cast.ogc, cast.priv)
    people.deactivate(cast.priv, actor=cast.administrator)
    assert {Delegation.objects.get(pk=one.pk).state for one in (row, held)} == {"ended"}
    assert Event.objects.filter(kind="delegation.ended", actor=cast.administrator).count() == 2


# -- recusal and conflict --------------------------------------------------------------------------------


def test_a_recusal_holds_until_somebody_else_lifts_it_and_is_kept(cast: Any) -> None:
    case = lives.in_review(cast)
    lanes.assign([lives.lane(case)], actor=cast.priv, to=cast.priv)
    with pytest.raises(Refused, match="Say why"):
        conflicts.recuse(case, actor=cast.priv, reason=" ")
    row = conflicts.recuse(case, actor=cast.priv, reason="My brother sells it.", is_conflict=True)
    assert lives.lane(case).assigned_to is None
    assert ConflictStatement.objects.get().has_conflict
    with pytest.raises(Refused, match="You recused yourself"):
        sign(lives.lane(case), cast.priv)
    with pytest.raises(Refused, match="cannot decide"):
        lanes.assign([lives.lane(case)], actor=cast.priv2, to=cast.priv)
    for person in (cast.priv, cast.priv2, cast.deputy):
        with pytest.raises(Refused):
            conflicts.lift_recusal(row, actor=person, reason="I changed my mind.")
    conflicts.lift_recusal(row, actor=cast.caio, reason="It was another firm.")
    with pytest.raises(Refused, match="no conflict of interest"):  # a stated conflict is not forgotten: asked anew
        sign(lives.lane(case), cast.priv, no_conflict=False)
    sign(lives.lane(case), cast.priv)
    assert [row.has_conflict for row in ConflictStatement.objects.all()] == [True, False]
    assert Recusal.objects.get().lift_reason and Event.objects.filter(kind__startswith="recusal.").count() == 2


def test_who_recused_themselves_neither_endorses_triages_decides_nor_votes(cast: Any) -> None:
    case = lives.submitted(cast)
    for person in (cast.lead, cast.manager, cast.caio, cast.deputy):
        conflicts.recuse(case, actor=person, reason="I know them.")
    make.member("component_lead", "Second Lead", component_code="CBP")
    for act in (
        lambda: reviews.endorse(case, actor=cast.lead),
        lambda: reviews.send_back(case, actor=cast.lead, message="No."),
    ):
        with pytest.raises(Refused, match="You recused yourself"):
            act()
    second = User.objects.get(name="Second Lead")
    reviews.endorse(case, actor=second)
    with pytest.raises(Refused, match="You recused yourself"):
        lives.open_lanes(case, cast)
    chair_lifts = Recusal.objects.get(person=cast.caio)
    with pytest.raises(Refused, match="chair"):
        conflicts.lift_recusal(chair_lifts, actor=cast.deputy, reason="Please.")
    conflicts.lift_recusal(chair_lifts, actor=cast.chair, reason="It was unfounded.")


def test_the_statement_is_asked_once_a_round_and_stands_with_the_signature(cast: Any) -> None:
    case = lives.in_review(cast)
    with pytest.raises(Refused, match="no conflict of interest"):
        sign(lives.lane(case), cast.priv, no_conflict=False)
    sign(lives.lane(case), cast.priv)
    assert lives.lane(case).conflict_statement.words == conflicts.NO_CONFLICT
    assert conflicts.stated(lives.lane(case).review, cast.priv) and not conflicts.stated(
        lives.lane(case).review, cast.priv2
    )


# -- offices nobody can sign for -------------------------------------------------------------------------


def name(person: Any, office: Any, *, actor: Any, lane: Lane | None = None) -> ActingSigner:
    return acting_signers.name_signer(
        person, office, lane=lane, starts_on=TODAY, ends_on=TODAY + WEEK, reason="Nobody is left.", actor=actor
    )


def lone(cast: Any, **answers: Any) -> UseCase:
    """A case in review at PRIV whose one reviewer wrote a part of it."""
    case = lives.draft(cast, **answers)
    lives.answer(case, cast.priv, benefits="Written by the reviewer.")
    return lives.open_lanes(lives.endorse(lives.send(case, cast), cast), cast)


def test_a_lane_nobody_can_sign_is_shown_at_once_wherever_it_matters(cast: Any, sign_in: Any) -> None:
    case = lone(cast)
    for code in make.OFFICES:  # every other office has somebody
        if code != "PRIV":
            getattr(cast, code.lower())
    (gap,) = unsigned.gaps(cast.caio)
    assert gap.lane == lives.lane(case) and not gap.is_covered
    for person in (cast.caio, cast.administrator):
        assert "Nobody can sign" in sign_in(person).get("/").content.decode()
    assert "Nobody can sign" in sign_in(cast.officer).get(case.get_absolute_url()).content.decode()
    assert "Nobody of the office can sign" in sign_in(cast.priv).get("/reviews/").content.decode()
    assert "1 office cannot sign" in sign_in(cast.manager).get("/reviews/").content.decode()
    name(cast.crcl, lives.lane(case).office, lane=lives.lane(case), actor=cast.caio)
    assert unsigned.of_case(case)[0].is_covered
    assert "Cara Civil signs for it" in sign_in(cast.officer).get(case.get_absolute_url()).content.decode()


def test_an_acting_signer_comes_from_outside_and_only_when_needed(cast: Any) -> None:
    case = lone(cast)
    lane, office = lives.lane(case), lives.lane(case).office
    for actor in (cast.deputy, cast.priv, cast.administrator):
        with pytest.raises(Refused, match="Only the Chief AI Officer names"):
            name(cast.crcl, office, lane=lane, actor=actor)
    for person, words in (
        (cast.colleague, "comes from outside"),
        (cast.priv, "wrote part of this case"),
        (cast.deputy, "decides cases"),
        (cast.auditor, "oversees"),
    ):
        with pytest.raises(Refused, match=words):
            name(person, office, lane=lane, actor=cast.caio)
    with pytest.raises(Refused, match="has people who can sign"):
        name(cast.crcl, office, actor=cast.caio)  # the office has a reviewer: only this lane is without
    row = name(cast.other_officer, office, lane=lane, actor=cast.caio)
    sign_with = fresh(cast.other_officer)
    assert queue.queue(sign_with, "lanes").total == 1
    newcomer = cast.priv2  # somebody comes: the office signs itself again
    with pytest.raises(Refused, match="can sign this itself again: Paul Privacy"):
        sign(lives.lane(case), cast.other_officer)
    Membership.objects.filter(user=newcomer).delete()
    sign(lives.lane(case), cast.other_officer)
    assert lives.lane(case).signer == "Freya Field for the Privacy Office, as acting signer named by Chris Chief"
    acting_signers.end_signer(row, reason="Done.", actor=cast.caio)
    with pytest.raises(Stale):
        acting_signers.end_signer(row, reason="Done.", actor=cast.caio)


def test_an_office_without_anybody_gets_a_signer_for_all_lanes_who_then_sees_the_cases(cast: Any) -> None:
    case = lives.in_review(cast)
    row = name(cast.other_officer, lives.lane(case).office, actor=cast.caio)
    assert UseCase.objects.filter(needs_to_know__user=cast.other_officer).get() == case
    later = lives.in_review(cast)
    assert queue.queue(fresh(cast.other_officer), "lanes").total == 2
    sign(lives.lane(later), cast.other_officer)
    acting_signers.end_signer(row, reason="Somebody came.", actor=cast.caio)
    with pytest.raises(Refused, match=f"acting signer for the Privacy Office until {TODAY.day} {TODAY:%B %Y}"):
        sign(lives.lane(case), cast.other_officer)
    assert not UseCase.objects.filter(needs_to_know__user=cast.other_officer, pk=case.pk).exists()


def test_an_acting_signer_of_the_owning_component_cannot_sign_its_cases(cast: Any) -> None:
    case = lives.in_review(cast)
    name(cast.other_officer, lives.lane(case).office, actor=cast.caio)
    Membership.objects.create(
        user=cast.other_officer, role="program_officer", component=Component.objects.get(code="CBP")
    )
    with pytest.raises(Refused, match="works in CBP, which owns the case"):
        sign(lives.lane(case), cast.other_officer)
