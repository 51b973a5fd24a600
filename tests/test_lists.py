"""Every list asks the database the same however many rows it shows: a new list page is tried without a new test."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.matrix import ROWS

LISTS = sorted(
    name
    for name, row in ROWS.items()
    if row.method == "GET" and re.search(r"(-list|-queue|-matrix|-findings|-overview|-meetings|-imports|^home)$", name)
)


def asked(client, address, body):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, body).status_code in (200, 302)
    return len(found)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_for_more_rows(name, cast, sign_in):
    row = ROWS[name]
    client = sign_in(getattr(cast, row.viewer))
    args = row.scene(cast)
    address = reverse(name, kwargs=args if name == "api-revisions-list" else row.scene(cast))
    asked(client, address, row.body)  # warm: files read once a process
    few = asked(client, address, row.body)
    for _ in range(5):
        row.scene(cast)
    assert asked(client, address, row.body) <= few, f"{name} asks more for more rows"
