"""Load the invented use cases and people, in every state."""

from typing import Any

from django.conf import settings

from governance.demo.load import load_demo
from registry.management.base import JsonCommand


class Command(JsonCommand):
    """Prints how many people and use cases there are; a second call changes nothing."""

    help = "Load the demonstration."

    def run(self, **options: Any) -> dict[str, Any]:
        """Load as the system account."""
        return load_demo(settings.FIXTURES_DIR, actor=self.actor(options))

    def words(self, result: dict[str, Any]) -> str:
        """One line for a person."""
        return f"Demonstration: {result['use_cases']} invented use cases, {result['people']} invented people."
