"""Need to know of single answers: who reads, who restricts, what is never lost, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from audit.models import Event
from audit.reads import sentence, timeline
from audit.workflow import Refused
from governance.actions.notices import dispatch
from registry import handling, questionnaire
from registry.actions import inventory, need_to_know
from registry.actions.inventory.export import layout_for
from registry.actions.owners import remove_backup_owner, set_team_mailbox
from registry.actions.restoring import restore_revision
from registry.actions.use_cases import save_section, set_handling, write_revision
from registry.actions.vocabulary import refresh_search_words
from registry.classified import is_marked
from registry.models import NeedToKnow, Revision, UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.permissions.know import for_reader, may_know_restricted
from registry.permissions.talk import viewers
from registry.searching import search
from tests import lives, make, make_systems, talking
from tests.matrix_know import restricted_answers

SECRET = "The pelicanbarn lies behind gate nine."
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Any) -> UseCase:
    """A recorded CBP case whose benefits only those who need to know may read."""
    given = make.answers(benefits=SECRET)
    row = make.use_case(owner=cast.officer, given=given, filed_on=date(2026, 1, 28), status="recorded")
    need_to_know.restrict(row, ["benefits"], reason="It names a place.", actor=cast.officer)
    refresh_search_words()
    return UseCase.objects.get(pk=row.pk)


def read_by(person: Any, case: UseCase) -> UseCase:
    row = UseCase.objects.get(pk=case.pk)
    for_reader(person, row)
    return row


def test_who_may_know_reads_the_answer_and_everybody_else_whom_to_ask(case: UseCase, cast: Any) -> None:
    for person in (cast.officer, cast.lead, cast.manager, cast.caio, cast.deputy, cast.auditor):
        assert read_by(person, case).document["answers"]["benefits"] == SECRET, str(person)
    for person in (cast.colleague, cast.priv, cast.leader, cast.member, cast.other_officer, cast.nobody):
        row = read_by(person, case)
        assert "benefits" not in row.document["answers"] and SECRET not in str(row.filed_document), str(person)
        assert row.document["withheld"]["benefits"] == f"Restricted: ask {cast.officer}"


def test_a_row_cut_for_a_reader_is_never_written_back(case: UseCase, cast: Any) -> None:
    row = read_by(cast.colleague, case)
    with pytest.raises(RuntimeError, match="cut for a reader"):
        write_revision(row, row.document, actor=cast.colleague)


def test_search_and_vocabulary_leave_the_answer_out_for_everybody(case: UseCase, cast: Any) -> None:
    for person in (cast.officer, cast.manager, cast.leader):
        found = search(visible_to(person), "pelicanbarn")
        assert not found.rows.exists() and not search(visible_to(person), "pelicanbam").instead
    need_to_know.restrict(case, [], reason="It was moved.", actor=cast.officer)
    assert search(visible_to(cast.leader), "pelicanbarn").rows.get() == case


@pytest.mark.parametrize(
    "field", ["use_case_name", "development_stage", "contact_email", "have_ato", "operational_date", "no_such"]
)
def test_what_lists_and_other_answers_show_is_not_restricted_alone(case: UseCase, cast: Any, field: str) -> None:
    with pytest.raises(Refused, match="Restrict the case"):
        need_to_know.restrict(case, ["benefits", field], reason="Why.", actor=cast.officer)
    case.refresh_from_db()
    assert case.restricted_fields == ["benefits"]


def test_only_owner_and_lead_restrict_and_only_with_a_reason(case: UseCase, cast: Any) -> None:
    for person in (cast.colleague, cast.manager, cast.caio):
        with pytest.raises(Refused, match="Only the owner"):
            need_to_know.restrict(case, [], reason="Why.", actor=person)
    with pytest.raises(Refused, match="Say why"):
        need_to_know.restrict(case, [], reason=" ", actor=cast.lead)
    with pytest.raises(Refused, match="Nothing was changed"):
        need_to_know.restrict(case, ["benefits"], reason="Why.", actor=cast.lead)


def test_saving_a_section_blind_keeps_the_answer_that_was_not_shown(cast: Any, sign_in: Any) -> None:
    row = make.use_case(given=make.answers(benefits=SECRET))  # nobody owns it: officers of the component edit
    need_to_know.restrict(row, ["benefits"], reason="It names a place.", actor=cast.lead)
    form = questionnaire.of(row, date(2026, 11, 1))
    slug = form.section_of["benefits"].slug
    client = sign_in(cast.colleague)
    page = client.get(reverse("use_cases-section", args=[row.use_case_id, slug])).content.decode()
    assert "Restricted: ask the CBP lead" in page and 'name="benefits"' not in page and SECRET not in page
    sent = {"problem_solved": "Another problem.", "benefits": "Overwritten.", "opened_on": "1", "edition": form.name}
    client.post(reverse("use_cases-section", args=[row.use_case_id, slug]), sent)
    row.refresh_from_db()
    assert row.document["answers"]["problem_solved"] == "Another problem."
    assert row.document["answers"]["benefits"] == SECRET
    with pytest.raises(Refused, match="restricted answer"):
        save_section(row, slug, {"benefits": "Overwritten."}, opened_on=row.revision_number, actor=cast.colleague)


def test_nobody_brings_back_an_answer_they_may_not_read(cast: Any) -> None:
    row = make.use_case(given=make.answers(benefits=SECRET))
    write_revision(row, {**row.document, "answers": {**row.document["answers"], "benefits": "Now."}}, actor=cast.lead)
    need_to_know.restrict(row, ["benefits"], reason="It names a place.", actor=cast.lead)
    with pytest.raises(Refused, match="restricted answer"):
        restore_revision(row, 1, why="It was better.", opened_on=2, actor=cast.colleague)
    assert restore_revision(row, 1, why="It was better.", opened_on=2, actor=cast.lead).number == 3


def test_the_past_of_a_restricted_answer_is_refused_with_whom_to_ask(case: UseCase, cast: Any, sign_in: Any) -> None:
    address = reverse("use_cases-answer", args=[case.use_case_id, "benefits"])
    refused = sign_in(cast.leader).get(address)
    assert refused.status_code == 403 and f"Ask {cast.officer}." in refused.content.decode()
    assert SECRET in sign_in(cast.lead).get(address).content.decode()


def test_the_api_gives_a_marker_and_the_whole_to_who_may_know(case: UseCase, cast: Any, sign_in: Any) -> None:
    detail = reverse("api-use_cases-detail", args=[case.use_case_id])
    revisions = reverse("api-revisions-list", args=[case.use_case_id])
    client = sign_in(cast.leader)
    assert client.get(detail).json()["document"]["withheld"] == {"benefits": f"Restricted: ask {cast.officer}"}
    assert SECRET not in client.get(revisions).content.decode()
    assert SECRET in sign_in(cast.manager).get(revisions).content.decode()
    noted = Event.objects.get(kind="use_case.answers_viewed", actor=cast.manager)
    assert noted.data == {"path": revisions, "fields": ["benefits"]}


def test_comments_and_evidence_of_the_answer_follow_it(case: UseCase, cast: Any, sign_in: Any) -> None:
    talking.thread(case, cast.officer, text="Behind gate nine?", field="benefits")
    made = talking.some_file(case, cast.officer, title="Plan of gate nine", field="benefits")
    known = {cast.officer, cast.lead, cast.manager, cast.caio, cast.deputy, cast.auditor}
    assert cast.priv not in known and set(viewers(case, "benefits")) == known
    with pytest.raises(Refused, match="cannot read this"):
        talking.thread(case, cast.officer, text="See.", field="benefits", mentions=[cast.priv])
    with pytest.raises(Refused, match="restricted answer"):
        talking.thread(case, cast.priv, text="What is it?", field="benefits")
    page = sign_in(cast.priv).get(case.get_absolute_url()).content.decode()
    assert "gate nine" not in page
    assert sign_in(cast.priv).get(reverse("evidence-download", args=[made.uuid])).status_code == 404
    list(sign_in(cast.manager).get(reverse("evidence-download", args=[made.uuid])))
    assert Event.objects.filter(kind="evidence.downloaded", actor=cast.manager).count() == 1


def test_an_office_knows_as_soon_as_its_lane_opens(cast: Any) -> None:
    row = lives.endorsed(cast)
    need_to_know.restrict(row, ["benefits"], reason="It names a place.", actor=cast.officer)
    assert not may_know_restricted(cast.priv, row)
    lives.open_lanes(row, cast)
    assert may_know_restricted(cast.priv, row) and not may_know_restricted(cast.crcl, row)


def test_somebody_named_opens_a_restricted_case_of_another_component_and_is_told_by_its_id(
    cast: Any, sign_in: Any
) -> None:
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    set_handling(row, Handling.RESTRICTED, actor=cast.officer)
    client = sign_in(cast.lead)
    address = reverse("need_to_know-name", args=[row.use_case_id])
    client.post(address, {"name-person": cast.other_officer.pk, "name-because": "Runs the other yard."})
    assert visible_to(cast.other_officer).filter(pk=row.pk).exists()
    assert cast.other_officer in viewers(UseCase.objects.get(pk=row.pk))
    dispatch()
    told = next(one for one in mail.outbox if one.to == [cast.other_officer.email])
    assert row.use_case_id in told.subject and "Restricted: need to know" in told.body
    assert row.title not in told.body and "other yard" not in told.body
    assert "Runs the other yard." in client.get(reverse("use_cases-people", args=[row.use_case_id])).content.decode()
    named = NeedToKnow.objects.get(use_case=row)
    client.post(reverse("need_to_know-end", args=[row.use_case_id, named.uuid]), {"reason": "Moved on."})
    assert not visible_to(cast.other_officer).filter(pk=row.pk).exists()
    assert Event.objects.get(kind="need_to_know.ended").reason == "Moved on."


def test_what_a_review_lets_know_is_not_ended_by_hand(cast: Any) -> None:
    row = lives.in_review(cast)
    given = NeedToKnow.objects.get(use_case=row, office__code="PRIV")
    with pytest.raises(Refused, match="by the review"):
        need_to_know.end_knowing(given, reason="No more.", actor=cast.officer)


def test_the_public_inventory_has_a_marker_and_the_whole_one_is_an_event(case: UseCase, cast: Any) -> None:
    words: dict[str, Any] = {
        "actor": cast.manager,
        "layout": layout_for(2025, "dhs-2025"),
        "cycle": 2025,
        "format": "csv",
    }
    public = inventory.export(audience="public", **words).content.decode("utf-8-sig")
    assert SECRET not in public and handling.PREFIX not in public
    assert "Withheld from public reporting" in next(csv.DictReader(io.StringIO(public))).values()
    whole = inventory.export(audience="omb", **words).content.decode("utf-8-sig")
    assert SECRET in whole and "Internal to the department" not in whole, "an OMB layout takes no marking"
    event = Event.objects.filter(kind="inventory.exported").order_by("-id")[0]
    assert event.data["with_restricted_answers"] == 1


BANNERS = ["SECRET//NOFORN", "TOP SECRET//SI//NOFORN", "  SECRET  ", "(S//NF) The yard lies east.", "(TS) It is large."]
HARMLESS = [
    "It keeps secrets.",
    "UNCLASSIFIED//FOUO",
    "(s) one or more",
    "Secretary of the yard",
    "(C) third point",
    "CONFIDENTIAL",
]


@pytest.mark.parametrize("line", BANNERS)
def test_an_answer_marked_as_classified_is_refused_without_keeping_it(cast: Any, sign_in: Any, line: str) -> None:
    row = make.use_case(owner=cast.officer)
    form = questionnaire.of(row, date(2026, 11, 1))
    slug = form.section_of["benefits"].slug
    sent = {"benefits": f"The yard.\n{line}\nMore of albatross.", "opened_on": "1", "edition": form.name}
    page = sign_in(cast.officer).post(reverse("use_cases-section", args=[row.use_case_id, slug]), sent).content.decode()
    assert "security officer" in page and "do not e-mail it" in page
    assert not Revision.objects.filter(document__icontains="albatross").exists()
    event = Event.objects.filter(kind="act.refused").get()
    assert "albatross" not in str(event.data) and line.strip() not in str(event.data) and event.actor == cast.officer


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_words_are_no_marking(line: str) -> None:
    assert not is_marked(f"The yard.\n{line}\nMore.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"SECRET//NOFORN\nThe yard.\n"),
        (
            "notes.docx",
            talking.office(extra={"word/document.xml": b"<w:p><w:t>SECRET//NOFORN</w:t></w:p><w:p>The yard</w:p>"}),
        ),
    ],
)
def test_an_upload_marked_as_classified_is_refused_and_not_stored(cast: Any, name: str, content: bytes) -> None:
    row = make.use_case(owner=cast.officer)
    with pytest.raises(Refused, match="call your component’s security officer"):
        talking.some_file(row, cast.officer, file=talking.upload(name, content))
    assert not row.evidence.exists()


def test_a_comment_marked_as_classified_is_refused(cast: Any) -> None:
    row = make.use_case(owner=cast.officer)
    with pytest.raises(Refused, match="unclassified"):
        talking.thread(row, cast.officer, text="(S//NF) The yard lies east.")


def test_a_restricted_case_is_marked_on_its_page_and_in_files(cast: Any, sign_in: Any) -> None:
    row = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    set_handling(row, Handling.RESTRICTED, actor=cast.officer)
    client = sign_in(cast.manager)
    assert "<b>Restricted: need to know</b>" in client.get(row.get_absolute_url()).content.decode()
    lines = client.get(reverse("use_cases-list"), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert lines[0] == str(settings.PORTAL_MARKING)
    assert Event.objects.get(kind="list.exported").data["restricted"] == 1
    partly = restricted_answers(cast)
    assert "Holds restricted answers" in sign_in(cast.lead).get(partly.get_absolute_url()).content.decode()
    assert "Holds restricted answers" not in sign_in(cast.priv).get(partly.get_absolute_url()).content.decode()


def test_the_timeline_says_what_was_changed_about_a_case(cast: Any) -> None:
    row = make.use_case(owner=cast.officer)
    set_team_mailbox(row, "team@example.invalid", actor=cast.officer)
    set_handling(row, Handling.RESTRICTED, actor=cast.officer)
    remove_backup_owner(row, actor=cast.officer)
    said = [sentence(event) for event in timeline(row.use_case_id)]
    assert said[:3] == ["took the backup owner off", "changed its handling to restricted", "changed the team’s address"]


def test_a_line_of_a_file_is_marked_as_its_reader_reads_it(case: UseCase, cast: Any, sign_in: Any) -> None:
    for person, marking in ((cast.officer, "Holds restricted answers: need to know"), (cast.leader, "Internal to the")):
        given = {"format": "csv", "cols": ["status", "benefits"]}
        lines = sign_in(person).get(reverse("use_cases-list"), given).content.decode("utf-8-sig").splitlines()
        assert lines[-1].split(",")[-1].startswith(marking) and (SECRET in lines[-1]) == (person == cast.officer)
    noted = Event.objects.filter(kind="use_case.answers_viewed", subject_id=case.use_case_id)
    assert noted.get().actor == cast.officer, "only who could read it"
    assert SECRET in sign_in(cast.lead).get(reverse("use_cases-list"), {"cols": "benefits"}).content.decode()
    assert noted.filter(actor=cast.lead).get().data["fields"] == ["benefits"]
    plain = sign_in(cast.officer).get(reverse("use_cases-list"), {"format": "csv", "cols": "status"}).content.decode()
    assert plain.splitlines()[-1].endswith(",Internal to the department"), "no restricted answer is in the line"


def test_a_restricted_system_name_hides_the_link_to_its_record_too(cast: Any, sign_in: Any) -> None:
    record = make_systems.system("Invented open bench")
    row = make_systems.case_on(record, owner=cast.officer)
    need_to_know.restrict(row, ["system_name_ato"], reason="It names a place.", actor=cast.officer)
    page, system = row.get_absolute_url(), record.get_absolute_url()
    assert "Invented open bench" not in sign_in(cast.leader).get(page).content.decode()
    assert row.use_case_id not in sign_in(cast.leader).get(system).content.decode()
    assert "Invented open bench" in sign_in(cast.manager).get(page).content.decode()
    assert row.use_case_id in sign_in(cast.manager).get(system).content.decode()
