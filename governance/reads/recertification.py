"""Which approved cases are to be confirmed for another year, by when, and whom each waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import standing
from governance import recertification as rules
from governance.models import Decision, Recertification
from governance.reads.gates import APPROVED
from registry.models import Certification, UseCase
from registry.permissions import visible_to

State = Recertification.State
SCOPES = {"mine": "Mine", "component": "My component’s", "all": "All I may see"}
FILTERS = {"overdue": "Overdue", "soon": "Due in 30 days", "lead": "Wait for the component lead", "every": "Every one"}


@dataclass(frozen=True)
class Due:
    """When a case is to be confirmed again, from when it can be, and what was said of it already."""

    due_on: date
    opens_on: date
    waiting: Recertification | None = None

    @property
    def left(self) -> int:
        """Days until then; negative when it has passed."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_over(self) -> int:
        """Days past it; 0 or less when it is not."""
        return -self.left

    @property
    def is_open(self) -> bool:
        """Whether it can be confirmed now."""
        return timezone.localdate() >= self.opens_on

    @property
    def waits_for(self) -> str:
        """`lead` once it is confirmed, before that `owner`."""
        return "lead" if self.waiting else "owner"


def cases() -> QuerySet[Any]:
    """The approved cases, each with `since`: its decision or its last certification, whichever is later."""
    decided = Decision.objects.filter(use_case=OuterRef("pk")).order_by("-decided_at").values("decided_at")[:1]
    certified = Recertification.objects.filter(use_case=OuterRef("pk"), state=State.CERTIFIED)
    certified = certified.exclude(certification__status=Certification.Status.WITHDRAWN)
    newest = certified.order_by("-certified_at").values("certified_at")[:1]
    rows = UseCase.objects.filter(Exists(decided), status__in=APPROVED)
    return rows.annotate(since=Greatest(Subquery(decided), Subquery(newest)))


def due_of(use_case: UseCase) -> Due | None:
    """When this case is due; None for one that is not approved."""
    row = cases().filter(pk=use_case.pk).values_list("since", flat=True).first()
    return due_since(row, waiting(use_case)) if row else None


def due_since(since: datetime, row: Recertification | None = None) -> Due:
    """The day that follows from the decision or the last certification."""
    edition = rules.in_force(timezone.localdate())
    due_on = edition.due_on(timezone.localtime(since).date())
    return Due(due_on, edition.opens_on(due_on), row)


def waiting(use_case: UseCase) -> Recertification | None:
    """What was confirmed of the answers that count now and is not certified yet."""
    rows = Recertification.objects.filter(
        use_case=use_case, state=State.CONFIRMED, revision__number=use_case.filed_number or 0
    )
    return rows.select_related("confirmed_by", "revision").first()


def history(use_case: UseCase) -> list[Recertification]:
    """Every year that was confirmed, the newest first."""
    rows = Recertification.objects.filter(use_case=use_case).exclude(state=State.REPLACED)
    return list(rows.select_related("confirmed_by", "certified_by", "revision", "certification__call__cycle"))


def before(day: date) -> Q:
    """The cases due before a day."""
    edition = rules.in_force(timezone.localdate())
    start = timezone.make_aware(datetime.combine(day - timedelta(days=edition.every_days), time()))
    return Q(since__lt=start)


# -- lists ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """The list of cases with the counts of its filters."""

    scope: str
    show: str
    rows: QuerySet[Any]
    scopes: list[tuple[str, str]]
    filters: list[tuple[str, str, int]]


def listing(user: Any, scope: str, show: str, component: str = "") -> Listing:
    """The cases of a scope the person has, the soonest due first."""
    who = standing(user)
    open_to = {name: label for name, label in SCOPES.items() if name != "component" or who.components}
    scope = scope if scope in open_to else ("component" if who.lead_of else "mine" if who.officer_of else "all")
    show = show if show in FILTERS else "overdue"
    mine = {"mine": Q(owner=user.pk) | Q(backup_owner=user.pk), "component": Q(component__in=who.components)}
    rows = cases().filter(mine.get(scope, Q()), pk__in=visible_to(user).values("pk"))
    rows = rows.filter(component__code=component) if component else rows
    filters = [(name, label, rows.filter(test(name)).count()) for name, label in FILTERS.items()]
    chosen = rows.filter(test(show)).select_related("component", "owner")
    chosen = chosen.defer("document", "filed_document", "search_vector").order_by("since", "use_case_id")
    return Listing(scope, show, chosen, list(open_to.items()), filters)


def test(show: str) -> Q:
    """The condition behind a filter."""
    today = timezone.localdate()
    waits = Recertification.objects.filter(state=State.CONFIRMED, revision__number=F("use_case__filed_number"))
    return {
        "overdue": before(today),
        "soon": before(today + timedelta(days=31)) & ~before(today),
        "lead": Q(pk__in=waits.values("use_case")),
        "every": Q(),
    }[show]


def dues(found: list[Any]) -> list[tuple[Any, Due]]:
    """Each case with when it is due, in one query however many there are."""
    pks = [case.pk for case in found]
    rows = Recertification.objects.filter(use_case__in=pks, state=State.CONFIRMED).select_related("revision")
    waits = {(row.use_case_id, row.revision.number): row for row in rows}
    return [(case, due_since(case.since, waits.get((case.pk, case.filed_number)))) for case in found]


def overdue_for(user: Any, most: int) -> list[tuple[Any, Due]]:
    """Overdue cases taken to this person: a lead's own component's; the Chief AI Officer's after some more days."""
    who, today = standing(user), timezone.localdate()
    reach = Q(pk__in=[])
    if who.lead_of:
        reach |= Q(component__in=who.lead_of) & before(today)
    if who.has(Role.CAIO, Role.DEPUTY_CAIO):
        reach |= before(today - timedelta(days=rules.in_force(today).escalate_after_days - 1))
    rows = cases().filter(reach, pk__in=visible_to(user).values("pk")).select_related("component", "owner")
    return dues(list(rows.order_by("since", "use_case_id")[:most]))


def due_soon(pks: list[int]) -> dict[int, Due]:
    """Those of these cases that are open for confirming and wait for their owner."""
    rows = cases().filter(pk__in=pks).only("pk", "filed_number")
    return {case.pk: due for case, due in dues(list(rows)) if due.is_open and not due.waiting}
