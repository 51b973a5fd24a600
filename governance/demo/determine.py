"""Determinations in the demonstration: officials, presumptions cleared and one not, and a case that is no AI."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Component, Role, User
from governance.actions import determinations, officials
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.determining import HIGH, PRESUMED, Determined
from governance.models import Determination
from registry.models import UseCase
from registry.models.use_case import Status

CARS, CALLS, LETTERS, BUOYS = (
    "Rail car image sorting", "Contact center topic routing", "Address currency check", "Buoy inspection planning",
)  # fmt: skip


def determine_some(cast: Cast) -> None:
    """One cleared and acknowledged, one cleared and waiting, one determined unlike the report, one not AI."""
    caio, tester = cast.one(Role.CAIO), cast.one(Role.OFFICE_REVIEWER, office="ST")
    _name(cast, caio, tester)
    if case := _case(LETTERS):
        row = _clear(case, tester, "The check compares two addresses and proposes nothing about a person.", 20)
        with at(_then(18)):
            determinations.acknowledge(row, actor=caio, note="Read with the component on the phone.")
    if case := _case(CARS):
        _clear(case, tester, "Officers inspect every car by the same steps, whatever the order on the screen.", 2)
    if case := _case(CALLS):
        why = "Who is routed to the wrong desk misses a deadline for a benefit, and nobody looks at it again."
        _sign(case, caio, Determined(HIGH, ("m",), why, "yes", why), 5)
    if case := _case(BUOYS):
        because = "It sorts buoys by the day of their last visit, by a fixed rule; nothing is learned or inferred."
        with at(_then(6)):
            determinations.determine_ai(
                case, actor=caio, opened_on=case.filed_number, seen="", answer="no", because=because
            )  # fmt: skip


def _then(days_ago: int) -> datetime:
    return timezone.now() - timedelta(days=days_ago)


def _name(cast: Cast, caio: User, tester: User) -> None:
    """The test office's reviewer determines for two components; counsel did for one, and laid it down."""
    counsel = cast.one(Role.OFFICE_REVIEWER, office="OGC")
    with at(_then(30)):
        today = timezone.localdate()
        words: dict[str, Any] = {"starts_on": today, "ends_on": today + timedelta(days=365), "actor": caio}
        both = list(Component.objects.filter(code__in=["CBP", "ICE"]).order_by("code"))
        officials.name_official(tester, components=both, reason="Knows how their models were tested.", **words)
        one = list(Component.objects.filter(code="TSA"))
        (row,) = officials.name_official(counsel, components=one, reason="While the tester is away.", **words)
    with at(_then(9)):
        officials.end_official(row, reason="The tester is back.", actor=counsel)


def _case(name: str) -> UseCase | None:
    rows = UseCase.objects.filter(is_demo=True, name=name, status=Status.RECORDED)
    return rows.select_related("component").first()


def _clear(case: UseCase, actor: User, why: str, days_ago: int) -> Determination:
    answers = case.filed_document["answers"] if case.filed_document else {}
    given = Determined(
        PRESUMED, tuple(answers["scr_presumed_categories"]), answers["hi_justification"], "no", why,
        f"I read the answers and the test report with the owner and saw it in use. {why}",
        f"An official looked at this use and found that no decision rests on it. {why}",
    )  # fmt: skip
    return _sign(case, actor, given, days_ago)


def _sign(case: UseCase, actor: User, given: Determined, days_ago: int) -> Determination:
    with at(_then(days_ago)):
        return determinations.determine(case, actor=actor, opened_on=case.filed_number, seen="", determined=given)
