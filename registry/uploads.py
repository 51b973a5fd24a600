"""Uploads go to a file on disk piece by piece and stop there at their limit, whatever the sender says of the size."""

from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from registry.inventory.kinds import MAX_BYTES

MEGABYTE = 1024 * 1024


class TooLarge(UploadedFile):
    """Stands for a file that went over its limit: its true size, and no content that could be read by mistake."""

    def close(self) -> None:
        """Nothing was kept open."""


class Incoming(TemporaryUploadedFile):
    """A file on its way in, on the disk of the store; the system's folder for temporary files is memory in places."""

    def __init__(self, name: str | None, content_type: str | None, charset: str | None) -> None:
        settings.INCOMING_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)  # not there yet on a new machine
        file = NamedTemporaryFile(suffix=".upload", dir=settings.INCOMING_DIR)  # noqa: SIM115 (closed with the request)
        UploadedFile.__init__(self, file, name, content_type, 0, charset)


class LimitedUpload(TemporaryFileUploadHandler):
    """Counts all files of a request together. Over the limit it drops what comes, so that the form can say why.

    The rest of the request is still read and thrown away piece by piece: a connection that is cut would show the
    person a browser error in place of a sentence.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0
        self.is_over = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.is_over = False
        self.file = Incoming(self.file_name, self.content_type, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write while under the limit; the moment it is over, give back the disk."""
        self.received += len(raw_data)
        if self.received <= limit(self.request):
            super().receive_data_chunk(raw_data, start)
        elif not self.is_over:
            self.is_over = True
            self.file.file.truncate(0)  # type: ignore[union-attr]  # open while it is written

    def file_complete(self, file_size: int) -> Any:
        """The file, or what stands for one that was too large."""
        if not self.is_over:
            return super().file_complete(file_size)
        self.file.close()
        return TooLarge(None, self.file_name, self.content_type, file_size, self.charset)


def is_too_large(file: Any) -> bool:
    """Whether a file is over the limit by itself, or was dropped because its request was."""
    return isinstance(file, TooLarge) or bool(file.size > settings.EVIDENCE_MAX_MB * MEGABYTE)


def limit(request: Any) -> int:
    """Bytes a request's files may have together: inventory files have a limit of their own."""
    match = getattr(request, "resolver_match", None)
    return MAX_BYTES if match and match.url_name == "inventory-imports" else settings.EVIDENCE_MAX_MB * MEGABYTE
