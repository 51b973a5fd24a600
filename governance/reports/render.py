"""A report as HTML and as PDF/UA."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from governance.reports.base import Pdf


def to_html(template: str, report: Any) -> str:
    """The report as a page of its own, without request, user or clock."""
    return render_to_string(template, {"report": report, "static": settings.STATIC_URL})


def to_pdf(html: str, on_page: Callable[[int], None] = lambda page: None) -> Pdf:
    """Tagged PDF/UA-1; `on_page` is told how many pages are laid out."""
    # WeasyPrint takes almost two seconds to load; web workers and most commands never need it.
    from governance.reports import pdf  # noqa: PLC0415

    return pdf.write(html, on_page)
