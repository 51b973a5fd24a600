"""Making reports: asked for as a row, made by a worker, taken up again if the worker dies."""

import hashlib
import time
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import record
from audit.models import Seal
from audit.seal import newest_seal
from audit.workflow import Refused
from governance.actions import jobs
from governance.models import Report
from governance.nudge import nudge
from governance.reports import render
from governance.reports.base import Inputs, Pdf, ReportKind, SealMark
from governance.reports.permissions import request_refusals
from governance.reports.shelf import SHELF

SAY_EVERY = 1.0  # seconds between two notes of how far it is


@transaction.atomic
def request_report(
    kind: ReportKind, *, actor: User, as_of: date, component_code: str = "", known_at: datetime | None = None
) -> Report:
    """Ask for a report as of a day; the seal of this moment is printed on it, so trying again gives the same bytes.

    Refused to people it is not for, and for a day that has not come.
    """
    if reasons := request_refusals(actor, component_code):
        raise Refused(*reasons)
    if as_of > timezone.localdate():
        raise Refused("A report is as of today or an earlier day.")
    seal = newest_seal()
    report = Report.objects.create(
        slug=kind.slug,
        title=f"{kind.title}, {component_code}" if component_code else kind.title,
        as_of=as_of,
        known_at=known_at,
        seal_number=seal.number if seal else None,
        params={"component": component_code} if component_code else {},
        requested_by=actor,
    )
    record("report.requested", report, actor=actor, data={"as_of": as_of, "component": component_code})
    nudge("governance.make_report", str(report.uuid))
    return report


def make_report(uuid: UUID | str) -> Report | None:
    """Make what was asked for; None when it is done, or another worker has it.

    Everything is written in one transaction at the end: a worker killed before leaves a row that is taken up after
    its lease.
    """
    pk = Report.objects.filter(uuid=uuid).values_list("pk", flat=True).first()
    report = jobs.claim(Report, pk) if pk else None
    if report is None:
        return None
    kind = SHELF[report.slug]
    try:
        made = kind.assemble(inputs_of(report))
    except Refused as refused:
        _fail(report, str(refused))
        return None
    jobs.extend(report, "Figures are read; pages are being set")
    html = render.to_html(kind.template, made)
    pdf = render.to_pdf(html, _teller(report))
    _finish(report, kind, made, html, pdf)
    return report


@transaction.atomic
def _finish(report: Report, kind: ReportKind, made: object, html: str, pdf: Pdf) -> None:
    xlsx = kind.xlsx(made)
    jobs.finish(
        report,
        pdf=pdf.content,
        pdf_sha256=sha256(pdf.content),
        pages=pdf.pages,
        html=html,
        xlsx=xlsx,
        xlsx_sha256=sha256(xlsx),
        facts=kind.facts(made),
    )
    data = {"pages": pdf.pages, "pdf_sha256": report.pdf_sha256, "xlsx_sha256": report.xlsx_sha256}
    record("report.made", report, actor=None, acting_for=str(report.requested_by), data=data)


@transaction.atomic
def _fail(report: Report, why: str) -> None:
    jobs.fail(report, why)
    record("report.failed", report, actor=None, acting_for=str(report.requested_by), reason=why)


@transaction.atomic
def record_download(report: Report, file_format: str, *, actor: User) -> None:
    """Every download is an event: who holds which edition."""
    data = {"format": file_format, "restricted": report.facts.get("restricted", 0)}
    record("report.downloaded", report, actor=actor, data=data)


def inputs_of(report: Report) -> Inputs:
    """What the row says the report depends on."""
    return Inputs(report.as_of, report.known_at, seal_mark(report.seal_number), report.params)


def seal_mark(number: int | None) -> SealMark:
    """A seal by number; refused when there is none of that number."""
    if number is None:
        return SealMark()
    seal = Seal.objects.filter(number=number).first()
    if seal is None:
        raise Refused(f"There is no seal {number}.")
    return SealMark(seal.number, seal.sha256)


def sha256(content: bytes) -> str:
    """The digest a report is proved by."""
    return hashlib.sha256(content).hexdigest()


def _teller(report: Report) -> Callable[[int], None]:
    """Write how far it is at most once a second; the last edition says about how many pages there will be."""
    earlier = Report.objects.filter(slug=report.slug, params=report.params, state=Report.State.DONE)
    about = earlier.order_by("-finished_at").values_list("pages", flat=True).first()
    told = time.monotonic()

    def tell(page: int) -> None:
        nonlocal told
        if time.monotonic() - told < SAY_EVERY:
            return
        told = time.monotonic()
        jobs.extend(report, f"Page {page} of about {about}" if about and page <= about else f"Page {page}")

    return tell
