"""How a figure is measured: interleaved pairs in one process, told as median and quartiles of their ratios."""

import gc
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from django.db import connection, connections, transaction

PAIRS = 7


def say(name: str, values: Sequence[float], bar: float | None = None) -> None:
    """One figure as a JSON line; `bar` is what it may be at most."""
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    told = {"name": name, "median": median, "q1": q1, "q3": q3}
    print(json.dumps({key: round(v, 4) if isinstance(v, float) else v for key, v in told.items()}
                     | {"n": len(values), "bar": bar}), flush=True)  # fmt: skip


def skip(name: str, why: str) -> None:
    """A figure that cannot be had yet."""
    print(json.dumps({"name": name, "skipped": why}), flush=True)


def seconds(act: Callable[[], Any]) -> float:
    """How long it takes, with the garbage of the measurement before out of the way."""
    gc.collect()
    start = perf_counter()
    act()
    return perf_counter() - start


def pairs(one: Callable[[], float], other: Callable[[], float], count: int = PAIRS) -> list[tuple[float, float]]:
    """Both measured `count` times, taking turns at being first, so that drift of the machine hits both."""
    measured = []
    for turn in range(count):
        if turn % 2:
            second, first = other(), one()
        else:
            first, second = one(), other()
        measured.append((first, second))
    return measured


def ratios(measured: Sequence[tuple[float, float]]) -> list[float]:
    """The second of each pair over the first."""
    return [second / first for first, second in measured]


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def vacuum() -> None:
    """Clear what a rolled-back act left behind, so that it does not slow the next one."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class Copies:
    """Databases copied from the present one, which stays as it is; each is used by making it the default one."""

    def __init__(self) -> None:
        self._own = connections["default"]
        self._made: dict[str, Any] = {}

    def make(self, label: str) -> None:
        """Copy the database; the copy is the default one afterwards."""
        self.use("")
        base = self._own.settings_dict["NAME"]
        name = f"{base}_bench_{label}"
        self._own.close()  # a template may have no connections
        with self._own._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{base}"')
        wrapper = connections.create_connection("default")
        wrapper.settings_dict = self._own.settings_dict | {"NAME": name, "CONN_MAX_AGE": None}
        self._made[label] = wrapper
        self.use(label)

    def use(self, label: str) -> None:
        """Make a copy, or the own database, the default one."""
        connections["default"] = self._made.get(label, self._own)

    def drop(self) -> None:
        """Remove the copies."""
        self.use("")
        for wrapper in self._made.values():
            wrapper.close()
            with self._own._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{wrapper.settings_dict["NAME"]}" WITH (FORCE)')
        self._made.clear()
