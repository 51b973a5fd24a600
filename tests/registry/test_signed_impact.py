"""The exported high-impact answer is the signed one, by the day the file is of; what is withheld stays withheld."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.determining import HIGH, PRESUMED, Determined
from registry.actions import inventory
from registry.actions.inventory.export import layout_for
from registry.actions.signed import note_signed
from registry.models import SignedImpact, UseCase
from registry.reads.signed import whose_word, with_signed
from tests.governance.determine_scenes import TEXT, determine, presumed

ANSWERS = {"is_high_impact": HIGH, "hi_justification": "Old."}


def row(**parts: Any) -> dict[str, Any]:
    return {"id": "X-1", "document": {"answers": dict(ANSWERS), "withheld": {}, "flagged": {}, **parts}}


def signed(impact: str, because: str = "") -> SignedImpact:
    return SignedImpact(impact=impact, justification=because)


def test_the_signed_answer_takes_the_place_of_the_reported_one() -> None:
    made = with_signed(row(), signed(PRESUMED, "Signed."))["document"]["answers"]
    assert made == {"is_high_impact": PRESUMED, "hi_justification": "Signed."}
    assert with_signed(row(), signed(HIGH, "Why."))["document"]["answers"] == {"is_high_impact": HIGH}
    given = row()
    with_signed(given, signed(PRESUMED, "Signed."))
    assert given["document"]["answers"] == ANSWERS, "what counts stays as it was"


def test_a_signature_publishes_nothing_that_is_withheld_and_clears_what_nobody_understood() -> None:
    hidden = {"is_high_impact": "(LES)", "hi_justification": "(LES)"}
    made = with_signed(row(answers={}, withheld=hidden), signed(PRESUMED, "Signed."))["document"]
    assert made["withheld"] == hidden and made["answers"] == {}
    flagged = {"is_high_impact": {"text": "Perhaps", "code": "no_choice", "message": "?"}}
    made = with_signed(row(answers={}, flagged=flagged), signed(HIGH))["document"]
    assert made["flagged"] == {} and made["answers"] == {"is_high_impact": HIGH}


def test_whose_word_it_is() -> None:
    assert whose_word(HIGH, "") == "As reported, not determined here"
    assert whose_word(HIGH, HIGH) == "Determined here"
    assert whose_word("not_high_impact", HIGH) == "As reported; determined high-impact"
    assert whose_word(None, "") == ""


def exported(cast: Any, **words: Any) -> dict[str, str]:
    made = inventory.export(
        actor=cast.manager, layout=layout_for(2025, None), cycle=2025, audience="omb", format="csv", **words
    )
    (line,) = csv.DictReader(io.StringIO(made.content.decode("utf-8-sig")))
    return {name.split("\n")[0][:60]: value for name, value in line.items()}


def told(line: dict[str, str]) -> str:
    return " ".join(value for value in line.values() if "igh-impact" in value or "igh impact" in value)


def test_a_file_reports_what_was_signed_by_its_day(cast: Any) -> None:
    case = presumed(cast)
    assert told(exported(cast)).startswith("b)") and TEXT in exported(cast).values()
    determine(case, cast.caio, Determined(HIGH, ("m",), reasoning="A benefit hangs on it."))
    now = exported(cast)
    assert told(now).startswith("a)") and TEXT not in now.values()
    before = exported(cast, as_of=timezone.localdate() - timedelta(days=1))
    assert told(before).startswith("b)") and TEXT in before.values()


def test_a_restricted_justification_that_was_signed_does_not_leave_with_the_public_file(cast: Any) -> None:
    case = presumed(cast, is_withheld="no")
    determine(case, cast.caio)
    UseCase.objects.filter(pk=case.pk).update(restricted_fields=["hi_justification"])
    made = inventory.export(
        actor=cast.manager, layout=layout_for(2025, None), cycle=2025, audience="public", format="json"
    )
    assert case.use_case_id in made.content.decode() and TEXT not in made.content.decode()


def test_the_newest_signature_is_copied_to_the_case(cast: Any) -> None:
    case = presumed(cast)
    for impact in (PRESUMED, HIGH):
        note_signed(case, impact=impact, justification="", signed_at=timezone.now())
    case.refresh_from_db()
    assert case.signed_impact == HIGH and case.signed_impacts.count() == 2
