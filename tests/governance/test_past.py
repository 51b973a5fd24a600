"""A case's past: the record by both clocks, any two revisions, one answer through time, an older state brought back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused
from config.templatetags.words import edition_words
from governance.reads import past as records
from registry import past
from registry.actions.restoring import restore_revision
from registry.actions.use_cases import StaleSection, file_revision, save_section
from registry.models import Filing, Revision, UseCase
from tests import lives, make

JANUARY, MARCH, JUNE = date(2026, 1, 28), date(2026, 3, 2), date(2026, 6, 1)


def saved(case, actor, **answers):
    """One more revision by the section save."""
    case = UseCase.objects.get(pk=case.pk)
    save_section(case, "scope", answers, opened_on=case.revision_number, actor=actor)
    return UseCase.objects.get(pk=case.pk)


@pytest.fixture
def corrected(cast):
    """Filed for January; in the same instant's knowledge corrected for March, learned only now."""
    case = make.use_case(owner=cast.officer, filed_on=JANUARY, status="recorded")
    case = saved(case, cast.officer, benefits="Invented parcels wait a day less.")
    file_revision(case, actor=cast.officer, why="a correction", effective_on=MARCH)
    return UseCase.objects.get(pk=case.pk)


def test_the_record_on_a_day_is_the_filing_that_counted_then(corrected):
    assert records.at(corrected, JANUARY - timedelta(days=1)).filing is None
    january, june = records.at(corrected, date(2026, 2, 28)), records.at(corrected, JUNE)
    assert january.filing.revision.number == 1 and january.until == MARCH
    assert june.filing.revision.number == 2 and june.until is None
    assert june.document["answers"]["benefits"] == "Invented parcels wait a day less."


def test_what_was_learned_later_is_left_out_of_what_was_known(corrected):
    before = Filing.objects.get(use_case=corrected, effective_on=MARCH).recorded_at - timedelta(microseconds=1)
    known = records.at(corrected, JUNE, before)
    assert known.filing.revision.number == 1
    assert records.at(corrected, JUNE).filing.revision.number == 2
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    assert records.at(corrected, JUNE, long_ago).document == {"answers": {}, "withheld": {}, "flagged": {}}


def test_a_record_that_rests_on_later_knowledge_says_so(corrected, cast, sign_in):
    assert records.at(corrected, date(2026, 2, 28)).is_late
    page = sign_in(cast.auditor).get(f"/use-cases/{corrected.use_case_id}/history/as-of/", {"as_of": "2026-02-28"})
    assert "On that day the portal did not know it yet" in page.content.decode()


def test_the_status_of_a_day_is_that_of_the_last_move_before_it(cast):
    case = lives.submitted(cast)
    moved = Event.objects.get(timeline=case.use_case_id, kind="use_case.submitted")
    then = records.at(case, timezone.localdate(), moved.recorded_at - timedelta(microseconds=1))
    assert then.status == "Draft" and records.at(case, timezone.localdate()).status == "Submitted"
    assert records.at(case, timezone.localdate() - timedelta(days=400)).status == ""


def test_one_answer_through_time_names_each_author_once_per_change(cast):
    case = make.use_case(owner=cast.officer)
    case = saved(case, cast.officer, benefits="Half a day.")
    case = saved(case, cast.lead, problem_solved="Something else changed.")
    case = saved(case, cast.lead, benefits="A whole day.")
    case = saved(case, cast.officer, benefits="")
    lines = past.answer_history(case, "benefits")
    assert [(line.revision.number, line.text) for line in lines] == [
        (5, ""), (4, "A whole day."), (2, "Half a day."), (1, make.answers()["benefits"]),
    ]  # fmt: skip
    assert lines[1].revision.written_by == cast.lead
    assert "Half" in [span.text for span in lines[1].spans if span.operation == "removed"]


def test_restoring_writes_the_old_document_as_a_new_revision(cast):
    case = saved(make.use_case(owner=cast.officer), cast.officer, benefits="Half a day.")
    made = restore_revision(case, 1, why="The saving was a mistake.", opened_on=2, actor=cast.officer)
    assert made.number == 3 and made.sha256 == Revision.objects.get(use_case=case, number=1).sha256
    assert Revision.objects.filter(use_case=case).count() == 3
    told = Event.objects.get(kind="use_case.restored")
    assert told.data["restored"] == 1 and told.reason == "The saving was a mistake."
    restore_revision(case, 2, why="It was right after all.", opened_on=3, actor=cast.officer)
    assert UseCase.objects.get(pk=case.pk).document["answers"]["benefits"] == "Half a day."


def test_restoring_is_refused_without_a_reason_a_right_or_a_difference(cast):
    case = saved(make.use_case(owner=cast.officer), cast.officer, benefits="Half a day.")
    for number, why, opened_on, actor, says in (
        (1, " ", 2, cast.officer, "Say why"),
        (1, "Because.", 2, cast.colleague, "Only the owner"),
        (2, "Because.", 2, cast.officer, "already"),
        (9, "Because.", 2, cast.officer, "no revision 9"),
    ):
        with pytest.raises(Refused, match=says):
            restore_revision(case, number, why=why, opened_on=opened_on, actor=actor)
    with pytest.raises(StaleSection):
        restore_revision(case, 1, why="Because.", opened_on=1, actor=cast.officer)
    assert Revision.objects.filter(use_case=case).count() == 2


def test_an_older_revision_can_be_brought_back_from_its_own_page(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    saved(case, cast.officer, is_ai_reason="Newer.")
    page, way = f"{case.get_absolute_url()}revisions/", f"{case.get_absolute_url()}revisions/1/restore/"
    assert way in sign_in(cast.officer).get(f"{page}1/").content.decode()
    assert "restore/" not in sign_in(cast.officer).get(f"{page}2/").content.decode(), "the newest is there already"
    assert "restore/" not in sign_in(cast.colleague).get(f"{page}1/").content.decode()


def test_a_comparison_names_the_editions_in_words_and_offers_no_change_where_nothing_differs(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    same = saved(case, cast.officer, is_ai_reason="Newer.")
    same = saved(same, cast.officer, is_ai_reason=case.document["answers"]["is_ai_reason"])
    client, page = sign_in(cast.officer), f"{case.get_absolute_url()}history/compare/"
    assert "Bring revision 1 back" not in client.get(page, {"older": 1, "newer": 3}).content.decode()
    assert "Bring revision 2 back" in client.get(page, {"older": 2, "newer": 3}).content.decode()
    assert edition_words("use-case-2026") == "edition 2026 of the questionnaire"
    assert edition_words("dhs-2025") == "a file in the layout dhs-2025"


def test_a_case_in_review_is_not_restored(cast, sign_in):
    case = lives.submitted(cast)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/revisions/1/restore/")
    assert page.status_code == 403


def test_the_pages_ask_the_same_for_many_revisions(cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=JANUARY, status="recorded")
    case = saved(case, cast.officer, benefits="Half a day.")
    client, at = sign_in(cast.auditor), f"/use-cases/{case.use_case_id}/history/"
    addresses = (f"{at}compare/?older=1&newer=2", f"{at}as-of/?as_of=2026-03-01", f"{at}answers/benefits/")

    def asked(address):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    few = [asked(address) for address in addresses]
    for number in range(12):
        case = saved(case, cast.officer, problem_solved=f"Invented problem {number}.")
    assert [asked(address) for address in addresses] == few


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("older=1&newer=99", "has no revision 99"),
        ("older=one&newer=2", "Choose two revisions"),
        ("older=-1&newer=2", "Choose two revisions"),
    ],
)
def test_a_comparison_nobody_can_make_says_what_to_do(cast, sign_in, query, says):
    case = make.use_case(owner=cast.officer)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/history/compare/?{query}", follow=True)
    assert page.redirect_chain and says in page.content.decode()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("as_of=2026-13-45", "Enter a valid date"),
        ("as_of=0001-01-01", "Give a day after"),
        ("as_of=2026-01-01&known_at=2999-01-01T00:00", "still to come"),
        ("as_of=2026-01-01&known_at=%00", "Enter a valid date"),
    ],
)
def test_a_day_nobody_can_mean_is_an_error_on_its_field(cast, sign_in, query, says):
    case = make.use_case(owner=cast.officer)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/history/as-of/?{query}")
    assert page.status_code == 400 and says in page.content.decode()


def test_versions_are_compared_word_by_word_whichever_way_they_are_given(cast, sign_in):
    case = saved(make.use_case(owner=cast.officer), cast.officer, benefits="Parcels reach the right bench later.")
    pages = [
        sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/history/compare/?older={a}&newer={b}").content
        for a, b in ((1, 2), (2, 1))
    ]
    assert b"<del>sooner</del>" in pages[0] and b"<ins>later</ins>" in pages[0]
    assert b"<del>sooner</del>" in pages[1]


def test_a_field_that_does_not_exist_has_no_history(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    assert sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/history/answers/no_such/").status_code == 404
