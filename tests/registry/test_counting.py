"""Letting changes to a case that was never reviewed count between two calls."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import submissions
from registry.actions.counting import let_count
from registry.actions.use_cases import save_section
from registry.models import UseCase
from tests import lives, make_cycles

pytestmark = pytest.mark.django_db


def changed(cast: Any) -> UseCase:
    """A reported case of the officer's with one answer changed and not filed."""
    case = make_cycles.reported(cast.officer)
    save_section(case, "basics", {"benefits": "Parcels wait an hour less."}, opened_on=1, actor=cast.officer)
    return UseCase.objects.get(pk=case.pk)


def test_a_correction_after_the_freezing_counts_and_becomes_an_amendment(cast: Any, sign_in: Any) -> None:
    case = changed(cast)
    make_cycles.cycle(cast)
    frozen = make_cycles.frozen(cast)
    client = sign_in(cast.officer)
    page = client.get(case.get_absolute_url()).content.decode()
    address = f"{case.get_absolute_url()}count/"
    assert address in page
    assert b"Would count" in client.get(address).content
    assert client.post(address, {"seen": case.revision_number, "reason": ""}).status_code == 400
    done = client.post(address, {"seen": case.revision_number, "reason": "A figure was wrong."}, follow=True)
    assert b"counts in the inventory from today on" in done.content
    after = UseCase.objects.get(pk=case.pk)
    assert after.filed_number == case.revision_number and not after.has_unfiled_changes
    assert Event.objects.get(kind="use_case.filed", reason="Corrected: A figure was wrong.").actor == cast.officer
    assert address not in client.get(case.get_absolute_url()).content.decode()
    assert [one.use_case.use_case_id for one in submissions.pending(frozen)] == [case.use_case_id]


def test_only_who_answers_for_the_case_with_a_reason_and_on_the_newest_revision(cast: Any) -> None:
    case = changed(cast)
    for who in (cast.colleague, cast.manager, cast.other_lead):
        with pytest.raises(Refused, match="Only who answers"):
            let_count(case, reason="x", seen=case.revision_number, actor=who)
    with pytest.raises(Refused, match="Say why"):
        let_count(case, reason=" ", seen=case.revision_number, actor=cast.officer)
    with pytest.raises(Stale):
        let_count(case, reason="x", seen=1, actor=cast.officer)
    let_count(case, reason="x", seen=case.revision_number, actor=cast.lead)
    with pytest.raises(Refused, match="Nothing is newer"):
        let_count(case, reason="x", seen=case.revision_number, actor=cast.officer)


def test_what_was_reviewed_counts_by_its_review(cast: Any) -> None:
    case = lives.in_review(cast)
    with pytest.raises(Refused, match="count when it is sent"):
        let_count(case, reason="x", seen=case.revision_number, actor=case.owner)
