"""What is written down twice must agree: questionnaire, inventory layouts, and the real workbook."""

import os
from itertools import product
from pathlib import Path

import pytest

from governance import routing
from registry import catalogue, classify, organization, questionnaire, tasklist
from registry.inventory.read import read
from registry.inventory.schema import layouts
from registry.yaml_source import FIXTURES

FORM = questionnaire.editions()[-1]
FORMS = pytest.mark.parametrize("form", questionnaire.editions(), ids=lambda form: form.name)
LAYOUTS = layouts(FIXTURES / "inventory")
OMB = LAYOUTS["omb-2025"]
OUTSIDE = {"id", "agency", "agency_name", "agency_bureau"}  # they live on the case and not in its document


@FORMS
def test_the_form_and_ombs_layout_ask_the_same_fields_with_the_same_codes(form):
    columns = {field: column for field, column in OMB.by_field.items() if field not in OUTSIDE}
    asked = {question.field: question for question in form if question.omb_column}
    assert set(columns) == set(asked)
    for field, question in asked.items():
        codes = tuple(code for code in question.codes if code in columns[field].labels)
        assert codes == tuple(columns[field].labels), field
        assert set(question.codes) - set(codes) <= {"other"}, field  # the DHS pick-list adds "Other"


STAGES = FORM.by_field["development_stage"].codes
IMPACTS = FORM.by_field["is_high_impact"].codes


@FORMS
@pytest.mark.parametrize(("stage", "impact"), list(product(STAGES, IMPACTS)))
@pytest.mark.parametrize("usage", ["vendor", "in_house"])
@pytest.mark.parametrize("ato", ["yes", "no"])
def test_the_form_and_ombs_layout_require_the_same(form, stage, impact, usage, ato):
    answers = {"development_stage": stage, "is_high_impact": impact, "contracting_usage": usage, "have_ato": ato}
    by_layout = {c.field for c in OMB.columns if c.field not in OUTSIDE and c.is_required(answers)}
    by_form = {q.field for q in form if q.omb_column and q.show_if.holds(answers) and q.required_when.holds(answers)}
    assert by_form == by_layout


@pytest.fixture(scope="module")
def documents():
    path = Path(os.environ.get("PORTAL_REAL_DATA", "../shared/data")) / "dhs-2025-inventory.xlsx"
    if not path.exists():
        pytest.skip("the real workbook is not here")
    known = [component.code for component in organization.load(FIXTURES / "organization" / "dhs.yaml").components]
    inventory = read(path, name=path.name, layouts=LAYOUTS, known_components=known)
    return [row.document for row in inventory.rows]


@pytest.mark.filterwarnings("ignore:Data Validation extension")
def test_every_answer_of_the_real_workbook_fits_the_form(documents):
    assert len(documents) == 238
    for document in documents:
        for field, answer in document["answers"].items():
            question = FORM.by_field[field]
            if question.options:
                assert set(answer if isinstance(answer, list) else [answer]) <= set(question.codes)
            else:
                assert len(answer) <= question.max_length


def test_provisions_hit_the_cases_of_the_real_workbook_that_they_should(documents):
    (memorandum,) = [item for item in catalogue.load(catalogue.POLICY, FORM.fields) if item.slug == "omb-m-25-21"]
    edition = memorandum.editions[-1]

    def hits(ref):
        return sum(edition.provision(ref).applies_when.holds(document["answers"]) for document in documents)

    assert hits("M-25-21/practice/i") == 38  # deployed and high-impact
    assert hits("M-25-21/determination") == 49  # presumed, determined not


def test_an_imported_case_lacks_its_screening_and_goes_to_counsel_and_civil_rights(documents):
    active = [doc for doc in documents if doc["answers"]["development_stage"] != "retired"]
    assert len(active) == 238 - 33
    for document in active:
        gaps = {item.field for item in tasklist.missing(FORM, document)}
        assert {"scr_pii", "proh_sole_basis", "is_withheld"} <= gaps
        for edition in routing.editions():
            assert {"CRCL", "OGC"} <= {lane.office for lane in routing.route(edition, document, "CBP").needed}
        assert all(classify.suggest(document, rules).impact is None for rules in classify.editions())
