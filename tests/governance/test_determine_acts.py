"""Determining as an act of its own (M-25-21 section 4(a)): who, on what, and what follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions import delegations
from accounts.models import Membership
from audit.models import Event
from audit.workflow import Refused, Stale
from governance import recipients
from governance.actions import decisions, determinations, lanes, officials, people, reviews
from governance.determining import HIGH, PRESUMED, Determined
from governance.models import AiDetermination, Determination, DeterminingOfficial, Finding
from governance.permissions import determine as permissions
from governance.reads import determinations as reads
from registry.actions.use_cases import file_revision
from registry.models import SignedImpact, UseCase
from tests import lives, make
from tests.governance import determine_scenes as scenes
from tests.governance import scenes as standing
from tests.governance.determine_scenes import CLEARED, NOT_HIGH, determine, fresh, named, presumed

TODAY = timezone.localdate()
WORRY = Determined(HIGH, ("m",), reasoning="A benefit hangs on it.")


def test_the_chief_officer_determines_on_the_filed_revision(cast: Any) -> None:
    case = presumed(cast)
    row = determine(case, cast.caio)
    assert (row.impact, row.categories, row.revision.number) == (PRESUMED, ["m"], case.filed_number)
    assert row.suggested["impact"] == HIGH and "Presumed category (m) was stated" in row.suggested["reasons"]
    assert str(row.signer) == "Chris Chief, Chief AI Officer" and not row.is_acknowledgeable
    event = Event.objects.get(kind="determination.made")
    assert event.timeline == case.use_case_id and event.data["impact"] == PRESUMED
    case = lives.reread(case)
    assert (case.signed_impact, case.impact) == (PRESUMED, PRESUMED)
    assert SignedImpact.objects.get().justification == scenes.TEXT


def test_what_clears_a_presumption_is_asked_by_the_action_itself(cast: Any) -> None:
    case = presumed(cast)
    with pytest.raises(Refused, match=r"documentation.*public summary"):
        determine(case, cast.caio, Determined(PRESUMED, ("m",), "Because.", "no", "So."))
    assert not Determination.objects.exists() and lives.reread(case).signed_impact == ""


def test_a_named_official_clears_and_the_chief_officer_acknowledges(cast: Any) -> None:
    case = presumed(cast)
    named(cast, cast.st, [case.component])
    row = determine(case, cast.st)
    event = Event.objects.get(kind="determination.cleared")
    assert {str(one) for one in recipients.recipients(event)} == {"Chris Chief", "Olive Officer"}
    assert reads.on_case(lives.reread(case)).waits_for_acknowledging
    for person in (cast.st, cast.deputy, cast.manager):
        with pytest.raises(Refused, match="Only the Chief AI Officer acknowledges"):
            determinations.acknowledge(row, actor=fresh(person))
    determinations.acknowledge(row, actor=cast.caio, note="Read.")
    row.refresh_from_db()
    assert (row.acknowledged_by, row.acknowledged_note) == (cast.caio, "Read.")
    with pytest.raises(Stale, match="already"):
        determinations.acknowledge(row, actor=cast.caio)


def test_the_chief_officer_may_determine_anew_instead(cast: Any) -> None:
    case = presumed(cast)
    named(cast, cast.st)
    row = determine(case, cast.st)
    determine(case, cast.caio, WORRY)
    with pytest.raises(Stale, match="determined anew"):
        determinations.acknowledge(row, actor=cast.caio)
    newest, older = reads.history(lives.reread(case))
    assert newest.is_newest and newest.changed == "from presumed high-impact, but determined not to high-impact"
    assert older.row.pk == row.pk and lives.reread(case).signed_impact == HIGH


def test_an_official_reaches_only_the_components_named_for(cast: Any) -> None:
    case = presumed(cast)
    named(cast, cast.st, [make.component("FEMA")])
    with pytest.raises(Refused, match="Only the Chief AI Officer, or an official named for it"):
        determine(case, cast.st)


def test_an_official_whose_naming_ended_while_the_page_was_open_signs_nothing(cast: Any) -> None:
    case = presumed(cast)
    naming = named(cast, cast.st)
    assert permissions.hand(fresh(cast.st), case).naming == naming
    officials.end_official(naming, reason="Back to testing.", actor=cast.caio)
    with pytest.raises(Refused, match=f"until {TODAY.day} .* That has ended"):
        determine(case, cast.st)
    assert not Determination.objects.exists()


def test_an_official_is_not_the_judge_of_an_own_case(cast: Any) -> None:
    case = presumed(cast)
    author = cast.colleague
    lives.answer(case, author, benefits="Written by the official.")
    for person in (author, cast.officer):
        named(cast, person, [case.component])
    with pytest.raises(Refused, match="you cannot determine it"):
        determine(case, author)
    UseCase.objects.filter(pk=case.pk).update(owner=cast.lead)
    named(cast, cast.lead, [case.component])
    with pytest.raises(Refused, match="You answer for the facts"):
        determine(case, cast.lead)


def test_who_reviewed_or_endorsed_in_the_running_round_does_not_determine(cast: Any) -> None:
    case = lives.ready(cast)
    for person in (cast.priv, cast.lead):
        named(cast, person, [case.component])
    with pytest.raises(Refused, match="You acted for PRIV in this round"):
        determine(case, cast.priv, NOT_HIGH)
    with pytest.raises(Refused, match="You endorsed this case"):
        determine(case, cast.lead, NOT_HIGH)


def test_a_deputy_and_a_delegate_never_clear_a_presumption(cast: Any) -> None:
    case, plain = presumed(cast), lives.recorded(cast)
    membership = Membership.objects.get(user=cast.caio)
    delegations.delegate(
        cast.ogc, role=membership.role, acts=["decide"], starts_on=TODAY, ends_on=TODAY + timedelta(days=9),
        reason="Away.", actor=cast.caio,
    )  # fmt: skip
    for person, words in ((cast.deputy, "A deputy decides only"), (cast.ogc, "Clearing a presumption")):
        with pytest.raises(Refused, match=words):
            determine(case, person)
    assert determine(plain, cast.deputy, NOT_HIGH).signed_as == "Deputy Chief AI Officer"
    assert determine(plain, cast.ogc, NOT_HIGH).signed_for.startswith("Chris Chief")


@pytest.mark.parametrize("who", ["officer", "manager", "priv", "leader", "auditor", "administrator", "secretary"])
def test_nobody_else_determines(cast: Any, who: str) -> None:
    with pytest.raises(Refused):
        determine(presumed(cast), getattr(cast, who))
    assert not Determination.objects.exists()


def test_a_determination_on_answers_that_were_filed_anew_is_stale(cast: Any) -> None:
    case = presumed(cast)
    opened_on = case.filed_number
    case = lives.answer(case, cast.officer, scr_pii="no")
    with transaction.atomic():
        file_revision(case, actor=cast.officer, why="a correction")
    with pytest.raises(Stale, match="Revision 2 was filed after you opened the page"):
        determine(case, cast.caio, opened_on=opened_on)


def test_the_second_of_two_officials_is_told_what_the_first_signed(cast: Any) -> None:
    case = presumed(cast)
    determine(case, cast.caio)
    with pytest.raises(Stale, match="Chris Chief, Chief AI Officer determined this case"):
        determine(case, cast.caio, WORRY, seen="")
    assert Determination.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officials_at_once_leave_one_determination(cast: Any) -> None:
    case = presumed(cast)
    named(cast, cast.st)
    actors = [fresh(cast.caio), fresh(cast.st)]

    def sign(actor: Any) -> str:
        try:
            determinations.determine(case, actor=actor, opened_on=case.filed_number, seen="", determined=CLEARED)
        except Stale:
            return "stale"
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, actors)) == ["signed", "stale"]
    assert Determination.objects.count() == 1


def test_only_what_is_filed_and_worked_on_is_determined(cast: Any) -> None:
    with pytest.raises(Refused, match="Nothing of this case is filed yet"):
        determine(lives.draft(cast), cast.caio, NOT_HIGH)
    with pytest.raises(Refused, match="so nothing is determined"):
        determine(lives.withdrawn(cast), cast.caio, NOT_HIGH)


def test_who_may_not_read_a_restricted_answer_does_not_sign_on_it(cast: Any) -> None:
    case = presumed(cast)
    named(cast, cast.st)
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=["hi_justification"])
    with pytest.raises(Refused, match="restricted answer, which you may not read"):
        determine(case, cast.st)
    assert determine(case, cast.caio).pk


def test_a_determination_older_than_the_filed_answers_says_so(cast: Any) -> None:
    case = presumed(cast)
    determine(case, cast.caio)
    case = lives.answer(case, cast.officer, scr_presumed_categories=["m", "n"], benefits="Other words.")
    with transaction.atomic():
        file_revision(case, actor=cast.officer, why="a correction")
    case = lives.reread(case)
    assert reads.on_earlier_answers(case, reads.newest(case)) == ["scr_presumed_categories"]
    assert reads.on_case(case).is_on_earlier_answers
    determine(case, cast.caio, Determined(HIGH, ("m", "n"), reasoning="More hangs on it."))
    assert not reads.on_case(lives.reread(case)).is_on_earlier_answers


def test_what_was_signed_is_neither_changed_nor_deleted(cast: Any) -> None:
    row = determine(presumed(cast), cast.caio)
    for act in (lambda: Determination.objects.filter(pk=row.pk).update(impact=HIGH), row.delete):
        with pytest.raises(Exception, match="Cannot (update|delete) rows"), transaction.atomic():
            act()


# -- whether it is AI -------------------------------------------------------------------------------


def ai(case: UseCase, actor: Any, answer: str, because: str = "") -> AiDetermination:
    case = lives.reread(case)
    return determinations.determine_ai(
        case, actor=fresh(actor), opened_on=case.filed_number, seen="", answer=answer, because=because
    )


def test_not_ai_is_determined_with_its_reason_and_withdraws_nothing(cast: Any) -> None:
    case = lives.recorded(cast)
    with pytest.raises(Refused, match="why it is not"):
        ai(case, cast.caio, "no")
    row = ai(case, cast.caio, "no", "A fixed table.")
    assert row.suggested["answer"] == "yes" and lives.reread(case).status == "recorded"
    (told,) = recipients.recipients(Event.objects.get(kind="determination.not_ai"))
    assert told == cast.officer


def test_a_deputy_does_not_take_a_high_impact_case_out_by_calling_it_no_ai(cast: Any) -> None:
    with pytest.raises(Refused, match="A deputy decides only"):
        ai(presumed(cast), cast.deputy, "no", "A fixed table.")


def test_triage_is_such_a_determination_only_by_somebody_who_may_determine(cast: Any) -> None:
    words = {"in_scope": True, "is_complete": True, "is_ai": True, "actor": cast.manager}
    reviews.triage(lives.endorsed(cast), **words)
    assert not AiDetermination.objects.exists()
    named(cast, cast.manager)
    case = lives.endorsed(cast)
    reviews.triage(case, **{**words, "actor": fresh(cast.manager)})
    row = AiDetermination.objects.get()
    assert (row.use_case_id, row.is_ai) == (case.pk, True)


# -- with a decision --------------------------------------------------------------------------------


def test_a_decision_rests_on_what_was_determined_on_its_revision(cast: Any) -> None:
    case = lives.ready(cast)
    row = determine(case, cast.caio, NOT_HIGH)
    words = {"actor": cast.caio, "outcome": "approve", "reason": "It is limited."}
    with pytest.raises(Stale, match="determined anew"):
        decisions.decide(case, rests_on="00000000-0000-4000-8000-000000000000", **words)
    decision = decisions.decide(case, rests_on=str(row.uuid), **words)
    assert decision.determination == row and Determination.objects.count() == 1


def test_a_deputy_decides_on_no_determination_beyond_a_deputys_reach(cast: Any) -> None:
    case = lives.ready(cast)
    row = determine(case, cast.caio, Determined(HIGH, (), reasoning="A benefit hangs on it."))
    with pytest.raises(Refused, match="A deputy decides only"):
        decisions.decide(case, actor=cast.deputy, outcome="approve", reason="Fine.", rests_on=str(row.uuid))


def test_a_presumption_is_cleared_with_a_decision_only_by_the_same_rules(cast: Any) -> None:
    case = lives.in_review(cast, **scenes.GIVEN)
    for office, person in (("PRIV", cast.priv), ("ST", cast.st)):
        lanes.decide_lane(lives.lane(case, office), actor=person, verb="sign_off", no_conflict=True)
    case, words = lives.reread(case), {"actor": cast.caio, "outcome": "approve", "reason": "It is limited."}
    with pytest.raises(Refused, match="public summary"):
        decisions.decide(case, determined=Determined(PRESUMED, ("m",), "Because.", "no", "So.", "To you."), **words)
    assert decisions.decide(case, determined=CLEARED, **words).determination.impact == PRESUMED


def test_the_chief_officer_refers_without_signing_again_what_was_determined(cast: Any) -> None:
    case = lives.ready(cast)
    with pytest.raises(Refused, match="Say whether"):
        decisions.refer(case, actor=cast.caio, question="May it go on?")
    determine(case, cast.caio, NOT_HIGH)
    assert decisions.refer(case, actor=cast.caio, question="May it go on?").pk
    assert Determination.objects.count() == 1


def test_a_report_unlike_the_signed_answer_is_a_finding_that_says_what_to_do(cast: Any) -> None:
    standing.catalogue()
    case = presumed(cast, development_stage="deployed")
    found = Finding.objects.filter(use_case=case, check_name__in=["impact_matches_screening", "determination_signed"])
    standing.run(timezone.localdate())
    assert [one.message.split(":")[0] for one in found] == ["As reported, not determined here"]
    determine(case, cast.caio, WORRY)
    standing.run(timezone.localdate())
    (one,) = found.filter(state="open")
    assert one.provision.ref == "M-25-21/definition" and "Report what was signed" in one.message


# -- officials --------------------------------------------------------------------------------------


def test_only_the_chief_officer_names_officials_and_only_who_can_read_the_cases(cast: Any) -> None:
    words = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=9), "reason": "Knows it."}
    for actor in (cast.deputy, cast.manager, cast.administrator):
        with pytest.raises(Refused, match="Only the Chief AI Officer names"):
            officials.name_official(cast.st, actor=actor, **words)
    for person, said in (
        (cast.caio, "your own role"), (cast.auditor, "oversees or runs"), (make.person(), "holds no role"),
        (cast.lead, "cannot read the cases of all components"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            officials.name_official(person, actor=cast.caio, **words)
    with pytest.raises(Refused, match="cannot read cases of FEMA"):
        officials.name_official(cast.lead, components=[make.component("FEMA")], actor=cast.caio, **words)
    named(cast, cast.st)
    with pytest.raises(Refused, match="already"):
        named(cast, cast.st)
    with pytest.raises(Refused, match="before the first"):
        officials.name_official(cast.priv, actor=cast.caio, **{**words, "ends_on": TODAY - timedelta(days=1)})


def test_a_naming_ends_with_the_person(cast: Any) -> None:
    named(cast, cast.st)
    people.deactivate(cast.st, actor=cast.administrator)
    row = DeterminingOfficial.objects.get()
    assert row.state == "ended" and row.ended_by == cast.administrator
    assert Event.objects.filter(kind="official.ended").count() == 1


def test_the_database_holds_no_presumption_cleared_without_papers(cast: Any) -> None:
    row = determine(presumed(cast), cast.caio)
    row.pk, row.uuid, row.documentation = None, uuid4(), ""
    with pytest.raises(IntegrityError, match="determination_cleared_in_writing"), transaction.atomic():
        row.save(force_insert=True)
