"""Demonstration: restricted answers in an open case, and somebody of another component named on a restricted one."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, User
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import handling
from registry.actions import need_to_know
from registry.models import UseCase
from registry.models.use_case import Handling, Status

KEPT_BACK = ("data_description", "system_name_ato")
WHY = "The invented sensor sites are named in it; the site list is law-enforcement sensitive."
NAMED = "Runs the other end of the same invented line and has to check the results there."


def keep_back(cast: Cast) -> None:
    """The owner restricts two answers of a running case, and names an outsider on a restricted one."""
    running = _owned().filter(stage="deployed", handling=Handling.INTERNAL, component__code="CBP").first()
    if running and (fields := sorted(handling.present(running.document, KEPT_BACK))):
        with at(timezone.now() - timedelta(days=12)):
            need_to_know.restrict(running, fields, reason=WHY, actor=_owner(running))
    hidden = _owned().filter(handling=Handling.RESTRICTED).first()
    outside = [one for one in cast.holding(Role.PROGRAM_OFFICER, component="FEMA") if hidden and one != hidden.owner]
    if hidden and outside and hidden.component.code != "FEMA":
        with at(timezone.now() - timedelta(minutes=40)):
            need_to_know.name_knower(hidden, person=outside[0], because=NAMED, actor=_owner(hidden))


def _owned() -> QuerySet[UseCase]:
    rows = UseCase.objects.exclude(owner=None).exclude(status__in=[Status.WITHDRAWN, Status.RETIRED])
    return rows.select_related("component", "owner").order_by("pk")


def _owner(use_case: UseCase) -> User:
    if use_case.owner is None:
        raise ValueError(f"{use_case} has no owner.")
    return use_case.owner
