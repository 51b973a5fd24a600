"""Which systems a case uses, and where its answers and a system's record meet."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Entry, record, record_many
from audit.workflow import Refused, Stale
from registry import document as documents
from registry import editions, systems
from registry.actions.systems import add_system
from registry.actions.use_cases import save_section
from registry.models import KeptAnswer, System, SystemMark, UseCase, UseCaseSystem
from registry.models.use_case import Handling
from registry.permissions import can_edit, edit_refusals
from registry.permissions.know import blind_refusals
from registry.permissions.systems import link_refusals, nameable, systems_visible_to
from registry.reads.named_systems import named_cases

SECTION = "system"
LONGEST = {"vendor_name": 300, "pia_reference": 500, "contract_number": 100}  # as the columns take them


@dataclass(frozen=True)
class Linked:
    """A new link, and the blank answers the record has given the case."""

    link: UseCaseSystem
    filled: tuple[str, ...]


@transaction.atomic
def link_system(
    use_case: UseCase, system: System, *, actor: User, why: str = "", started_on: date | None = None
) -> Linked:
    """Say that a case uses a system. Answers the case left blank and the record gives are filled in a new revision.

    Filled only for somebody who may change the answers now; given answers are never overwritten.
    """
    use_case = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner").get(pk=use_case.pk)
    day = started_on or timezone.localdate()
    if refusals := link_refusals(actor, use_case) or _system_refusals(actor, use_case, system, day):
        raise Refused(*refusals)
    linked = _link(use_case, system, actor=actor, why=why, day=day)
    entry = _entry(linked, why)
    record(entry.kind, entry.subject, actor=actor, reason=entry.reason, data=entry.data)
    return linked


def _system_refusals(actor: User, use_case: UseCase, system: System, day: date) -> list[str]:
    if not systems_visible_to(actor).filter(pk=system.pk).exists():
        return ["There is no such system."]
    if system.merged_into_id:
        return [f"This record was joined with {system.merged_into}. Link that one."]
    if system.handling == Handling.RESTRICTED != use_case.handling:
        return ["The system is restricted and this case is not: its answers would name it. Restrict the case first."]
    if day > timezone.localdate():
        return ["That day lies ahead. Link the system when the case uses it."]
    if UseCaseSystem.objects.filter(use_case=use_case, system=system, ended_at=None).exists():
        return [f"{use_case.use_case_id} is linked to this system already."]
    return []


def _link(use_case: UseCase, system: System, *, actor: User, why: str, day: date) -> Linked:
    link = UseCaseSystem.objects.create(use_case=use_case, system=system, started_on=day, why=why, recorded_by=actor)
    given: dict[str, str] = {}
    if can_edit(actor, use_case):
        asked = editions.of(use_case).by_field
        given = systems.filled(system.facts, use_case.document, asked, timezone.localdate())
    if given:
        save_section(
            use_case, SECTION, given, opened_on=use_case.revision_number, actor=actor,
            why=f"Blank answers filled from the record of the system {system.name}",
        )  # fmt: skip
    return Linked(link, tuple(given))


def _entry(linked: Linked, why: str) -> Entry:
    system, use_case = linked.link.system, linked.link.use_case
    data = {"link": linked.link.uuid, "started_on": linked.link.started_on, "filled": linked.filled}
    return Entry("system.linked", system.subject_on(use_case), why, data)


@transaction.atomic
def unlink_system(link: UseCaseSystem, *, actor: User, why: str, ended_on: date | None = None) -> None:
    """Say that a case no longer uses a system; the link and its reasons stay in the history."""
    day = ended_on or timezone.localdate()
    if refusals := link_refusals(actor, link.use_case):
        raise Refused(*refusals)
    if day < link.started_on or day > timezone.localdate():
        raise Refused("The last day lies between the day it was linked and today.")
    columns = {"ended_on": day, "ended_why": why, "ended_at": timezone.now(), "ended_by": actor}
    if UseCaseSystem.objects.filter(pk=link.pk, ended_at=None).update(**columns) != 1:
        raise Stale("Somebody else has ended this link already.")
    SystemMark.objects.filter(use_case=link.use_case, system=link.system, cleared_at=None).update(
        cleared=SystemMark.Cleared.UNLINKED, cleared_at=timezone.now(), cleared_by=actor
    )
    subject = link.system.subject_on(link.use_case)
    record("system.unlinked", subject, actor=actor, reason=why, data={"link": link.uuid, "ended_on": day})


@transaction.atomic
def take_over(link: UseCaseSystem, field: str, *, actor: User, opened_on: int) -> None:
    """Put what the record says in place of the case's answer, as a new revision. Stale if the answer has changed."""
    use_case, system = link.use_case, link.system
    if refusals := edit_refusals(actor, use_case):
        raise Refused(*refusals)
    says = _says(link, field)
    answer = systems.together(field, says)
    why = f"Taken over from the record of the system {system.name}"
    if save_section(use_case, SECTION, {field: answer}, opened_on=opened_on, actor=actor, why=why) is None:
        raise Stale("The answer says that already.")
    record("system.answer_taken", system.subject_on(use_case), actor=actor, data={"field": field})


def _says(link: UseCaseSystem, field: str) -> list[str]:
    """What this record says, then what the case's other systems say where all of them are named in one text."""
    today = timezone.localdate()
    own = systems.answers(link.system.facts, today).get(field)
    if link.ended_at is not None or own is None:
        raise Stale("The system's record no longer says anything on this question.")
    others = System.objects.filter(links__use_case=link.use_case, links__ended_at=None).exclude(pk=link.system_id)
    return [own, *(systems.answers(other.facts, today).get(field, "") for other in others.order_by("name"))]


@transaction.atomic
def keep_answer(link: UseCaseSystem, field: str, *, actor: User, because: str) -> KeptAnswer:
    """Keep an answer that differs from the record, with the reason; it holds while neither of the two changes."""
    use_case = link.use_case
    if refusals := edit_refusals(actor, use_case) or blind_refusals(actor, use_case, [field]):
        raise Refused(*refusals)
    if not because.strip():
        raise Refused("Say why the answer stays other than the record.")
    asked = editions.of(use_case).by_field
    found = systems.differing(link.system.facts, use_case.document, asked, timezone.localdate())
    differs = {name: (answer, says) for name, answer, says in found}
    if field not in differs:
        raise Stale("The answer and the record agree by now; nothing has to be kept.")
    answer, says = differs[field]
    kept = KeptAnswer.objects.create(
        link=link, field=field, answer=answer, says=says, because=because.strip(), recorded_by=actor
    )
    subject = link.system.subject_on(use_case)
    record("system.answer_kept", subject, actor=actor, reason=because.strip(), data={"field": field})
    return kept


@transaction.atomic
def make_of_name(name: str, component: Component, *, actor: User) -> tuple[System, int]:
    """Make a record of a name that answers give, and link the cases that give it: one act, an event a case.

    A record of that name is used where there is one. The new record says only what all these cases say.
    """
    cases = named_cases(nameable(actor)).get(systems.normalised(name), [])
    if not cases:
        raise Stale("No case without a record gives this name any more. Somebody has linked them already.")
    act = uuid.uuid4()
    same = _same_named(name, component, actor)
    system = same or add_system(component, _facts_of(name, cases), actor=actor, act=act, why="Named in answers")
    linked = _link_all(cases, system, actor=actor)
    if not linked:
        raise Refused("The record of that name is restricted and these cases are not.")
    record_many([_entry(one, "The answers name it") for one in linked], actor=actor, act=act)
    return system, len(linked)


def _same_named(name: str, component: Component, actor: User) -> System | None:
    key = systems.normalised(name)
    rows = systems_visible_to(actor).filter(merged_into=None, agency=component.agency).order_by("pk")
    return next((row for row in rows if systems.normalised(row.name) == key), None)


def _facts_of(name: str, cases: Sequence[UseCase]) -> dict[str, str]:
    is_hidden = all(case.handling == Handling.RESTRICTED for case in cases)
    facts = _only_what_all_say([documents.answers(case.document) for case in cases])
    return {"name": name, **facts, "handling": Handling.RESTRICTED if is_hidden else Handling.INTERNAL}


def _only_what_all_say(answers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The facts on which all cases that answer agree; on anything else a new record stays silent."""
    facts = {}
    for fact, longest in LONGEST.items():
        name = systems.ANSWERED_BY[fact]
        said = {str(given[name]).strip() for given in answers if given.get(name)}
        if len(said) == 1 and len(value := said.pop()) <= longest:
            facts[fact] = value
    held = {given["have_ato"] for given in answers if given.get("have_ato")}
    if held == {"yes"}:
        facts["ato"] = "held"
    return facts


def _link_all(cases: Iterable[UseCase], system: System, *, actor: User) -> list[Linked]:
    today = timezone.localdate()
    locked = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner")
    rows = locked.filter(pk__in=[case.pk for case in cases]).order_by("pk")
    if system.handling == Handling.RESTRICTED:
        rows = rows.filter(handling=Handling.RESTRICTED)
    rows = rows.exclude(system_links__in=UseCaseSystem.objects.filter(system=system, ended_at=None))
    return [_link(case, system, actor=actor, why="The answers name it", day=today) for case in rows]
