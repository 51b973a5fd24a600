"""Questionnaire files that are wrong, or that would change what was loaded: refused with file, line and reason."""

import shutil

import pytest

from accounts.actions import system_account
from audit.workflow import Refused
from registry import questionnaire
from registry.actions.catalogue import load_catalogue
from registry.models import CatalogueFile
from registry.yaml_source import FIXTURES, SourceError
from tests import make

NEW = (questionnaire.FOLDER / "use-case-2026.yaml").read_text()


def line_of(text, words):
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def wrong(tmp_path, old, new):
    assert old in NEW
    path = tmp_path / "use-case-2026.yaml"
    path.write_text(NEW.replace(old, new, 1))
    with pytest.raises(SourceError) as caught:
        questionnaire.load(path)
    return caught.value, path.read_text()


def test_a_circle_of_conditions_is_refused_with_its_line(tmp_path):
    old = "        show_if: {is: [face_opt_out, yes]}\n"
    error, text = wrong(tmp_path, "        show_if: *face\n        required_when: {all: [*in_use, *face]}\n"
                        "        handling: internal\n        choices:\n          - {code: yes, label: \"Yes\"}\n"
                        "          - {code: law_enforcement",
                        "        show_if: {known: face_alternative}\n        required_when: {all: [*in_use, *face]}\n"
                        "        handling: internal\n        choices:\n          - {code: yes, label: \"Yes\"}\n"
                        "          - {code: law_enforcement")  # fmt: skip
    assert old in text
    assert "goes in a circle: face_alternative needs face_opt_out needs face_alternative" in str(error) or (
        "goes in a circle: face_opt_out needs face_alternative needs face_opt_out" in str(error)
    )
    lines = {line_of(text, "show_if: {known: face_alternative}"), line_of(text, old.strip())}
    assert error.line in lines and f"use-case-2026.yaml, line {error.line}" in str(error)


def test_a_question_that_hangs_on_itself_is_a_circle(tmp_path):
    error, text = wrong(tmp_path, "show_if: {is: [face_opt_out, yes]}", "show_if: {known: face_alternative}")
    assert "face_alternative needs face_alternative" in str(error)
    assert error.line == line_of(text, "show_if: {known: face_alternative}")


def test_an_unknown_field_is_refused_with_its_line(tmp_path):
    error, text = wrong(tmp_path, "show_if: {is: [face_opt_out, yes]}", "show_if: {is: [face_opt_in, yes]}")
    assert "unknown field 'face_opt_in'" in str(error)
    assert error.line == line_of(text, "face_opt_in, yes")


def test_a_field_asked_twice_is_refused_with_the_second_line(tmp_path):
    error, text = wrong(tmp_path, "field: face_retention", "field: face_functions")
    assert "'face_functions' is asked twice" in str(error)
    second = [number for number, line in enumerate(text.splitlines(), 1) if "field: face_functions" in line][-1]
    assert error.line == second


def test_a_key_that_stands_twice_and_a_file_that_is_no_yaml_name_the_line(tmp_path):
    error, text = wrong(tmp_path, "title: Publication", "title: Publication\n    title: Again")
    assert error.line == line_of(text, "title: Again")
    error, _ = wrong(tmp_path, "sections:\n", "sections: [\n")
    assert error.line


# -- at load ------------------------------------------------------------------------------------------


@pytest.fixture
def fixtures(tmp_path, db):
    """A copy of the project's data, loaded once."""
    shutil.copytree(FIXTURES / "questionnaires", tmp_path / "questionnaires")
    shutil.copytree(FIXTURES / "policy", tmp_path / "policy")
    load_catalogue(tmp_path, actor=system_account())
    return tmp_path


def add_edition(folder, *changes):
    text = NEW.replace('edition: "2026"', 'edition: "2027"').replace("2026-10-01", "2027-10-01", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "questionnaires" / "use-case-2027.yaml"
    path.write_text(text)
    return text


def test_a_loaded_edition_never_changes(fixtures):
    path = fixtures / "questionnaires" / "use-case-2026.yaml"
    text = NEW.replace("The role and the office, not a name.", "The role, the office and the name.")
    path.write_text(text)
    done = load_catalogue(fixtures, actor=system_account())
    (refused,) = done.refused
    line = line_of(text, "The role, the office and the name.")
    assert refused.startswith(f"questionnaires/use-case-2026 (line {line}, sections[9].questions[1].hint")
    assert CatalogueFile.objects.filter(name="use-case-2026").count() == 1


def test_a_day_given_to_an_edition_loaded_without_one_is_no_change(fixtures):
    row = CatalogueFile.objects.get(name="use-case-2025")
    bare = {key: value for key, value in row.document.items() if key != "effective_on"}
    CatalogueFile.objects.filter(pk=row.pk).update(document=bare, sha256="before")
    assert load_catalogue(fixtures, actor=system_account()).refused == []
    assert load_catalogue(fixtures, actor=system_account()).loaded == []


def test_another_short_name_is_no_change_of_what_is_asked(fixtures):
    path = fixtures / "questionnaires" / "use-case-2026.yaml"
    path.write_text(path.read_text().replace("short: the outputs", "short: what comes out", 1))
    assert load_catalogue(fixtures, actor=system_account()).refused == []


def test_a_choice_that_cases_still_hold_is_not_dropped(fixtures, cast):
    make.use_case(owner=cast.officer, given=make.answers(scr_ato="planned"))
    make.use_case(owner=cast.officer, given=make.answers(demographic_features=["sex", "age"]))
    text = add_edition(fixtures, ("          - {code: planned, label: Planned or under way}\n", ""))
    with pytest.raises(Refused) as caught:
        load_catalogue(fixtures, actor=system_account())
    line = line_of(text, "- field: scr_ato")
    assert f"use-case-2027.yaml, line {line}" in str(caught.value)
    assert "drops the choice 'planned' of 'scr_ato', which 1 use case still holds" in str(caught.value)
    add_edition(fixtures, ("          - {code: age, label: Age}\n", ""))
    with pytest.raises(Refused, match="drops the choice 'age' of 'demographic_features'"):
        load_catalogue(fixtures, actor=system_account())
    assert not CatalogueFile.objects.filter(name="use-case-2027").exists()


def test_a_field_that_filed_cases_still_hold_is_not_dropped(fixtures, cast):
    make.use_case(owner=cast.officer, given=make.answers(sustainability="A budget line."))
    add_edition(fixtures, ("field: sustainability", "field: upkeep"))
    with pytest.raises(Refused, match="drops the field 'sustainability', which 1 use case still holds"):
        load_catalogue(fixtures, actor=system_account())


def test_what_nobody_holds_or_the_file_accounts_for_may_go(fixtures, cast):
    add_edition(fixtures, ("field: sustainability", "field: upkeep"))
    make.use_case(owner=cast.officer, given=make.answers(scr_ato="planned"))
    told = "\nretired:\n  - {field: scr_ato, code: planned, why: Counted as none.}\n\ngates:"
    add_edition(
        fixtures,
        ("          - {code: planned, label: Planned or under way}\n", ""),
        ("field: sustainability", "field: upkeep"),
        ("\ngates:", told),
    )
    assert "questionnaires/use-case-2027" in load_catalogue(fixtures, actor=system_account()).loaded


@pytest.mark.parametrize("field", ["use_case_name", "development_stage", "problem_solved", "operational_date"])
def test_an_answer_that_lists_or_other_answers_show_is_never_restricted_by_the_questionnaire(tmp_path, field):
    asked = f"      - field: {field}\n"
    error, text = wrong(tmp_path, asked, f"{asked}        handling: restricted\n")
    assert "only other answers in words are restricted" in str(error)
    assert error.line == line_of(text, "handling: restricted")
