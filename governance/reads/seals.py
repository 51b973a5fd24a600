"""What the page of seals shows: the newest ones, the last verification, and whether a printed seal is in the log."""

from __future__ import annotations

from dataclasses import dataclass

from audit.models import Seal
from governance.models import Verification

SHOWN = 10


@dataclass(frozen=True)
class Compared:
    """A printed seal held against the log: `kept` is the log's own, None where it has no such number."""

    number: int
    printed: str
    kept: Seal | None

    @property
    def agrees(self) -> bool:
        """Whether the log has it as it was printed."""
        return self.kept is not None and self.kept.sha256 == self.printed


def compare(number: int, printed: str) -> Compared:
    """Look a printed seal up."""
    return Compared(number, printed, Seal.objects.filter(number=number).first())


def newest() -> list[Seal]:
    """The newest seals."""
    return list(Seal.objects.order_by("-number")[:SHOWN])


def verifications() -> list[Verification]:
    """The newest verifications, the running one first."""
    return list(Verification.objects.select_related("requested_by")[:SHOWN])
