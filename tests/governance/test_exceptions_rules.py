"""What an exception excuses and for how long: pure, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from governance import exceptions as rules
from governance.compliance import matrix
from governance.compliance.contract import ExtensionFact, PilotFact, Snapshot, StopFact, WaiverFact
from governance.compliance.exceptions import cover, covered
from governance.compliance.judge import judge, rules_on
from governance.compliance.practices import Position, positions, standing_words
from registry.yaml_source import FIXTURES, SourceError
from tests import make
from tests.governance.checks.shared import DAY, keys, run, snapshot, waiver

LACKING = make.deployed_high_impact(hi_testing_conducted="in_progress", hi_training_established="in_progress")
LAST = date(2026, 11, 17)
EXTENSION = ExtensionFact("omb-m-24-10", date(2026, 1, 1), LAST)
PILOT = PilotFact(date(2026, 9, 1), LAST, applied=("training",))
DAY_AFTER = LAST + timedelta(days=1)


def of(practice: str, given: Snapshot) -> Position:
    return next(one for one in positions(given) if one.practice == practice)


def lacking(day: date = DAY, **facts: object) -> Snapshot:
    return snapshot(LACKING, as_of=day, **facts)


def test_an_extension_excuses_to_its_last_day_and_not_a_day_longer() -> None:
    assert of("testing", lacking()).is_not_met
    held = of("testing", lacking(extensions=(EXTENSION,)))
    assert not held.is_not_met and held.is_met and held.level == "in_progress", "what is reported stays reported"
    assert held.exception == "extension to 17 November 2026"
    assert of("testing", lacking(DAY_AFTER, extensions=(EXTENSION,))).is_not_met
    one = ExtensionFact("omb-m-24-10", date(2026, 1, 1), LAST, practices=("testing",))
    assert covered(lacking(extensions=(one,))) == {"testing"}
    assert not covered(lacking(date(2025, 12, 31), extensions=(EXTENSION,))), "nor before it was granted"


def test_a_pilot_excuses_only_what_it_does_not_say_is_applied() -> None:
    given = lacking(pilots=(PILOT,))
    assert not of("testing", given).is_not_met and of("training", given).is_not_met
    assert of("testing", given).exception == "pilot certificate to 17 November 2026"
    assert of("testing", lacking(DAY_AFTER, pilots=(PILOT,))).is_not_met and PILOT.is_over(DAY_AFTER)
    closed = PilotFact(date(2026, 9, 1), LAST, closed_on=date(2026, 10, 1))
    assert of("testing", lacking(pilots=(closed,))).is_not_met and not closed.is_over(DAY_AFTER)


def test_a_waiver_is_named_before_what_lasts_longer() -> None:
    given = lacking(waivers=(waiver("testing"),), extensions=(ExtensionFact("x", date(2026, 1, 1), date(2028, 1, 1)),))
    found = cover(given, "testing")
    assert found and found.words == "waiver to 1 May 2027" and of("testing", given).level == "waived"
    doubted = WaiverFact("testing", date(2026, 5, 1), date(2027, 5, 1), None, reassess_since=date(2026, 11, 1))
    assert of("testing", lacking(waivers=(doubted,))).exception == "waiver to 1 May 2027, to be looked at again"
    assert of("testing", lacking(waivers=(doubted,))).is_met, "it stands until the officer revokes it"


def test_the_matrix_says_with_which_exception() -> None:
    row = matrix.row_of(lacking(extensions=(EXTENSION,)))
    assert row and row.standing == "on_word" and not row.not_met, "what others are reported rests on the word"
    cell = next(one for one in row.cells if one.practice == "testing")
    assert (cell.word, cell.note) == ("In progress", "extension to 17 November 2026")
    assert "covered for now (extension" in matrix.what_would_meet(cell.position)
    assert "not met" not in standing_words([one.position for one in row.cells])


def test_what_an_exception_hides_stays_in_sight_as_covered() -> None:
    from governance.compliance.in_force import instruments

    found = [one for one in judge(lacking(extensions=(EXTENSION,)), rules_on(instruments(), DAY)) if one.is_waived]
    assert {one.problem.practice for one in found} >= {"testing", "training"}
    assert run("practices_overdue", lacking(extensions=(EXTENSION,))) == []
    assert run("practices_overdue", lacking(DAY_AFTER, extensions=(EXTENSION,)))


def test_the_year_of_a_waiver_runs_from_its_last_certification() -> None:
    old = WaiverFact("testing", date(2025, 11, 1), date(2027, 10, 1), None)
    assert keys(run("waiver_current", snapshot(waivers=(old,)))) == [("warning", "recertify:testing")]
    anew = WaiverFact("testing", date(2025, 11, 1), date(2027, 10, 1), None, certified_on=date(2026, 10, 2))
    assert run("waiver_current", snapshot(waivers=(anew,))) == []


def test_a_use_runs_until_somebody_has_confirmed_that_it_stopped() -> None:
    stop = StopFact("not_compliant", date(2026, 5, 1), date(2026, 5, 4), reported_on=date(2026, 5, 3))
    assert lacking(stops=(stop,)).is_deployed_high_impact and run("practices_overdue", lacking(stops=(stop,)))
    done = StopFact("not_compliant", date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 3), date(2026, 6, 1))
    assert positions(lacking(stops=(done,))) == () and run("practices_overdue", lacking(stops=(done,))) == []
    assert lacking(date(2026, 5, 31), stops=(done,)).is_deployed_high_impact, "the day before it was confirmed"
    lifted = StopFact("not_compliant", date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 3), date(2026, 6, 1), DAY)
    assert lacking(stops=(lifted,)).is_deployed_high_impact


def test_the_setting_says_which_instrument_knows_extensions(tmp_path: Path) -> None:
    edition = rules.in_force(DAY)
    old, new = edition.extension("omb-m-24-10"), edition.extension("omb-m-25-21")
    assert old and old.exist and not old.renewable and old.last_day >= date(2025, 11, 30)
    assert new and not new.exist and "disagree" in new.because
    text = (FIXTURES / "rules" / "exceptions-2026-11.yaml").read_text()
    for wrong, said in (
        (text.replace("tell_end_days: 30", "tell_end_days: 0"), "tell_end_days: must be more than 0"),
        (text.replace("renewable: false", "renewed: false", 1), r"extensions\[0\].renewed: unknown key"),
        (text.replace("omb-m-25-21", "omb-m-24-10"), "the same instrument stands twice"),
    ):
        path = tmp_path / "wrong.yaml"
        path.write_text(wrong)
        with pytest.raises(SourceError, match=said):
            rules.load(path)
