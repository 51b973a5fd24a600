"""The column table of an inventory file, read from `fixtures/inventory/<layout>.yaml`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from registry import conditions
from registry.conditions import Condition, ConditionError
from registry.inventory.cells import key, words
from registry.yaml_source import Node, SourceError
from registry.yaml_source import read as read_yaml

KINDS = ("text", "choice", "multi", "date", "month", "url", "email")
LETTER = re.compile(r"^[a-z]\) ?")
_EXPLAINED = re.compile(" [–—-] |: ")  # between an answer and its explanation in OMB's own labels
_LAYOUT_KEYS = {
    "layout", "based_on", "year", "instrument", "sheet", "published_on", "public_mailbox",
    "withheld_markers", "added_by_omb", "sections", "columns", "gates", "component_names",
}  # fmt: skip
_COLUMN_KEYS = {
    "field", "variable", "header", "kind", "section", "required_when", "public", "choices", "labels", "like",
}  # fmt: skip


class LayoutError(SourceError):
    """A column table is wrong; names the file and the key."""


@dataclass(frozen=True)
class Column:
    """One question of the instrument: how it is headed, what it takes, when it must be answered."""

    field: str
    header: str
    kind: str
    labels: Mapping[str, str]  # code -> the label of this layout, in canonical order
    accepts: Mapping[str, str]  # key of a spelling -> code
    old: frozenset[str]  # the keys in `accepts` that are vocabulary of an earlier instrument
    required_when: Mapping[str, Any]
    public: bool
    section: str
    aliases: frozenset[str]  # keys of other headers of the same question
    variable: str  # OMB's name of the column in the files it publishes
    required: Condition | None = None
    fronts: Mapping[str, str] = dataclasses.field(default_factory=dict)  # the beginning of a label -> its code
    like: str = ""  # the field of the instrument in force that asks about the same: restricted together with it
    suggests: Mapping[str, Mapping[str, str]] = dataclasses.field(
        default_factory=dict
    )  # code -> answers of other instruments

    def is_required(self, answers: Mapping[str, Any]) -> bool:
        return self.required is not None and self.required.holds(answers)


@dataclass(frozen=True)
class Section:
    code: str
    title: str


@dataclass(frozen=True)
class Layout:
    """One way an inventory is written down, of one reporting year."""

    name: str
    year: int
    instrument: str
    columns: tuple[Column, ...]
    sheet: str
    sections: tuple[Section, ...]
    published_on: date
    markers: frozenset[str]
    public_mailbox: str
    extra_headers: Mapping[str, str] = field(default_factory=dict)  # header key -> agency or agency_name
    component_names: Mapping[str, str] = field(default_factory=dict)  # this layout's word for a component -> its code

    @cached_property
    def by_field(self) -> Mapping[str, Column]:
        return {column.field: column for column in self.columns}

    @cached_property
    def by_header(self) -> Mapping[str, Column]:
        """Columns by the key of their header; a header of this layout wins over another's alias."""
        found = {alias: column for column in self.columns for alias in column.aliases}
        return found | {key(column.header): column for column in self.columns}

    @cached_property
    def namesakes(self) -> Mapping[str, tuple[Column, ...]]:
        """Columns that share a header ("If Other, please explain."): only where they stand tells them apart."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            found.setdefault(key(column.header), []).append(column)
        return {header: tuple(columns) for header, columns in found.items() if len(columns) > 1}

    @cached_property
    def component_codes(self) -> Mapping[str, str]:
        """Key of this layout's word for a component -> code."""
        return {key(name): code for name, code in self.component_names.items()}

    @cached_property
    def component_words(self) -> Mapping[str, str]:
        """Code -> this layout's word for the component; the first one where it has several."""
        return {code: name for name, code in reversed(list(self.component_names.items()))}

    @cached_property
    def owners(self) -> Mapping[str, tuple[Column, ...]]:
        """The columns each spelling of an answer belongs to, to recognise an answer that slipped."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            for spelling in column.accepts:
                found.setdefault(spelling, []).append(column)
        return {spelling: tuple(columns) for spelling, columns in found.items()}

    @cached_property
    def only_in(self) -> Mapping[str, Column]:
        """Spellings of answers that belong to one column alone."""
        return {spelling: columns[0] for spelling, columns in self.owners.items() if len(columns) == 1}

    @cached_property
    def _marker_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.markers, key=len, reverse=True)
        one = "|".join(re.escape(words(marker)) for marker in longest_first)
        return re.compile(rf"(?:{one})(?: (?:(?:and|or) )?(?:{one}))*")

    def is_withheld(self, text: str) -> bool:
        """A cell that holds nothing but redaction words; a sentence that contains them is an answer."""
        return len(text) <= 200 and self._marker_pattern.fullmatch(words(text)) is not None


def load_layout(name: str, folder: Path) -> Layout:
    """One column table, complete with what the table it is based on says."""
    path = folder / f"{name}.yaml"
    try:
        node = Node(_merged(path), path)
        node.only(_LAYOUT_KEYS)
        if node.text("layout") != name:
            raise node.error("layout", f"must be {name!r}, as the file is called")
        return _layout(node)
    except LayoutError:
        raise
    except SourceError as error:
        raise LayoutError(error.file, error.key, error.message) from error


def layouts(folder: Path) -> dict[str, Layout]:
    """Every column table of a folder by name."""
    return {path.stem: load_layout(path.stem, folder) for path in sorted(folder.glob("*.yaml"))}


def _merged(path: Path) -> dict[str, Any]:
    """A table `based_on` another one says only what differs; its columns are the ones it lists."""
    tree = read_yaml(path)
    if isinstance(tree.get("withheld_markers"), str):  # the table that lists them for all
        tree["withheld_markers"] = read_yaml(path.with_name(f"{tree['withheld_markers']}.yaml"))["withheld_markers"]
    parent_name = tree.get("based_on")
    if parent_name is None:
        return tree
    parent = _merged(path.with_name(f"{parent_name}.yaml"))
    if parent.get("based_on"):
        raise LayoutError(path, "based_on", f"{parent_name} is itself based on another table")
    inherited = {column.get("field"): column for column in parent.get("columns", [])}
    node = Node(tree, path)
    columns = [inherited.get(part.tree.get("field"), {}) | part.tree for part in node.nodes("columns")]
    for column in columns:
        column["_inherited_header"] = inherited.get(column.get("field"), {}).get("header")
    return parent | tree | {"columns": columns}


def _layout(node: Node) -> Layout:
    sections = tuple(Section(part.text("code"), part.text("title")) for part in node.nodes("sections"))
    parts = node.nodes("columns")
    fields = [part.text("field") for part in parts]
    for index, name in enumerate(fields):
        if name in fields[:index]:
            raise parts[index].error("field", f"{name!r} stands twice")
    table = _Table(tuple(fields), tuple(section.code for section in sections), _mapping(node, "gates"))
    return Layout(
        name=node.text("layout"),
        year=node.number("year"),
        instrument=node.text("instrument"),
        columns=tuple(_column(part, table) for part in parts),
        sheet=node.text("sheet"),
        sections=sections,
        published_on=node.day("published_on"),
        markers=frozenset(node.texts("withheld_markers")),
        public_mailbox=node.text("public_mailbox", ""),
        extra_headers=_extra_headers(node),
        component_names={name: str(code) for name, code in _mapping(node, "component_names").items()},
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What the columns of a table refer to: its fields, sections, and conditions that have a name."""

    fields: tuple[str, ...]
    sections: tuple[str, ...]
    gates: Mapping[str, Any]


def _mapping(node: Node, name: str) -> dict[str, Any]:
    found = node.tree.get(name, {})
    if not isinstance(found, dict):
        raise node.error(name, "must be a mapping")
    return found


def _extra_headers(node: Node) -> dict[str, str]:
    extra = _mapping(node, "added_by_omb")
    part = Node(extra, node.file, "added_by_omb")
    part.only(("agency", "agency_name"))
    return {key(header): name for name in extra for header in (name, *part.texts(name))}


def _column(node: Node, table: _Table) -> Column:
    inherited_header = node.tree.pop("_inherited_header", None)
    node.only(_COLUMN_KEYS)
    name, header = node.text("field"), node.text("header")
    kind = node.choice("kind", KINDS)
    labels, accepts, old, suggests = _choices(node)
    if bool(labels) != (kind in ("choice", "multi")):
        raise node.error("choices", "a choice or multi column, and no other, has choices")
    variable = node.text("variable", name)
    spellings = [variable, header.split("\n\n")[0], inherited_header or header]
    return Column(
        field=name,
        header=header,
        kind=kind,
        labels=labels,
        accepts=accepts,
        old=old,
        required_when=node.tree.get("required_when", {}),
        public=node.flag("public", True),
        section=node.choice("section", table.sections) if "section" in node.tree else "",
        aliases=frozenset(key(spelling) for spelling in spellings),
        variable=variable,
        fronts=_fronts(labels) if kind == "choice" else {},
        required=_required(node, table),
        like=node.text("like", ""),
        suggests=suggests,
    )


def _choices(node: Node) -> tuple[dict[str, str], dict[str, str], frozenset[str], dict[str, Mapping[str, str]]]:
    """Labels by code, codes by accepted spelling, which spellings are old vocabulary, and what codes suggest."""
    own_labels = node.tree.get("labels", {})
    labels: dict[str, str] = {}
    accepts: dict[str, str] = {}
    old: set[str] = set()
    suggests: dict[str, Mapping[str, str]] = {}
    for code, content in node.tree.get("choices", {}).items():
        part = Node(content, node.file, f"{node.key}.choices.{code}")
        part.only(("label", "also", "old", "suggests"))
        if "suggests" in part.tree:
            suggests[code] = dict(_mapping(part, "suggests"))
        labels[code] = own_labels.get(code, part.text("label"))
        new = [labels[code], part.text("label"), *part.texts("also")]
        for spelling in (*new, *part.texts("old")):
            for one in _spellings(spelling):
                if accepts.setdefault(one, code) != code:
                    raise part.error("also", f"{spelling!r} is also an answer of {accepts[one]!r}")
        old.update(one for spelling in part.texts("old") for one in _spellings(spelling))
    for code in own_labels:
        if code not in labels:
            raise node.error(f"labels.{code}", "is not one of the codes of this column")
    return labels, accepts, frozenset(old), suggests


def _fronts(labels: Mapping[str, str]) -> dict[str, str]:
    """“Pilot” for “b) Pilot – The use case has been …”: what people write, where only one answer begins so."""
    found: dict[str, set[str]] = {}
    for code, label in labels.items():
        front = _EXPLAINED.split(label, maxsplit=1)[0]
        for one in _spellings(front):
            found.setdefault(one, set()).add(code)
    return {one: code for one, codes in found.items() if one and len(codes) == 1 for code in codes}


def _spellings(label: str) -> set[str]:
    """With and without the letter: a wrong letter before a right answer is not understood."""
    return {key(label), LETTER.sub("", key(label))}


def _required(node: Node, table: _Table) -> Condition | None:
    """OMB, Guidance on 2025 Agency AI Reporting, section 5: asked by stage and by impact.

    A `gate` is a condition the table gives a name to: OMB's 2024 guidance asks whole groups of questions by one.
    """
    tree = node.tree.get("required_when")
    if tree is None:
        return None
    part = Node(tree, node.file, f"{node.key}.required_when")
    part.only(("stages", "impact", "when", "gate"))
    tests: list[Any] = []
    if "stages" in tree:
        tests.append({"in": ["development_stage", list(part.texts("stages"))]})
    if "impact" in tree:
        tests.append({"in": ["is_high_impact", list(part.texts("impact"))]})
    if "gate" in tree:
        tests.append(table.gates[part.choice("gate", list(table.gates))])
    if "when" in tree:
        tests.append(tree["when"])
    try:
        return conditions.compile({"all": tests}, table.fields)
    except ConditionError as error:
        raise part.error(error.path or "when", error.message) from error
