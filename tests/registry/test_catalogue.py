"""The policy catalogue: what was in force when, and files that are wrong."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from governance.compliance.checks import ACCEPTED
from registry import catalogue, questionnaire
from registry.catalogue import POLICY, edition_for
from registry.yaml_source import SourceError

FIELDS = questionnaire.fields()
LOADED = {instrument.slug: instrument for instrument in catalogue.load(POLICY, FIELDS)}


def provisions(slug, kind):
    return [item for item in LOADED[slug].editions[-1].provisions if item.kind == kind]


def test_directive_139_08_has_its_principles_prohibitions_and_requirement_areas():
    assert len(provisions("dhs-139-08", "principle")) == 5
    assert len(provisions("dhs-139-08", "prohibition")) == 6
    assert len(provisions("dhs-139-08", "requirement")) == 7
    assert [item.params["field"] for item in provisions("dhs-139-08", "prohibition")] == [
        "proh_sole_basis", "proh_improper_factors", "proh_profiling", "proh_surveillance", "proh_third_party",
        "proh_other",
    ]  # fmt: skip


def test_m_25_21_has_its_categories_and_practices():
    refs = [item.ref for item in provisions("omb-m-25-21", "presumption")]
    assert refs == [f"M-25-21/presumed/{letter}" for letter in "abcdefghijklmno"]
    assert [(item.ref, item.params["practice"]) for item in provisions("omb-m-25-21", "practice")] == [
        ("M-25-21/practice/i", "testing"),
        ("M-25-21/practice/ii", "impact_assessment"),
        ("M-25-21/practice/iii", "monitoring"),
        ("M-25-21/practice/iv", "training"),
        ("M-25-21/practice/v", "human_oversight"),
        ("M-25-21/practice/vi", "appeals"),
        ("M-25-21/practice/vii", "consultation"),
    ]
    assert provisions("omb-m-25-21", "deadline")[0].params == {"deadline": "2026-04-03"}


def test_texts_nobody_read_are_marked_as_summaries():
    summaries = {slug: item.editions[0].is_summary_only for slug, item in LOADED.items()}
    assert {slug for slug, is_summary in summaries.items() if not is_summary} == {
        "omb-2025-reporting-guidance", "omb-m-24-10"
    }  # fmt: skip
    directive = LOADED["dhs-139-08"].editions[0]
    assert all(item.is_summary_only for item in directive.provisions)


def test_what_is_checked_says_what_to_do():
    for instrument in LOADED.values():
        for item in instrument.editions[0].provisions:
            assert item.check is None or (item.evidence and item.remedy), item.ref


def test_practices_apply_to_deployed_high_impact_cases_only():
    practice = LOADED["omb-m-25-21"].editions[0].provision("M-25-21/practice/i")
    assert practice.applies_when.holds({"development_stage": "deployed", "is_high_impact": "high_impact"})
    assert not practice.applies_when.holds({"development_stage": "pilot", "is_high_impact": "high_impact"})
    assert not practice.applies_when.holds({"development_stage": "deployed"})


@pytest.mark.parametrize(
    ("slug", "day", "expected"),
    [
        ("omb-m-24-10", date(2024, 3, 27), None),
        ("omb-m-24-10", date(2024, 3, 28), "2024-03-28"),
        ("omb-m-24-10", date(2025, 4, 2), "2024-03-28"),
        ("omb-m-24-10", date(2025, 4, 3), None),
        ("omb-m-25-21", date(2025, 4, 2), None),
        ("omb-m-25-21", date(2025, 4, 3), "2025-04-03"),
        ("dhs-139-06", date(2025, 1, 14), "2023-08-08"),
        ("dhs-139-06", date(2025, 1, 15), None),
        ("dhs-139-08", date(2025, 1, 15), "2025-01-15"),
    ],
)
def test_the_edition_in_force_on_a_day(slug, day, expected):
    found = edition_for(LOADED[slug], day)
    assert (found and found.edition.day) == expected


# -- status over time, on an instrument of our own --------------------------------------------------

EDITION = """
instrument: guide
title: A guide
effective_from: {day}
sources: []
provisions:
  - {{ref: "guide/{ref}", kind: principle, title: One, summary: Text}}
"""
HEAD = "instrument: guide\ntitle: Guide\nshort: Guide\nissuer: Office\nstatuses:\n"


def entry(edition, status, day, recorded="2026-01-01"):
    return f"  - {{edition: {edition}, status: {status}, from: {day}, source: S, recorded_on: {recorded}}}\n"


@pytest.fixture
def guide(tmp_path):
    def write(statuses: str, editions=("2024-01-01", "2025-01-01")) -> catalogue.Instrument:
        folder = tmp_path / "guide"
        folder.mkdir(exist_ok=True)
        for day in editions:
            (folder / f"{day}.yaml").write_text(EDITION.format(day=day, ref="one"))
        (folder / "status.yaml").write_text(HEAD + statuses)
        return catalogue.load(tmp_path, FIELDS)[0]

    return write


def key(found):
    return found and (found.edition.key, found.is_advisory)


def test_the_latest_edition_in_force_wins(guide):
    both = entry("2024-01-01", "in_force", "2024-01-01") + entry("2025-01-01", "in_force", "2025-01-01")
    instrument = guide(both)
    assert key(edition_for(instrument, date(2024, 6, 1))) == ("2024-01-01", False)
    assert key(edition_for(instrument, date(2025, 6, 1))) == ("2025-01-01", False)


def test_a_withdrawn_edition_leaves_the_older_one_if_that_is_still_in_force(guide):
    instrument = guide(
        entry("2024-01-01", "in_force", "2024-01-01")
        + entry("2025-01-01", "in_force", "2025-01-01")
        + entry("2025-01-01", "withdrawn", "2025-03-01")
    )
    assert key(edition_for(instrument, date(2025, 2, 28))) == ("2025-01-01", False)
    assert key(edition_for(instrument, date(2025, 3, 1))) == ("2024-01-01", False)


def test_a_disputed_edition_is_advisory_unless_another_is_in_force(guide):
    alone = guide(entry("2025-01-01", "disputed", "2025-01-01"))
    assert key(edition_for(alone, date(2025, 2, 1))) == ("2025-01-01", True)
    beside = guide(entry("2024-01-01", "in_force", "2024-01-01") + entry("2025-01-01", "disputed", "2025-01-01"))
    assert key(edition_for(beside, date(2025, 2, 1))) == ("2024-01-01", False)


def test_without_a_status_nothing_applies(guide):
    assert edition_for(guide("  []\n"), date(2025, 6, 1)) is None


def test_a_status_recorded_later_was_not_known_before(guide):
    instrument = guide(
        entry("2025-01-01", "in_force", "2025-01-01", "2025-01-02")
        + entry("2025-01-01", "withdrawn", "2025-02-01", "2025-06-01")
    )
    assert edition_for(instrument, date(2025, 3, 1)) is None
    assert key(edition_for(instrument, date(2025, 3, 1), known_on=date(2025, 5, 31))) == ("2025-01-01", False)


def test_of_two_entries_for_one_day_the_later_written_counts(guide):
    twice = entry("2025-01-01", "in_force", "2025-01-01") + entry("2025-01-01", "superseded", "2025-01-01")
    assert edition_for(guide(twice), date(2025, 1, 1)) is None


# -- content and errors -----------------------------------------------------------------------------


def copy_of(slug: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(POLICY / slug, tmp_path / slug))


def test_the_sha256_follows_content_and_not_layout(tmp_path):
    path = copy_of("omb-m-24-10", tmp_path) / "2024-03-28.yaml"
    before = catalogue.load_edition(path, FIELDS).sha256
    path.write_text("# a remark\n" + path.read_text())
    assert catalogue.load_edition(path, FIELDS).sha256 == before
    path.write_text(path.read_text().replace("at least once a year", "at least twice a year"))
    assert catalogue.load_edition(path, FIELDS).sha256 != before


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("2025-04-03.yaml", "kind: definition", "kind: rule", r"provisions\[0\]\.kind: 'rule' is not one of"),
        (
            "2025-04-03.yaml",
            "[is_high_impact, high_impact]",
            "[impact, high_impact]",
            "unknown field 'impact'",
        ),
        ("2025-04-03.yaml", "effective_from: 2025-04-03", "effective_from: 2025-04-04", "name of its file"),
        ("2025-04-03.yaml", "instrument: omb-m-25-21", "instrument: omb", "name of its folder"),
        ("2025-04-03.yaml", "presumed/b\n", "presumed/a\n", "M-25-21/presumed/a: stands twice"),
        ("2025-04-03.yaml", "    title: High-impact AI\n", "", "title: must be text"),
        (
            "2025-04-03.yaml",
            "    title: High-impact AI\n",
            "    titel: x\n    title: y\n",
            "titel: unknown key",
        ),
        ("2025-04-03.yaml", "check: practice_met", "check: practice_meet", "no check named 'practice_meet'"),
        ("2025-04-03.yaml", "provisions:", "provisions: [", "2025-04-03.yaml"),
        ("status.yaml", "status: in_force", "status: valid", r"statuses\[0\].status: 'valid'"),
        ("status.yaml", "edition: 2025-04-03", "edition: 2025-04-02", "no edition 2025-04-02"),
        ("status.yaml", "from: 2025-04-03", "from: april", r"statuses\[0\].from: must be a date"),
    ],
)
def test_an_error_names_file_and_key(tmp_path, file, old, new, words):
    path = copy_of("omb-m-25-21", tmp_path) / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    checks = {
        str(item.check): lambda _params, _fields: iter(())
        for edition in LOADED["omb-m-25-21"].editions
        for item in edition.provisions
    }
    with pytest.raises(SourceError, match=words) as caught:
        catalogue.load(tmp_path, FIELDS, checks)
    assert file in str(caught.value)


def test_the_status_list_only_grows_downwards(guide):
    with pytest.raises(SourceError, match="append-only"):
        guide(
            entry("2024-01-01", "in_force", "2024-01-01", "2026-02-01")
            + entry("2025-01-01", "in_force", "2025-01-01", "2026-01-31")
        )


def test_one_ref_belongs_to_one_instrument(guide, tmp_path):
    guide(entry("2024-01-01", "in_force", "2024-01-01"))
    other = Path(shutil.copytree(tmp_path / "guide", tmp_path / "other"))
    for path in other.iterdir():
        path.write_text(path.read_text().replace("instrument: guide", "instrument: other"))
    with pytest.raises(SourceError, match="guide/one: stands twice"):
        catalogue.load(tmp_path, FIELDS)


def test_a_missing_directory_or_edition_is_said(tmp_path):
    with pytest.raises(SourceError, match="no such directory"):
        catalogue.load(tmp_path / "nothing", FIELDS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds no edition"):
        catalogue.load(tmp_path, FIELDS)


# -- later readings of an edition -------------------------------------------------------------------

READING = """
instrument: guide
corrects: 2025-01-01
reading: {n}
recorded_on: {recorded}
why: Better summarised
provisions:
  - {{ref: "guide/one", kind: principle, title: One, summary: Better text}}
  - {{ref: "guide/two", kind: principle, title: Two, summary: New}}
"""


def read_again(tmp_path, n=2, recorded="2026-02-01"):
    (tmp_path / "guide" / f"2025-01-01.{n}.yaml").write_text(READING.format(n=n, recorded=recorded))
    return catalogue.load(tmp_path, FIELDS)[0]


def test_a_later_reading_replaces_the_provisions_it_names_from_the_day_it_was_recorded(guide, tmp_path):
    guide(entry("2025-01-01", "in_force", "2025-01-01"), editions=("2025-01-01",))
    instrument = read_again(tmp_path)
    day = date(2025, 6, 1)
    now = edition_for(instrument, day).edition
    assert (now.key, now.reading, now.why) == ("2025-01-01.2", 2, "Better summarised")
    assert [(one.ref, one.summary) for one in now.provisions] == [("guide/one", "Better text"), ("guide/two", "New")]
    before = edition_for(instrument, day, known_on=date(2026, 1, 31)).edition
    assert (before.key, [one.summary for one in before.provisions]) == ("2025-01-01", ["Text"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2025-01-01.3", r"no reading 2 of 2025-01-01 to correct"),
        ("2025-01-01-dhs", "overlaps with the edition of its day"),
        ("2025-01-01 (2)", "overlaps with the edition of its day"),
    ],
)
def test_editions_that_overlap_are_refused(guide, tmp_path, name, words):
    guide(entry("2025-01-01", "in_force", "2025-01-01"), editions=("2025-01-01",))
    (tmp_path / "guide" / f"{name}.yaml").write_text(READING.format(n=3, recorded="2026-02-01"))
    with pytest.raises(SourceError, match=words):
        catalogue.load(tmp_path, FIELDS)


def test_a_wrong_param_is_refused_with_its_line(tmp_path):
    path = copy_of("omb-m-25-21", tmp_path) / "2025-04-03.yaml"
    path.write_text(path.read_text().replace("params: {practice: testing}", "params: {practice: sleep}"))
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "practice: sleep" in text)
    with pytest.raises(SourceError, match=rf"2025-04-03\.yaml, line {line}: .*'sleep' is not one of testing"):
        catalogue.load(tmp_path, FIELDS, ACCEPTED)
