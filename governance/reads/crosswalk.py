"""Links between provisions and the outcomes of the NIST AI Risk Management Framework."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils import timezone

from governance.compliance import in_force
from registry import crosswalk
from registry.instruments import readings


@dataclass(frozen=True)
class Counterpart:
    """A provision on the other side, and where the catalogue shows it."""

    ref: str
    title: str
    url: str


def framework(ref: str) -> list[Counterpart]:
    """What corresponds to a provision or an outcome, in the order of the crosswalk."""
    places = _places()
    return [places[other] for other in crosswalk.served(ref, timezone.localdate()) if other in places]


@cache
def _places() -> dict[str, Counterpart]:
    """Ref -> where it stands; of several editions the newest. The catalogue's files do not change under a process."""
    found: dict[str, Counterpart] = {}
    for instrument in in_force.instruments():
        for edition in readings(instrument):
            page = reverse("policy-edition", args=[instrument.slug, edition.key])
            for one in edition.provisions:
                url = f"{page}#{one.ref.replace('/', '-')}"
                found[one.ref] = Counterpart(one.ref.removeprefix(crosswalk.PREFIX), one.title, url)
    return found
