"""People of the import tests."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from tests import make


@pytest.fixture
def manager(cast: Any) -> User:
    make.component("CBP")
    make.component("ICE")
    person: User = cast.manager
    return person
