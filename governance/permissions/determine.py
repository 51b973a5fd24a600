"""Who determines whether a use is high-impact, or AI at all, and as what (M-25-21 section 4(a), design section 4)."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import delegable
from accounts.models import Delegation, Membership, Role, User
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance.models import Determination, DeterminingOfficial, Review
from governance.permissions.authorship import acted_for, authors, recused
from governance.permissions.standing_in import for_the_officer, officer_over, officer_reach
from registry import handling
from registry.models import UseCase
from registry.models.use_case import Status
from registry.permissions import visible_to
from registry.permissions.know import blind_refusals

NAMED = "official named by the Chief AI Officer"
SEE_ALL = (Role.CAIO, Role.DEPUTY_CAIO, Role.INVENTORY_MANAGER, Role.AUDITOR)
CLOSED = (Status.DRAFT, Status.WITHDRAWN, Status.RETIRED)
ASK = "Ask the Chief AI Officer."


@dataclass(frozen=True)
class Hand:
    """As what somebody determines: the Chief AI Officer, a named official, a deputy or who stands in; or why not."""

    signed_as: str = ""
    naming: DeterminingOfficial | None = None
    delegation: Delegation | None = None
    reasons: tuple[str, ...] = ()

    @property
    def has_place(self) -> bool:
        """Whether the person determines at all, whatever stands against this case."""
        return bool(self.signed_as or self.delegation)

    @property
    def acting_for(self) -> str:
        """For whom, in words; nothing by an own role or naming."""
        return self.delegation.whom if self.delegation else ""


def hand(user: Any, use_case: UseCase) -> Hand:
    """May this person determine on this case now, as what, and if not why not.

    Read anew each time: a naming may have ended since the page was opened.
    """
    found = _place(user, use_case)
    return found if found.reasons else replace(found, reasons=tuple(_case_refusals(user, use_case, found)))


def _place(user: Any, use_case: UseCase) -> Hand:
    who = standing(user)
    if who.has(Role.CAIO):
        return Hand(str(Role.CAIO.label))
    if naming := running(user).filter(Q(component=None) | Q(component=use_case.component_id)).first():
        return Hand(NAMED, naming=naming)
    if who.has(Role.DEPUTY_CAIO):
        return Hand(str(Role.DEPUTY_CAIO.label))
    if delegation := for_the_officer(user, "decide"):
        return Hand(delegation=delegation)
    return Hand(reasons=tuple(_no_place(user, use_case)))


def running(user: Any) -> QuerySet[DeterminingOfficial]:
    """By which namings the person determines today."""
    today = timezone.localdate()
    rows = DeterminingOfficial.objects.filter(person=user.pk, ended_at=None, starts_on__lte=today, ends_on__gte=today)
    return rows.select_related("component", "named_by").order_by("pk")


def _no_place(user: Any, use_case: UseCase) -> list[str]:
    """The sentence for somebody without a place; for one who had it, with the day it ended."""
    mine = DeterminingOfficial.objects.filter(person=user.pk).select_related("component")
    last = mine.filter(Q(component=None) | Q(component=use_case.component_id)).order_by("-ends_on", "-pk").first()
    if last and last.state == "ended":
        return [f"You determined {last.place} until {_day(last.last_day)}. That has ended."]
    if last:
        return [f"You determine {last.place} from {_day(last.starts_on)} on, and not before."]
    said = "Only the Chief AI Officer, or an official named for it, determines this."
    return officer_over(user, "decide") or [f"{said} {ASK}"]


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def _case_refusals(user: Any, use_case: UseCase, found: Hand) -> list[str]:
    """Nobody determines a case they wrote, own, endorsed, reviewed or stepped aside from (design section 4)."""
    givers = [found.delegation.giver] if found.delegation else []
    if not visible_to(user).filter(pk=use_case.pk).exists():
        return [f"You cannot open this case, so you cannot determine it. {ASK}"]
    reasons = recused(use_case, user, *givers)
    reasons += blind_refusals(user, use_case, handling.present(use_case.filed_document, use_case.restricted))
    for person in (user, *givers):
        reasons += _person_refusals(person, use_case, you=person.pk == user.pk)
    return reasons


def _person_refusals(person: User, use_case: UseCase, *, you: bool) -> list[str]:
    review = Review.objects.filter(use_case=use_case, ended_at=None).first()
    if not you:
        is_bound = person.pk in authors(use_case) or (review and acted_for(review, person))
        return [f"{person} wrote or reviewed this case, so nobody determines it for them."] if is_bound else []
    reasons = guards.not_an_author(person.pk, authors(use_case), "determine", ASK)
    if not reasons and person.pk in (use_case.owner_id, use_case.backup_owner_id):
        reasons.append(f"You answer for the facts of this case, so somebody else determines it. {ASK}")
    if review and (spoken := acted_for(review, person)):
        reasons.append(f"You acted for {' and '.join(sorted(spoken))} in this round, so you cannot determine the case.")
    if review and review.endorsed_by_id == person.pk:
        reasons.append(f"You endorsed this case in this round, so somebody else determines it. {ASK}")
    return reasons


def reach(found: Hand, filed_impact: str, determined_impact: str) -> list[str]:
    """How far the hand reaches: a deputy and who stands in only to what is not high-impact, and never to clearing."""
    if found.delegation:
        return officer_reach(found.delegation, filed_impact, determined_impact)
    if found.signed_as == Role.DEPUTY_CAIO.label:
        return guards.deputy_reach(filed_impact, determined_impact)
    return []


def status_refusals(use_case: UseCase) -> list[str]:
    """Determined is what was filed and is still worked on."""
    if use_case.filed_number is None:
        return ["Nothing of this case is filed yet. It is determined once it is sent or recorded."]
    if use_case.status in CLOSED:
        return [f"The case is “{use_case.get_status_display()}”, so nothing is determined on it."]
    return []


# -- naming officials -------------------------------------------------------------------------------


def is_caio(user: Any) -> bool:
    """The one who determines by role, names officials and acknowledges."""
    return standing(user).has(Role.CAIO)


def name_refusals(user: Any) -> list[str]:
    """The Chief AI Officer names and ends officials, in person."""
    if standing(user).has(Role.CAIO):
        return []
    return ["Only the Chief AI Officer names officials who determine, and ends it. Nobody does it for the officer."]


def person_refusals(person: User, actor: User, components: list[Any]) -> list[str]:
    """Why this person cannot be named; `components` empty: for all of them. Naming lets nobody read a case."""
    if person.pk == actor.pk:
        return ["Name somebody else: you determine by your own role."]
    if not person.is_active or person.is_system:
        return [f"{person} no longer uses the registry. Name somebody else."]
    roles = set(Membership.objects.current().filter(user=person).values_list("role", flat=True))
    if not roles:
        return [f"{person} holds no role here. An administrator gives them one first."]
    if roles & set(delegable.NEVER_FOR_ANYBODY):
        return [f"{person} oversees or runs the portal, so they judge nothing. Name somebody else."]
    who = standing(person)
    blind = [one.code for one in components if one.pk not in who.reads_in]
    if who.is_department_wide or (components and not blind):
        return []
    where = f"cases of {', '.join(blind)}" if components else "the cases of all components"
    return [f"{person} cannot read {where}. An administrator gives them a role there first."]


# -- who sees what waits ----------------------------------------------------------------------------


def namings(user: Any) -> list[DeterminingOfficial]:
    """The person's running namings, read once per user instance like `standing`."""
    held: list[DeterminingOfficial] | None = getattr(user, "_namings", None)
    if held is None:
        held = user._namings = list(running(user)) if standing(user).roles else []
    return held


def can_see(user: Any) -> bool:
    """Who determines, and who runs or audits the inventory, sees what waits."""
    return standing(user).has(*SEE_ALL) or bool(namings(user))


def determinable(user: Any) -> QuerySet[UseCase]:
    """The cases this person sees as waiting: those they may open; a named official's of the components named for."""
    rows = visible_to(user)
    if standing(user).has(*SEE_ALL):
        return rows
    held = namings(user)
    if any(one.component_id is None for one in held):
        return rows
    return rows.filter(component__in=[one.component_id for one in held])


def acknowledge_refusals(user: Any, row: Determination) -> list[str]:
    """The Chief AI Officer acknowledges what a named official cleared, never what they signed themselves."""
    if not standing(user).has(Role.CAIO):
        return ["Only the Chief AI Officer acknowledges that a presumption was cleared."]
    if not row.is_acknowledgeable:
        return ["Only a presumption that a named official cleared is acknowledged."]
    if row.signed_by_id == user.pk:
        return ["You signed it yourself, so somebody else acknowledges it."]
    return recused(row.use_case, user)
