"""Where the real inventories are, which are no part of the project."""

import os
from pathlib import Path

import pytest

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "data"


def real(name: str) -> Path:
    """A real file, or the test is skipped with the reason."""
    folder = Path(os.environ.get("PORTAL_REAL_DATA") or DEFAULT)
    path = folder / name
    if not path.is_file():
        pytest.skip("the real inventories are not here; PORTAL_REAL_DATA names their folder")
    return path
