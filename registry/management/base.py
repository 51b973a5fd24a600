"""Commands with a fixed interface: one JSON object on stdout with `--json`, exit 0, 1 (refused) or 2 (wrong usage).

`--actor EMAIL` names who acts; without it the system account does (design section 7).
"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import system_account
from accounts.models import User
from audit.workflow import Refused


class WrongUsage(Exception):
    """An unknown slug, layout, format or person: exit 2. `where` names the argument."""

    def __init__(self, message: str, where: str = "") -> None:
        self.where = where
        super().__init__(message)


class JsonCommand(BaseCommand):
    """Run `run()`, print its result, turn refusals into the fixed exits."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The options every command has."""
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--actor", metavar="EMAIL", help="who acts; the system account unless given")

    def actor(self, options: dict[str, Any]) -> User:
        """The person named by `--actor`, or the system account."""
        email = options.get("actor")
        if not email:
            return system_account()
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise WrongUsage(f"Nobody with the address {email} can act here.", "--actor")
        return person

    def run(self, **options: Any) -> dict[str, Any]:
        """Do it; the returned mapping is the command's JSON."""
        raise NotImplementedError

    def words(self, result: dict[str, Any]) -> str:
        """The result for a person."""
        return "\n".join(f"{key}: {value}" for key, value in result.items())

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 with the result, 1 when it was refused as a whole, 2 for wrong usage."""
        try:
            result = self.run(**options)
        except WrongUsage as wrong:
            self._refuse(2, "wrong_usage", str(wrong), wrong.where, options)
        except Refused as refused:
            code = getattr(refused, "code", "refused")
            self._refuse(1, code, str(refused), getattr(refused, "where", ""), options)
        else:
            self.stdout.write(json.dumps(result, default=str) if options["json"] else self.words(result))

    def _refuse(self, status: int, code: str, message: str, where: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"error": {"code": code, "message": message, "where": where}}))
        else:
            self.stderr.write(message + (f" ({where})" if where else ""))
        sys.exit(status)
