"""The log of what was left out of the inventory: why, who, when; filtered and downloaded."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.workflow import Refused
from governance.actions import reviews, use_cases
from governance.reads import left_out
from tests import lives, make

PAGE = "/use-cases/left-out/"


def by_ground(user: Any) -> dict[str, str]:
    return {entry.use_case.use_case_id: entry.ground for entry in left_out.entries(user)}


def test_each_way_out_is_listed_with_its_reason(cast: Any) -> None:
    not_ai = lives.draft(cast, is_ai="no")
    use_cases.withdraw(not_ai, actor=cast.officer, reason="A spreadsheet.", ground="not_ai")
    at_triage = lives.endorsed(cast)
    reviews.triage(at_triage, actor=cast.manager, in_scope=False, is_ai=True, is_complete=True, note="Research.")
    twin = lives.endorsed(cast)
    reviews.triage(twin, actor=cast.manager, in_scope=True, is_ai=True, is_complete=True, duplicate_of=not_ai)
    rejected = lives.decided(cast, "reject")
    lives.decided(cast)
    assert by_ground(cast.auditor) == {
        not_ai.use_case_id: "not_ai", at_triage.use_case_id: "out_of_scope", twin.use_case_id: "duplicate",
        rejected.use_case_id: "rejected",
    }  # fmt: skip
    entry = next(one for one in left_out.entries(cast.auditor) if one.ground == "not_ai")
    assert (entry.reason, entry.who) == ("A spreadsheet.", str(cast.officer))


def test_a_use_that_was_rejected_after_it_began_stays_in_the_inventory(cast: Any) -> None:
    used = ("development_stage", "operational_date", "contracting_usage", "have_ato", "system_name_ato",
            "data_description", "has_pii", "demographic_features", "has_custom_code")  # fmt: skip
    case = lives.decided(cast, "reject", **{name: make.DEPLOYED_HIGH_IMPACT[name] for name in used})
    assert case.stage == "deployed" and by_ground(cast.auditor) == {}


def test_the_exclusion_the_person_chose_is_shown(cast: Any, sign_in: Any) -> None:
    case = lives.draft(
        cast, is_in_scope="no", scope_exclusion="research", scope_exclusion_reason="Nobody uses it."
    )  # fmt: skip
    use_cases.withdraw(case, actor=cast.officer, reason="Research.", ground="out_of_scope")
    page = sign_in(cast.manager).get(PAGE).content.decode()
    assert "Basic or applied research" in page and "Out of scope" in page


def test_filter_and_download_show_the_same(cast: Any, sign_in: Any) -> None:
    for ground, reason in (("not_ai", "=1+1"), ("given_up", "No money.")):
        use_cases.withdraw(lives.draft(cast), actor=cast.officer, reason=reason, ground=ground)
    client = sign_in(cast.auditor)
    assert "No money." in client.get(PAGE).content.decode()
    assert "No money." not in client.get(PAGE, {"why": "not_ai"}).content.decode()
    answer = client.get(PAGE, {"why": "not_ai", "format": "csv"})
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[3:5] == ["Why", "Reason"] and [row[3:5] for row in rows] == [["Not AI", "'=1+1"]]
    assert "No case was left out for that reason" in client.get(PAGE, {"why": "duplicate"}).content.decode()


def test_who_may_not_read_it_is_told_who_can(cast: Any, sign_in: Any) -> None:
    answer = sign_in(cast.officer).get(PAGE)
    assert answer.status_code == 403 and "inventory manager" in answer.content.decode()


def test_home_and_list_lead_there(cast: Any, sign_in: Any) -> None:
    lives.withdrawn(cast)
    for person in (cast.manager, cast.auditor):
        client = sign_in(person)
        assert PAGE in client.get("/").content.decode() and PAGE in client.get("/use-cases/").content.decode()
    assert PAGE not in sign_in(cast.officer).get("/use-cases/").content.decode()


def test_a_made_up_ground_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="Choose why"):
        use_cases.withdraw(lives.draft(cast), actor=cast.officer, reason="x", ground="bored")


def test_withdrawing_asks_for_the_ground_and_offers_what_the_answers_say(cast: Any, sign_in: Any) -> None:
    case = lives.draft(cast, is_ai="no")
    client = sign_in(cast.officer)
    address = f"/use-cases/{case.use_case_id}/withdraw/"
    assert f"{address}?ground=not_ai" in client.get(f"/use-cases/{case.use_case_id}/tasks/").content.decode()
    assert client.get(f"{address}?ground=not_ai").context["form"]["ground"].value() == "not_ai"
    assert "Choose why." in client.post(address, {"reason": "A spreadsheet."}).content.decode()
    client.post(address, {"reason": "A spreadsheet.", "ground": "not_ai"})
    assert by_ground(cast.auditor) == {case.use_case_id: "not_ai"}


def test_the_page_asks_the_database_the_same_however_many_there_are(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.auditor)
    counts = []
    for number in (2, 8):
        for _ in range(number):
            lives.withdrawn(cast)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
