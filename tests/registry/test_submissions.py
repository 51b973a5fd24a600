"""Freezing and amending: the bytes as they left, what was missing, corrections, and what the public reads of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import certifying, cycles, need_to_know, submissions
from registry.actions.inventory.files import all_layouts
from registry.inventory.read import read
from registry.inventory.schema import layouts
from registry.models import Amendment, Submission, UseCase
from registry.models.use_case import Handling
from registry.reads.submissions import public_lines
from tests import make_cycles
from tests.registry.make_inventory import FOLDER

NEWER = {"benefits": "Parcels wait two hours less."}


def certified_inventory(cast: Any) -> list[UseCase]:
    """Two cases gone through and certified."""
    cases = [make_cycles.reported(cast.officer, use_case_name=f"Invented case {n}") for n in range(2)]
    make_cycles.cycle(cast)
    for case in cases:
        make_cycles.go_through(case, cast.officer)
    make_cycles.certified(cast, why="")
    return cases


def lines(row: Submission) -> list[Any]:
    return public_lines(row, all_layouts()[row.layout])


def test_what_is_frozen_is_the_file_its_revisions_and_the_catalogue(cast: Any) -> None:
    cases = certified_inventory(cast)
    row = make_cycles.frozen(cast, why="")
    content = bytes(row.content)
    assert row.sha256 == hashlib.sha256(content).hexdigest() and row.rows == 2
    assert row.revisions == {case.use_case_id: 1 for case in cases} and row.missing == []
    assert row.catalogue["layout"] == "omb-2025" and row.catalogue["questionnaire"].startswith("use-case-")
    back = read(content, name="frozen.csv", layouts=layouts(FOLDER))
    assert {one.use_case_id for one in back.rows} == set(row.revisions)
    event = Event.objects.get(kind="cycle.frozen")
    assert event.data["sha256"] == row.sha256 and event.data["missing"] == []


def test_a_missing_or_outdated_certification_asks_for_a_reason_that_is_kept(cast: Any) -> None:
    cases = certified_inventory(cast)
    make_cycles.filed_since(cases[0], cast.officer, **NEWER)
    cycle = make_cycles.cycle(cast)
    assert [(one["component"], one["standing"]) for one in submissions.missing(cycle)] == [("CBP", "outdated")]
    with pytest.raises(Refused, match="Say why"):
        make_cycles.frozen(cast, why=" ")
    row = make_cycles.frozen(cast, why="The day has come.")
    assert row.why == "The day has come." and row.missing[0]["standing"] == "outdated"


@pytest.mark.parametrize("who", ["lead", "officer", "auditor", "leader"])
def test_only_the_manager_and_the_caio_freeze(cast: Any, who: str) -> None:
    certified_inventory(cast)
    with pytest.raises(Refused, match="freeze and amend"):
        submissions.freeze(make_cycles.cycle(cast), why="x", actor=getattr(cast, who))


def test_a_case_retired_the_year_before_is_not_reported_again(cast: Any) -> None:
    ended = make_cycles.reported(cast.officer, development_stage="retired")
    owed = make_cycles.reported(cast.officer)
    make_cycles.cycle(cast)
    make_cycles.filed_since(owed, cast.officer, development_stage="retired")
    row = make_cycles.frozen(cast)
    assert set(row.revisions) == {owed.use_case_id}
    assert ended.use_case_id not in bytes(row.content).decode()
    assert {one["kind"] for one in row.changes} == {"retired", "done"}


def test_what_was_frozen_cannot_be_changed_or_removed(cast: Any) -> None:
    certified_inventory(cast)
    row = make_cycles.frozen(cast)
    for act in (
        lambda: Submission.objects.filter(pk=row.pk).update(content=b"other"),
        lambda: Submission.objects.filter(pk=row.pk).update(revisions={}),
        row.delete,
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            act()
    assert bytes(Submission.objects.get().content) == bytes(row.content)


def test_a_frozen_inventory_is_certified_no_more_and_frozen_once(cast: Any) -> None:
    certified_inventory(cast)
    make_cycles.frozen(cast)
    with pytest.raises(Refused, match="amendment"):
        make_cycles.certified(cast)
    with pytest.raises(Refused, match="amendment"):
        certifying.withdraw(make_cycles.call(cast).certifications.get(), reason="x", actor=cast.lead)
    with pytest.raises(Stale):
        make_cycles.frozen(cast)


def test_opening_again_and_freezing_makes_a_further_submission(cast: Any) -> None:
    cases = certified_inventory(cast)
    first = make_cycles.frozen(cast)
    cycles.reopen_cycle(make_cycles.cycle(cast), reason="A component was forgotten.", actor=cast.manager)
    make_cycles.filed_since(cases[0], cast.officer, **NEWER)
    second = make_cycles.frozen(cast)
    assert (first.number, second.number) == (1, 2) and second.revisions[cases[0].use_case_id] == 2
    with pytest.raises(Refused, match="newest submission"):
        submissions.amend(first, [cases[0].use_case_id], reason="x", actor=cast.manager)


# -- amendments -------------------------------------------------------------------------------------


def test_what_was_filed_added_or_taken_out_since_waits_and_is_entered(cast: Any) -> None:
    first, second = certified_inventory(cast)
    row = make_cycles.frozen(cast)
    assert submissions.pending(row) == []
    make_cycles.filed_since(first, cast.officer, **NEWER)
    UseCase.objects.filter(pk=second.pk).update(status="withdrawn")
    added = make_cycles.reported(cast.officer)
    found = {one.use_case.use_case_id: (one.kind, one.from_number, one.to_number) for one in submissions.pending(row)}
    assert found == {
        first.use_case_id: ("changed", 1, 2), second.use_case_id: ("removed", 1, None),
        added.use_case_id: ("added", None, 1),
    }  # fmt: skip
    submissions.amend(row, list(found), reason="Found after the fact.", actor=cast.manager)
    assert submissions.pending(row) == [], "they stand in the log"
    assert Amendment.objects.get(use_case=first).fields == ["benefits"]
    make_cycles.filed_since(first, cast.officer, benefits="And again.")
    (again,) = submissions.pending(row)
    assert (again.from_number, again.to_number) == (2, 3), "held against the last amendment"
    assert Event.objects.filter(kind="use_case.amended").count() == 3


def test_an_amendment_needs_a_reason_and_what_was_ticked(cast: Any) -> None:
    first, second = certified_inventory(cast)
    row = make_cycles.frozen(cast)
    make_cycles.filed_since(first, cast.officer, **NEWER)
    with pytest.raises(Refused, match="Say why"):
        submissions.amend(row, [first.use_case_id], reason="", actor=cast.manager)
    with pytest.raises(Stale):
        submissions.amend(row, [first.use_case_id, second.use_case_id], reason="x", actor=cast.manager)
    with pytest.raises(Refused, match="freeze and amend"):
        submissions.amend(row, [first.use_case_id], reason="x", actor=cast.lead)
    assert not Amendment.objects.exists()


def test_a_file_that_says_the_same_is_no_amendment(cast: Any) -> None:
    first, _ = certified_inventory(cast)
    row = make_cycles.frozen(cast)
    make_cycles.filed_since(first, cast.officer)
    assert submissions.pending(row) == []


# -- the public log ---------------------------------------------------------------------------------


def amended(cast: Any, **answers: Any) -> tuple[UseCase, Submission]:
    """A corrected case in the log of a frozen inventory."""
    first, _ = certified_inventory(cast)
    row = make_cycles.frozen(cast)
    make_cycles.filed_since(first, cast.officer, **answers)
    submissions.amend(row, [first.use_case_id], reason="A figure was wrong.", actor=cast.manager)
    return first, row


def test_the_public_reads_what_was_corrected_and_why(cast: Any, client: Any) -> None:
    case, row = amended(cast, use_case_name="Invented case, renamed", **NEWER)
    address = "/public/inventory/2026/revisions/"
    assert client.get(address).status_code == 404, "nothing was published yet"
    submissions.publish(row, timezone.localdate() + timedelta(days=1), actor=cast.manager)
    assert client.get(address).status_code == 404, "not before its day"
    submissions.publish(row, timezone.localdate(), actor=cast.manager)
    page = client.get(address).content.decode()
    assert case.use_case_id in page and "Invented case, renamed" in page and "A figure was wrong." in page
    assert NEWER["benefits"] not in page and "Olive" not in page and "Ines" not in page, "no answers, no persons"
    (line,) = lines(row)
    assert len(line.questions) == 2
    submissions.publish(row, None, actor=cast.manager)
    assert client.get(address).status_code == 404, "it can be taken back"


@pytest.mark.parametrize("how", ["restricted", "withheld now", "withheld then", "withheld since"])
def test_the_public_reads_nothing_of_a_withheld_or_restricted_case(cast: Any, how: str) -> None:
    given = {"withheld now": {"is_withheld": "prohibited_by_law"}}.get(how, NEWER)
    case, row = amended(cast, **given)
    if how == "restricted":
        UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED)
    elif how == "withheld since":
        make_cycles.filed_since(case, cast.officer, is_withheld="other")
    elif how == "withheld then":
        make_cycles.filed_since(case, cast.officer, is_withheld="other")
        submissions.amend(row, [case.use_case_id], reason="Now withheld.", actor=cast.manager)
        make_cycles.filed_since(case, cast.officer, is_withheld="no")
        submissions.amend(row, [case.use_case_id], reason="Open again.", actor=cast.manager)
        assert [line.reason for line in lines(row)] == ["A figure was wrong."]
        return
    assert lines(row) == []


def test_the_public_reads_nothing_of_a_withheld_or_restricted_answer(cast: Any) -> None:
    first, second = certified_inventory(cast)
    row = make_cycles.frozen(cast)
    make_cycles.filed_since(first, cast.officer, **NEWER)
    held = [{"field": "benefits", "ground": "other", "reason": "A method."}]
    make_cycles.filed_since(second, cast.officer, withheld_fields=held, problem_solved="Other.", **NEWER)
    submissions.amend(row, [first.use_case_id, second.use_case_id], reason="Corrected.", actor=cast.manager)
    need_to_know.restrict(first, ["benefits"], reason="A method.", actor=cast.officer)
    (line,) = lines(row)
    assert line.use_case_id == second.use_case_id and len(line.questions) == 1
    assert "benefits" not in line.questions[0]


def test_a_download_notes_what_is_restricted_in_it(cast: Any) -> None:
    case, other = certified_inventory(cast)
    UseCase.objects.filter(pk=case.pk).update(handling=Handling.RESTRICTED)
    UseCase.objects.filter(pk=other.pk).update(restricted_fields=["benefits"])
    row = make_cycles.frozen(cast)
    submissions.note_download(row, actor=cast.auditor)
    mine = Event.objects.filter(actor=cast.auditor)
    assert mine.get(kind="submission.downloaded").data["restricted"] == 1
    assert mine.get(kind="use_case.viewed").subject_id == case.use_case_id
    assert mine.get(kind="use_case.answers_viewed").data["fields"] == ["benefits"]


def test_the_next_year_is_held_against_what_was_frozen(cast: Any) -> None:
    first, second = certified_inventory(cast)
    make_cycles.frozen(cast)
    make_cycles.filed_since(first, cast.officer, use_case_name="Another name")
    UseCase.objects.filter(pk=second.pk).update(status="withdrawn")
    cycle = cycles.open_cycle(first.agency, 2027, actor=cast.manager, **make_cycles.days())
    counts = {kind: number for kind, number in cycle.change_counts.items() if number}
    assert counts == {"vanished": 1, "renamed": 1}
