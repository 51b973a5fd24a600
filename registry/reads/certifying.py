"""What a component's lead certifies, and exactly what is not complete: each gap with its number and its rows."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from registry.inventory.schema import Layout
from registry.models import Certification, ComponentCall, ProposedCorrection, StillTrue, UseCase
from registry.reads import call_points, call_states, cots
from registry.reads.cycles import Part, called, whole_part
from registry.reads.outside import unresolved

SHOWN = 12  # cases named of one gap; its list has them all
# The states of a case that keep a part from being complete, in the order of the page.
OPEN = {
    "unanswered": "Use cases nobody went through",
    "unfiled": "Use cases with changes nobody filed",
    "unowned": "Use cases without an owner",
    "unpublished": "Use cases that stay out of the public file until somebody answers whether they are withheld",
    "handovers": "Use cases offered to somebody who has not answered",
}


@dataclass(frozen=True)
class Gap:
    """One thing that is not complete. `cases` names the first few; `url` has exactly `count` rows."""

    code: str
    label: str
    count: int
    url: str
    cases: tuple[tuple[str, str], ...] = ()  # (Use Case ID, what is wrong)

    @property
    def more(self) -> int:
        """Cases that are not named here."""
        return self.count - len(self.cases)

    def as_json(self) -> dict[str, Any]:
        """What a certification keeps of it."""
        return {"code": self.code, "label": self.label, "count": self.count}


def _common_uses(call: ComponentCall, layout: Layout) -> Gap | None:
    """OMB's fixed common uses the component has not wholly answered or attested for this year."""
    del layout
    url = f"{reverse('cots-component', args=[call.component.code])}?year={call.cycle.year}"
    count = cots.unattested(call.component, call.cycle.year)
    return Gap("cots", "Common commercial uses not answered or attested", count, url)


def _outside_lines(call: ComponentCall, layout: Layout) -> Gap | None:
    """Lines of other offices' lists that the component has not accounted for (GAO-24-105980, completeness)."""
    del layout
    url = f"{reverse('outside-list')}?component={call.component.code}&state=waiting"
    return Gap("outside", "Lines of lists from outside nobody accounted for", unresolved(call.component), url)


# Counts other areas of the inventory add. Each gives a gap, or None.
NEIGHBOURS: tuple[Callable[[ComponentCall, Layout], Gap | None], ...] = (_common_uses, _outside_lines)


@dataclass
class ToCertify:
    """What somebody certifies: the filed revisions, what is not complete, and whether one signature is enough."""

    part: Part
    revisions: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Stands for exactly this, so that a signature is of what the signer saw."""
        told = [sorted(self.revisions.items()), [(gap.code, gap.count) for gap in self.gaps]]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def to_certify(call: ComponentCall, layout: Layout) -> ToCertify:
    """The component's part as it stands now, over all its cases."""
    rows = called(call.cycle).filter(component=call.component_id).order_by("use_case_id")
    found = ToCertify(whole_part(call), filed_numbers(rows))
    page, number = call.get_absolute_url(), call_states.counts(rows, call.cycle)
    corrections = f"{reverse('corrections-list')}?component={call.component.code}"
    counted = [
        *(Gap(state, label, number[state], f"{page}?state={state}") for state, label in OPEN.items()),
        Gap("corrections", "Corrections from files nobody answered", _corrections(call), corrections),
    ]
    counted += [
        Gap(
            code if code == call_points.WITHHELD else f"issue:{code}",
            call_points.title(code),
            len(cases),
            f"{page}?point={code}",
            _named(cases),
        )  # fmt: skip
        for code, cases in call_points.points(call, layout).items()
    ]
    found.gaps = [gap for gap in counted if gap.count]
    found.gaps += [gap for one in NEIGHBOURS if (gap := one(call, layout)) and gap.count]
    return found


def _named(cases: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, " ".join(told)) for name, told in islice(cases.items(), SHOWN))


def filed_numbers(rows: QuerySet[UseCase]) -> dict[str, int]:
    """{Use Case ID: filed revision} of filed cases."""
    numbers = rows.order_by("use_case_id").values_list("use_case_id", "filed_number")
    return {name: number for name, number in numbers if number is not None}


def _corrections(call: ComponentCall) -> int:
    rows = ProposedCorrection.objects.filter(use_case__component=call.component_id)
    return rows.filter(state=ProposedCorrection.State.OPEN).count()


def changed_since(certification: Certification) -> list[tuple[str, str]]:
    """(Use Case ID, what happened) of each case that is not as it was certified."""
    rows = called(certification.call.cycle).filter(component=certification.call.component_id)
    now = filed_numbers(rows)
    then = certification.revisions
    found = [(name, "added") for name in now if name not in then]
    found += [(name, "no longer in the part") for name in then if name not in now]
    found += [
        (name, f"revision {number} counts, certified was {then[name]}")
        for name, number in now.items()
        if name in then and then[name] != number
    ]
    return sorted(found)


def second_signature(call: ComponentCall, person: Any) -> str:
    """Why a second person has to sign; empty where the lead's signature is enough.

    Design section 4: certifying states completeness, and whoever entered most of a part does not state it alone.
    """
    rows = called(call.cycle).filter(component=call.component_id)
    cases = rows.count()
    if not cases:
        return ""
    if not rows.exclude(owner=person).exists():
        return "The lead owns every use case of the component."
    said = StillTrue.objects.filter(cycle=call.cycle, is_current=True, use_case__in=rows.order_by().values("pk"))
    if said.filter(confirmed_by=person).count() * 2 > cases:
        return "The lead went through most of the use cases alone."
    return ""
