"""Work on findings in the demonstration: one given to somebody, one talked about, one whose risk is accepted."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from governance.actions import finding_work as acts
from governance.demo.cast import Cast
from governance.models import Finding
from governance.permissions.findings import accept_refusals, assignable

WHY = "The use is small, a person looks at every output, and the missing piece is under way (fictional)."


def work_on_findings(cast: Cast) -> None:
    """By the people whose findings they are, after the last run."""
    rows = Finding.objects.filter(state=Finding.State.OPEN, use_case__is_demo=True).exclude(use_case__owner=None)
    rows = rows.select_related("use_case__owner", "use_case__component", "provision").order_by("severity", "pk")
    found = [row for row in rows[:60] if not row.use_case.restricted][:40]
    manager, caio = cast.one(Role.INVENTORY_MANAGER), cast.one(Role.CAIO)
    for row in found[:2]:
        person = assignable(row.use_case, row.field).exclude(pk=manager.pk).first()
        if person:
            acts.assign_finding(row, person=person, actor=manager)
    for row in found[1:4]:
        if row.use_case.owner:
            acts.comment_on_finding(row, text="We have begun; the report is expected next month (fictional).",
                                    actor=row.use_case.owner)  # fmt: skip
    free = [row for row in found[4:] if not accept_refusals(caio, row)]
    for row in free[:2]:
        until = timezone.localdate() + timedelta(days=90)
        acts.accept_risk(row, until=until, reason=WHY, actor=caio)
