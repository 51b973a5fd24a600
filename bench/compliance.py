"""The speed figures of compliance: `./run bench compliance [verify] [sweeps]`, or both.

`sweeps_100000` takes its time and is measured only when it is named.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import _audit, _compliance_sweeps

FIGURES: dict[str, Callable[[], None]] = {"verify": _audit.verify, "sweeps": _compliance_sweeps.sweeps}
NAMED = {"sweeps_100000": _compliance_sweeps.sweeps_100000}

if __name__ == "__main__":
    names = sys.argv[1:]
    sys.exit(run_figures({**FIGURES, **NAMED}, names or list(FIGURES)))
