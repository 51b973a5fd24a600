"""Checks follow the acts: what changed is marked, and the next small run looks at it."""

from accounts.actions import system_account
from governance.actions.compliance import check_changes
from governance.compliance.results import standing
from governance.models import CheckMark, CheckRun
from tests import lives
from tests.governance import scenes


def test_sending_a_case_asks_for_its_check(cast):
    scenes.catalogue()
    case = lives.submitted(cast)
    assert CheckMark.objects.filter(use_case=case).exists()


def test_first_look_is_over_everything_and_the_next_ones_only_over_what_was_filed(cast):
    scenes.catalogue()
    one, other = scenes.deployed(**scenes.OPEN), scenes.deployed("FEMA", use_case_name="Invented other")
    first = check_changes()
    assert first is not None and first.is_whole and first.counts["use_cases"] == 2
    assert check_changes() is None, "once is enough"
    scenes.refile(one, hi_testing_conducted="yes")
    second = check_changes()
    assert second is not None and second.is_incremental and second.counts["use_cases"] == 1
    assert second.started_by == system_account() and not CheckMark.objects.exists()
    assert standing().filter(use_case=other).get().run == first
    assert CheckRun.objects.count() == 2
