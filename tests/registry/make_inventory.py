"""Self-made inventory files with the defects real ones have, in fictional wording.

Run as a program it writes them into a folder, to look at:  python -m tests.registry.make_inventory DIR
"""

import io
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from registry.inventory.schema import Layout, load_layout

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "inventory"
DHS = load_layout("dhs-2025", FOLDER)

PRE = "a) Pre-deployment – The use case is in a development or acquisition status."
PILOT = "b)  Pilot – The use case has been deployed in a limited test or pilot capacity."
DEPLOYED = (
    "c)  Deployed - The use case is being actively authorized or utilized to support the functions or "
    "mission of an agency."
)
RETIRED = DHS.by_field["development_stage"].labels["retired"]
NOT_HIGH = "c) Not high-impact"
MONITORING = " b) Development of monitoring protocols is in-progess"
APPEAL = "Establishment of an appropriate appeal process is in-progress"

IDENTITY = {"agency_bureau": "CBP", "contact_email": "ai@example.gov", "is_high_impact": NOT_HIGH}
SUMMARY = {
    "topic_area": "Cybersecurity ",
    "classification": "Generative AI",
    "problem_solved": "Fictional: parcels wait too long.",
    "benefits": "Fictional: parcels wait less.",
    "system_outputs": "Fictional: an ordered list of parcels.",
}
IN_USE = {
    "operational_date": datetime(2024, 5, 1),  # noqa: DTZ001 (a cell has no zone)
    "contracting_usage": "a)\xa0Purchased from a vendor",
    "vendor_name": "Fictional Vendor, Inc.",
    "have_ato": "Yes",
    "system_name_ato": "Fictional Parcel System ",
    "data_description": "Fictional parcels.\r\nNo persons.",
    "has_pii": "No",
    "demographic_features": "None",
    "has_custom_code": " No",
}
PRACTICES = {
    "is_high_impact": "a) High-impact ",
    "hi_testing_conducted": "a) Yes",
    "hi_assessment_completed": "b) In-progress",
    "hi_potential_impacts": "Fictional impacts.",
    "hi_independent_review": "c) Yes – by the CAIO ",
    "hi_ongoing_monitoring": "a) Yes, sufficient monitoring protocols have been established",
    "hi_training_established": "Yes, sufficient and periodic training has been established",
    "hi_failsafe_presence": "a) Yes  ",
    "hi_appeal_process": "\na) Yes, an appropriate appeal process has been established\n\n\n",
    "hi_public_consultation": "Other, Direct usability testing",
}


def case(number: int, stage: str = DEPLOYED, **more: object) -> dict[str, object]:
    """The cells of one fictional use case by field; `None` leaves one blank."""
    parts = {"id": f"EX-{number}", "use_case_name": f"Fictional Case {number}", "development_stage": stage}
    parts |= IDENTITY | (SUMMARY if stage != RETIRED else {}) | (IN_USE if stage in (PILOT, DEPLOYED) else {})
    return {field: value for field, value in (parts | more).items() if value is not None}


def defective_cases() -> list[dict[str, object]]:
    """One defect a row, in the places where the real file has them."""
    return [
        case(1, PRE, is_high_impact="a) High-impact "),
        case(2, **(PRACTICES | {"hi_training_established": MONITORING})),
        case(3, **(PRACTICES | {"hi_public_consultation": APPEAL})),
        case(4, demographic_features="Race/Ethnicity, Sex/Gender, Age"),
        case(5, has_pii="Yes", pia_url=None, have_ato=" No", system_name_ato=None),
        case(6, vendor_name="Law Enforcement Sensitive (LES)", use_case_name="Fictional Twin"),
        case(7, data_description="Uses records marked LES.", use_case_name="fictional  twin"),
        case(8, operational_date="sometime in spring"),
        case(9, PILOT, **(PRACTICES | {"is_high_impact": NOT_HIGH, "benefits": "=1+1 is fictional"})),
        case(10, RETIRED, hi_justification="\xa0"),
        case(11, contracting_usage="b) Developed in-house"),
        case(12, PRE, problem_solved="Fictional\x07 bell"),
    ]


def grid(cases: Iterable[Mapping[str, object]], layout: Layout = DHS) -> list[list[object]]:
    return [[cells.get(column.field, "") for column in layout.columns] for cells in cases]


def defective_workbook() -> bytes:
    """A banner row, a header with odd blanks, hidden pick-lists, a stray mark far below, blank rows."""
    lines = grid(defective_cases())
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("All Use Cases")
    dated = book.add_format({"num_format": "m/d/yyyy"})
    sheet.merge_range(0, 0, 0, 4, "SECTION 1: fictional banner")
    for index, column in enumerate(DHS.columns):
        sheet.write_string(1, index, column.header.replace("’", "'") + (" " if index % 3 == 0 else ""))
    for number, line in enumerate(lines, start=2):
        for index, value in enumerate(line):
            if isinstance(value, datetime):
                sheet.write_datetime(number, index, value, dated)
            elif value != "":
                sheet.write_string(number, index, str(value))
    sheet.write_string(len(lines) + 2, 3, "\u200b")
    sheet.write_string(len(lines) + 4, 16, "`")
    lists = book.add_worksheet("Lists")
    lists.hide()
    for row, label in enumerate(DHS.by_field["development_stage"].labels.values()):
        lists.write_string(row, 0, f" {label}\xa0")
    book.add_worksheet("Empty").hide()
    book.close()
    return out.getvalue()


def csv_file(lines: Sequence[Sequence[object]], layout: Layout = DHS, headers: Sequence[str] = ()) -> str:
    """A table of text, written without the writer that is under test."""
    head = headers or [column.header for column in layout.columns]
    quoted = (['"' + str(value).replace('"', '""') + '"' for value in line] for line in [head, *lines])
    return "".join(",".join(line) + "\r\n" for line in quoted)


# -- workbooks by hand, for what no library writes --------------------------------------------------

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def raw_workbook(
    sheet_data: str, *, dimension: str = "A1", prolog: str = "", extra: Mapping[str, bytes] | None = None
) -> bytes:
    """A minimal workbook around the XML of its only sheet."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{sheet_data}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | dict(extra or {})).items():
            archive.writestr(name, content)
    return out.getvalue()


def raw_row(number: int, values: Iterable[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(v)}</t></is></c>' for v in values)
    return f'<row r="{number}">{cells}</row>'


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def raw_header(number: int = 1) -> str:
    return raw_row(number, [column.header for column in DHS.columns])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "defects.xlsx").write_bytes(defective_workbook())
    (folder / "defects.csv").write_text(csv_file(grid(defective_cases())), encoding="utf-8-sig")
