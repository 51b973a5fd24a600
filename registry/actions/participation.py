"""Taking part in another component's case instead of registering one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Subject, record
from audit.workflow import Refused, Stale
from registry.models import JoinRequest, SimilarAnswer, UseCase, UseCaseComponent
from registry.permissions import people_refusals, standing
from registry.permissions.know import unnamed_refusals
from registry.reads.taking_part import requests_to_close, taking_part
from registry.similar import Match


@transaction.atomic
def ask_to_join(match: Match, component: Component, *, part: str, actor: User) -> JoinRequest:
    """Ask the owner of a like case that a component of the actor's may take part in it.

    `match` is what the actor was shown, so it is a case they may learn of. Refused for a component that is not the
    actor's, one that takes part already or has asked, and without saying what the part is.
    """
    use_case = match.use_case
    if component.pk not in standing(actor).components:
        raise Refused(f"You can ask for your own component only, not for {component}.")
    if not part.strip():
        raise Refused("Say what your component would use it for: the owner reads this.")
    if UseCaseComponent.objects.filter(use_case=use_case, component=component).exists():
        raise Refused(f"{component} has a part in this case already. Open it in the list of use cases.")
    try:
        with transaction.atomic():
            made = JoinRequest.objects.create(use_case=use_case, component=component, part=part.strip(), asked_by=actor)
    except IntegrityError:
        raise Refused(f"{component} has asked already. The owner’s answer will come by mail.") from None
    record("join.requested", made, actor=actor, reason=made.part, data={"component": component.code})
    return made


@transaction.atomic
def answer_join(request: JoinRequest, *, accepts: bool, answer: str, actor: User) -> JoinRequest:
    """Let the component take part, or say why not: the owner, or the component lead. Stale when answered already."""
    if refusals := people_refusals(actor, request.use_case):
        raise Refused(*refusals)
    if not accepts and not answer.strip():
        raise Refused("Say why not, and what they should do instead: they read this.")
    if accepts and (refusals := unnamed_refusals(request)):
        raise Refused(*refusals)
    state = JoinRequest.State.ACCEPTED if accepts else JoinRequest.State.DECLINED
    _close(request, state, actor=actor, answer=answer.strip())
    if accepts:
        UseCaseComponent.objects.get_or_create(
            use_case=request.use_case, component=request.component, defaults={"part": request.part}
        )
    kind = "join.accepted" if accepts else "join.declined"
    record(kind, request, actor=actor, reason=answer.strip(), data={"component": request.component.code})
    return request


@transaction.atomic
def take_back_join(request: JoinRequest, *, actor: User) -> None:
    """The asking component no longer wants to take part."""
    if request.component_id not in standing(actor).components:
        raise Refused(f"Only people of {request.component} can take this back.")
    _close(request, JoinRequest.State.TAKEN_BACK, actor=actor)
    record("join.taken_back", request, actor=actor, data={"component": request.component.code})


@transaction.atomic
def shut_out(use_case: UseCase, *, actor: User) -> None:
    """What restricting a case ends for other components (docs/decisions/0016): open requests of people without need
    to know are closed, and participants who lose the case are told. Neither is told its name."""
    for request in requests_to_close(use_case):
        _close(request, JoinRequest.State.CLOSED, actor=actor)
        record("join.closed", request, actor=actor, data={"component": request.component.code})
    losing = taking_part(use_case).losing
    if not losing:
        return
    codes = [one.part.component.code for one in losing]
    subject = Subject("use_case", use_case.use_case_id, ", ".join(codes), timeline=use_case.use_case_id)
    people = sorted({person.pk for one in losing for person in one.lose})
    data = {"components": codes, "people": people, "of": use_case.component.code}
    record("use_case.participants_shut_out", subject, actor=actor, data=data)


def _close(request: JoinRequest, state: str, *, actor: User, answer: str = "") -> None:
    columns = {"state": state, "answered_by": actor, "answered_at": timezone.now(), "answer": answer}
    if JoinRequest.objects.filter(pk=request.pk, state=JoinRequest.State.OPEN).update(**columns) != 1:
        raise Stale("This was answered in the meantime. Reload the page to see how.")
    for name, value in columns.items():
        setattr(request, name, value)


@transaction.atomic
def confirm_part(part: UseCaseComponent, *, text: str, actor: User) -> None:
    """A participant confirms that the filed answers are true for its part, described in its own words."""
    _allow_part(part, actor)
    use_case = part.use_case
    if use_case.filed_number is None:
        raise Refused("Nothing is filed yet that could be confirmed.")
    if not text.strip():
        raise Refused("Say what your component uses it for.")
    columns = {
        "part": text.strip(), "confirmed_number": use_case.filed_number, "confirmed_by": actor,
        "confirmed_at": timezone.now(),
    }  # fmt: skip
    UseCaseComponent.objects.filter(pk=part.pk).update(**columns)
    data = {"component": part.component.code, "revision": use_case.filed_number}
    record("use_case.part_confirmed", use_case, actor=actor, reason=text.strip(), data=data)


@transaction.atomic
def leave(part: UseCaseComponent, *, why: str, actor: User) -> None:
    """A participant stops taking part; its people see the case no longer unless another role lets them."""
    _allow_part(part, actor)
    if not why.strip():
        raise Refused("Say why your component no longer takes part.")
    record(
        "use_case.part_ended", part.use_case, actor=actor, reason=why.strip(), data={"component": part.component.code}
    )
    part.delete()


def _allow_part(part: UseCaseComponent, actor: User) -> None:
    if part.is_owner:
        raise Refused(f"{part.component} owns the case; a transfer changes that.")
    if part.component_id not in standing(actor).components:
        raise Refused(f"Only people of {part.component} answer for its part.")


@dataclass(frozen=True)
class Compared:
    """What the registering person said (new or reuse) of like cases they were shown."""

    matches: Sequence[Match]
    answer: str
    why: str


@transaction.atomic
def keep_answer(use_case: UseCase, said: Compared, *, actor: User) -> None:
    """Keep what was said of the like cases when a case was registered. Refused without a sentence."""
    if not said.why.strip():
        raise Refused("Say in a sentence how it differs from the cases shown: it is kept with the case.")
    rows = [
        SimilarAnswer(use_case=use_case, other=match.use_case, answer=said.answer, why=said.why.strip(), given_by=actor)
        for match in said.matches
    ]
    SimilarAnswer.objects.bulk_create(rows, ignore_conflicts=True)
    data = {"answer": said.answer, "others": [match.use_case.use_case_id for match in said.matches]}
    record("use_case.compared", use_case, actor=actor, reason=said.why.strip(), data=data)
