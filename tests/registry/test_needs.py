"""What a case still needs: for its present stage and impact, and besides for the next stage."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.reads.needs import needs
from registry import editions, tasklist
from registry import needs as pure
from registry.document import empty, with_answers
from registry.models import Evidence
from registry.questionnaire import named
from tests import make
from tests.governance import scenes

FORM = named("use-case-2026")
TODAY = timezone.localdate()


def document(**changes):
    return with_answers(empty(), make.answers(**changes))


def proof(case, field, **dates):
    """A link behind an answer."""
    return Evidence.objects.create(
        use_case=case, field=field, kind="ato", title="Invented letter", link="https://example.invalid/letter",
        dated_on=TODAY - timedelta(days=30), recorded_by=case.created_by, **dates,
    )  # fmt: skip


def test_the_present_stage_names_what_it_lacks_and_not_what_the_next_does():
    found = pure.now(FORM, document(benefits=None), ())
    assert [need.field for need in found.answers] == ["benefits"]
    assert found.evidence == ()
    following = pure.next_up(FORM, document(benefits=None), ())
    fields = {need.field for need in following.answers}
    assert "data_description" in fields and "benefits" not in fields


def test_a_deployed_case_has_no_next_stage_and_a_retired_one_needs_little():
    assert pure.next_up(FORM, document(development_stage="deployed"), ()) is None
    assert pure.next_up(FORM, document(development_stage="retired"), ()) is None


@pytest.mark.parametrize(("ato", "wanted"), [("yes", True), ("no", False)])
def test_evidence_is_wanted_only_where_its_condition_holds(ato, wanted):
    found = pure.now(FORM, document(development_stage="pilot", have_ato=ato), ())
    assert ("have_ato" in {need.field for need in found.evidence}) is wanted
    proven = pure.now(FORM, document(development_stage="pilot", have_ato=ato), ("have_ato",))
    assert "have_ato" not in {need.field for need in proven.evidence}


def test_expired_or_removed_evidence_is_wanted_anew(cast):
    case = make.use_case(owner=cast.officer, given=make.deployed_high_impact())
    assert any("field=have_ato" in item.url for item in needs(case).now.evidence)
    proof(case, "have_ato", expires_on=TODAY - timedelta(days=1))
    assert any("field=have_ato" in item.url for item in needs(case).now.evidence)
    proof(case, "have_ato", expires_on=TODAY)
    assert not any("field=have_ato" in item.url for item in needs(case).now.evidence)


def test_practices_are_owed_now_by_a_deployed_high_impact_case_and_next_before_it(cast):
    deployed = needs(make.use_case(owner=cast.officer, given=make.deployed_high_impact()))
    assert len(deployed.now.practices) == 7 and deployed.next is None
    pilot = needs(make.use_case(owner=cast.officer, given=make.deployed_high_impact(development_stage="pilot")))
    assert pilot.now.practices == () and len(pilot.next.practices) == 7
    plain = needs(make.use_case(owner=cast.officer))
    assert plain.now.practices == () and plain.next.practices == ()


def test_a_practice_with_evidence_is_not_missing_any_more(cast):
    case = scenes.deployed(owner=cast.officer)
    scenes.evidence(case, "monitoring")
    found = needs(case)
    assert "Ongoing monitoring" not in {item.label for item in found.now.practices}
    assert len(found.now.practices) == 6


@pytest.mark.parametrize(
    "given",
    [
        make.deployed_high_impact(hi_testing_conducted=None, hi_potential_impacts=None),
        make.deployed_high_impact(development_stage="pilot", benefits=None),
        make.answers(benefits=None),
    ],
)
def test_the_task_list_and_the_list_of_needs_count_the_same_answers(cast, given):
    case = make.use_case(owner=cast.officer, given=given)
    listed, found = tasklist.build(editions.of(case), case.document), needs(case)
    assert (found.now.given, found.now.asked) == (listed.now.answered, listed.now.needed)
    assert len(found.now.answers) == listed.now.left > 0
    assert len(found.next.answers if found.next else ()) == listed.next.left


def test_every_page_says_in_the_same_words_how_the_practices_stand(cast, sign_in):
    case = scenes.deployed(owner=cast.officer)
    scenes.evidence(case, "monitoring")
    client, page = sign_in(cast.officer), case.get_absolute_url()
    words = needs(case).now.standing
    assert words == "6 of 7 practices rest on the component’s word"
    for address in (page, f"{page}needs/", f"{page}practices/"):
        assert words in client.get(address).content.decode(), address


def test_a_high_impact_case_before_its_pilot_reads_how_many_answers_the_practices_will_need(cast, sign_in):
    given = make.deployed_high_impact(development_stage="pre_deployment", hi_testing_conducted=None)
    case = make.use_case(owner=cast.officer, given=given)
    page = sign_in(cast.officer).get(f"{case.get_absolute_url()}tasks/").content.decode()
    assert "8 of 9 answers, needed once it is deployed" in page


def test_each_thing_leads_to_its_field(cast, sign_in):
    case = scenes.deployed(owner=cast.officer, benefits=None)
    client = sign_in(cast.officer)
    page = client.get(f"{case.get_absolute_url()}needs/")
    found = page.context["needs"].now
    for item in (*found.answers, *found.evidence, *found.practices):
        address, _, anchor = item.url.partition("#")
        answer = client.get(address)
        assert answer.status_code == 200, item.url
        if anchor:
            assert f'id="{anchor}' in answer.content.decode(), item.url


def test_those_who_cannot_answer_see_what_is_missing_without_links(cast, sign_in):
    case = make.use_case(owner=cast.officer, given=make.answers(benefits=None), filed_on=TODAY, status="recorded")
    page = sign_in(cast.leader).get(f"{case.get_absolute_url()}needs/").content.decode()
    assert "expected benefits" in page and "#id_benefits" not in page
    assert "Only the owner" in page
