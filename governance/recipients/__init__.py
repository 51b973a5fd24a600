"""Who is told of an event by mail. Only people who may see the case it is about."""

from accounts.models import Membership, Role, User
from audit.models import Event
from governance.models import Lane, Report
from governance.recipients import calls as told_calls
from governance.recipients import checks as told_checks
from governance.recipients import conditions as told_conditions
from governance.recipients import determinations as told_determinations
from governance.recipients import exceptions as told_exceptions
from governance.recipients import findings as told_findings
from governance.recipients import gates as told_gates
from governance.recipients import holds as told_holds
from governance.recipients import lanes as told_lanes
from governance.recipients import outside as told_outside
from governance.recipients import records as told_records
from governance.recipients import reminders as told_reminders
from governance.recipients import seals as told_seals
from governance.recipients import standing_in as told_standing_in
from governance.recipients import systems as told
from governance.recipients import talk as recipients_talk
from governance.recipients import updates as told_updates
from governance.recipients import withholding as told_withholding
from registry.models import JoinRequest, UseCase, UseCaseComponent
from registry.models.use_case import Handling
from registry.permissions import visible_to

DECIDED = ("use_case.approved", "use_case.approved_with_conditions", "use_case.rejected")
ABOUT_CASES = (
    "use_case.submitted", "use_case.resubmitted", "use_case.endorsed", "use_case.triaged", "use_case.returned",
    "use_case.reviewed", "use_case.referred", "use_case.changed_materially", *DECIDED,
)  # fmt: skip
JOINS = ("join.requested", "join.accepted", "join.declined")
# Whom a restricted case was closed to: told without its name or ID, and not that it is restricted.
CLOSED, SHUT_OUT = "join.closed", "use_case.participants_shut_out"
NAMED = "need_to_know.given"
PAGES = {SHUT_OUT: "home", **dict.fromkeys((*JOINS, CLOSED), "joins-list")}  # where their mails lead
# The areas that say all of it themselves: whom, the letter, and the page it leads to.
OWN = (
    told,
    told_updates,
    told_calls,
    told_outside,
    told_withholding,
    told_lanes,
    told_conditions,
    told_standing_in,
    told_reminders,
    told_seals,
    told_determinations,
    told_holds,
    told_gates,
    told_exceptions,
    told_records,
    told_checks,
    told_findings,
)
KINDS = (
    "user.invited",
    NAMED,
    *ABOUT_CASES,
    *JOINS,
    CLOSED,
    SHUT_OUT,
    "report.made",
    "report.failed",
    *recipients_talk.KINDS,
    *told.KINDS,
    *told_updates.KINDS,
    *told_calls.KINDS,
    *told_outside.KINDS,
    *told_withholding.KINDS,
    *told_lanes.KINDS,
    *told_reminders.KINDS,
    *told_conditions.KINDS,
    *told_standing_in.KINDS,
    *told_seals.KINDS,
    *told_determinations.KINDS,
    *told_holds.KINDS,
    *told_gates.KINDS,
    *told_exceptions.KINDS,
    *told_records.KINDS,
    *told_checks.KINDS,
    *told_findings.KINDS,
)
NOT_FOR_OWNERS = ("use_case.submitted", "use_case.resubmitted", "use_case.reviewed")


def recipients(event: Event) -> list[User]:
    """People to be mailed about `event`, without the one who acted; empty when nobody needs to be."""
    if event.kind == "user.invited":
        return list(User.objects.filter(pk=event.subject_id, is_active=True))
    people = {person.pk: person for person in _told(event) if person.is_active and not person.is_system}
    if not event.kind.startswith("report."):  # whoever asked for a report wants to hear of it
        people.pop(event.actor_id or 0, None)
    return list(people.values())


def _told(event: Event) -> list[User]:
    if event.kind.startswith("report."):
        report = Report.objects.filter(uuid=event.subject_id).select_related("requested_by").first()
        return [report.requested_by] if report else []
    own = {NAMED: _named, SHUT_OUT: _shut_out, **dict.fromkeys((*JOINS, CLOSED), _of_join)}
    if event.kind in own:
        return own[event.kind](event)
    for others in (*OWN, recipients_talk):
        if event.kind in others.KINDS:
            return others.recipients(event)
    use_case = UseCase.objects.filter(use_case_id=event.subject_id).select_related("owner", "backup_owner").first()
    if use_case is None:
        return []
    return [person for person in _of_case(event, use_case) if visible_to(person).filter(pk=use_case.pk).exists()]


def _named(event: Event) -> list[User]:
    return list(User.objects.filter(pk=event.data.get("user") or 0))


def _of_join(event: Event) -> list[User]:
    """A request goes to the owner, without one to the component lead; its answer to whoever asked."""
    row = JoinRequest.objects.filter(uuid=event.subject_id).select_related("use_case__owner", "asked_by").first()
    if row is None:
        return []
    if event.kind != "join.requested":
        return [row.asked_by] if row.asked_by.is_active else []
    case = row.use_case
    owner = case.owner if case.owner and case.owner.is_active else None
    people = [owner] if owner else _holders(role=Role.COMPONENT_LEAD, component=case.component)
    return [person for person in people if visible_to(person).filter(pk=case.pk).exists()]


def _shut_out(event: Event) -> list[User]:
    """Of those who lost the case: the leads, who asked to take part, and who confirmed the part."""
    parts = UseCaseComponent.objects.filter(use_case__use_case_id=event.subject_id, is_owner=False)
    parts = parts.filter(component__code__in=event.data["components"])
    asked = JoinRequest.objects.filter(use_case__use_case_id=event.subject_id, state=JoinRequest.State.ACCEPTED)
    leads = Membership.objects.current().filter(role=Role.COMPONENT_LEAD, component__in=parts.values("component"))
    near = {*parts.values_list("confirmed_by", flat=True), *asked.values_list("asked_by", flat=True)}
    near |= set(leads.values_list("user", flat=True))
    return list(User.objects.filter(pk__in=near & set(event.data["people"])))


def mailboxes(event: Event) -> list[str]:
    """Team mailboxes told besides the owner. Never of a restricted case: who reads a mailbox is not known."""
    for others in OWN:
        if event.kind in others.KINDS:
            return others.mailboxes(event)
    if event.kind not in ABOUT_CASES or event.kind in NOT_FOR_OWNERS:
        return []
    case = UseCase.objects.filter(use_case_id=event.subject_id).exclude(handling=Handling.RESTRICTED).first()
    return [case.team_mailbox] if case and case.team_mailbox else []


def _of_case(event: Event, use_case: UseCase) -> list[User]:
    owners = [person for person in (use_case.owner, use_case.backup_owner) if person]
    leads = _holders(role=Role.COMPONENT_LEAD, component=use_case.component)
    if event.kind in ("use_case.submitted", "use_case.resubmitted"):
        return leads
    if event.kind == "use_case.endorsed":
        return [*owners, *_holders(role=Role.INVENTORY_MANAGER)]
    if event.kind == "use_case.triaged":
        offices = Lane.objects.filter(review__use_case=use_case, status=Lane.State.OPEN).values("office")
        return [*owners, *_holders(role=Role.OFFICE_REVIEWER, office__in=offices)]
    if event.kind == "use_case.reviewed":
        return _holders(role__in=[Role.CAIO, Role.DEPUTY_CAIO])
    if event.kind == "use_case.referred":
        return [*owners, *_holders(role=Role.BOARD_SECRETARY)]
    return [*owners, *leads]


def _holders(**where: object) -> list[User]:
    return [row.user for row in Membership.objects.current().filter(**where).select_related("user")]
