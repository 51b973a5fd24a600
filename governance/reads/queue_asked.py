"""What somebody asks of a queue, as it stands in an address: whose lanes, which of them, of which office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from accounts.models import Component, Office, User
from governance.permissions.office import works_lanes
from registry.view_places import QUEUE

SCOPES = {"mine": "Mine", "office": "My office’s", "all": "All offices’"}
# Days since the lane's clock began, first and last; None for no end.
AGES: dict[str, tuple[int, int | None]] = {
    "0-5": (0, 5), "6-10": (6, 10), "11-20": (11, 20), "21-40": (21, 40), "41": (41, None),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One kind of work and what is wanted of it; a scope, an office, a person and an age narrow lanes only."""

    work: str
    scope: str = ""
    show: str = "all"
    office: str = ""
    component: str = ""
    person: str = ""
    age: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values for an address; the usual ones are left out."""
        place = ("scope", self.scope) if self.scope else ("work", self.work)
        more = [(name, getattr(self, name)) for name in ("office", "component", "person", "age")]
        show = [("show", self.show)] if self.show != "all" else []
        return [place, *show, *((name, value) for name, value in more if value)]

    @property
    def text(self) -> str:
        """The query string that asks the same again."""
        return urlencode(self.pairs)

    @property
    def filters(self) -> list[tuple[str, str, str]]:
        """What narrows it, in words, each with the query string without it."""
        said = [("office", f"Office {self.office}"), ("component", f"Component {self.component}")]
        said += [("person", f"With {_name(self.person)}"), ("age", age_words(self.age))]
        return [(name, words, replace(self, **{name: ""}).text) for name, words in said if getattr(self, name)]

    @property
    def narrowing(self) -> Q:
        """Office, component, person and age as a condition on lanes."""
        found = Q()
        if self.office:
            found &= Q(office__code=self.office)
        if self.component:
            found &= Q(review__use_case__component__code=self.component)
        if self.person:
            found &= Q(assigned_to=self.person)
        if self.age:
            found &= aged(self.age)
        return found


def read(user: Any, given: Mapping[str, Any], works: list[str], filters: Mapping[str, str]) -> Asked:
    """The question in a request's GET; what is no part of one, or not this person's to ask, is left out."""
    show = given.get("show", "all")
    scope, work = given.get("scope", ""), given.get("work", "")
    if show == "mine":  # how it was asked before there were scopes
        scope, show = "mine", "all"
    allowed = scopes(user)
    if scope not in allowed and (work == "lanes" or work not in works):
        scope = "" if works and works[0] != "lanes" and work != "lanes" else _usual(allowed)
    if scope not in allowed:
        return Asked(work if work in works else works[0], show=show if show in filters else "all")
    return Asked("lanes", scope, show if show in filters else "all", **_narrowed(given))


def usual(user: Any, work: str) -> Asked:
    """A kind of work as it opens: for lanes those of the person's offices."""
    return Asked(work, _usual(scopes(user)) if work == "lanes" else "")


def scopes(user: Any) -> list[str]:
    """Whose lanes a person may ask for: who works in lanes has own ones, everybody with a queue may look at all."""
    return list(SCOPES) if works_lanes(user) else ["all"]


def _usual(allowed: list[str]) -> str:
    return "office" if "office" in allowed else "all"


def _narrowed(given: Mapping[str, Any]) -> dict[str, str]:
    """Codes and keys that exist; a typed or forged one narrows nothing."""
    found = {name: str(given.get(name, ""))[:40] for name in QUEUE.names if name in ("office", "component", "person")}
    if found["office"] and not Office.objects.filter(code=found["office"]).exists():
        found["office"] = ""
    if found["component"] and not Component.objects.filter(code=found["component"]).exists():
        found["component"] = ""
    if not (found["person"].isascii() and found["person"].isdigit() and len(found["person"]) < 10):
        found["person"] = ""
    age = given.get("age", "")
    return {**found, "age": age if age in AGES else ""}


def aged(age: str) -> Q:
    """Lanes whose clock began that many days ago, by the department's days."""
    first, last = AGES[age]
    today = timezone.localdate()
    found = Q(opened_at__date__lte=today - timedelta(days=first))
    return found & Q(opened_at__date__gte=today - timedelta(days=last)) if last is not None else found


def age_words(age: str) -> str:
    """6 to 10 days."""
    if age not in AGES:
        return ""
    first, last = AGES[age]
    return f"{first} to {last} days" if last is not None else f"{first} days or more"


def _name(person: str) -> str:
    return str(User.objects.filter(pk=person).first() or "nobody") if person else ""
