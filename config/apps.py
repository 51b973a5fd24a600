"""Registers the system checks; config holds wiring only and no models."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project's wiring."""

    name = "config"

    def ready(self) -> None:
        """Load the system checks, which register themselves on import."""
        from config import checks  # noqa: F401, PLC0415 - Django's documented place for it
