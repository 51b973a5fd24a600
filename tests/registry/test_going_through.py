"""Going through cases one after the other: where one is, on and back, and what is asked first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.actions.inventory.export import is_public, reported_in
from registry.models import UseCase
from tests import make, make_cycles
from tests.registry.importing import bring, file_of
from tests.registry.importing import row as file_row
from tests.registry.test_cycle_pages import CASE, PART, as_opened

pytestmark = pytest.mark.django_db


def page_of(client: Any, case: UseCase) -> str:
    return client.get(CASE.format(case.use_case_id)).content.decode()


def test_the_page_says_where_one_is_and_leads_on_and_back(cast: Any, sign_in: Any) -> None:
    mine = [make_cycles.reported(cast.officer) for _ in range(3)]
    make_cycles.reported(cast.colleague)
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)
    first, second, third = mine
    middle = page_of(client, second)
    assert "<b>2 of 3</b>" in middle
    assert f'href="{CASE.format(first.use_case_id)}" rel="prev"' in middle
    assert f'href="{CASE.format(third.use_case_id)}" rel="next"' in middle
    assert 'rel="prev"' not in page_of(client, first) and 'rel="next"' not in page_of(client, third)
    assert "<b>1 of 4</b>" in page_of(sign_in(cast.lead), first), "a lead goes through all of the component"


def test_after_saving_it_goes_on_behind_and_then_back_to_what_was_skipped(cast: Any, sign_in: Any) -> None:
    first, second, third = (make_cycles.reported(cast.officer) for _ in range(3))
    make_cycles.cycle(cast)
    client = sign_in(cast.officer)

    def saved(case: UseCase) -> str:
        given = as_opened(page_of(client, case))
        return str(client.post(CASE.format(case.use_case_id), {**given, "all": "1"}).headers["Location"])

    assert saved(second) == CASE.format(third.use_case_id)
    assert saved(third) == CASE.format(first.use_case_id), "the one that was skipped"
    assert saved(first) == PART


def published(cast: Any) -> UseCase:
    """A case a published file brought without a word on withholding."""
    make.component("CBP")
    bring(file_of(file_row(1, is_withheld="")), cast.manager)
    case = UseCase.objects.get()
    UseCase.objects.filter(pk=case.pk).update(owner=cast.officer)
    make_cycles.cycle(cast)
    return UseCase.objects.get()


def stays_public() -> bool:
    (row,) = reported_in(date(2026, 12, 31), make.agency(), 2026)
    return is_public(row)


def test_a_published_case_changed_since_is_something_to_do_until_withholding_is_answered(
    cast: Any, sign_in: Any
) -> None:
    case = published(cast)
    client = sign_in(cast.officer)
    assert stays_public() and b"out of the public file</a>" not in client.get(PART).content
    given = as_opened(page_of(client, case))
    answer = client.post(
        CASE.format(case.use_case_id), {**given, "benefits": "Less waiting.", "said-benefits": "changed", "rest": "1"},
        follow=True,
    )  # fmt: skip
    assert b"stays out of the public file until" in answer.content and not stays_public()
    assert b"1 stays out of the public file</a>" in client.get(PART).content
    page = page_of(client, case)
    assert page.index('name="is_withheld"') < page.index("Everything is still true"), "asked before all else"
    client.post(CASE.format(case.use_case_id), {**as_opened(page), "is_withheld": "no", "all": "1"})
    assert UseCase.objects.get().filed_document["answers"]["is_withheld"] == "no" and stays_public()
    assert b"out of the public file</a>" not in client.get(PART).content
    assert 'name="is_withheld"' in page_of(client, case) and "Asked first" not in page_of(client, case)


def test_the_list_of_all_cases_shows_those_of_a_call(cast: Any, sign_in: Any) -> None:
    done, open_case = (make_cycles.reported(cast.officer) for _ in range(2))
    make_cycles.cycle(cast)
    make_cycles.go_through(done, cast.officer)
    client = sign_in(cast.manager)
    told = client.get("/use-cases/", {"show": "call-2026-unanswered"}).content.decode()
    assert open_case.use_case_id in told and done.use_case_id not in told
    assert "inventory of 2026, not gone through yet" in told
    for odd in ("call-2031-unanswered", "call-2026-odd", "call-x"):
        assert done.use_case_id not in client.get("/use-cases/", {"show": odd}).content.decode()
