"""Need to know of restricted cases and answers: who has it, and a row as a person without it may read it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Q, QuerySet

from accounts.permissions import standing
from registry import handling
from registry.models import JoinRequest, UseCase
from registry.models.use_case import Handling
from registry.permissions import KNOWS_ALL, needs_to_know, people_refusals

Rows = TypeVar("Rows", bound=QuerySet[Any])


def known_to(user: Any) -> QuerySet[UseCase]:
    """The cases whose restricted answers this person may read (design section 4, need to know)."""
    who = standing(user)
    if who.has(*KNOWS_ALL):
        return UseCase.objects.all()
    return UseCase.objects.filter(needs_to_know(user, who)) if who.roles else UseCase.objects.none()


def may_know_restricted(user: Any, use_case: UseCase) -> bool:
    """Whether this person may read the restricted answers of this case. Owners, their component's leads, and the
    people, offices and Board named on the case may; so may those who run and audit the inventory."""
    return known_to(user).filter(pk=use_case.pk).exists()


def for_reader(user: Any, *cases: UseCase) -> None:
    """Cut each row down to what the person may read of it. No query where nothing is restricted."""
    some = [case for case in cases if case.restricted]
    if not some:
        return
    known = set(known_to(user).filter(pk__in=[case.pk for case in some]).values_list("pk", flat=True))
    for case in some:
        if case.pk not in known:
            case.hide()


def blind_refusals(user: Any, use_case: UseCase, fields: Iterable[str]) -> list[str]:
    """Why the person cannot change these answers: nobody overwrites what they may not read."""
    wanted = use_case.restricted & set(fields)
    if not wanted or may_know_restricted(user, use_case):
        return []
    return [f"This is about a restricted answer, which you may not read. Ask {use_case.whom}."]


def restrict_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot restrict single answers; empty when they can."""
    return people_refusals(user, use_case)


def naming_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Why the person cannot say who else may know; empty when they can."""
    return people_refusals(user, use_case)


def unnamed_refusals(request: JoinRequest) -> list[str]:
    """Why a request cannot be accepted now: taking part alone lets nobody read a restricted case."""
    case = request.use_case
    if case.handling != Handling.RESTRICTED or may_know_restricted(request.asked_by, case):
        return []
    return [
        f"The case is restricted, so taking part would not let anybody of {request.component} open it. Name "
        f"{request.asked_by} on the case’s page “People and handling” first, then answer."
    ]


class _Names(Func):
    """Whether a JSON list of names has this name in it."""

    arg_joiner = " ? "
    template = "(%(expressions)s)"
    output_field = BooleanField()


def is_about_restricted(field: str, case: str = "use_case") -> Q:
    """Rows of a model with a case and a question field that are about a restricted answer of that case."""
    named = Q(_Names(F(f"{case}__restricted_fields"), F(field)))
    return named | Q(**{f"{field}__in": sorted(handling.by_questionnaire())})


def readable_rows(user: Any, rows: Rows, field: str = "field") -> Rows:
    """Leave out what is about a restricted answer the person may not read: evidence, comments."""
    if standing(user).has(*KNOWS_ALL):
        return rows
    return rows.filter(~is_about_restricted(field) | Q(use_case__in=known_to(user).values("pk")))
