"""The conversation: who reads what, who may be called, and that nothing said in confidence leaves by another way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.db import InternalError, ProgrammingError, transaction

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import notices
from registry.actions import conversation as actions
from registry.models import Comment, UseCase, UseCaseComponent
from registry.permissions import visible_to
from registry.permissions.talk import comments_visible_to, viewers
from registry.reads import talk as reads_talk
from tests import lives, make, talking
from tests.conftest import ROLES

pytestmark = pytest.mark.django_db
CANARY = {"shared": "kestrel-shared", "internal": "kestrel-internal", "privileged": "kestrel-privileged"}
INSIDE = {"officer", "colleague", "lead"}
OUTSIDE = {"other_officer", "other_lead", "administrator"}
PRIVILEGED = {"officer", "ogc", "priv2", "lead"}  # owner, counsel, who was named, who began it


@pytest.fixture
def case(cast: Any) -> Any:
    for name in ROLES:
        getattr(cast, name)
    return make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")


@pytest.fixture
def talk(case: Any, cast: Any) -> dict[str, Comment]:
    """A thread of each audience with an answer, all begun by the lead."""
    made = {}
    for audience, words in CANARY.items():
        mentions = [cast.priv2] if audience == "privileged" else []
        made[audience] = talking.thread(case, cast.lead, audience, text=words, mentions=mentions, field="vendor_name")
        actions.reply(made[audience], text=f"{words}-answer", actor=cast.officer)
    return made


def readers(audience: str) -> set[str]:
    everybody = set(ROLES) - OUTSIDE
    return {"shared": everybody, "internal": INSIDE, "privileged": PRIVILEGED}[audience]


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("audience", CANARY)
def test_each_role_reads_its_audiences_and_no_other(audience, name, talk, cast):
    person = getattr(cast, name)
    read = set(comments_visible_to(person).filter(audience=audience).values_list("text", flat=True))
    wanted = {CANARY[audience], f"{CANARY[audience]}-answer"} if name in readers(audience) else set()
    assert read == wanted


def pages(case: UseCase) -> list[str]:
    at = f"/use-cases/{case.use_case_id}/"
    return [
        "/", "/reviews/", at, f"{at}?show=all", f"{at}conversation/", f"{at}conversation/?show=all",
        f"{at}conversation/?field=vendor_name", f"{at}tasks/basics/", f"{at}tasks/", "/use-cases/?format=csv",
        f"{at}revisions/1/", f"{at}check/", f"/api/use-cases/{case.use_case_id}/", f"{at}evidence/",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*ROLES, "nobody"])
def test_no_page_shows_what_the_role_may_not_read(name, talk, case, cast, sign_in):
    client = sign_in(getattr(cast, name))
    shown = " ".join(client.get(address, follow=True).content.decode() for address in pages(case))
    for audience, words in CANARY.items():
        may_read = name != "nobody" and name in readers(audience)
        assert (words in shown) == may_read, audience


def test_a_decision_page_shows_what_is_open_to_the_reader(cast, sign_in):
    case = lives.in_review(cast)
    talking.thread(case, cast.officer, text=CANARY["shared"])
    talking.thread(case, cast.officer, "internal", text=CANARY["internal"])
    actions.resolve(talking.thread(case, cast.officer, text="settled already"), actor=cast.officer)
    lane = lives.lane(case)
    page = sign_in(cast.priv).get(f"/reviews/lanes/{lane.uuid}/").content.decode()
    assert CANARY["shared"] in page and CANARY["internal"] not in page and "settled already" not in page


def test_events_and_mails_never_carry_what_was_said_in_confidence(talk, cast):
    notices.dispatch()
    said = " ".join(bytes(row.canonical).decode() + row.subject_label for row in Event.objects.all())
    mailed = " ".join(one.subject + one.body for one in mail.outbox)
    assert mail.outbox, "people were mailed"
    assert CANARY["shared"] in said
    for audience in ("internal", "privileged"):
        assert CANARY[audience] not in said
    assert "kestrel" not in mailed


def test_a_restricted_case_is_talked_about_by_those_who_need_to_know(cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", handling="restricted")
    made = talking.thread(case, cast.officer, text=CANARY["shared"])
    assert not comments_visible_to(cast.leader).exists() and not comments_visible_to(cast.colleague).exists()
    assert comments_visible_to(cast.auditor).exists()
    client = sign_in(cast.colleague)
    assert client.post(f"/comments/{made.uuid}/reply/", {"text": "x"}).status_code == 404
    with pytest.raises(Refused, match="only in cases you may see"):
        talking.thread(case, cast.colleague)


# -- who may be called -----------------------------------------------------------------------------


@pytest.mark.parametrize("handling", ["internal", "restricted"])
@pytest.mark.parametrize("status", ["draft", "recorded"])
def test_viewers_is_visible_to_read_from_the_other_side(status, handling, cast):
    from registry.actions.use_cases import let_know

    people = [getattr(cast, name) for name in ROLES] + [cast.nobody, make.person("Left Longago", is_active=False)]
    case = make.use_case(
        owner=cast.officer, backup_owner=cast.colleague, status=status, handling=handling,
        filed_on=None if status == "draft" else date(2026, 1, 28),
    )  # fmt: skip
    UseCaseComponent.objects.create(use_case=case, component=make.component("FEMA"))
    let_know(case, because="test", user=cast.leader)
    let_know(case, because="test", office=make.office("PRIV"))
    for round_ in ("as it is", "with the Board"):
        found = set(viewers(case).values_list("pk", flat=True))
        seen = {one.pk for one in people if visible_to(one).filter(pk=case.pk).exists()}
        assert found & {one.pk for one in people} == seen, round_
        let_know(case, because="test", is_board=True)


@pytest.mark.parametrize(
    ("audience", "name", "can"),
    [
        ("shared", "leader", True), ("shared", "other_officer", False), ("shared", "administrator", False),
        ("shared", "nobody", False), ("internal", "colleague", True), ("internal", "priv", False),
        ("internal", "caio", False), ("privileged", "caio", True), ("privileged", "other_officer", False),
    ],
)  # fmt: skip
def test_only_who_can_read_it_is_called(audience, name, can, case, cast):
    person = getattr(cast, name)
    if not can:
        with pytest.raises(Refused, match="cannot read this, so they cannot be mentioned"):
            talking.thread(case, cast.officer, audience, mentions=[person])
        assert not Comment.objects.exists() and not Event.objects.filter(kind="comment.made").exists()
        return
    made = talking.thread(case, cast.officer, audience, mentions=[person])
    assert list(made.mentions.all()) == [person]
    assert comments_visible_to(person).filter(pk=made.pk).exists()


def test_an_answer_cannot_let_anybody_into_a_privileged_thread(talk, cast):
    with pytest.raises(Refused, match="cannot be mentioned"):
        actions.reply(talk["privileged"], text="And you?", actor=cast.officer, mentions=[cast.caio])
    actions.reply(talk["privileged"], text="And you?", actor=cast.officer, mentions=[cast.priv2, cast.ogc])
    assert not comments_visible_to(cast.caio).filter(audience="privileged").exists()


def test_the_audience_of_a_thread_stays(talk, cast):
    answer = actions.reply(talk["internal"], text="Still ours.", actor=cast.colleague)
    assert answer.audience == "internal"
    for column, value in (("audience", "shared"), ("text", "Another")):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Comment.objects.filter(pk=talk["internal"].pk).update(**{column: value})


def test_an_answer_has_no_answers(talk, cast):
    answer = talk["shared"].replies.get()
    with pytest.raises(Refused, match="first comment of the thread"):
        actions.reply(answer, text="Deeper", actor=cast.lead)


@pytest.mark.parametrize(
    ("text", "called", "unclear"),
    [
        ("@Pia Privacy, is it so?", ["Pia Privacy"], []),
        ("Ask @pia privacy and @Chris Chief.", ["Pia Privacy", "Chris Chief"], []),
        ("mail me at x@Pia Privacy.invalid", [], []),
        ("@Freya Field should know", [], ["@Freya Field"]),
        ("@Pia Privacyx", [], ["@Pia Privacyx"]),
        ("Ask @Nobody, or @Robin.", [], ["@Nobody", "@Robin"]),
        ("@robin please look; (@Robin Example)", [], ["@robin", "@Robin Example"]),
        ("@Robin\nExample", [], ["@Robin"]),
        ("@@Pia Privacy", [], []),
        ("nobody", [], []),
    ],
)
def test_a_name_in_the_text_calls_a_person(text, called, unclear, cast):
    found = reads_talk.called(text, [cast.priv, cast.caio])
    assert ([str(one) for one in found[0]], found[1]) == (called, unclear)


def test_two_people_of_one_name_have_to_be_chosen(cast):
    other = make.person("Pia Privacy")
    assert reads_talk.called("@Pia Privacy", [cast.priv, other]) == ([], ["@Pia Privacy"])
    listed = dict(reads_talk.with_roles([cast.priv, other]))
    assert listed[cast.priv.pk] == "Pia Privacy (Office reviewer, PRIV)" != listed[other.pk]


# -- acts ------------------------------------------------------------------------------------------


def test_outsiders_of_the_component_begin_no_internal_thread_and_auditors_none(case, cast):
    with pytest.raises(Refused, match="Internal comments are for people of CBP"):
        talking.thread(case, cast.priv, "internal")
    with pytest.raises(Refused, match="Auditors read the record"):
        talking.thread(case, cast.auditor)


def test_settling_and_opening_again_say_who(talk, case, cast):
    thread = talk["shared"]
    with pytest.raises(Refused, match="mark this as resolved"):
        actions.resolve(thread, actor=cast.priv)
    actions.resolve(thread, actor=cast.officer)
    with pytest.raises(Stale):
        actions.resolve(thread, actor=cast.lead)
    row = Comment.objects.get(pk=thread.pk)
    assert row.is_resolved and row.resolved_by == cast.officer
    assert reads_talk.threads(cast.caio, case, {})["filters"] == [
        ("open", "Open", 0), ("resolved", "Resolved", 1), ("all", "All", 1)
    ]  # fmt: skip
    actions.reopen(row, actor=cast.lead)
    assert not Comment.objects.get(pk=thread.pk).is_resolved
    kinds = Event.objects.filter(kind__startswith="comment.re").values_list("kind", flat=True)
    assert list(kinds) == ["comment.resolved", "comment.reopened"]


def test_counsel_settles_a_privileged_thread(talk, cast):
    actions.resolve(talk["privileged"], actor=cast.ogc)
    assert Comment.objects.get(pk=talk["privileged"].pk).resolved_by == cast.ogc


def test_what_was_taken_back_leaves_a_trace_and_is_kept_for_auditors(talk, case, cast, sign_in):
    with pytest.raises(Refused, match="Only Lena Lead"):
        actions.retract(talk["shared"], actor=cast.officer)
    sign_in(cast.lead).post(f"/comments/{talk['shared'].uuid}/retract/")
    row = Comment.objects.get(pk=talk["shared"].pk)
    assert row.retracted_by == cast.lead and row.text == CANARY["shared"]
    address = f"/use-cases/{case.use_case_id}/conversation/"
    for name, reads in (("officer", False), ("lead", False), ("caio", False), ("auditor", True)):
        page = sign_in(getattr(cast, name)).get(address).content.decode()
        assert "Retracted by Lena Lead" in page
        assert (f">{CANARY['shared']}<" in page) == reads, name
    with pytest.raises(Stale):
        actions.retract(row, actor=cast.lead)


@pytest.mark.parametrize(("text", "says"), [("  ", "Write something"), ("x" * 5001, "at most 5,000")])
def test_an_empty_or_endless_comment_is_refused(text, says, case, cast):
    with pytest.raises(Refused, match=says):
        talking.thread(case, cast.officer, text=text)


def test_a_comment_is_written_on_the_page_with_a_called_name(case, cast, sign_in):
    client = sign_in(cast.officer)
    address = f"/use-cases/{case.use_case_id}/conversation/"
    given = {"text": "@Pia Privacy and @Freya Field, look", "audience": "shared", "field": "vendor_name", "mention": ""}
    answer = client.post(address, given, follow=True)
    page = answer.content.decode()
    made = Comment.objects.get()
    assert [str(one) for one in made.mentions.all()] == ["Pia Privacy"] and made.field == "vendor_name"
    assert "Pia Privacy will be mailed a link" in page and "“@Freya Field” mentioned nobody" in page
    given = {"text": "x", "audience": "shared", "mention": str(cast.other_officer.pk)}
    assert client.post(address, given).status_code == 400, "the list offers nobody who may not see the case"
    assert client.post(address, {**given, "mention": "", "audience": "everyone"}).status_code == 400
    assert Comment.objects.count() == 1


def test_an_answer_with_nothing_in_it_is_told(talk, cast, sign_in):
    client = sign_in(cast.officer)
    answer = client.post(f"/comments/{talk['shared'].uuid}/reply/", {"text": " "}, follow=True)
    assert "Write something first" in answer.content.decode()
    client.post(f"/comments/{talk['shared'].uuid}/reply/", {"text": "Yes", "mention": cast.lead.pk})
    assert Comment.objects.latest("pk").mentions.get() == cast.lead


def test_no_one_answers_what_they_cannot_read(talk, cast, sign_in):
    client = sign_in(cast.caio)
    for verb in ("reply", "resolve", "reopen", "retract"):
        assert client.post(f"/comments/{talk['privileged'].uuid}/{verb}/", {"text": "x"}).status_code == 404


# -- who is told -----------------------------------------------------------------------------------


def told() -> dict[str, str]:
    notices.dispatch()
    found = {one.to[0]: one.subject for one in mail.outbox}
    mail.outbox.clear()
    return found


def test_the_called_the_thread_and_the_owner_are_mailed_a_link(case, cast):
    made = talking.thread(case, cast.priv, mentions=[cast.caio])
    called = told()
    assert set(called) == {cast.caio.email, cast.officer.email}
    assert called[cast.caio.email] == f"{case.use_case_id}: Pia Privacy mentioned you"
    assert called[cast.officer.email] == f"{case.use_case_id}: Pia Privacy wrote a comment"
    actions.reply(made, text="It is.", actor=cast.officer)
    assert told() == {cast.priv.email: f"{case.use_case_id}: Olive Officer answered in a conversation"}


def test_nobody_is_mailed_who_lost_sight_of_the_case_meanwhile(case, cast):
    talking.thread(case, cast.officer, mentions=[cast.leader])
    UseCase.objects.filter(pk=case.pk).update(handling="restricted")
    assert told() == {}


def test_what_was_taken_back_before_the_mail_went_is_not_mailed(case, cast):
    actions.retract(talking.thread(case, cast.officer, mentions=[cast.leader]), actor=cast.officer)
    assert told() == {}


def test_home_lists_who_waits_for_my_answer(case, cast, sign_in):
    made = talking.thread(case, cast.officer, mentions=[cast.leader, cast.priv])
    assert "You were mentioned" in sign_in(cast.leader).get("/").content.decode()
    assert "You were mentioned" in sign_in(cast.priv).get("/reviews/").content.decode(), "a reviewer’s home"
    actions.reply(made, text="It is.", actor=cast.leader)
    assert reads_talk.mentions_of(cast.leader) == []
    assert reads_talk.mentions_of(cast.priv) == [made]
    actions.resolve(made, actor=cast.officer)
    assert reads_talk.mentions_of(cast.priv) == []


def test_each_question_counts_what_hangs_on_it(talk, case, cast, sign_in):
    talking.some_file(case, cast.officer, field="vendor_name")
    assert reads_talk.marks(cast.officer, case) == {"vendor_name": reads_talk.Marks(1, 3)}
    assert reads_talk.marks(cast.caio, case) == {"vendor_name": reads_talk.Marks(1, 1)}
    page = sign_in(cast.caio).get(f"/use-cases/{case.use_case_id}/").content.decode()
    assert "Conversation <b>1</b>" in page and "Evidence <b>1</b>" in page
