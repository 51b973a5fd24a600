"""The daily round of the yearly inventory."""

from registry.actions.certifying import tell_outdated
from registry.actions.cycle_changes import count_open_cycles
from registry.actions.cycles import remind_when_due


def look_after_cycles() -> dict[str, int]:
    """Remind who has not answered, tell of certifications that are out of date, count the changes anew."""
    return {"reminded": remind_when_due(), "outdated": tell_outdated(), "counted": count_open_cycles()}
