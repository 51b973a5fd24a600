"""What became of an act on several cases."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.models import UseCase


@dataclass
class Outcome:
    """The cases done in one act, and those left out with the reason."""

    act: uuid.UUID
    done: list[UseCase] = field(default_factory=list)
    left: list[tuple[UseCase, str]] = field(default_factory=list)

    def refuse(self, case: UseCase, reasons: Sequence[str]) -> bool:
        """Leave a case out where there is a reason; whether there was one."""
        if reasons:
            self.left.append((case, " ".join(reasons)))
        return bool(reasons)

    @property
    def reasons(self) -> list[str]:
        """Why nothing was done, each reason once."""
        return list(dict.fromkeys(reason for _, reason in self.left)) or ["Choose at least one case."]
