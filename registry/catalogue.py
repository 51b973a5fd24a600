"""The policy catalogue: instruments, their dated editions and provisions, and an append-only status list.

Policy changes faster than code: two instruments were rescinded within 24 months. So every rule is data with
its instrument, section, effective dates and status, and a judgement names the edition it was made under.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from registry import conditions
from registry.conditions import Condition, ConditionError
from registry.yaml_source import FIXTURES, Node, SourceError, as_json, read, sha256_of

POLICY = FIXTURES / "policy"
STATUSES = ("in_force", "superseded", "withdrawn", "disputed")
KINDS = (
    "principle", "prohibition", "requirement", "definition", "presumption", "practice", "waiver",
    "determination", "deadline", "inventory", "governance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provision:
    ref: str
    kind: str
    title: str
    section: str
    summary: str
    is_summary_only: bool
    applies_when: Condition
    check: str | None
    params: Mapping[str, Any]
    evidence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Edition:
    instrument: str
    key: str
    title: str
    effective_from: date
    is_summary_only: bool
    note: str
    sources: tuple[Source, ...]
    provisions: tuple[Provision, ...]
    sha256: str

    def provision(self, ref: str) -> Provision:
        for provision in self.provisions:
            if provision.ref == ref:
                return provision
        raise KeyError(ref)


@dataclass(frozen=True, slots=True)
class StatusEntry:
    edition: str
    status: str
    effective_on: date
    source: str
    recorded_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Instrument:
    slug: str
    title: str
    short: str
    issuer: str
    editions: tuple[Edition, ...]
    statuses: tuple[StatusEntry, ...]

    def status_of(self, edition: Edition, day: date, known_on: date | None = None) -> StatusEntry | None:
        """The newest entry in effect on a day; `known_on` leaves out what was recorded later."""
        entries = [
            entry
            for entry in self.statuses
            if entry.edition == edition.key
            and entry.effective_on <= day
            and (known_on is None or entry.recorded_on <= known_on)
        ]
        # sorted() is stable: of two entries for one day the one written later counts
        return sorted(entries, key=lambda entry: entry.effective_on)[-1] if entries else None


class InForce(NamedTuple):
    edition: Edition
    is_advisory: bool


def edition_for(instrument: Instrument, day: date, known_on: date | None = None) -> InForce | None:
    """The edition whose provisions hold on a day: the latest effective one that is in force then.

    Where none is in force but one is disputed, its provisions are advisory. None: nothing applies.
    """
    disputed: Edition | None = None
    for edition in reversed(instrument.editions):
        entry = instrument.status_of(edition, day, known_on) if edition.effective_from <= day else None
        if entry is not None and entry.status == "in_force":
            return InForce(edition, is_advisory=False)
        if entry is not None and entry.status == "disputed":
            disputed = disputed or edition
    return None if disputed is None else InForce(disputed, is_advisory=True)


# -- reading ----------------------------------------------------------------------------------------


def load(directory: Path, fields: Collection[str], checks: Collection[str] | None = None) -> tuple[Instrument, ...]:
    """Every instrument below a directory; conditions may read `fields`, provisions may name `checks`."""
    if not directory.is_dir():
        raise SourceError(directory, "", "there is no such directory")
    folders = sorted(path for path in directory.iterdir() if path.is_dir())
    instruments = tuple(load_instrument(folder, fields, checks) for folder in folders)
    _unique_refs(instruments, directory)
    return instruments


def load_instrument(folder: Path, fields: Collection[str], checks: Collection[str] | None = None) -> Instrument:
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != "status.yaml")
    if not paths:
        raise SourceError(folder, "", "holds no edition")
    editions = tuple(load_edition(path, fields, checks) for path in paths)
    for path, edition in zip(paths, editions, strict=True):
        if edition.instrument != folder.name:
            raise SourceError(path, "instrument", f"must be {folder.name!r}, the name of its folder")
    path = folder / "status.yaml"
    root = Node(read(path), path)
    root.only({"instrument", "title", "short", "issuer", "statuses"})
    if root.text("instrument") != folder.name:
        raise root.error("instrument", f"must be {folder.name!r}, the name of its folder")
    return Instrument(
        slug=folder.name,
        title=root.text("title"),
        short=root.text("short"),
        issuer=root.text("issuer"),
        editions=tuple(sorted(editions, key=lambda edition: edition.effective_from)),
        statuses=_statuses(root, {edition.key for edition in editions}),
    )


def load_edition(path: Path, fields: Collection[str], checks: Collection[str] | None = None) -> Edition:
    """One edition file; also what a draft edition is read with before it is simulated."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"instrument", "title", "effective_from", "summary_only", "note", "sources", "provisions"})
    effective_from = root.day("effective_from")
    if path.stem != effective_from.isoformat():
        raise root.error("effective_from", f"must be {path.stem}, the name of its file")
    summary_only = root.flag("summary_only")
    provisions = tuple(_provision(node, fields, checks, summary_only) for node in root.nodes("provisions"))
    if not provisions:
        raise root.error("provisions", "an edition needs at least one provision")
    return Edition(
        instrument=root.text("instrument"),
        key=path.stem,
        title=root.text("title"),
        effective_from=effective_from,
        is_summary_only=summary_only,
        note=root.text("note", ""),
        sources=tuple(_source(node) for node in root.nodes("sources")),
        provisions=provisions,
        sha256=sha256_of(tree),
    )


_PROVISION_KEYS = frozenset(
    {"ref", "kind", "title", "section", "summary", "summary_only", "applies_when", "check", "params"}
    | {"evidence", "remedy"}
)


def _provision(node: Node, fields: Collection[str], checks: Collection[str] | None, summary_only: bool) -> Provision:
    node.only(_PROVISION_KEYS)
    check = node.text("check", "") or None
    if check is not None and checks is not None and check not in checks:
        raise node.error("check", f"there is no check named {check!r}")
    params = node.tree.get("params", {})
    if not isinstance(params, dict) or (params and check is None):
        raise node.error("params", "must be a mapping, and belongs to a check")
    return Provision(
        ref=node.text("ref"),
        kind=node.choice("kind", KINDS),
        title=node.text("title"),
        section=node.text("section", ""),
        summary=node.text("summary"),
        is_summary_only=node.flag("summary_only", summary_only),
        applies_when=_applies_when(node, fields),
        check=check,
        params=as_json(params),
        evidence=node.text("evidence", ""),
        remedy=node.text("remedy", ""),
    )


def _applies_when(node: Node, fields: Collection[str]) -> Condition:
    try:
        return conditions.compile(node.tree.get("applies_when", {"all": []}), fields)
    except ConditionError as error:
        raise node.error(f"applies_when.{error.path}".rstrip("."), error.message) from error


def _source(node: Node) -> Source:
    node.only({"name", "url"})
    return Source(node.text("name"), node.text("url", ""))


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


def _unique_refs(instruments: tuple[Instrument, ...], directory: Path) -> None:
    """A ref names one provision of one instrument, and within an edition only once."""
    owners: dict[str, str] = {}
    for instrument in instruments:
        for edition in instrument.editions:
            refs = [provision.ref for provision in edition.provisions]
            for ref in refs:
                if refs.count(ref) > 1 or owners.setdefault(ref, instrument.slug) != instrument.slug:
                    file = directory / instrument.slug / f"{edition.key}.yaml"
                    raise SourceError(file, ref, "stands twice in the catalogue")
