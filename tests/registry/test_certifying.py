"""Certifying a part: what was seen, what is open, a second signature, and never silently out of date."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import delegations
from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import certifying, handovers
from registry.actions.inventory.files import all_layouts
from registry.actions.use_cases import save_section
from registry.models import Certification, UseCase
from registry.models.use_case import Handling
from registry.reads.certifying import changed_since, to_certify
from registry.reads.cycles import overview, whole_part
from tests import make, make_cycles
from tests.registry.importing import bring, file_of
from tests.registry.importing import row as file_row


def standing(cast: Any) -> str:
    return overview(cast.manager, make_cycles.cycle(cast)).parts[0].standing


def gaps(cast: Any) -> dict[str, int]:
    part = make_cycles.call(cast)
    return {gap.code: gap.count for gap in to_certify(part, all_layouts()[part.cycle.layout]).gaps}


def test_every_gap_is_counted(cast: Any) -> None:
    owned = make_cycles.reported(cast.officer)
    make_cycles.reported(development_stage="deployed", have_ato="no", has_pii="yes")
    make_cycles.cycle(cast)
    handovers.offer([owned], cast.colleague, note="Please.", actor=cast.officer)
    UseCase.objects.filter(pk=owned.pk).update(revision_number=2)
    make.use_case(owner=cast.officer, use_case_id="DHS-1")
    bring(file_of(file_row(1)), cast.manager)
    found = gaps(cast)
    assert {name: found[name] for name in ("unanswered", "unfiled", "unowned", "handovers", "corrections")} == {
        "unanswered": 2, "unfiled": 1, "unowned": 1, "handovers": 1, "corrections": 1,
    }  # fmt: skip
    assert found["issue:no_ato"] == found["issue:pii_without_pia"] == 1


def test_a_clean_part_is_certified_by_one_signature(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    make_cycles.go_through(case, cast.officer)
    assert gaps(cast) == {}
    row = make_cycles.certified(cast, why="")
    assert (row.status, row.revisions, row.gaps, row.because) == ("certified", {case.use_case_id: 1}, [], "")
    assert standing(cast) == "certified"
    assert Event.objects.get(kind="certification.signed").data["use_cases"] == 1


def test_with_gaps_it_says_why_and_keeps_them(cast: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    with pytest.raises(Refused, match="Say why"):
        make_cycles.certified(cast, why="  ")
    row = make_cycles.certified(cast, why="The owner is on leave.")
    assert row.gaps == [{"code": "unanswered", "label": "Use cases nobody went through", "count": 1}]
    assert row.why == "The owner is on leave."


def test_only_what_was_seen_is_signed(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    seen = to_certify(call, all_layouts()[call.cycle.layout]).seen
    make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    with pytest.raises(Stale, match="nothing was signed"):
        certifying.certify(call, seen=seen, statement="I do.", why="x", actor=cast.lead)


def test_who_stands_in_for_the_lead_certifies_in_their_name_until_it_ends(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    make_cycles.go_through(case, cast.officer)
    today = timezone.localdate()
    row = delegations.delegate(
        cast.colleague, role="component_lead", component=make.component("CBP"), acts=["certify"], starts_on=today,
        ends_on=today, reason="On leave.", actor=cast.lead,
    )  # fmt: skip
    seen = to_certify(call, all_layouts()[call.cycle.layout]).seen
    signed = certifying.certify(call, seen=seen, statement="I do.", actor=cast.colleague)
    whom = f"{cast.lead} (CBP lead)"
    assert (signed.signed_by, signed.signed_for) == (cast.colleague, whom)
    assert Event.objects.get(kind="certification.signed").acting_for == whom
    assert signed.signer == f"{cast.colleague} for {whom}"
    delegations.end_delegation(row, reason="Back.", actor=cast.lead)
    with pytest.raises(Refused, match="That has ended"):
        certifying.certify(call, seen=seen, statement="I do.", actor=cast.colleague)


@pytest.mark.parametrize("who", ["officer", "other_lead", "manager", "caio", "auditor"])
def test_only_the_lead_certifies(cast: Any, who: str) -> None:
    make_cycles.reported(cast.officer)
    with pytest.raises(Refused, match="Only the CBP lead"):
        make_cycles.certified(cast, actor=getattr(cast, who))


def test_a_part_of_one_person_waits_for_the_countersignature(cast: Any) -> None:
    make_cycles.reported(cast.lead)
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast)
    assert row.status == "signed" and "owns every use case" in row.because
    assert standing(cast) == "signed"
    with pytest.raises(Refused, match="Only the inventory manager"):
        certifying.countersign(row, actor=cast.lead)
    certifying.countersign(row, actor=cast.manager)
    assert standing(cast) == "certified"
    assert Certification.objects.get().countersigned_by == cast.manager


def test_who_went_through_most_of_it_is_countersigned_too(cast: Any) -> None:
    cases = [make_cycles.reported(cast.officer) for _ in range(3)]
    make_cycles.cycle(cast)
    make_cycles.go_through(cases[0], cast.lead)
    assert make_cycles.certified(cast).because == ""
    make_cycles.go_through(cases[1], cast.lead)
    assert "most of the use cases" in make_cycles.certified(cast).because


def test_nobody_countersigns_what_changed_since_or_what_they_signed(cast: Any) -> None:
    case = make_cycles.reported(cast.lead)
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast)
    make_cycles.filed_since(case, cast.lead, benefits="Newer.")
    with pytest.raises(Stale, match="certified again"):
        certifying.countersign(row, actor=cast.manager)
    Certification.objects.filter(pk=row.pk).update(signed_by=cast.manager)
    with pytest.raises(Refused, match="signed this yourself"):
        certifying.countersign(row, actor=cast.manager)


def test_a_component_without_a_use_case_certifies_that(cast: Any) -> None:
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast, why="")
    assert (row.status, row.revisions) == ("certified", {}) and standing(cast) == "certified"


@pytest.mark.parametrize("how", ["filed", "added", "withdrawn", "restricted and filed"])
def test_a_later_change_shows_the_certification_as_out_of_date(cast: Any, how: str) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast)
    if how == "added":
        case = make_cycles.reported(cast.officer)
    elif how == "withdrawn":
        UseCase.objects.filter(pk=case.pk).update(status="withdrawn")
    else:
        UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED if "restr" in how else Handling.INTERNAL)
        make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    assert standing(cast) == "outdated"
    assert overview(cast.leader, make_cycles.cycle(cast)).parts[0].standing == "outdated", "whoever looks"
    assert [name for name, _ in changed_since(row)] == [case.use_case_id]
    assert certifying.tell_outdated() == 1 and certifying.tell_outdated() == 0
    assert Event.objects.get(kind="certification.outdated").subject_id == str(row.uuid)


def test_a_draft_answer_that_is_not_filed_does_not_touch_it(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast)
    save_section(case, "summary", {"benefits": "Not yet."}, opened_on=1, actor=cast.officer)
    assert standing(cast) == "certified" and changed_since(row) == [] and certifying.tell_outdated() == 0
    assert gaps(cast)["unfiled"] == 1, "and it is shown as what it is"


def test_certifying_again_takes_the_older_one_s_place(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    make_cycles.certified(cast)
    make_cycles.filed_since(case, cast.officer, benefits="Newer.")
    make_cycles.certified(cast)
    assert list(Certification.objects.values_list("status", flat=True)) == ["certified", "replaced"]
    assert standing(cast) == "certified"


def test_withdrawing_needs_a_reason_and_is_kept(cast: Any) -> None:
    make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    row = make_cycles.certified(cast)
    with pytest.raises(Refused, match="Say why"):
        certifying.withdraw(row, reason=" ", actor=cast.lead)
    with pytest.raises(Refused, match="Only the CBP lead"):
        certifying.withdraw(row, reason="x", actor=cast.officer)
    certifying.withdraw(row, reason="A case was forgotten.", actor=cast.lead)
    found = Certification.objects.get()
    assert (found.status, found.withdrawn_because) == ("withdrawn", "A case was forgotten.")
    assert standing(cast) == "missing"


def test_the_counted_checksum_moves_with_every_filing(cast: Any) -> None:
    cases = [make_cycles.reported(cast.officer) for _ in range(3)]
    call = make_cycles.call(cast)
    seen = {whole_part(call).checksum}
    for number, case in enumerate([*cases, cases[0]]):
        make_cycles.filed_since(case, cast.officer, benefits=f"Version {number}.")
        seen.add(whole_part(call).checksum)
    assert len(seen) == 5
