"""A row of the URL x role matrix, and the groups of roles rows name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

DEPARTMENT = (
    "manager", "priv", "crcl", "caio", "deputy", "secretary", "member", "leader", "auditor",
)  # fmt: skip
CBP = ("officer", "lead")
EVERYBODY = "*"
Scene = Callable[[Any], dict[str, Any]]


def nothing(cast: Any) -> dict[str, Any]:
    """An address without arguments."""
    return {}


@dataclass(frozen=True)
class Row:
    """Who is let in; `body` is the query of a GET or the fields of a POST."""

    roles: Iterable[str]
    scene: Scene = nothing
    method: str = "GET"
    body: dict[str, Any] = field(default_factory=dict)
    is_public: bool = False
    is_page: bool = True  # False: a file, JSON, or a redirect

    @property
    def viewer(self) -> str:
        """Somebody who is let in, for looking at the page."""
        return "auditor" if self.roles == EVERYBODY else next(iter(self.roles))

    def allowed(self, all_roles: Iterable[str]) -> set[str]:
        """The roles that are let in."""
        return set(all_roles) if self.roles == EVERYBODY else set(self.roles)
