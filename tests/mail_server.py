"""A mail server on loopback: takes what is sent to it, or turns it away."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Box:
    """What came in; while `refuses` it answers that it cannot take any."""

    port: int = 0
    refuses: bool = False
    connections: int = 0
    mails: list[EmailMessage] = field(default_factory=list)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Box


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.box.connections += 1
        self._say(220, "mail.invalid")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self._take()
            elif verb == b"QUIT":
                self._say(221, "bye")
                return
            elif verb == b"RCPT" and self.server.box.refuses:
                self._say(451, "try later")
            else:
                self._say(250, "ok")

    def _take(self) -> None:
        self._say(354, "go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.server.box.mails.append(found)
        self._say(250, "taken")

    def _say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Box]:
    """A server for the length of a test; its port is free again afterwards."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box = Box(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.box
        server.shutdown()
        thread.join()
