"""A frozen snapshot with fictional answers, and what a check says about it."""

from __future__ import annotations

from datetime import date
from typing import Any

from governance.compliance.checks import CHECKS
from governance.compliance.contract import Problem, Record, Snapshot, WaiverFact
from registry import asking, questionnaire
from registry import document as documents
from tests import make

DAY = date(2026, 11, 17)
Found = list[Problem]


def snapshot(given: dict[str, Any] | None = None, **columns: Any) -> Snapshot:
    """A deployed high-impact case that says yes to everything, unless told otherwise."""
    withheld, flagged = columns.pop("withheld", {}), columns.pop("flagged", {})
    answers = make.deployed_high_impact() if given is None else given
    document = {**documents.with_answers(documents.empty(), answers), "withheld": withheld, "flagged": flagged}
    plain: dict[str, Any] = {
        "use_case_id": "DHS-9001",
        "name": answers.get("use_case_name", "Invented sorting"),
        "component": "CBP",
        "status": "recorded",
        "as_of": DAY,
        "effective_on": date(2026, 1, 28),
    }
    form = columns.pop("form", questionnaire.in_force(DAY))
    seen = asking.visible_answers(form, document)
    return Snapshot(document=document, answers=seen, form=form, **{**plain, **columns})


def run(name: str, given: Snapshot, **params: Any) -> Found:
    """What the check of this name yields."""
    return list(CHECKS[name](given, params))


def keys(found: Found) -> list[tuple[str, str]]:
    """Severity and key of each problem, in order."""
    return [(problem.severity, problem.key) for problem in found]


def evidence(practice: str = "testing", on: date = date(2026, 2, 1), **columns: Any) -> Record:
    """A dated record of the practice."""
    return record(practice, "evidence", on, **columns)


def record(practice: str, kind: str, on: date, until: date | None = None, is_independent: bool = False) -> Record:
    """A record of any kind."""
    return Record(practice, kind, "Invented report", on, until, is_independent)


def waiver(practice: str = "testing", on: date = date(2026, 5, 1), **columns: Any) -> WaiverFact:
    """A waiver for a year."""
    return WaiverFact(practice, on, columns.get("until", date(2027, 5, 1)), columns.get("revoked"))


def detailed(kind: str, on: date, until: date | None = None, practice: str = "", **details: Any) -> Record:
    """A record of a kind that says something."""
    return Record(practice, kind, "Invented record", on, until, False, details=details)


def adjudicated(outcome: str, on: date = date(2026, 2, 1), until: date | None = None) -> tuple[Record, ...]:
    """A privacy threshold analysis and what the Privacy Office decided; nothing yet without an outcome."""
    lacks = () if outcome else ("pta_adjudication",)
    pta = Record("", "pta", "Invented analysis", on, until, False, key="pta", lacks=lacks)
    said = Record("", "pta_adjudication", "Invented", on, until, True, details={"outcome": outcome}, about="pta")
    return (pta, said) if outcome else (pta,)


ELEMENTS = dict.fromkeys(("purpose", "data", "impacts", "reassessment", "costs"), "Invented.")


def assessed(
    on: date = date(2026, 2, 1),
    until: date | None = None,
    details: dict[str, str] | None = None,
    lacks: tuple[str, ...] = (),
    ties: tuple[str, ...] = (),
) -> tuple[Record, Record]:
    """An impact assessment and its review."""
    practice = "impact_assessment"
    made = Record(
        practice, practice, "Invented", on, until, False, details=details or ELEMENTS, is_evidence=True, lacks=lacks,
        key=f"made {on}",
    )  # fmt: skip
    review = Record(practice, "independent_review", "Invented", on, None, True, ties=ties, about=made.key)
    return made, review
