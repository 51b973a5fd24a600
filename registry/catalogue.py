"""Reading the policy catalogue, `fixtures/policy/<instrument>/`: editions, their later readings, the status list.

`<effective date>.yaml` is an edition. `<effective date>.2.yaml` is a second reading of it: the same text, better
summarised or checked. It holds the provisions that differ, and replaces those of the same ref. Both are immutable
once loaded. `status.yaml` is an append-only list. Everything wrong is refused with file, line and reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry import conditions
from registry.conditions import Condition, ConditionError
from registry.instruments import Edition, InForce, Instrument, Provision, Source, StatusEntry, edition_for
from registry.yaml_source import FIXTURES, Node, SourceError, as_json, read, sha256_of

__all__ = [
    "POLICY", "Edition", "InForce", "Instrument", "Provision", "Source", "StatusEntry", "edition_for", "load",
    "load_edition", "load_instrument", "read_draft",
]  # fmt: skip

POLICY = FIXTURES / "policy"
OWNERS = ("owner", "component_lead", "inventory_manager", "caio")  # or an office by its code, such as PRIV
STATUSES = ("in_force", "superseded", "withdrawn", "disputed")
KINDS = (
    "principle", "prohibition", "requirement", "definition", "presumption", "practice", "waiver",
    "determination", "deadline", "inventory", "governance", "outcome",
)  # fmt: skip
NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d+))?")

Accepts = Callable[[Mapping[str, Any], Collection[str]], Iterator[tuple[str, str]]]
"""What a check says of a provision's params, given the fields there are: the wrong ones, each with a sentence."""
Checks = Mapping[str, Accepts]


def load(directory: Path, fields: Collection[str], checks: Checks | None = None) -> tuple[Instrument, ...]:
    """Every instrument below a directory; conditions may read `fields`, provisions may name `checks`."""
    if not directory.is_dir():
        raise SourceError(directory, "", "there is no such directory")
    folders = sorted(path for path in directory.iterdir() if path.is_dir())
    instruments = tuple(load_instrument(folder, fields, checks) for folder in folders)
    _unique_refs(instruments, directory)
    return instruments


def load_instrument(folder: Path, fields: Collection[str], checks: Checks | None = None) -> Instrument:
    """One folder: its editions with their readings, and its status list."""
    editions = _editions(folder, fields, checks)
    if not editions:
        raise SourceError(folder, "", "holds no edition")
    path = folder / "status.yaml"
    root = Node(read(path), path)
    root.only({"instrument", "title", "short", "issuer", "statuses"})
    _in_its_folder(root, folder)
    return Instrument(
        slug=folder.name,
        title=root.text("title"),
        short=root.text("short"),
        issuer=root.text("issuer"),
        editions=tuple(sorted(editions, key=lambda edition: (edition.effective_from, edition.reading))),
        statuses=_statuses(root, {edition.day for edition in editions}),
    )


def _editions(folder: Path, fields: Collection[str], checks: Checks | None) -> list[Edition]:
    """First the editions, then their readings, each upon the one before."""
    first: dict[tuple[str, int], Path] = {}
    for path in sorted(path for path in folder.glob("*.yaml") if path.name != "status.yaml"):
        named = NAME.fullmatch(path.stem)
        if named is None:
            raise SourceError(
                path, "", "overlaps with the edition of its day: an instrument has one edition a day, in a file named "
                "YYYY-MM-DD.yaml; a second reading of the same text is YYYY-MM-DD.2.yaml",
            )  # fmt: skip
        first[named[1], int(named[2] or 1)] = path
    found: dict[tuple[str, int], Edition] = {}
    for (day, number), path in sorted(first.items()):
        before = found.get((day, number - 1))
        if number == 1:
            found[day, number] = load_edition(path, fields, checks)
        elif before is None:
            raise SourceError(path, "reading", f"there is no reading {number - 1} of {day} to correct")
        else:
            found[day, number] = _load_reading(path, before, fields, checks)
    return list(found.values())


def load_edition(path: Path, fields: Collection[str], checks: Checks | None = None) -> Edition:
    """The first reading of an edition, in the folder of its instrument."""
    edition = read_draft(path, fields, checks)
    root = Node(read(path), path)
    if path.stem != edition.day:
        raise root.error("effective_from", f"must be {path.stem}, the name of its file")
    _in_its_folder(root, path.parent)
    return edition


def read_draft(path: Path, fields: Collection[str], checks: Checks | None = None) -> Edition:
    """An edition from a file of any name, as a draft is tried out before it takes effect."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"instrument", "title", "effective_from", "summary_only", "note", "sources", "provisions"})
    effective_from = root.day("effective_from")
    summary_only = root.flag("summary_only")
    provisions = tuple(_provision(node, fields, checks, summary_only) for node in root.nodes("provisions"))
    if not provisions:
        raise root.error("provisions", "an edition needs at least one provision")
    _refs_once(root, provisions)
    return Edition(
        instrument=root.text("instrument"),
        key=effective_from.isoformat(),
        title=root.text("title"),
        effective_from=effective_from,
        is_summary_only=summary_only,
        note=root.text("note", ""),
        sources=tuple(_source(node) for node in root.nodes("sources")),
        provisions=provisions,
        sha256=sha256_of(tree),
    )


def _load_reading(path: Path, before: Edition, fields: Collection[str], checks: Checks | None) -> Edition:
    tree = read(path)
    root = Node(tree, path)
    root.only({"instrument", "corrects", "reading", "recorded_on", "why", "note", "sources", "provisions"})
    _in_its_folder(root, path.parent)
    number = before.reading + 1
    if root.day("corrects") != before.effective_from:
        raise root.error("corrects", f"must be {before.day}, as the name of its file")
    if root.number("reading") != number:
        raise root.error("reading", f"must be {number}, as the name of its file")
    recorded_on = root.day("recorded_on")
    if before.recorded_on and recorded_on < before.recorded_on:
        raise root.error("recorded_on", "a later reading is recorded later")
    changed = tuple(_provision(node, fields, checks, before.is_summary_only) for node in root.nodes("provisions"))
    if not changed:
        raise root.error("provisions", "a reading changes at least one provision")
    _refs_once(root, changed)
    return replace(
        before,
        key=f"{before.day}.{number}",
        note=root.text("note", before.note),
        sources=before.sources + tuple(_source(node) for node in root.nodes("sources")),
        provisions=_upon(before.provisions, changed),
        sha256=sha256_of([before.sha256, tree]),
        reading=number,
        recorded_on=recorded_on,
        why=root.text("why"),
    )


def _upon(before: tuple[Provision, ...], changed: tuple[Provision, ...]) -> tuple[Provision, ...]:
    """The provisions with the changed ones in their old places and new ones at the end."""
    by_ref = {provision.ref: provision for provision in changed}
    kept = tuple(by_ref.pop(provision.ref, provision) for provision in before)
    return kept + tuple(by_ref.values())


_PROVISION_KEYS = frozenset(
    {"ref", "kind", "title", "section", "summary", "summary_only", "applies_when", "check", "params"}
    | {"evidence", "remedy", "owner", "due_within_days"}
)


def _provision(node: Node, fields: Collection[str], checks: Checks | None, summary_only: bool) -> Provision:
    node.only(_PROVISION_KEYS)
    check = node.text("check", "") or None
    return Provision(
        ref=node.text("ref"),
        kind=node.choice("kind", KINDS),
        title=node.text("title"),
        section=node.text("section", ""),
        summary=node.text("summary"),
        is_summary_only=node.flag("summary_only", summary_only),
        applies_when=_applies_when(node, fields),
        check=check,
        params=_params(node, check, fields, checks),
        evidence=node.text("evidence", ""),
        remedy=node.text("remedy", ""),
        owner=_owner(node),
        due_within_days=node.number("due_within_days", 0),
    )


def _params(node: Node, check: str | None, fields: Collection[str], checks: Checks | None) -> Mapping[str, Any]:
    given = node.tree.get("params", {})
    if not isinstance(given, dict) or (given and check is None):
        raise node.error("params", "must be a mapping, and belongs to a check")
    params: Mapping[str, Any] = as_json(given)
    if check is None or checks is None:
        return params
    if check not in checks:
        raise node.error("check", f"there is no check named {check!r}")
    for name, message in checks[check](params, fields):
        raise node.error(f"params.{name}" if name in given else "params", f"{name}: {message}")
    return params


def _owner(node: Node) -> str:
    """Who a finding of the provision falls to at first: a role, or an office by its code."""
    named = node.text("owner", OWNERS[0])
    if named not in OWNERS and not re.fullmatch(r"[A-Z]{2,12}", named):
        raise node.error("owner", f"{named!r} is neither one of {', '.join(OWNERS)} nor the code of an office")
    return named


def _applies_when(node: Node, fields: Collection[str]) -> Condition:
    try:
        return conditions.compile(node.tree.get("applies_when", {"all": []}), fields)
    except ConditionError as error:
        raise node.error(f"applies_when.{error.path}".rstrip("."), error.message) from error


def _source(node: Node) -> Source:
    node.only({"name", "url"})
    return Source(node.text("name"), node.text("url", ""))


def _in_its_folder(root: Node, folder: Path) -> None:
    if root.text("instrument") != folder.name:
        raise root.error("instrument", f"must be {folder.name!r}, the name of its folder")


def _statuses(root: Node, editions: Collection[str]) -> tuple[StatusEntry, ...]:
    entries: list[StatusEntry] = []
    for node in root.nodes("statuses"):
        node.only({"edition", "status", "from", "source", "recorded_on", "note"})
        key = node.day("edition").isoformat()
        if key not in editions:
            raise node.error("edition", f"there is no edition {key}")
        entry = StatusEntry(
            edition=key,
            status=node.choice("status", STATUSES),
            effective_on=node.day("from"),
            source=node.text("source"),
            recorded_on=node.day("recorded_on"),
            note=node.text("note", ""),
        )
        if entries and entry.recorded_on < entries[-1].recorded_on:
            raise node.error("recorded_on", "the list is append-only: a newer entry goes below the older ones")
        entries.append(entry)
    return tuple(entries)


def _refs_once(root: Node, provisions: tuple[Provision, ...]) -> None:
    seen: set[str] = set()
    for number, provision in enumerate(provisions):
        if provision.ref in seen:
            raise root.error(f"provisions[{number}].ref", f"{provision.ref}: stands twice in this file")
        seen.add(provision.ref)


def _unique_refs(instruments: tuple[Instrument, ...], directory: Path) -> None:
    """A ref names one provision of one instrument."""
    owners: dict[str, str] = {}
    for instrument in instruments:
        for edition in instrument.editions:
            for provision in edition.provisions:
                if owners.setdefault(provision.ref, instrument.slug) != instrument.slug:
                    file = directory / instrument.slug / f"{edition.key}.yaml"
                    raise SourceError(file, provision.ref, "stands twice in the catalogue")
