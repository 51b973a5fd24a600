"""`simulate_edition`: what a draft edition would change."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from governance.actions.policy import draft_of, try_out
from governance.management.commands.check_compliance import day
from registry.management.base import JsonCommand, WrongUsage


class Command(JsonCommand):
    """Exit 1 when the file is refused, with its line and the reason; 2 when there is no such file or a bad date."""

    help = "Say which cases would newly fail or pass under a draft edition, before it takes effect."

    def add_arguments(self, parser: CommandParser) -> None:
        """The draft, and the day whose cases are taken."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE.yaml")
        parser.add_argument("--as-of", metavar="DATE", help="the cases as of this day; today unless given")

    def run(self, **options: Any) -> dict[str, Any]:
        """Read, judge, compare; nothing is written."""
        path = Path(options["file"])
        if not path.is_file():
            raise WrongUsage(f"There is no file {options['file']}.", "FILE.yaml")
        as_of = day(options["as_of"]) if options["as_of"] else timezone.localdate()
        found = try_out(draft_of(path), as_of)
        return {"provisions": {ref: changed.as_json() for ref, changed in found.items()}}

    def words(self, result: dict[str, Any]) -> str:
        """A line a provision that changes something."""
        lines = [
            f"{ref}: {len(one['newly_failing'])} newly failing, {len(one['newly_passing'])} newly passing"
            for ref, one in result["provisions"].items()
            if one["newly_failing"] or one["newly_passing"]
        ]
        return "\n".join(lines) or "Nothing would change."
