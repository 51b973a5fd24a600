"""Workbooks of the call through the portal: stamped, brought back by somebody, held against what counts now."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core import signing

from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import call_workbooks, cycles, need_to_know
from registry.actions.call_workbooks import SALT, effects, take_over
from registry.actions.inventory import accept_correction
from registry.actions.use_cases import save_section, set_handling
from registry.inventory import call_book
from registry.models import CallWorkbook, ProposedCorrection, Revision, StillTrue, UseCase, WorkbookReturn
from registry.models.use_case import Handling
from tests import lives, make, make_cycles
from tests.make_cycles import Edited, returned, taken_out


def row(case: UseCase) -> UseCase:
    return UseCase.objects.get(pk=case.pk)


def test_a_change_and_a_yes_are_taken_over_and_everything_else_stays(cast: Any) -> None:
    case, other, third = (make_cycles.reported(cast.officer) for _ in range(3))
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer))
    edited.put(case, benefits="Parcels are found.", holds="Yes").put(other, problem_solved="They were lost.")
    done = take_over(returned(call, edited.saved(), cast.officer), actor=cast.officer)
    assert row(case).filed_document["answers"]["benefits"] == "Parcels are found."
    assert row(case).document["answers"] == {**case.document["answers"], "benefits": "Parcels are found."}
    said = StillTrue.objects.get(use_case=case)
    assert said.how == "workbook" and said.fields["benefits"] == "changed"
    assert set(said.fields) == set(case.document["answers"]), "every answer that was handed out"
    assert row(other).has_unfiled_changes and not StillTrue.objects.filter(use_case=other).exists()
    assert row(third).revision_number == 1
    assert (done.result["confirmed"], sorted(done.result["changed"])) == (
        [case.use_case_id], sorted([case.use_case_id, other.use_case_id]),
    )  # fmt: skip
    with pytest.raises(Stale):
        take_over(done, actor=cast.officer)


def test_a_yes_beside_a_cell_that_was_not_taken_does_not_count(cast: Any) -> None:
    case, other = make_cycles.reported(cast.officer), make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer)).put(case, development_stage="soon", benefits="Found.", holds="Yes")
    done = take_over(returned(call, edited.put(other, holds="Yes").saved(), cast.officer), actor=cast.officer)
    assert done.result["confirmed"] == [other.use_case_id]
    assert (
        row(case).document["answers"]["benefits"] == "Found." and not StillTrue.objects.filter(use_case=case).exists()
    )


def test_a_stale_workbook_shows_its_conflicts_and_overwrites_nothing(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = taken_out(call, cast.officer)
    save_section(case, "summary", {"benefits": "Newer."}, opened_on=1, actor=cast.lead)
    edited = Edited(content).put(case, benefits="Older.", problem_solved="They were lost.", holds="Yes")
    back = returned(call, edited.saved(), cast.officer)
    (effect,) = effects(back)
    assert (effect.edits, effect.conflicts) == ({"problem_solved": "They were lost."}, {"benefits": "Older."})
    done = take_over(back, actor=cast.officer)
    answers = row(case).document["answers"]
    assert (answers["benefits"], answers["problem_solved"]) == ("Newer.", "They were lost.")
    assert done.result["conflicts"] == {case.use_case_id: ["benefits"]}
    assert done.result["confirmed"] == [], "a Yes beside a conflict does not say which of them holds"


def test_a_conflict_is_decided_by_ticking_it(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = taken_out(call, cast.officer)
    save_section(case, "summary", {"benefits": "Newer."}, opened_on=1, actor=cast.lead)
    back = returned(call, Edited(content).put(case, benefits="Older.", holds="Yes").saved(), cast.officer)
    take_over(back, taken=[f"{case.use_case_id}:benefits"], actor=cast.officer)
    assert row(case).filed_document["answers"]["benefits"] == "Older."


def test_taking_over_that_fails_half_way_leaves_nothing(cast: Any, monkeypatch: Any) -> None:
    cases = [make_cycles.reported(cast.officer) for _ in range(2)]
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer))
    for case in cases:
        edited.put(case, benefits="Parcels are found.", holds="Yes")
    back, done, real = returned(call, edited.saved(), cast.officer), [], call_workbooks.confirm

    def once(*args: Any, **words: Any) -> Any:
        if done:
            raise RuntimeError("the machine stopped")
        done.append(real(*args, **words))
        return done[0]

    monkeypatch.setattr(call_workbooks, "confirm", once)
    with pytest.raises(RuntimeError):
        take_over(back, actor=cast.officer)
    assert [row(case).revision_number for case in cases] == [1, 1] and not StillTrue.objects.exists()
    assert WorkbookReturn.objects.get().state == "read", "it can be taken over again"


def test_the_same_answer_given_meanwhile_is_no_conflict(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = taken_out(call, cast.officer)
    save_section(case, "summary", {"benefits": "Newer."}, opened_on=1, actor=cast.lead)
    (effect,) = effects(returned(call, Edited(content).put(case, benefits="Newer.").saved(), cast.officer))
    assert not effect.edits and not effect.conflicts


def test_bringing_the_same_workbook_twice_changes_nothing_the_second_time(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = Edited(taken_out(call, cast.officer)).put(case, benefits="Once.").saved()
    take_over(returned(call, content, cast.officer), actor=cast.officer)
    again = take_over(returned(call, content, cast.officer), actor=cast.officer)
    assert again.result["changed"] == {} and row(case).revision_number == 2


def test_the_manager_enters_for_the_lead_and_both_stand_on_record(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.manager)).put(case, benefits="Parcels are found.", holds="Yes")
    back = returned(call, edited.saved(), cast.manager, on_behalf_of=cast.lead)
    take_over(back, actor=cast.manager)
    said = StillTrue.objects.get(use_case=case)
    assert (said.confirmed_by, said.on_behalf_of) == (cast.manager, cast.lead)
    written = Revision.objects.get(use_case=case, number=2)
    assert written.written_by == cast.manager and written.why.endswith("back.xlsx, on behalf of Lena Lead")
    assert Event.objects.get(kind="call_workbook.taken").acting_for == "Lena Lead"


def test_who_does_not_answer_for_a_case_changes_nothing_by_a_workbook(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = Edited(taken_out(call, cast.officer)).put(case, benefits="Mine.", holds="Yes").saved()
    for person, words in ((cast.colleague, {}), (cast.manager, {"on_behalf_of": cast.colleague})):
        done = take_over(returned(call, content, person, **words), actor=person)
        assert "answer" in done.result["refused"][case.use_case_id][0]
    with pytest.raises(Refused, match="does not work in CBP"):
        returned(call, content, cast.manager, on_behalf_of=cast.other_officer)
    with pytest.raises(Refused, match="Only people of CBP"):
        returned(call, content, cast.other_lead)
    assert row(case).revision_number == 1


def test_an_edit_to_a_case_in_review_waits_as_a_proposed_correction(cast: Any, sign_in: Any) -> None:
    case = lives.in_review(cast)
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer))
    assert "waits as a proposal" in edited.cell(case, call_book.NOTE).value
    back = returned(call, edited.put(case, benefits="Other.", holds="Yes").saved(), cast.officer)
    page = sign_in(cast.officer).get(back.get_absolute_url()).content.decode()
    assert "become" in page and "waits as a proposed correction" in page
    result = take_over(back, actor=cast.officer).result
    assert result["proposed"] == {case.use_case_id: ["benefits"]} and result["confirmed"] == [case.use_case_id]
    assert row(case).document == case.document, "the office signs what it read"
    correction = ProposedCorrection.objects.get()
    assert back.file_name.encode() in sign_in(cast.officer).get("/inventory/corrections/").content
    with pytest.raises(Refused, match="until the review ends"):
        accept_correction(correction, actor=cast.officer)
    UseCase.objects.filter(pk=case.pk).update(status="returned")
    accept_correction(correction, actor=cast.officer)
    after = row(case)
    assert after.filed_document["answers"]["benefits"] == "Other." and after.edition == case.edition
    assert after.filed_document["answers"]["problem_solved"] == case.document["answers"]["problem_solved"]


def test_an_answer_that_is_not_asked_at_the_stage_is_said_and_not_kept(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer)).put(case, hi_testing_conducted="a) Yes")
    (effect,) = effects(returned(call, edited.saved(), cast.officer))
    assert effect.unasked == ["hi_testing_conducted"] and not effect.edits


# -- the stamp --------------------------------------------------------------------------------------


def _with_stamp(content: bytes, stamp: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[call_book.STAMP_SHEET].cell(1, 1).value = stamp and call_book.STAMP + stamp
    out = io.BytesIO()
    del book.custom_doc_props["Portal stamp"]
    book.save(out)
    return out.getvalue()


def test_a_foreign_altered_or_missing_stamp_is_refused_with_what_to_do(cast: Any) -> None:
    make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = taken_out(call, cast.officer)
    made = make_cycles.newest_workbook()
    own = signing.dumps({"workbook": str(made.uuid), "year": 2026}, salt=SALT)
    foreign = signing.dumps({"workbook": str(made.uuid), "year": 2026}, salt=SALT, key="another portal")
    unknown = signing.dumps({"workbook": "7c0f9a52-0000-4000-8000-000000000000", "year": 2026}, salt=SALT)
    for stamp, said in (
        ("", "no stamp"), (own[:-2] + "xx", "altered"), (foreign, "altered"), (unknown, "does not know"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said) as refused:
            returned(call, _with_stamp(content, stamp), cast.officer)
        assert "Take the workbook out again" in str(refused.value)
    assert returned(call, _with_stamp(content, own), cast.officer).pk
    assert WorkbookReturn.objects.count() == 1, "what was refused is not kept"


def test_a_workbook_of_another_call_is_sent_there(cast: Any) -> None:
    make_cycles.reported(cast.officer)
    content = taken_out(make_cycles.call(cast), cast.officer)
    make.use_case(component_code="FEMA", filed_on=make_cycles.BEFORE, status="recorded")
    other = cycles.call_component(make_cycles.cycle(cast), make.component("FEMA"), actor=cast.manager)
    with pytest.raises(Refused, match="Bring it back there"):
        returned(other, content, cast.other_officer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Use Case ID,Name\nDHS-1,x\n", "not what it says|something else|content is"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Office file"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"", "content is"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(cast: Any, content: bytes, said: str) -> None:
    call = make_cycles.call(cast)
    with pytest.raises(Refused, match=said) as refused:
        returned(call, content, cast.officer)
    assert "Take the workbook out again" in str(refused.value)


def test_a_classified_marking_in_a_workbook_is_refused(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = Edited(taken_out(call, cast.officer)).put(case, benefits="SECRET//NOFORN").saved()
    with pytest.raises(Refused, match="classification marking"):
        returned(call, content, cast.officer)


def test_a_closed_call_takes_no_workbook_and_lets_none_count(cast: Any) -> None:
    case = make_cycles.reported(cast.officer)
    call = make_cycles.call(cast)
    content = Edited(taken_out(call, cast.officer)).put(case, benefits="Late.").saved()
    back = returned(call, content, cast.officer)
    cycles.close_call(call, actor=cast.manager)
    with pytest.raises(Refused, match="closed"):
        take_over(back, actor=cast.officer)
    with pytest.raises(Refused, match="closed"):
        returned(call, content, cast.officer)


# -- need to know -----------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for line in sheet for cell in line if cell.value)


def test_restricted_cases_and_answers_go_out_only_to_who_may_know(cast: Any) -> None:
    partly = make_cycles.reported(cast.officer, benefits="quollbane benefit")
    hidden = make_cycles.reported(cast.officer, use_case_name="quollbane name")
    need_to_know.restrict(partly, ["benefits"], reason="A method.", actor=cast.officer)
    set_handling(hidden, Handling.RESTRICTED, actor=cast.officer)
    call = make_cycles.call(cast)
    text = _text(taken_out(call, cast.colleague))
    assert "quollbane" not in text and "Restricted: ask Olive Officer" in text
    assert hidden.use_case_id not in CallWorkbook.objects.latest("made_at").cases
    assert not Event.objects.filter(kind__in=["use_case.answers_viewed", "restricted.taken"]).exists()
    text = _text(taken_out(call, cast.lead))
    assert "quollbane benefit" in text and "quollbane name" in text
    assert "Restricted: need to know" in text and "Holds restricted answers" in text
    assert Event.objects.get(kind="use_case.answers_viewed").data["fields"] == ["benefits"]
    assert Event.objects.get(kind="restricted.taken").data["use_cases"] == [hidden.use_case_id]


def test_a_workbook_made_for_somebody_holds_only_what_they_may_know(cast: Any) -> None:
    case = make_cycles.reported(cast.officer, benefits="quollbane benefit")
    UseCase.objects.filter(pk=case.pk).update(backup_owner=cast.colleague)
    other = make_cycles.reported(cast.lead)
    call = make_cycles.call(cast)
    made = call_workbooks.make_workbook(call, owner=cast.colleague, actor=cast.manager)
    assert made.cases == 1 and other.use_case_id not in _text(made.content)
    with pytest.raises(Refused, match="no case"):
        call_workbooks.make_workbook(call, owner=make.member("program_officer", component_code="CBP"), actor=cast.lead)


def test_a_restricted_answer_that_was_not_handed_out_cannot_be_overwritten(cast: Any) -> None:
    case = make_cycles.reported(benefits="quollbane benefit")
    need_to_know.restrict(case, ["benefits"], reason="A method.", actor=cast.lead)
    call = make_cycles.call(cast)
    edited = Edited(taken_out(call, cast.officer)).put(case, benefits="Guessed.", problem_solved="Lost.", holds="Yes")
    back = returned(call, edited.saved(), cast.officer)
    assert [one["code"] for one in back.plan["problems"]] == ["restricted"]
    take_over(back, actor=cast.officer)
    answers = row(case).document["answers"]
    assert (answers["benefits"], answers["problem_solved"]) == ("quollbane benefit", "Lost.")
    assert not StillTrue.objects.exists(), "they wanted to change what they may not read"
    edited = Edited(taken_out(call, cast.officer)).put(case, holds="Yes")
    take_over(returned(call, edited.saved(), cast.officer), actor=cast.officer)
    assert "benefits" not in StillTrue.objects.get(use_case=case).fields
