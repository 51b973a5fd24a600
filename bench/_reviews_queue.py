"""The queue at 10,000 open lanes against 100: the whole request, by a reviewer and by the Chief AI Officer."""

from datetime import date

from bench._stage import fill, page_ratio  # first: it sets Django up  # isort: skip
from django.db.models import F
from django.urls import reverse

from accounts.models import Membership, Role, User
from bench._measure import Copies, vacuum
from governance.models import Review
from governance.risk import RISKS

SIZES = {"few": 100, "many": 10_000}
BAR = 1.5


def queue() -> None:
    """Milliseconds at each size and their ratio; more queries for more lanes are an error."""
    copies = Copies()
    try:
        for label, count in SIZES.items():
            copies.make(label)
            fill(count, every=1)
            _spread()
        url = reverse("reviews-queue")
        page_ratio(copies, "queue_office", Role.OFFICE_REVIEWER, f"{url}?scope=office", sizes=SIZES, bar=BAR)
        page_ratio(copies, "queue_all", Role.CAIO, f"{url}?scope=all", sizes=SIZES, bar=BAR)
        page_ratio(
            copies, "queue_all_overdue", Role.CAIO, f"{url}?scope=all&show=overdue", sizes=SIZES, bar=None, rows=5
        )
    finally:
        copies.drop()


def _spread() -> None:
    """Every class of risk has its third, and somebody looks on."""
    Review.objects.update(risk=F("pk") % len(RISKS))
    officer = User.objects.create_user("caio@example.invalid", name="Invented officer")
    Membership.objects.create(user=officer, role=Role.CAIO, starts_on=date(2025, 1, 1))
    vacuum()
