"""The API: every route by its own description, and the same rights as on the pages."""

from datetime import date

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from knox.models import AuthToken
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from registry.actions import tagging
from tests import make
from tests.conftest import Cast


@pytest.fixture
def described(live_server):
    """The API's own description on a real server, with something to find behind each route."""
    cast = Cast()
    make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", use_case_id="DHS-9001")
    _, token = AuthToken.objects.create(user=cast.auditor)
    headers = {"Authorization": f"Token {token}"}
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/schema/", headers=headers)
    schema.config.update(headers=headers)
    return schema


def test_every_route_answers_as_described(described):
    """Each operation, fed with what its description allows, answers in the described shape and never with a 500."""
    tried = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def ask(case):
            case.call_and_validate(checks=[not_a_server_error, response_schema_conformance])

        ask()
        tried += 1
    assert tried >= 8


def test_the_signed_out_read_nothing(client, db):
    assert client.get("/api/use-cases/").status_code == 401


def test_a_restricted_case_does_not_exist_for_others(cast, sign_in):
    hidden = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded", handling="restricted")
    for person, expected in ((cast.leader, 404), (cast.other_officer, 404), (cast.officer, 200), (cast.auditor, 200)):
        client = sign_in(person)
        assert client.get(f"/api/use-cases/{hidden.use_case_id}/").status_code == expected
        listed = [row["use_case_id"] for row in client.get("/api/use-cases/").json()["results"]]
        assert (hidden.use_case_id in listed) == (expected == 200)


def test_the_document_is_the_filed_one(cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    body = sign_in(cast.leader).get(f"/api/use-cases/{case.use_case_id}/").json()
    assert body["document"]["answers"]["use_case_name"] == "Invented sorting of test parcels"
    assert body["filed_effective_on"] == "2026-01-28"


def test_a_token_works_until_it_is_ended(cast, client):
    client.force_login(cast.leader)
    client.post("/people/me/tokens/")
    row = AuthToken.objects.get(user=cast.leader)
    _, token = AuthToken.objects.create(user=cast.leader)
    client.logout()
    headers = {"Authorization": f"Token {token}"}
    assert client.get("/api/use-cases/", headers=headers).status_code == 200
    AuthToken.objects.exclude(pk=row.pk).delete()
    assert client.get("/api/use-cases/", headers=headers).status_code == 401


def test_the_api_cannot_write(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    client = sign_in(cast.officer)
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"/api/use-cases/{case.use_case_id}/", {}).status_code in (403, 405)


def test_the_list_is_searched_and_filtered_as_on_the_page(cast, sign_in):
    mine = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    make.use_case(owner=cast.colleague, filed_on=date(2026, 1, 28), status="recorded")
    tagging.tag([mine], ["spring"], actor=cast.officer)
    client = sign_in(cast.officer)

    def ids(**given):
        return [row["use_case_id"] for row in client.get("/api/use-cases/", given).json()["results"]]

    assert len(ids()) == 2
    for asked in ({"owner": "me"}, {"tag": "spring"}, {"q": mine.use_case_id}, {"show": "mine"}):
        assert ids(**asked) == [mine.use_case_id], asked
    assert ids(stage="no such stage") == [] == ids(since="not a day")


def test_the_document_describes_the_filters():
    listed = SchemaGenerator().get_schema(request=None, public=True)["paths"]["/api/use-cases/"]["get"]["parameters"]
    said = {one["name"]: one.get("description", "") for one in listed}
    for name in ("q", "tag", "owner", "edition", "office", "since"):
        assert said[name]
