"""Params of a check that are wrong are refused when a file is loaded."""

from __future__ import annotations

from typing import Any

import pytest

from governance.compliance.checks import ACCEPTED
from registry import questionnaire

FIELDS = questionnaire.fields()


@pytest.mark.parametrize(
    ("check", "params", "said"),
    [
        ("answered", {}, "fields: the check answered needs it"),
        ("answered", {"fields": ["no_such"]}, "there is no field 'no_such'"),
        ("answered", {"fields": "is_ai"}, "must be a list of fields"),
        ("answer_among", {"field": "is_ai", "good": []}, "must be a list of words"),
        ("tested_within", {"field": "face_tested_on", "years": 0}, "not a whole number above 0"),
        ("tested_within", {"field": "face_tested_on", "years": 3, "months": 1}, "takes field, years"),
        ("practice_met", {"practice": "sleep"}, "'sleep' is not one of testing"),
        ("practices_overdue", {"deadline": "soon"}, "'soon' is not a date"),
        ("retired_once", {"years": 1}, "takes no params"),
        ("prohibition_attested", {"field": "proh_all"}, "there is no field 'proh_all'"),
    ],
)
def test_wrong_params_are_named(check: str, params: dict[str, Any], said: str) -> None:
    found = [f"{name}: {why}" for name, why in ACCEPTED[check](params, FIELDS)]
    assert len(found) == 1 and said in found[0]
