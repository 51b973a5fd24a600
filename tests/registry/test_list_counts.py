"""The list's filters count what they would show, in one query however many cases there are."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from registry import reads
from registry.actions import inventory
from registry.models import UseCase
from registry.permissions import visible_to
from registry.searching import search
from tests import make


@pytest.fixture
def registry(cast: Any) -> None:
    for code in ("CBP", "FEMA", "ICE"):
        make.component(code)
    inventory.seed(60, 3, actor=cast.manager)
    make.use_case(given={})  # a draft that answers nothing


@pytest.mark.parametrize("given", [{}, {"stage": "deployed"}, {"q": "invented bench"}, {"q": "no such word at all"}])
@pytest.mark.parametrize("who", ["manager", "lead", "other_officer", "nobody"])
def test_counts_are_those_of_the_rows(registry: None, cast: Any, who: str, given: dict[str, str]) -> None:
    person = getattr(cast, who)
    rows = reads.filtered(visible_to(person), given, person).rows
    shown = list(UseCase.objects.filter(pk__in=[row.pk for row in rows]).select_related("component"))
    counted = reads.counts(rows)
    assert counted.total == len(shown)
    for name in reads.FILTERS:
        values = Counter(row.component.code if name == "component" else getattr(row, name) for row in shown)
        values.pop(None, None)
        assert {choice.value: choice.count for choice in counted.choices[name]} == values, name
        assert [choice.value for choice in counted.choices[name]] == sorted(values)


def test_list_shows_the_number_and_the_last_page(registry: None, cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.manager)
    assert b"61 use cases" in client.get("/use-cases/").content
    assert b"Page 2 of 2" in client.get("/use-cases/", {"page": "99"}).content


@pytest.mark.parametrize("typed", ["DHS-12", "dhs-12", " DHS-12 "])
def test_an_id_is_found_however_it_is_typed(typed: str, cast: Any) -> None:
    made = make.use_case(use_case_id="DHS-12", filed_on=date(2026, 1, 28), status="recorded")
    make.use_case(use_case_id="DHS-120", filed_on=date(2026, 1, 28), status="recorded")
    assert list(search(UseCase.objects.all(), typed).rows) == [made]
