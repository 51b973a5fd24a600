"""Personal information in use has a linked privacy impact assessment (E-Government Act section 208; 139-08)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import WARNING, Problem, Snapshot
from governance.compliance.privacy import ENOUGH, document_on_record, threshold


def pii_has_pia(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Personal information is reported, no assessment is linked or on record, and no analysis says none is needed."""
    if snapshot.answers.get("pia_url") or snapshot.withholds("pia_url"):
        return
    if snapshot.records:
        found = threshold(snapshot)
        if found and found.is_current(snapshot.as_of) and found.outcome in ENOUGH:
            return
        if document_on_record(snapshot, "pia"):
            return
    text = "It uses personal information and links no privacy impact assessment; no threshold analysis in effect here "
    yield Problem(f"{text}says that none is needed.", WARNING, field="pia_url")
