"""Speed figures of the yearly inventory: `./run bench inventory [cycle] [changes] [export] [memory] [rows]`, or all.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import _inventory_changes as inventory_changes
from bench import _inventory_cycle as inventory_cycle
from bench import _inventory_export as inventory_export
from bench import _inventory_import as inventory_import

FIGURES: dict[str, Callable[[], None]] = {
    "cycle": inventory_cycle.overview,
    "changes": inventory_changes.changes,
    "export": inventory_export.export,
    "memory": inventory_import.import_memory,
    "rows": inventory_import.import_cost_per_row,
}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
