"""What cases of the demonstration withhold, reviewed by counsel and the Privacy Office: one upheld, one refused."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import columns, withholding
from registry.actions.withholding import decide_withholding
from registry.models import UseCase
from registry.reads.withholding import current

# (days ago, the office, verdict, days it holds, why), by case in the order of their IDs; the rest waits for a review.
VERDICTS = (
    (345, "OGC", "upheld", 365, "Exemption 7(E) covers how the invented system picks; the rest of the case is public."),
    (
        30,
        "PRIV",
        "refused",
        0,
        "An intruder learns nothing from the invented list that the manual does not say. Publish it as it is.",
    ),
)


def review_withheld(cast: Cast) -> None:
    """The reviewers of two offices decide on the first of what is withheld."""
    cases = current(UseCase.objects.filter(owner__isnull=False, handling="internal"))
    found = [(case, one) for case in cases for one in withholding.withheld(columns.read_from(case))]
    for (case, one), (ago, office, verdict, days, why) in zip(found, VERDICTS, strict=False):
        moment = timezone.now() - timedelta(days=ago)
        until = timezone.localdate(moment) + timedelta(days=days) if days else None
        with at(moment):
            actor = cast.one(Role.OFFICE_REVIEWER, office=office)
            decide_withholding(case, one.field, verdict, why=why, seen=one.fingerprint, expires_on=until, actor=actor)
