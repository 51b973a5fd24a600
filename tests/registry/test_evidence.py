"""Evidence on a case: who brings it, what is kept, replaced, removed, told ahead, and cleared."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core import mail
from django.db import DataError, InternalError, ProgrammingError, transaction
from django.utils import timezone

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import notices, practices
from governance.compliance.snapshot import Clocks, scope, snapshots
from registry import evidence_store
from registry.actions import evidence as actions
from registry.actions import evidence_upkeep as upkeep
from registry.models import Evidence
from tests import make, talking
from tests.governance import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Any) -> Any:
    return make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")


def kept() -> set[str]:
    """What lies in the store."""
    folder = Path(live.STORAGES["evidence"]["OPTIONS"]["location"])
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_file_is_kept_as_it_came_under_a_key_that_says_nothing(cast, case):
    content = talking.pdf("Invented words")
    made = talking.some_file(
        case, cast.officer, file=talking.upload("../../Report of José.pdf", content), field="vendor_name"
    )
    with evidence_store.open_content(made.file) as found:
        assert found.read() == content
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert (made.size, made.media_type, made.field) == (len(content), "application/pdf", "vendor_name")
    assert "Jos" not in made.file and made.file_name == "Report of José.pdf"
    folder = Path(live.STORAGES["evidence"]["OPTIONS"]["location"])
    assert (folder / made.file).stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    event = Event.objects.get(kind="evidence.recorded")
    assert event.timeline == case.use_case_id and event.data["sha256"] == made.sha256


@pytest.mark.parametrize("name", ["colleague", "other_officer", "priv", "caio", "auditor", "administrator"])
def test_only_those_who_answer_for_the_case_bring_evidence(name, cast, case):
    before = kept()
    with pytest.raises(Refused, match="Only the owner, the backup owner and the CBP lead"):
        talking.some_file(case, getattr(cast, name))
    assert kept() == before and not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"field": "vendor_name", "practice": "testing"}, "one answer or one practice"),
        ({"field": "no_such_question"}, "no such question"),
        ({"practice": "no_such_practice"}, "no such minimum practice"),
        ({"dated_on": date(2099, 1, 1)}, "today or earlier"),
        ({"expires_on": date(2020, 1, 1)}, "expire before its own date"),
        ({"link": "https://example.invalid/"}, "one of the two"),
        ({"file": None}, "one of the two"),
        ({"file": talking.upload("a.pdf", talking.png())}, "its content is a PNG picture"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(changes, says, cast, case):
    before = kept()
    with pytest.raises(Refused, match=says):
        talking.some_file(case, cast.officer, **changes)
    assert kept() == before


def test_a_file_over_the_limit_is_refused(cast, case, settings):
    settings.EVIDENCE_MAX_MB = 1
    with pytest.raises(Refused, match="larger than 1 MB"):
        talking.some_file(case, cast.officer, file=talking.upload("a.txt", b"x" * (1024 * 1024 + 1)))


def test_recorded_evidence_cannot_be_changed(cast, case):
    made = talking.some_file(case, cast.officer)
    for column, value in (("title", "Another"), ("sha256", "0" * 64), ("expires_on", date(2099, 1, 1))):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Evidence.objects.filter(pk=made.pk).update(**{column: value})


def test_content_is_not_kept_when_the_row_cannot_be_written(cast, case):
    before = kept()
    with pytest.raises(DataError), transaction.atomic():
        talking.some_file(case, cast.officer, title="x" * 301)
    assert kept() == before


def test_the_newer_one_takes_the_place_of_the_older_once(cast, case):
    old = talking.some_file(case, cast.officer)
    new = talking.some_file(case, cast.officer, title="Newer", replaces=old)
    assert list(Evidence.objects.standing()) == [new] and list(Evidence.objects.gone()) == [old]
    assert Event.objects.get(kind="evidence.replaced").subject_id == str(old.uuid)
    with pytest.raises(Stale, match="in the meantime"):
        talking.some_file(case, cast.officer, title="Too late", replaces=Evidence.objects.get(pk=old.pk))


def test_removed_evidence_leaves_its_row_its_hash_and_the_reason(cast, case):
    made = talking.some_file(case, cast.officer)
    with pytest.raises(Refused, match="Say why"):
        actions.remove(made, reason="  ", actor=cast.officer)
    with pytest.raises(Refused, match="Only the owner"):
        actions.remove(made, reason="Mine", actor=cast.priv)
    actions.remove(made, reason="Wrong file.", actor=cast.officer)
    row = Evidence.objects.get(pk=made.pk)
    assert row.state == "removed" and row.removed_why == "Wrong file." and row.sha256 == made.sha256
    assert row.file in kept(), "the content is deleted only where the portal is set up so"
    assert Event.objects.get(kind="evidence.removed").reason == "Wrong file."
    with pytest.raises(Stale):
        actions.remove(row, reason="Again.", actor=cast.officer)


def test_content_of_removed_evidence_is_deleted_by_a_setting(cast, case, settings, django_capture_on_commit_callbacks):
    settings.EVIDENCE_DELETE_REMOVED = True
    made = talking.some_file(case, cast.officer)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(made, reason="Wrong file.", actor=cast.officer)
    row = Evidence.objects.get(pk=made.pk)
    assert (row.file, row.sha256) == ("", made.sha256) and made.file not in kept()


def test_the_same_content_on_the_same_case_is_told(cast, case):
    first = talking.some_file(case, cast.officer)
    other_case = make.use_case(owner=cast.officer)
    assert actions.same_elsewhere(talking.some_file(other_case, cast.officer)) == []
    again = talking.some_file(case, cast.officer, title="Again")
    assert actions.same_elsewhere(again) == [first]


def test_evidence_is_current_through_its_last_day(cast, case):
    made = talking.some_file(case, cast.officer, expires_on=date(2026, 7, 1))
    assert list(Evidence.objects.current(date(2026, 7, 1))) == [made]
    assert list(Evidence.objects.expired(date(2026, 7, 2))) == [made]


def test_the_owner_is_told_once_thirty_days_ahead(cast, case):
    today = timezone.localdate()
    soon = talking.some_file(case, cast.officer, title="Secret words", expires_on=today + timedelta(days=30))
    talking.some_file(case, cast.officer, expires_on=today + timedelta(days=31))
    gone = talking.some_file(case, cast.officer, expires_on=today + timedelta(days=3))
    actions.remove(gone, reason="Wrong file.", actor=cast.officer)
    assert upkeep.tell_of_expiry() == 1
    assert upkeep.tell_of_expiry() == 0
    assert Event.objects.get(kind="evidence.expiring").subject_id == str(soon.uuid)
    notices.dispatch()
    told = [one for one in mail.outbox if "expires" in one.subject]
    assert [one.to for one in told] == [[cast.officer.email]]
    assert f"#e-{soon.uuid}" in told[0].body and "Secret words" not in told[0].body
    assert told[0].subject.startswith(f"{case.use_case_id}: evidence expires on ")


def test_what_a_crash_left_behind_is_cleared_after_a_day(cast, case):
    made = talking.some_file(case, cast.officer)
    orphan, fresh = (evidence_store.put(talking.upload()) for _ in range(2))
    folder = Path(live.STORAGES["evidence"]["OPTIONS"]["location"])
    unfinished = Path(live.INCOMING_DIR) / "left.upload"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_bytes(b"half")
    long_ago = time.time() - 2 * 24 * 3600
    for path in (folder / made.file, folder / orphan, unfinished):
        os.utime(path, (long_ago, long_ago))
    assert upkeep.clear_abandoned() == 2
    assert made.file in kept() and fresh in kept() and orphan not in kept() and not unfinished.exists()


def test_a_deleted_draft_takes_its_evidence_along(cast):
    from registry.actions.use_cases import delete_draft

    draft = make.use_case(owner=cast.officer)
    talking.some_file(draft, cast.officer)
    talking.thread(draft, cast.officer)
    delete_draft(draft, actor=cast.officer)
    assert not Evidence.objects.exists()


# -- evidence behind practices ---------------------------------------------------------------------


def record_on(case: Any, day: date) -> Any:
    found = next(iter(snapshots(scope(use_case=case), Clocks(day), with_namesakes=False)))
    return found.records[0]


def test_a_practice_record_names_a_file_and_ends_with_it(cast):
    case = scenes.deployed(owner=cast.officer)
    made = talking.some_file(case, cast.officer, practice="testing", expires_on=date(2027, 1, 31))
    done = practices.record_evidence(
        case, "testing", title="Trial", effective_on=talking.DATED, actor=cast.officer, evidence=made
    )
    assert (done.evidence, done.expires_on) == (made, date(2027, 1, 31))
    assert record_on(case, date(2027, 1, 31)).is_current(date(2027, 1, 31))
    assert not record_on(case, date(2027, 2, 1)).is_current(date(2027, 2, 1))


def test_a_file_of_another_case_cannot_back_a_practice(cast):
    case = scenes.deployed(owner=cast.officer)
    other = talking.some_file(make.use_case(owner=cast.officer), cast.officer)
    with pytest.raises(Refused, match="does not stand on the case"):
        practices.record_evidence(
            case, "testing", title="Trial", effective_on=talking.DATED, actor=cast.officer, evidence=other
        )


def test_a_practice_rests_no_longer_on_a_file_that_was_removed(cast):
    case = scenes.deployed(owner=cast.officer)
    made = talking.some_file(case, cast.officer, practice="testing")
    practices.record_evidence(
        case, "testing", title="Trial", effective_on=talking.DATED, actor=cast.officer, evidence=made
    )
    today = timezone.localdate()
    assert record_on(case, today).is_current(today)
    actions.remove(made, reason="Wrong file.", actor=cast.officer)
    assert not record_on(case, today).is_current(today)
    before = today - timedelta(days=1)
    assert record_on(case, before).is_current(before), "what counted then still counted then"


def test_the_practices_page_leads_to_its_files_and_offers_to_attach_one(cast, sign_in):
    case = scenes.deployed(owner=cast.officer)
    made = talking.some_file(case, cast.officer, practice="testing")
    practices.record_evidence(
        case, "testing", title="Trial", effective_on=talking.DATED, actor=cast.officer, evidence=made
    )
    client = sign_in(cast.officer)
    page = client.get(f"/use-cases/{case.use_case_id}/practices/").content.decode()
    assert f"/use-cases/{case.use_case_id}/evidence/?practice=testing" in page and f"/evidence/{made.uuid}/" in page
    form = client.get(f"/use-cases/{case.use_case_id}/practices/testing/evidence/").content.decode()
    assert "Attach a file or link" in form and "evidence/add/?practice=testing&amp;next=/use-cases/" in form


def test_evidence_stands_on_the_page_before_sending_and_its_choices_are_grouped(cast, sign_in):
    case = make.use_case(owner=cast.officer)
    talking.some_link(case, cast.officer, title="Invented field trial", link="https://trial.example.invalid/")
    page = sign_in(cast.officer).get(f"{case.get_absolute_url()}check/").content.decode()
    assert "Invented field trial" in page and "Your answers, revision" in page
    form = sign_in(cast.officer).get(f"{case.get_absolute_url()}evidence/add/").content.decode()
    assert '<optgroup label="Minimum practices">' in form and form.count("<optgroup") > 3
