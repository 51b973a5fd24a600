"""Prohibited uses of DHS Directive 139-08: which filed answers open a hold, who speaks, and what follows.

Pure: the list of offices is dated data, frozen into each hold, so that a later edition moves nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from registry import document as documents
from registry import questionnaire as questionnaires
from registry.document import Document
from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read, sha256_of

YES, UNKNOWN, NO, BLANK = "yes", "unknown", "no", ""
UNREADABLE = ("withheld", "flagged")  # asked, and what stands there is not a no
DOES_NOT_APPLY, APPLIES = "does_not_apply", "applies"
OPEN, LIFTED = "open", "lifted"
# Where a case can stand when it turns out that a prohibition applies, and moves for it.
MOVABLE = frozenset(
    {
        "recorded", "submitted", "returned", "endorsed", "in_review", "ready_for_decision", "at_board", "approved",
        "approved_with_conditions",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One of the six, by the question that asks about it, with the offices that determine whether it applies."""

    field: str
    number: int
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The list of a day."""

    key: str
    source: str
    prohibitions: tuple[Prohibition, ...]
    speak_within_days: int
    remind_after_days: int
    report_within_days: int
    tell_again_after_days: int
    sha256: str


def answer(document: Document, field: str) -> str:
    """What a filed document says of a prohibition: yes, unknown, no, blank, or that what stands there is unreadable.

    An answer withheld or not understood was asked for and is no “no”, so it counts as unsure. A blank one opens
    nothing: what is sent for review cannot leave it open (the questionnaire requires it), and what an inventory file
    brings in was never asked; that is a finding, and the routes bring counsel and CRCL in.
    """
    state = documents.state(document, field)
    if state == "answered":
        return str(documents.answers(document)[field])
    return state if state in UNREADABLE else BLANK


def opens(said: str) -> bool:
    """Whether an answer opens a hold: positive or unsure (DHS Directive 139-08, prohibitions)."""
    return said not in (NO, BLANK)


def hits(edition: Edition, document: Document) -> dict[str, str]:
    """{question: answer} of the prohibitions a document does not rule out."""
    found = {one.field: answer(document, one.field) for one in edition.prohibitions}
    return {field: said for field, said in found.items() if opens(said)}


def outcome(offices: Collection[str], said: Mapping[str, str]) -> str:
    """`applies` once one office says so, `lifted` when all said that it does not, else still `open`.

    Silence lifts nothing, nor does an office that was not asked.
    """
    if any(said.get(code) == APPLIES for code in offices):
        return APPLIES
    is_lifted = bool(offices) and all(said.get(code) == DOES_NOT_APPLY for code in offices)
    return LIFTED if is_lifted else OPEN


def waiting(offices: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """The offices that have not spoken, in the order of the list."""
    return [code for code in offices if code not in said]


def consequence(status: str, is_running: bool) -> str:
    """The move of a case to which a prohibition applies: refused, or stopped when it is in use; none when it is
    refused or stopped already."""
    if status not in MOVABLE:
        return ""
    return "stop_prohibited" if is_running else "refuse_prohibited"


# -- reading ----------------------------------------------------------------------------------------


def load(path: Path, fields: Collection[str]) -> Edition:
    """Read one edition of the list; a question that does not exist, or stands twice, is refused with its place."""
    tree = read(path)
    root = Node(tree, path)
    root.only({"rules", "edition", "source", "speak", "stop", "prohibitions"})
    found = tuple(_prohibition(node, fields) for node in root.nodes("prohibitions"))
    if len({one.field for one in found}) != len(found):
        raise root.error("prohibitions", "the same question stands twice")
    speak = Node(root.tree.get("speak"), path, "speak")
    speak.only({"within_days", "tell_again_after_days"})
    stop = Node(root.tree.get("stop"), path, "stop")
    stop.only({"report_within_days", "tell_again_after_days"})
    return Edition(
        root.day("edition").isoformat(), root.text("source"), found, speak.number("within_days"),
        speak.number("tell_again_after_days"), stop.number("report_within_days"), stop.number("tell_again_after_days"),
        sha256_of(tree),
    )  # fmt: skip


def _prohibition(node: Node, fields: Collection[str]) -> Prohibition:
    node.only({"field", "number", "offices"})
    offices = node.texts("offices")
    if not offices:
        raise node.error("offices", "at least one office has to speak")
    return Prohibition(node.choice("field", fields), node.number("number"), offices)


_FILES = RuleFiles("prohibitions", lambda path: load(path, questionnaires.fields()))
editions, in_force = _FILES.editions, _FILES.in_force
