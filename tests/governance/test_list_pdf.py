"""The list on paper: the same rows as on the page, PDF/UA, and a limit that says what to do instead."""

from datetime import date

import page as page_validation
import pikepdf
import pytest
from django.conf import settings

from audit.models import Event
from governance.reports.list_pdf import ListOnPaper
from governance.views import list_pdf
from registry.models.use_case import Handling
from tests import make

FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}
ADDRESS = "/use-cases/list.pdf"


@pytest.fixture
def some(cast):
    make.use_case(owner=cast.officer, **FILED)
    make.use_case(given=make.answers(use_case_name="Invented <b>ledger</b>"), handling=Handling.RESTRICTED, **FILED)


def test_a_list_passes_pdf_ua_and_is_recorded(some, cast, sign_in, tmp_path):
    answer = sign_in(cast.manager).get(ADDRESS, {"cols": ["owner", "problem_solved"], "sort": "owner"})
    path = tmp_path / "list.pdf"
    path.write_bytes(answer.content)
    found = page_validation.validate_pdf(str(path), profile=page_validation.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, [failure.rule_id for failure in found.failures]
    with pikepdf.open(path) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith("Use cases, ")
    data = Event.objects.get(kind="list.exported").data
    assert (data["format"], data["rows"], data["restricted"]) == ("pdf", 2, 1)


def test_long_texts_get_more_of_the_page_and_the_columns_fit_on_it():
    rows = [
        [f"DHS-{n}", "Invented ledger reader", "CBP", "Deployed", "A sentence. " * 20, "Internal"] for n in range(9)
    ]
    paper = ListOnPaper("Use cases", "", ["Internal"], ["ID", "Name", *"abcd"], rows, date(2026, 1, 28))
    case, component, stage, text, marking = paper.widths
    assert component == stage == marking < case and text == 0, "the text has all that is left"
    assert sum(paper.widths) < 80
    styles = (settings.BASE_DIR / "static/reports/print.css").read_text()
    assert all(f".c-{width} {{ width: {width}%; }}" in styles for width in range(4, 65, 2))


def test_a_long_list_is_not_laid_out_and_another_file_is_offered(some, cast, sign_in, monkeypatch):
    monkeypatch.setattr(list_pdf, "MOST", 1)
    answer = sign_in(cast.manager).get(ADDRESS, follow=True)
    assert b"download it as CSV or Excel" in answer.content and answer.redirect_chain[0][0] == "/use-cases/?all=1"
    assert not Event.objects.filter(kind="list.exported").exists()
