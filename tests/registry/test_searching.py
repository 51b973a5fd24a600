"""Search: spelling is forgiven, and nothing of a case one may not see shows in what is found or suggested."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.vocabulary import refresh_search_words
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.searching import search
from tests import make

FILED = {"filed_on": date(2026, 1, 28), "status": "recorded"}


def case(name, *, component_code="CBP", **columns):
    """A filed case with this name."""
    return make.use_case(given=make.answers(use_case_name=name), component_code=component_code, **FILED, **columns)


@pytest.fixture
def ferry(cast):
    row = case("Invented ferry timetable reader")
    case("Invented badger census")
    refresh_search_words()
    return row


@pytest.mark.parametrize("typed", ["ferry", "ferries", "FERRY timetable", "timetabel", "ferrry timetable", "imetab"])
def test_a_case_is_found_by_what_people_type(ferry, typed):
    assert list(search(UseCase.objects.all(), typed).rows) == [ferry]


def test_the_correction_is_told(ferry, cast, sign_in):
    assert search(UseCase.objects.all(), "ferrry timetabel").instead == "ferry timetable"
    assert search(UseCase.objects.all(), "ferry").instead == ""
    page = sign_in(cast.manager).get("/use-cases/", {"q": "timetabel"}).content.decode()
    assert "No use case has “timetabel”. The spelling was corrected to <b>“timetable”</b>." in page
    assert "1 use case with “timetable”." in page


def test_a_word_of_a_case_one_may_not_see_is_never_suggested(ferry, cast):
    case("Invented quokka ledger", handling=Handling.RESTRICTED)
    refresh_search_words()
    assert search(UseCase.objects.all(), "quoka").instead == ""  # not even to those who may know: none leaves it
    found = search(visible_to(cast.leader), "quoka")
    assert found.instead == "" and not found.rows.exists()


def test_what_is_like_nothing_finds_nothing(ferry):
    for typed in ("zzzzqqq", "%", "'", '"unclosed', "-", "the", "\x00", "a" * 5000):
        found = search(UseCase.objects.all(), typed)
        assert found.instead == ""
        list(found.rows[:5])


def test_asking_costs_the_same_queries_for_more_rows(ferry):
    def asked(typed):
        with CaptureQueriesContext(connection) as queries:
            list(search(UseCase.objects.all(), typed).rows)
        return len(queries)

    few = [asked(typed) for typed in ("ferry", "timetabel")]
    for number in range(8):
        case(f"Invented ferry timetable reader {number}")
    refresh_search_words()
    assert [asked(typed) for typed in ("ferry", "timetabel")] == few
