"""What content looks like by its first bytes, in a plain word for the person who sent it under another name."""

import re

import puremagic

HEAD = 1024  # browsers and readers look no further to guess a type
WEB_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|svg|\?php)", re.IGNORECASE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PK\x03\x04": "a ZIP archive or an Office file",
    OLE: "an old Office file",
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
}
SURE = 0.4  # confidence of a signature of four bytes; shorter ones fit too much


class Unfit(ValueError):
    """A file that is not taken; the message is a sentence for the person who sent it."""


def what_it_looks_like(head: bytes) -> str:
    """A plain word for content that is not what the name says, as far as its first bytes tell."""
    for signature, words in SIGNATURES.items():
        if head.startswith(signature):
            return words
    if WEB_PAGE.search(head):
        return "a web page"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return "something else"
    return f"“{found[0].name}”" if found and found[0].confidence >= SURE and found[0].name else "something else"
