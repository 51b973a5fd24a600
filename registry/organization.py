"""An agency as data: its components, offices and bodies. DHS is the first, not the only one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.yaml_source import FIXTURES, Node, read, sha256_of

ORGANIZATION = FIXTURES / "organization"
BODY_KINDS = ("votes", "advises")


@dataclass(frozen=True, slots=True)
class Agency:
    code: str
    name: str
    public_mailbox: str


@dataclass(frozen=True, slots=True)
class Component:
    code: str
    name: str
    is_endorsement_required: bool
    is_caio_office: bool


@dataclass(frozen=True, slots=True)
class Office:
    code: str
    name: str
    signs_for: str
    is_advisory: bool
    component: str
    part_of: str


@dataclass(frozen=True, slots=True)
class Body:
    """A governing body; one that votes has a quorum, one that advises has none."""

    code: str
    name: str
    kind: str
    purpose: str
    chair: str
    vice_chair: str
    quorum: int


@dataclass(frozen=True, slots=True)
class Organization:
    slug: str
    source: str
    agency: Agency
    components: tuple[Component, ...]
    offices: tuple[Office, ...]
    bodies: tuple[Body, ...]
    sha256: str


def load(path: Path) -> Organization:
    """Read and check one agency's file; a mistake names the file and the key."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"organization", "source", "agency", "components", "offices", "bodies"})
    components = tuple(_component(node) for node in root.nodes("components"))
    known = {component.code for component in components}
    offices = tuple(_office(node, known) for node in root.nodes("offices"))
    bodies = tuple(_body(node) for node in root.nodes("bodies"))
    for key, listed in (("components", components), ("offices", offices), ("bodies", bodies)):
        _unique(root, key, [item.code for item in listed])
    whole = {office.code for office in offices if not office.part_of}
    if strange := [office.part_of for office in offices if office.part_of and office.part_of not in whole]:
        raise root.error("offices", f"part_of: there is no office {strange[0]!r} of the whole agency")
    return Organization(
        slug=root.text("organization"),
        source=root.text("source"),
        agency=_agency(Node(tree.get("agency"), path, "agency")),
        components=components,
        offices=offices,
        bodies=bodies,
        sha256=sha256_of(tree),
    )


def _agency(node: Node) -> Agency:
    node.only({"code", "name", "public_mailbox"})
    return Agency(node.text("code"), node.text("name"), node.text("public_mailbox", ""))


def _component(node: Node) -> Component:
    node.only({"code", "name", "is_endorsement_required", "is_caio_office"})
    return Component(
        code=node.text("code"),
        name=node.text("name"),
        is_endorsement_required=node.flag("is_endorsement_required", True),
        is_caio_office=node.flag("is_caio_office"),
    )


def _office(node: Node, components: set[str]) -> Office:
    node.only({"code", "name", "signs_for", "is_advisory", "component", "part_of"})
    component, part_of = node.text("component", ""), node.text("part_of", "")
    if component and component not in components:
        raise node.error("component", f"there is no component {component!r}")
    if part_of and not component:
        raise node.error("part_of", "an office that is part of another works for one component; name it")
    return Office(
        code=node.text("code"),
        name=node.text("name"),
        signs_for=node.text("signs_for"),
        is_advisory=node.flag("is_advisory"),
        component=component,
        part_of=part_of,
    )


def _body(node: Node) -> Body:
    node.only({"code", "name", "kind", "purpose", "chair", "vice_chair", "quorum"})
    kind = node.choice("kind", BODY_KINDS)
    quorum = node.number("quorum", 0)
    if (kind == "votes") != (quorum > 0):
        raise node.error("quorum", "a body that votes has a quorum of at least one, another has none")
    return Body(
        code=node.text("code"),
        name=node.text("name"),
        kind=kind,
        purpose=node.text("purpose"),
        chair=node.text("chair", ""),
        vice_chair=node.text("vice_chair", ""),
        quorum=quorum,
    )


def _unique(root: Node, key: str, codes: Sequence[str]) -> None:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise root.error(key, f"{', '.join(twice)} stands twice")
