"""Common commercial uses are answered by components and settled for the department; each change is an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Component, User
from audit.log import record
from audit.workflow import Refused, Stale
from registry import cots
from registry.models import CotsUse
from registry.models.cots import subject_of
from registry.permissions.cots import answer_refusals, can_attest, settle_refusals

KEPT = ("is_used", "products", "users", "users_on", "band", "why", "is_attested")
LONGEST = 2_000  # characters of a list of products


class Place(NamedTuple):
    """Whose list: a component's of a year, or the agency's own."""

    agency: Agency
    component: Component | None
    year: int


@dataclass(frozen=True)
class Answer:
    """What somebody says of one use; `version` is that of the row they saw, 0 where there was none."""

    is_used: bool | None
    products: str = ""
    users: int | None = None
    users_on: date | None = None
    version: int = 0
    band: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as a row keeps them: nothing is said of the users of what is not used."""
        if not self.is_used:
            return {"is_used": self.is_used, "products": "", "users": None, "users_on": None, "band": ""}
        return {
            "is_used": True, "products": self.products, "users": self.users, "band": "" if self.users else self.band,
            "users_on": (self.users_on or timezone.localdate()) if self.users else None,
        }  # fmt: skip


@transaction.atomic
def answer(
    component: Component, year: int, given: Mapping[str, Answer], *, attested: bool, actor: User
) -> list[CotsUse]:
    """Save what changed in a component's list. Rows somebody else changed since are refused, none is half saved.

    `attested`: the lead says that no high-impact use is among them (OMB, 2025 reporting guidance: a high-impact use
    is a use case of its own). A changed row loses an attestation that is not given again.
    """
    if refusals := [*answer_refusals(actor, component), *_mistakes(given, year)]:
        raise Refused(*refusals)
    if attested and not can_attest(actor, component):
        raise Refused(f"Only the {component.code} lead attests that no use among them is high-impact.")
    rows = _rows(component.agency, component, year)
    changed = {code: one for code, one in given.items() if _differs(rows.get(code), one)}
    _not_stale(rows, changed, year)
    place = Place(component.agency, component, year)
    changes = {code: _write(rows, code, one, place, actor=actor) for code, one in changed.items()}
    attests = [row for row in rows.values() if attested and row.is_used and not row.is_attested]
    for row in attests:
        row.is_attested, row.attested_by, row.attested_at = True, actor, timezone.now()
        row.save(update_fields=["is_attested", "attested_by", "attested_at"])
    if not changes and not attests:
        raise Refused("Nothing was changed.")
    data = {"changes": changes, "attested": sorted(row.code for row in attests)}
    record("cots.answered", subject_of(component.agency, component, year), actor=actor, data=data)
    return [rows[code] for code in changes]


def _rows(agency: Agency, component: Component | None, year: int) -> dict[str, CotsUse]:
    found = CotsUse.objects.select_for_update().filter(agency=agency, component=component, year=year)
    return {row.code: row for row in found}


def _mistakes(given: Mapping[str, Answer], year: int) -> list[str]:
    layout, found = cots.of_year(year), []
    for code, one in given.items():
        use = layout.use(code)
        if use is None:
            raise Refused(f"The list of {layout.year} has no use {code}).")
        if one.users is not None and not 0 < one.users < 100_000_000:
            found.append(f"{use.short}: the number of users is 1 or more.")
        if one.users_on and one.users_on > timezone.localdate():
            found.append(f"{use.short}: the day of the estimate is still to come.")
        if len(one.products) > LONGEST:
            found.append(f"{use.short}: {len(one.products):,} characters of products; {LONGEST:,} at most.")
        if one.band and layout.band(one.band) is None:
            found.append(f"{use.short}: choose one of the bands.")
    return found


def _differs(row: CotsUse | None, one: Answer) -> bool:
    if row is None:
        return one.is_used is not None
    facts = one.facts
    if one.users == row.users and one.users_on is None:
        facts["users_on"] = row.users_on  # the same estimate, not a newer one
    return any(getattr(row, name) != value for name, value in facts.items())


def _not_stale(rows: Mapping[str, CotsUse], changed: Mapping[str, Answer], year: int) -> None:
    layout = cots.of_year(year)
    shorts = {use.code: use.short for use in layout.uses}
    late = [rows[code] for code, one in changed.items() if code in rows and rows[code].version != one.version]
    if late:
        names = "; ".join(f"{shorts[row.code]} (by {row.changed_by})" for row in late)
        raise Stale(f"Somebody changed rows while you were writing; nothing was saved: {names}. Compare them.")


def _write(
    rows: dict[str, CotsUse], code: str, one: Answer, place: Place, *, actor: User, **more: Any
) -> dict[str, Any]:
    """Write one row; returns what changed, by field: before and after."""
    row = rows.get(code) or CotsUse(**place._asdict(), code=code, version=0)
    before = _said(row) if row.pk else {}
    for name, value in {**one.facts, "is_attested": False, "attested_by": None, "attested_at": None, **more}.items():
        setattr(row, name, value)
    row.version += 1
    row.changed_by, row.changed_at = actor, timezone.now()
    row.save()
    rows[code] = row
    after = _said(row)
    return {name: [before.get(name), after[name]] for name in KEPT if before.get(name) != after[name]}


def _said(row: CotsUse) -> dict[str, Any]:
    return {name: str(value) if isinstance(value := getattr(row, name), date) else value for name in KEPT}


# -- what the department reports --------------------------------------------------------------------


@transaction.atomic
def settle(agency: Agency, year: int, code: str, one: Answer, *, why: str, actor: User) -> CotsUse:
    """Say what the department as a whole reports of a use, where components' bands do not add up or a file says else.

    Sources of the bands: OMB, Guidance on 2025 Agency AI Reporting.
    """
    if refusals := [*settle_refusals(actor), *_mistakes({code: one}, year)]:
        raise Refused(*refusals)
    if not why.strip():
        raise Refused("Say why: the next person to look at the figure will ask.")
    if one.is_used and not (one.band or one.users):
        raise Refused("Choose the band of users.")
    rows = _rows(agency, None, year)
    _not_stale(rows, {code: one}, year)
    place = Place(agency, None, year)
    changes = _write(rows, code, one, place, actor=actor, why=why.strip()[:500], from_file="")
    record("cots.settled", subject_of(agency, None, year), actor=actor, reason=why.strip(), data={code: changes})
    return rows[code]


@transaction.atomic
def unsettle(agency: Agency, year: int, code: str, *, actor: User) -> None:
    """Take a settled figure back: what components say counts again."""
    if refusals := settle_refusals(actor):
        raise Refused(*refusals)
    row = _rows(agency, None, year).get(code)
    if row is None:
        raise Refused("Nothing was settled for this use.")
    before = _said(row)
    row.delete()
    data = {code: {name: [value, None] for name, value in before.items() if value}}
    record("cots.unsettled", subject_of(agency, None, year), actor=actor, data=data)


@transaction.atomic
def take_over(place: Place, given: Mapping[str, Answer], *, file_name: str, sha256: str, actor: User) -> dict[str, Any]:
    """Write rows a file brought; the versions are those of the preview. Returns what changed, by letter."""
    agency, component, year = place
    refusals = answer_refusals(actor, component) if component else settle_refusals(actor)
    if refusals := [*refusals, *_mistakes(given, year)]:
        raise Refused(*refusals)
    rows = _rows(agency, component, year)
    changed = {code: one for code, one in given.items() if _differs(rows.get(code), one)}
    _not_stale(rows, changed, year)
    changes = {
        code: _write(rows, code, one, place, actor=actor, from_file=file_name, why="") for code, one in changed.items()
    }
    data = {"file": file_name, "sha256": sha256, "rows": len(given), "changes": changes}
    record("cots.imported", subject_of(agency, component, year), actor=actor, data=data)
    return changes
