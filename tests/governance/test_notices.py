"""Notices: who is told how, once, by a real mail server; what is overtaken is not told; what failed is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from audit.log import record
from audit.models import Event
from audit.workflow import Refused
from governance import notice_groups, recipients
from governance.actions import digests, inbox, lanes, notices, reminders
from governance.models import Digest, How, Lane, NoticeChoice, NoticeDispatch
from governance.models.jobs import Job
from governance.reads import inbox as reads
from registry.actions.use_cases import set_handling
from registry.models import UseCase
from registry.models.use_case import Handling
from tests import lives
from tests.mail_server import Box, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[Box]:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield box


def deliver() -> None:
    while notices.dispatch():
        pass


def mine(person: Any) -> list[str]:
    return [row.event.kind for row in reads.new(person).select_related("event")]


def submitted(cast: Any) -> UseCase:
    """A case that waits for its lead, who was here before."""
    assert cast.lead
    return lives.submitted(cast)


def later(row: Job) -> None:
    """Bring the next attempt into the past."""
    type(row)._default_manager.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


# -- groups -----------------------------------------------------------------------------------------


def test_every_kind_that_is_told_has_a_group() -> None:
    assert notice_groups.unplaced(recipients.KINDS) == []


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("user.invited", "account"), ("lane.due_soon", "reminders"), ("lane.assigned", "work"),
        ("use_case.submitted", "work"), ("use_case.approved", "cases"), ("join.requested", "work"),
        ("join.accepted", "cases"), ("never.heard_of", "account"),
    ],
)  # fmt: skip
def test_group_of_a_kind(kind: str, group: str) -> None:
    assert notice_groups.group_of(kind) == group


@pytest.mark.parametrize(
    ("left", "term", "step"),
    [(31, 60, None), (30, 60, 30), (8, 60, 30), (7, 60, 7), (2, 60, 7), (1, 60, 1), (0, 60, None), (-1, 60, None),
     (7, 7, None), (5, 10, 7), (1, 2, 1), (1, 1, None)],
)  # fmt: skip
def test_reminders_come_at_30_7_and_1_days_as_far_as_the_term_reaches(left: int, term: int, step: int | None) -> None:
    assert reminders.step_of(left, term) == step


# -- mail -------------------------------------------------------------------------------------------


def test_a_mail_is_text_and_html_names_the_case_by_its_id_and_leads_to_it(cast: Any, server: Box) -> None:
    case = submitted(cast)
    deliver()
    found = next(one for one in server.mails if one["To"] == cast.lead.email)
    text, page = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None and page is not None
    for part in (text.get_content(), page.get_content()):
        assert case.use_case_id in part and case.title not in part
        assert f"/use-cases/{case.use_case_id}/" in part and "/notices/choices/" in part
    assert server.connections <= 2, "one connection a round, not one a mail"


def test_what_cannot_go_out_is_shown_here_kept_and_tried_again_later_each_time(cast: Any, server: Box) -> None:
    submitted(cast)
    server.refuses = True
    deliver()
    row = NoticeDispatch.objects.get(recipient=cast.lead, event__kind="use_case.submitted")
    assert (row.state, row.sent_at) == (Job.State.RUNNING, None) and "451" in row.error
    assert mine(cast.lead) == ["use_case.submitted"], "the inbox does not wait for the mail server"
    assert [one.pk for one in reads.undelivered().filter(recipient=cast.lead)] == [row.pk]
    first = row.lease_until
    later(row)
    deliver()
    row.refresh_from_db()
    assert row.attempts == 2 and row.lease_until > first, "the wait grows"
    server.refuses = False
    later(row)
    deliver()
    row.refresh_from_db()
    assert row.state == Job.State.DONE and row.sent_at and not reads.undelivered().filter(pk=row.pk).exists()
    assert [one["To"] for one in server.mails].count(cast.lead.email) == 1


def test_a_mail_given_up_keeps_what_the_server_said_and_is_sent_again_by_an_administrator(
    cast: Any, server: Box, sign_in: Any
) -> None:
    submitted(cast)
    server.refuses = True
    deliver()
    row = NoticeDispatch.objects.get(recipient=cast.lead, event__kind="use_case.submitted")
    NoticeDispatch.objects.filter(pk=row.pk).update(attempts=notices.MOST)
    later(row)
    deliver()
    row.refresh_from_db()
    assert row.state == Job.State.FAILED and "451" in row.error
    page = sign_in(cast.administrator).get("/notices/undelivered/").content.decode()
    assert cast.lead.email in page and "Given up" in page
    with pytest.raises(Refused):
        inbox.send_again(actor=cast.caio)
    server.refuses = False
    assert inbox.send_again(actor=cast.administrator) >= 1
    deliver()
    assert cast.lead.email in [one["To"] for one in server.mails]


def test_one_letter_that_cannot_be_written_holds_up_no_other(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(cast)
    submitted(cast)
    first = Event.objects.filter(kind="use_case.submitted").order_by("pk").first()
    assert first is not None
    compose = notices.letters.compose

    def broken(event: Event, person: Any) -> Any:
        if event.pk == first.pk:
            raise KeyError("invented")
        return compose(event, person)

    monkeypatch.setattr(notices.letters, "compose", broken)
    mail.outbox.clear()
    deliver()
    assert [row.state for row in first.notices.all()] == [Job.State.FAILED]
    assert "KeyError" in first.notices.get().error
    assert cast.lead.email in {one.to[0] for one in mail.outbox}


# -- what is overtaken ------------------------------------------------------------------------------


def test_nobody_is_told_of_a_round_that_is_over(cast: Any) -> None:
    case = submitted(cast)
    lives.endorse(case, cast)  # before the worker came
    mail.outbox.clear()
    deliver()
    assert [one.subject for one in mail.outbox if one.to == [cast.lead.email]] == []
    assert mine(cast.lead) == []


def test_a_notice_goes_by_itself_when_its_case_moves_on(cast: Any) -> None:
    case = submitted(cast)
    deliver()
    assert mine(cast.lead) == ["use_case.submitted"]
    lives.endorse(case, cast)
    assert mine(cast.lead) == [] and reads.unread(cast.lead) == 0
    assert reads.of_person(cast.lead).count() == 1, "it stays under All"


def test_a_notice_of_a_case_that_was_restricted_is_gone_for_whom_it_is_closed_to(cast: Any) -> None:
    case = submitted(cast)
    deliver()
    row = reads.new(cast.lead).get()
    NoticeDispatch.objects.filter(pk=row.pk).update(recipient=cast.other_lead)  # as one who may not know of it
    assert reads.of_person(cast.other_lead).count() == 1
    set_handling(UseCase.objects.get(pk=case.pk), Handling.RESTRICTED, actor=cast.officer)
    assert reads.of_person(cast.other_lead).count() == 0 and reads.unread(cast.other_lead) == 0


# -- choices and the daily mail ---------------------------------------------------------------------


def test_the_daily_mail_has_what_is_still_new_once(cast: Any, server: Box) -> None:
    inbox.choose({"work": How.DAILY}, actor=cast.lead)
    first, second = submitted(cast), submitted(cast)
    deliver()
    assert cast.lead.email not in [one["To"] for one in server.mails]
    assert len(mine(cast.lead)) == 2, "here it stands at once"
    lives.endorse(first, cast)
    assert digests.make_digests() == 1 and digests.make_digests() == 0, "once a day"
    deliver()
    found = [one for one in server.mails if one["To"] == cast.lead.email]
    assert len(found) == 1 and found[0]["Subject"].startswith("1 notice")
    text = found[0].get_body(("plain",))
    assert text is not None
    assert second.use_case_id in text.get_content() and first.use_case_id not in text.get_content()
    assert Digest.objects.get().sent_at


def test_a_daily_mail_without_anything_new_is_not_sent(cast: Any) -> None:
    inbox.choose({"work": How.DAILY}, actor=cast.lead)
    case = submitted(cast)
    deliver()
    assert digests.make_digests() == 1
    lives.endorse(case, cast)
    mail.outbox.clear()
    deliver()
    assert [one for one in mail.outbox if one.to == [cast.lead.email]] == []
    assert Digest.objects.get(recipient=cast.lead).state == Job.State.DONE


def test_no_mail_where_a_person_wants_none_and_invitations_always(cast: Any) -> None:
    inbox.choose({"work": How.HERE}, actor=cast.lead)
    submitted(cast)
    with transaction.atomic():
        record("user.invited", cast.lead, actor=cast.administrator)
    mail.outbox.clear()
    deliver()
    found = [one.body for one in mail.outbox if one.to == [cast.lead.email]]
    assert len(found) == 1 and "/password/" in found[0]
    assert mine(cast.lead) == ["use_case.submitted"], "a link that signs in stands in no inbox"


def test_only_what_is_offered_can_be_chosen(cast: Any) -> None:
    for wrong in ({"account": How.HERE}, {"work": "never"}, {"nothing": How.HERE}):
        with pytest.raises(Refused):
            inbox.choose(wrong, actor=cast.lead)
    assert not NoticeChoice.objects.exists()


# -- reminders --------------------------------------------------------------------------------------


def _lane(cast: Any, days: int) -> Lane:
    """A lane opened 20 days ago that is due in so many days."""
    lane = lives.lane(lives.in_review(cast))
    today = timezone.localdate()
    Lane.objects.filter(pk=lane.pk).update(
        due_on=today + timedelta(days=days), opened_at=timezone.now() - timedelta(days=20)
    )
    Lane.objects.filter(review=lane.review_id).exclude(pk=lane.pk).update(due_on=today + timedelta(days=90))
    return lane


def test_an_office_is_reminded_once_at_each_step_and_the_caio_when_it_is_late(cast: Any) -> None:
    assert cast.priv and cast.caio
    lane, today = _lane(cast, 7), timezone.localdate()
    assert reminders.remind(today) == 1 and reminders.remind(today) == 0
    assert reminders.remind(today + timedelta(days=3)) == 0
    assert reminders.remind(today + timedelta(days=6)) == 1
    assert reminders.remind(today + timedelta(days=7)) == 0, "due today is not late"
    assert reminders.remind(today + timedelta(days=8)) == 1 and reminders.remind(today + timedelta(days=9)) == 0
    kinds = Event.objects.filter(subject_id=str(lane.uuid), kind__startswith="lane.").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind in ("lane.due_soon", "lane.overdue")] == [
        "lane.due_soon", "lane.due_soon", "lane.overdue",
    ]  # fmt: skip
    mail.outbox.clear()
    deliver()
    assert "lanes.escalated" in mine(cast.caio) and "lane.overdue" in mine(cast.priv)
    assert any("passed the due day" in one.subject for one in mail.outbox if one.to == [cast.caio.email])


def test_who_has_the_lane_is_reminded_and_not_the_whole_office(cast: Any) -> None:
    lane = _lane(cast, 1)
    lanes.assign([lane], actor=cast.priv, to=cast.priv2)
    deliver()
    assert "lane.assigned" in mine(cast.priv2)
    reminders.remind()
    deliver()
    assert "lane.due_soon" in mine(cast.priv2) and "lane.due_soon" not in mine(cast.priv)


def test_a_lane_that_was_decided_is_reminded_of_to_nobody(cast: Any) -> None:
    lane = _lane(cast, 1)
    reminders.remind()
    lanes.decide_lane(lane, actor=cast.priv, verb="sign_off", no_conflict=True)
    deliver()
    assert "lane.due_soon" not in mine(cast.priv) and "lane.due_soon" not in mine(cast.priv2)


# -- pages ------------------------------------------------------------------------------------------


def test_opening_marks_as_read_and_leads_to_the_page_where_one_acts(cast: Any, sign_in: Any) -> None:
    case = submitted(cast)
    deliver()
    client = sign_in(cast.lead)
    home = client.get("/").content.decode()
    assert 'href="/notices/"' in home and '1<span class="usa-sr-only"> new' in home
    row = reads.new(cast.lead).get()
    answer = client.get(f"/notices/{row.pk}/open/")
    assert answer.headers["Location"] == f"/use-cases/{case.use_case_id}/" and reads.unread(cast.lead) == 0
    client.post(f"/notices/{row.pk}/new/")
    assert reads.unread(cast.lead) == 1
    assert "1 notice marked" in client.post("/notices/read/", {"newest": row.pk}, follow=True).content.decode()
    assert sign_in(cast.other_lead).get(f"/notices/{row.pk}/open/").status_code == 404


def test_the_choices_page_keeps_what_was_chosen(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.lead)
    given = {group.code: How.AT_ONCE.value for group in notice_groups.CHOOSABLE} | {"talk": "daily"}
    page = client.post("/notices/choices/", given, follow=True).content.decode()
    assert "Kept." in page and {group.code: how for group, how in reads.choices(cast.lead)}["talk"] == "daily"
    assert "Kept." not in client.post("/notices/choices/", given | {"talk": "never"}).content.decode()
