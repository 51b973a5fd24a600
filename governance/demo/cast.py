"""The demonstration's people, from `fixtures/demo/people.yaml`."""

from datetime import date
from pathlib import Path

from accounts.models import Agency, Component, Membership, Office, Role, User
from registry import yaml_source

SINCE = date(2025, 1, 6)


class Cast:
    """People by name, and by role, component and office."""

    def __init__(self, people: list[tuple[User, dict[str, str]]]) -> None:
        self._people = people
        self._by_name = {person.name: person for person, _ in people}

    def named(self, name: str) -> User:
        """The person of that name."""
        return self._by_name[name]

    def holding(self, role: str, **place: str) -> list[User]:
        """Everybody in a role, in a component or office where one is named."""
        wanted = {"role": role, **place}
        return [person for person, row in self._people if wanted.items() <= row.items()]

    def one(self, role: str, **place: str) -> User:
        """The first of them."""
        return self.holding(role, **place)[0]


def load_cast(folder: Path, agency: Agency) -> Cast:
    """Add the invented people with their roles; those who are there already stay as they are."""
    tree = yaml_source.read(folder / "people.yaml")
    return Cast([(_person(row, tree["domain"], agency), row) for row in tree["people"]])


def _person(row: dict[str, str], domain: str, agency: Agency) -> User:
    address = f"{row['name'].lower().replace(' ', '.')}@{domain}".encode("ascii", "ignore").decode()
    person = User.objects.filter(email=address).first()
    if person:
        return person
    person = User.objects.create_user(address, name=row["name"], is_fictional=True)
    Membership.objects.create(
        user=person,
        role=Role(row["role"]),
        component=Component.objects.get(agency=agency, code=row["component"]) if "component" in row else None,
        office=Office.objects.get(agency=agency, code=row["office"]) if "office" in row else None,
        starts_on=SINCE,
    )
    return person
