"""Django's registration of the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """See design section 1."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
