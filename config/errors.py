"""Error pages in the portal's own style. None of them touches the database."""

import re
import sys
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

MACHINE = frozenset({"csrfmiddlewaretoken", "opened_on", "edition", "carried_from", "next"})  # nobody typed these
SECRET = re.compile(r"password|token|secret|otp|code$", re.IGNORECASE)
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)


def _page(request: HttpRequest, status: int, title: str, text: str, advice: str, **more: Any) -> HttpResponse:
    told = {"title": title, "text": text, "advice": advice, "status": status}
    html = render_to_string("error.html", {**told, **more})
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(
        request,
        400,
        "This request could not be read",
        "The portal did not understand what the browser sent.",
        "Go back, check what you entered and send it again.",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says what the view said, or that the role does not allow it."""
    why = str(exception) if exception and str(exception) else "Your role does not allow this."
    return _page(
        request,
        403,
        "You may not do this",
        why,
        "If you need it, ask your component lead or an administrator of the portal.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: says the same for what does not exist and for what one may not know of."""
    return _page(
        request,
        404,
        "Page not found",
        "There is nothing at this address that you may see.",
        "Check the Use Case ID, or search for the case by name.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with the reason when PostgreSQL did not answer."""
    if isinstance(sys.exc_info()[1], AWAY):
        response = _page(
            request,
            503,
            "The database is not answering",
            "Nothing you had saved is lost. What you just sent was not saved.",
            "Wait a minute, then send it again. If this lasts, tell the portal's administrators.",
        )
        response["Retry-After"] = "30"
        return response
    return _page(
        request,
        500,
        "Something went wrong in the portal",
        "The error has been logged. Nothing was half saved.",
        "Go back and try once more. If it happens again, report the address and the time.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old. What was typed is handed back, so that nothing is lost."""
    typed = _typed(request)
    saved = "What you wrote stands below. It was not saved. " if typed else "What you sent was not saved. "
    return _page(
        request,
        403,
        "This form has expired",
        f"{saved}The page was open for too long, or you signed in again in another tab.",
        "Copy your text first. Then go back with the Back button, reload the page, put your text in again and send it.",
        typed=typed,
    )


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The texts of a form of the portal's own, by field name. Nothing secret, and nothing another site has sent."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(origin).netloc != request.get_host() or request.path.startswith("/accounts/"):
        return []
    found = [(name, value) for name, values in request.POST.lists() for value in values]
    shown = [
        (name, value) for name, value in found if value.strip() and name not in MACHINE and not SECRET.search(name)
    ]
    return [(name.replace("_", " ").capitalize(), value) for name, value in shown]
