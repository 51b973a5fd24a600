"""Registering and answering: drafts, revisions, stale forms, filing, IDs."""

import re
import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.workflow import Refused
from registry import editions, questionnaire
from registry.actions.use_cases import StaleSection, file_revision, register, save_section, write_revision
from registry.actions.vocabulary import refresh_search_words
from registry.forms import field_for
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


def test_two_windows_keep_what_each_of_them_changed(cast):
    case = make.use_case(owner=cast.officer)
    before = case.document["answers"]
    theirs = {"benefits": "Fewer parcels wait.", "problem_solved": before["problem_solved"]}
    save_section(case, "basics", theirs, opened_on=1, actor=cast.officer)
    mine = {"benefits": before["benefits"], "problem_solved": "Slow sorting."}
    save_section(case, "basics", mine, opened_on=1, actor=cast.officer)
    kept = UseCase.objects.get(pk=case.pk).document["answers"]
    assert kept["benefits"] == "Fewer parcels wait." and kept["problem_solved"] == "Slow sorting."


def test_the_conflict_page_shows_only_what_i_changed_myself(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    theirs = {"benefits": "Fewer parcels wait.", "operational_date": "2026-05-01"}
    save_section(case, "basics", theirs, opened_on=1, actor=cast.lead)
    typed = {**case.document["answers"], "benefits": "Half a day saved.", "opened_on": "1", "edition": case.edition}
    page = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/basics/", typed)
    assert page.status_code == 409
    assert [one["mine"] for one in page.context["conflicts"]] == ["Half a day saved."]
    assert page.context["form"]["operational_date"].value() == "2026-05-01"


@pytest.mark.parametrize(("field", "slug", "given", "says"), [
    ("operational_date", "basics", "0026-03-01", "four digits"),
    ("face_tested_on", "biometrics", "2099-01-01", "still to come"),
])  # fmt: skip
def test_a_day_nobody_can_mean_is_refused(cast, sign_in, field, slug, given, says):
    case = make.use_case(owner=cast.officer, given=make.answers(scr_biometrics="face"))
    names = questionnaire.named(case.edition).by_field
    field = field if field != "face_tested_on" else next(name for name, one in names.items() if one.is_past)
    data = {field: given, "opened_on": "1", "edition": case.edition}
    page = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/{slug}/", data)
    assert page.status_code == 200 and says in page.content.decode()


def test_a_text_too_long_is_told_and_not_cut(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    data = {"benefits": "a" * 45_000, "opened_on": "1", "edition": case.edition}
    page = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/basics/", data)
    shown = page.content.decode()
    assert "This answer has 45,000 characters; 20,000 fit. Shorten it, or attach the text as evidence." in shown
    assert "Ensure this value" not in shown and 'maxlength="20000"' not in shown


def test_yes_stands_first_in_every_section_while_the_edition_keeps_its_own_order(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    by_field, wanted = editions.of(case).by_field, {"yes", "no", "unknown"}
    questions = [q for q in by_field.values() if {o.code for o in q.options} == wanted]
    assert {tuple(o.code for o in q.options) for q in questions} == {("yes", "no", "unknown"), ("no", "yes", "unknown")}
    for question in questions:
        assert [code for code, _ in field_for(question).choices] == ["yes", "no", "unknown"], question.field


def test_the_same_person_in_two_windows_is_not_called_somebody(cast, sign_in):
    """Only what both windows changed is compared, by the same person or another."""
    case = make.use_case(owner=cast.officer)
    save_section(case, "basics", {"benefits": "Fewer parcels wait."}, opened_on=1, actor=cast.officer)
    before = case.document["answers"]
    typed = {**before, "benefits": "Half a day saved.", "problem_solved": "Slow sorting.", "opened_on": "1"}
    address = f"/use-cases/{case.use_case_id}/tasks/basics/"
    page = sign_in(cast.officer).post(address, {**typed, "edition": case.edition})
    assert page.status_code == 409
    assert [one["mine"] for one in page.context["conflicts"]] == ["Half a day saved."], "only I changed the other"
    shown = page.content.decode()
    assert "You changed this case in another window" in shown and "Saved by them" not in shown
    assert "Somebody changed" not in shown and "grid--words" in shown


def test_a_section_that_comes_again_says_why(cast, sign_in):
    case = make.use_case(owner=cast.officer, given={})
    client, seen = sign_in(cast.officer), []
    for section in editions.of(case).sections:
        fresh = UseCase.objects.get(pk=case.pk)
        form = client.get(f"/use-cases/{case.use_case_id}/tasks/{section.slug}/")
        if form.status_code != 200 or not form.context["form"].questions:
            continue
        unknown = {q.field: "unknown" for q in section.questions if "unknown" in {o.code for o in q.options}}
        data = {**unknown, "opened_on": str(fresh.revision_number), "edition": fresh.edition}
        page = client.post(f"/use-cases/{case.use_case_id}/tasks/{section.slug}/", data, follow=True)
        if page.redirect_chain and f"/tasks/{section.slug}/" in page.redirect_chain[-1][0]:
            seen.append(section.slug)
            assert "You are still in" in page.content.decode(), section.slug
        else:
            assert "You are still in" not in page.content.decode(), section.slug
    assert seen, "some section opens questions of its own, or lacks answers"


def test_questions_a_save_opened_in_the_same_section_are_counted(cast, sign_in):
    case = make.use_case(owner=cast.officer, given=make.answers(is_high_impact=None, scr_presumed_categories=None))
    data = {"is_high_impact": "presumed_not_high_impact", "opened_on": "1", "edition": case.edition}
    slug = editions.of(case).section_of["is_high_impact"].slug
    page = sign_in(cast.officer).post(f"/use-cases/{case.use_case_id}/tasks/{slug}/", data, follow=True)
    assert page.redirect_chain[-1][0].startswith(f"/use-cases/{case.use_case_id}/tasks/{slug}/")
    assert re.search(r"your answers opened \d more questions?; .* needed now", page.content.decode())


def test_the_task_list_assumes_no_stage_by_itself_and_links_the_evidence(cast, sign_in):
    case = make.use_case(owner=cast.officer, given={})
    address = f"/use-cases/{case.use_case_id}/tasks/"
    page = sign_in(cast.officer).get(address).content.decode()
    assert "assumed until the stage is answered" in page and "Pre-deployment, now" not in page
    assert f"/use-cases/{case.use_case_id}/evidence/" in page and "to send it for endorsement" in page


def test_forms_keep_drafts_in_the_browser_but_for_restricted_cases(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    address = f"/use-cases/{case.use_case_id}/tasks/basics/"
    assert " data-draft" in sign_in(cast.officer).get(address).content.decode()
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=["benefits"])
    assert " data-draft" not in sign_in(cast.officer).get(address).content.decode()
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=[], handling="restricted")
    assert " data-draft" not in sign_in(cast.officer).get(address).content.decode()
