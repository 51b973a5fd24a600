"""The queue at 10,000 open lanes against 100: the whole request, by a reviewer and by the Chief AI Officer."""

from datetime import date, timedelta

from bench._stage import fill, page_ratio  # first: it sets Django up  # isort: skip
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from bench._measure import Copies, vacuum
from governance.models import Lane, Review
from governance.risk import RISKS

SIZES = {"few": 100, "many": 10_000}
BAR = 1.5
A_PAGE = 50  # rows: both sizes show a full page, so the ratio is that of the lanes and not of the rows


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
        overdue = f"{url}?scope=all&show=overdue"
        page_ratio(copies, "queue_all_overdue", Role.CAIO, overdue, sizes=SIZES, bar=BAR, rows=A_PAGE)
    finally:
        copies.drop()


def _spread() -> None:
    """Every class of risk has its third, half of all is overdue (a full page at either size), and somebody looks on."""
    Lane.objects.alias(turn=F("pk") % 2).filter(turn=0).update(due_on=timezone.localdate() - timedelta(days=1))
    Lane.objects.alias(turn=F("pk") % 2).filter(turn=1).update(due_on=timezone.localdate() + timedelta(days=9))
    Review.objects.update(risk=F("pk") % len(RISKS))
    officer = User.objects.create_user("caio@example.invalid", name="Invented officer")
    Membership.objects.create(user=officer, role=Role.CAIO, starts_on=date(2025, 1, 1))
    vacuum()
