"""Who takes part in a case, who asks to, and whom restricting it would shut out."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from registry.models import JoinRequest, UseCase, UseCaseComponent
from registry.permissions.know import known_to
from registry.permissions.people import people_of


@dataclass(frozen=True)
class Participant:
    """One component's part: who of it could still read a restricted case, and who could not."""

    part: UseCaseComponent
    stay: list[User]
    lose: list[User]


@dataclass(frozen=True)
class TakingPart:
    """The participating components, and the open requests restricting the case would close."""

    participants: list[Participant]
    requests: list[JoinRequest]

    @property
    def losing(self) -> list[Participant]:
        """The components in which somebody loses the case."""
        return [one for one in self.participants if one.lose]


def taking_part(use_case: UseCase) -> TakingPart:
    """What restricting the case ends, whether it is restricted already or not."""
    parts = UseCaseComponent.objects.filter(use_case=use_case, is_owner=False).select_related("component")
    found = [_participant(part, use_case) for part in parts.order_by("component__code")]
    return TakingPart(found, requests_to_close(use_case))


def _participant(part: UseCaseComponent, use_case: UseCase) -> Participant:
    stay, lose = _parted(people_of(part.component).filter(is_active=True).order_by("name"), use_case)
    return Participant(part, stay, lose)


def _parted(people: Iterable[User], use_case: UseCase) -> tuple[list[User], list[User]]:
    """Those who need to know of the case, and those who do not."""
    stay: list[User] = []
    lose: list[User] = []
    for person in people:
        (stay if needs_it(person, use_case) else lose).append(person)
    return stay, lose


def needs_it(person: User, use_case: UseCase) -> bool:
    """Whether the person knows of the case while it is restricted."""
    return known_to(person).filter(pk=use_case.pk).exists()


def requests_to_close(use_case: UseCase) -> list[JoinRequest]:
    """Open requests whose askers do not need to know of the case."""
    rows = JoinRequest.objects.filter(use_case=use_case, state=JoinRequest.State.OPEN)
    rows = rows.select_related("component", "asked_by", "use_case")
    return [row for row in rows if not needs_it(row.asked_by, use_case)]
