"""Whose a finding is, and who comments, says whose it is, and accepts its risk. Sentences say why not."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Membership, Office, Role, User
from accounts.permissions import standing
from governance import lifecycle_guards as guards
from governance.models import Finding
from governance.permissions.authorship import authors, recused
from governance.permissions.office import offices_of
from governance.permissions.standing_in import in_person
from registry.models import UseCase
from registry.permissions import is_responsible, visible_to
from registry.permissions.know import blind_refusals
from registry.permissions.talk import comment_refusals, viewers

ASSIGNERS = (Role.INVENTORY_MANAGER, Role.CAIO, Role.DEPUTY_CAIO)
UNKNOWN = "You cannot act on a finding of a case you may not know of."
OVER = "It is resolved: the last run of the checks no longer found it. There is nothing left to do."


def mine(user: Any) -> Q:
    """The findings that are this person's: named, of their office, or falling to them by the provision."""
    who = standing(user)
    unnamed = Q(assigned_to=None, office=None)
    owned = Q(use_case__owner=user) | Q(use_case__backup_owner=user)
    owned |= Q(use_case__owner=None, use_case__component__in=who.lead_of)
    found = Q(assigned_to=user) | of_office(user) | (unnamed & Q(falls_to="owner") & owned)
    found |= unnamed & Q(falls_to="component_lead", use_case__component__in=who.lead_of)
    for falls_to in (Role.INVENTORY_MANAGER, Role.CAIO):
        if who.has(falls_to):
            found |= unnamed & Q(falls_to=falls_to.value)
    return found


def of_office(user: Any) -> Q:
    """The findings that lie with an office this person acts for, and with nobody by name."""
    return Q(assigned_to=None, office__in=offices_of(user))


def findings_visible_to(user: Any) -> QuerySet[Finding]:
    """Findings of the cases a person may know of."""
    return Finding.objects.filter(use_case__in=visible_to(user).values("pk"))


def _reading_refusals(user: Any, finding: Finding) -> list[str]:
    if not visible_to(user).filter(pk=finding.use_case_id).exists():
        return [UNKNOWN]
    return blind_refusals(user, finding.use_case, [finding.field] if finding.field else [])


def note_refusals(user: Any, finding: Finding) -> list[str]:
    """Who takes part in the conversation about the case comments on its findings, never on what they may not read."""
    return _reading_refusals(user, finding) or comment_refusals(user, finding.use_case)


def assign_refusals(user: Any, finding: Finding) -> list[str]:
    """Who answers for the case, whose it is, and who looks after the inventory say whose a finding is."""
    if reasons := _reading_refusals(user, finding):
        return reasons
    if not finding.is_standing:
        return [OVER]
    who = standing(user)
    is_theirs = finding.assigned_to_id == user.pk or finding.office_id in offices_of(user)
    if is_theirs or is_responsible(user, finding.use_case) or who.has(*ASSIGNERS):
        return []
    return [f"Only {finding.use_case.whom}, whoever has it now, and the inventory manager say whose a finding is."]


def assignable(use_case: UseCase, field: str = "") -> QuerySet[User]:
    """Whom a finding can be given to: who may see the case and what it is about, and does more than audit it."""
    at_work = Membership.objects.current().exclude(role=Role.AUDITOR)
    return viewers(use_case, field).filter(pk__in=at_work.values("user")).order_by("name", "pk")


def offices_for(use_case: UseCase) -> QuerySet[Office]:
    """The offices a finding of this case can be given to: the department's, and the component's own."""
    near = Q(component=None) | Q(component=use_case.component_id)
    return Office.objects.filter(near, agency=use_case.agency_id).order_by("code")


def accept_refusals(user: Any, finding: Finding) -> list[str]:
    """The Chief AI Officer accepts a risk, a deputy for what is not high-impact; never of a case of their own.

    M-25-21, appendix section 4(b)(ii), element 7: a named official accepts the risk, and did not write the case.
    """
    if reasons := _reading_refusals(user, finding):
        return reasons
    if reasons := _official_refusals(user, finding.use_case):
        return reasons
    if not finding.is_standing:
        return [OVER]
    if finding.state == Finding.State.WAIVED:
        return ["A waiver covers it already. There is no risk left to accept."]
    return []


def back_refusals(user: Any, finding: Finding) -> list[str]:
    """Who may accept the risk may take that back."""
    return _reading_refusals(user, finding) or _official_refusals(user, finding.use_case)


def _official_refusals(user: Any, use_case: UseCase) -> list[str]:
    who = standing(user)
    if not who.has(Role.CAIO, Role.DEPUTY_CAIO):
        return in_person(user, "accept_risk") or [
            "Only the Chief AI Officer, or the deputy for what is not high-impact, accepts the risk of a finding."
        ]
    if not who.has(Role.CAIO) and guards.deputy_reach(use_case.impact, use_case.signed_impact or guards.NOT_HIGH):
        return ["This case is high-impact or presumed to be: only the Chief AI Officer accepts a risk of it."]
    ask = "Let the Board look at it."
    return [*recused(use_case, user), *guards.not_an_author(user.pk, authors(use_case), "accept a risk of", ask)]
