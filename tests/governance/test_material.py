"""Material changes of approved cases: what counts as one, who is told, when it is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from audit.models import Event
from governance import material, routing
from governance.actions.material import look, look_at_all
from governance.actions.notices import dispatch
from governance.models import MaterialChange
from governance.reads import material as reads
from governance.reads.next_step import next_step
from registry import questionnaire
from registry.actions import need_to_know
from registry.actions.use_cases import file_revision
from registry.models import UseCase
from registry.yaml_source import SourceError
from tests import lives

EDITION = material.editions()[-1]
PLAIN = {
    "development_stage": "pre_deployment", "is_high_impact": "not_high_impact", "classification": "nlp",
    "vendor_name": "Larkfield Invented", "scr_pii": "no", "scr_rights_safety": "no", "scr_biometrics": "none",
    "system_outputs": "A suggested bin for each parcel.", "proh_sole_basis": "no",
}  # fmt: skip


def found(before: dict[str, Any], **after: Any) -> list[str]:
    old, new = ({k: v for k, v in one.items() if v is not None} for one in (PLAIN | before, PLAIN | before | after))
    return [one.rule for one in material.changes(EDITION, {"answers": old}, {"answers": new})]


# -- the list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ({}, {}, []),
        ({}, {"system_outputs": "a suggested  bin, for each parcel"}, []),
        ({}, {"system_outputs": "A decision on each parcel."}, ["outputs"]),
        ({}, {"vendor_name": None}, []),
        ({"vendor_name": None}, {"vendor_name": "Another Invented"}, []),
        ({}, {"vendor_name": "Another Invented"}, ["another-vendor"]),
        ({}, {"development_stage": "pilot"}, ["stage-pilot"]),
        ({}, {"development_stage": "deployed"}, ["stage-deployed"]),
        ({"development_stage": "pilot"}, {"development_stage": "deployed"}, ["stage-deployed"]),
        ({"development_stage": "deployed"}, {"development_stage": "pilot"}, []),
        ({"development_stage": "deployed"}, {"development_stage": "retired"}, []),
        ({}, {"is_high_impact": "high_impact"}, ["impact-higher"]),
        ({"is_high_impact": "high_impact"}, {"is_high_impact": "presumed_not_high_impact"}, ["impact-lower"]),
        ({}, {"scr_pii": "unknown"}, ["personal-information"]),
        ({}, {"classification": "agentic_ai"}, ["generative"]),
        ({}, {"classification": "computer_vision"}, ["another-kind"]),
        ({}, {"proh_sole_basis": "yes"}, ["prohibited"]),
        ({"scr_biometrics": "face"}, {"scr_biometrics": "none"}, []),
        ({}, {"development_stage": "pilot", "scr_biometrics": "face"}, ["stage-pilot", "biometrics"]),
    ],
)  # fmt: skip
def test_what_is_material_and_what_is_not(before: dict[str, Any], after: dict[str, Any], rules: list[str]) -> None:
    assert found(before, **after) == rules


def test_an_office_the_routes_call_for_now_has_to_look() -> None:
    routes = routing.editions()[-1]
    before, after = ({"answers": {**PLAIN, "scr_ato": ato}} for ato in ("held", "none"))
    new = material.new_offices(routes, before, after, "FEMA")
    assert [one.rule for one in new] == ["office-CISO"]
    assert material.new_offices(routes, before, before, "FEMA") == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("- {id: a, because: b}", "either `becomes` or `differs`"),
        ("- {id: a, because: b, differs: [nonsense]}", "no question has the field nonsense"),
        ("- {id: a, because: b, becomes: {is: [nonsense, yes]}}", "nonsense"),
        ("- {id: a, because: b, differs: [vendor_name]}\n- {id: a, because: b, differs: [vendor_name]}", "twice"),
    ],
)
def test_a_wrong_list_is_refused_with_its_reason(tmp_path: Path, change: str, says: str) -> None:
    path = tmp_path / "material-changes.yaml"
    head = "rules: material_changes\nedition: 2026-11-01\nsource: Invented\nreview_within_days: 30\nchanges:\n"
    path.write_text(head + "".join(f"  {line}\n" for line in change.splitlines()))
    with pytest.raises(SourceError, match=says):
        material.load(path, questionnaire.fields())


# -- an approved case -------------------------------------------------------------------------------


def changed(case: UseCase, cast: Any, **answers: Any) -> UseCase:
    """New answers that count."""
    lives.answer(lives.reread(case), cast.officer, **answers)
    file_revision(lives.reread(case), actor=cast.officer, why="invented")
    return lives.reread(case)


def test_a_material_change_is_noted_once_told_and_shown_with_its_day(cast: Any, sign_in: Any) -> None:
    case = lives.decided(cast)
    assert look_at_all() == 0
    case = changed(case, cast, system_outputs="A decision on each parcel.")
    assert look_at_all() == 1 and look_at_all() == 0
    row = MaterialChange.objects.get(use_case=case)
    assert [one["rule"] for one in row.changes] == ["outputs"] and row.closed_at is None
    assert case.status == "approved", "a fact is stored, the status is not touched"
    event = Event.objects.get(kind="use_case.changed_materially")
    assert (event.subject_id, event.reason) == (case.use_case_id, "")
    assert "sent for review again" in next_step(case).then
    while dispatch():
        pass
    assert any(one.to == [cast.officer.email] and "changed materially" in one.subject for one in mail.outbox)
    client = sign_in(cast.officer)
    page = client.get(case.get_absolute_url()).content.decode()
    assert (
        "It gives other outputs." in page
        and "Changed since its approval: send it again" in client.get("/").content.decode()
    )
    assert case.use_case_id in client.get("/use-cases/", {"approval": "open"}).content.decode()


def test_more_changes_are_told_again_and_the_day_stays(cast: Any) -> None:
    case = changed(lives.decided(cast), cast, system_outputs="A decision on each parcel.")
    look(case.pk)
    day = MaterialChange.objects.get().due_on
    changed(case, cast, system_outputs="Another decision on each parcel.")
    look(case.pk)
    assert Event.objects.filter(kind="use_case.changed_materially").count() == 1, "the same change, other words"
    changed(case, cast, problem_solved="Somebody else sorts invented letters.")
    look(case.pk)
    assert Event.objects.filter(kind="use_case.changed_materially").count() == 2
    assert MaterialChange.objects.get().due_on == day


def test_it_is_over_when_the_answers_are_as_approved_or_it_is_sent_again(cast: Any) -> None:
    case = lives.decided(cast)
    was = case.document["answers"]["system_outputs"]
    case = changed(case, cast, system_outputs="A decision on each parcel.")
    look_at_all()
    changed(case, cast, system_outputs=was)
    look_at_all()
    assert MaterialChange.objects.get().closed_how == "undone"
    case = changed(case, cast, system_outputs="A decision on each parcel.")
    look_at_all()
    lives.send(lives.reread(case), cast)
    look_at_all()
    assert [row.closed_how for row in MaterialChange.objects.order_by("pk")] == ["undone", "sent"]
    assert reads.on_case(lives.reread(case)) is None


def test_what_changed_in_a_restricted_answer_is_kept_back(cast: Any, sign_in: Any) -> None:
    case = changed(lives.decided(cast), cast, system_outputs="A decision on each parcel.")
    look_at_all()
    need_to_know.restrict(lives.reread(case), {"system_outputs"}, reason="Invented.", actor=cast.officer)
    page = sign_in(cast.colleague).get(case.get_absolute_url()).content.decode()
    assert "A restricted answer changed." in page and "It gives other outputs" not in page
    assert "It gives other outputs." in sign_in(cast.officer).get(case.get_absolute_url()).content.decode()
