"""Django's registration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See design section 1."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
