"""Valkey gone: what was asked for stands as a row, and pages go on."""

import pytest
from kombu import pools

from config.celery import app
from governance.actions.reports import make_report
from governance.models import Report
from tests.conftest import Cast
from tests.governance import scenes


@pytest.fixture
def no_broker():
    """A closed port where the broker was; the pools forget their connections before and after."""
    kept = app.conf.broker_url

    def point_to(url):
        app.conf.broker_url = url
        pools.reset()
        app._pool = None
        app.amqp._producer_pool = None

    point_to("redis://127.0.0.1:1/0")
    yield
    point_to(kept)


@pytest.mark.django_db(transaction=True)
def test_a_report_asked_for_without_the_broker_is_made_later(no_broker, client):
    cast = Cast()
    scenes.catalogue()
    scenes.deployed(owner=cast.officer)
    client.force_login(cast.leader)
    answer = client.post("/reports/make/", {"slug": "compliance-status", "as_of": "2026-11-20", "component": ""})
    assert answer.status_code == 302
    report = Report.objects.get()
    assert report.state == "queued"
    page = client.get(report.get_absolute_url())
    assert page.status_code == 200 and b"asked for" in page.content
    assert make_report(report.uuid) is not None, "beat's nudge or any worker takes it up"
    report.refresh_from_db()
    assert report.state == "done" and report.pdf
