"""Editions of the questionnaire: which one a case answers, and moving it on by one explicit act."""

import importlib
from datetime import date

import pytest
from django.db import connection

from audit.models import Event
from audit.workflow import Refused
from governance.actions import use_cases as verbs
from registry import asking, editions, questionnaire
from registry.actions.restoring import restore_revision
from registry.actions.use_cases import EditionCame, adopt_edition, record_from_inventory, save_section
from registry.document import empty, with_answers
from registry.models import Revision, UseCase
from registry.questionnaire_source import SourceError
from tests import lives, make
from tests.registry.test_export import PUBLISHED

OLD, NEW = questionnaire.editions()
STATEMENT = verbs.STATEMENT


def on_2025(cast, **changes):
    return make.use_case(owner=cast.officer, edition=OLD.name, given=make.answers(is_in_scope=None, **changes))


def imported(cast, **changes):
    case = record_from_inventory(
        make.component("CBP"), "DHS-77", make.answers(**changes), effective_on=PUBLISHED, actor=cast.manager
    )  # fmt: skip
    UseCase.objects.filter(pk=case.pk).update(owner=cast.officer)
    return UseCase.objects.get(pk=case.pk)


# -- which edition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2020, 1, 1), "use-case-2025"), (date(2026, 9, 30), "use-case-2025"), (date(2026, 10, 1), "use-case-2026")],
)
def test_the_edition_of_a_day(day, name):
    assert questionnaire.in_force(day).name == name


def test_labels_across_cases_know_every_edition_s_fields_and_choices():
    assert set(questionnaire.every()) == OLD.fields | NEW.fields == questionnaire.fields()
    assert questionnaire.every()["is_high_impact"].label == NEW.by_field["is_high_impact"].label


def test_a_new_case_answers_the_edition_in_force_and_its_revisions_say_so(cast):
    case = make.use_case(owner=cast.officer)
    assert case.edition == case.revisions.get().edition == NEW.name


def test_an_imported_case_names_the_layout_until_somebody_edits_it(cast):
    case = imported(cast)
    assert case.edition == "dhs-2025" and editions.of(case) is NEW and editions.behind(case) is None
    assert save_section(case, "data", {"scr_pii": "no"}, opened_on=1, actor=cast.officer) is None
    assert UseCase.objects.get(pk=case.pk).edition == "dhs-2025", "looking at it edits nothing"
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, actor=cast.officer)
    case = UseCase.objects.get(pk=case.pk)
    assert case.edition == case.revisions.get(number=2).edition == NEW.name
    assert case.revisions.get(number=1).edition == "dhs-2025"


def test_an_imported_case_sent_unchanged_names_the_edition_it_was_checked_under(cast):
    case = imported(cast)
    verbs.submit(case, actor=cast.officer, statement=STATEMENT, opened_on=1)
    case = UseCase.objects.get(pk=case.pk)
    assert case.edition == NEW.name and case.filed_number == 2
    first, second = case.revisions.order_by("number")
    assert first.sha256 == second.sha256 and (first.edition, second.edition) == ("dhs-2025", NEW.name)


def test_the_migration_takes_the_newest_questionnaire_and_else_the_file_s_layout(cast):
    asked, told = make.use_case(owner=cast.officer), imported(cast)
    bare = {"number": 2, "document": {}, "sha256": "", "written_by": cast.manager}
    Revision.objects.create(use_case=asked, edition="dhs-2025", recorded_at=asked.created_at, **bare)
    UseCase.objects.update(edition="")
    module = importlib.import_module("registry.migrations.0009_quest_edition")
    with connection.cursor() as cursor:
        cursor.execute(module.FILL)
    asked.refresh_from_db(), told.refresh_from_db()
    assert (asked.edition, told.edition) == (NEW.name, "dhs-2025")


# -- behind, and moving on --------------------------------------------------------------------------


def test_a_case_says_what_the_next_edition_asks_in_addition(cast, sign_in):
    case = on_2025(cast, scr_rights_safety="yes")
    found = editions.behind(case)
    assert {one.question.field for one in found.needed} == {"is_in_scope"}, "the builder gave the others already"
    assert {one.question.field for one in found.additions}.isdisjoint(OLD.fields)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/tasks/").content.decode()
    assert "Answered edition 2025" in page
    assert f"asks {len(found.additions)} more, 1 of them at the present stage" in page
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/edition/").content.decode()
    assert all(one.question.label in page for one in found.additions)


def test_the_old_edition_s_sections_stay_open_to_a_case_that_answers_it(cast, sign_in):
    case = on_2025(cast)
    client = sign_in(cast.officer)
    assert client.get(f"/use-cases/{case.use_case_id}/tasks/screening/").status_code == 200
    client.post(f"/use-cases/{case.use_case_id}/tasks/screening/", {"opened_on": "1", "scr_pii": "yes"})
    assert UseCase.objects.get(pk=case.pk).revisions.get(number=2).edition == OLD.name
    moved = make.use_case(owner=cast.officer)
    assert client.get(f"/use-cases/{moved.use_case_id}/tasks/screening/").status_code == 302


def test_moving_on_writes_a_revision_and_an_event_and_changes_no_old_one(cast, sign_in):
    case = on_2025(cast)
    before = case.revisions.get()
    page = sign_in(cast.officer).post(
        f"/use-cases/{case.use_case_id}/edition/", {"why": "The yearly update."}, follow=True
    )
    assert f"/use-cases/{case.use_case_id}/tasks/scope/#id_is_in_scope" in page.content.decode(), "leads to the field"
    case = UseCase.objects.get(pk=case.pk)
    assert case.edition == NEW.name and case.revision_number == 2
    made = case.revisions.get(number=2)
    assert (made.edition, made.why, made.written_by) == (NEW.name, "The yearly update.", cast.officer)
    old = case.revisions.get(number=1)
    assert (old.edition, old.sha256, old.document) == (OLD.name, before.sha256, before.document)
    event = Event.objects.get(kind="use_case.edition_adopted")
    assert event.data["from"] == OLD.name and event.data["to"] == NEW.name


def test_only_those_who_answer_for_the_case_move_it_on_and_only_once(cast):
    case = on_2025(cast)
    for person in (cast.colleague, cast.manager, cast.caio, cast.auditor):
        with pytest.raises(Refused):
            adopt_edition(case, actor=person)
    adopt_edition(case, actor=cast.lead)
    with pytest.raises(Refused, match="in force already"):
        adopt_edition(case, actor=cast.lead)


def test_sending_needs_the_edition_in_force(cast, sign_in):
    case = on_2025(cast)
    with pytest.raises(Refused, match="Move it on to edition 2026"):
        verbs.submit(case, actor=cast.officer, statement=STATEMENT, opened_on=1)
    page = sign_in(cast.officer).get(f"/use-cases/{case.use_case_id}/check/").content.decode()
    assert "once it answers edition 2026" in page and "Send for endorsement" not in page
    adopt_edition(case, actor=cast.officer)
    with pytest.raises(Refused, match="One answer is still missing"):
        verbs.submit(case, actor=cast.officer, statement=STATEMENT, opened_on=2)
    save_section(case, "scope", {"is_in_scope": "yes"}, opened_on=2, actor=cast.officer)
    assert verbs.submit(case, actor=cast.officer, statement=STATEMENT, opened_on=3).revision.edition == NEW.name


def test_a_decided_case_stays_decided_when_a_new_edition_comes(cast):
    case = lives.decided(cast)
    UseCase.objects.filter(pk=case.pk).update(edition=OLD.name)
    case.refresh_from_db()
    assert editions.is_behind(case) and case.status == "approved"


# -- a section saved after a new edition came ---------------------------------------------------------


def test_answers_typed_under_the_old_edition_stand_again_under_the_new_one(cast, sign_in):
    case = on_2025(cast, scr_pii="no")
    adopt_edition(case, actor=cast.lead)
    typed = {"opened_on": "1", "edition": OLD.name, "scr_pii": "unknown", "scr_law_enforcement": "yes"}
    client = sign_in(cast.officer)
    address = f"/use-cases/{case.use_case_id}/tasks/screening/"
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Edition 2026 of the questionnaire came while you were writing. Nothing of yours is lost" in page
    assert UseCase.objects.get(pk=case.pk).revision_number == 2, "nothing was saved yet"
    form = answer.context["form"]
    assert form["scr_pii"].value() == "unknown" and form["scr_law_enforcement"].value() == "yes"
    again = {"opened_on": "2", "edition": NEW.name, "carried_from": OLD.name, **form.data.dict()}
    again |= {"opened_on": "2", "edition": NEW.name, "carried_from": OLD.name}
    assert client.post(address, again).status_code == 302
    saved = UseCase.objects.get(pk=case.pk).document["answers"]
    assert (saved["scr_pii"], saved["scr_law_enforcement"]) == ("unknown", "yes")


def test_the_action_refuses_what_was_opened_under_another_edition(cast):
    case = make.use_case(owner=cast.officer)
    with pytest.raises(EditionCame):
        save_section(case, "data", {"scr_pii": "yes"}, opened_on=1, opened_in=OLD.name, actor=cast.officer)


def test_a_section_that_no_edition_has_is_not_found(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    for ask in (sign_in(cast.officer).get, sign_in(cast.officer).post):
        assert ask(f"/use-cases/{case.use_case_id}/tasks/nonsense/").status_code == 404


# -- what a new edition does with fields and choices it drops -----------------------------------------


def third(tmp_path, **changes):
    """A third edition: that of 2026 with replacements, a year later."""
    text = (questionnaire.FOLDER / "use-case-2026.yaml").read_text()
    text = text.replace('edition: "2026"', 'edition: "2027"').replace("2026-10-01", "2027-10-01", 1)
    for old, new in changes.items():
        text = text.replace(old, new)
    for name in ("use-case-2025.yaml", "use-case-2026.yaml"):
        (tmp_path / name).write_text((questionnaire.FOLDER / name).read_text())
    (tmp_path / "use-case-2027.yaml").write_text(text)
    return questionnaire.read_all(tmp_path)[-1]


SUCCESSORS = """
replaces:
  - {field: sustainability, by: upkeep}
  - {field: tool_accessible, code: partly, by: with_gaps}
retired:
  - {field: data_interoperability, why: Nobody read it.}
  - {field: notice_how, code: mail, why: Counted as another way.}

gates:"""


def test_what_is_replaced_or_retired_is_carried_as_the_file_says(tmp_path):
    form = third(
        tmp_path,
        **{
            "field: sustainability": "field: upkeep",
            "{code: partly,": "{code: with_gaps,",
            "field: data_interoperability": "field: data_formats",
            "          - {code: mail, label: By mail or e-mail}\n": "",
            "\ngates:": SUCCESSORS,
        },
    )
    given = make.answers(
        development_stage="pilot", sustainability="A budget line.", tool_accessible="partly",
        data_interoperability="CSV.", scr_persons_affected="public", notice_how=["mail", "form"],
    )  # fmt: skip
    moved, left = asking.moved_on(NEW, form, with_answers(empty(), given))
    assert moved["answers"]["upkeep"] == "A budget line." and "sustainability" not in moved["answers"]
    assert moved["answers"]["tool_accessible"] == "with_gaps" and moved["answers"]["notice_how"] == ["form"]
    assert set(left) == {"sustainability", "data_interoperability"}
    section = asking.carried_section(NEW, form, "system")
    assert "upkeep" in {question.field for question in section.questions}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2027-10-01", "2026-10-01", r"line 11: effective_on: must be later than that of use-case-2026"),
        ("\ngates:", "\nretired:\n  - {field: nothing, why: x}\n\ngates:", "use-case-2026 had no such field"),
        ("\ngates:", "\nreplaces:\n  - {field: is_ai, by: nothing}\n\ngates:", "'nothing' is not in this edition"),
    ],
)
def test_an_edition_must_follow_the_one_before(tmp_path, old, new, words):
    third(tmp_path)
    path = tmp_path / "use-case-2027.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SourceError, match=words):
        questionnaire.read_all(tmp_path)


def test_restoring_goes_back_to_the_edition_the_old_revision_answered(cast):
    case = on_2025(cast, scr_pii="no")
    adopt_edition(case, actor=cast.officer)
    save_section(case, "data", {"scr_pii": "yes"}, opened_on=2, actor=cast.officer)
    made = restore_revision(case, 1, why="Too early.", opened_on=3, actor=cast.officer)
    assert made.edition == OLD.name and editions.is_behind(UseCase.objects.get(pk=case.pk))


def test_a_past_day_shows_an_imported_record_under_the_questions_of_that_day(cast, sign_in):
    case = imported(cast, is_in_scope=None)
    client = sign_in(cast.officer)
    address, asked_since = f"/use-cases/{case.use_case_id}/history/as-of/", NEW.by_field["is_in_scope"].label
    assert asked_since not in client.get(address, {"as_of": "2026-02-01"}).content.decode()
    assert asked_since in client.get(address, {"as_of": NEW.effective_on.isoformat()}).content.decode()
