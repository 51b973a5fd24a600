"""Reading the project's own YAML files: strict, and with errors that name file, line and key.

Plain YAML 1.1 turns the answers `yes` and `no` into true and false and lets a repeated key win
silently. Both would change a rule without anybody noticing, so this loader keeps `yes` and `no`
as words and refuses a repeated key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
_BOOL = "tag:yaml.org,2002:bool"


class SourceError(ValueError):
    """A file of the project's own data is wrong; says where."""

    def __init__(self, file: Path | str, key: str, message: str, line: int | None = None) -> None:
        self.file, self.key, self.message, self.line = str(file), key, message, line
        where = f"{self.file}, line {line}" if line else self.file
        super().__init__(f"{where}: {key}: {message}" if key else f"{where}: {message}")


class Located(dict[str, Any]):
    """A mapping that knows on which line of its file it begins, and each of its keys stands."""

    line: int
    lines: Mapping[str, int]


# The parser in C reads the catalogue ten times as fast; a PyYAML built without it still reads it.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Safe):
    pass


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if key.value in lines:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
        lines[key.value] = key.start_mark.line + 1
    found = Located(cast("dict[str, Any]", loader.construct_mapping(node, deep=True)))
    found.line, found.lines = node.start_mark.line + 1, lines
    return found


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds."""
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(path, "", str(error), mark.line + 1 if mark else None) from error
    if not isinstance(tree, dict):
        raise SourceError(path, "", "must hold a mapping")
    return tree


def line_of(tree: object, path: str) -> int | None:
    """The line of the innermost mapping key that a path leads to; None for content that came from no file."""
    line = getattr(tree, "line", None)
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(tree, Located):
            line = tree.lines.get(step, line)
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
            line = getattr(tree, "line", line)
        else:
            break
    return line


class Node:
    """One mapping of a file, read key by key; a wrong, missing or unknown key is an error."""

    def __init__(self, tree: object, file: Path | str, key: str = "") -> None:
        self.file, self.key = file, key
        if not isinstance(tree, dict):
            raise SourceError(file, key, "must be a mapping")
        self.tree: dict[str, Any] = tree

    def error(self, key: str, message: str) -> SourceError:
        """What is wrong at a key of this mapping, or at a path below it (`show_if.any[0].is`)."""
        return SourceError(self.file, f"{self.key}.{key}" if self.key else key, message, line_of(self.tree, key))

    def only(self, allowed: Collection[str]) -> None:
        for key in self.tree:
            if key not in allowed:
                raise self.error(str(key), f"unknown key; expected one of {', '.join(sorted(allowed))}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.tree.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.error(key, "must be text")
        return value.strip()

    def number(self, key: str, default: int | None = None) -> int:
        value = self.tree.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, "must be a whole number")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.tree.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def day(self, key: str) -> date:
        value = self.tree.get(key)
        if type(value) is not date:
            raise self.error(key, "must be a date, YYYY-MM-DD")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.tree.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(key, "must be a list of texts")
        return tuple(item.strip() for item in value)

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise self.error(key, f"{value!r} is not one of {', '.join(sorted(allowed))}")
        return value

    def nodes(self, key: str) -> list[Node]:
        value = self.tree.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list")
        where = f"{self.key}.{key}" if self.key else key
        return [Node(item, self.file, f"{where}[{index}]") for index, item in enumerate(value)]


def canonical(content: object) -> bytes:
    """One spelling of the same content, so that equal content has an equal sha256."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def as_json(content: object) -> Any:
    """The same content in JSON's own types, dates as ISO text, so that it can be stored as it is."""
    return json.loads(canonical(content))


def sha256_of(content: object) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
