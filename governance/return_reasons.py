"""Reasons for sending a case back, as data: each writes a sentence into an editable message."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from registry.yaml_source import FIXTURES, Node, read


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `offices` empty means everybody is offered it."""

    code: str
    label: str
    sentence: str
    offices: tuple[str, ...]


def load(path: Path) -> tuple[Reason, ...]:
    """Read the list; a mistake names file and key."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", "reasons"})
    root.day("edition")
    reasons = tuple(_reason(node) for node in root.nodes("reasons"))
    if len({reason.code for reason in reasons}) != len(reasons):
        raise root.error("reasons", "the same code stands twice")
    return reasons


def _reason(node: Node) -> Reason:
    node.only({"code", "label", "sentence", "offices"})
    return Reason(node.text("code"), node.text("label"), node.text("sentence"), node.texts("offices"))


@lru_cache(maxsize=1)
def _all() -> tuple[Reason, ...]:
    return load(FIXTURES / "rules" / "return-reasons.yaml")


def offered(office: str = "") -> tuple[Reason, ...]:
    """The reasons an office may tick, its own first; without an office the general ones."""
    own = tuple(reason for reason in _all() if office and office in reason.offices)
    return own + tuple(reason for reason in _all() if not reason.offices)


def message(codes: Collection[str]) -> str:
    """The sentences of the ticked reasons, a paragraph each."""
    return "\n\n".join(reason.sentence for reason in _all() if reason.code in codes)


def merged(text: str, codes: Collection[str], listed: Collection[Reason]) -> str:
    """The message with the sentence of each ticked reason in it and of no other; what a person wrote stays."""
    for reason in listed:
        if reason.code in codes and reason.sentence not in text:
            text = "\n\n".join(part for part in (text.strip(), reason.sentence) if part)
        elif reason.code not in codes:
            text = text.replace(reason.sentence, "")
    return "\n\n".join(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())


def unknown(codes: Collection[str]) -> set[str]:
    """Codes that are not on the list."""
    return set(codes) - {reason.code for reason in _all()}


def labels(codes: Collection[str]) -> list[str]:
    """The reasons in short, for pages."""
    return [reason.label for reason in _all() if reason.code in codes]
