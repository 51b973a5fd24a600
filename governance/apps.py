"""Django's registration of the app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """See design section 1."""

    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the list of use cases what only reviews know. Models can be imported only now."""
        from governance.reads import list_filters  # noqa: PLC0415

        list_filters.offer()
