"""The pages of systems, and a system on a case's page."""

import re

from django.utils import timezone

from registry.models import System, SystemMark, UseCase
from tests import make_systems
from tests.make_systems import case_on, recorded, system


def texts(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def form(record, **changes):
    facts = {name: value for name, value in record.facts.items() if value}
    facts |= {"component": record.component_id, "owner": record.owner_id or "", "opened_on": record.revision_number}
    return {**facts, "effective_on": timezone.localdate().isoformat(), **changes}


def test_the_list_counts_only_cases_one_may_see(cast, sign_in):
    record = system()
    case_on(record, owner=cast.officer)
    case_on(record, owner=cast.officer, handling="restricted")
    page = sign_in(cast.other_officer).get("/systems/")
    assert [row.cases for row in page.context["page"]] == [0]
    assert [row.cases for row in sign_in(cast.leader).get("/systems/").context["page"]] == [1]
    assert [row.cases for row in sign_in(cast.auditor).get("/systems/").context["page"]] == [2]


def test_the_csv_is_what_is_shown_with_formulas_made_harmless(cast, sign_in):
    system("=SUM(A1)")
    system("Other", component_code="FEMA", ato="planned")
    body = sign_in(cast.lead).get("/systems/?component=CBP&format=csv").content.decode()
    assert "'=SUM(A1)" in body and "Other" not in body


def test_filters_find_and_an_unknown_value_finds_nothing(cast, sign_in):
    system("Near", **make_systems.ending(10))
    system("Far", **make_systems.ending(400))
    system("Silent", ato="")
    client = sign_in(cast.lead)

    def found(query):
        return [row.name for row in client.get(f"/systems/?{query}").context["page"]]

    assert found("show=expiring") == ["Near"]
    assert found("ato=unknown") == ["Silent"]
    assert found("q=fa") == ["Far"] and found("component=XYZ") == []


def test_a_changed_record_marks_the_cases_and_the_owner_finds_it_at_home(cast, sign_in):
    record = system()
    case = case_on(record, owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere")
    answer = sign_in(cast.lead).post(f"/systems/{record.uuid}/edit/", form(record, vendor_name="Larkfield", why="New"))
    assert answer.status_code == 302
    client = sign_in(cast.officer)
    assert "INVENTED-LX: look whether the answers still hold" in texts(client.get("/"))
    page = client.get(case.get_absolute_url())
    assert "Vendor: Larkfield, was not stated" in texts(page)
    assert "the owner says whether the answers still hold" in texts(page)
    shown = page.context["systems"].used[0].marks
    client.post(f"{case.get_absolute_url()}systems/confirm/", {"mark": [mark.uuid for mark in shown]})
    assert not SystemMark.objects.filter(cleared_at=None).exists()
    assert "look whether the answers" not in texts(client.get("/"))


def test_a_stale_form_shows_both_versions_and_loses_nothing(cast, sign_in):
    record = system()
    client = sign_in(cast.lead)
    client.post(f"/systems/{record.uuid}/edit/", form(record, vendor_name="Larkfield"))
    answer = client.post(f"/systems/{record.uuid}/edit/", form(record, vendor_name="Oakmere"))
    assert answer.status_code == 409
    assert "Larkfield" in texts(answer) and b'value="Oakmere"' in answer.content
    assert System.objects.get().vendor_name == "Larkfield"
    again = form(record, vendor_name="Oakmere", opened_on=answer.context["opened_on"])
    assert client.post(f"/systems/{record.uuid}/edit/", again).status_code == 302
    assert System.objects.get().vendor_name == "Oakmere"


def test_differing_answers_stand_side_by_side_and_on_each_others_page(cast, sign_in):
    record = system()
    one = case_on(record, owner=cast.officer, has_pii="yes")
    other = case_on(record, owner=cast.officer, has_pii="no", is_high_impact="high_impact")
    client = sign_in(cast.lead)
    page = texts(client.get(f"/systems/{record.uuid}/"))
    assert "Personal information held Must be the same." in page and "May differ" in page
    said = texts(client.get(one.get_absolute_url()))
    assert f"CBP’s {other.use_case_id} on the same system answers personal information held," in said


def test_the_case_page_says_whom_to_ask_and_offers_no_button(cast, sign_in):
    case = case_on(system(), owner=cast.officer, have_ato="no")
    page = sign_in(cast.leader).get(case.get_absolute_url())
    assert b"take-over" not in page.content and b"systems/link/" not in page.content
    assert "The owner takes it over or says why not" in texts(page)


def test_linking_taking_over_keeping_and_ending_on_the_cases_page(cast, sign_in):
    record = system(vendor_name="Larkfield")
    case = recorded(owner=cast.officer, contracting_usage="vendor", vendor_name="Oakmere", have_ato="no")
    client, at = sign_in(cast.officer), case.get_absolute_url()
    today = timezone.localdate().isoformat()
    client.post(f"{at}systems/link/", {"system": record.uuid, "started_on": today})
    link = case.system_links.get()
    client.post(f"{at}systems/{link.uuid}/take-over/", {"field": "vendor_name", "opened_on": 1})
    assert UseCase.objects.get(pk=case.pk).document["answers"]["vendor_name"] == "Larkfield"
    client.post(f"{at}systems/{link.uuid}/keep/", {"field": "have_ato", "because": "Outside the boundary."})
    assert "Kept by Olive Officer" in texts(client.get(at))
    client.post(f"{at}systems/{link.uuid}/unlink/", {"why": "Replaced."})
    assert "No system is linked" in texts(client.get(at))
    assert "said that it no longer uses the system INVENTED-LX" in texts(client.get(at))


def test_another_cases_link_is_not_reached_by_this_cases_address(cast, sign_in):
    mine, theirs = recorded(owner=cast.officer), case_on(system(), owner=cast.colleague)
    address = f"{mine.get_absolute_url()}systems/{theirs.system_links.get().uuid}/unlink/"
    assert sign_in(cast.officer).post(address, {"why": "Not mine."}).status_code == 404


def test_bad_input_is_answered_and_not_a_crash(cast, sign_in):
    record = system()
    case = case_on(record, owner=cast.officer)
    client, at = sign_in(cast.officer), case.get_absolute_url()
    link = case.system_links.get()
    for path, body in (
        ("link/", {"system": "no-uuid", "started_on": "never"}),
        ("confirm/", {"mark": ["not-a-uuid", ""]}),
        (f"{link.uuid}/take-over/", {"field": "no_such_field", "opened_on": "9" * 30}),
        (f"{link.uuid}/keep/", {"field": "\x00", "because": "x"}),
    ):
        assert client.post(f"{at}systems/{path}", body).status_code == 302, path
    assert client.get(f"/systems/{record.uuid}/?as_of=tomorrow").status_code == 200
    assert client.get("/systems/?q=%00&page=zz").status_code == 200
    assert sign_in(cast.lead).post("/systems/named/", {"name": "\x00", "component": "CBP"}).status_code == 302


def test_a_record_is_made_of_a_name_by_one_click(cast, sign_in):
    for _ in range(3):
        recorded(owner=cast.officer)
    client = sign_in(cast.lead)
    assert "Record and link 3 cases" in texts(client.get("/systems/named/"))
    answer = client.post("/systems/named/", {"name": "INVENTED-LX", "component": "CBP"}, follow=True)
    assert "with 3 use cases" in texts(answer)
    client.post("/systems/named/", {"name": "INVENTED-LX", "component": "CBP"})
    assert System.objects.count() == 1


def test_a_joined_record_leads_to_the_other_and_keeps_its_history(cast, sign_in):
    first, second = system("Mobile Sorter"), system("Mobile Sorter App")
    case_on(first, owner=cast.officer)
    client = sign_in(cast.lead)
    client.post(f"/systems/{first.uuid}/same-as/", {"into": second.pk, "why": "One authorization."})
    assert client.get(f"/systems/{first.uuid}/").url == f"/systems/{second.uuid}/"
    assert "found to be the same system as Mobile Sorter App" in texts(client.get(f"/systems/{first.uuid}/?stay=1"))
    assert [row.name for row in client.get("/systems/").context["page"]] == ["Mobile Sorter App"]
    assert client.get(f"/systems/{first.uuid}/edit/").status_code == 403


def test_the_record_of_another_day_is_shown(cast, sign_in):
    record = system(effective_on=timezone.localdate() - timezone.timedelta(days=20), vendor_name="First")
    client = sign_in(cast.lead)
    client.post(f"/systems/{record.uuid}/edit/", form(record, vendor_name="Second"))
    day = (timezone.localdate() - timezone.timedelta(days=3)).isoformat()
    page = client.get(f"/systems/{record.uuid}/?as_of={day}")
    assert "First" in {line.value for line in page.context["lines"]}


def test_a_restricted_system_is_404_by_address_and_its_opening_recorded(cast, sign_in):
    from audit.models import Event

    record = system(handling="restricted", component_code="FEMA")
    assert sign_in(cast.officer).get(f"/systems/{record.uuid}/").status_code == 404
    assert sign_in(cast.officer).get(f"/api/systems/{record.uuid}/").status_code == 404
    assert sign_in(cast.auditor).get(f"/systems/{record.uuid}/").status_code == 200
    assert sign_in(cast.auditor).get(f"/api/systems/{record.uuid}/").status_code == 200
    assert Event.objects.filter(kind="system.viewed", actor=cast.auditor).count() == 2
