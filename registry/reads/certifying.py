"""What a component's lead certifies, and exactly what is not complete: each gap with its number and its rows."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from registry import document as documents
from registry import quality
from registry.inventory.issue_words import TITLES
from registry.inventory.schema import Layout
from registry.models import Certification, ComponentCall, Handover, ProposedCorrection, StillTrue, UseCase
from registry.reads import cots
from registry.reads.cycles import Part, called, whole_part
from registry.reads.outside import unresolved
from registry.reads.withholding import current, states
from registry.withholding import WORRYING

SHOWN = 12  # cases named of one gap; its rows have them all


@dataclass(frozen=True)
class Gap:
    """One thing that is not complete. `cases` names the first few; `url` has the rows."""

    code: str
    label: str
    count: int
    url: str = ""
    cases: tuple[tuple[str, str], ...] = ()  # (Use Case ID, what is wrong)

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


def _withheld(call: ComponentCall, layout: Layout) -> Gap | None:
    """What is withheld though its review was refused or has expired (OMB 2025 reporting guidance, withholding)."""
    del layout
    rows = called(call.cycle).filter(component=call.component_id)
    found = [state for said in states(current(rows), timezone.localdate()).values() for state in said.values()]
    url = f"{reverse('withholding-overview')}?component={call.component.code}"
    count = sum(state in WORRYING for state in found)
    return Gap("withholding", "Withheld though the review was refused or has expired", count, url)


# Counts other areas of the inventory add. Each gives a gap, or None.
NEIGHBOURS: tuple[Callable[[ComponentCall, Layout], Gap | None], ...] = (_common_uses, _outside_lines, _withheld)


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
    part = whole_part(call)
    found = ToCertify(part, filed_numbers(rows))
    page = call.get_absolute_url()
    counted = [
        Gap("unanswered", "Use cases nobody went through", part.unanswered, f"{page}?state=unanswered"),
        Gap("unfiled", "Use cases with changes nobody filed", part.unfiled, f"{page}?state=unfiled"),
        Gap("unowned", "Use cases without an owner", part.unowned,
            f"{reverse('use_cases-list')}?component={call.component.code}&show=unowned"),
        Gap("handovers", "Hand-overs nobody answered", _offers(call), reverse("handovers-list")),
        Gap("corrections", "Corrections from files nobody answered", _corrections(call), reverse("corrections-list")),
    ]  # fmt: skip
    found.gaps = [gap for gap in [*counted, *_issues(call, layout)] if gap.count]
    found.gaps += [gap for one in NEIGHBOURS if (gap := one(call, layout)) and gap.count]
    return found


def filed_numbers(rows: QuerySet[UseCase]) -> dict[str, int]:
    """{Use Case ID: filed revision} of filed cases."""
    numbers = rows.order_by("use_case_id").values_list("use_case_id", "filed_number")
    return {name: number for name, number in numbers if number is not None}


def _offers(call: ComponentCall) -> int:
    here = Q(from_component=call.component_id) | Q(to_component=call.component_id)
    return Handover.objects.filter(here, state=Handover.State.OFFERED).count()


def _corrections(call: ComponentCall) -> int:
    rows = ProposedCorrection.objects.filter(use_case__component=call.component_id)
    return rows.filter(state=ProposedCorrection.State.OPEN).count()


def _issues(call: ComponentCall, layout: Layout) -> list[Gap]:
    """What the quality rules and the reader of files hold against the filed answers, by kind."""
    rows = called(call.cycle).filter(component=call.component_id).order_by("use_case_id")
    told = rows.values_list("use_case_id", "name", "filed_document")
    cases = [(name, title, document or documents.empty()) for name, title, document in told]
    bearers: dict[str, list[str]] = defaultdict(list)
    for name, title, _ in cases:
        bearers[quality.name_key(title or "")].append(name)
    same = {title: tuple(names) for title, names in bearers.items() if title and len(names) > 1}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, _, document in cases:
        context = quality.Context(timezone.localdate(), layout.columns, None, name, same)
        for concern in quality.concerns(document, context):
            if concern.severity == quality.WARNING:
                found[concern.code].append((name, concern.message))
        found["flagged"] += [(name, one.get("message", "")) for one in documents.flagged(document).values()]
    titles = {**TITLES, "flagged": "Answers nobody understood"}
    return [
        Gap(f"issue:{code}", titles.get(code, code), len(several), cases=tuple(several[:SHOWN]))
        for code, several in sorted(found.items(), key=lambda pair: -len(pair[1]))
    ]


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
