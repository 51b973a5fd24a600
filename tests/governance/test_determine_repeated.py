"""Justifications that stand under several cases: counted over what the reader may see and read, and nothing else."""

from __future__ import annotations

from typing import Any

from governance.reads import justifications
from registry.models import UseCase
from registry.models.use_case import Handling
from tests import lives
from tests.governance.determine_scenes import TEXT, determine, fresh, named, presumed

SAME = TEXT.upper().replace(" ", "  ") + "!"
NEAR = TEXT.removesuffix(".") + " here."


def three(cast: Any) -> tuple[UseCase, UseCase, UseCase]:
    """One text, the same in other clothes, and nearly the same."""
    presumed(cast, hi_justification="Every case of this one is looked at by three people before anything follows.")
    return presumed(cast), presumed(cast, hi_justification=SAME), presumed(cast, hi_justification=NEAR)


def test_the_same_and_nearly_the_same_text_is_found(cast: Any) -> None:
    case, same, near = three(cast)
    found = justifications.alike(cast.caio, case, TEXT)
    assert ([one.pk for one in found.same], [one.pk for one in found.near]) == ([same.pk], [near.pk])
    assert found.total == 2
    assert justifications.alike(cast.caio, case, "Because.").total == 0, "too short to be repeated"


def test_a_group_is_a_text_with_its_cases(cast: Any) -> None:
    case, same, _ = three(cast)
    (group,) = justifications.groups(cast.caio, list(justifications.grouped(cast.caio)))
    assert (group.count, [one.pk for one in group.cases]) == (2, [case.pk, same.pk])


def test_what_was_signed_counts_in_place_of_what_was_reported(cast: Any) -> None:
    case, same, _ = three(cast)
    determine(same, cast.caio)  # with the very text
    UseCase.objects.filter(pk=same.pk).update(filed_document={"answers": {}, "withheld": {}, "flagged": {}})
    assert [one.pk for one in justifications.alike(cast.caio, case, TEXT).same] == [same.pk]


def test_a_restricted_case_or_text_is_counted_to_nobody_without_need_to_know(cast: Any) -> None:
    case, same, near = three(cast)
    named(cast, cast.st)
    reader = fresh(cast.st)
    UseCase.objects.filter(pk=same.pk).update(handling=Handling.RESTRICTED)
    UseCase.objects.filter(pk=near.pk).update(restricted_fields=["hi_justification"])
    assert justifications.alike(reader, case, TEXT).total == 0
    assert list(justifications.grouped(reader)) == []
    assert justifications.alike(cast.caio, case, TEXT).total == 2


def test_the_pages_leak_no_restricted_case(cast: Any, sign_in: Any) -> None:
    case, same, _ = three(cast)
    named(cast, cast.st)
    UseCase.objects.filter(pk=same.pk).update(handling=Handling.RESTRICTED)
    for path in (f"/use-cases/{case.use_case_id}/determination/", "/determinations/repeated/", "/determinations/"):
        page = sign_in(fresh(cast.st)).get(path)
        assert page.status_code == 200 and same.use_case_id not in page.content.decode()
        assert same.use_case_id in sign_in(cast.caio).get(path).content.decode()


def test_a_withdrawn_case_repeats_nothing(cast: Any) -> None:
    case, same, _ = three(cast)
    lives.use_cases.withdraw(same, actor=cast.officer, reason="Given up.")
    assert justifications.alike(cast.caio, case, TEXT).same == []
