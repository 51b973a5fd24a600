"""Sending somebody without a session to sign in, without pretending that what they sent was saved."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

UNSAVED = "unsaved"  # the query parameter by which the sign-in page knows of a form that was not saved


class SignInMiddleware(LoginRequiredMiddleware):
    """As Django's; a form sent after the session ended leads to the page it was written on, and says so."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """To the sign-in page."""
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        query = urlencode({"next": _written_on(request), UNSAVED: 1})
        return HttpResponseRedirect(f"{resolve_url(self.get_login_url(view_func))}?{query}")


def _written_on(request: HttpRequest) -> str:
    """The page the form stood on; addresses that only take forms cannot be opened after signing in."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(page)
    return parts.path + (f"?{parts.query}" if parts.query else "")
