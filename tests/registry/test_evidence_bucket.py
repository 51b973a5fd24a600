"""Evidence in an S3-compatible store by setting: boto's own requests against a small store on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.conf import settings as live

from registry import evidence_store
from registry.actions import evidence_upkeep as upkeep
from tests import make, talking

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Bucket(BaseHTTPRequestHandler):
    """Puts, gets, heads, deletes and lists objects, as the S3 protocol has it; refuses what is not signed."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, bytes]

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/invented-bucket").lstrip("/")

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=invented-key/")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = _unchunked(body)
        self.kept[self._key()] = body
        self._say(200, ETag='"x"')

    def do_GET(self) -> None:
        if not self._key():
            self._say(200, self._listed(), Content_Type="application/xml")
        elif self._key() in self.kept:
            self._object()
        else:
            self._say(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")

    def do_HEAD(self) -> None:
        self._object() if self._key() in self.kept else self._say(404)

    def do_DELETE(self) -> None:
        self.kept.pop(self._key(), None)
        self._say(204)

    def _object(self) -> None:
        self._say(200, self.kept[self._key()], ETag='"x"', Last_Modified=format_datetime(LONG_AGO, usegmt=True))

    def _listed(self) -> bytes:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        inside = [key.removeprefix(prefix) for key in sorted(self.kept) if key.startswith(prefix)]
        folders = sorted({key.partition("/")[0] for key in inside if "/" in key})
        files = [key for key in inside if "/" not in key]
        parts = [f"<CommonPrefixes><Prefix>{prefix}{name}/</Prefix></CommonPrefixes>" for name in folders]
        parts += [f"<Contents><Key>{prefix}{name}</Key><Size>1</Size></Contents>" for name in files]
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(parts)}</ListBucketResult>".encode()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def _unchunked(body: bytes) -> bytes:
    """The content of an upload that carries its checksum behind itself."""
    content = b""
    while body:
        head, _, rest = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        content, body = content + rest[:size], rest[size + 2 :]
    return content


@pytest.fixture
def bucket(settings: Any) -> Iterator[dict[str, bytes]]:
    """The objects of a store that the settings name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (Bucket,), {"kept": {}}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    options = {
        "bucket_name": "invented-bucket", "endpoint_url": f"http://127.0.0.1:{server.server_address[1]}",
        "region_name": "us-invented-1", "access_key": "invented-key", "secret_key": "invented-secret",
        "default_acl": None, "file_overwrite": False, "addressing_style": "path",
    }  # fmt: skip
    settings.STORAGES = {**live.STORAGES, "evidence": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}
    yield server.RequestHandlerClass.kept
    evidence_store.store().connection.meta.client.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_evidence_lies_in_a_bucket_and_comes_back_only_through_the_view(bucket, cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    made = talking.some_file(case, cast.officer)
    assert bucket == {made.file: talking.pdf()}
    answer = sign_in(cast.leader).get(f"/evidence/{made.uuid}/file/")
    assert answer.status_code == 200 and b"".join(answer) == talking.pdf()
    assert "Location" not in answer, "nobody is sent to the store itself"


def test_what_no_row_names_is_cleared_from_a_bucket(bucket, cast):
    made = talking.some_file(make.use_case(owner=cast.officer), cast.officer)
    orphan = evidence_store.put(talking.upload())
    assert upkeep.clear_abandoned() == 1
    assert set(bucket) == {made.file} and orphan not in bucket


def test_content_a_bucket_has_lost_is_not_found(bucket, cast, sign_in):
    case = make.use_case(owner=cast.officer, filed_on=date(2026, 1, 28), status="recorded")
    made = talking.some_file(case, cast.officer)
    bucket.clear()
    assert sign_in(cast.officer).get(f"/evidence/{made.uuid}/file/").status_code == 404
