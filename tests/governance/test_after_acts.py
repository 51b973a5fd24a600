"""Checks follow the acts: one case after it was sent, the whole registry after an inventory file."""

from django.utils import timezone

from accounts.actions import system_account
from governance.actions.compliance import after_imports
from governance.models import CheckRun
from registry.models import ImportBatch
from tests import lives, make
from tests.governance import scenes


def test_sending_a_case_asks_for_its_check(cast):
    scenes.catalogue()
    case = lives.submitted(cast)
    assert CheckRun.objects.filter(use_case=case, state="queued").count() == 1


def test_an_import_is_followed_by_one_run_over_everything(cast):
    scenes.catalogue()
    assert after_imports() is None, "nothing came in"
    ImportBatch.objects.create(
        agency=make.agency(), file_name="invented.csv", sha256="0" * 64, content=b"", layout="dhs-2025", cycle=2025,
        effective_on="2026-01-28", state="confirmed", uploaded_by=system_account(), confirmed_at=timezone.now(),
    )  # fmt: skip
    run = after_imports()
    assert run is not None and run.state == "done"
    assert after_imports() is None, "once is enough"
