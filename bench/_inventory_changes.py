"""The change log of a yearly cycle: a page of the whole request at 10,000 use cases against 500, by the manager."""

from datetime import timedelta

from bench._stage import fill, page_ratio  # first: it sets Django up  # isort: skip
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Role, User
from bench._measure import Copies, vacuum
from registry.actions import cycles

SIZES = {"few": 500, "many": 10_000}
# The page compares every case of two years, so it cannot but grow with them: 20 times the cases may take 20 times as
# long. What must not grow is the cost of a case, and the number of queries.
BAR = 20.0


def _open() -> None:
    """A cycle against the inventory of the day the cases were first filed; a tenth was filed again since."""
    today = timezone.localdate()
    manager = User.objects.get(memberships__role=Role.INVENTORY_MANAGER)
    days = {"due_on": today + timedelta(7), "certify_on": today + timedelta(14), "submit_on": today + timedelta(21)}
    cycles.open_cycle(Agency.objects.get(code="DHS"), 2026, actor=manager, **days)
    vacuum()


def changes() -> None:
    """Milliseconds at each size and their ratio; more queries for more cases are an error."""
    copies = Copies()
    try:
        for label, count in SIZES.items():
            copies.make(label)
            fill(count)
            _open()
        url = reverse("cycles-changes", args=[2026])
        page_ratio(copies, "cycle_changes", Role.INVENTORY_MANAGER, url, sizes=SIZES, bar=BAR, rows=2)
    finally:
        copies.drop()
