"""Quality rules: each says what it should, and nothing when the facts are in order."""

from datetime import date
from typing import Any

import pytest

from registry.inventory.inspection import inspect
from registry.inventory.read import read
from registry.inventory.schema import layouts
from registry.quality import RULES, Concern, Context, concerns, name_key
from tests.registry.make_inventory import (
    DHS,
    FOLDER,
    case,
    csv_file,
    defective_workbook,
    grid,
)

LAYOUTS = layouts(FOLDER)
TODAY = date(2026, 1, 28)
DEPLOYED = {"development_stage": "deployed", "is_high_impact": "not_high_impact"}


def document(withheld: dict[str, str] | None = None, **answers: Any) -> dict[str, dict[str, Any]]:
    return {"answers": DEPLOYED | answers, "withheld": withheld or {}, "flagged": {}}


def said(made: dict[str, dict[str, Any]], **more: Any) -> list[Concern]:
    return list(concerns(made, Context(as_of=TODAY, **more)))


def codes(made: dict[str, dict[str, Any]], **more: Any) -> list[str]:
    return [concern.code for concern in said(made, **more)]


@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        ({"has_pii": "yes"}, "pii_without_pia", "pia_url"),
        ({"have_ato": "no"}, "no_ato", "have_ato"),
        ({"have_ato": "no", "development_stage": "pilot"}, "no_ato", "have_ato"),
        ({"operational_date": "2026-01-29"}, "operational_date_future", "operational_date"),
        (
            {"contracting_usage": "in_house", "vendor_name": "Fictional"},
            "in_house_with_vendor",
            "vendor_name",
        ),
        ({"contracting_usage": "both"}, "vendor_missing", "vendor_name"),
        ({"is_high_impact": "presumed_not_high_impact"}, "justification_missing", "hi_justification"),
        ({"hi_justification": "Fictional"}, "justification_without_presumption", "hi_justification"),
        ({"hi_failsafe_presence": "yes"}, "section5_not_asked", "hi_failsafe_presence"),
        (
            {"development_stage": "pilot", "is_high_impact": "high_impact", "hi_testing_conducted": "yes"},
            "section5_not_asked",
            "hi_testing_conducted",
        ),
        ({"demographic_features": ["age", "none"]}, "none_with_others", "demographic_features"),
    ],
)
def test_rule_speaks(answers: dict[str, Any], code: str, field: str) -> None:
    (concern,) = said(document(**answers))
    assert (concern.code, concern.field) == (code, field)
    assert concern.severity in ("warning", "notice")
    assert concern.message.endswith(".") and concern.remedy.endswith(".")


@pytest.mark.parametrize(
    "answers",
    [
        {"has_pii": "no"},
        {"has_pii": "yes", "pia_url": "https://example.gov"},
        {"has_pii": "yes", "development_stage": "pre_deployment"},
        {"have_ato": "no", "development_stage": "retired"},
        {"operational_date": "2026-01-28"},
        {"contracting_usage": "in_house"},
        {"contracting_usage": "vendor", "vendor_name": "Fictional"},
        {"contracting_usage": "vendor", "development_stage": "pre_deployment"},
        {"is_high_impact": "presumed_not_high_impact", "hi_justification": "Fictional"},
        {"is_high_impact": "high_impact", "hi_testing_conducted": "yes"},
        {"demographic_features": ["none"]},
    ],
)
def test_rules_are_silent_when_the_facts_are_in_order(answers: dict[str, Any]) -> None:
    assert codes(document(**answers)) == []


def test_unknown_stage_or_impact_accuses_nobody() -> None:
    made = {"answers": {"hi_testing_conducted": "yes", "have_ato": "no", "hi_justification": "Fictional"}}
    assert codes(made) == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"has_pii": "yes"}, "pia_url"),
        ({"contracting_usage": "vendor"}, "vendor_name"),
        ({"is_high_impact": "presumed_not_high_impact"}, "hi_justification"),
    ],
)
def test_withheld_answer_is_not_a_missing_one(answers: dict[str, Any], field: str) -> None:
    assert codes(document({field: "LES"}, **answers)) == []


def test_required_answers_follow_stage_and_impact() -> None:
    columns = LAYOUTS["omb-2025"].columns

    def missing(**answers: Any) -> set[str]:
        found = said(document(**answers), columns=columns)
        return {concern.field for concern in found if concern.code == "required_missing"}

    assert {"data_description", "topic_area", "has_pii"} <= missing()
    assert "system_name_ato" not in missing() and "system_name_ato" in missing(have_ato="yes")
    assert "hi_testing_conducted" not in missing()
    assert "hi_testing_conducted" in missing(is_high_impact="high_impact")
    assert "topic_area" not in missing(development_stage="retired")
    assert not {"id", "agency_bureau", "vendor_name", "hi_justification"} & missing(contracting_usage="vendor")


def test_stage_itself_is_required() -> None:
    found = concerns({"answers": {}}, Context(as_of=TODAY, columns=LAYOUTS["omb-2025"].columns))
    assert {"development_stage", "is_high_impact", "use_case_name"} <= {concern.field for concern in found}


def test_answer_the_source_does_not_ask_is_not_missing() -> None:
    columns = LAYOUTS["omb-2025"].columns
    found = said(document(), columns=columns, asked=frozenset({"topic_area"}))
    assert [concern.field for concern in found] == ["topic_area"]


def test_same_name_is_said_of_the_others() -> None:
    names = {name_key("Fictional – Twin"): ("EX-1", "EX-2")}
    made = document(use_case_name="fictional  twin")
    (concern,) = said(made, same_name=names, use_case_id="EX-1")
    assert concern.code == "duplicate_name" and "EX-2" in concern.message and "EX-1" not in concern.message
    assert codes(document(use_case_name="Another"), same_name=names, use_case_id="EX-1") == []


def test_every_rule_names_its_provision() -> None:
    for rule in RULES:
        assert rule.__doc__ and "OMB" in rule.__doc__ and "section" in rule.__doc__


# -- over a whole file ------------------------------------------------------------------------------


def test_inspection_names_row_id_and_the_files_own_header() -> None:
    inventory = read(defective_workbook(), name="a.xlsx", layouts=LAYOUTS)
    found = {(i.code, i.use_case_id): i for i in inspect(inventory, LAYOUTS, TODAY)}
    pia = found["pii_without_pia", "EX-5"]
    assert (pia.row, pia.field) == (7, "pia_url")
    assert pia.column == inventory.headers["pia_url"] != DHS.by_field["pia_url"].header
    assert found["no_ato", "EX-5"].value == "No"
    assert {"EX-6", "EX-7"} <= {who for code, who in found if code == "duplicate_name"}
    assert ("section5_not_asked", "EX-9") in found and ("in_house_with_vendor", "EX-11") in found
    assert ("wrong_column", "EX-2") in found and ("stray_cell", None) in found
    assert "required_missing" not in {code for code, _ in found}
    rows = [issue.row or 0 for issue in inspect(inventory, LAYOUTS, TODAY)]
    assert rows == sorted(rows)


def test_inspection_leaves_held_rows_to_their_own_problem() -> None:
    text = csv_file(grid([case(1), case(1, have_ato="No", system_name_ato=None)]))
    found = inspect(read(text.encode(), name="a.csv", layouts=LAYOUTS), LAYOUTS, TODAY)
    assert [issue.code for issue in found if issue.row == 3 and not issue.flagged] == []


def test_twins_without_ids_are_told_apart_by_their_rows() -> None:
    text = csv_file(grid([case(1, id=None, use_case_name="Twin"), case(2, id=None, use_case_name="Twin")]))
    found = inspect(read(text.encode(), name="a.csv", layouts=LAYOUTS), LAYOUTS, TODAY)
    twins = [issue.message for issue in found if issue.code == "duplicate_name"]
    assert len(twins) == 2 and "row 3" in twins[0] and "row 2" in twins[1]
