"""The speed figures of the yearly inventory: `./run bench inventory [cycle] ...`, all of them unless named.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import inventory_cycle

FIGURES: dict[str, Callable[[], None]] = {
    "cycle": inventory_cycle.overview,
}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
