"""A synthetic registry at scale for benchmarks: invented use cases, the same ones for the same seed."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Agency, Component, User
from audit.workflow import Refused
from registry import document as documents
from registry import editions, questionnaire
from registry.actions.inventory import write
from registry.actions.inventory.files import CHUNK
from registry.actions.inventory.plan import Outcome
from registry.inventory.records import Row
from registry.models import UseCase

FIRST_FILED, FILED_AGAIN = date(2026, 1, 28), date(2026, 7, 1)
AGAIN = 10  # every tenth case is filed a second time
_VERBS = ("Sorting", "Reading", "Matching", "Forecasting", "Summarising", "Translating", "Counting", "Routing")
_THINGS = (
    "parcels", "forms", "pictures of benches", "meeting notes", "spare parts", "call records of a test desk",
    "training courses", "shift plans", "weather reports", "invoices",
)  # fmt: skip
_PLACES = ("the north depot", "the test bench", "the help desk", "the mail room", "the training site", "the archive")
_SENTENCES = (
    "Staff look through invented items by hand and lose half a day each week.",
    "The model suggests an order; a person checks it before anything happens.",
    "It was tried on made-up records and compared with what experienced people would do.",
    "Errors are noted in a book that exists only in this sentence.",
    "Nothing here describes a real system, vendor, person or place.",
    "The result is a short list with a reason for each entry.",
    "Where the list is empty the work goes on as before.",
    "Each month a colleague draws fifty items and looks at them again.",
)
_SELDOM = {"is_withheld": {"no": 40}, "classification": {"other": 0}, "is_ai": {"yes": 60}, "is_in_scope": {"yes": 60}}
_STAGES = {"pre_deployment": 37, "pilot": 4, "deployed": 46, "retired": 13}
_IMPACTS = {"high_impact": 23, "presumed_not_high_impact": 20, "not_high_impact": 57}


@transaction.atomic
def seed(count: int, number: int, *, actor: User) -> int:
    """Add `count` invented, filed cases spread over the agency's components; every tenth is filed twice."""
    agency = Agency.objects.filter(code=settings.PORTAL_AGENCY).first()
    components = list(Component.objects.filter(agency=agency).order_by("code"))
    if agency is None or not components:
        raise Refused(f"The organisation of {settings.PORTAL_AGENCY} is not loaded yet. Run load_catalogue first.")
    dice = random.Random(number)  # noqa: S311 (the same cases for the same seed, nothing secret)
    edition = editions.today()
    first = write.Act(None, actor, FIRST_FILED, "Synthetic, for benchmarks", edition.name)
    for start in range(0, count, CHUNK):
        made_up = (document(dice, edition) for _ in range(min(CHUNK, count - start)))
        found = [_outcome(facts, dice.choice(components), agency) for facts in made_up]
        made = write.create(found, first)
        _file_again(made[::AGAIN], write.Act(None, actor, FILED_AGAIN, first.why, edition.name), dice)
    return count


def _outcome(facts: dict[str, Any], component: Component, agency: Agency) -> Outcome:
    row = Row(0, None, component.code, None, facts, 0, 0, 0, ())
    return Outcome(row, "created", agency, (component,), counted=facts)


def _file_again(cases: Sequence[UseCase], act: write.Act, dice: random.Random) -> None:
    found = []
    for case in cases:
        facts = documents.with_answers(case.document, {"benefits": _text(dice, 3)})
        row = Row(0, case.use_case_id, None, None, facts, 0, 0, 0, ())
        found.append(Outcome(row, "updated", case=case, counted=facts, changed=frozenset({"benefits"})))
    write.update(found, act)


def document(dice: random.Random, edition: questionnaire.Questionnaire) -> dict[str, Any]:
    """One invented case that answers everything its stage and impact ask for, as long as real ones are."""
    answers: dict[str, Any] = {
        "development_stage": _drawn(dice, _STAGES),
        "is_high_impact": _drawn(dice, _IMPACTS),
    }
    asked_of_all = [question for question in edition if question not in edition.conditional]
    for question in (*asked_of_all, *edition.conditional):
        is_asked = question.show_if.holds(answers) and question.required_when.holds(answers)
        if is_asked and question.field not in answers:
            answers[question.field] = _answer(question, dice)
    answers["use_case_name"] = (
        f"Invented {dice.choice(_VERBS).lower()} of {dice.choice(_THINGS)} at {dice.choice(_PLACES)}, "
        f"no. {dice.randrange(10_000)}"
    )
    return documents.with_answers(documents.empty(), answers)


def _answer(question: questionnaire.Question, dice: random.Random) -> Any:
    if question.type == "choice":
        weights = _SELDOM.get(question.field) or ({"no": 60} if question.field.startswith("proh_") else {})
        return _drawn(dice, {code: weights.get(code, 1) for code in question.codes})
    if question.type == "multi":
        return _several(question, dice)
    if question.type == "date":
        return (date(2021, 1, 4) + timedelta(days=dice.randrange(1500))).isoformat()
    if question.type == "email":
        return "invented@example.invalid"
    if question.type == "url":
        return "https://example.invalid/invented"
    return _text(dice, 5) if question.type == "long_text" else f"Invented {dice.choice(_THINGS)}"


def _several(question: questionnaire.Question, dice: random.Random) -> list[str]:
    exclusive = [code for code in question.codes if code in question.exclusive]
    if exclusive and dice.random() < 0.5:
        return exclusive[:1]
    free = [code for code in question.codes if code not in question.exclusive]
    drawn = set(dice.sample(free, k=dice.randint(1, min(3, len(free)))))
    return [code for code in question.codes if code in drawn]


def _drawn(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def _text(dice: random.Random, sentences: int) -> str:
    return " ".join(dice.choices(_SENTENCES, k=sentences))
