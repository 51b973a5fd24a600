"""The registry's speed figures: `./run bench registry [lists] [huge] [save] [past] [similar]`, all unless named."""

import sys
from collections.abc import Callable
from typing import Any

from bench._stage import fill, page_ratio, people, run_figures, signed_in  # first: it sets Django up  # isort: skip
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Component, Membership, Role, User
from audit.models import Event
from bench._measure import Copies, pairs, ratios, say, seconds, vacuum
from registry import document as documents
from registry.actions import inventory
from registry.actions.use_cases import file_revision, save_section
from registry.models import Revision, UseCase, UseCaseComponent
from registry.similar import queries_of, similar

FEW, MANY, HUGE = 1_000, 10_000, 100_000
REVISIONS = 500
SAVES = 20  # saves a measurement
LISTS = {
    "list": "/use-cases/",
    "list_search": "/use-cases/?q=parcels+depot",
    "list_search_misspelt": "/use-cases/?q=parsels",
    "list_filtered": "/use-cases/?stage=deployed&q=invoices",
}


# -- lists ------------------------------------------------------------------------------------------


def lists() -> None:
    """The list with search and facet counts at 10,000 cases, against 1,000."""
    _lists({"few": FEW, "many": MANY}, bar=1.5)


def huge() -> None:
    """The same at 100,000: reported, no bar."""
    _lists({"few": FEW, "huge": HUGE}, bar=None)


def _lists(sizes: dict[str, int], bar: float | None) -> None:
    copies = Copies()
    try:
        for label, count in sizes.items():
            copies.make(label)
            fill(count)
        for name, url in LISTS.items():
            page_ratio(copies, name, Role.INVENTORY_MANAGER, url, sizes=sizes, bar=bar)
    finally:
        copies.drop()


# -- saving a section -------------------------------------------------------------------------------


def save() -> None:
    """`save_section`, against the bare writes it makes in one transaction: case, revision, event."""
    copies = Copies()
    try:
        copies.make("save")
        use_case, owner = _case()
        _save(use_case, owner)
        vacuum()
        found = pairs(lambda: _bare(use_case.pk, owner), lambda: _save(use_case, owner))
    finally:
        copies.drop()
    say("save.milliseconds_bare", [one / SAVES * 1000 for one, _ in found])
    say("save.milliseconds", [one / SAVES * 1000 for _, one in found])
    say("save.over_bare_writes", ratios(found), bar=5)


def _case() -> tuple[UseCase, User]:
    """One invented case with answers to most questions, and its owner."""
    component = Component.objects.get(code="CBP")
    owner = User.objects.create_user("owner@example.invalid", name="Invented owner")
    Membership.objects.create(user=owner, role=Role.PROGRAM_OFFICER, component=component, starts_on="2025-01-01")
    people()
    inventory.seed(1, 1, actor=system_account())
    case = UseCase.objects.get()
    UseCase.objects.filter(pk=case.pk).update(owner=owner, component=component)
    UseCaseComponent.objects.filter(use_case=case).update(component=component)
    return UseCase.objects.get(pk=case.pk), owner


def _save(case: UseCase, owner: User) -> float:
    """Seconds of some saves."""
    number = UseCase.objects.get(pk=case.pk).revision_number

    def act() -> None:
        for turn in range(SAVES):
            given = {"benefits": f"Invented benefit {number}, {turn}."}
            save_section(case, "basics", given, opened_on=number + turn, actor=owner)

    return seconds(act)


def _bare(pk: int, owner: User) -> float:
    """Seconds of the rows themselves: everything that could be made ready beforehand is."""
    row = UseCase.objects.get(pk=pk)
    written = [documents.with_answers(row.document, {"benefits": f"Bare {row.pk}, {turn}."}) for turn in range(SAVES)]
    ready = [(number, one, documents.digest(one)) for number, one in enumerate(written, start=row.revision_number + 1)]
    saved = Event.objects.filter(kind="use_case.saved").order_by("-id")[0]
    event = {f.attname: getattr(saved, f.attname) for f in Event._meta.concrete_fields if f.name not in _OWN}
    now = timezone.now()

    def act() -> None:
        for number, document, sha256 in ready:
            with transaction.atomic():
                UseCase.objects.filter(pk=pk).update(document=document, revision_number=number)
                Revision.objects.create(
                    use_case_id=pk, number=number, document=document, sha256=sha256, edition="bare",
                    written_by=owner, recorded_at=now,
                )  # fmt: skip
                Event.objects.create(**event)

    return seconds(act)


_OWN = {"id", "uuid"}


# -- the past ---------------------------------------------------------------------------------------


def past() -> None:
    """The pages of a case's past with 500 revisions, against one with two: a comparison wants two."""
    copies = Copies()
    try:
        for label, count in (("few", 2), ("many", REVISIONS)):
            copies.make(label)
            _written(count)
            vacuum()
        for name, url in (
            ("compare", "/use-cases/{}/history/compare/?older=1&newer=2"),
            ("as_of", "/use-cases/{}/history/as-of/?as_of=2026-02-01"),
            ("revision", "/use-cases/{}/revisions/2/"),
        ):
            _past_page(copies, name, url)
    finally:
        copies.drop()


def _written(count: int) -> None:
    """An invented case with so many revisions; the second and the last are filed."""
    case, owner = _case()
    while (row := UseCase.objects.get(pk=case.pk)).revision_number < count:
        given = {"benefits": f"Invented benefit number {row.revision_number}."}
        save_section(row, "basics", given, opened_on=row.revision_number, actor=owner)
        if row.revision_number in (1, count - 1):
            file_revision(UseCase.objects.get(pk=row.pk), actor=owner, why="Synthetic, for benchmarks")


def _past_page(copies: Copies, name: str, address: str) -> None:
    clients: dict[str, Any] = {}
    urls: dict[str, str] = {}
    for label in ("few", "many"):
        copies.use(label)
        clients[label], urls[label] = signed_in(Role.INVENTORY_MANAGER), address.format(UseCase.objects.get())
        if clients[label].get(urls[label]).status_code != 200:
            raise RuntimeError(f"{urls[label]} does not answer")

    def measured(label: str) -> float:
        copies.use(label)
        clients[label].get(urls[label])
        return seconds(lambda: [clients[label].get(urls[label]) for _ in range(10)]) / 10

    found = pairs(lambda: measured("few"), lambda: measured("many"))
    say(f"past.{name}.milliseconds_2", [one * 1000 for one, _ in found])
    say(f"past.{name}.milliseconds_{REVISIONS}", [one * 1000 for _, one in found])
    say(f"past.{name}.{REVISIONS}_over_2", ratios(found), bar=1.2)


# -- like cases while typing --------------------------------------------------------------------------


def similar_cases() -> None:
    """The search for like cases where full text answers, against that one indexed query alone."""
    copies = Copies()
    try:
        copies.make("similar")
        fill(MANY)
        manager = User.objects.get(memberships__role=Role.INVENTORY_MANAGER)
        lead = User.objects.get(memberships__role=Role.COMPONENT_LEAD)
        name, purpose = "Sorting of parcels at the north depot", "Staff look through invented items by hand."
        query = SearchQuery(queries_of(name, purpose)[1], search_type="raw", config="english")
        for label, person in (("manager", manager), ("lead", lead)):
            if not similar(person, name, purpose):
                raise RuntimeError("nothing is alike: there is nothing to measure")
            found = pairs(lambda: _indexed(query), lambda: _similar(label, name, purpose))  # noqa: B023 (called here)
            say(f"similar.{label}.milliseconds_query", [one * 1000 for one, _ in found])
            say(f"similar.{label}.milliseconds", [one * 1000 for _, one in found])
            say(f"similar.{label}.over_one_query", ratios(found), bar=2)
    finally:
        copies.drop()


def _indexed(query: SearchQuery) -> float:
    """Seconds of the one indexed query: the five best, with what the page shows of them."""
    rows = UseCase.objects.filter(search_vector=query).annotate(rank=SearchRank(F("search_vector"), query))
    rows = rows.select_related("component", "agency", "owner").defer("document", "search_vector")
    return seconds(lambda: [list(rows.order_by("-rank", "use_case_id")[:5]) for _ in range(10)]) / 10


def _similar(label: str, name: str, purpose: str) -> float:
    """Seconds of the search as a request makes it: the person's standing is read once a request."""
    role = Role.INVENTORY_MANAGER if label == "manager" else Role.COMPONENT_LEAD
    person = User.objects.get(memberships__role=role)
    similar(person, name, purpose)
    return seconds(lambda: [similar(person, name, purpose) for _ in range(10)]) / 10


FIGURES: dict[str, Callable[[], None]] = {
    "lists": lists,
    "huge": huge,
    "save": save,
    "past": past,
    "similar": similar_cases,
}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
