"""Classification markings in what people type or upload. This portal is unclassified: such content is refused.

Looks for banner lines and portion marks as the executive branch writes them (32 CFR 2001, subpart C, in summary). It
finds an honest mistake, not somebody who hides a marking, and does not look into PDFs and pictures.
"""

import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

LEVEL = r"(?:TOP SECRET|SECRET|CONFIDENTIAL|TS|S)"
CONTROLS = r"(?://[A-Z][A-Z0-9 ,/\-]*)"
BANNER = re.compile(rf"^\s*(?:TOP SECRET|SECRET|{LEVEL}{CONTROLS}+)\s*$", re.MULTILINE)
PORTION = re.compile(r"^\s*\((?:(?:TS|S|C)(?://[A-Z][A-Z0-9 ,/\-]*)+|TS|S)\)(?=\s)", re.MULTILINE)
SAY = (
    "This carries a classification marking, so nothing of it was kept. The registry is unclassified. Do not send it "
    "again and do not e-mail it: call your component’s security officer now, and leave the machine as it is until "
    "they tell you what to do."
)
MOST = 20_000_000
PARAGRAPH = re.compile(r"</(?:w:p|a:p|text:p|text:h|row|si|is|table:table-row)>")
TAG = re.compile(r"<[^>]+>")


def is_marked(text: str) -> bool:
    """Whether a line of the text is a banner, or begins with a portion mark of classified content."""
    return bool(BANNER.search(text) or PORTION.search(text))


def refusals(texts: Iterable[object]) -> list[str]:
    """Why these texts cannot be taken; empty when none is marked. Lists are looked into."""
    return [SAY] if any(_any_marked(text) for text in texts) else []


def _any_marked(value: object) -> bool:
    if isinstance(value, str):
        return is_marked(value)
    if isinstance(value, dict):
        return any(_any_marked(one) for one in value.values())
    return isinstance(value, (list, tuple)) and any(_any_marked(one) for one in value)


def file_refusals(stream: BinaryIO, media_type: str) -> list[str]:
    """Why a file cannot be taken, as far as its text can be read here; call it after the file's kind was checked."""
    stream.seek(0)
    if media_type.startswith("text/"):
        texts = [stream.read(MOST).decode("utf-8", "replace")]
    elif zipfile.is_zipfile(stream):
        texts = _parts(stream)
    else:
        texts = []
    stream.seek(0)
    return refusals(texts)


def _parts(stream: BinaryIO) -> list[str]:
    """The text of an Office or OpenDocument file, a paragraph a line."""
    found = []
    with zipfile.ZipFile(stream) as archive:
        for part in archive.infolist():
            if part.filename.endswith(".xml") and part.file_size <= MOST:
                text = archive.read(part).decode("utf-8", "replace")
                found.append(TAG.sub("", PARAGRAPH.sub("\n", text)))
    return found
