"""What a file truly is, read from its content; its name is only a claim. Refusals say what was wrong and what to do.

Strict on purpose: a file that is two things at once (a PDF that is also an archive or a web page) is what people
send to get past a check, and no tool writes one by accident.
"""

import codecs
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from registry import archives
from registry.signatures import HEAD, WEB_PAGE, Unfit, what_it_looks_like

TAIL = 2048  # bytes at the end in which a PDF has its last marker
MAX_NAME = 150
TAKEN = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument, CSV, plain text, PNG or JPEG."
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class FileKind:
    """A kind of file the portal takes: its words, its media type, and what its content has to be."""

    words: str
    media_type: str
    check: Callable[[BinaryIO], None]


def check(stream: BinaryIO, name: str) -> FileKind:
    """The kind of a file. Raises Unfit with a sentence when name and content disagree or the content is unsafe."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(ending)
    if kind is None:
        raise Unfit(_not_taken(ending))
    head = _head(stream)
    if not head:
        raise Unfit("The file is empty. Perhaps saving it was not finished: open it, save it and choose it again.")
    _one_thing_only(stream, head, kind)
    kind.check(stream)
    stream.seek(0)
    return kind


def clean_name(name: str) -> str:
    """A file name for display: the last part of a path, without control and direction-changing characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in last)
    shown = " ".join(shown.split()).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > MAX_NAME:
        shown = stem[: MAX_NAME - len(ending) - 1] + dot + ending[:20]
    return shown or "file"


def _not_taken(ending: str) -> str:
    if ending in ("eml", "msg"):
        return "Mails are not taken: their attachments would go unchecked. Print the mail to PDF and add that."
    if ending in ("doc", "xls", "ppt"):
        return f"The old Office format .{ending} is not taken. Save the file as .{ending}x and add that."
    if ending in ("docm", "xlsm", "pptm", "dotm", "xltm"):
        return f"Files with macros (.{ending}) are not taken. Save the file without macros and add that."
    said = f"Files ending in .{ending}" if ending else "Files without an ending in their name"
    return f"{said} are not taken. These are: {TAKEN}"


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(HEAD)


def _end(stream: BinaryIO, size: int) -> bytes:
    length = stream.seek(0, 2)
    stream.seek(max(0, length - size))
    return stream.read()


def _one_thing_only(stream: BinaryIO, head: bytes, kind: FileKind) -> None:
    """Refuse content that another program would read as another kind of file."""
    again = "Open it, print or save it anew as one kind of file, and add that."
    if not head.startswith(b"%PDF-") and b"%PDF-" in head:
        if kind.check is _pdf:
            raise Unfit("The PDF has other content before its beginning. Open it and print it to PDF again.")
        raise Unfit(f"The file is two things at once: {kind.words} and a PDF. {again}")
    if kind.check not in ZIPPED and zipfile.is_zipfile(stream):
        raise Unfit(f"The file is two things at once: {kind.words} and a ZIP archive. {again}")
    if kind.check is _text:
        is_web_page = bool(WEB_PAGE.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")))
    else:
        is_web_page = kind.check not in ZIPPED and bool(WEB_PAGE.search(head))
    if is_web_page:
        raise Unfit(f"The file is named as {kind.words}, and its content is or holds a web page. {again}")


def _begins_as(stream: BinaryIO, words: str, *signatures: bytes) -> bytes:
    head = _head(stream)
    if not head.startswith(signatures):
        raise Unfit(
            f"The file is named as {words}, but its content is {what_it_looks_like(head)}. "
            "Give it the name it had, or save it as what it is named."
        )
    return head


def _pdf(stream: BinaryIO) -> None:
    _begins_as(stream, "a PDF", b"%PDF-1.", b"%PDF-2.")
    end = _end(stream, TAIL).rstrip(b"\x00\t\n\x0c\r ")
    if not re.search(rb"startxref\s+\d+\s+%%EOF$", end):
        raise Unfit(f"The PDF {_wrong_end(end)}. Open it and print it to PDF again.")


def _wrong_end(end: bytes) -> str:
    if b"%%EOF" not in end:
        return "ends too early: a part is missing"
    if not end.endswith(b"%%EOF"):
        return "has more behind its end than a PDF has"
    return "does not say where its content is listed (“startxref” is missing before its end)"


def _png(stream: BinaryIO) -> None:
    _begins_as(stream, "a PNG picture", b"\x89PNG\r\n\x1a\n")
    at, names = 8, list[bytes]()
    while names[-1:] != [b"IEND"]:
        stream.seek(at)
        start = stream.read(8)
        if len(start) < 8 or (not names and start[4:] != b"IHDR"):
            raise Unfit("The PNG picture is damaged or cut off. Save it again and add that.")
        names.append(start[4:])
        at += 12 + int.from_bytes(start[:4], "big")
    if stream.seek(0, 2) != at:
        raise Unfit("The PNG picture has other content behind its end, or is cut off. Save it again as PNG.")


def _jpeg(stream: BinaryIO) -> None:
    """Phones hang further pictures on: only a file that does not end as a JPEG is refused."""
    _begins_as(stream, "a JPEG picture", b"\xff\xd8\xff")
    if not _end(stream, TAIL).rstrip(b"\x00\t\n\r ").endswith(b"\xff\xd9"):
        raise Unfit("The JPEG picture is cut off or has other content behind its end. Save it again as JPEG.")


def _text(stream: BinaryIO) -> None:
    head = _head(stream)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not any(_reads_as(stream, coding) for coding in (["utf-16"] if wide else ["utf-8", "cp1252"])):
        raise Unfit(
            f"The file is named as text, but its content is {what_it_looks_like(head)}. "
            "Save it as CSV or plain text (UTF-8), or give it the name it had."
        )


def _reads_as(stream: BinaryIO, coding: str) -> bool:
    """Whether all of it is text in a coding: no byte outside of it, and no control character but line ends and tabs."""
    decoder = codecs.getincrementaldecoder(coding)()
    stream.seek(0)
    try:
        while part := stream.read(1 << 20):
            if CONTROL.search(decoder.decode(part)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


ZIPPED = frozenset({archives.word, archives.excel, archives.powerpoint, archives.odt, archives.ods})
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": FileKind("a PDF", "application/pdf", _pdf),
    "docx": FileKind("a Word document", f"{_OFFICE}.wordprocessingml.document", archives.word),
    "xlsx": FileKind("an Excel workbook", f"{_OFFICE}.spreadsheetml.sheet", archives.excel),
    "pptx": FileKind("a PowerPoint file", f"{_OFFICE}.presentationml.presentation", archives.powerpoint),
    "odt": FileKind("an OpenDocument text", archives.ODT, archives.odt),
    "ods": FileKind("an OpenDocument table", archives.ODS, archives.ods),
    "csv": FileKind("a CSV table", "text/csv", _text),
    "txt": FileKind("plain text", "text/plain", _text),
    "png": FileKind("a PNG picture", "image/png", _png),
    "jpg": FileKind("a JPEG picture", "image/jpeg", _jpeg),
    "jpeg": FileKind("a JPEG picture", "image/jpeg", _jpeg),
}
ENDINGS = ",".join(f".{ending}" for ending in KINDS)
