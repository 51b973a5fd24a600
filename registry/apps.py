"""Django's registration of the app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """See design section 1."""

    name = "registry"
    default_auto_field = "django.db.models.BigAutoField"
