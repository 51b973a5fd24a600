"""What a report is: what it answers, for whom, and how it is put together and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

FORMATS = ("pdf", "html", "xlsx", "csv")


@dataclass(frozen=True)
class SealMark:
    """The seal a report was made at; without a number there is none yet."""

    number: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Inputs:
    """Everything a report depends on beside the rows it reads: no clock, no actor, no run."""

    as_of: date
    known_at: datetime | None = None
    seal: SealMark = SealMark()
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportKind:
    """One kind of report. `assemble` reads; what it returns is frozen and goes to every format."""

    slug: str
    title: str
    answers: str
    audience: str
    template: str
    assemble: Callable[[Inputs], Any]
    facts: Callable[[Any], dict[str, Any]]
    xlsx: Callable[[Any], bytes]
    csv: Callable[[Any], bytes]


@dataclass(frozen=True)
class Pdf:
    """The bytes of a PDF and how many pages it has."""

    content: bytes
    pages: int
