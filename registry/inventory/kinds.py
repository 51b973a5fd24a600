"""What a file is, by its bytes and not by its name: a workbook, a table of text, or neither."""

from __future__ import annotations

import io
import zipfile

from registry.inventory.records import Refused

MAX_BYTES = 200_000_000
MAX_PARTS = 2_000
# One part may be large (rows repeat) or squeezed a hundredfold (rows repeat), but hardly both.
LARGE_PART, MAX_RATIO = 32_000_000, 100
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7-Zip)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3", "a database"),
)
_PARTS = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint file"),
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("content.xml", "an OpenDocument file"),
)
_USE_INSTEAD = "Upload an Excel workbook (.xlsx) or a CSV file in UTF-8."


def is_workbook(data: bytes, name: str) -> bool:
    """True for an .xlsx workbook that is safe to open, False for text; anything else is refused."""
    if not data or data.isspace():
        raise Refused("empty", f"The file is empty. {_USE_INSTEAD}", name)
    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"The file is larger than {MAX_BYTES // 1_000_000} MB.", name)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        message = "This is an old (.xls) or password-protected workbook. Remove the password, or save it as .xlsx."
        raise Refused("protected", message, name)
    for magic, looks_like in _MAGIC:
        if data.startswith(magic):
            raise Refused("not_a_workbook", f"The file looks like {looks_like}. {_USE_INSTEAD}", name)
    if data.startswith(b"PK"):
        _check_archive(data, name)
        return True
    start = data[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused("not_a_workbook", f"The file looks like a web page or XML. {_USE_INSTEAD}", name)
    return False


def _check_archive(data: bytes, name: str) -> None:
    """Weigh the archive before anything is unpacked: openpyxl has no limit of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        message = "The workbook is cut off or damaged. Save it again in Excel, or download it again."
        raise Refused("truncated", message, name) from error
    _refuse_bombs(parts, name)
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("protected", "The file is protected by a password. Remove the password.", name)
    if "xl/workbook.xml" in names:
        return
    for prefix, looks_like in _PARTS:
        if any(part.startswith(prefix) for part in names):
            raise Refused("not_a_workbook", f"The file looks like {looks_like}. {_USE_INSTEAD}", name)
    raise Refused("not_a_workbook", f"The file is an archive, but no Excel workbook. {_USE_INSTEAD}", name)


def _refuse_bombs(parts: list[zipfile.ZipInfo], name: str) -> None:
    large = [part for part in parts if part.file_size > LARGE_PART]
    squeezed = any(part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in large)
    if squeezed or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
        message = (
            f"The workbook would unpack to more than {MAX_BYTES // 1_000_000} MB or {MAX_PARTS} parts. "
            "Copy the data into a new workbook, without formatting, and upload that."
        )
        raise Refused("zip_bomb", message, name)
