"""What stands in the way of loading a questionnaire edition: it was loaded before, or drops what is still in use."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from registry import questionnaire_source
from registry.models import CatalogueFile, UseCase
from registry.questionnaire import Questionnaire
from registry.yaml_source import SourceError, as_json, line_of

KIND = "questionnaires"
UNDATED = "effective_on"  # the first edition was loaded before editions had a day
NAME = "short"  # what lists call a question: the portal's own word, which no edition asks


def changed_since_loaded(name: str, tree: dict[str, Any]) -> str:
    """Where a file differs from what was loaded under its name, with the line; empty when it does not.

    A loaded edition never changes. A day given to an edition that was loaded without one is no change of what it asks,
    and neither is another short name for a question.
    """
    before = CatalogueFile.objects.filter(kind=KIND, name=name).order_by("-pk").values_list("document", flat=True)
    known = before.first()
    if known is None:
        return ""
    if UNDATED not in known:
        known = {**known, UNDATED: as_json(tree.get(UNDATED))}
    where = _difference(_unnamed(known), _unnamed(as_json(tree)))
    return f"line {line_of(tree, where)}, {where}" if where is not None else ""


def _unnamed(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _unnamed(value) for key, value in tree.items() if key != NAME}
    return [_unnamed(item) for item in tree] if isinstance(tree, list) else tree


def _difference(old: Any, new: Any, path: str = "") -> str | None:
    """The path of the first place where two trees differ."""
    if old == new:
        return None
    if isinstance(old, dict) and isinstance(new, dict):
        for key in (*new, *old):
            if old.get(key) != new.get(key):
                return _difference(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    if isinstance(old, list) and isinstance(new, list):
        for index, (left, right) in enumerate(zip(old, new, strict=False)):
            if left != right:
                return _difference(left, right, f"{path}[{index}]")
    return path


def check_editions(folder: Path, forms: Sequence[Questionnaire]) -> None:
    """Refuse a new edition that drops a field or a choice which documents still hold, unless its file says what
    becomes of it. Raises SourceError with file, line and reason."""
    loaded = set(CatalogueFile.objects.filter(kind=KIND).values_list("name", flat=True))
    for before, after in zip(forms, forms[1:], strict=False):
        if after.name not in loaded:
            _check(folder / f"{after.name}.yaml", before, after)


def _check(path: Path, before: Questionnaire, after: Questionnaire) -> None:
    told = {(one.field, one.code) for one in after.successors}
    for question in before:
        kept = after.by_field.get(question.field)
        codes = [code for code in question.codes if kept and code not in kept.codes]
        gone = [(question.field, code) for code in codes] or ([] if kept else [(question.field, "")])
        for field, code in gone:
            if (field, code) not in told and (count := _holding(field, code)):
                what = f"the choice {code!r} of {field!r}" if code else f"the field {field!r}"
                raise SourceError(
                    path,
                    field,
                    f"drops {what}, which {count} use case{'' if count == 1 else 's'} still hold"
                    f"{'s' if count == 1 else ''}; say under replaces: or retired: what becomes of it",
                    questionnaire_source.line_of_field(path, field),
                )


def _holding(field: str, code: str) -> int:
    """How many cases hold a field or choice in what counts, or in what is being written."""
    found = set()
    for document in ("filed_document", "document"):
        rows = UseCase.objects.filter(**{f"{document}__answers__has_key": field})
        if code:
            path = f"{document}__answers__{field}"
            rows = rows.filter(**{path: code}) | rows.filter(**{f"{path}__contains": [code]})
        found |= set(rows.values_list("pk", flat=True))
    return len(found)
