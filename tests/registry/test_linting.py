"""A file is looked through before it leaves: read back, its text searched, and what stays out of it named."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Event
from audit.workflow import Refused
from registry.actions import inventory
from registry.actions.inventory.export import layout_for
from registry.inventory.lint import lint
from registry.inventory.schema import layouts
from registry.inventory.write import write
from registry.models import UseCase
from registry.models.use_case import Handling
from tests import make
from tests.registry.importing import bring, file_of, row
from tests.registry.make_inventory import FOLDER

LAYOUTS = layouts(FOLDER)
LAYOUT = LAYOUTS["omb-2025"]
TODAY = date(2026, 11, 22)
GIVEN = {
    "use_case_name": "Invented ledger", "development_stage": "pre_deployment", "is_high_impact": "not_high_impact",
    "topic_area": "administrative_functions", "classification": "nlp", "is_withheld": "no",
    "problem_solved": "Invented letters wait too long.", "benefits": "They are answered sooner.",
    "system_outputs": "A sorted pile.", "contact_email": "ai@example.gov",
}  # fmt: skip


def rows(**answers: Any) -> list[dict[str, Any]]:
    document = {"answers": GIVEN | answers, "withheld": {}, "flagged": {}}
    one = {"id": "DHS-7", "agency_bureau": "CBP", "agency": "DHS", "agency_name": "Department of Homeland Security"}
    return [{**one, "document": document}]


def codes(given: list[dict[str, Any]], audience: str = "public", **more: Any) -> set[str]:
    mailbox = "ai@example.gov"
    try:
        content = write(given, LAYOUT, format="csv", audience=audience, public_mailbox=mailbox)
    except ValueError:
        content = b""
    found = lint(content, "x.csv", given, LAYOUT, layouts=LAYOUTS, audience=audience, mailbox=mailbox, as_of=TODAY)
    return {issue.code for issue in found}


def test_a_file_in_order_has_nothing_to_repair() -> None:
    assert codes(rows()) == set() == codes(rows(), "omb")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"benefits": "Ask jo.doe@example.gov about it."}, "private_address"),
        ({"benefits": "Call (202) 555-0142 about it."}, "private_number"),
        ({"benefits": "Call +1 202-555-0142 about it."}, "private_number"),
        ({"topic_area": "astrology"}, "no_label"),
        ({"benefits": "x" * 33_000}, "too_long"),
        ({"problem_solved": ""}, "required_missing"),
    ],
)
def test_what_would_have_to_be_repaired_is_named_with_its_cell(answers: dict[str, str], code: str) -> None:
    given = rows(**answers)
    content = b"" if code == "no_label" else write(
        given, LAYOUT, format="csv", audience="public", public_mailbox="ai@example.gov"
    )  # fmt: skip
    found = lint(content, "x.csv", given, LAYOUT, layouts=LAYOUTS, audience="public", mailbox="ai@example.gov",
                 as_of=TODAY)  # fmt: skip
    (issue,) = [one for one in found if one.code == code]
    assert issue.use_case_id == "DHS-7" and issue.field == next(iter(answers)) and issue.message


@pytest.mark.parametrize("text", ["Ask ai@example.gov.", "Numbers 2024-10-12 and 192.168.100.1000 and 1234567890."])
def test_what_is_nobodys_address_or_number_is_left_alone(text: str) -> None:
    assert codes(rows(benefits=text)) == set()


def test_omb_may_read_addresses() -> None:
    assert "private_address" not in codes(rows(benefits="Ask jo.doe@example.gov."), "omb")


# -- what leaves ------------------------------------------------------------------------------------


@pytest.fixture
def some(cast: Any) -> dict[str, UseCase]:
    filed = {"filed_on": date(2026, 1, 28), "status": "recorded"}
    named = {
        "open": make.use_case(given=make.answers(is_withheld="no"), **filed),
        "withheld": make.use_case(given=make.answers(is_withheld="prohibited_by_law"), **filed),
        "unanswered": make.use_case(given={k: v for k, v in make.answers().items() if k != "is_withheld"}, **filed),
        "restricted": make.use_case(given=make.answers(is_withheld="no"), handling=Handling.RESTRICTED, **filed),
    }
    bring(file_of(row(7)), cast.manager)  # a public file brought it: it was public already
    return named


@pytest.mark.django_db
def test_unanswered_withholding_stays_out_unless_a_published_file_brought_it(some: Any, cast: Any) -> None:
    looked = inventory.look_through(
        actor=cast.manager, layout=layout_for(2025, "dhs-2025"), cycle=2025, audience="public"
    )
    assert dict(looked.left_out) == {
        "Nobody has answered whether it is withheld": (some["unanswered"].use_case_id,),
        "Restricted: need to know": (some["restricted"].use_case_id,),
        "Withheld from public reporting": (some["withheld"].use_case_id,),
    }
    made = inventory.export(actor=cast.manager, layout=layout_for(2025, "dhs-2025"), cycle=2025, audience="public",
                            format="csv")  # fmt: skip
    assert made.rows == looked.rows == 2 and b"DHS-7" in made.content
    assert Event.objects.filter(kind="inventory.exported").count() == 1, "looking through takes nothing out"


@pytest.mark.django_db
def test_the_public_may_do_without_ids_and_omb_may_not(some: Any, cast: Any) -> None:
    given: dict[str, Any] = {"actor": cast.manager, "layout": layout_for(2025, None), "cycle": 2025, "format": "csv"}
    made = inventory.export(**given, audience="public", without_ids=True)
    assert some["open"].use_case_id.encode() not in made.content and made.rows == 2
    with pytest.raises(Refused, match="Only the public file"):
        inventory.export(**given, audience="omb", without_ids=True)


@pytest.mark.django_db
def test_the_page_leads_from_what_stays_out_to_the_cases_and_to_the_file(some: Any, cast: Any, sign_in: Any) -> None:
    given = {"cycle": 2025, "layout": "dhs-2025", "audience": "public", "format": "csv"}
    client = sign_in(cast.manager)
    page = client.get(reverse("inventory-check"), given).content.decode()
    assert some["withheld"].get_absolute_url() in page and "Not in this file" in page
    assert f"{reverse('inventory-export')}?cycle=2025" in page
    refused = client.get(reverse("inventory-check"), {**given, "audience": "omb", "without_ids": "on"})
    assert refused.status_code == 400 and "OMB needs the IDs" in refused.content.decode()
    assert sign_in(cast.lead).get(reverse("inventory-check"), given).status_code == 403
