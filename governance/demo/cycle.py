"""Demonstration: this year's inventory under way, with parts answered, certified and out of date."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Role, User
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import document as documents
from registry.actions import certifying, cycles, still_true
from registry.actions.cycle_changes import count_changes
from registry.actions.inventory.files import all_layouts
from registry.actions.still_true import STILL, Said
from registry.models import ComponentCall, Cycle, UseCase
from registry.permissions import EDITABLE
from registry.permissions.people import leads_of
from registry.reads.calls import cases_of
from registry.reads.certifying import to_certify

NOTE = "Invented for the demonstration: look at the stage and the date of first use, often wrong last year."
OPENED, DUE = 20, 8  # days ago, days ahead
ANSWERED = {"FEMA": 1.0, "TSA": 1.0, "CBP": 0.5, "ICE": 0.34}  # the share of each component's cases
CERTIFIED = ("FEMA", "TSA")
BENEFITS = {"benefits": "Invented: people wait half a day less, and nobody has to type the same list twice."}


def run_cycle(cast: Cast, agency: Agency) -> None:
    """Open it, go through some use cases, move a day, certify two parts, and change something afterwards."""
    manager = cast.one(Role.INVENTORY_MANAGER)
    with _ago(OPENED):
        cycle = _open(agency, manager)
    for code, share in ANSWERED.items():
        call = _call(cycle, code)
        cases = list(cases_of(manager, call).select_related("owner", "component").order_by("use_case_id"))
        _go_through(cycle, cases[: round(len(cases) * share)], call)
    with _ago(6):
        day = timezone.localdate() + timedelta(days=DUE + 12)
        cycles.extend(_call(cycle, "ICE"), day, reason="The owner of two use cases is on leave.", actor=manager)
    for code in CERTIFIED:
        with _ago(4):
            _certify(_call(cycle, code))
    _change_afterwards(cycle, _call(cycle, CERTIFIED[1]))
    certifying.tell_outdated()
    count_changes(cycle)


def _ago(days: int) -> Any:
    return at(timezone.now() - timedelta(days=days))


def _open(agency: Agency, manager: User) -> Cycle:
    due = timezone.localdate() + timedelta(days=OPENED + DUE)
    days: dict[str, date] = {
        "due_on": due,
        "certify_on": due + timedelta(days=14),
        "submit_on": due + timedelta(days=28),
    }
    return cycles.open_cycle(agency, 2026, note=NOTE, actor=manager, **days)


def _call(cycle: Cycle, code: str) -> ComponentCall:
    return ComponentCall.objects.select_related("cycle", "component").get(cycle=cycle, component__code=code)


def _go_through(cycle: Cycle, cases: Sequence[UseCase], call: ComponentCall) -> None:
    lead = leads_of(call.component).first()
    for number, case in enumerate(cases):
        who = case.owner or lead
        if who is None:
            continue
        changes = BENEFITS if number == 0 and case.status in EDITABLE else {}
        still = {name: STILL for name in documents.answers(case.document) if name not in changes}
        with _ago(12 - number % 5):
            still_true.confirm(cycle, case, Said(still, changes), opened_on=case.revision_number, actor=who)


def _certify(call: ComponentCall) -> None:
    lead = leads_of(call.component).first()
    if lead is None:
        return
    seen = to_certify(call, all_layouts()[call.cycle.layout]).seen
    why = "What is open is known to its owners and follows by the end of the month."
    certifying.certify(call, seen=seen, statement=certifying.STATEMENT, why=why, actor=lead)


def _change_afterwards(cycle: Cycle, call: ComponentCall) -> None:
    """Something is corrected after the part was certified: the certification shows it."""
    rows = UseCase.objects.filter(component=call.component, status__in=EDITABLE, filed_number__isnull=False)
    case = rows.exclude(owner=None).select_related("owner").order_by("use_case_id").first()
    if case is None or case.owner is None:
        return
    changes = {"problem_solved": "Invented: the list was kept on paper, and a third of it was out of date."}
    with _ago(1):
        still_true.confirm(cycle, case, Said({}, changes), opened_on=case.revision_number, actor=case.owner)
