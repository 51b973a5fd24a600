"""Load everything in `fixtures/` but the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from audit.workflow import Refused
from governance.actions.catalogue import load_all
from registry.management.base import JsonCommand


class Command(JsonCommand):
    """Prints what was loaded, unchanged and refused; exit 1 when an edition was changed under its date."""

    help = "Load the organisation, the policy catalogue, questionnaires and rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """The common options only."""
        super().add_arguments(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        """Load as the system account, or as `--actor`."""
        done = load_all(settings.FIXTURES_DIR, actor=self.actor(options))
        if done.refused:
            raise Refused(
                "These editions were loaded before with another content: "
                + ", ".join(done.refused)
                + ". A loaded edition never changes: give the correction a new effective date."
            )
        return done.as_json()

    def words(self, result: dict[str, Any]) -> str:
        """One line for a person."""
        return f"Catalogue: {len(result['loaded'])} loaded, {len(result['unchanged'])} unchanged."
