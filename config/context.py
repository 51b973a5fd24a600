"""What every page needs: the marking, the menu, the policy in force, the clock."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from governance import menu
from governance.compliance import in_force
from governance.reads import inbox
from registry import marking


def portal(request: HttpRequest) -> dict[str, Any]:
    """The marking, the agency, demo mode and the time the page was made."""
    return {
        "marking": settings.PORTAL_MARKING,
        "own_marking": marking.of_page(request),
        "is_demo_mode": settings.PORTAL_DEMO,
        "page_made_at": timezone.localtime(),
        "menu": menu.menu(request.user, request.path) if _is_signed_in(request) else (),
        "notices_unread": inbox.unread(request.user) if _is_signed_in(request) else 0,
        "policy_in_force": in_force.headline(timezone.localdate()),
        "role_line": menu.role_line(request.user) if _is_signed_in(request) else "",
    }


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)
