"""What judgements quote of a case, as somebody without need to know of its restricted answers may read it."""

from collections.abc import Iterable
from typing import Any

from audit.models import Event
from governance.models import Determination, Finding
from registry.models import Evidence, UseCase
from registry.permissions.know import for_reader

# Their reasons may say what is restricted, or why.
ABOUT_HANDLING = ("use_case.answers_restricted", "use_case.answers_opened", "need_to_know.given", "need_to_know.ended")


def findings(user: Any, rows: Iterable[Finding]) -> list[Finding]:
    """The findings with the message of those about a restricted answer replaced, for this person."""
    found = list(rows)
    about = [one for one in found if one.field and one.field in one.use_case.restricted]
    for_reader(user, *{one.use_case_id: one.use_case for one in about}.values())
    hidden = {one.use_case_id: one.use_case.ask for one in about if one.use_case.hidden}
    for one in about:
        if one.use_case_id in hidden:
            one.message = f"{hidden[one.use_case_id]}."
    return found


def history(use_case: UseCase, events: Iterable[Event]) -> list[Event]:
    """The events of a case's timeline: none about evidence behind a hidden answer, no reason or label that quotes."""
    found = list(events)
    if not use_case.hidden:
        return found
    behind = Evidence.objects.filter(use_case=use_case, field__in=sorted(use_case.hidden))
    about = Finding.objects.filter(use_case=use_case, field__in=sorted(use_case.hidden))
    hidden = {str(pk) for pk in [*behind.values_list("uuid", flat=True), *about.values_list("uuid", flat=True)]}
    shown = [one for one in found if one.subject_id not in hidden]
    if "system_name_ato" in use_case.hidden:
        shown = [one for one in shown if not one.kind.startswith("system.")]
    for one in shown:
        is_justification = one.kind.startswith("determination.") and "hi_justification" in use_case.hidden
        if is_justification or one.kind in ABOUT_HANDLING or one.data.get("field") in use_case.hidden:
            one.reason = ""
    return shown


def justification(use_case: UseCase, row: Determination) -> str:
    """The signed justification repeats the answer it was filled in with, so it is kept back with it."""
    return f"{use_case.marker}." if row.justification and "hi_justification" in use_case.hidden else row.justification
