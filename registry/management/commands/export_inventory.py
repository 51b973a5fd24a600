"""`export_inventory`: the inventory of a day in a layout's own words (design section 7)."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction

from accounts.models import Agency
from registry import cots
from registry.actions import inventory
from registry.actions.cots_export import export_cots
from registry.actions.inventory.export import AUDIENCES, FORMATS, layout_for
from registry.actions.inventory.files import FileRefused, all_layouts
from registry.inventory.schema import Layout
from registry.management.base import JsonCommand, WrongUsage


class Command(JsonCommand):
    """Write the inventory as it counts on a day to a file."""

    help = "Export the inventory in OMB's or DHS's layout."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to write, for whom, and where to."""
        super().add_arguments(parser)
        parser.add_argument("--cycle", type=int, required=True, metavar="YEAR", help="reporting year")
        parser.add_argument("--audience", required=True, choices=AUDIENCES)
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--layout", metavar="NAME", help="omb-YEAR unless given")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--without-ids", action="store_true", help="leave the IDs out of a public file")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="today unless given")

    def run(self, **options: Any) -> dict[str, Any]:
        """Make the file; the event of the export stands only if the file could be written."""
        if (options["layout"] or "").startswith("cots-"):
            return self._common_uses(**options)
        layout = _layout(options["cycle"], options["layout"])
        with transaction.atomic():
            made = inventory.export(
                actor=self.actor(options),
                layout=layout,
                cycle=options["cycle"],
                audience=options["audience"],
                format=options["format"],
                as_of=options["as_of"],
                without_ids=options["without_ids"],
            )
            _write(options["output"], made.content)
        return {"rows": made.rows, "sha256": made.sha256}

    def _common_uses(self, **options: Any) -> dict[str, Any]:
        if options["format"] == "json":
            raise WrongUsage("The list of common commercial uses is written as csv or xlsx.", "--format")
        if options["layout"] not in [one.name for one in cots.layouts()]:
            raise WrongUsage(
                f"There is no such list; there is: {', '.join(one.name for one in cots.layouts())}.", "--layout"
            )
        with transaction.atomic():
            agency = Agency.objects.get(code=settings.PORTAL_AGENCY)
            made = export_cots(agency, options["cycle"], options["format"], actor=self.actor(options))
            _write(options["output"], made.content)
        return {"rows": made.rows, "sha256": made.sha256}


def _layout(cycle: int, name: str | None) -> Layout:
    try:
        return layout_for(cycle, name)
    except LookupError:
        where = "--layout" if name else "--cycle"
        raise WrongUsage(f"There is no such layout; there is: {', '.join(sorted(all_layouts()))}.", where) from None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a file that could not be finished never stands under the name asked for."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
        os.chmod(file.name, 0o644)
        Path(file.name).replace(path)
    except OSError as error:
        message = f"The file cannot be written: {error.strerror or error}."
        raise FileRefused("unwritable", message, str(path)) from error
