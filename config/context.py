"""What every page needs: the marking, the menu, the clock."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def portal(request: HttpRequest) -> dict[str, Any]:
    """The marking, the agency, demo mode and the time the page was made."""
    return {
        "marking": settings.PORTAL_MARKING,
        "is_demo_mode": settings.PORTAL_DEMO,
        "page_made_at": timezone.localtime(),
    }
