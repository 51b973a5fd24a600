"""HTML to PDF/UA: the only place that knows WeasyPrint. Loaded by `render.to_pdf` when a PDF is wanted."""

import gc
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint.logger import PROGRESS_LOGGER
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from governance.reports.base import Pdf

BASE = "https://static-files.invalid"  # never looked up: the fetcher below answers from disk
PAGE = re.compile(r"Page (\d+)")
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class NotAStaticFile(FatalURLFetchingError):
    """A report asked for something other than the portal's own static files."""


class _StaticFiles(URLFetcher):
    """Serves the portal's own stylesheet, fonts and pictures; nothing else is ever fetched."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(BASE).removeprefix(settings.STATIC_URL)
        path = _find(name) if url.startswith(BASE + settings.STATIC_URL) else None
        if path is None:
            raise NotAStaticFile(f"A report may use the portal's own static files only, not {url[:200]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES.get(path.suffix, "")})


def _find(name: str) -> Path | None:
    """Where a static file lies: in the sources, or among the collected files of a deployment."""
    found = finders.find(name)
    if isinstance(found, str):
        return Path(found)
    collected = (settings.STATIC_ROOT / name).resolve()
    return collected if collected.is_file() and collected.is_relative_to(settings.STATIC_ROOT) else None


class _Pages(logging.Handler):
    """Tells how far the layout is; WeasyPrint goes over the pages more than once, so it never counts back."""

    def __init__(self, say: Callable[[int], None]) -> None:
        super().__init__()
        self._say, self._highest = say, 0

    def emit(self, record: logging.LogRecord) -> None:
        found = PAGE.search(record.getMessage())
        if found and int(found[1]) > self._highest:
            self._highest = int(found[1])
            self._say(self._highest)


def write(html: str, on_page: Callable[[int], None]) -> Pdf:
    """Tagged PDF/UA-1. The garbage collector rests meanwhile: a third faster, the worker is recycled anyway."""
    with _progress(on_page), _no_gc():
        source = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=_StaticFiles())
        document = source.render(pdf_variant="pdf/ua-1")
        return Pdf(document.write_pdf(pdf_variant="pdf/ua-1"), len(document.pages))


@contextmanager
def _progress(on_page: Callable[[int], None]) -> Iterator[None]:
    handler, level, goes_up = _Pages(on_page), PROGRESS_LOGGER.level, PROGRESS_LOGGER.propagate
    PROGRESS_LOGGER.addHandler(handler)
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False
    try:
        yield
    finally:
        PROGRESS_LOGGER.removeHandler(handler)
        PROGRESS_LOGGER.setLevel(level)
        PROGRESS_LOGGER.propagate = goes_up


@contextmanager
def _no_gc() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
