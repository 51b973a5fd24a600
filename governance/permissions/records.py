"""Who records what about a case, who signs and withdraws it; and what ties whoever did it to the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import BOARD_ROLES, Membership, Office, Role
from accounts.permissions import standing
from governance import record_kinds
from governance.compliance.snapshot import Clocks
from governance.compliance.snapshot.records import authors_of
from governance.models import DatedRecord, Decision
from governance.permissions.authorship import recused
from governance.permissions.office import seat
from governance.record_kinds import CASE, ROLES, Kind
from registry.models import UseCase
from registry.permissions import is_responsible, visible_to

DECIDERS = (Role.CAIO, Role.DEPUTY_CAIO, *BOARD_ROLES)
TIES = {
    "wrote": "wrote or submitted answers of the case",
    "component": "works in the component that owns the case",
    "decides": "also decides on the case",
    "unknown": "is nobody of this portal, so that nobody is involved rests on the word of whoever recorded it",
}
UNKNOWN = "You cannot record anything about a case you may not know of."


@dataclass(frozen=True)
class As:
    """As whom somebody records: for an office, or none; or why not."""

    office: Office | None = None
    refusals: tuple[str, ...] = ()
    acting_for: str = ""


def records_visible_to(user: Any) -> QuerySet[DatedRecord]:
    """Records of the cases a person may know of."""
    return DatedRecord.objects.filter(use_case__in=visible_to(user).values("pk"))


def recording(user: Any, use_case: UseCase, kind: Kind, about: DatedRecord | None = None) -> As:
    """As whom this person may put a record of this kind on the case.

    Refused to whoever may not know of the case or has no part in the kind, and for a signature to whoever wrote or
    submitted the case or recorded what is signed (M-25-21, appendix section 4(b)(ii): the accepting individual).
    """
    if not visible_to(user).filter(pk=use_case.pk).exists():
        return As(refusals=(UNKNOWN,))
    found = _as_whom(user, use_case, kind)
    if found.refusals or not kind.is_signature:
        return found
    return As(found.office, tuple(signing_refusals(user, use_case, about)), found.acting_for)


def _as_whom(user: Any, use_case: UseCase, kind: Kind) -> As:
    who = standing(user)
    if CASE in kind.recorders and is_responsible(user, use_case):
        return As()
    for word, role in ROLES.items():
        if word in kind.recorders and who.has(role) and (word != "lead" or use_case.component_id in who.lead_of):
            return As()
    offices = list(Office.objects.filter(agency=use_case.agency_id, code__in=kind.offices).order_by("code"))
    seats = [(office, seat(user, office, use_case)) for office in offices]
    for office, found in seats:
        if found.by and not found.reasons:
            return As(office, (), found.acting_for)
    barred = next((found.reasons for _, found in seats if found.by and found.reasons), None)
    return As(refusals=barred or (f"Only {recorder_words(use_case, kind)} can record this.",))


def signing_refusals(user: Any, use_case: UseCase, about: DatedRecord | None) -> list[str]:
    """A signature is not given by who wrote, submitted or recorded what is signed, nor by who stepped aside."""
    said = list(recused(use_case, user))
    if user.pk in authors_of([use_case.pk], Clocks(timezone.localdate()))[use_case.pk]:
        said.append("You wrote or submitted answers of this case. Somebody else has to sign.")
    elif about is not None and about.recorded_by_id == user.pk:
        said.append("You recorded what is to be signed. Somebody else has to sign.")
    return said


def withdrawal_refusals(user: Any, row: DatedRecord) -> list[str]:
    """A record is withdrawn from the side it came from; a signature, verification or acceptance by who gave it."""
    case, kind = row.use_case, row.kind_words
    if not visible_to(user).filter(pk=case.pk).exists():
        return [UNKNOWN]
    if row.office:
        return list(seat(user, row.office, case).reasons)
    if kind.is_signature or kind.slug in (record_kinds.VERIFICATION, record_kinds.ACCEPTANCE):
        if row.recorded_by_id == user.pk or standing(user).has(Role.CAIO):
            return []
        return [f"Only {row.recorded_by}, who gave it, or the Chief AI Officer withdraws this."]
    return list(_as_whom(user, case, kind).refusals)


def recorder_words(use_case: UseCase, kind: Kind, offices: dict[str, str] | None = None) -> str:
    """Who can record it, inside a sentence; `offices` spares the query: {code: name}."""
    if offices is None:
        rows = Office.objects.filter(agency=use_case.agency_id, code__in=kind.offices)
        offices = dict(rows.values_list("code", "name"))
    lead = f"the {use_case.component.code} lead"
    owner = f"{use_case.owner} (the owner)" if use_case.owner_id else f"anybody of {use_case.component.code}"
    words = {
        CASE: f"{owner}, {lead}",
        "lead": lead,
        "caio": "the Chief AI Officer",
        "deputy_caio": "the deputy",
        "verifier": "a reviewing office, the inventory manager, the Chief AI Officer or the deputy",
    }
    said = [words[one] for one in kind.recorders if one in words]
    said += [f"the {offices.get(code, code)}" for code in kind.offices]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def ties_of(person: Any, use_case: UseCase) -> list[str]:
    """What ties a person to the case, by code of TIES: a reviewer who has any is shown as such."""
    if person is None:
        return ["unknown"]
    found = []
    if person.pk in authors_of([use_case.pk], Clocks(timezone.localdate()))[use_case.pk]:
        found.append("wrote")
    inside = Q(component=use_case.component_id) | Q(office__component=use_case.component_id)
    held = Membership.objects.current().filter(user=person.pk)
    if held.filter(inside).exists():
        found.append("component")
    decided = Decision.objects.filter(use_case=use_case, decided_by=person.pk)
    if held.filter(role__in=DECIDERS).exists() or decided.exists():
        found.append("decides")
    return found
