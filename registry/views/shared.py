"""What every page about a case does the same way: fetch and authorise in one step, try an action, say why not."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from audit.log import record, record_refusal
from audit.workflow import Refused
from registry import handling, marking
from registry.models import UseCase
from registry.models.use_case import Handling
from registry.permissions import visible_to
from registry.permissions.know import for_reader

T = TypeVar("T")


def visible_use_case(
    request: HttpRequest,
    use_case_id: str,
    rows: QuerySet[UseCase] | None = None,
    *,
    answers: bool | Collection[str] = False,
) -> UseCase:
    """The case as this person may read it, or 404 for what does not exist as for what one may not know of.

    Opening a restricted case is an event, and so is a page that shows restricted answers: `answers` says that the
    page shows all or these (design section 4). `rows` may carry joins; visibility is applied to it.
    """
    source = UseCase.objects.select_related("component", "agency", "owner", "backup_owner") if rows is None else rows
    use_case = source.filter(use_case_id=use_case_id, pk__in=visible_to(request.user).values("pk")).first()
    if use_case is None:
        raise Http404
    for_reader(request.user, use_case)
    shown = _shown(use_case, answers)
    request.marking = marking.of_case(use_case, shows_answers=bool(shown))  # type: ignore[attr-defined]  # read by the base template
    with transaction.atomic():
        if use_case.handling == Handling.RESTRICTED:
            record("use_case.viewed", use_case, actor=request.user, data={"path": request.path})
        if shown:
            data = {"path": request.path, "fields": sorted(shown)}
            record("use_case.answers_viewed", use_case, actor=request.user, data=data)
    return use_case


def _shown(use_case: UseCase, answers: bool | Collection[str]) -> frozenset[str]:
    """The restricted answers a page shows to somebody who may read them; older revisions may hold more of them."""
    if not answers or use_case.hidden or not use_case.restricted:
        return frozenset()
    held = handling.present(use_case.document, use_case.restricted)
    held |= handling.present(use_case.filed_document, use_case.restricted) | frozenset(use_case.restricted_fields)
    return held if answers is True else held & set(answers)


def attempt(request: HttpRequest, thing: Any, action: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
    """Run an action as the signed-in person; when it is refused, record that and say the reasons on the next page.

    Returns what the action returns (True for None), or None when it was refused.
    """
    try:
        result = action(*args, actor=request.user, **kwargs)
    except Refused as refused:
        record_refusal(thing, actor=request.user, verb=action.__name__, reasons=refused.reasons)
        for reason in refused.reasons:
            messages.error(request, reason)
        return None
    return result if result is not None else True  # type: ignore[return-value]  # what the action gave, or that it did
