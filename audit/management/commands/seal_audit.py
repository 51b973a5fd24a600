"""Seal every committed event that has no seal yet."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.models import Event, Seal, SealedEvent
from audit.seal import seal_audit


class Command(BaseCommand):
    """Prints events, sealed and seals, as `verify_audit` does."""

    help = "Seal the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the output's form."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, then say what stands."""
        seal_audit()
        counts = {
            "events": Event.objects.count(),
            "sealed": SealedEvent.objects.count(),
            "seals": Seal.objects.count(),
            "ok": True,
            "first_bad": None,
        }
        self.stdout.write(
            json.dumps(counts)
            if options["json"]
            else f"{counts['sealed']} of {counts['events']} events in {counts['seals']} seals."
        )
