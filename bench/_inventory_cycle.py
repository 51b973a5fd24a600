"""The overview of a yearly cycle: the whole request at 10,000 use cases against 500, by the manager and by a lead."""

from datetime import timedelta

from bench._stage import fill, page_ratio  # first: it sets Django up  # isort: skip
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.actions import system_account
from accounts.models import Agency, Role, User
from bench._measure import Copies, vacuum
from registry.actions import certifying, cycles
from registry.actions.inventory.files import all_layouts
from registry.actions.still_true import STILL
from registry.models import ComponentCall, Cycle, StillTrue, UseCase
from registry.reads.certifying import to_certify

SIZES = {"few": 500, "many": 10_000}
BAR = 1.5


def _open() -> Cycle:
    """A cycle half of whose use cases were gone through, a tenth with changes nobody filed, one part certified."""
    today = timezone.localdate()
    manager = User.objects.get(memberships__role=Role.INVENTORY_MANAGER)
    days = {"due_on": today + timedelta(7), "certify_on": today + timedelta(14), "submit_on": today + timedelta(21)}
    cycle = cycles.open_cycle(Agency.objects.get(code="DHS"), 2026, actor=manager, **days)
    system = system_account()
    pks = list(UseCase.objects.filter(filed_number__isnull=False).order_by("pk").values_list("pk", "revision_number"))
    StillTrue.objects.bulk_create(
        [StillTrue(cycle=cycle, use_case_id=pk, revision_number=number, fields={"benefits": STILL}, how="page",
                   confirmed_by=system) for pk, number in pks[::2]],
        batch_size=2000,
    )  # fmt: skip
    UseCase.objects.filter(pk__in=[pk for pk, _ in pks[::10]]).update(revision_number=F("revision_number") + 1)
    _certify(ComponentCall.objects.select_related("cycle", "component").get(cycle=cycle, component__code="CBP"))
    vacuum()
    return cycle


def _certify(call: ComponentCall) -> None:
    lead = User.objects.get(memberships__role=Role.COMPONENT_LEAD)
    seen = to_certify(call, all_layouts()[call.cycle.layout]).seen
    certifying.certify(call, seen=seen, statement=certifying.STATEMENT, why="Measured.", actor=lead)


def overview() -> None:
    """Milliseconds at each size and their ratio; more queries for more cases are an error."""
    copies = Copies()
    try:
        for label, count in SIZES.items():
            copies.make(label)
            fill(count)
            _open()
        url = reverse("cycles-overview", args=[2026])
        page_ratio(copies, "cycle_overview_manager", Role.INVENTORY_MANAGER, url, sizes=SIZES, bar=BAR, rows=2)
        page_ratio(copies, "cycle_overview_lead", Role.COMPONENT_LEAD, url, sizes=SIZES, bar=None, rows=2)
    finally:
        copies.drop()
