"""The speed figures of compliance: `./run bench compliance [verify]`, or all of them.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import _audit

FIGURES: dict[str, Callable[[], None]] = {"verify": _audit.verify}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
