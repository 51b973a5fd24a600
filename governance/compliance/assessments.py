"""The impact assessment of a case that counts, complete or not. Pure."""

from governance.compliance.contract import Record, Snapshot

KIND = "impact_assessment"


def assessment(snapshot: Snapshot) -> Record | None:
    """The newest that is complete; while none is, the newest. None without any on record."""
    found = snapshot.records_of(KIND) if snapshot.records else ()
    return next((one for one in found if one.is_complete), found[0] if found else None)
