"""The compliance status report as tables: XLSX and CSV."""

from typing import Any

from governance.reports.tables import Sheet, csv_bytes, practices_sheet, workbook


def xlsx(report: Any) -> bytes:
    """Every table of the report and all its findings; the same report gives the same bytes."""
    sheets = [_summary(report), _counts(report), practices_sheet(report.matrix, _title(report))]
    sheets += [_findings(report), _overdue(report), _conditions(report)]
    if report.unknown:
        sheets.append(_unknown(report))
    return workbook(sheets, title=_title(report), created_on=report.as_of, marking=report.marking)


def csv(report: Any) -> bytes:
    """The practice matrix, a row a case."""
    return csv_bytes(practices_sheet(report.matrix, _title(report)))


def _title(report: Any) -> str:
    of = f", {report.component}" if report.component else ""
    return f"{report.title}{of}, as of {report.as_of:%-d %B %Y}"


def _summary(report: Any) -> Sheet:
    f = report.figures
    seal = f"{report.seal.number}, sha256 {report.seal.sha256}" if report.seal.number else "not sealed yet"
    rows: list[list[Any]] = [
        ["Marking", report.marking], ["As of", report.as_of], ["Rules", "; ".join(report.rules)], ["Seal", seal],
        ["Cases in the inventory", f.cases], ["High-impact cases, as reported", f.high_impact],
        ["Cases whose impact was determined here; the others are as reported", f.determined],
        ["Reviewed in this portal", f.reviewed], ["Being reviewed for the first time", f.in_first_review],
        ["Not reviewed in this portal yet", f.not_reviewed],
        ["Deployed high-impact cases", f.deployed_high_impact], ["Of these: a practice not met", f.not_met],
        ["Of these: resting on the component's word", f.on_word], ["Of these: all seven met", f.met],
        ["Actions overdue", f.overdue], ["Waivers in force", f.waivers], ["Open findings", f.findings],
        ["Of these: serious", f.serious], ["Provisions that could not be evaluated", len(report.unknown)],
        ["Cases resting on facts recorded after the as-of date", f.late],
        ["Restricted cases, counted without name or ID", f.restricted],
    ]  # fmt: skip
    return Sheet("Summary", _title(report), ["What", "Figure"], rows)


def _counts(report: Any) -> Sheet:
    heads = [
        "Component", "Cases", "Pre-deployment", "Pilot", "Deployed", "Retired", "No stage", "High-impact",
        "Presumed, determined not", "Not high-impact", "No impact given",
    ]  # fmt: skip
    rows = [[row.component, row.total, *row.stages, *row.impacts] for row in report.counts]
    return Sheet("Counts", _title(report), heads, rows)


HEADS = ["Component", "Use Case ID", "Case", "Severity", "Finding", "Provision", "Edition", "What to do", "Due"]


def _findings(report: Any) -> Sheet:
    rows = [
        [f.component, f.use_case_id, f.case, f.severity, f.message, f.ref, f.edition, f.remedy, f.due_on]
        for f in report.findings
    ]
    return Sheet("Findings", _title(report), HEADS, rows)


def _overdue(report: Any) -> Sheet:
    rows = [[f.component, f.use_case_id, f.case, f.message or f.title, f.ref, f.due_on, f.days] for f in report.overdue]
    heads = ["Component", "Use Case ID", "Case", "What", "Provision", "Due", "Days past due"]
    return Sheet("Overdue", _title(report), heads, rows)


def _conditions(report: Any) -> Sheet:
    rows = [
        [c.component, c.use_case_id, c.case, c.text, c.due_on, "yes" if c.is_reported_met else "no"]
        for c in report.conditions
    ]
    heads = ["Component", "Use Case ID", "Case", "Condition", "Due", "Reported met"]
    return Sheet("Conditions", _title(report), heads, rows)


def _unknown(report: Any) -> Sheet:
    rows = [[line.ref, line.title, line.edition, case] for line in report.unknown for case in line.cases]
    return Sheet("Not evaluated", _title(report), ["Provision", "Title", "Edition", "Use Case ID"], rows)
