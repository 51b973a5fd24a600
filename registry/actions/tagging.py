"""Putting tags on cases and taking them off. Tags organise work; they are no fact of a case."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.log import Entry, record_many
from audit.workflow import Refused
from registry.actions.bulk_outcome import Outcome
from registry.models import Tag, UseCase, UseCaseTag
from registry.permissions.listing import tag_refusals


@transaction.atomic
def tag(cases: Sequence[UseCase], names: Sequence[str], *, actor: User, act: uuid.UUID | None = None) -> Outcome:
    """Put these tags on the cases; one that has them all already is left out with the reason."""
    outcome = Outcome(act or uuid.uuid4())
    tags = {agency: _tags(agency, names, actor) for agency in {case.agency_id for case in cases}}
    known = _known(cases, names)
    for case in cases:
        if outcome.refuse(case, tag_refusals(actor, case)):
            continue
        new = [one for one in tags[case.agency_id] if (case.pk, one.name) not in known]
        if outcome.refuse(case, [] if new else ["It has this tag already."]):
            continue
        UseCaseTag.objects.bulk_create([UseCaseTag(use_case=case, tag=one, tagged_by=actor) for one in new],
                                       ignore_conflicts=True)  # fmt: skip
        outcome.done.append(case)
    _record("use_case.tagged", outcome, names, actor)
    return outcome


@transaction.atomic
def untag(cases: Sequence[UseCase], names: Sequence[str], *, actor: User, act: uuid.UUID | None = None) -> Outcome:
    """Take these tags off the cases; one that has none of them is left out with the reason."""
    outcome = Outcome(act or uuid.uuid4())
    known = {pk for pk, _ in _known(cases, names)}
    for case in cases:
        why = tag_refusals(actor, case) or ([] if case.pk in known else ["It does not have this tag."])
        if not outcome.refuse(case, why):
            outcome.done.append(case)
    UseCaseTag.objects.filter(use_case__in=outcome.done, tag__name__in=names).delete()
    _record("use_case.untagged", outcome, names, actor)
    return outcome


def _tags(agency: int, names: Sequence[str], actor: User) -> list[Tag]:
    Tag.objects.bulk_create(
        [Tag(agency_id=agency, name=name, made_by=actor) for name in names], ignore_conflicts=True
    )  # fmt: skip
    return list(Tag.objects.filter(agency=agency, name__in=names))


def _known(cases: Sequence[UseCase], names: Sequence[str]) -> set[tuple[int, str]]:
    rows = UseCaseTag.objects.filter(use_case__in=cases, tag__name__in=names)
    return {(one.use_case_id, one.tag.name) for one in rows.select_related("tag")}


def _record(kind: str, outcome: Outcome, names: Sequence[str], actor: User) -> None:
    if not outcome.done:
        raise Refused(*outcome.reasons)
    entries = [Entry(kind, case.event_subject(), data={"tags": list(names)}) for case in outcome.done]
    record_many(entries, actor=actor, act=outcome.act)
