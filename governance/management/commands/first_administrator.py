"""`first_administrator`: name the person who adds all others, once."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.actions import first_administrator
from registry.management.base import JsonCommand


class Command(JsonCommand):
    """Refused as soon as an administrator can sign in."""

    help = "Name the first administrator of a portal that has none; the mailed link sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        super().add_arguments(parser)
        parser.add_argument("email")
        parser.add_argument("name")

    def run(self, **options: Any) -> dict[str, Any]:
        """The role that was given."""
        row = first_administrator(email=options["email"], name=options["name"], actor=self.actor(options))
        return {"name": row.user.name, "email": row.user.email, "role": row.get_role_display()}
