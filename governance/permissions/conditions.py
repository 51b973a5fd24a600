"""Who answers for a condition, who judges whether it is met, and who may move its day."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Membership, Office, Role, User
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance.models import Condition
from governance.permissions.authorship import authors, recused
from governance.permissions.office import Standing, seat
from governance.permissions.standing_in import for_the_officer, officer_over
from registry.models import UseCase
from registry.permissions import is_responsible, visible_to


@dataclass(frozen=True)
class Judge:
    """Whether somebody may judge a condition, and for whom they do it."""

    reasons: tuple[str, ...] = ()
    by: Standing | None = None

    @property
    def acting_for(self) -> str:
        """For whom, in words; nothing by an own role."""
        return "" if self.by is None or isinstance(self.by, Membership) else self.by.whom


def conditions_visible_to(user: Any) -> QuerySet[Condition]:
    """The conditions of the cases that exist for the person."""
    return Condition.objects.filter(use_case__in=visible_to(user).values("pk"))


def mine(user: Any) -> Q:
    """The conditions a person sees to: named, or as owner of a case where nobody is named."""
    return Q(owner=user.pk) | Q(owner=None, use_case__owner=user.pk)


def owner_refusals(owner: int | None, use_case: UseCase) -> list[str]:
    """Whoever is named to meet a condition must be able to open the case; nobody named is the owner of the case."""
    person = User.objects.filter(pk=owner, is_active=True, is_system=False).first() if owner else None
    if owner is None or (person and visible_to(person).filter(pk=use_case.pk).exists()):
        return []
    return ["The person named to meet it cannot open this case. Name somebody who works on it."]


def report_refusals(user: Any, condition: Condition) -> list[str]:
    """The person named reports it met, or those who answer for the case."""
    if condition.owner_id == user.pk or is_responsible(user, condition.use_case):
        return []
    who = condition.answerable
    return [f"Only {who or 'its owner'} and those who answer for the case report this condition met."]


def accept_refusals(user: Any, condition: Condition) -> list[str]:
    """Why the person cannot say whether it is met; empty when they can."""
    return list(judge(user, condition).reasons)


def judge(user: Any, condition: Condition) -> Judge:
    """Who set it, the same office or the Chief AI Officer judges; never who reported it or has to meet it."""
    if condition.met_by_id == user.pk:
        return Judge(("You reported it met, so somebody else accepts it.",))
    if user.pk in (condition.owner_id, condition.use_case.owner_id):
        return Judge(("You have to meet this condition, so somebody else judges it.",))
    office = condition.lane.office if condition.lane else None
    if office:
        place = seat(user, office, condition.use_case, act="accept")
        if place.by:
            return Judge(place.reasons, place.by)
    return _of_decision(user, condition, office)


def _of_decision(user: Any, condition: Condition, office: Office | None) -> Judge:
    who, delegation = standing(user), for_the_officer(user, "accept")
    is_own = condition.set_by_id == user.pk and condition.decision_id and who.has(Role.DEPUTY_CAIO)
    if not (who.has(Role.CAIO) or delegation or is_own):
        return Judge(tuple(_nobodys(user, office)))
    people = [user, *([delegation.giver] if delegation else [])]
    reasons = recused(condition.use_case, *people)
    ask = f"Ask the {office.name}." if office else "Ask the Chief AI Officer or the deputy."
    reasons += guards.not_an_author(user.pk, authors(condition.use_case), "judge conditions of", ask)
    return Judge(tuple(reasons), delegation)


def _nobodys(user: Any, office: Office | None) -> list[str]:
    names = f"the {office.name} or the Chief AI Officer" if office else "the Chief AI Officer"
    return officer_over(user, "accept") or [f"Only {names} can accept that this condition is met."]


def terms_refusals(user: Any, condition: Condition) -> list[str]:
    """Who set it moves its day and names its owner; once they are gone or stepped aside, who judges it does."""
    who = condition.set_by
    if user.pk != who.pk and not _is_gone(condition):
        return [f"Only {who}, who set this condition, changes its day and its owner."]
    return accept_refusals(user, condition)


def _is_gone(condition: Condition) -> bool:
    """Whether who set it can no longer look after it: left, without the role, or recused."""
    who = condition.set_by
    if not who.is_active or recused(condition.use_case, who):
        return True
    if condition.lane:
        return seat(who, condition.lane.office, condition.use_case, act="accept").by is None
    return not standing(who).has(Role.CAIO, Role.DEPUTY_CAIO)
