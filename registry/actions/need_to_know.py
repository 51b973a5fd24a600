"""Who may know: restricting single answers, naming people and offices, ending that, and noting what left."""

from collections.abc import Collection, Iterable

from django.db import transaction

from accounts.models import Office, User
from audit.log import Subject, record
from audit.workflow import Refused, Stale
from registry import editions, handling
from registry.models import NeedToKnow, UseCase
from registry.models.use_case import Handling
from registry.permissions.know import naming_refusals, restrict_refusals


@transaction.atomic
def restrict(use_case: UseCase, fields: Collection[str], *, reason: str, actor: User) -> None:
    """Make these the restricted answers of the case, and no others. Refused for what lists show, and for a choice:
    that is kept back by restricting the whole case."""
    use_case = UseCase.objects.select_for_update(of=("self",)).select_related("component", "owner").get(pk=use_case.pk)
    wanted, stood = set(fields), set(use_case.restricted_fields)
    if refusals := restrict_refusals(actor, use_case) or _not_restrictable(use_case, wanted - stood):
        raise Refused(*refusals)
    if wanted == stood:
        raise Refused("Nothing was changed: these answers are restricted already.")
    if not reason.strip():
        raise Refused("Say why: the reason stands in the log.")
    UseCase.objects.filter(pk=use_case.pk).update(restricted_fields=sorted(wanted))
    for kind, which in (("answers_restricted", wanted - stood), ("answers_opened", stood - wanted)):
        if which:
            subject = Subject("use_case", use_case.use_case_id, _names(use_case, which), timeline=use_case.use_case_id)
            record(f"use_case.{kind}", subject, actor=actor, reason=reason.strip(), data={"fields": sorted(which)})


def _not_restrictable(use_case: UseCase, fields: Iterable[str]) -> list[str]:
    asked = editions.of(use_case).by_field
    wrong = [field for field in fields if field not in asked or not handling.can_be_restricted(asked[field])]
    if not wrong:
        return []
    return [f"{_names(use_case, wrong)} cannot be restricted alone: lists and other pages show it. Restrict the case."]


def _names(use_case: UseCase, fields: Iterable[str]) -> str:
    asked = editions.of(use_case).by_field
    return ", ".join(sorted(asked[field].short.rstrip(".") if field in asked else field for field in fields))


@transaction.atomic
def name_knower(
    use_case: UseCase, *, because: str, actor: User, person: User | None = None, office: Office | None = None
) -> NeedToKnow:
    """Let a person or an office know what is restricted in the case. The person is told by mail, by the ID only."""
    if refusals := naming_refusals(actor, use_case):
        raise Refused(*refusals)
    if bool(person) == bool(office):
        raise Refused("Name a person or an office, one of the two.")
    if not because.strip():
        raise Refused("Say why they need to know: the reason stands in the log.")
    if person and not person.is_active:
        raise Refused(f"{person} no longer uses the registry.")
    row, is_new = NeedToKnow.objects.get_or_create(
        use_case=use_case, user=person, office=office, is_board=False,
        defaults={"because": because.strip()[:200], "recorded_by": actor},
    )  # fmt: skip
    if not is_new:
        raise Refused(f"{row.who} may know already.")
    record("need_to_know.given", _subject(row), actor=actor, reason=row.because, data=_whom(row))
    return row


@transaction.atomic
def end_knowing(row: NeedToKnow, *, reason: str, actor: User) -> None:
    """End what somebody was named for. What the review itself gave stays: whoever judges a case must know it."""
    if refusals := naming_refusals(actor, row.use_case):
        raise Refused(*refusals)
    if row.recorded_by_id is None:
        raise Refused(f"{row.who} knows of it by the review, which cannot be taken back here.")
    if not reason.strip():
        raise Refused("Say why it ends: the reason stands in the log.")
    subject, whom = _subject(row), _whom(row)
    if NeedToKnow.objects.filter(pk=row.pk).delete()[0] != 1:
        raise Stale("Somebody else has ended this already.")
    record("need_to_know.ended", subject, actor=actor, reason=reason.strip(), data=whom)


def _subject(row: NeedToKnow) -> Subject:
    return Subject("use_case", row.use_case.use_case_id, row.who, timeline=row.use_case.use_case_id)


def _whom(row: NeedToKnow) -> dict[str, int | None]:
    return {"user": row.user_id, "office": row.office_id}


@transaction.atomic
def note_taken(what: str, cases: Iterable[UseCase], *, actor: User) -> None:
    """Record that a file with restricted cases in it was taken out, and how many; nothing where there is none."""
    restricted = sorted({case.use_case_id for case in cases if case.handling == Handling.RESTRICTED})
    if restricted:
        data = {"restricted": len(restricted), "use_cases": restricted}
        record("restricted.taken", Subject("file", what, what), actor=actor, data=data)
