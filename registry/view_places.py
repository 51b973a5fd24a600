"""The pages whose question somebody may keep under a name: the list of use cases and the queue. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A page with saved views: its address and what may stand in its question; the list, which has none here,
    knows its own names."""

    code: str
    url: str
    label: str
    names: tuple[str, ...] = ()


LIST = Place("list", "/use-cases/", "The list of use cases")
QUEUE = Place(
    "queue", "/reviews/", "The queue", ("work", "scope", "show", "office", "component", "person", "age")
)  # fmt: skip
PLACES = {place.code: place for place in (LIST, QUEUE)}
