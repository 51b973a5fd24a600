"""What the Privacy Office has decided about a case, from the records in effect. Pure."""

from dataclasses import dataclass
from datetime import date

from governance.compliance.contract import Record, Snapshot

NEEDS = {"pia": frozenset({"pia_required", "both_required"}), "sorn": frozenset({"sorn_required", "both_required"})}
ENOUGH = frozenset({"covered", "not_sensitive"})


@dataclass(frozen=True, slots=True)
class Threshold:
    """The privacy threshold analysis that counts, and its adjudication where it has one."""

    pta: Record
    adjudication: Record | None

    @property
    def outcome(self) -> str:
        """What was decided; empty while nothing is."""
        return str(self.adjudication.details.get("outcome", "")) if self.adjudication else ""

    def is_current(self, day: date) -> bool:
        """Adjudicated and not run out."""
        return self.adjudication is not None and self.pta.is_current(day)


def threshold(snapshot: Snapshot) -> Threshold | None:
    """The newest analysis with an adjudication; while none has one, the newest. None without any."""
    found = snapshot.records_of("pta") if snapshot.records else ()
    if not found:
        return None
    pta = next((one for one in found if one.is_complete), found[0])
    adjudications = snapshot.records_of("pta_adjudication")
    return Threshold(pta, next((one for one in adjudications if one.about == pta.key), None))


def document_on_record(snapshot: Snapshot, kind: str, since: date | None = None) -> bool:
    """Whether a PIA or SORN that covers this use is on record, not older than `since`."""
    return any(
        one.is_current(snapshot.as_of)
        and one.details.get("covers") == "yes"
        and (not since or one.effective_on >= since)
        for one in snapshot.records_of(kind)
    )
