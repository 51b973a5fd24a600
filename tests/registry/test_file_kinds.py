"""What a file truly is: each kind that is taken, and each way to lie, with the sentence it gets."""

import io
import re
import struct
import zipfile

import pytest

from registry import archives, file_kinds
from registry.signatures import OLE, Unfit
from tests import talking

GOOD = {
    "report.pdf": talking.pdf(),
    "report.PDF": talking.pdf(version=b"2.0"),
    "minutes.docx": talking.office("docx"),
    "table.xlsx": talking.xlsx(),
    "slides.pptx": talking.office("pptx"),
    "minutes.odt": talking.open_document(),
    "table.ods": talking.open_document("application/vnd.oasis.opendocument.spreadsheet"),
    "table.csv": "Bin;Right\nA;yes, über alles\n".encode(),
    "old.csv": "Bin;M\xfcller\n".encode("cp1252"),
    "excel.csv": "\ufeffBin\tRight\n".encode("utf-16"),
    "note.txt": b"It held.\r\n",
    "dot.png": talking.png(),
    "dot.jpg": talking.jpeg(),
    "dot.jpeg": talking.jpeg(),
}


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Unfit) as found:
        file_kinds.check(io.BytesIO(content), name)
    return str(found.value)


@pytest.mark.parametrize("name", GOOD)
def test_a_true_file_is_taken(name):
    stream = io.BytesIO(GOOD[name])
    kind = file_kinds.check(stream, name)
    assert kind is file_kinds.KINDS[name.rpartition(".")[2].lower()]
    assert stream.tell() == 0, "left where the next reader begins"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("report.pdf", talking.png(), "named as a PDF, but its content is a PNG picture"),
        ("report.pdf", b"MZ\x90\x00" + b"\0" * 400, "but its content is a Windows program"),
        ("report.pdf", b"MZ\x90\x00\x03\0\0\0\x04\0\0\0\xff\xff" + b"\0" * 50, "is a Windows program"),
        ("report.pdf", b"MZ", "is a Windows program"),
        ("report.pdf", b"\x7fELF" + b"\0" * 60, "but its content is a Linux program"),
        ("dot.png", talking.jpeg(), "named as a PNG picture, but its content is a JPEG picture"),
        ("dot.jpg", talking.pdf(), "two things at once|content is a PDF"),
        ("table.csv", talking.xlsx(), "two things at once"),
        ("note.txt", b"\x00\x01\x02 not text", "named as text, but its content is something else"),
        ("note.txt", b"<!DOCTYPE html><script>1</script>", "holds a web page"),
        ("minutes.docx", talking.xlsx(), "an Office file of another kind"),
        ("minutes.docx", talking.zipped({"a.txt": b"x"}), "a ZIP archive of another kind"),
        ("minutes.odt", talking.office(), "a ZIP archive of another kind"),
        ("minutes.odt", talking.open_document("application/epub+zip"), "a ZIP archive of another kind"),
        ("minutes.docx", b"plain words", "its content is something else"),
        ("minutes.docx", talking.png(), "its content is a PNG picture"),
    ],
)
def test_a_lying_ending_is_told(name, content, says):
    assert re.search(says, refusal(name, content))


HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", talking.pdf() + talking.zipped({"x.class": b"x" * 100}), "a PDF and a ZIP archive"),
        ("a.pdf", talking.pdf("x" * 2000) + HTML, "more behind its end"),
        ("a.pdf", b"%PDF-1.4\n" + HTML + talking.pdf()[9:], "holds a web page"),
        ("a.pdf", b"junk" + talking.pdf(), "^The PDF has other content before its beginning"),
        ("a.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF\n", "“startxref” is missing"),
        ("a.png", talking.png() + b"more", "behind its end"),
        ("a.png", talking.png() + talking.zipped({"x.class": b"x"}), "a PNG picture and a ZIP archive"),
        ("a.jpg", talking.jpeg() + talking.zipped({"x.class": b"x"}), "a JPEG picture and a ZIP archive"),
        ("a.jpg", talking.jpeg()[:-2] + b"\x11" * 2000 + b"\xff\xd9" + HTML, "behind its end"),
        ("a.docx", b"%PDF-1.4\n" + talking.office(), "its content is a PDF"),
        ("a.docx", HTML + talking.office(), "its content is a web page"),
        ("a.docx", talking.office() + HTML, "damaged or cut off|behind"),
        ("a.docx", talking.office() + b"PK", "behind|damaged"),
    ],
)
def test_a_file_that_is_two_things_is_told(name, content, says):
    assert re.search(says, refusal(name, content))


def test_a_pdf_hidden_in_an_archive_is_found():
    parts = {"mimetype": b"application/vnd.oasis.opendocument.text", "a": b"x"}
    content = talking.zipped(parts)
    hidden = content.replace(
        b"mimetypeapplication/vnd.oasis.opendocument.text", b"mimetype%PDF-1.4/vnd.oasis.opendocument.text"
    )
    assert "PDF" in refusal("a.odt", hidden)


@pytest.mark.parametrize("name", ["report.pdf", "dot.png", "dot.jpg", "minutes.docx"])
def test_a_cut_off_file_is_told(name):
    content = GOOD[name]
    said = refusal(name, content[: len(content) * 2 // 3])
    assert any(word in said for word in ("cut off", "too early", "damaged"))


@pytest.mark.parametrize("name", list(GOOD))
def test_an_empty_file_is_told(name):
    assert "The file is empty" in refusal(name, b"")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mail.eml", "Mails are not taken"),
        ("old.doc", "Save the file as .docx"),
        ("macro.xlsm", "macros (.xlsm) are not taken"),
        ("run.exe", "Files ending in .exe are not taken. These are: PDF"),
        ("report.pdf.exe", "ending in .exe"),
        ("README", "without an ending"),
        ("picture.svg", "ending in .svg"),
    ],
)
def test_other_kinds_are_not_taken(name, says):
    assert says in refusal(name, talking.pdf())


@pytest.mark.parametrize(
    "content",
    [
        talking.office("docx", {"word/vbaProject.bin": b"macro"}),
        talking.office("docx", {"word/embeddings/sheet.xlsm": b"x"}),
        talking.office("docx", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    ],
)
def test_macros_are_refused(content):
    assert "macros" in refusal("minutes.docx", content)


def test_macros_of_open_document_are_refused():
    assert "macros" in refusal("a.odt", talking.open_document(**{"Basic/Standard/Module1.xml": b"x"}))


def test_a_password_is_told():
    said = refusal("minutes.docx", OLE + b"\0" * 600)
    assert "one with a password" in said
    locked = bytearray(talking.office())
    at = locked.index(b"PK\x01\x02")
    while at >= 0:  # the flag of an encrypted part, in each entry of the directory
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 1)
    assert "has a password" in refusal("minutes.docx", bytes(locked))


def test_a_bomb_is_refused_by_what_it_says_of_itself():
    content = talking.office("docx", {"word/big.xml": b"\0" * 60_000_000})
    assert len(content) < 100_000
    assert "would unpack to 60 MB or more" in refusal("minutes.docx", content)


def test_a_bomb_is_refused_although_it_lies_about_its_size():
    content = bytearray(talking.office("docx", {"word/big.xml": b"\0" * 60_000_000}))
    true_size = struct.pack("<L", 60_000_000)
    while (at := content.find(true_size)) >= 0:
        content[at : at + 4] = struct.pack("<L", 1000)
    said = refusal("minutes.docx", bytes(content))
    assert "damaged" in said or "would unpack" in said


def test_parts_that_overlap_are_a_bomb(monkeypatch):
    content = talking.office("docx", {f"p{n}.xml": bytes(range(256)) * 400 for n in range(4)})
    archive = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        first = opened.getinfo("p0.xml")
    name_at = [at for at in range(len(archive)) if archive[at : at + 4] == b"PK\x01\x02"][2:]
    for at in name_at:  # every further part points to the first one's content and claims the whole file's length
        archive[at + 20 : at + 24] = struct.pack("<L", len(content))
        archive[at + 42 : at + 46] = struct.pack("<L", first.header_offset)
    assert "would unpack" in refusal("minutes.docx", bytes(archive))


def test_too_many_parts_are_refused():
    content = talking.office("docx", {f"p{n}.xml": b"" for n in range(archives.MAX_PARTS)})
    assert "would unpack" in refusal("minutes.docx", content)


def test_an_entity_trick_in_the_list_of_types_is_refused():
    parts = {"[Content_Types].xml": b'<!DOCTYPE t [<!ENTITY a "b">]><Types>&a;</Types>', "main.xml": b"<main/>"}
    assert "of another kind" in refusal("a.docx", talking.zipped(parts))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("re\u202efdp.exe", "re fdp.exe"),
        ("a\x00b\r\n.pdf", "a b .pdf"),
        ("...", "file"),
        ("", "file"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("Prüfbericht  3.pdf", "Prüfbericht 3.pdf"),
    ],
)
def test_a_name_is_cleaned_for_display(name, shown):
    assert file_kinds.clean_name(name) == shown
