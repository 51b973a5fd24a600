"""No word of a restricted case or answer reaches anybody without need to know, by any address (issue 3, build 7).

The addresses are those of the URL matrix: a new one is asked here without anybody remembering to. Each world is
made once for a group of roles; what a scene makes is taken back before the next.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from audit.models import Event
from governance.actions.notices import dispatch
from governance.actions.reports import make_report
from registry.models import UseCase
from tests.canary import asking
from tests.canary.world import STEM, World, begin, hide, word
from tests.governance import scenes

# Neither knows the restricted case nor the restricted answers of the other one.
GROUPS: dict[str, tuple[str | None, ...]] = {
    "component": ("colleague", "other_lead", "nobody", "administrator", None),
    "department": ("ocpo", "ogc", "leader", "secretary", "member"),
}
# They know the restricted case, by name or by its review, and not the answers of the other one.
HALF = {"component": ("other_officer",), "department": ("priv",)}
KNOWING = ("officer", "lead", "manager", "caio", "deputy", "auditor")
OF_ANSWERS = ("answer", "older", "partly", "reason", "finding", "once")  # and of the cases that were once open
FORMATS = ("", "csv", "xlsx", "json")


def about_answers(found: set[str]) -> set[str]:
    """Those of the canaries that are of the case with restricted answers."""
    return {one for one in found if one.removeprefix(STEM).startswith(OF_ANSWERS)}


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """What is made inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(cast: Any, settings: Any) -> World:
    settings.PORTAL_DEMO = True
    return begin(cast)


def clients(cast: Any, roles: Iterable[str | None]) -> list[tuple[str, Client]]:
    return [(role or "signed out", asking.signed_in(getattr(cast, role) if role else None)) for role in roles]


def get(client: Client, address: str, **given: Any) -> str:
    return asking.text_of(client.get(address, given))


def page_of(case: UseCase | None) -> str:
    assert case is not None
    return reverse("use_cases-detail", args=[case.use_case_id])


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_reads_counts_or_finds_what_is_restricted(group: str, world: World, cast: Any) -> None:
    """Lists are the same with and without the restricted case, a search for its words is one for nonsense, and no
    address of the matrix says a canary: neither with its own scene nor with the arguments of the canary world."""
    outside = clients(cast, GROUPS[group])
    before = lists_of(outside)
    hide(world)
    after = lists_of(outside)
    assert {key for key in before if before[key] != after[key]} == set()
    assert searches_told_apart(outside) == []
    half = clients(cast, HALF[group])
    leaks = set()
    for role, address, text in everything(world, outside + half):
        found = asking.canaries(text)
        leaks |= {f"{role} {address}: {one}" for one in (about_answers(found) if role in HALF[group] else found)}
    assert sorted(leaks) == []


def everything(world: World, who: list[tuple[str, Client]]) -> Iterator[tuple[str, str, str]]:
    """(role, address, text) of every address of the matrix.

    Most addresses of the world's things are of another kind of thing than the page shows. Where the auditor, who may
    read everything, is told that there is nothing, one more person is asked and not all of them.
    """
    auditor = asking.signed_in(world.cast.auditor)
    for name, row in asking.gets():
        with taken_back():
            sample = row.scene(world.cast)
            wanted = [(reverse(name, kwargs=sample), row.body, who)]
            bodies = [{}, row.body] if row.body else [{}]
            for one in asking.addresses(name, sample, world):
                there = asking.is_there(auditor, one)
                wanted += [(one, body, who if there else who[:1]) for body in bodies]
            for address, given, people in wanted:
                for role, client in people:
                    yield role, f"{address} {given or ''}", get(client, address, **given)


def lists_of(who: list[tuple[str, Client]]) -> dict[tuple[str, str, str], str]:
    """Every address without arguments as each person sees it: pages, files, the API."""
    found = {}
    for role, client in who:
        for name, row in asking.lists():
            for format in FORMATS if name.endswith(FILED) else ("",):
                given = {**row.body, **({"format": format} if format else {})}
                found[role, name, format] = asking.as_shown(get(client, reverse(name), **given))
    return found


# Every list may learn to give a file: those that ignore the word answer as they do without it.
FILED = ("list", "matrix", "findings", "left_out", "download", "queue", "overview")


def _without(said: str, text: str) -> str:
    """What a page or file says besides the word that was typed, wherever its lines break."""
    whole = re.sub(r"'Content-Length': '\d+'", "", asking.as_shown(text))
    return "".join(whole.split()).replace(said, "…")


def searches_told_apart(who: list[tuple[str, Client]]) -> list[str]:
    """Where typing a hidden word, right or misspelt, is answered unlike nonsense."""
    typed = [word("hiddenproblem_solved"), word("answervendor_name"), STEM + "nmae"]
    wrong = []
    for role, client in who:
        for name, row in asking.lists():
            if name.endswith("_pdf"):  # prints the query in its head; its rows are those of the page, compared here
                continue
            for one in typed:
                pair = (one, "x" + one[1:].replace("qu", "wv"))
                if client.cookies.get("messages"):  # one that waits would stand on the first page only
                    get(client, reverse("people-me"))
                texts = [get(client, reverse(name), **{**row.body, "q": said, "search": said}) for said in pair]
                shown = {_without(said, text) for text, said in zip(texts, pair, strict=True)}
                wrong += [f"{role} {name} {one}"] if len(shown) > 1 else []
    return wrong


def test_like_cases_mails_and_reports_say_no_hidden_word(world: World, cast: Any) -> None:
    hide(world)
    hidden, partly = world.hidden, world.partly
    assert hidden and partly
    purposes = [word("hiddenproblem_solved"), word("answerproblem_solved"), word("answersystem_outputs")]
    for person in (cast.colleague, cast.other_lead):
        client = asking.signed_in(person)
        for name in (f"Arranging {STEM} name", f"Arranging {word('name')}", *purposes):
            given = {"use_case_name": name, "problem_solved": " ".join(purposes), "system_outputs": purposes[2]}
            for address in ("use_cases-similar", "use_cases-register"):
                text = asking.text_of(client.post(reverse(address), given))
                assert hidden.use_case_id not in text and partly.use_case_id not in text, (address, name)
    _no_mail()
    assert cast.other_officer.email in {address for one in mail.outbox for address in one.to}, "who is named is told"
    made = make_report(scenes.report(cast).uuid)
    assert made is not None and made.state == "done"
    reader = asking.signed_in(cast.leader)
    for file_format in ("pdf", "html", "xlsx"):
        text = get(reader, reverse("reports-download", args=[made.uuid, file_format]))
        assert "Restricted case" in text, f"the report counts it without a name ({file_format})"
        assert asking.canaries(text) == set(), file_format
    assert Event.objects.filter(kind="report.downloaded", data__restricted=3).count() == 3


def _no_mail() -> None:
    while dispatch():
        pass
    assert len(mail.outbox) > 5
    said = {one.subject: asking.canaries(f"{one.subject} {one.body}") for one in mail.outbox}
    assert {subject: found for subject, found in said.items() if found} == {}


def test_who_needs_to_know_reads_it_and_each_reading_is_an_event(world: World, cast: Any) -> None:
    hide(world)
    viewed = Event.objects.filter(kind="use_case.viewed", subject_id=world.cases[1].use_case_id)
    for role in (*KNOWING, "priv", "other_officer"):
        text = get(asking.signed_in(getattr(cast, role)), page_of(world.hidden))
        assert word("hiddenproblem_solved") in text, role
        assert viewed.filter(actor=getattr(cast, role)).exists(), role
    for role in KNOWING:
        text = get(asking.signed_in(getattr(cast, role)), page_of(world.partly))
        assert {word("answerproblem_solved"), word("partlytitle")} <= asking.canaries(text), role
    assert f"Restricted: ask {cast.officer}" in get(asking.signed_in(cast.priv), page_of(world.partly))
    shown, unnoted = _noted(world, cast)
    assert shown > 10, "the canaries are there to be seen"
    assert unnoted == []


def _noted(world: World, cast: Any) -> tuple[int, list[str]]:
    """On how many addresses the component's lead reads a restricted answer, and those that left no event of it."""
    unnoted, shown = [], 0
    client = asking.signed_in(cast.lead)
    answers = {word(f"{place}{name}") for place in ("answer", "older") for name in world.fields}
    noted = Event.objects.filter(kind__in=["use_case.answers_viewed", "inventory.exported"])
    for name, row in asking.gets():
        with taken_back():
            sample = row.scene(cast)
            for address in dict.fromkeys([reverse(name, kwargs=sample), *asking.addresses(name, sample, world)]):
                before = noted.count()
                found = asking.canaries(get(client, address, **row.body)) & answers
                shown += bool(found)
                unnoted += [f"{address}: {min(found)}"] if found and noted.count() == before else []
    return shown, unnoted
