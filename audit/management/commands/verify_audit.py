"""Walk the chain of seals and say whether the history is as it was recorded. Exit 1 when it is not."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.seal import verify_audit


class Command(BaseCommand):
    """Prints events, sealed, seals, ok and first_bad."""

    help = "Verify the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the output's form."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify; the exit code says it to scripts."""
        found = verify_audit()
        words = "The history is as it was recorded." if found.ok else f"Not as recorded: {found.first_bad}."
        self.stdout.write(json.dumps(asdict(found)) if options["json"] else words)
        if not found.ok:
            sys.exit(1)
