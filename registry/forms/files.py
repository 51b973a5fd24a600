"""Forms about an inventory file that waits: what its columns ask, and which cases its IDs mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from openpyxl.utils import get_column_letter

from registry.actions.inventory.said import KEEP
from registry.inventory.answers import question
from registry.inventory.cells import shorten
from registry.inventory.schema import Layout

UNDECIDED = "Not decided yet"
NO_QUESTION = "It asks none of these: keep the text"
LONGEST = 90
Asked = Mapping[str, Any]


class ColumnLine(NamedTuple):
    """A column as the page shows it: where it stands, what stands in it, what was made of it, and the choice."""

    letter: str
    asked: Asked
    made_of_it: str
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """One choice for each column that its header alone does not place."""

    def __init__(self, asked: Sequence[Asked], layout: Layout, data: Any = None) -> None:
        super().__init__(data)
        self._asked, self._layout, self._options = asked, layout, _options(layout)
        there = {one["field"] for one in asked if one["field"]}
        for number, one in enumerate(asked):
            label = f"What does column {get_column_letter(one['index'] + 1)} ask?"
            field = forms.ChoiceField(label=label, required=False, choices=self._choices(one, there))
            field.initial = self._initial(one)
            self.fields[f"column-{number}"] = field

    def _choices(self, one: Asked, there: set[str]) -> list[Any]:
        likely = [name for name in dict.fromkeys([one["belongs"], one["field"], *one["guesses"]]) if name]
        others = [column for column in self._layout.columns if column.field not in likely]
        groups = [("Likely", [self._named(name) for name in likely])] if likely else []
        groups.append(("All questions", [self._options[column.field] for column in others]))
        return [("", UNDECIDED), (KEEP, NO_QUESTION), *groups]

    def _named(self, name: str) -> tuple[str, str]:
        return self._options.get(name, (name, name))

    def _initial(self, one: Asked) -> str:
        if one["how"] == "kept" or (one.get("slipped") and not one["belongs"]):
            return KEEP
        return one["belongs"] or one["field"]

    def lines(self) -> Iterator[ColumnLine]:
        """The columns in the order of the file."""
        for number, one in enumerate(self._asked):
            letter = get_column_letter(one["index"] + 1)
            yield ColumnLine(letter, one, self._made_of(one), self[f"column-{number}"])

    def _made_of(self, one: Asked) -> str:
        named = self._named(one["belongs"] or one["field"])[1] if one["belongs"] or one["field"] else ""
        if one.get("slipped"):
            return (
                f"All its cells look like answers to another question: “{named}”."
                if one["belongs"]
                else ("Its cells repeat the column beside it.")
            )
        words = {"reworded": "Read as “{}”, by its words.", "mapped": "Read as “{}”, as somebody said.",
                 "kept": "Asks no question, somebody said."}  # fmt: skip
        return words.get(one["how"], "No question of the layout is known to be meant.").format(named)

    def answers(self) -> dict[str, str]:
        """What was chosen, by place in the file."""
        chosen = ((one, self.cleaned_data.get(f"column-{number}", "")) for number, one in enumerate(self._asked))
        return {f"{one['sheet']}|{one['index']}": name for one, name in chosen if name}


def _options(layout: Layout) -> dict[str, tuple[str, str]]:
    """Each question as a choice; one whose words repeat is told by the question it stands after."""
    words = {column.field: shorten(question(column), LONGEST) for column in layout.columns}
    times, before, found = Counter(words.values()), "", {}
    for name, said in words.items():
        repeats = times[said] > 1
        found[name] = (name, f"{said} (after “{shorten(before, 50)}”)" if repeats and before else said)
        before = before if repeats else said
    return found


class IdLine(NamedTuple):
    """An ID in another spelling, and the choice."""

    asked: Asked
    field: forms.BoundField


class IdsForm(forms.Form):
    """Of each ID in another spelling: is it the case that was found, or another one?"""

    def __init__(self, asked: Sequence[Asked], data: Any = None) -> None:
        super().__init__(data)
        self._asked = asked
        for number, one in enumerate(asked):
            field = forms.ChoiceField(
                label=f"Is {one['spelling']} the case {one['use_case_id']}?",
                required=False,
                choices=[("same", f"Yes, it is {one['use_case_id']}"), ("other", "No, another case")],
                widget=forms.RadioSelect,
                initial="" if one["how"] == "ask" else "same",
            )
            self.fields[f"id-{number}"] = field

    def lines(self) -> Iterator[IdLine]:
        """The IDs in the order of the file."""
        for number, one in enumerate(self._asked):
            yield IdLine(one, self[f"id-{number}"])

    def answers(self) -> dict[str, bool]:
        """Spelling -> whether it is the case that was found."""
        chosen = ((one, self.cleaned_data.get(f"id-{number}", "")) for number, one in enumerate(self._asked))
        return {one["spelling"]: answer == "same" for one, answer in chosen if answer}
