"""Personal information in use has a linked privacy impact assessment (E-Government Act section 208; 139-08)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot


def pii_has_pia(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Personal information is reported and no assessment is linked."""
    if not snapshot.answers.get("pia_url") and not snapshot.withholds("pia_url"):
        yield Problem("It uses personal information and links no privacy impact assessment.", WARNING, field="pia_url")
