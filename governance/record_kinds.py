"""The kinds of dated records as dated data: what a record says, who makes it, how long it holds. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from registry import conditions
from registry import questionnaire as questionnaires
from registry.conditions import Condition, ConditionError
from registry.rule_files import RuleFiles
from registry.yaml_source import Node, read

EVIDENCE, VERIFICATION, ACCEPTANCE = "evidence", "verification", "acceptance"  # made on the page of the practices
REVIEW = "independent_review"
GROUPS = {
    "practice": "Minimum practices",
    "privacy": "Privacy",
    "security": "Security",
    "benefit": "Benefit",
}
TYPES = ("text", "long_text", "date", "choice", "yes_no", "number", "person")
CASE, VERIFIER, OFFICE = "case", "verifier", "office:"
ROLES = {"lead": "component_lead", "caio": "caio", "deputy_caio": "deputy_caio"}
PRACTICES = (
    "testing", "impact_assessment", "monitoring", "training", "human_oversight", "appeals", "consultation",
)  # fmt: skip
_KIND = {
    "kind", "label", "group", "purpose", "source", "practice", "evidences", "recorders", "refers_to", "signs", "needs",
    "expiry", "expected_when", "by_practice", "fields",
}  # fmt: skip
_FIELD = {"field", "label", "type", "required", "required_with", "hint", "choices", "past", "not_before"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a record of a kind says. `required_with`: required where another field has this value."""

    name: str
    label: str
    type: str
    is_required: bool = False
    required_with: tuple[str, str] | None = None
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_past: bool = False
    not_before: str = ""

    def words(self, value: Any) -> str:
        """A value as a page says it; dates stay ISO, for the page to put into words."""
        if isinstance(value, Mapping):
            return str(value.get("name", ""))
        known = dict(self.choices) if self.type == "choice" else {"yes": "Yes", "no": "No"}
        return known.get(str(value), "" if value is None else str(value))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of dated record; the file says what each part means."""

    slug: str
    label: str
    group: str
    purpose: str
    source: str
    recorders: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    practice: str = ""
    is_evidence: bool = False
    is_by_practice: bool = False
    refers_to: tuple[str, ...] = ()
    is_signature: bool = False
    needs: tuple[str, ...] = ()
    end_label: str = "Valid until"
    end_months: int | None = None
    must_end: bool = False
    has_end: bool = False
    expected_when: Condition | None = None

    @property
    def offices(self) -> tuple[str, ...]:
        """The codes of the offices that may record it."""
        return tuple(one.removeprefix(OFFICE) for one in self.recorders if one.startswith(OFFICE))

    @property
    def is_brought(self) -> bool:
        """Whether who recorded it stands behind the practice and cannot verify it."""
        return self.is_evidence or self.is_signature

    @property
    def lowered(self) -> str:
        """The label inside a sentence."""
        return self.label if self.label[:2].isupper() else self.label[0].lower() + self.label[1:]

    def latest_end(self, effective_on: date) -> date | None:
        """The last day a record of this date can have; None where the kind sets no term."""
        return months_later(effective_on, self.end_months) if self.end_months else None

    def is_expected(self, answers: Mapping[str, Any], day: date) -> bool:
        """Whether a case that answers so is expected to have one."""
        return bool(self.expected_when) and self.expected_when.holds(answers, day)  # type: ignore[union-attr]  # asked before

    def problems(self, details: Mapping[str, Any], today: date) -> dict[str, str]:
        """What is wrong with these details: {field: sentence}; empty when they are in order."""
        found = {name: "This kind of record does not say that." for name in details if name not in self.by_name}
        for field in self.fields:
            if wrong := _problem(field, details, today):
                found[field.name] = wrong
        return found

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}


def _problem(field: Field, details: Mapping[str, Any], today: date) -> str:
    value = details.get(field.name)
    if value in (None, ""):
        other, wanted = field.required_with or ("", "")
        is_due = field.is_required or (other and details.get(other) == wanted)
        return f"Say this: {field.label[0].lower()}{field.label[1:]}." if is_due else ""
    if field.type == "date":
        return _day_problem(field, value, details, today)
    fits, sentence = _FITS[field.type]
    return "" if fits(field, value) else sentence


_FITS: dict[str, tuple[Callable[[Field, Any], bool], str]] = {
    "text": (lambda _, value: isinstance(value, str), "Give text."),
    "long_text": (lambda _, value: isinstance(value, str), "Give text."),
    "choice": (lambda field, value: value in dict(field.choices), "Choose one of the answers."),
    "yes_no": (lambda _, value: value in ("yes", "no"), "Answer yes or no."),
    "number": (lambda _, value: type(value) is int and value >= 0, "Give a whole number."),
    "person": (lambda _, value: isinstance(value, Mapping) and "id" in value, "Choose a person."),
}


def _day_problem(field: Field, value: Any, details: Mapping[str, Any], today: date) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return "Give a date."
    if field.is_past and day > today:
        return "This day has not come yet."
    first = str(details.get(field.not_before) or "") if field.not_before else ""
    return "It would end before it begins." if first and value < first else ""


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Edition:
    """All kinds of one edition."""

    key: str
    source: str
    kinds: tuple[Kind, ...]

    @cached_property
    def by_slug(self) -> dict[str, Kind]:
        """The kinds by slug."""
        return {kind.slug: kind for kind in self.kinds}

    @cached_property
    def evidencing(self) -> frozenset[str]:
        """Kinds that lift their practice to evidenced."""
        return frozenset(kind.slug for kind in self.kinds if kind.is_evidence)

    @cached_property
    def with_parts(self) -> tuple[Kind, ...]:
        """Kinds that are complete only with other records about them."""
        return tuple(kind for kind in self.kinds if kind.needs)

    @property
    def own_page(self) -> tuple[Kind, ...]:
        """Kinds that are made on a page of their own, not practice by practice."""
        return tuple(kind for kind in self.kinds if not kind.is_by_practice)


def load(path: Path, fields: Collection[str]) -> Edition:
    """Read one edition; anything unknown or contradictory is refused with file, line and reason."""
    root = Node(read(path), path)
    root.only({"rules", "edition", "source", "kinds"})
    nodes = root.nodes("kinds")
    kinds = tuple(_kind(node, fields) for node in nodes)
    _agree(kinds, nodes)
    return Edition(root.day("edition").isoformat(), root.text("source"), kinds)


def _kind(node: Node, fields: Collection[str]) -> Kind:
    node.only(_KIND)
    end = Node(node.tree["expiry"], node.file, f"{node.key}.expiry") if "expiry" in node.tree else None
    if end:
        end.only({"label", "months", "required"})
    return Kind(
        slug=node.text("kind"),
        label=node.text("label"),
        group=node.choice("group", GROUPS),
        purpose=node.text("purpose"),
        source=node.text("source"),
        recorders=_recorders(node),
        fields=tuple(_field(one) for one in node.nodes("fields")),
        practice=node.choice("practice", PRACTICES) if "practice" in node.tree else "",
        is_evidence=node.flag("evidences"),
        is_by_practice=node.flag("by_practice"),
        refers_to=node.texts("refers_to"),
        is_signature=node.flag("signs"),
        needs=node.texts("needs"),
        has_end=end is not None,
        end_label=end.text("label") if end else "Valid until",
        end_months=_months(end) if end else None,
        must_end=end.flag("required") if end else False,
        expected_when=_expected(node, fields),
    )


def _months(end: Node) -> int | None:
    if "months" not in end.tree:
        return None
    months = end.number("months")
    if months < 1:
        raise end.error("months", "must be at least 1")
    return months


def _recorders(node: Node) -> tuple[str, ...]:
    given = node.texts("recorders")
    known = {CASE, VERIFIER, *ROLES}
    if not given:
        raise node.error("recorders", "must name at least one")
    for one in given:
        if one not in known and not (one.startswith(OFFICE) and one != OFFICE):
            raise node.error("recorders", f"{one!r} is not one of {', '.join(sorted(known))} or office:CODE")
    return given


def _expected(node: Node, fields: Collection[str]) -> Condition | None:
    if "expected_when" not in node.tree:
        return None
    try:
        return conditions.compile(node.tree["expected_when"], fields)
    except ConditionError as error:
        raise node.error(f"expected_when.{error.path}" if error.path else "expected_when", error.message) from error


def _field(node: Node) -> Field:
    node.only(_FIELD)
    kind = node.choice("type", TYPES)
    choices = node.tree.get("choices", {})
    if (kind == "choice") != bool(choices) or not isinstance(choices, dict):
        raise node.error("choices", "a choice, and nothing else, has a mapping of codes and labels")
    other = node.tree.get("required_with")
    if other is not None and (not isinstance(other, dict) or len(other) != 1):
        raise node.error("required_with", "must name one field and its value")
    return Field(
        name=node.text("field"),
        label=node.text("label"),
        type=kind,
        is_required=node.flag("required"),
        required_with=next(iter(other.items())) if other else None,
        hint=node.text("hint", ""),
        choices=tuple(choices.items()),
        is_past=node.flag("past"),
        not_before=node.text("not_before", ""),
    )


def _agree(kinds: tuple[Kind, ...], nodes: list[Node]) -> None:
    """The kinds fit together: each once, what they name exists, and the parts of one have no parts themselves."""
    known = {kind.slug: kind for kind in kinds}
    for kind, node in zip(kinds, nodes, strict=True):
        if known[kind.slug] is not kind:
            raise node.error("kind", f"{kind.slug!r} stands twice")
        if kind.is_evidence and not kind.practice and not kind.is_by_practice:
            raise node.error("evidences", "needs a practice to lift")
        if kind.is_signature and not kind.refers_to:
            raise node.error("signs", "needs `refers_to`: what is signed")
        if unknown := [name for name in (*kind.refers_to, *kind.needs) if name not in known]:
            raise node.error("refers_to" if unknown[0] in kind.refers_to else "needs", f"no kind {unknown[0]!r}")
        for name in kind.needs:
            if known[name].needs or kind.slug not in known[name].refers_to:
                raise node.error("needs", f"{name!r} must refer to {kind.slug!r} and have no parts itself")
        _fields_agree(kind, node)


def _fields_agree(kind: Kind, node: Node) -> None:
    names = [field.name for field in kind.fields]
    if twice := [name for name in names if names.count(name) > 1]:
        raise node.error("fields", f"{twice[0]!r} stands twice")
    for index, field in enumerate(kind.fields):
        other = (field.required_with or ("",))[0] or field.not_before
        if other and other not in names:
            raise node.error(f"fields[{index}]", f"no field {other!r}")


_FILES = RuleFiles("record-kinds", lambda path: load(path, questionnaires.fields()))
editions, in_force = _FILES.editions, _FILES.in_force


@cache
def kind_of(slug: str, edition: str = "") -> Kind:
    """A kind as an edition has it, or as the newest that has it: what was recorded keeps its words."""
    for one in sorted(editions(), key=lambda found: (found.key == edition, found.key), reverse=True):
        if slug in one.by_slug:
            return one.by_slug[slug]
    return Kind(slug, slug.replace("_", " ").capitalize(), "practice", "", "", ())


def a_kind(given: Any, _: Collection[str]) -> str:
    """Why a param of a check is no kind of records of any edition; empty when it is one."""
    known = any(given in edition.by_slug for edition in editions())
    return "" if known else f"there is no kind of records {given!r}"
