"""System checks for unsafe settings: a portal that starts unsafely must say so before it serves a page."""

from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}


def _is_loopback_only() -> bool:
    return set(settings.ALLOWED_HOSTS) <= LOOPBACK | {"testserver"}


@register(Tags.security)
def unsafe_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse development switches on a portal that other machines can reach."""
    found: list[CheckMessage] = []
    if _is_loopback_only():
        return found
    if settings.SECRET_KEY.startswith("unsafe-") or len(settings.SECRET_KEY) < 40:
        found.append(
            Error(
                "SECRET_KEY is missing or short.",
                hint="Set SECRET_KEY to 50 random characters.",
                id="portal.E001",
            )
        )
    if settings.DEBUG:
        found.append(Error("DEBUG is on for hosts beyond loopback.", hint="Set DEBUG=0.", id="portal.E002"))
    if settings.PORTAL_DEMO:
        found.append(
            Error(
                "PORTAL_DEMO lets anybody sign in as anybody.",
                hint="Set PORTAL_DEMO=0, or ALLOWED_HOSTS to loopback only.",
                id="portal.E003",
            )
        )
    if not settings.SECURE_SSL:
        found.append(
            Warning("Cookies and pages travel unencrypted.", hint="Set SECURE_SSL=1 behind TLS.", id="portal.W001")
        )
    if urlparse(settings.PORTAL_BASE_URL).hostname in LOOPBACK:
        found.append(Warning("Links in e-mails point to this machine.", hint="Set PORTAL_BASE_URL.", id="portal.W002"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS accepts every host.", hint="Name the portal's hosts.", id="portal.E004"))
    return found
