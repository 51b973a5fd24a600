"""Acting signers: who signs for an office that cannot, named by the Chief AI Officer, for as long as needed."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions.delegations import delegate_refusals
from accounts.actions.from_to import may_end_now, set_end
from accounts.models import Office, Role, User
from accounts.permissions import standing
from audit.log import record
from audit.workflow import Refused
from governance.actions.steps import locked
from governance.lifecycles import PENDING
from governance.models import ActingSigner, Lane
from governance.permissions.authorship import barred
from governance.permissions.office import able, outside_refusals, signers_of
from governance.permissions.standing_in import name_signer_refusals
from registry.actions.use_cases import let_know
from registry.models import NeedToKnow


@transaction.atomic
def name_signer(
    person: User, office: Office, *, starts_on: date, ends_on: date, reason: str, actor: User, lane: Lane | None = None
) -> ActingSigner:
    """Let somebody from outside sign for an office nobody can sign for: in one lane, or in all (design section 4).

    Refused while somebody of the office can sign, to people of the component that owns the case, to authors and the
    recused, to deciders, and to whoever acts for another office in the round. Only the Chief AI Officer, in person.
    """
    if lane:
        locked(lane.review.use_case)  # the case before its lane, as whoever decides it locks them
        rows = Lane.objects.select_for_update(of=("self",)).select_related("office", "review__use_case__component")
        lane = rows.get(pk=lane.pk)
    refusals = name_signer_refusals(actor) or [
        *_day_refusals(starts_on, ends_on),
        *([] if reason.strip() else ["Say why this person: the reason stands on the record."]),
        *_person_refusals(person, actor),
        *_need_refusals(office, lane),
        *(_lane_refusals(person, lane) if lane else []),
    ]
    if refusals:
        raise Refused(*refusals)
    same = ActingSigner.objects.filter(person=person, office=office, lane=lane, ended_at=None)
    if same.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Refused(f"{person} is acting signer there on some of these days already.")
    row = ActingSigner.objects.create(
        office=office, lane=lane, person=person, named_by=actor, starts_on=starts_on, ends_on=ends_on,
        reason=reason.strip(),
    )  # fmt: skip
    for one in _open_lanes(office, lane):
        _tell(row, one)
    record("acting_signer.named", row, actor=actor, reason=row.reason, data={"person": person.pk, "to": ends_on})
    return row


def _day_refusals(starts_on: date, ends_on: date) -> list[str]:
    if ends_on < starts_on:
        return ["The last day lies before the first."]
    return [] if starts_on >= timezone.localdate() else ["It begins today or later."]


def _person_refusals(person: User, actor: User) -> list[str]:
    if standing(person).has(Role.CAIO, Role.DEPUTY_CAIO):
        return [f"{person} decides cases. Nobody is reviewer and decider in one round, so name somebody else."]
    return delegate_refusals(person, actor, Role.OFFICE_REVIEWER)


def _need_refusals(office: Office, lane: Lane | None) -> list[str]:
    if lane is None:
        if not signers_of([office.pk]).get(office.pk):
            return []
        return [f"The {office.name} has people who can sign. Name somebody for the one lane they cannot."]
    if not lane.is_pending:
        return [f"This lane is “{lane.get_status_display()}” and no longer open."]
    own = able(Lane.objects.filter(pk=lane.pk))[lane.pk]
    names = ", ".join(User.objects.filter(pk__in=own).order_by("name").values_list("name", flat=True))
    return [f"The {office.name} can sign this itself: {names}."] if own else []


def _lane_refusals(person: User, lane: Lane) -> list[str]:
    if person.pk in barred([person.pk], Lane.objects.filter(pk=lane.pk)).get(lane.pk, ()):
        return [f"{person} wrote part of this case, stepped aside from it, or acts for another office in this round."]
    return outside_refusals(person, lane.review.use_case)


def _open_lanes(office: Office, lane: Lane | None) -> list[Lane]:
    if lane:
        return [lane]
    rows = Lane.objects.filter(office=office, status__in=PENDING)
    return list(rows.select_related("review__use_case"))


def tell_signers(lane: Lane) -> None:
    """Let the acting signers of the office know of a lane that was opened: who signs must see the case."""
    today = timezone.localdate()
    rows = ActingSigner.objects.filter(office=lane.office, lane=None, ended_at=None, ends_on__gte=today)
    for row in rows.select_related("person", "office"):
        _tell(row, lane)


def _tell(row: ActingSigner, lane: Lane) -> None:
    if not outside_refusals(row.person, lane.review.use_case):
        let_know(lane.review.use_case, because=_because(row), user=row.person)


def _because(row: ActingSigner) -> str:
    return f"Acting signer for the {row.office.name}"[:200]


@transaction.atomic
def end_signer(signer: ActingSigner, *, reason: str, actor: User) -> None:
    """End it before its last day; what the person signed stands, and what they did not sign they no longer need."""
    rows = ActingSigner.objects.select_for_update(of=("self",)).select_related("person", "office", "lane__review")
    row = rows.get(pk=signer.pk)
    if actor.pk != row.person_id and (refusals := name_signer_refusals(actor)):
        raise Refused(*refusals)
    _end(row, may_end_now(row, reason), actor)


def end_signing_of(person: User, *, actor: User) -> int:
    """End what somebody who goes was named for; returns how many."""
    rows = ActingSigner.objects.filter(person=person, ended_at=None, ends_on__gte=timezone.localdate())
    found = list(rows.select_for_update(of=("self",)).select_related("person", "office", "lane__review"))
    for row in found:
        _end(row, f"{person} was deactivated.", actor)
    return len(found)


def _end(row: ActingSigner, reason: str, actor: User) -> None:
    set_end(row, reason, actor)
    cases = [lane.review.use_case_id for lane in _open_lanes(row.office, row.lane)]
    known = NeedToKnow.objects.filter(user=row.person, recorded_by=None, because=_because(row), use_case__in=cases)
    known.delete()
    record("acting_signer.ended", row, actor=actor, reason=reason, data={"person": row.person_id})
