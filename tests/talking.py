"""Evidence and comments for tests: invented files of each kind, made byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.actions import conversation
from registry.actions import evidence as actions
from registry.models import Comment, Evidence, UseCase

DATED = date(2026, 6, 1)


def pdf(words: str = "Invented test report", version: bytes = b"1.4") -> bytes:
    """A whole one-page PDF any reader opens."""
    text = b"BT /F1 18 Tf 72 720 Td (%s) Tj ET" % words.encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    body, offsets = b"%PDF-" + version + b"\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(parts) + 1, table, len(parts) + 1, len(body))
    )


def png() -> bytes:
    """A picture of one dot."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))

    header = struct.pack("!LLBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The shape of a JPEG: start, a segment, end."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 40 + b"\xff\xd9"


def xlsx() -> bytes:
    """A workbook as Excel's own libraries write it."""
    book = openpyxl.Workbook()
    book.active.append(["Parcel", "Right bin"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


OFFICE = {
    "docx": "wordprocessingml.document",
    "xlsx": "spreadsheetml.sheet",
    "pptx": "presentationml.presentation",
}


def office(ending: str = "docx", extra: dict[str, bytes] | None = None, main: str = "") -> bytes:
    """An Office file with its list of content types, and further parts."""
    kind = main or f"application/vnd.openxmlformats-officedocument.{OFFICE[ending]}.main+xml"
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{kind}"/></Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), "main.xml": b"<main/>", **(extra or {})})


def open_document(media_type: str = "application/vnd.oasis.opendocument.text", **extra: bytes) -> bytes:
    """An OpenDocument file: its type comes first, not packed."""
    return zipped({"mimetype": media_type.encode(), "content.xml": b"<office/>", **extra})


def zipped(parts: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=stored)
    return out.getvalue()


def upload(name: str = "report.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a form brings it."""
    return SimpleUploadedFile(name, pdf() if content is None else content)


def some_file(case: UseCase, actor: Any, **changes: Any) -> Evidence:
    """A PDF on a case."""
    words: dict[str, Any] = {"kind": "test_report", "title": "Report of the invented trial", "dated_on": DATED}
    return actions.add(case, actor=actor, **{**words, "file": upload(), **changes})


def some_link(case: UseCase, actor: Any, **changes: Any) -> Evidence:
    """A link on a case."""
    link = "https://documents.example.invalid/letter"
    return some_file(case, actor, **{"kind": "ato", "title": "Invented letter", "file": None, "link": link, **changes})


def replaced(case: UseCase, actor: Any) -> Evidence:
    """A file that a newer one took the place of; gives the newer one."""
    return some_file(case, actor, title="Second report", replaces=some_file(case, actor, title="First report"))


def thread(case: UseCase, actor: Any, audience: str = "shared", **changes: Any) -> Comment:
    """A first comment."""
    words = {"text": "Which invented trial is meant?", "audience": audience, **changes}
    return conversation.comment(case, actor=actor, **words)


def settled(case: UseCase, actor: Any) -> Comment:
    """A thread that is settled."""
    made = thread(case, actor)
    conversation.resolve(made, actor=actor)
    return made


def some_talk(case: UseCase, cast: Any) -> None:
    """Threads of each audience, with answers and people called."""
    first = thread(case, cast.officer, field="vendor_name", mentions=[cast.priv])
    conversation.reply(first, text="The one in May.", actor=cast.priv)
    thread(case, cast.lead, "internal", text="We should ask the yard first.")
    thread(case, cast.officer, "privileged", text="May we name the vendor?", mentions=[cast.ogc])
    settled(case, cast.officer)
