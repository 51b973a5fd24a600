"""A ClamAV daemon's INSTREAM on a real socket, for tests: it knows one virus, the harmless test string of EICAR."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# In two halves, so that no scanner on a developer's machine takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Session(socketserver.StreamRequestHandler):
    """One INSTREAM command."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        seen = self.server.seen
        seen.append(content)
        if self.server.says:
            self.wfile.write(self.server.says)
        elif EICAR in content:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class _Quiet:
    """A client that hangs up is no error of the daemon's."""

    def handle_error(self, request: object, address: object) -> None:
        """Nothing to say."""


class _Tcp(_Quiet, socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _Unix(_Quiet, socketserver.ThreadingUnixStreamServer):
    pass


class Daemon:
    """Where it listens and what it was sent."""

    def __init__(self, server: socketserver.BaseServer, address: str) -> None:
        self.server, self.address = server, address

    @property
    def seen(self) -> list[bytes]:
        """The contents it scanned."""
        return self.server.seen


@contextmanager
def daemon(path: Path | None = None, says: bytes = b"") -> Iterator[Daemon]:
    """Run one on a free port of loopback, or on a socket at `path`; `says` is an answer it gives to everything."""
    server = _Unix(str(path), _Session) if path else _Tcp(("127.0.0.1", 0), _Session)
    server.seen, server.says = [], says
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Daemon(server, str(path) if path else f"127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
