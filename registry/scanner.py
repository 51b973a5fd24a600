"""ClamAV's INSTREAM over a socket: length and bytes of each piece, a zero at the end, one line back."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

CONNECT_SECONDS = 3
SCAN_SECONDS = 120
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or could not scan: nothing is known about the file."""


@dataclass(frozen=True)
class Scanned:
    """What the scanner said: `virus` is its name for what it found, empty when it found nothing."""

    virus: str

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.virus


def scan(address: str, pieces: Iterable[bytes]) -> Scanned:
    """Send a file's pieces to the daemon at `address` (host:port or a socket's path). Raises ScannerAway."""
    try:
        with _connect(address) as link:
            link.sendall(b"zINSTREAM\0")
            for piece in pieces:
                link.sendall(struct.pack("!L", len(piece)) + piece)
            link.sendall(struct.pack("!L", 0))
            return _understood(_answer(link))
    except OSError as error:
        raise ScannerAway(str(error)) from error


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(CONNECT_SECONDS)
        link.connect(address)
    else:
        host, _, port = address.rpartition(":")
        link = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
    link.settimeout(SCAN_SECONDS)
    return link


def _answer(link: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        part = link.recv(LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _understood(said: str) -> Scanned:
    if said.endswith(" FOUND"):
        return Scanned(said.removeprefix("stream: ").removesuffix(" FOUND") or "a virus")
    if said == "stream: OK":
        return Scanned("")
    raise ScannerAway(said or "no answer")
