"""The speed figures of reviews: `./run bench reviews [queue] [decide] [notices]`, or all of them.

It wants an empty, migrated database, as `./run bench` gives it one, and leaves it empty of use cases.
"""

import sys
from collections.abc import Callable

from bench._stage import run_figures  # first: it sets Django up  # isort: skip
from bench import _reviews_decide as reviews_decide
from bench import _reviews_notices as reviews_notices
from bench import _reviews_queue as reviews_queue

FIGURES: dict[str, Callable[[], None]] = {
    "queue": reviews_queue.queue,
    "decide": reviews_decide.decide,
    "notices": reviews_notices.dispatch_all,
}

if __name__ == "__main__":
    sys.exit(run_figures(FIGURES, sys.argv[1:]))
