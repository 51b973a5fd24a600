"""Who may see compliance pages, and who may record, verify, accept and waive. Sentences say why not."""

from typing import Any

from accounts.models import Component, Role
from accounts.permissions import standing
from governance.compliance.snapshot import may_not_verify
from governance.permissions import standing_in
from governance.permissions.authorship import recused
from governance.reads import conditions
from registry.models import UseCase
from registry.permissions import KNOWS_ALL, is_responsible

RUNNERS = (Role.INVENTORY_MANAGER, Role.CAIO, Role.DEPUTY_CAIO)
VERIFIERS = (Role.OFFICE_REVIEWER, Role.INVENTORY_MANAGER, Role.CAIO, Role.DEPUTY_CAIO)
OWN_WORK = "You wrote, submitted or brought evidence for this case. Somebody else has to do this."


def can_see_compliance(user: Any) -> bool:
    """People who work in a component or look across all of them."""
    who = standing(user)
    return bool(who.reads_in) or who.is_department_wide


def can_see_component(user: Any, component: Component) -> bool:
    """Its own people, and roles that look across components."""
    who = standing(user)
    return who.is_department_wide or component.pk in who.reads_in


def sees_every_case(user: Any) -> bool:
    """Whether no case is kept from this person, so that totals are the department's."""
    return standing(user).has(*KNOWS_ALL)


def can_see_runs(user: Any) -> bool:
    """Runs are over the whole registry: for roles that look across components, and who keeps the portal running."""
    who = standing(user)
    return who.is_department_wide or who.has(Role.ADMINISTRATOR)


def run_refusals(user: Any, *, is_reproduction: bool) -> list[str]:
    """An auditor repeats past days, which changes nothing; a run of today changes findings."""
    who = standing(user)
    if who.has(*RUNNERS) or (is_reproduction and who.has(Role.AUDITOR)):
        return []
    if who.has(Role.AUDITOR):
        return ["An auditor repeats a past day or what was known at a moment. A run of today is the manager's."]
    return ["The inventory manager and the Chief AI Officer ask for runs. Ask one of them."]


def evidence_refusals(user: Any, use_case: UseCase) -> list[str]:
    """Those who answer for the case bring its evidence."""
    if is_responsible(user, use_case):
        return []
    return [f"Only the owner and the people of {use_case.component} record evidence for this case."]


def verification_refusals(user: Any, use_case: UseCase, practice: str) -> list[str]:
    """Verified is by somebody who neither built nor submitted it (design section 3, practice levels)."""
    if not standing(user).has(*VERIFIERS):
        return ["Only a reviewing office, the inventory manager, the Chief AI Officer or the deputy verifies evidence."]
    return _own_or_blocked(user, use_case, practice)


def _own_or_blocked(user: Any, use_case: UseCase, practice: str) -> list[str]:
    """Not by who did the work or stepped aside, and not while a condition blocks the practice (design section 4)."""
    own = [OWN_WORK] if user.pk in may_not_verify(use_case, practice) else []
    return [*recused(use_case, user), *own, *conditions.practice_words(use_case, practice)]


def acceptance_refusals(user: Any, use_case: UseCase, practice: str) -> list[str]:
    """The Chief AI Officer accepts that a practice does not apply, never on an own case."""
    if not standing(user).has(Role.CAIO):
        in_person = standing_in.in_person(user, "not_applicable")
        return in_person or ["Only the Chief AI Officer accepts that a practice does not apply."]
    return _own_or_blocked(user, use_case, practice)


def waiver_refusals(user: Any, use_case: UseCase, practice: str) -> list[str]:
    """A waiver is the Chief AI Officer's own act and cannot be delegated (M-25-21 section 4(a))."""
    who = standing(user)
    if who.has(Role.CAIO):
        own = [OWN_WORK] if user.pk in may_not_verify(use_case, practice) else []
        return [*recused(use_case, user), *own]
    if in_person := standing_in.in_person(user, "waive"):
        return in_person
    if who.has(Role.DEPUTY_CAIO):
        return ["A waiver cannot be delegated to the deputy: only the Chief AI Officer grants or revokes one."]
    return ["Only the Chief AI Officer grants or revokes a waiver."]
