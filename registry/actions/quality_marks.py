"""Counting what looks wrong: every case of the inventory is looked at each night, and after an import."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.log import Subject, record
from audit.workflow import Refused
from registry import columns, editions, quality
from registry.actions.inventory.files import all_layouts
from registry.inventory.schema import Layout
from registry.models import QualityMark, UseCase
from registry.models.use_case import Handling, Status
from registry.permissions.quality import count_refusals
from registry.reads.withholding import current, states

CHUNK = 500
# A draft is still being written, and what was withdrawn is nobody's to mend.
LEFT_OUT = (Status.DRAFT, Status.WITHDRAWN)
Key = tuple[int, str, str]  # case, code, field


@transaction.atomic
def count_quality(*, actor: User, as_of: date | None = None) -> dict[str, int]:
    """Look at every case in the inventory and keep what changed since the last time.

    Returns the numbers of cases, of open concerns, and of those found and cleared by this run.
    """
    if refusals := count_refusals(actor):
        raise Refused(*refusals)
    day = as_of or timezone.localdate()
    cases = UseCase.objects.exclude(status__in=LEFT_OUT).defer("search_vector")
    asked = _asked(cases, day)
    before = {(m.use_case_id, m.code, m.field): m for m in QualityMark.objects.filter(cleared_on=None)}
    seen: dict[Key, quality.Concern] = {}
    count = 0
    for case in _each(cases):
        count += 1
        for one in quality.concerns(columns.read_from(case), asked(case), quality.WRITTEN):
            seen[case.pk, one.code, one.field] = one
    told = {"cases": count, "open": len(seen), **_keep(before, seen, day)}
    record("quality.counted", Subject("quality", str(day), "what looks wrong"), actor=actor, data=told)
    return told


def _each(cases: QuerySet[UseCase]) -> Iterator[UseCase]:
    rows = cases.order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from chunk


def _asked(cases: QuerySet[UseCase], day: date) -> Callable[[UseCase], quality.Context]:
    """What the rules need for each case. A restricted case is named to nobody as somebody else's double."""
    names: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[str]] = defaultdict(list)
    for case in _each(cases.exclude(handling=Handling.RESTRICTED)):
        document = columns.read_from(case)["answers"]
        if name := quality.name_key(document.get("use_case_name") or ""):
            names[name].append(case.use_case_id)
        justified = "" if "hi_justification" in case.restricted else document.get("hi_justification") or ""
        if text := quality.text_key(justified):
            texts[text].append(case.use_case_id)
    same_name, same_text, layout = _shared(names), _shared(texts), _layout(day)
    kept_back = states(current(cases), day)
    past = tuple(question.field for question in editions.today() if question.is_past)

    def context(case: UseCase) -> quality.Context:
        return quality.Context(
            as_of=day, columns=layout.columns, use_case_id=case.use_case_id, same_name=same_name,
            same_text=same_text, past_days=past, withholdings=kept_back.get(case.pk, {}),
        )  # fmt: skip

    return context


def _shared(bearers: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {said: tuple(ids) for said, ids in bearers.items() if len(ids) > 1}


def _layout(day: date) -> Layout:
    """OMB's own layout of the newest reporting year that has begun."""
    every = [one for one in all_layouts().values() if one.name.startswith("omb-") and one.year <= day.year]
    return max(every, key=lambda one: one.year)


def _keep(before: Mapping[Key, QualityMark], seen: Mapping[Key, quality.Concern], day: date) -> dict[str, int]:
    gone = [mark.pk for key, mark in before.items() if key not in seen]
    QualityMark.objects.filter(pk__in=gone).update(cleared_on=day)
    reworded = []
    for key, mark in before.items():
        one = seen.get(key)
        if one and (mark.message, mark.remedy, mark.severity) != (one.message, one.remedy, one.severity):
            mark.message, mark.remedy, mark.severity = one.message, one.remedy, one.severity
            reworded.append(mark)
    QualityMark.objects.bulk_update(reworded, ["message", "remedy", "severity"], batch_size=CHUNK)
    new = [_mark(key, one, day) for key, one in seen.items() if key not in before]
    QualityMark.objects.bulk_create(new, batch_size=CHUNK)
    return {"found": len(new), "cleared": len(gone)}


def _mark(key: Key, one: quality.Concern, day: date) -> QualityMark:
    facts: dict[str, Any] = {"severity": one.severity, "message": one.message, "remedy": one.remedy}
    return QualityMark(use_case_id=key[0], code=key[1], field=key[2], found_on=day, **facts)
