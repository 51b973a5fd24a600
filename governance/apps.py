"""Django's registration of the app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """See design section 1."""

    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"
