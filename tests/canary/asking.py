"""Asking every address of the matrix as a person, with the canary world's arguments, and reading what comes back."""

from __future__ import annotations

import html
import io
import itertools
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from django.test import Client
from django.urls import reverse

from registry import editions
from tests.canary.world import STEM, World
from tests.matrix import ROWS
from tests.matrix_row import Row

MOST_FIELDS = 6
WORD = re.compile(rf"{STEM}\w*", re.IGNORECASE)
# What differs between two requests whatever is behind them.
PASSING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|As of [^<]*Eastern|id="[^"]*\d{6,}"|\d\d?:\d\d(:\d\d)? [ap]\.?m\.?'
)


def text_of(response: Any) -> str:
    """Everything a person gets: status line apart, headers, body; the text inside of workbooks and PDFs."""
    body = b"".join(response) if response.streaming else response.content
    return f"{dict(response.headers.items())}\n{read(body)}"


def read(body: bytes) -> str:
    """The text of a page or a file."""
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    found = body.decode("utf-8", "replace")
    tool = shutil.which("pdftotext")
    if body.startswith(b"%PDF") and tool:
        found += subprocess.run([tool, "-", "-"], input=body, capture_output=True, check=False).stdout.decode()
    return html.unescape(found)


def canaries(text: str) -> set[str]:
    """The canary words in a text."""
    return {found.lower() for found in WORD.findall(text)}


def gets() -> list[tuple[str, Row]]:
    """The addresses that are read."""
    return sorted((name, row) for name, row in ROWS.items() if row.method == "GET")


def addresses(name: str, sample: dict[str, Any], world: World) -> Iterator[str]:
    """An address with the world's things in place of those of its scene; a new argument keeps the scene's value."""
    choices = [[(key, value) for value in _values(key, given, sample, world)] for key, given in sample.items()]
    for one in itertools.product(*choices):
        yield reverse(name, kwargs=dict(one))


def _values(key: str, given: Any, sample: dict[str, Any], world: World) -> Iterable[Any]:
    if key == "use_case_id":
        return [case.use_case_id for case in world.cases]
    if key == "slug" and "use_case_id" in sample:
        return [section.slug for section in editions.of(world.cases[0]).sections]
    known: dict[str, Iterable[Any]] = {
        "uuid": world.uuids, "act": world.acts, "field": world.fields[:MOST_FIELDS], "number": range(1, 4),
    }  # fmt: skip
    return known.get(key) or [given]


def lists() -> list[tuple[str, Row]]:
    """The addresses without arguments: lists, counts, home pages, downloads."""
    return [(name, row) for name, row in gets() if "<" not in _pattern(name)]


def _pattern(name: str) -> str:
    try:
        return reverse(name)
    except Exception:  # noqa: BLE001 (an address with arguments has no address without them)
        return "<"


def signed_in(person: Any) -> Client:
    """A client of a person, or of nobody."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def is_there(client: Client, address: str) -> bool:
    """Whether the address shows a thing to this person; what is asked for and not read would leave a file open."""
    response = client.get(address)
    if response.streaming:
        list(response)
    return response.status_code != HTTPStatus.NOT_FOUND


def as_shown(text: str) -> str:
    """A page without what changes with each request."""
    return PASSING.sub("", text)
