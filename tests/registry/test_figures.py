"""Every figure of the yearly inventory's pages leads to exactly as many rows as it says."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from registry.actions import cycle_changes, handovers
from registry.actions.quality_marks import count_quality
from registry.models import ComponentCall, Cycle, UseCase
from tests import make, make_cycles
from tests.matrix_outside import taken
from tests.registry.importing import bring, file_of
from tests.registry.importing import row as file_row

pytestmark = pytest.mark.django_db
CYCLE = "/inventory/cycles/2026/"
CERTIFY = f"{CYCLE}CBP/certify/"
# Links whose text is a number, or says one of many, and the filters' counts.
LINK = re.compile(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
PAGES = (CYCLE, f"{CYCLE}CBP/", CERTIFY, "/inventory/quality/", "/inventory/outside/", "/inventory/cots/?year=2026")


def filled(cast: Any) -> None:
    """CBP with something of everything: more cases of one kind than a page names, and one retired before."""
    owned = [make_cycles.reported(cast.officer) for _ in range(3)]
    for _ in range(13):
        make_cycles.reported(None, development_stage="deployed", have_ato="no", has_pii="yes")
    make.use_case(given=make.answers(development_stage="retired"), filed_on=date(2025, 1, 5), status="recorded")
    make_cycles.reported(None, is_withheld=None)
    make_cycles.cycle(cast)
    make_cycles.go_through(owned[0], cast.officer, {"benefits": "Parcels wait an hour less."})
    handovers.offer([owned[1]], cast.colleague, note="Please.", actor=cast.officer)
    UseCase.objects.filter(pk=owned[2].pk).update(revision_number=2)
    make.use_case(owner=cast.officer, use_case_id="DHS-1")
    bring(file_of(file_row(1)), cast.manager)
    taken(cast)
    make_cycles.certified(cast)
    make_cycles.go_through(make_cycles.reported(cast.officer), cast.officer)
    ComponentCall.objects.update(due_on=date(2026, 1, 2))
    cycle_changes.count_changes(Cycle.objects.get())
    count_quality(actor=cast.manager)


def text(inner: str) -> str:
    """What a link says, without what only a screen reader hears."""
    shown = re.sub(r'<span class="usa-sr-only">.*?</span>', "", inner, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", shown)).strip()


def figure(said: str) -> int | None:
    """The number a link is, or ends or starts with; names and years are none."""
    found = re.fullmatch(r"(?:.*[^\d\s-] )?(\d{1,3})|(\d{1,3}) (?:stay|without|use case).*", said, re.DOTALL)
    return int(found[1] or found[2]) if found else None


def figures(client: Client, page: str) -> list[tuple[str, str, int]]:
    """(address, words, number) of every link of a page that is a figure."""
    told = client.get(page).content.decode()
    main = told[told.index("<main") : told.index("</main>")]
    links = [(urljoin(page, html.unescape(href)), text(inner)) for href, inner in LINK.findall(main)]
    return [(url, said, number) for url, said in links if (number := figure(said)) is not None]


def rows(client: Client, url: str) -> int:
    """How many rows the page has, or its table says it has over all pages."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    if "page" in answer.context:
        return int(answer.context["page"].paginator.count)
    if "/cots/" in url:
        return answer.content.count(b"chip--wait")
    return len(answer.context["parts"]) if "parts" in answer.context else answer.content.count(b"data-row")


@pytest.mark.parametrize("person", ["manager", "lead"])
def test_every_figure_has_its_rows(cast: Any, sign_in: Any, person: str) -> None:
    filled(cast)
    client = sign_in(getattr(cast, person))
    found = [(page, *one) for page in PAGES for one in figures(client, page)]
    wrong = [
        (page, said, url, number, there) for page, url, said, number in found if (there := rows(client, url)) != number
    ]
    assert not wrong
    seen = {page for page, *_ in found}
    assert seen >= {f"{CYCLE}CBP/", CERTIFY}, "there are figures to compare"
    assert any("state=unowned" in url and number == 15 for _, url, _, number in found), (
        "not the retired one, which the list of all cases has"
    )
    assert any("point=no_ato" in url and number == 13 for _, url, _, number in found)


def test_a_gap_of_more_cases_than_are_named_says_how_many_more(cast: Any, sign_in: Any) -> None:
    filled(cast)
    told = sign_in(cast.lead).get(CERTIFY).content.decode()
    assert re.search(r'href="[^"]*point=no_ato">and 1 more', told)
