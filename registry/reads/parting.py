"""Cases that were published and left the inventory without having been retired: each is reported once more, as retired.

OMB, Guidance on 2025 Agency AI Reporting, stage d: what was in one inventory is in the next one as retired, then not.
Which cases leave, and the log of why, is membership (design section 3); this adds their one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from registry import asking, questionnaire
from registry import document as documents
from registry.models import Cycle, Filing, Submission, UseCase
from registry.models.use_case import Status
from registry.questionnaire import Questionnaire
from registry.reads.cycles import IN_USE_OR_WAS, ended_before

RETIRED = "retired"


def parting(cycle: Cycle) -> QuerySet[UseCase]:
    """The cases that were in the inventory of the year before and were withdrawn, or rejected before any use, since."""
    never_used = ~Q(stage__in=IN_USE_OR_WAS) | Q(stage=None)
    left = Q(status=Status.WITHDRAWN) | (Q(status=Status.REJECTED) & never_used)
    since = timezone.make_aware(datetime.combine(cycle.before_on + timedelta(days=1), time()))
    rows = UseCase.objects.filter(
        left, agency=cycle.agency_id, filed_number__isnull=False, status_changed_at__gte=since
    )
    rows = rows.filter(~Q(stage=RETIRED) | Q(stage=None)).exclude(pk__in=ended_before())
    frozen = Submission.objects.filter(cycle__agency=cycle.agency_id, cycle__year__lt=cycle.year)
    newest = frozen.order_by("-cycle__year", "-number").values_list("revisions", flat=True).first()
    if newest is not None:
        return rows.filter(use_case_id__in=list(newest))
    # What an undone import brought counts for nothing, so its cases were never in.
    counted = Filing.objects.counting().filter(use_case=OuterRef("pk"), effective_on__lte=cycle.before_on)
    return rows.filter(Exists(counted))


def parting_in(agency: Agency, year: int) -> frozenset[str]:
    """Their Use Case IDs for a reporting year; none where the year was never opened here."""
    cycle = Cycle.objects.filter(agency=agency, year=year).first()
    return frozenset(parting(cycle).values_list("use_case_id", flat=True)) if cycle else frozenset()


def as_retired(document: Mapping[str, Any], form: Questionnaire | None = None) -> dict[str, Any]:
    """The document as its one retired row reports it: the stage, and of the rest what a retired case must answer."""
    form = form or questionnaire.in_force(timezone.localdate())
    ended = documents.with_answers(dict(document), {"development_stage": RETIRED})
    asked, facts = asking.asked(form, ended), asking.facts(form, ended)
    needed = {question.field for question in form if question.field in asked and question.required_when.holds(facts)}
    return asking.without(ended, {question.field for question in form} - needed)
