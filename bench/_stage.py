"""What the benchmarks share: Django set up, a registry filled with invented cases, pages measured, figures run.

A benchmark wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

# Models can be imported only now, after the set-up: hence E402 throughout.
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Component, Membership, Office, Role, User
from bench._measure import Copies, pairs, ratios, say, seconds, skip, vacuum
from governance.actions.catalogue import load_all
from governance.models import Lane, Review
from registry.actions import inventory
from registry.actions.vocabulary import refresh_search_words
from registry.models import Revision, UseCase

REQUESTS = 3  # requests a measurement; a single one is too short to be told from noise


def page_ratio(
    copies: Copies, name: str, role: str, url: str, *, sizes: Mapping[str, int], bar: float | None, rows: int = 20
) -> None:
    """A whole request at each of two sizes (label of the copy -> number of cases), in milliseconds and as a ratio."""
    clients, queries, (few, many) = {}, {}, tuple(sizes)
    for label in sizes:
        copies.use(label)
        clients[label] = signed_in(role)
        clients[label].get(url)
        with CaptureQueriesContext(connection) as found:
            answer = clients[label].get(url)
        queries[label] = len(found)
        if answer.status_code != 200:
            skip(f"pages.{name}", f"answered {answer.status_code}")
            return
        # A lead of one component sees about thirty of 500 cases; fifty a page at 10,000 only make the bar harder.
        if answer.content.count(b"<tr") < rows:
            raise RuntimeError(f"{url} shows hardly a row: there is nothing to measure")
    if queries[many] > queries[few]:
        raise RuntimeError(f"{url} asks {queries[many]} queries for {sizes[many]} cases, {queries[few]} for few")

    def measured(label: str) -> float:
        copies.use(label)
        clients[label].get(url)
        return seconds(lambda: [clients[label].get(url) for _ in range(REQUESTS)]) / REQUESTS

    found = pairs(lambda: measured(few), lambda: measured(many))
    say(f"pages.{name}.milliseconds_{sizes[few]}", [one * 1000 for one, _ in found])
    say(f"pages.{name}.milliseconds_{sizes[many]}", [one * 1000 for _, one in found])
    say(f"pages.{name}.{sizes[many]}_over_{sizes[few]}", ratios(found), bar=bar)


def signed_in(role: str) -> Client:
    """A browser of the invented person with this role."""
    person = User.objects.get(memberships__role=role)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    return client


def fill(count: int, every: int = 3) -> None:
    """Invented use cases, one in `every` of them in review at the Privacy Office, and a person of each role."""
    system = system_account()
    inventory.seed(count, 1, actor=system)
    people()
    cases = list(UseCase.objects.order_by("pk").values_list("pk", flat=True)[::every])
    _send_to_review(cases, Office.objects.get(code="PRIV"), system)
    refresh_search_words()
    vacuum()


def people() -> None:
    """An inventory manager, a component lead and a reviewer, invented."""
    office, component = Office.objects.get(code="PRIV"), Component.objects.get(code="CBP")
    for role, place in (
        (Role.INVENTORY_MANAGER, {}), (Role.COMPONENT_LEAD, {"component": component}),
        (Role.OFFICE_REVIEWER, {"office": office}),
    ):  # fmt: skip
        person = User.objects.create_user(f"{role}@example.invalid", name=f"Invented {role}")
        Membership.objects.create(user=person, role=role, starts_on=date(2025, 1, 1), **place)


def _send_to_review(cases: list[int], office: Office, actor: User) -> None:
    with connection.cursor() as cursor:  # step by step, as the database's own guard demands
        for status in ("submitted", "endorsed", "in_review"):
            cursor.execute("UPDATE registry_usecase SET status = %s WHERE id = ANY(%s)", [status, cases])
    revisions = Revision.objects.filter(use_case__in=cases, number=1).only("pk", "use_case")
    reviews = Review.objects.bulk_create(
        [Review(use_case_id=one.use_case_id, round=1, revision=one, submitted_by=actor) for one in revisions],
        batch_size=1000,
    )
    today = timezone.localdate()
    lanes = [
        Lane(review=review, office=office, due_on=today + timedelta(days=number % 30 - 5), because=["Invented reason"])
        for number, review in enumerate(reviews)
    ]
    Lane.objects.bulk_create(lanes, batch_size=1000)


def run_figures(figures: Mapping[str, Callable[[], None]], names: list[str]) -> int:
    """Measure what is named, or everything. 2 for an unknown name, 1 where the database is in use."""
    unknown = set(names) - set(figures)
    if unknown:
        print(f"There is no figure {', '.join(sorted(unknown))}; there is {', '.join(figures)}.", file=sys.stderr)
        return 2
    settings.DEBUG = False  # else every query is kept
    logging.disable(logging.WARNING)  # a line a request, among the figures and in their time
    if UseCase.objects.exists():
        print("A benchmark wants an empty database: there are use cases in this one.", file=sys.stderr)
        return 1
    load_all(settings.FIXTURES_DIR, actor=system_account())
    for name in names or figures:
        figures[name]()
    return 0
