"""The column tables: complete, consistent, and wrong ones are refused with file and key."""

from itertools import combinations
from pathlib import Path

import pytest

from registry.inventory.answers import Answer, interpret
from registry.inventory.schema import LayoutError, layouts, load_layout
from tests.registry.make_inventory import FOLDER
from tests.registry.real_data import real

LAYOUTS = layouts(FOLDER)
TABLE = """
layout: small
year: 2025
instrument: fictional
sheet: Cases
published_on: 2026-01-28
withheld_markers: [redacted]
columns:
  - {field: id, header: ID, kind: text}
  - {field: color, header: Color, kind: choice, choices: {red: {label: Red}, blue: {label: Blue}}}
"""


def load(folder: Path, text: str, name: str = "small") -> None:
    (folder / f"{name}.yaml").write_text(text)
    load_layout(name, folder)


def test_small_table_loads(tmp_path: Path) -> None:
    load(tmp_path, TABLE)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("layout: small", "layout: other", "layout"),
        ("year: 2025", "year: soon", "year"),
        ("published_on: 2026-01-28", "published_on: soon", "published_on"),
        ("kind: text", "kind: prose", "columns[0].kind"),
        ("header: ID,", "header: '',", "columns[0].header"),
        ("kind: text", "kind: text, colour: red", "columns[0].colour"),
        ("field: color", "field: id", "columns[1].field"),
        ("kind: choice", "kind: text", "columns[1].choices"),
        ("{label: Blue}", "{label: Red}", "columns[1].choices.blue.also"),
        ("{label: Blue}", "{text: Blue}", "columns[1].choices.blue.text"),
        ("kind: text", "kind: text, section: one", "columns[0].section"),
        ("kind: text", "kind: text, required_when: {stage: x}", "columns[0].required_when.stage"),
        ("kind: text", "kind: text, required_when: {when: {is: [size, 1]}}", "columns[0].required_when"),
        ("kind: choice", "kind: choice, labels: {green: Green}", "columns[1].labels.green"),
        ("sheet: Cases", "sheet: Cases\nsheet: Rows", ""),
        ("sheet: Cases", "sheet: Cases\nbased_on: nowhere", ""),
    ],
)
def test_wrong_table_is_refused_by_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in TABLE
    with pytest.raises(LayoutError) as caught:
        load(tmp_path, TABLE.replace(old, new, 1))
    assert caught.value.key.startswith(key)
    assert ".yaml" in caught.value.file


def test_table_based_on_another_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    load(tmp_path, TABLE)
    text = TABLE.partition("columns:")[0].replace("layout: small", "layout: tiny\nbased_on: small")
    load(tmp_path, text + "columns: [{field: color, header: Shade, labels: {blue: Azure}}]", "tiny")
    color = load_layout("tiny", tmp_path).by_field["color"]
    assert color.labels == {"red": "Red", "blue": "Azure"}
    assert color.accepts == {"red": "red", "azure": "blue", "blue": "blue"}
    assert {"shade", "color"} <= color.aliases


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_label_reads_back_to_its_code(name: str) -> None:
    layout = LAYOUTS[name]
    for column in layout.columns:
        for code, label in column.labels.items():
            read = interpret(label, column, layout)
            assert read == Answer(code if column.kind == "choice" else [code])


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_pair_of_answers_joined_reads_back(name: str) -> None:
    layout = LAYOUTS[name]
    for column in layout.columns:
        if column.kind != "multi":
            continue
        for codes in [*combinations(column.labels, 2), tuple(column.labels)]:
            text = ", ".join(column.labels[code] for code in codes)
            assert interpret(text, column, layout) == Answer(list(codes))


def test_omb_table_is_the_dictionary() -> None:
    """Headers, order, answers: those of OMB's own dictionary, outer blanks apart."""
    import json

    dictionary = json.loads(real("omb-2025-dictionary.json").read_text())
    layout = LAYOUTS["omb-2025"]
    assert [column.variable for column in layout.columns] == list(dictionary)
    for column, entry in zip(layout.columns, dictionary.values(), strict=True):
        assert column.header == entry["excel_header"].strip()
        selections = {text.strip() for text in entry.get("valid_selections") or []}
        extra = {"Other"} if column.field == "classification" else set()
        assert set(column.labels.values()) == selections | extra
        for label, short in (entry.get("short_hand_recodings") or {}).items():
            spelled = label.strip().replace("in-progress", "in-progess") if "monitoring" in label else label.strip()
            code = next(code for code, own in column.labels.items() if own == spelled)
            assert interpret(short, column, layout) == Answer(code if column.kind == "choice" else [code])


def test_required_when_follows_stage_and_impact() -> None:
    layout = LAYOUTS["omb-2025"]

    def required(**answers: str) -> set[str]:
        return {column.field for column in layout.columns if column.is_required(answers)}

    always = {"id", "use_case_name", "agency_bureau", "contact_email", "is_withheld", "development_stage"}
    assert required() == always | {"is_high_impact"} == required(development_stage="retired")
    presumed = required(development_stage="retired", is_high_impact="presumed_not_high_impact")
    assert presumed - required() == {"hi_justification"}
    pre = required(development_stage="pre_deployment", is_high_impact="high_impact")
    assert {"topic_area", "benefits"} <= pre and "have_ato" not in pre
    pilot = required(development_stage="pilot", is_high_impact="high_impact", have_ato="yes")
    assert {"have_ato", "system_name_ato", "operational_date"} <= pilot and "vendor_name" not in pilot
    assert "vendor_name" in required(development_stage="pilot", contracting_usage="both")
    deployed = required(development_stage="deployed", is_high_impact="high_impact")
    assert len([name for name in deployed if name.startswith("hi_")]) == 9
    assert not {"link_to_data", "pia_url", "code_url"} & deployed
