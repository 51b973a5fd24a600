"""What components say of lines from outside, one or many at once; the newest answer counts, the log keeps all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Entry, record_many
from audit.workflow import Refused, Stale
from registry.models import OutsideAnswer, OutsideLine, OutsideList, UseCase
from registry.permissions import visible_to
from registry.permissions.outside import bring_refusals, line_refusals, lines_visible_to

LONGEST = 1000
Says = OutsideAnswer.Says
NEEDS_WHY = {
    Says.NOT_AI: "Say why it is not AI: what it does, and that no model is behind it.",
    Says.COMMON: "Say which of OMB’s common commercial uses it is.",
}


@dataclass(frozen=True)
class Answer:
    """What somebody says of lines; `cases` are Use Case IDs."""

    says: str
    because: str = ""
    cases: tuple[str, ...] = field(default=())


@transaction.atomic
def answer_lines(seen: Mapping[str, int], given: Answer, *, actor: User) -> int:
    """Answer these lines; `seen` has the version of the answer that stood beside each (0: none). Returns how many.

    GAO-24-105980: what is not in the inventory is accounted for by whoever runs it, not passed over.
    """
    lines = _lines(seen, actor)
    for component in {line.component for line in lines}:
        if refusals := line_refusals(actor, component):
            raise Refused(*refusals)
    covering = _covering(given, actor)
    _not_stale(lines, seen)
    told = [entry for line in lines if (entry := _write(line, given, covering, actor))]
    if not told:
        raise Refused("Nothing was changed: these lines have this answer already.")
    record_many(told, actor=actor)
    return len(told)


def _lines(seen: Mapping[str, int], actor: User) -> list[OutsideLine]:
    """The lines, locked: who comes second sees the answer of who came first."""
    pks = lines_visible_to(actor).filter(uuid__in=list(seen)).values("pk")
    rows = OutsideLine.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    lines = list(
        rows.select_related("outside_list__agency", "component", "answer__answered_by").defer("outside_list__content")
    )
    if not lines:
        raise Refused("Choose at least one line." if not seen else "These lines are not in a list in use any more.")
    return lines


def _covering(given: Answer, actor: User) -> list[UseCase]:
    if given.says not in Says.values:
        raise Refused("Choose one of the answers.")
    if len(given.because) > LONGEST:
        raise Refused(f"The words have {len(given.because):,} characters; {LONGEST:,} at most.")
    if given.says in NEEDS_WHY and not given.because.strip():
        raise Refused(NEEDS_WHY[Says(given.says)])
    if given.says != Says.COVERED:
        return []
    wanted = {one.strip().upper() for one in given.cases if one.strip()}
    if not wanted:
        raise Refused("Name the use case that covers it, by its ID.")
    found = list(visible_to(actor).filter(use_case_id__in=wanted).defer("search_vector"))
    if missing := sorted(wanted - {case.use_case_id for case in found}):
        raise Refused(f"You can see no use case with the ID {', '.join(missing)}.")
    return found


def _not_stale(lines: Iterable[OutsideLine], seen: Mapping[str, int]) -> None:
    late = [line for line in lines if (line.answer.version if line.answer else 0) != seen[str(line.uuid)]]
    if late:
        names = "; ".join(f"{line} (by {line.answer.answered_by})" for line in late[:5] if line.answer)
        raise Stale(f"Somebody answered while you were writing; nothing was saved: {names}.")


def _write(line: OutsideLine, given: Answer, covering: list[UseCase], actor: User) -> Entry | None:
    row = line.answer
    before = _said(row)
    after = {"says": given.says, "because": given.because.strip(), "cases": sorted(c.use_case_id for c in covering)}
    if before == after:
        return None
    facts: dict[str, Any] = {
        "says": given.says, "because": given.because.strip(), "answered_by": actor, "answered_at": timezone.now(),
    }  # fmt: skip
    if row is None:
        source = line.outside_list
        row = OutsideAnswer.objects.create(agency=source.agency, kind=source.kind, key=line.key, **facts)
        current = OutsideList.State.CURRENT
        OutsideLine.objects.filter(pk=line.pk, outside_list__state=current).update(answer=row)
    else:
        for name, value in {**facts, "version": row.version + 1}.items():
            setattr(row, name, value)
        row.save()
    row.cases.set(covering)
    data = {"line": str(line.uuid), "key": line.key, "before": before, "after": after}
    return Entry("outside.answered", line.outside_list.event_subject(), data=data)


def _said(row: OutsideAnswer | None) -> dict[str, Any]:
    if row is None:
        return {}
    cases = sorted(row.cases.values_list("use_case_id", flat=True))
    return {"says": row.says, "because": row.because, "cases": cases}


@transaction.atomic
def assign_lines(uuids: Iterable[str], component: Component | None, *, actor: User) -> int:
    """Say whose lines these are. A newer list keeps what a person said. Returns how many were changed."""
    if refusals := bring_refusals(actor):
        raise Refused(*refusals)
    rows = lines_visible_to(actor).filter(uuid__in=list(uuids)).select_related("outside_list")
    changed = [row for row in rows.defer("outside_list__content") if row.component_id != (component and component.pk)]
    if not changed:
        raise Refused("Nothing was changed: choose lines of another component.")
    OutsideLine.objects.filter(pk__in=[row.pk for row in changed]).update(component=component, assigned_by=actor)
    code = component.code if component else ""
    record_many(
        [Entry("outside.assigned", row.outside_list.event_subject(), data={"line": str(row.uuid), "component": code})
         for row in changed],
        actor=actor,
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def registered(uuid: str, use_case: UseCase, *, actor: User) -> bool:
    """A case was registered for a line: it covers it from now on. False where the person answers no such line."""
    line = lines_visible_to(actor).filter(uuid=uuid).select_related("component", "answer").first()
    if line is None or line_refusals(actor, line.component):
        return False
    seen = {str(line.uuid): line.answer.version if line.answer else 0}
    return bool(answer_lines(seen, Answer(Says.COVERED, "Registered for it.", (use_case.use_case_id,)), actor=actor))
