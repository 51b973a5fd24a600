"""One import in a process of its own: says how far the memory rose above the idle process, in megabytes.

`python -m bench._memory FILE`; the import is rolled back.
"""

import sys
from pathlib import Path

from bench._measure import undone
from bench._stage import system_account  # sets Django up
from registry.actions import inventory


def main(path: Path) -> None:
    """Import the file and print the rise of the peak."""
    actor = system_account()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    idle = _kilobytes("VmRSS")
    with undone():
        batch = inventory.import_file(path.read_bytes(), path.name, actor=actor)
        if batch.summary["cells_stored"] + batch.summary["cells_flagged"] != batch.summary["cells_total"]:
            raise RuntimeError("cells were lost")
    print((_kilobytes("VmHWM") - idle) / 1024)


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
