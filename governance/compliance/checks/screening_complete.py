"""The screening is answered, so that risks are documented and classified (Directive 139-08, enterprise AI risk)."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.compliance.contract import NOTICE, Problem, Snapshot

FIELDS = (
    "scr_pii",
    "scr_persons_affected",
    "scr_rights_safety",
    "scr_biometrics",
    "scr_law_enforcement",
    "scr_vendor",
    "scr_ato",
)


def screening_complete(snapshot: Snapshot, params: Mapping[str, Any]) -> Iterator[Problem]:
    """Some screening questions have no answer, or "unknown"."""
    left = [name for name in FIELDS if snapshot.answers.get(name) in (None, "unknown")]
    if left:
        yield Problem(f"{len(left)} of {len(FIELDS)} screening answers are missing or unknown.", NOTICE, field=left[0])
