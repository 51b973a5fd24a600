"""Demonstration: one component takes part in another's case, and one asks to."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Component, Role, User
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry.actions import participation
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.similar import Match

PARTS = (
    ("USCIS", "CBP", 40, "Applicants who arrive by ferry are matched with the picture of their application.", True),
    ("FEMA", "ICE", 6, "Tips about invented aid fraud come through the same line after a storm.", False),
)


def take_part(cast: Cast) -> None:
    """Each row: who asks, whom, days ago, what for, and whether the owner has said yes."""
    for asking, owning, ago, part, is_accepted in PARTS:
        use_case = _case_of(owning)
        people = cast.holding(Role.PROGRAM_OFFICER, component=asking)
        if use_case is None or not people:
            continue
        then = timezone.now() - timedelta(days=ago)
        component = Component.objects.get(code=asking, agency=use_case.agency)
        with at(then):
            asked = participation.ask_to_join(Match(use_case, False, False), component, part=part, actor=people[0])
        if is_accepted:
            with at(then + timedelta(days=2)):
                participation.answer_join(asked, accepts=True, answer="", actor=_owner(use_case))


def _case_of(component: str) -> UseCase | None:
    """A deployed case of the component that is open to others, the oldest."""
    rows = UseCase.objects.filter(component__code=component, stage="deployed", impact="high_impact")
    return rows.exclude(handling=Handling.RESTRICTED).exclude(owner=None).order_by("pk").first()


def _owner(use_case: UseCase) -> User:
    if use_case.owner is None:
        raise ValueError(f"{use_case} has no owner.")
    return use_case.owner
