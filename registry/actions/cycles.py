"""Running the yearly cycle: opening it with its calls, moving dates, reminding, closing, opening again."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Component, Membership, Role, User
from audit.log import record
from audit.workflow import Refused, Stale, move
from registry.actions.cycle_changes import count_changes
from registry.actions.inventory.files import all_layouts
from registry.cycle_lifecycles import edge
from registry.inventory.schema import Layout
from registry.models import ComponentCall, Cycle, Submission
from registry.permissions.cycles import runs_refusals
from registry.reads import cycles as reads
from registry.reads import day_in_words

COME_NEAR = (14, 7, 1)  # days before the day answers are due
AFTERWARDS = 7  # and once a week when it is over


@transaction.atomic
def open_cycle(
    agency: Agency, year: int, *, due_on: date, certify_on: date, submit_on: date, note: str = "", actor: User
) -> Cycle:
    """Open a year's inventory and call every component that has a case in it, or a lead. Its people are mailed.

    Last year's answers are carried over by being there: nothing is copied, each is confirmed or changed.
    """
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    if not timezone.localdate() <= due_on <= certify_on <= submit_on:
        raise Refused("The days must lie ahead and in order: answers due, certified, submitted.")
    if Cycle.objects.filter(agency=agency, year=year).exists():
        raise Refused(f"The inventory of {year} was opened already.")
    cycle = Cycle.objects.create(
        agency=agency, year=year, layout=_layout(year).name, before_on=_before(agency, year),
        due_on=due_on, certify_on=certify_on, submit_on=submit_on, note=note.strip(), opened_by=actor,
    )  # fmt: skip
    act = uuid.uuid4()
    data = {"due_on": due_on, "certify_on": certify_on, "submit_on": submit_on, "before_on": cycle.before_on}
    record("cycle.opened", cycle, actor=actor, act=act, data=data)
    for component in _to_call(cycle):
        _call(cycle, component, actor, act)
    count_changes(cycle)
    return cycle


def reported_fields(cycle: Cycle) -> frozenset[str]:
    """The questions of the inventory itself: the columns of the cycle's layout."""
    return frozenset(all_layouts()[cycle.layout].by_field) - {"id", "agency_bureau"}


def _layout(year: int) -> Layout:
    """OMB's newest column table that is not of a later year; where none was issued for the year, the one before."""
    layouts = [one for name, one in all_layouts().items() if name.startswith("omb-") and one.year <= year]
    if not layouts:
        raise Refused(f"No layout of OMB's is known for {year} or any year before.")
    return max(layouts, key=lambda one: one.year)


def _before(agency: Agency, year: int) -> date:
    """The day the year before is looked at: when it was frozen here, else when its inventory was published."""
    frozen = Submission.objects.filter(cycle__agency=agency, cycle__year__lt=year).order_by("-cycle__year", "-number")
    newest = frozen.first()
    if newest:
        return timezone.localdate(newest.frozen_at)
    days = [one.published_on for one in all_layouts().values() if one.year < year]
    return max(days, default=date(year, 1, 1))


def _to_call(cycle: Cycle) -> list[Component]:
    with_cases = set(reads.called(cycle).order_by().values_list("component", flat=True).distinct())
    leads = Membership.objects.current().filter(role=Role.COMPONENT_LEAD, component__agency=cycle.agency)
    wanted = with_cases | set(leads.values_list("component", flat=True))
    return list(Component.objects.filter(pk__in=wanted).order_by("code"))


def _call(cycle: Cycle, component: Component, actor: User, act: uuid.UUID) -> ComponentCall:
    call = ComponentCall.objects.create(cycle=cycle, component=component, due_on=cycle.due_on)
    record("call.opened", call, actor=actor, act=act, data={"due_on": call.due_on}, reason=cycle.note)
    return call


@transaction.atomic
def call_component(cycle: Cycle, component: Component, *, actor: User) -> ComponentCall:
    """Call a component that came later: it had no case and no lead when the cycle was opened."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    if cycle.status != Cycle.Status.OPEN:
        raise Refused("The cycle is not open any more.")
    if ComponentCall.objects.filter(cycle=cycle, component=component).exists():
        raise Stale(f"{component} is called already.")
    return _call(cycle, component, actor, uuid.uuid4())


@transaction.atomic
def extend(call: ComponentCall, due_on: date, *, reason: str, actor: User) -> None:
    """Give a component another day, with a reason that its people read."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    call = ComponentCall.objects.select_for_update(of=("self",)).select_related("cycle", "component").get(pk=call.pk)
    if not call.is_answerable:
        raise Refused("The call is closed. Open it again first.")
    if due_on < timezone.localdate():
        raise Refused("The new day lies in the past.")
    if due_on > call.cycle.submit_on:
        leaves = day_in_words(call.cycle.submit_on)
        raise Refused(f"The new day lies after {leaves}, when the whole inventory leaves.")
    if not reason.strip():
        raise Refused("Say why: the reason stands on the component's page.")
    before, call.due_on, call.extension_reason = call.due_on, due_on, reason.strip()
    call.save(update_fields=["due_on", "extension_reason"])
    record("call.extended", call, actor=actor, reason=call.extension_reason, data={"from": before, "to": due_on})


@transaction.atomic
def remind(calls: Sequence[ComponentCall], *, actor: User | None) -> list[ComponentCall]:
    """Remind these components' people of what they have not answered; those with nothing open are left alone."""
    if actor and (refusals := runs_refusals(actor)):
        raise Refused(*refusals)
    today, reminded = timezone.localdate(), []
    for call in calls:
        part = reads.whole_part(call)
        if not call.is_answerable or not part.unanswered:
            continue
        if not ComponentCall.objects.filter(pk=call.pk).exclude(reminded_on=today).update(reminded_on=today):
            continue  # once a day is enough
        record("call.reminded", call, actor=actor, data={"unanswered": part.unanswered, "due_on": call.due_on})
        reminded.append(call)
    if not reminded and actor:
        raise Refused("Nobody to remind: everything is answered, or they were reminded today.")
    return reminded


def remind_when_due() -> int:
    """The daily reminders: two weeks, one week and a day before, then once a week; returns how many components."""
    today = timezone.localdate()
    rows = ComponentCall.objects.filter(status=ComponentCall.Status.OPEN, cycle__status=Cycle.Status.OPEN)
    wanted = [call for call in rows.select_related("cycle", "component") if _is_day(call, today)]
    return len(remind(wanted, actor=None))


def _is_day(call: ComponentCall, today: date) -> bool:
    if today <= call.due_on:
        return call.due_on - today in {timedelta(days=days) for days in COME_NEAR}
    return (today - call.due_on).days % AFTERWARDS == 1


@transaction.atomic
def close_call(call: ComponentCall, *, actor: User) -> None:
    """Take no more answers of a component."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    move(call, edge("call", "close"), actor=actor)


@transaction.atomic
def reopen_call(call: ComponentCall, *, reason: str, actor: User) -> None:
    """Take answers of a component again."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    blocked = [] if reason.strip() else ["Say why: the reason stands in the log."]
    move(call, edge("call", "reopen"), actor=actor, blocked=blocked, reason=reason.strip())


@transaction.atomic
def close_cycle(cycle: Cycle, *, actor: User) -> None:
    """End the data call for all components; certifying and freezing go on."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    move(cycle, edge("cycle", "close"), actor=actor)


@transaction.atomic
def reopen_cycle(cycle: Cycle, *, reason: str, actor: User) -> None:
    """Open a closed or frozen cycle again; a submission that was made stays on record."""
    if refusals := runs_refusals(actor):
        raise Refused(*refusals)
    blocked = [] if reason.strip() else ["Say why: the reason stands in the log."]
    move(cycle, edge("cycle", "reopen"), actor=actor, blocked=blocked, reason=reason.strip())
