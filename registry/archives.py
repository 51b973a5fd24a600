"""Office files are ZIP archives: what is inside, without trusting what the archive says of itself."""

import lzma
import zipfile
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from registry.signatures import HEAD, OLE, Unfit, what_it_looks_like

MAX_PARTS = 10_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 200  # a workbook of one repeated value packs 100 to 1; a bomb a thousand to 1
SMALL = 20_000_000  # below this a high ratio harms nobody
CHUNK = 1 << 20
END_RECORD = 22
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
MACROS = ("vbaproject.bin", "vbadata.xml")
MACRO_ENDINGS = (".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".potm", ".xlsb", ".exe", ".dll", ".js", ".vbs", ".jar")
CONTENT_TYPES = "[Content_Types].xml"
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
WITHOUT = "Save it without macros (as .docx, .xlsx, .pptx, .odt or .ods) and add that."


def word(stream: BinaryIO) -> None:
    """A .docx is a Word document."""
    _office(stream, "a Word document", MAIN.format("wordprocessingml.document"))


def excel(stream: BinaryIO) -> None:
    """A .xlsx is an Excel workbook."""
    _office(stream, "an Excel workbook", MAIN.format("spreadsheetml.sheet"))


def powerpoint(stream: BinaryIO) -> None:
    """A .pptx is a PowerPoint presentation."""
    _office(stream, "a PowerPoint file", MAIN.format("presentationml.presentation"))


def odt(stream: BinaryIO) -> None:
    """A .odt is an OpenDocument text."""
    _open_document(stream, "an OpenDocument text", ODT)


def ods(stream: BinaryIO) -> None:
    """A .ods is an OpenDocument table."""
    _open_document(stream, "an OpenDocument table", ODS)


def _office(stream: BinaryIO, words: str, main_part: str) -> None:
    with _opened(stream, words) as archive:
        _safe(stream, archive, words)
        try:
            tree = fromstring(archive.read(CONTENT_TYPES), forbid_dtd=True)
        except (KeyError, ParseError, DefusedXmlException):
            raise Unfit(_other(words, "a ZIP archive of another kind")) from None
        types = {part.get("ContentType", "") for part in tree}
        if any("macroenabled" in one.lower() for one in types):
            raise Unfit(f"The file holds macros. {WITHOUT}")
        if main_part not in types:
            raise Unfit(_other(words, "an Office file of another kind"))


def _open_document(stream: BinaryIO, words: str, media_type: str) -> None:
    with _opened(stream, words) as archive:
        _safe(stream, archive, words)
        first = archive.infolist()[0]
        if first.filename != "mimetype" or archive.read(first) != media_type.encode():
            raise Unfit(_other(words, "a ZIP archive of another kind"))
        if any(part.filename.startswith(("Basic/", "Scripts/")) for part in archive.infolist()):
            raise Unfit(f"The file holds macros. {WITHOUT}")


def _other(words: str, found: str) -> str:
    return (
        f"The file is named as {words}, but its content is {found}. Give it the name it had, or save it as it is named."
    )


def _opened(stream: BinaryIO, words: str) -> zipfile.ZipFile:
    stream.seek(0)
    head = stream.read(HEAD)
    if head.startswith(OLE):
        raise Unfit(
            "This is an old Office file, or one with a password. "
            "Save it in today's format without a password and add that."
        )
    if not head.startswith(b"PK\x03\x04"):
        raise Unfit(_other(words, what_it_looks_like(head)))
    try:
        return zipfile.ZipFile(stream)
    except (*BROKEN, ValueError):
        raise Unfit(f"The file is named as {words} and is damaged or cut off. Save it again and add that.") from None


def _safe(stream: BinaryIO, archive: zipfile.ZipFile, words: str) -> None:
    """No archive hidden in front or behind, no macros, no password, and no more inside than a document has."""
    parts = archive.infolist()
    if not parts or min(part.header_offset for part in parts) != 0:
        raise Unfit(f"The file has other content in front of {words}. Save it again and add that.")
    if not _ends_as_archive(stream):
        raise Unfit(f"The file has other content behind {words}. Save it again and add that.")
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("The file has a password. Save it without one and add that.")
    names = [part.filename.lower() for part in parts]
    if any(name.endswith(MACROS) or name.endswith(MACRO_ENDINGS) for name in names):
        raise Unfit(f"The file holds macros or programs. {WITHOUT}")
    _no_bomb(stream, archive, parts)


def _ends_as_archive(stream: BinaryIO) -> bool:
    """Whether the archive's end record is the file's end: no comment, nothing behind it."""
    stream.seek(-END_RECORD, 2)
    return stream.read(4) == b"PK\x05\x06"


def _no_bomb(stream: BinaryIO, archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once and count: sizes in the directory may lie, and parts may overlap."""
    packed = stream.seek(0, 2)
    claimed = sum(part.file_size for part in parts)
    overlap = sum(part.compress_size for part in parts) > packed
    if len(parts) > MAX_PARTS or overlap or _too_much(claimed, packed):
        raise Unfit(_bomb(claimed))
    unpacked = 0
    try:
        for part in parts:
            with archive.open(part) as content:
                while chunk := content.read(CHUNK):
                    unpacked += len(chunk)
                    if _too_much(unpacked, packed):
                        raise Unfit(_bomb(unpacked))
    except BROKEN:
        raise Unfit("A part inside the file is damaged. Open the file, save it again and add that.") from None


def _too_much(unpacked: int, packed: int) -> bool:
    return unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * packed)


def _bomb(size: int) -> str:
    return (
        f"The file would unpack to {size // 1_000_000:,} MB or more, far beyond what a document holds. "
        "Take out large embedded content, or print it to PDF, and add that."
    )
