"""What importing a large inventory costs: memory above the idle process, and time by row."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connection

from bench import _files as files
from bench._measure import pairs, ratios, say, seconds, vacuum
from bench.main import MANY_ROWS, bring_in

SOME_ROWS = 2_400
MOST_MEGABYTES = 300


def import_memory() -> None:
    """How far importing 24,000 rows of distinct texts raises the memory of a process that was idle."""
    _, content = files.workbook()
    with tempfile.TemporaryDirectory() as folder:
        for name, made in (("xlsx", files.distinct(content, MANY_ROWS)), ("csv", files.as_csv(content, MANY_ROWS))):
            path = Path(folder, f"many.{name}")
            path.write_bytes(made)
            found = [_peak(path) for _ in range(7)]
            say(f"inventory.import_megabytes_above_idle_{name}", found, bar=MOST_MEGABYTES)
    vacuum()


def _peak(path: Path) -> float:
    """In a process of its own, on the database this one uses."""
    own = connection.settings_dict
    address = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    environment = os.environ if os.environ.get("DATABASE_URL") else {**os.environ, "DATABASE_URL": address}
    command = [sys.executable, "-m", "bench._memory", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.split()[-1])


def import_cost_per_row() -> None:
    """What a row costs in a file of 24,000, against one of 2,400."""
    _, content = files.workbook()
    some, many = files.distinct(content, SOME_ROWS), files.distinct(content, MANY_ROWS)
    bring_in(some)

    def measured(file: bytes, rows: int) -> float:
        vacuum()
        return seconds(lambda: bring_in(file)) / rows

    found = pairs(lambda: measured(some, SOME_ROWS), lambda: measured(many, MANY_ROWS))
    say("inventory.import_milliseconds_per_row_2400", [one * 1000 for one, _ in found])
    say("inventory.import_milliseconds_per_row_24000", [many * 1000 for _, many in found])
    say("inventory.import_cost_per_row_24000_over_2400", ratios(found), bar=1.3)
    vacuum()
