"""Looking after lists from outside: held against the inventory anew each night, leads reminded of what waits."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Component, User
from audit.log import Entry, Subject, record_many
from audit.models import Event
from registry import document as documents
from registry import handling, outside
from registry.models import OutsideList, OutsideMatch, UseCase, UseCaseSystem
from registry.models.use_case import Handling, Status
from registry.reads.outside import is_waiting, with_state

CHUNK = 1000
AGAIN = timedelta(days=14)  # a lead hears of waiting lines no more often
_WITHHELD = ("risk_to_disclosure", "prohibited_by_law", "other")


def match(row: OutsideList) -> int:
    """Hold each line against the inventory anew; returns how many lines are matched."""
    index = _index(row)
    known = set(OutsideMatch.objects.filter(line__outside_list=row).values_list("line_id", "use_case_id", "field"))
    found = set()
    for pk, name, number in row.lines.values_list("pk", "name", "number").iterator(chunk_size=CHUNK):
        found |= {(pk, case, field) for case, field in index.find(name, number)}
    gone = Q(pk__in=[])
    for line, case, field in known - found:
        gone |= Q(line=line, use_case=case, field=field)
    OutsideMatch.objects.filter(gone).delete()
    new = [OutsideMatch(line_id=line, use_case_id=case, field=field) for line, case, field in sorted(found - known)]
    OutsideMatch.objects.bulk_create(new, batch_size=CHUNK)
    OutsideList.objects.filter(pk=row.pk).update(matched_at=timezone.now())
    return len({line for line, _, _ in found})


def _index(row: OutsideList) -> outside.Index:
    """The answers lines are compared with: filed ones that everybody here may learn of, and open systems' facts."""
    kind, index = outside.BY_CODE[row.kind], outside.Index(row.kind)
    cases = _learnable(UseCase.objects.filter(agency=row.agency))
    for case in cases.only("id", "filed_document", "restricted_fields").iterator(chunk_size=500):
        hidden = handling.restricted(case.restricted_fields)
        answers = documents.answers(case.filed_document or {})
        for field, text in outside.texts(answers, [one for one in kind.fields if one not in hidden]):
            index.add(case.pk, field, text)
    _systems(index, kind, cases)
    return index


def _systems(index: outside.Index, kind: outside.Kind, cases: QuerySet[UseCase]) -> None:
    links = UseCaseSystem.objects.filter(ended_at=None, use_case__in=cases.values("pk"))
    links = links.exclude(system__handling=Handling.RESTRICTED).exclude(
        use_case__restricted_fields__contains=["system_name_ato"]
    )
    for case, *facts in links.values_list("use_case_id", *(f"system__{fact}" for fact in kind.facts)):
        for text in facts:
            if text:
                index.add(case, "system_name_ato", text)


def _learnable(rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """Filed cases neither restricted nor withheld: what is matched is told across components."""
    rows = rows.exclude(handling=Handling.RESTRICTED).exclude(filed_document=None)
    rows = rows.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    for document in ("filed_document", "document"):
        rows = rows.exclude(**{f"{document}__answers__is_withheld__in": _WITHHELD})
    return rows.exclude(filed_document__withheld__has_key="is_withheld")


def waiting_by_component(row: OutsideList) -> dict[Component, int]:
    """How many lines of a list wait for each component."""
    rows = with_state(row.lines.exclude(component=None)).filter(is_waiting())
    count = Counter(rows.values_list("component", flat=True))
    found = Component.objects.filter(pk__in=count).order_by("code")
    return {one: count[one.pk] for one in found}


@transaction.atomic
def look_after(as_of: date | None = None, *, actor: User | None = None) -> int:
    """Nightly: match anew what is in use, and remind a component's leads of lines that wait. Returns the reminders.

    GAO-24-105980: an inventory is complete when somebody has looked at what is not in it.
    """
    today = as_of or timezone.localdate()
    told = []
    for row in OutsideList.objects.select_for_update().filter(state=OutsideList.State.CURRENT):
        match(row)
        told += list(_reminders(row, today))
    record_many(told, actor=actor)
    return len(told)


def _reminders(row: OutsideList, today: date) -> Iterable[Entry]:
    waiting: dict[Any, int] = waiting_by_component(row)
    if not waiting:
        return
    heard = Event.objects.filter(
        kind__in=["outside.waiting", "outside.reminded"], subject_id=str(row.uuid),
        recorded_at__date__gt=today - AGAIN,
    )  # fmt: skip
    lately = set(heard.values_list("data__component", flat=True))
    for component, number in waiting.items():
        if component.code not in lately:
            words = f"{number} line{'' if number == 1 else 's'} of “{row}” for {component.code}"
            data = {"component": component.code, "lines": number, "kind": row.kind}
            yield Entry("outside.reminded", Subject("outside", str(row.uuid), words), data=data)
