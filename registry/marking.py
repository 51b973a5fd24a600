"""What stands on a page, a mail or a file about who may have it (DHS handling of sensitive information, in summary)."""

from typing import Any

from django.conf import settings

from registry.models import UseCase
from registry.models.use_case import Handling

NEED_TO_KNOW = "Restricted: need to know"
SOME_ANSWERS = "Holds restricted answers: need to know"
COLUMN = "Marking"


def of_case(use_case: UseCase, *, shows_answers: bool = False) -> str:
    """The marking of a page or line about one case; `shows_answers`: with restricted answers in the open."""
    if use_case.handling == Handling.RESTRICTED:
        return NEED_TO_KNOW
    return SOME_ANSWERS if shows_answers else ""


def of_line(use_case: UseCase, *, shows_answers: bool = False) -> str:
    """What a line of a file says of its case; `shows_answers`: restricted answers stand open in it."""
    return of_case(use_case, shows_answers=shows_answers) or str(settings.PORTAL_MARKING)


def of_page(request: Any) -> str:
    """The page's own marking beside the portal's: that of the case it is about."""
    return str(getattr(request, "marking", ""))
