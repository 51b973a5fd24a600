"""`import_inventory FILE`: preview and confirm an inventory file in one step (design section 7)."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.models import Agency
from registry.actions import cots_import, inventory
from registry.actions.inventory.files import as_json
from registry.inventory.kinds import MAX_BYTES
from registry.management.base import JsonCommand, WrongUsage

SHOWN = 30


class Command(JsonCommand):
    """Import a workbook or CSV file; rejected rows are part of the result, not a failure."""

    help = "Read an inventory file (.xlsx or CSV) and import its use cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and what it counts for."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the inventory file")
        parser.add_argument("--cycle", type=int, metavar="YEAR", help="reporting year; the layout's unless given")
        parser.add_argument("--agency", metavar="CODE", help="import only rows of this agency")
        parser.add_argument("--effective", type=date.fromisoformat, metavar="DATE", help="from when the facts count")
        parser.add_argument("--dry-run", action="store_true", help="only count what would happen")

    def run(self, **options: Any) -> dict[str, Any]:
        """Import, or only look."""
        path: Path = options["file"]
        given: dict[str, Any] = {
            "actor": self.actor(options),
            "agency": _agency(options["agency"]),
            "cycle": options["cycle"],
            "effective_on": options["effective"],
        }
        content = _content(path)
        if cots_import.layout_of(content, path.name):
            return _common_uses(content, path.name, dry_run=options["dry_run"], **given)
        if options["dry_run"]:
            looked = inventory.look(content, path.name, **given)
            return as_json(looked.summary, looked.issues)
        batch = inventory.import_file(content, path.name, **given)
        return as_json(batch.summary, batch.issues)

    def words(self, result: dict[str, Any]) -> str:
        """The counts, then the first issues, one a line."""
        issues = result["issues"]
        lines = [f"{name}: {value}" for name, value in result.items() if name != "issues"]
        lines.append(f"issues: {len(issues)}")
        lines += [f"  row {one['row']} {one['use_case_id'] or ''} {one['code']}: {one['message']}"
                  for one in issues[:SHOWN]]  # fmt: skip
        if len(issues) > SHOWN:
            lines.append(f"  and {len(issues) - SHOWN} more: --json lists all")
        return "\n".join(lines)


def _common_uses(content: bytes, name: str, *, dry_run: bool, **given: Any) -> dict[str, Any]:
    """OMB's list of common commercial uses: rows of its own, no use cases."""
    agency: Agency = given["agency"] or Agency.objects.get(code=settings.PORTAL_AGENCY)
    looked, batch = cots_import.import_file(
        content, name, agency=agency, year=given["cycle"] or 0, actor=given["actor"], dry_run=dry_run
    )
    issues = batch.issues if batch else [cots_import.told(issue) for issue in looked.file.issues]
    return as_json(looked.summary, issues)


def _agency(code: str | None) -> Agency | None:
    if code is None:
        return None
    agency = Agency.objects.filter(code__iexact=code).first()
    if agency is None:
        known = ", ".join(Agency.objects.values_list("code", flat=True)) or "none: run load_catalogue"
        raise WrongUsage(f"Nobody knows an agency {code} here. There is: {known}.", "--agency")
    return agency


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise inventory.FileRefused(
            "unreadable", f"The file cannot be read: {error.strerror or error}.", path.name
        ) from error
