"""What an issue is called on a page, and what becomes of its cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.inventory.records import ERROR, NOTICE, WARNING

TITLES = {
    # the whole row
    "duplicate_id": "The ID stands in the file twice",
    "bad_id": "The ID is no use case ID",
    "unknown_component": "The component is not known here",
    "unknown_agency": "The agency is not known here",
    "other_agency": "The row is of another agency",
    "not_your_component": "The row is not of your component",
    "row_held": "Cells of a row that is left out",
    "no_id": "The row has no ID",
    "id_to_confirm": "The ID may be another spelling of one here",
    "id_spelled_otherwise": "The ID is spelled otherwise here",
    "placeholder_id": "An ID of zeros is no ID",
    # one cell
    "wrong_column": "The answer belongs to another question",
    "unknown_answer": "The answer is not one of the choices",
    "bad_date": "The cell holds no date",
    "formula": "The cell holds a formula",
    "error_value": "The cell shows an error of the spreadsheet",
    "too_long": "The text is too long",
    "control_characters": "Control characters were in the cell",
    "mojibake": "Letters look garbled",
    "not_a_link": "A link is expected",
    "not_an_email": "An e-mail address is expected",
    "time_dropped": "A time stood with the date",
    "old_vocabulary": "An answer of an earlier instrument",
    "component_differs": "The component is another one than here",
    "unknown_column": "The column is not known",
    "repeated_column": "The column stands in the file twice",
    "stray_cell": "A cell stands apart from any use case",
    "repeated_header": "The header stands in the file again",
    # the list of common commercial uses
    "unknown_use": "The row is none of the fixed common uses",
    "not_understood": "The cell is not understood",
    "no_column": "A cell stands beside the list",
    "missing_use": "A fixed use has no row",
    # a file that is to leave
    "no_label": "The layout has no words for an answer",
    "private_address": "An e-mail address in public text",
    "private_number": "A telephone number in public text",
    # the file
    "same_file": "This file was imported before",
    "shifted_column": "A whole column stands beside its question",
    "reworded_column": "A header is worded otherwise",
    "mapped_column": "A header was placed by a person",
    "hidden_rows": "Rows are hidden in the workbook",
    "merged_cells": "Cells are merged over several rows",
    "missing_column": "A column is missing",
    "sheet_not_read": "A sheet was not read",
    # the facts, by registry.quality
    "pii_without_pia": "Personal information without a link to its assessment",
    "withholding_not_carried": "Withheld, but the review does not carry it",
    "no_ato": "In use without an Authorization to Operate",
    "duplicate_name": "Two use cases bear the same name",
    "presumed_but_not": "A presumed category is marked, but the answer is not high-impact",
    "operational_date_future": "The date of first use lies in the future",
    "in_house_with_vendor": "Developed in-house, but a vendor is named",
    "vendor_missing": "No vendor is named",
    "justification_missing": "The justification is missing",
    "justification_without_presumption": "A justification nobody asked for",
    "section5_not_asked": "Risk-management answers that are not asked",
    "none_with_others": "“None” together with other answers",
    "justification_reused": "One justification stands under several cases",
    "contradicting_answers": "Two answers contradict each other",
    "no_category_but_presumed": "A presumption is cleared, but no category is marked",
    "used_before_developed": "In use before its development began",
    "day_ahead": "A day that has not come yet",
    "unexplained_abbreviations": "Abbreviations nobody explained",
    "required_missing": "A required answer is missing",
}
SEVERITIES = {ERROR: "Error", WARNING: "Warning", NOTICE: "Notice"}
LEFT_OUT = "The row is left out. All its cells are kept here."
KEPT = "The cell is kept as it is, but it is no answer until a person corrects it."
STORED = "The answer is stored as it is reported. Its owner should look at it."
BESIDE = "The cells are kept as they are until a person says where they belong."
ABOUT_THE_FILE = "Nothing is changed because of this."
_RANK = {ERROR: 0, WARNING: 1, NOTICE: 2}


@dataclass(frozen=True, slots=True)
class Group:
    """All issues of one kind."""

    code: str
    title: str
    severity: str
    fate: str
    issues: tuple[Mapping[str, Any], ...]

    @property
    def severity_word(self) -> str:
        return SEVERITIES[self.severity]


def grouped(issues: Iterable[Mapping[str, Any]]) -> list[Group]:
    """Issues by kind, the worst kind first: rows that are left out, then by severity and number."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for issue in issues:
        if issue["code"] == "row_held":
            continue  # the reason why the row is left out carries all its cells
        kinds.setdefault(issue["code"], []).append(issue)
    groups = [_group(code, found) for code, found in kinds.items()]
    return sorted(groups, key=lambda group: (LEFT_OUT not in group.fate, _RANK[group.severity], -len(group.issues)))


def _group(code: str, issues: Sequence[Mapping[str, Any]]) -> Group:
    worst = min((issue["severity"] for issue in issues), key=lambda severity: _RANK[severity])
    fates = dict.fromkeys(_fate(issue) for issue in issues)
    return Group(code, TITLES.get(code, code.replace("_", " ")), worst, " ".join(fates), tuple(issues))


def _fate(issue: Mapping[str, Any]) -> str:
    if "cells" in issue:
        return LEFT_OUT
    if issue.get("flagged"):
        return KEPT
    if issue["code"] == "shifted_column":
        return BESIDE
    return STORED if issue["column"] and issue["row"] else ABOUT_THE_FILE
