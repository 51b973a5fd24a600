"""What an inventory file proposes for a case that is in review or decided waits for a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from audit.models import Event
from audit.workflow import Refused, Stale
from registry.actions import inventory
from registry.actions.use_cases import save_section
from registry.models import ProposedCorrection, UseCase
from tests import make
from tests.registry.importing import PUBLISHED, bring, counts, file_of, row


def in_review(number: int, status: str, **columns: Any) -> UseCase:
    """A filed case with a status only reviews give; the move itself is governance's."""
    made = make.use_case(use_case_id=f"DHS-{number}", filed_on=date(2026, 1, 5), status="recorded", **columns)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE registry_usecase SET status = %s WHERE id = %s", [status, made.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return UseCase.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    "status",
    ["draft", "submitted", "endorsed", "in_review", "ready_for_decision", "at_board", "approved",
     "approved_with_conditions", "rejected", "suspended", "retired", "withdrawn"],
)  # fmt: skip
def test_row_of_a_case_in_review_or_decided_becomes_a_proposal(status: str, manager: User) -> None:
    before = in_review(1, status)
    batch = bring(file_of(row(1)), manager)
    assert counts(batch) == {"proposed": 1}
    after = UseCase.objects.get()
    assert (after.document, after.revision_number, after.status) == (before.document, 1, status)
    proposed = ProposedCorrection.objects.get()
    assert proposed.document["answers"]["use_case_name"] == "Fictional Case 1"
    assert proposed.document["answers"]["is_ai"] == "yes"
    assert Event.objects.filter(kind="correction.proposed", timeline="DHS-1").count() == 1
    assert counts(bring(file_of(row(1)), manager)) == {"unchanged": 1}, "it is proposed once"


@pytest.mark.parametrize("status", ["recorded", "returned"])
def test_open_case_is_changed_at_once(status: str, manager: User) -> None:
    in_review(1, status)
    assert counts(bring(file_of(row(1)), manager)) == {"updated": 1}


@pytest.mark.parametrize("who", ["officer", "lead", "manager"])
def test_accepted_correction_counts(who: str, manager: User, cast: Any) -> None:
    in_review(1, "approved", owner=cast.officer)
    bring(file_of(row(1)), manager)
    inventory.accept_correction(ProposedCorrection.objects.get(), actor=getattr(cast, who))
    found = UseCase.objects.get()
    assert found.filed_document["answers"]["use_case_name"] == "Fictional Case 1" and found.status == "approved"
    assert (found.revision_number, found.filed_effective_on) == (2, PUBLISHED)
    kinds = set(Event.objects.filter(timeline="DHS-1").values_list("kind", flat=True))
    assert {"correction.accepted", "use_case.corrected"} <= kinds
    with pytest.raises(Stale):
        inventory.accept_correction(ProposedCorrection.objects.get(), actor=cast.manager)


def test_accepting_changes_only_what_the_file_changed(manager: User, cast: Any) -> None:
    made = in_review(1, "approved", owner=cast.officer)
    bring(file_of(row(1)), manager)
    save_section(made, "summary", {"scr_vendor": "yes"}, opened_on=1, actor=cast.officer)
    inventory.accept_correction(ProposedCorrection.objects.get(), actor=cast.officer)
    found = UseCase.objects.get()
    assert found.document["answers"]["scr_vendor"] == "yes", "an answer given meanwhile stays"
    assert found.document["answers"]["use_case_name"] == "Fictional Case 1"


def test_correction_waits_while_the_case_is_in_review(manager: User, cast: Any) -> None:
    in_review(1, "in_review", owner=cast.officer)
    bring(file_of(row(1)), manager)
    with pytest.raises(Refused, match="until the review ends"):
        inventory.accept_correction(ProposedCorrection.objects.get(), actor=cast.officer)
    assert ProposedCorrection.objects.get().state == "open"


def test_refused_correction_is_not_proposed_again(manager: User, cast: Any) -> None:
    before = in_review(1, "approved", owner=cast.officer)
    bring(file_of(row(1)), manager)
    inventory.refuse_correction(ProposedCorrection.objects.get(), actor=cast.lead)
    assert UseCase.objects.get().document == before.document
    assert counts(bring(file_of(row(1)), manager)) == {"unchanged": 1}


def test_others_cannot_answer_a_correction(manager: User, cast: Any) -> None:
    in_review(1, "approved", owner=cast.officer)
    bring(file_of(row(1)), manager)
    for who in ("other_officer", "priv", "caio", "auditor", "colleague"):
        with pytest.raises(Refused):
            inventory.accept_correction(ProposedCorrection.objects.get(), actor=getattr(cast, who))
