"""Registering and answering: drafts, revisions, stale forms, filing, IDs."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.workflow import Refused
from registry.actions.use_cases import StaleSection, file_revision, register, save_section, write_revision
from registry.actions.vocabulary import refresh_search_words
from registry.models import Revision, SeenUseCaseId, UseCase
from tests import make

FIRST = {"use_case_name": "Invented reader", "problem_solved": "Slow.", "system_outputs": "Words."}


def test_registering_makes_a_draft_with_an_id_never_given_before(cast):
    SeenUseCaseId.objects.create(use_case_id="DHS-4711", agency=make.agency(), number=4711)
    case = register(make.component("CBP"), FIRST, actor=cast.officer)
    assert case.use_case_id == "DHS-4712"
    assert case.status == "draft" and case.owner == cast.officer and case.revision_number == 1
    assert UseCase.objects.get(pk=case.pk).name == "Invented reader"


def test_a_deleted_drafts_id_is_not_given_again(cast, sign_in):
    case = register(make.component("CBP"), FIRST, actor=cast.officer)
    sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/delete/")
    assert not UseCase.objects.filter(pk=case.pk).exists()
    assert register(make.component("CBP"), FIRST, actor=cast.officer).use_case_id != case.use_case_id


def test_nobody_registers_for_another_component(cast):
    with pytest.raises(Refused, match="your own component"):
        register(make.component("FEMA"), FIRST, actor=cast.officer)


def test_each_save_is_a_revision_and_an_unchanged_one_is_not(cast):
    case = make.use_case(owner=cast.officer)
    made = save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.officer)
    assert made.number == 2
    assert save_section(case, "data", {"scr_pii": "yes"}, opened_on=2, actor=cast.officer) is None
    assert Event.objects.filter(kind="use_case.saved").count() == 1


def test_a_stale_form_on_the_same_answer_loses_nothing(cast):
    case = make.use_case(owner=cast.officer)
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.lead)
    with pytest.raises(StaleSection) as stale:
        save_section(case, "data", {"scr_pii": "unknown"}, opened_on=1, actor=cast.officer)
    assert stale.value.theirs["answers"]["scr_pii"] == "yes"
    assert UseCase.objects.get(pk=case.pk).document["answers"]["scr_pii"] == "yes"


def test_a_stale_form_on_other_answers_is_saved(cast):
    case = make.use_case(owner=cast.officer)
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.lead)
    made = save_section(case, "basics", {"benefits": "More."}, opened_on=1, actor=cast.officer)
    assert made.document["answers"]["scr_pii"] == "yes" and made.document["answers"]["benefits"] == "More."


def test_a_stale_page_shows_both_versions(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.lead)
    page = sign_in(cast.officer).post(
        f"/use-cases/{case.use_case_id}/tasks/data/", {"opened_on": "1", "scr_pii": "unknown"}
    )
    assert page.status_code == 409
    assert b"Somebody changed this case while you wrote" in page.content
    assert b"Not known yet" in page.content


def test_only_those_responsible_edit(cast):
    case = make.use_case(owner=cast.officer)
    for person in (cast.colleague, cast.other_officer, cast.caio, cast.manager):
        with pytest.raises(Refused):
            save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=person)


def test_a_revision_cannot_be_changed(cast):
    case = make.use_case(owner=cast.officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(use_case=case).update(why="rewritten")


def test_a_status_cannot_be_changed_past_the_table(cast):
    case = make.use_case(owner=cast.officer)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_usecase SET status = 'approved' WHERE id = %s", [case.pk])


def test_a_case_is_born_as_draft_or_recorded_only(cast):
    with pytest.raises(DatabaseError, match="born"), transaction.atomic():
        make.use_case(status="approved")


def test_filing_an_older_state_never_changes_a_newer_one(cast):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 5, 1), status="recorded")
    document = {**case.document, "answers": {**case.document["answers"], "benefits": "Old words."}}
    write_revision(case, document, actor=cast.officer)
    file_revision(case, actor=cast.officer, why="an older file", effective_on=date(2025, 1, 1))
    case.refresh_from_db()
    assert case.filed_effective_on == date(2026, 5, 1)
    assert case.filed_document["answers"]["benefits"] != "Old words."
    assert case.filings.count() == 2


def test_control_characters_never_reach_the_document(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    sign_in(cast.officer).post(
        f"/use-cases/{case.use_case_id}/tasks/basics/",
        {"opened_on": "1", "benefits": "Good\x00 \x07words", "use_case_name": "Invented"},
    )
    assert UseCase.objects.get(pk=case.pk).document["answers"]["benefits"] == "Good words"


def test_a_choice_outside_the_list_is_refused_with_a_message(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    page = sign_in(cast.officer).post(
        f"/use-cases/{case.use_case_id}/tasks/data/", {"opened_on": "1", "scr_pii": "perhaps"}
    )
    assert page.status_code == 200 and b"not one of the available choices" in page.content


def test_none_of_these_stands_alone(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    page = sign_in(cast.officer).post(
        f"/use-cases/{case.use_case_id}/tasks/impact/", {"opened_on": "1", "scr_presumed_categories": ["none", "j"]}
    )
    assert b"cannot stand beside another choice" in page.content


@pytest.mark.django_db(transaction=True)
def test_two_people_registering_at_once_get_different_ids():
    officer = make.member("program_officer", component_code="CBP")
    place, given, lock = make.component("CBP"), [], threading.Barrier(2)

    def go():
        lock.wait()
        given.append(register(place, FIRST, actor=officer).use_case_id)
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(set(given)) == 2


def test_search_finds_by_id_words_and_misspelling(cast, sign_in):
    given = make.answers(use_case_name="Harbour crane watch", benefits="Quicker unloading of bananas")
    make.use_case(use_case_id="DHS-9777", filed_on=date(2026, 1, 28), status="recorded", given=given)
    refresh_search_words()
    client = sign_in(cast.officer)
    for words in ("DHS-9777", "dhs-9777", "crane", "unloading bananas", "harbuor"):
        assert b"DHS-9777" in client.get("/use-cases/", {"q": words}).content, words
    assert b"No use case fits" in client.get("/use-cases/", {"q": "zzzz"}).content
    assert client.get("/use-cases/", {"q": "nul\x00"}).status_code == 200


def test_the_list_asks_the_database_the_same_however_many_rows(cast, sign_in):
    client = sign_in(cast.leader)
    counts = []
    for n in (3, 30):
        for _ in range(n):
            make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
        with CaptureQueriesContext(connection) as asked:
            client.get("/use-cases/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
