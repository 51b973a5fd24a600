"""The catalogue's acts and pages: signed statuses, drafts tried out, what was changed under an old edition."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actions import system_account
from audit.models import Event
from audit.workflow import Refused
from governance.actions import policy
from governance.actions.catalogue import load_all
from governance.compliance import in_force
from governance.compliance.snapshot import Clocks
from governance.models import CheckRun, Finding, Simulation
from registry.models import Edition, EditionStatus
from registry.models.use_case import Handling
from tests.governance import scenes
from tests.governance.test_reviews_pages import text

pytestmark = pytest.mark.django_db
SOURCE = "Memorandum of an invented official, 1 November 2026"
DRAFT = """
instrument: omb-m-25-21
title: "M-25-21, an invented draft"
effective_from: 2027-01-01
summary_only: true
note: Invented for a test.
sources: []
provisions:
  - ref: M-25-21/practice/i
    kind: practice
    title: Pre-deployment testing
    section: Invented
    summary: Invented.
    applies_when: {is: [development_stage, retired]}
    check: practice_met
    params: {practice: testing}
  - ref: M-25-21/invented
    kind: requirement
    title: An authorization for everybody
    section: Invented
    summary: Invented.
    applies_when: {is: [development_stage, deployed]}
    check: authorization_held
"""


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    scenes.catalogue()


def face() -> Edition:
    return Edition.objects.get(instrument__slug="dhs-026-11", reading=1)


def sign(person: Any, **changes: Any) -> EditionStatus:
    given = {"status": "in_force", "from_on": date(2025, 2, 1), "source": SOURCE, **changes}
    return policy.sign_status(face(), actor=person, **given)


def advisory(slug: str, day: date = scenes.DAY) -> set[bool]:
    return {rule.is_advisory for rule in in_force.rules(Clocks(day)) if rule.instrument.slug == slug}


# -- signed statuses --------------------------------------------------------------------------------


def test_a_disputed_instrument_is_advisory_until_its_status_is_signed(cast: Any) -> None:
    assert advisory("dhs-026-11") == {True} == advisory("dhs-139-07")
    entry = sign(cast.caio)
    assert advisory("dhs-026-11") == {False} and advisory("dhs-139-07") == {True}
    assert (entry.signed_as, entry.recorded_on) == ("Chief AI Officer", timezone.localdate())
    event = Event.objects.get(kind="edition.status_signed")
    assert event.data["source"] == SOURCE and event.actor == cast.caio
    assert CheckRun.objects.filter(component_code="", use_case=None).count() == 1, "the checks run again"
    sign(cast.caio, status="withdrawn", from_on=date(2026, 1, 1))
    assert advisory("dhs-026-11") == set() and advisory("dhs-026-11", date(2025, 6, 1)) == {False}


def test_what_was_signed_later_was_not_known_before(cast: Any) -> None:
    sign(cast.caio)
    earlier = timezone.make_aware(timezone.datetime(2026, 11, 21, 12))
    rules = in_force.rules(Clocks(scenes.DAY, earlier))
    assert not {rule for rule in rules if rule.instrument.slug == "dhs-026-11" and not rule.is_advisory}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": "  n/a "}, "Name the source"),
        ({"from_on": date(2020, 1, 1)}, "takes effect on 11 September 2023"),
        ({"status": "valid"}, "A status is one of"),
    ],
)
def test_a_signature_without_its_facts_is_refused(cast: Any, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        sign(cast.caio, **changes)
    assert not EditionStatus.objects.exclude(signed_by=None).exists()


def test_only_the_chief_ai_officer_signs_and_twice_is_once(cast: Any, sign_in: Any) -> None:
    for person in (cast.deputy, cast.manager, cast.administrator):
        with pytest.raises(Refused, match="Only the Chief AI Officer"):
            sign(person)
    client, url = sign_in(cast.caio), reverse("policy-sign", args=["dhs-026-11", "2023-09-11"])
    for _ in range(2):
        client.post(url, {"status": "in_force", "from_on": "2025-02-01", "source": SOURCE})
    assert EditionStatus.objects.exclude(signed_by=None).count() == 1
    page = text(client.get(reverse("policy-edition", args=["dhs-026-11", "2023-09-11"])))
    assert f"{SOURCE}; signed by {cast.caio}, Chief AI Officer" in page
    wrong = client.post(url, {"status": "in_force", "from_on": "soon", "source": ""})
    assert wrong.status_code == 400 and "Sign its status" in text(wrong)


# -- drafts -----------------------------------------------------------------------------------------


def try_out(tmp_path: Path, content: str = DRAFT, *words: str) -> tuple[int, dict[str, Any]]:
    path, out, status = tmp_path / "draft.yaml", io.StringIO(), 0
    path.write_text(content)
    try:
        call_command("simulate_edition", str(path), *words, "--json", stdout=out)
    except SystemExit as ended:
        status = int(str(ended.code))
    return status, json.loads(out.getvalue())


def test_a_draft_says_who_would_newly_fail_and_pass(tmp_path: Path) -> None:
    open_case = scenes.deployed("CBP", have_ato="yes", **scenes.OPEN)
    without = scenes.deployed("ICE", have_ato="no", hi_testing_conducted="yes")
    scenes.waiver(scenes.deployed("TSA", have_ato="yes", **scenes.OPEN))
    status, told = try_out(tmp_path, DRAFT, "--as-of", scenes.DAY.isoformat())
    assert status == 0 and set(told) == {"provisions"}
    testing = told["provisions"]["M-25-21/practice/i"]
    assert testing == {
        "newly_failing": [],
        "newly_passing": [open_case.use_case_id, without.use_case_id],
        "unchanged": 1,
    }
    assert told["provisions"]["M-25-21/invented"]["newly_failing"] == [without.use_case_id]
    assert told["provisions"]["M-25-21/deadline"]["newly_passing"] == [open_case.use_case_id], "the draft drops it"
    assert not Finding.objects.exists() and not CheckRun.objects.exists()
    assert not Edition.objects.filter(effective_on=date(2027, 1, 1)).exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "check: authorization_held",
            "check: authorization_hold",
            "line 23: provisions[1].check: there is no",
        ),
        ("{practice: testing}", "{practice: sleep}", "line 16: provisions[0].params.practice"),
        ("development_stage, deployed", "stage, deployed", "line 22: provisions[1].applies_when.is: unknown field"),
        ("ref: M-25-21/invented", "ref: M-25-21/practice/i", "stands twice in this file"),
        ("effective_from: 2027-01-01", "effective_from: soon", "line 4: effective_from: must be a date"),
        ("provisions:", "provisions: [", "line"),
    ],
)
def test_a_wrong_draft_is_refused_as_a_whole_with_line_and_reason(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in DRAFT
    status, told = try_out(tmp_path, DRAFT.replace(old, new, 1))
    assert status == 1 and said in told["error"]["message"] and told["error"]["message"].startswith("draft.yaml")
    assert str(tmp_path) not in told["error"]["message"]


def test_a_draft_is_tried_out_on_its_page_by_component(cast: Any, sign_in: Any) -> None:
    scenes.deployed("ICE", use_case_name="Invented sorter", have_ato="no")
    client = sign_in(cast.deputy)
    given = {"file": SimpleUploadedFile("draft.yaml", DRAFT.encode()), "as_of": "2026-11-17"}
    waiting = client.post(reverse("policy-what_if"), given, follow=True)
    assert "It waits for a worker." in text(waiting)
    row = Simulation.objects.get()
    assert policy.perform_simulation(row.uuid) is not None and policy.perform_simulation(row.uuid) is None
    page = text(client.get(reverse("policy-simulation", args=[row.uuid]), {"ref": "M-25-21/invented"}))
    assert "ICE 1 failing" in page and "Invented sorter" in page


def test_a_wrong_file_on_the_page_says_what_to_do(cast: Any, sign_in: Any) -> None:
    client, url = sign_in(cast.caio), reverse("policy-what_if")
    wrong = client.post(url, {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00"), "as_of": "2026-11-17"})
    assert wrong.status_code == 400 and "not a text file" in text(wrong)
    bad = DRAFT.replace("check: authorization_held", "check: none_such")
    refused = client.post(url, {"file": SimpleUploadedFile("x.yaml", bad.encode()), "as_of": "2026-11-17"}, follow=True)
    assert "x.yaml, line 23" in text(refused) and not Simulation.objects.exists()


# -- reading and comparing --------------------------------------------------------------------------


def test_two_editions_are_compared_provision_by_provision(cast: Any, sign_in: Any) -> None:
    url = reverse("policy-compare", args=["dhs-139-08", "2025-01-15"])
    client = sign_in(cast.officer)
    page = text(client.get(url, {"with": "dhs-139-06/2023-08-08"}))
    assert "only in the earlier one" in page and "only in the later one" in page
    assert client.get(url, {"with": "dhs-139-06/1999-01-01"}).status_code == 404
    assert "Choose another edition" in text(client.get(url))


def test_whom_a_provision_is_about_is_listed_with_what_was_found(cast: Any, sign_in: Any) -> None:
    case = scenes.deployed("CBP", use_case_name="Invented sorter", **scenes.OPEN)
    scenes.deployed("CBP", use_case_name="Invented shelf", is_high_impact="not_high_impact")
    hidden = scenes.deployed("CBP", use_case_name="Invented secret", handling=Handling.RESTRICTED, **scenes.OPEN)
    scenes.run()
    url = reverse("policy-affected", args=["omb-m-25-21", "2025-04-03.2"])
    page = text(sign_in(cast.leader).get(url, {"ref": "M-25-21/practice/i"}))
    assert "1 case it applies to; 1 of them has an open finding" in page
    assert case.use_case_id in page and "Invented shelf" not in page
    assert "Invented secret" not in page and hidden.use_case_id not in page
    assert "is High-impact" in page, "the condition stands in words"


def test_a_provision_links_to_the_outcomes_of_the_framework_and_back(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.officer)
    page = client.get(reverse("policy-edition", args=["dhs-139-08", "2025-01-15"])).content.decode()
    assert "/policy/nist-ai-rmf/2023-01-26/#AI-RMF-GOVERN-3.2" in page
    back = client.get(reverse("policy-edition", args=["nist-ai-rmf", "2023-01-26"])).content.decode()
    assert "#139-08-requirement-human-oversight" in back and "Voluntary; not checked." in back


# -- loading ----------------------------------------------------------------------------------------


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures", ignore=shutil.ignore_patterns("demo")))


def test_a_text_changed_under_an_old_edition_is_refused_with_its_line(tmp_path: Path) -> None:
    fixtures = copied(tmp_path)
    path = fixtures / "policy" / "dhs-139-08" / "2025-01-15.yaml"
    path.write_text(path.read_text().replace("title: Mission-Enhancing", "title: Mission-Enlarging"))
    line = path.read_text()[: path.read_text().index("Mission-Enlarging")].count("\n") - 1
    refused, upon = load_all(fixtures, actor=system_account()).refused
    assert upon.startswith("policy/dhs-139-08/2025-01-15.2"), "its later reading rests on it"
    assert refused == f"policy/dhs-139-08/2025-01-15 (line {line}: 139-08/principle/2: title differs)"


def test_a_crosswalk_to_nothing_is_refused(tmp_path: Path) -> None:
    fixtures = copied(tmp_path)
    path = fixtures / "rules" / "crosswalk-nist-ai-rmf-2026-11.yaml"
    path.write_text(path.read_text().replace("[GOVERN-3.2, MAP-3.5]", "[GOVERN-9.9]", 1))
    with pytest.raises(Refused, match=r"line \d+: serves\.139-08/requirement/human-oversight: the catalogue has no"):
        load_all(fixtures, actor=system_account())
