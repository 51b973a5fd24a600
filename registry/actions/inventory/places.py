"""Which agency, components and case a row of a file belongs to here, and what stands against importing it."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Agency, Component, User
from audit.workflow import Refused
from registry.actions.inventory.spellings import KnownCase, Meant, Spellings
from registry.inventory.answers import Remark
from registry.inventory.cells import key
from registry.inventory.records import ERROR, WARNING
from registry.inventory.rows import UNKNOWN_AGENCY, UNKNOWN_COMPONENT, Identity, Objection, components
from registry.models import UseCase, UseCaseComponent
from registry.permissions import import_reach

_OTHER_AGENCY = Remark(
    "other_agency", ERROR, "This row is of another agency than the one the file is imported for. Import it there."
)
_ID_OF_OTHER_AGENCY = Remark("other_agency", ERROR, "This ID belongs to another agency's use case. Correct the ID.")
_NOT_YOURS = Remark(
    "not_your_component",
    ERROR,
    "You import rows of your own component only. Leave the row to its component lead or the inventory manager.",
)
COMPONENT_DIFFERS = Remark(
    "component_differs",
    WARNING,
    "Here the use case belongs to another component. An import moves no case: ask the inventory manager.",
)
# A longer number is no running number; counted, it would push all IDs given later beyond reason.
_RUNNING = re.compile(r"(?:(?P<code>.+)-)?0*(?P<number>\d{1,7})")


@dataclass(frozen=True)
class Places:
    """The registry's agencies, components and cases, as the rows of a file name them."""

    default: Agency
    given: Agency | None
    reach: frozenset[int] | None  # components whose rows may be imported; None: every one
    agencies: dict[str, Agency] = field(default_factory=dict)
    known_components: dict[tuple[int, str], Component] = field(default_factory=dict)
    spellings: Spellings = field(default_factory=lambda: Spellings({}))
    landed: dict[int, str] = field(default_factory=dict)  # the cases of the rows so far, by their IDs in the file

    def meant(self, use_case_id: str | None, name: str, layout: str, agency: str | None) -> Meant:
        """The case a row of a file is about, by its ID."""
        code = (self.agency(agency) or self.default).code
        return self.spellings.meant(use_case_id, name=name, layout=layout, agency=code)

    def agency(self, named: str | None) -> Agency | None:
        """The agency a row names; the one of the import where it names none."""
        return self.agencies.get(key(named)) if named else self.given or self.default

    def components(self, agency: Agency, named: str | None) -> tuple[Component, ...]:
        """The components a cell names, the owning one first; nothing if any of them is unknown."""
        whole = self.known_components.get((agency.pk, key(named or "")))
        if whole:
            return (whole,)
        found = [self.known_components.get((agency.pk, key(part))) for part in components(named or "")]
        return tuple(dict.fromkeys(one for one in found if one)) if all(found) else ()

    def admit(self, row: Identity) -> Objection | None:
        """What stands against importing a row here (design section 4: leads import their own rows only)."""
        agency = self.agency(row.agency)
        if agency is None:
            return Objection("agency", UNKNOWN_AGENCY)
        if self.given and agency.pk != self.given.pk:
            return Objection("agency", _OTHER_AGENCY)
        named = self.components(agency, row.component)
        if not named:
            return Objection("agency_bureau", UNKNOWN_COMPONENT)
        if self.reach is not None and named[0].pk not in self.reach:
            return Objection("agency_bureau", _NOT_YOURS)
        return self._by_id(row, agency, named)

    def _by_id(self, row: Identity, agency: Agency, named: tuple[Component, ...]) -> Objection | None:
        meant = self.meant(row.use_case_id, row.name, row.layout, row.agency)
        if meant.case is None:
            return None
        if meant.how == "ask":
            is_ours = self.reach is None or meant.case.components[0] in self.reach
            return Objection("id", _to_confirm(meant.case) if is_ours else _NOT_YOURS)
        first = self.landed.setdefault(meant.case.pk, row.use_case_id or "")
        if first != row.use_case_id:
            return Objection("id", _twice(meant.case, first))
        return self._against(meant.case, agency, named)

    def _against(self, known: KnownCase, agency: Agency, named: tuple[Component, ...]) -> Objection | None:
        if known.agency_id != agency.pk:
            return Objection("id", _ID_OF_OTHER_AGENCY)
        if self.reach is not None and known.components[0] not in self.reach:
            return Objection("id", _NOT_YOURS)
        owner, *others = (component.pk for component in named)
        if owner != known.components[0] or set(others) != set(known.components[1:]):
            return Objection("agency_bureau", COMPONENT_DIFFERS, holds_row=False)
        return None


def _to_confirm(case: KnownCase) -> Remark:
    message = (
        f"This may be {case.use_case_id} “{case.name}” in another spelling. Say on the page of IDs whether it is the "
        "same case, then read the file again."
    )
    return Remark("id_to_confirm", WARNING, message)


def _twice(case: KnownCase, first: str) -> Remark:
    message = f"This is {case.use_case_id}, and so is the row with the ID {first}. Leave one of the two out."
    return Remark("duplicate_id", ERROR, message)


def places(actor: User, given: Agency | None) -> Places:
    """What the registry knows now. Refused while the portal's own agency is not loaded."""
    found = {agency.code: agency for agency in Agency.objects.all()}
    default = given or found.get(settings.PORTAL_AGENCY)
    if default is None:
        raise Refused(f"The organisation of {settings.PORTAL_AGENCY} is not loaded yet. Run load_catalogue first.")
    agencies = {key(word): agency for agency in found.values() for word in (agency.name, agency.code)}
    rows = Component.objects.all()
    known = {(row.agency_id, key(word)): row for row in rows for word in (row.name, row.code) if word}
    return Places(default, given, import_reach(actor), agencies, known, Spellings(_cases()))


def _cases() -> dict[str, KnownCase]:
    others: dict[int, list[int]] = defaultdict(list)
    for case, component in UseCaseComponent.objects.filter(is_owner=False).values_list("use_case__pk", "component"):
        others[case].append(component)
    rows = UseCase.objects.values_list("use_case_id", "pk", "agency_id", "component_id", "name")
    return {
        spelled.casefold(): KnownCase(pk, agency, (owner, *others[pk]), spelled, name or "")
        for spelled, pk, agency, owner, name in rows
    }


def running_number(use_case_id: str, agency: Agency) -> int | None:
    """The running number of an ID of this agency, so that it is never given again (OMB 2025 guidance, use case ID)."""
    found = _RUNNING.fullmatch(use_case_id)
    if found is None or (found["code"] is not None and found["code"].upper() != agency.code.upper()):
        return None
    return int(found["number"])
