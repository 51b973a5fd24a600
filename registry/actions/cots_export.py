"""The department's list of common commercial uses as OMB wants it."""

import hashlib

from django.db import transaction

from accounts.models import Agency, User
from audit.log import Subject, record
from audit.workflow import Refused
from registry import cots
from registry.actions.inventory.export import Export
from registry.inventory import cots_file
from registry.permissions import can_export
from registry.reads.cots import reported

WRITERS = {"csv": cots_file.csv_bytes, "xlsx": cots_file.xlsx_bytes}


@transaction.atomic
def export_cots(agency: Agency, year: int, file_format: str, *, actor: User) -> Export:
    """The fixed rows of a year in OMB's words; recorded with its SHA-256. Raises Refused, KeyError for a format."""
    if not can_export(actor):
        raise Refused("The list is taken out by the inventory manager, the Chief AI Officer and auditors.")
    layout = cots.of_year(year)
    lines = cots_file.table(layout, agency.name, reported(agency, year))
    content = WRITERS[file_format](layout, lines)
    name = f"{agency.code.lower()}-common-commercial-uses-{year}.{file_format}"
    made = Export(content, len(lines), hashlib.sha256(content).hexdigest(), name)
    data = {"layout": layout.name, "cycle": year, "audience": "omb", "rows": made.rows, "sha256": made.sha256}
    record("inventory.exported", Subject("export", made.sha256, name), actor=actor, data=data)
    return made
