"""The speed figures of the yearly inventory: `./run bench inventory [cycle] [export]`, all of them unless named.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import _inventory_cycle as inventory_cycle
from bench import _inventory_export as inventory_export

FIGURES: dict[str, Callable[[], None]] = {
    "cycle": inventory_cycle.overview,
    "export": inventory_export.export,
}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
