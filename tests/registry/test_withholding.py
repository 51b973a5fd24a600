"""Withholding single answers: a list of answer, legal ground and reason, and what is no ground is refused."""

import pytest
from django.urls import reverse

from audit.workflow import Refused
from registry import document as documents
from registry import questionnaire, reads
from registry.actions.use_cases import save_section
from registry.forms import field_for
from registry.inventory.read import read
from registry.models import UseCase
from tests import make
from tests.registry.test_export import PUBLISHED, all_layouts, out

FORM = questionnaire.editions()[-1]
QUESTION = FORM.by_field["withheld_fields"]
ROW = {"field": "vendor_name", "ground": "foia_4", "reason": "The vendor's offer is confidential."}
OTHER = {"field": "problem_solved", "ground": "foia_7", "reason": "Would tell a technique."}


def typed(*rows, **more):
    given = {"opened_on": "1", "is_withheld": "no", **more}
    for index, row in enumerate(rows):
        given |= {f"withheld_fields-{index}-{part}": text for part, text in row.items()}
    return given


@pytest.fixture
def case(cast):
    return make.use_case(owner=cast.officer)


@pytest.fixture
def post(cast, case, sign_in):
    client = sign_in(cast.officer)
    return lambda *rows, **more: client.post(
        f"/use-cases/{case.use_case_id}/tasks/publication/", typed(*rows, **more), follow=True
    )


def kept(case):
    return UseCase.objects.get(pk=case.pk).document["answers"].get("withheld_fields")


def test_rows_are_kept_in_the_order_of_the_form_and_read_as_sentences(case, post):
    post(ROW, OTHER)
    assert kept(case) == [OTHER, ROW]
    assert QUESTION.words(kept(case)).splitlines()[1] == (
        "Vendor(s) Name: FOIA exemption 4, trade secrets and confidential commercial information. "
        "The vendor's offer is confidential."
    )


def test_the_page_works_without_javascript_and_gives_two_more_rows(case, cast, post, sign_in):
    post(ROW)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/tasks/publication/").content.decode()
    assert page.count('<legend class="usa-sr-only">Row ') == 3
    assert 'value="vendor_name" selected' in page and "Take this row away" in page


def test_a_row_is_taken_away_by_its_box_and_a_blank_one_is_none(case, post):
    post(ROW, OTHER)
    rows = typed(OTHER, {**ROW, "remove": "on"}, {"field": "", "ground": "", "reason": " "}, opened_on="2")
    rows.pop("opened_on")
    post(opened_on="2", **{name: text for name, text in rows.items() if name != "is_withheld"})
    assert kept(case) == [OTHER]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**ROW, "field": ""}, "Row 1: choose the answer to leave out."),
        ({**ROW, "field": "scr_pii"}, "Row 1: choose the answer to leave out."),
        ({**ROW, "ground": ""}, "Row 1: choose the legal ground."),
        ({**ROW, "ground": "because"}, "Row 1: choose the legal ground."),
        ({**ROW, "reason": ""}, "Row 1: give the reason"),
        ({**ROW, "reason": "x" * 2001}, "Row 1: give the reason"),
        ({**ROW, "ground": "not_public_facing"}, "is no ground for withholding (OMB 2025 reporting guidance"),
        ({**ROW, "ground": "embarrassment"}, "Possible embarrassment is no ground for withholding (OMB 2025"),
        (
            {**ROW, "ground": "other", "reason": "It could EMBARRASS the office."},
            "OMB&#x27;s reporting guidance accepts",
        ),
        (
            {**ROW, "ground": "other", "reason": "The tool is not public-facing."},
            "OMB&#x27;s reporting guidance accepts",
        ),
    ],
)
def test_what_is_incomplete_or_no_ground_is_refused_and_stays_on_the_page(case, post, row, words):
    page = post(row).content.decode()
    assert words in page
    assert kept(case) is None
    if row["reason"] and len(row["reason"]) < 100:
        assert row["reason"].replace("'", "&#x27;") in page, "what was typed is not lost"


def test_the_same_answer_in_two_rows_is_refused(case, post):
    assert "stands in two rows" in post(ROW, {**ROW, "ground": "foia_6"}).content.decode()


def test_a_law_of_its_own_is_a_ground(case, post):
    post({**ROW, "ground": "other", "reason": "An invented act, section 9, forbids it."})
    assert kept(case)[0]["ground"] == "other"


def test_the_whole_case_needs_a_legal_ground_too(case, post):
    page = post(is_withheld="other", withheld_ground="embarrassment", withheld_reason="x").content.decode()
    assert "Possible embarrassment is no ground" in page


@pytest.mark.parametrize("name", ["withheld_ground", "withheld_fields"])
def test_what_is_no_ground_is_not_offered_and_said_beforehand(name):
    field = field_for(FORM.by_field[name])
    offered = field.widget.get_context(name, None, {"id": name})["widget"]
    codes = dict(offered["grounds"]) if name == "withheld_fields" else dict(field.widget.choices)
    assert {"foia_7", "other"} <= codes.keys() and {"not_public_facing", "embarrassment"}.isdisjoint(codes)
    assert "Never accepted: “The use is not public-facing” or “Publishing it could embarrass”." in field.help_text


def test_no_way_around_the_page(case, cast):
    for value in ([{**ROW, "ground": "embarrassment"}], [{**ROW, "ground": "other", "reason": "not public-facing"}]):
        with pytest.raises(Refused, match="OMB"):
            save_section(case, "publication", {"withheld_fields": value}, opened_on=1, actor=cast.officer)


def test_a_changed_row_shows_in_the_diff_and_in_the_api(case, cast, post, sign_in):
    post(ROW)
    before, after = (row.document for row in case.revisions.order_by("number"))
    (change,) = reads.worded_changes(before, after)
    assert change.label == QUESTION.label and change.before == "" and "FOIA exemption 4" in change.after
    answer = sign_in(cast.officer).get(reverse("api-revisions-list", args=[case.use_case_id]))
    assert answer.json()["results"][0]["document"]["answers"]["withheld_fields"] == [ROW]
    assert "FOIA exemption 4" in sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/check/").content.decode()


def test_only_the_public_file_leaves_it_out(cast):
    given = make.answers(contracting_usage="vendor", vendor_name="Larkfield Secret", withheld_fields=[ROW, OTHER])
    make.use_case(filed_on=PUBLISHED, status="recorded", given=given)
    assert b"Larkfield Secret" in out(cast.manager).content
    public = out(cast.manager, audience="public").content
    assert b"Larkfield Secret" not in public and b"lose half a day" not in public
    assert public.count(documents.MARKER.encode()) == 2
    (row,) = read(public, name="x.csv", layouts=all_layouts()).rows
    assert row.document["withheld"]["vendor_name"] == documents.MARKER, "read back, it is a marker and no value"


def test_a_flagged_text_that_is_to_be_withheld_is_not_published_either():
    flag = {"text": "Larkfield?", "code": "x", "message": ""}
    document = {"answers": {"withheld_fields": [ROW]}, "withheld": {}, "flagged": {"vendor_name": flag}}
    shown = documents.redacted(document)
    assert shown["flagged"] == {} and shown["withheld"] == {"vendor_name": documents.MARKER}
