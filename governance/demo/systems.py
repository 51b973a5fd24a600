"""Systems, hand-overs and somebody who left, in a natural state, by the actions people use."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Component, Membership, Role
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import yaml_source
from registry.actions import handovers, owners, system_links, system_marks, systems
from registry.models import System, UseCase, UseCaseSystem


def load_systems(folder: Path, cast: Cast) -> None:
    """Make the records, link and change them, and hand cases over, at believable moments."""
    tree = yaml_source.read(folder / "systems.yaml")
    for row in tree["systems"]:
        _system(row, cast)
    for row in tree["kept"]:
        link = UseCaseSystem.objects.get(system__name=row["system"], use_case=_cases([row["case"]])[0])
        if link.use_case.owner:
            system_links.keep_answer(link, row["field"], actor=link.use_case.owner, because=row["because"])
    system_marks.watch()
    for row in tree["left"]:
        _leaver(row, cast)
    for row in tree["leaving"]:
        day = timezone.localdate() + timedelta(days=int(row["in"]))
        owners.announce_leaving(day, row["note"], actor=cast.named(row["who"]))
    _offers(tree, cast)


def _ago(days: Any) -> Any:
    return at(timezone.now() - timedelta(days=int(days)))


def _cases(names: list[str]) -> list[UseCase]:
    rows = UseCase.objects.filter(is_demo=True).select_related("owner", "component")
    found = [case for case in rows if case.title in names]
    if len(found) != len(names):
        raise LookupError(f"not every case is there: {sorted(set(names) - {case.title for case in found})}")
    return found


def _system(row: Mapping[str, Any], cast: Cast) -> None:
    manager = cast.one(Role.INVENTORY_MANAGER)
    component = Component.objects.get(agency__code="DHS", code=row["component"])
    today = timezone.localdate()
    facts: dict[str, Any] = {"name": row["name"], **row["facts"], "mailbox": row.get("mailbox", "")}
    facts["owner"] = cast.named(row["owner"]) if "owner" in row else None
    if "expires_in" in row:
        facts["ato_expires_on"] = today + timedelta(days=int(row["expires_in"]))
        facts["ato_granted_on"] = facts["ato_expires_on"] - timedelta(days=3 * 365)
    if "option_in" in row:
        facts["option_on"] = today + timedelta(days=int(row["option_in"]))
    with _ago(row["ago"]):
        system = systems.add_system(component, facts, actor=manager, why="Taken from the authorization’s letter")
    with _ago(5):
        for case in _cases(row["cases"]):
            system_links.link_system(case, system, actor=manager, why="The answers name it")
    if change := row.get("change"):
        with _ago(change["ago"]):
            fresh = System.objects.get(pk=system.pk)
            systems.change_system(
                fresh, change["facts"], actor=facts["owner"] or manager, why=change["why"],
                opened_on=fresh.revision_number,
            )  # fmt: skip


def _leaver(row: Mapping[str, Any], cast: Cast) -> None:
    """Somebody took cases over, left a note, and is gone: the cases stand on the lead's list."""
    who, before = cast.named(row["who"]), cast.named(row["of"])
    cases = [case for case in _cases(row["cases"]) if case.owner_id == before.pk]
    with _ago(row["took"]):
        bulk = handovers.offer(cases, who, actor=before, note="Yours from now on, as we said.")
        handovers.answer(bulk.act, [one.uuid for one in bulk.done], accept=True, actor=who)
    gone = int(row["gone"])
    with _ago(gone + 10):
        owners.announce_leaving(timezone.localdate() + timedelta(days=10), row["note"], actor=who)
    with _ago(gone + 3):
        membership = Membership.objects.get(user=who, ends_on=None)
        administrator = cast.one(Role.ADMINISTRATOR)
        accounts.end(membership, on=timezone.localdate() + timedelta(days=3), actor=administrator)
    with _ago(gone - 1):
        owners.look_after_owners()


def _offers(tree: Mapping[str, Any], cast: Cast) -> None:
    """One bulk and one transfer that wait for an answer."""
    with _ago(2):
        for row in tree["offers"]:
            handovers.offer(
                _cases(row["cases"]), cast.named(row["to"]), actor=cast.named(row["from"]), note=row["note"]
            )
        for row in tree["transfers"]:
            to = Component.objects.get(agency__code="DHS", code=row["to"])
            handovers.offer_transfer(_cases(row["cases"]), to, actor=cast.named(row["by"]), note=row["note"])
