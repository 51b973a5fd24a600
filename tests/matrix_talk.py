"""Rows of the URL x role matrix for evidence and the conversation."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.models import UseCase
from registry.views.evidence import signed_address
from tests import make, talking
from tests.matrix_row import CBP, DEPARTMENT, EVERYBODY, Row

SAME = "DHS-8801"  # the lists are tried with more rows of one case


def one_case(cast: Any) -> UseCase:
    """A CBP case of the officer's: each call gives the same one."""
    found = UseCase.objects.filter(use_case_id=SAME).first()
    return found or make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", use_case_id=SAME)


def evidence_of_a_case(cast: Any) -> dict[str, Any]:
    """A case with a file, a link, one that was replaced; each call adds more."""
    case = one_case(cast)
    talking.some_file(case, cast.officer, field="vendor_name")
    talking.some_link(case, cast.officer)
    talking.replaced(case, cast.officer)
    return {"use_case_id": case.use_case_id}


def some_evidence(cast: Any) -> dict[str, Any]:
    """A file of a CBP case."""
    return {"uuid": talking.some_file(one_case(cast), cast.officer).uuid}


def signed(cast: Any) -> dict[str, Any]:
    """A link the officer made just now."""
    made = talking.some_file(one_case(cast), cast.officer)
    return {"token": signed_address(made, cast.officer).rstrip("/").rsplit("/", 1)[1]}


def conversation(cast: Any) -> dict[str, Any]:
    """A case people talk about; each call adds threads of each audience."""
    case = one_case(cast)
    talking.some_talk(case, cast)
    return {"use_case_id": case.use_case_id}


def shared_thread(cast: Any) -> dict[str, Any]:
    """A thread the officer began for everybody who may see the case."""
    return {"uuid": talking.thread(one_case(cast), cast.officer).uuid}


def settled_thread(cast: Any) -> dict[str, Any]:
    """The same, settled."""
    return {"uuid": talking.settled(one_case(cast), cast.officer).uuid}


READERS = (*CBP, *DEPARTMENT)
WRITERS = tuple(role for role in READERS if role != "auditor")

ROWS_TALK: dict[str, Row] = {
    "evidence-list": Row(READERS, evidence_of_a_case),
    "evidence-add": Row(CBP, lambda cast: {"use_case_id": one_case(cast).use_case_id}),
    "evidence-open": Row(READERS, some_evidence, is_page=False),
    "evidence-download": Row(READERS, some_evidence, is_page=False),
    "evidence-link": Row(READERS, some_evidence, method="POST"),
    "evidence-replace": Row(CBP, some_evidence),
    "evidence-remove": Row(CBP, some_evidence),
    "evidence-signed": Row(EVERYBODY, signed, is_public=True, is_page=False),
    "comments-list": Row(READERS, conversation),
    "comments-reply": Row(WRITERS, shared_thread, method="POST", body={"text": "Yes, since May."}),
    "comments-resolve": Row(READERS, shared_thread, method="POST"),
    "comments-reopen": Row(READERS, settled_thread, method="POST"),
    "comments-retract": Row(READERS, shared_thread, method="POST"),
    "api-evidence-list": Row(READERS, evidence_of_a_case, is_page=False),
    "api-evidence-link": Row(
        READERS, lambda cast: {**some_evidence(cast), "use_case_id": SAME}, method="POST", is_page=False
    ),
}
