"""How invented people sort their work: tags, views of the list, an update somebody asked for."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry.actions import saved_views, tagging, updates
from registry.models import UseCase
from registry.models.use_case import Status

FEW = 4


def organise(cast: Cast) -> None:
    """The inventory manager prepares the yearly update; a component keeps an eye on its pilots."""
    manager = cast.one(Role.INVENTORY_MANAGER)
    cases = UseCase.objects.filter(is_demo=True).select_related("component", "owner").order_by("use_case_id")
    settled = list(cases.filter(status__in=[Status.RECORDED, Status.APPROVED]).exclude(owner=None)[:FEW])
    if not settled:
        return
    with at(timezone.now() - timedelta(days=3)):
        tagging.tag(settled, ["yearly update"], actor=manager)
        tagging.tag(settled[:2], ["ask again"], actor=manager)
        due = timezone.localdate() + timedelta(days=18)
        note = "Is the stage still right, and does the authorization still hold?"
        updates.ask_for_update(settled[:3], due_on=due, note=note, actor=manager)
        saved_views.save_view("Yearly update", "sort=owner&tag=yearly+update", audience="everybody", actor=manager)
        query = "impact=high_impact&stage=deployed&cols=component&cols=owner&cols=vendor_name&cols=have_ato"
        saved_views.save_view("Deployed high-impact", query, actor=manager)
        late = "scope=all&show=overdue"
        saved_views.save_view("Late lanes", late, place="queue", audience="everybody", actor=manager)
        place = settled[0].component
        lead = cast.one(Role.COMPONENT_LEAD, component=place.code)
        query = f"component={place.code}&stage=pilot"
        saved_views.save_view(f"{place.code} pilots", query, audience="component", component=place, actor=lead)
