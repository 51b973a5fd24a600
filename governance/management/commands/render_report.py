"""`render_report`: write a report to a file, without a row and without making a seal."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from audit.models import Seal
from audit.seal import newest_seal
from governance.actions.reports import sha256
from governance.management.commands.check_compliance import day
from governance.reports import render
from governance.reports.base import FORMATS, Inputs, ReportKind, SealMark
from governance.reports.shelf import SHELF
from registry.management.base import JsonCommand, WrongUsage


class Command(JsonCommand):
    """Exit 2 for an unknown slug, format or seal, and for a place that cannot be written."""

    help = "Render a report to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, as of when, at which seal, as what, where to."""
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG", help=", ".join(SHELF))
        parser.add_argument("--as-of", metavar="DATE", help="today unless given")
        parser.add_argument("--seal", metavar="N", type=int, help="the newest unless given")
        parser.add_argument("--format", default="pdf", help=", ".join(FORMATS))
        parser.add_argument("--output", metavar="FILE", required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        """Assemble, write, say what was written."""
        kind = SHELF.get(options["slug"])
        if kind is None:
            raise WrongUsage(f"There is no report {options['slug']}; there is {', '.join(SHELF)}.", "SLUG")
        if options["format"] not in FORMATS:
            raise WrongUsage(f"There is no format {options['format']}; there are {', '.join(FORMATS)}.", "--format")
        as_of = day(options["as_of"]) if options["as_of"] else timezone.localdate()
        seal = _seal(options["seal"])
        content, pages = _written(kind, Inputs(as_of, None, seal), options["format"])
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            raise WrongUsage(f"Cannot write {options['output']}: {error.strerror}.", "--output") from error
        return {"pages": pages, "sha256": sha256(content), "seal": seal.number}


def _seal(number: int | None) -> SealMark:
    found = newest_seal() if number is None else Seal.objects.filter(number=number).first()
    if found is None and number is not None:
        raise WrongUsage(f"There is no seal {number}.", "--seal")
    return SealMark(found.number, found.sha256) if found else SealMark()


def _written(kind: ReportKind, inputs: Inputs, file_format: str) -> tuple[bytes, int | None]:
    report = kind.assemble(inputs)
    if file_format == "xlsx":
        return kind.xlsx(report), None
    if file_format == "csv":
        return kind.csv(report), None
    html = render.to_html(kind.template, report)
    if file_format == "html":
        return html.encode(), None
    pdf = render.to_pdf(html)
    return pdf.content, pdf.pages
