"""Holds as people meet them: the pages, the menu, Home and the Board's page, the mails; and who is told nothing."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.utils import timezone

from audit.models import Event
from governance.actions import acting_signers, holds, stop_orders
from governance.actions.notices import dispatch
from governance.demo.clock import at
from governance.menu import menu
from governance.models import Hold, HoldWord, StopOrder
from governance.reads import holds as reads
from registry.actions import need_to_know
from registry.actions.use_cases import set_handling
from tests import lives, make
from tests.governance import holding, scenes
from tests.governance.holding import FIELD, WATCHED, say

SHORT = "mproper profiling"


def mails() -> dict[str, list[str]]:
    """{who: subjects} of what goes out now."""
    mail.outbox.clear()
    dispatch()
    found: dict[str, list[str]] = {}
    for one in mail.outbox:
        found.setdefault(one.to[0].split(".")[0], []).append(one.subject)
    return found


def counted(person: Any) -> int:
    return next(item.count for item in menu(person, "/") if item.label == "Holds")


def test_an_office_reads_the_question_and_speaks_on_the_page(cast: Any, sign_in: Any) -> None:
    row = holding.running(cast.officer, **{FIELD: "yes", "prohibited_explained": "Invented: sorted by town."})
    assert (counted(cast.ogc), counted(cast.priv), counted(cast.caio)) == (1, 0, 1)
    client = sign_in(cast.ogc)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "sorted by town" in page and "Say it for the Office of the General Counsel" in page
    assert "Say it for the Office for Civil Rights" not in page
    empty = client.post(f"{row.get_absolute_url()}determine/", {"office": "OGC", "says": "applies"})
    assert empty.status_code == 200 and "This field is required" in empty.content.decode()
    given = {"office": "OGC", "says": "does_not_apply", "reasons": "Towns are no persons.", "seen": ""}
    page = client.post(f"{row.get_absolute_url()}determine/", given, follow=True).content.decode()
    assert "Still to speak: the Office for Civil Rights and Civil Liberties" in page
    again = client.post(f"{row.get_absolute_url()}determine/", {**given, "reasons": "Else."}, follow=True)
    assert "Olga Counsel came first" in again.content.decode()
    assert HoldWord.objects.count() == 1
    assert Event.objects.filter(kind="act.refused", actor=cast.ogc, data__verb="speak_on_hold").count() == 1
    assert counted(cast.ogc) == 0


def test_an_office_without_people_is_shown_and_gets_an_acting_signer(cast: Any, sign_in: Any) -> None:
    row, today = holding.running(cast.officer), timezone.localdate()
    assert cast.ogc
    page = sign_in(cast.caio).get(row.get_absolute_url()).content.decode()
    assert page.count("Nobody can speak for it") == 1
    words = {"starts_on": today, "ends_on": today, "reason": "Nobody is left."}
    acting_signers.name_signer(cast.st, make.office("CRCL"), actor=cast.caio, **words)
    row = say(row, cast.st, "CRCL")
    word = row.words.get()
    assert word.person == cast.st and word.acting_for
    assert "Nobody can speak" not in sign_in(cast.caio).get(row.get_absolute_url()).content.decode()


def test_another_role_gets_nowhere_by_posting(cast: Any, sign_in: Any) -> None:
    row = holding.running(cast.officer)
    given = {"office": "OGC", "says": "applies", "reasons": "Forged."}
    for person in (cast.caio, cast.officer, cast.priv, cast.crcl, cast.administrator, cast.auditor):
        assert sign_in(person).post(f"{row.get_absolute_url()}determine/", given).status_code in (403, 404)
    assert not HoldWord.objects.exists() and lives.reread(row.use_case).status == "recorded"


def test_the_chief_sees_on_home_what_runs_and_the_board_on_its_page(cast: Any, sign_in: Any) -> None:
    row = holding.running(cast.officer)
    waiting = holding.hold(lives.submitted(cast, **{WATCHED: "unknown"}), WATCHED)
    home = sign_in(cast.caio).get("/").content.decode()
    assert row.get_absolute_url() in home and waiting.get_absolute_url() not in home
    board = sign_in(cast.member).get("/board/").content.decode()
    assert "For the Board’s attention" in board and row.get_absolute_url() in board
    assert waiting.get_absolute_url() not in board
    assert [one.hold.pk for one in reads.for_board(cast.member)] == [row.pk]


def test_the_list_puts_what_runs_first_and_counts_each_filter(cast: Any, sign_in: Any) -> None:
    early = holding.hold(lives.submitted(cast, **{WATCHED: "unknown"}), WATCHED)
    running = holding.running(cast.officer)
    found = reads.listing(cast.priv, "open")
    assert [row.pk for row in found.rows] == [running.pk, early.pk]
    assert {name: count for name, _, count in found.filters} == {
        "open": 2, "running": 1, "mine": 1, "board": 0, "applies": 0, "stopping": 0, "lifted": 0, "every": 2,
    }  # fmt: skip
    say(running, cast.ogc, "OGC", "applies")
    assert {name: count for name, _, count in reads.listing(cast.caio, "").filters} == {
        "open": 1, "running": 0, "board": 0, "applies": 1, "stopping": 1, "lifted": 0, "every": 2,
    }  # fmt: skip
    page = sign_in(cast.caio).get("/holds/?show=stopping").content.decode()
    assert "Not confirmed stopped" in page or "The prohibition applies" in page


def test_a_hold_stands_first_on_the_case_and_where_it_is_decided(cast: Any, sign_in: Any) -> None:
    row = holding.ready(cast)
    for person, address in ((cast.officer, row.use_case.get_absolute_url()),
                            (cast.caio, f"/reviews/{row.use_case.use_case_id}/decide/")):  # fmt: skip
        page = sign_in(person).get(address).content.decode()
        assert "a prohibited use is not ruled out" in page and row.get_absolute_url() in page
    assert 'value="approve"' not in page and 'value="reject"' in page


def test_who_speaks_is_told_at_once_and_the_chief_when_it_runs(cast: Any) -> None:
    people = (cast.officer, cast.lead, cast.ogc, cast.crcl, cast.priv, cast.caio, cast.manager, cast.ciso)
    lives.submitted(cast, **{FIELD: "unknown"})
    told = mails()
    assert all(any("a hold on a prohibited use" in one for one in told[who]) for who in ("olga", "cara"))
    assert not {"pia", "chris", "ines", "cyrus"} & {who for who, all_of in told.items() if "hold" in str(all_of)}
    row = holding.running(cast.officer)
    told = mails()
    assert all("on a use that is running" in told[who][0] for who in ("olga", "cara", "chris", "olive"))
    assert not any(SHORT in one.body or "Invented" in one.body for one in mail.outbox), "which one, only the page says"
    say(row, cast.ogc, "OGC", "applies", "It profiles invented persons.")
    told = mails()
    assert any("ordered to stop" in one for one in told["olive"]) and any("applies" in one for one in told["chris"])
    assert {"cyrus", "lena"} <= set(told) and len(people) == 8
    assert "profiles invented persons" not in str([one.body for one in mail.outbox])
    order = StopOrder.objects.select_related("use_case").get()
    StopOrder.objects.update(report_by=timezone.localdate() - timezone.timedelta(days=2))
    assert stop_orders.tell_overdue() == 1
    assert {"olive", "chris"} <= set(mails())
    order = StopOrder.objects.select_related("use_case").get()
    words = {"how": "network", "evidence": "Change 12.", "stopped_on": timezone.localdate()}
    stop_orders.report_stopped(order, actor=cast.officer, **words)
    assert set(mails()) == {"cyrus", "chris"}


def test_a_reminder_goes_to_who_has_not_spoken_and_to_the_chief_when_it_runs(cast: Any) -> None:
    row = say(holding.running(cast.officer), cast.ogc, "OGC")
    assert cast.crcl and cast.caio
    mails()
    Hold.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timezone.timedelta(days=3))
    holds.remind_offices()
    told = mails()
    assert set(told) == {"cara", "chris"} and "your office" in told["cara"][0]


def test_what_was_settled_in_the_meantime_is_told_to_nobody_as_open(cast: Any) -> None:
    row = holding.running(cast.officer)
    assert cast.ogc and cast.crcl
    holding.lift(row, cast)
    told = mails()
    assert all("lifted" in subject for all_of in told.values() for subject in all_of)


def test_the_owner_finds_the_order_on_home_and_the_confirmer_in_the_menu(cast: Any, sign_in: Any) -> None:
    row = say(holding.running(cast.officer), cast.ogc, "OGC", "applies")
    order = StopOrder.objects.select_related("use_case").get()
    client = sign_in(cast.officer)
    assert order.get_absolute_url() in client.get("/").content.decode()
    page = client.get(row.use_case.get_absolute_url()).content.decode()
    assert "counts as running until that is confirmed" in page
    given = {"stopped_on": timezone.localdate().isoformat(), "how": "ato", "evidence": "Letter 4, invented."}
    assert "Reported" in client.post(f"{order.get_absolute_url()}report/", given, follow=True).content.decode()
    assert order.get_absolute_url() not in client.get("/").content.decode()
    assert counted(cast.ciso) == 1
    client = sign_in(cast.ciso)
    page = client.post(f"{order.get_absolute_url()}back/", {"reason": "It answers still."}, follow=True)
    assert "It answers still." in page.content.decode()
    sign_in(cast.officer).post(f"{order.get_absolute_url()}report/", given)
    page = sign_in(cast.ciso).post(f"{order.get_absolute_url()}confirm/", follow=True).content.decode()
    assert "Confirmed stopped" in page and counted(cast.ciso) == 0


def test_a_restricted_case_is_held_among_those_who_may_know_of_it(cast: Any, sign_in: Any) -> None:
    holding.offices()
    everybody = (cast.member, cast.priv, cast.crcl, cast.ogc, cast.caio, cast.leader, cast.colleague, cast.lead)
    case = scenes.deployed(owner=cast.officer, **{FIELD: "yes"})
    set_handling(case, "restricted", actor=cast.officer)
    mails()
    holds.look_at_all()
    row = holding.hold(case)
    assert not {"pia", "max", "lou", "colin"} & set(mails())
    knows = {person for person in everybody if reads.listing(person, "every").rows.exists()}
    assert knows == {cast.crcl, cast.ogc, cast.caio, cast.lead}, "the offices asked may read it, others not"
    assert reads.for_board(cast.member) == [] and counted(cast.priv) == 0
    for person in (cast.member, cast.priv, cast.leader, cast.colleague):
        assert sign_in(person).get(row.get_absolute_url()).status_code == 404
    say(row, cast.ogc, "OGC", "applies")
    order = StopOrder.objects.get()
    told = set(mails())
    assert not {"pia", "max", "lou", "colin"} & told and "olive" in told
    assert sign_in(cast.leader).get(order.get_absolute_url()).status_code == 404


def test_reasons_are_kept_back_with_what_they_quote(cast: Any, sign_in: Any) -> None:
    row = holding.running(cast.officer, **{FIELD: "yes", "prohibited_explained": "A planted source tells it."})
    row = say(row, cast.ogc, "OGC", reasons="As the planted source says: by town.")
    need_to_know.restrict(row.use_case, ["prohibited_explained"], actor=cast.officer, reason="A source is named.")
    for address in (row.get_absolute_url(), row.use_case.get_absolute_url(), "/holds/"):
        page = sign_in(cast.leader).get(address).content.decode()
        assert SHORT in page and "planted" not in page, address
    page = sign_in(cast.crcl).get(row.get_absolute_url()).content.decode()
    assert "A planted source tells it." in page and "As the planted source says" in page


def test_an_old_hold_is_told_by_its_age(cast: Any) -> None:
    with at(timezone.now() - timezone.timedelta(days=9)):
        row = holding.running(cast.officer)
    assert row.days == 9
    row = holding.lift(row, cast)
    assert Hold.objects.get(pk=row.pk).days == 9 and make.office("OGC")
