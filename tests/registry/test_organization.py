"""The agency as data: DHS's components, offices and bodies."""

import pytest

from governance import routing
from registry import organization
from registry.organization import ORGANIZATION
from registry.yaml_source import SourceError

DHS = organization.load(ORGANIZATION / "dhs.yaml")
GOOD = (ORGANIZATION / "dhs.yaml").read_text(encoding="utf-8")


def test_every_component_of_the_2025_inventory_is_there():
    codes = {component.code for component in DHS.components}
    assert {"CBP", "ICE", "TSA", "USCIS", "FEMA", "MGMT", "CISA", "OHS", "DHS", "USCG", "USSS", "CWMD"} <= codes
    assert {"S&T", "I&A", "FLETC", "OIG"} <= codes
    assert all(component.is_endorsement_required for component in DHS.components)


def test_the_review_routes_open_lanes_only_at_offices_that_sign():
    signing = {office.code for office in DHS.offices if not office.is_advisory and not office.part_of}
    assert {office.code for office in routing.editions()[0].offices} == signing
    assert {office.code for office in DHS.offices if office.is_advisory} == {"PLCY", "OCAIO", "RUG"}
    newest = routing.editions()[-1]
    assert {office.code for office in newest.offices if not office.of} == signing | {"RUG"}
    assert {office.of for office in newest.offices if office.of} == {o.part_of for o in DHS.offices if o.part_of}


def test_one_body_votes_and_the_others_advise():
    (board,) = [body for body in DHS.bodies if body.kind == "votes"]
    assert (board.name, board.chair, board.vice_chair) == (
        "AI Governance Board",
        "Deputy Secretary",
        "Chief AI Officer",
    )
    assert board.quorum == 5
    assert {body.name for body in DHS.bodies if body.kind == "advises"} == {
        "AI Council", "Responsible Use Group", "AI Policy Working Group",
    }  # fmt: skip


def test_the_agency_has_its_public_mailbox():
    assert (DHS.agency.code, DHS.agency.public_mailbox) == ("DHS", "AI@hq.dhs.gov")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("code: TSA,", "code: CBP,", "components: CBP stands twice"),
        ("component: S&T", "component: SandT", r"offices\[5\].component: there is no component 'SandT'"),
        ("    quorum: 5\n", "", r"bodies\[0\].quorum"),
        ("kind: votes", "kind: rules", r"bodies\[0\].kind: 'rules'"),
        ("  code: DHS\n", "", "agency.code: must be text"),
        ("agency:\n  code: DHS", "agent:\n  code: DHS", "agent: unknown key"),
    ],
)
def test_a_wrong_file_is_refused_and_named(tmp_path, old, new, words):
    path = tmp_path / "dhs.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SourceError, match=words):
        organization.load(path)
