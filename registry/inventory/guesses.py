"""What a person is asked about the columns of a file, with the questions they may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.inventory.answers import Flagged, interpret
from registry.inventory.cells import Value, shorten, source
from registry.inventory.placing import NAMELESS, Likeness, Place
from registry.inventory.records import ColumnFound
from registry.inventory.schema import Column, Layout
from registry.inventory.tables import Table

SHOWN = 3  # cells of a column a person is shown, and questions they are offered
FITS = 0.8
_CLOSED = ("choice", "multi", "date", "month")


def columns_of(table: Table, samples: Mapping[int, Sequence[Value]]) -> tuple[ColumnFound, ...]:
    """Every column that holds something and was not simply placed by its header."""
    width = max(samples, default=-1) + 1
    places = [table.place(index) for index in range(max(width, len(table.places)))]
    asked = [place for place in places if place.index in samples and (place.how != "exact" or place.shifted_to)]
    if not asked:
        return ()
    likeness = Likeness(table.layout)
    missing = {column.field: column for column in table.missing}
    return tuple(
        ColumnFound(
            sheet=table.sheet.name,
            index=place.index,
            header=place.header,
            field=place.field,
            how=place.how,
            belongs=_belongs(place, places, samples),
            samples=tuple(shorten(source(value), 120) for value in samples[place.index][:SHOWN]),
            guesses=_guesses(place, samples[place.index], likeness, missing, table.layout),
            slipped=place.shifted_to is not None,
        )
        for place in asked
        if not (place.extra and place.how == "exact")
    )


def _belongs(place: Place, places: Sequence[Place], samples: Mapping[int, Sequence[Value]]) -> str:
    """Where a slipped column's cells belong; blank where their own column holds them as well."""
    if place.shifted_to is None:
        return ""
    own = next((one for one in places if one.column is place.shifted_to and one.index in samples), None)
    return "" if own is not None and own.shifted_to is None else place.shifted_to.field


def _guesses(
    place: Place, values: Sequence[Value], likeness: Likeness, missing: Mapping[str, Column], layout: Layout
) -> tuple[str, ...]:
    """Missing questions whose words the header has, then those whose answers stand in the cells."""
    if place.column is not None:
        return ()
    by_words = [] if NAMELESS.fullmatch(place.header) else likeness.ranking(place.header, missing)
    found = [column.field for _, column in by_words]
    for name, column in missing.items():
        if column.kind in _CLOSED and len(values) > 1 and name not in found:
            good = sum(not isinstance(interpret(value, column, layout), Flagged) for value in values)
            if good >= FITS * len(values):
                found.append(name)
    return tuple(found[:SHOWN])
