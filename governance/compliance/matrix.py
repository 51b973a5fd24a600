"""The practice matrix: cases by the seven practices, most open first, with totals. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from types import MappingProxyType

from governance.compliance.contract import Snapshot
from governance.compliance.practices import FIELDS, LEVELS, NAMES, Position, positions, standing_words

RANK = {"not_answered": 0, "in_progress": 1, "reported": 2}
PROVEN = 3
ON_PAPER = 90  # rows of one table of a PDF
SYMBOLS = {
    "not_answered": "none", "in_progress": "progress", "reported": "reported", "evidenced": "evidenced",
    "verified": "verified", "not_applicable": "na", "precluded": "na", "waived": "waived",
}  # fmt: skip
STANDINGS = {"not_met": "Not met", "on_word": "Resting on word", "met": "Met"}
HEADS = {
    "testing": ("Testing", "before deployment"),
    "impact_assessment": ("Impact assessment", "kept current"),
    "monitoring": ("Monitoring", "ongoing"),
    "training": ("Training", "of operators"),
    "human_oversight": ("Human oversight", "and fail-safe"),
    "appeals": ("Appeals", "and remedies"),
    "consultation": ("Consultation", "users and public"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One practice of one case. `was`: the level it had at the last run, where it has stepped back since.

    `reported`: the component's own answer in the words of its questionnaire.
    """

    position: Position
    was: str = ""
    reported: str = ""

    @property
    def practice(self) -> str:
        """Which practice."""
        return self.position.practice

    @property
    def head(self) -> str:
        """The practice in a word or two."""
        return HEADS[self.practice][0]

    @property
    def symbol(self) -> str:
        """Which of the seven symbols stands for the level."""
        return SYMBOLS[self.position.level]

    @property
    def word(self) -> str:
        """The level in words."""
        return LEVELS[self.position.level]

    @property
    def note(self) -> str:
        """What the word alone does not say."""
        if self.was:
            return f"was {LEVELS[self.was]}"
        if self.position.exception:
            return self.position.exception
        return "not accepted" if self.position.is_excused and not self.position.is_accepted else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A deployed high-impact case."""

    use_case_id: str
    name: str
    component: str
    cells: tuple[Cell, ...]
    due_on: date
    as_of: date
    is_restricted: bool
    is_recorded_late: bool

    @property
    def not_met(self) -> tuple[Cell, ...]:
        """Practices not answered or in progress, with nothing that excuses them."""
        return tuple(cell for cell in self.cells if cell.position.is_not_met)

    @property
    def on_word(self) -> tuple[Cell, ...]:
        """Practices that rest on the component's word only."""
        return tuple(cell for cell in self.cells if cell.position.rests_on_word)

    @property
    def standing_words(self) -> str:
        """How its seven practices stand, in a sentence."""
        return standing_words([cell.position for cell in self.cells])

    @property
    def standing(self) -> str:
        """Not met, resting on word, or met: each case stands in exactly one."""
        return "not_met" if self.not_met else "on_word" if self.on_word else "met"

    @property
    def days_past_due(self) -> int:
        """Days since the practices not met were due; 0 while nothing is overdue."""
        return max(0, (self.as_of - self.due_on).days) if self.not_met else 0


@dataclass(frozen=True)
class Group:
    """The rows of one component."""

    component: str
    rows: tuple[Row, ...]

    @property
    def pages(self) -> tuple[tuple[Row, ...], ...]:
        """The rows in tables short enough to be laid out on paper."""
        return tuple(self.rows[start : start + ON_PAPER] for start in range(0, len(self.rows), ON_PAPER))

    def count(self, standing: str) -> int:
        """How many cases stand so."""
        return sum(row.standing == standing for row in self.rows)

    @property
    def not_met(self) -> int:
        """Cases with a practice not met."""
        return self.count("not_met")

    @property
    def cells_not_met(self) -> int:
        """Practices not met, over all its cases."""
        return sum(len(row.not_met) for row in self.rows)

    def not_met_of(self, practice: str) -> int:
        """Cases with this practice not met."""
        return sum(any(cell.practice == practice for cell in row.not_met) for row in self.rows)


@dataclass(frozen=True)
class Matrix:
    """All rows, most open first by component and within it."""

    groups: tuple[Group, ...]
    levels: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of every component, in the order shown."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def whole(self) -> Group:
        """All components as one, for the totals."""
        return Group("", self.rows)

    @property
    def worst(self) -> tuple[Row, ...]:
        """Cases with a practice not met, most open and longest due first."""
        return tuple(sorted((row for row in self.rows if row.not_met), key=_order))


def row_of(snapshot: Snapshot, before: Mapping[str, str] | None = None) -> Row | None:
    """The case's row; None when it owes no practices. `before`: its levels at the last run."""
    found = positions(snapshot)
    if not found:
        return None
    return Row(
        use_case_id=snapshot.use_case_id,
        name=snapshot.name,
        component=snapshot.component,
        cells=tuple(
            Cell(
                position,
                _stepped_back(position, (before or {}).get(position.practice)),
                reported(snapshot, FIELDS[position.practice]),
            )
            for position in found
        ),
        due_on=found[0].due_on,
        as_of=snapshot.as_of,
        is_restricted=snapshot.is_restricted,
        is_recorded_late=snapshot.is_recorded_late,
    )


def reported(snapshot: Snapshot, name: str) -> str:
    """What the component answered, in words; a restricted answer, or one nobody understood, is said to be that."""
    if name in snapshot.restricted_fields:
        return "Restricted answer"
    if snapshot.withholds(name):
        return "Withheld in the source"
    if name in snapshot.document.get("flagged", {}):
        return "Not understood, waits for correction"
    question = snapshot.form.by_field.get(name)
    return (question.words(snapshot.answers.get(name)) if question else "") or "Not answered"


def _stepped_back(position: Position, before: str | None) -> str:
    if before is None or before not in LEVELS:
        return ""
    is_back = RANK.get(position.level, PROVEN) < RANK.get(before, PROVEN)
    return before if is_back or (before, position.level) == ("verified", "evidenced") else ""


def _order(row: Row) -> tuple[int, int, date, str]:
    return (-len(row.not_met), -len(row.on_word), row.due_on, row.use_case_id)


def build(rows: Iterable[Row]) -> Matrix:
    """Group by component, most practices not met first, and count the levels."""
    listed = sorted(rows, key=lambda row: (row.component, *_order(row)))
    groups = [Group(code, tuple(found)) for code, found in groupby(listed, key=lambda row: row.component)]
    groups.sort(key=lambda group: (-group.cells_not_met, -len(group.rows), group.component))
    counted = Counter(cell.position.level for row in listed for cell in row.cells)
    return Matrix(tuple(groups), MappingProxyType({level: counted[level] for level in LEVELS}))


def only(matrix: Matrix, *, standing: str = "", component: str = "", practice: str = "") -> Matrix:
    """The rows that fit; an unknown value finds nothing rather than everything."""
    return build(
        row
        for row in matrix.rows
        if (not standing or row.standing == standing)
        and (not component or row.component == component)
        and (not practice or any(cell.practice == practice for cell in row.not_met))
    )


NEXT = {
    "not_answered": "Answer the question, do what it asks, and record the evidence with its date.",
    "in_progress": "Finish it, file the answer that says so, and record the evidence with its date.",
    "reported": "Record the document that shows it, with its date. Until then it rests on the component’s word.",
    "evidenced": "It is met. Somebody who neither built nor submitted the case can verify the evidence.",
    "verified": "It is met.",
    "waived": "It is covered as long as the waiver is in force; it is certified anew each year.",
}


def what_would_meet(position: Position) -> str:
    """What is missing, in a sentence for the people of the case."""
    if position.is_excused:
        accepted = "The Chief AI Officer has accepted that it does not apply."
        return accepted if position.is_accepted else "The Chief AI Officer has to accept this, with a citation."
    if position.exception and position.level != "waived":
        return f"It is covered for now ({position.exception}). {NEXT[position.level]}"
    return NEXT[position.level]


PRACTICES = tuple(FIELDS)
__all__ = ["NAMES", "PRACTICES", "Cell", "Group", "Matrix", "Row", "build", "only", "row_of", "what_would_meet"]
