"""Where the content of evidence lies: a private folder or bucket, by keys that say nothing. Never a public address."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.core.files import File
from django.core.files.storage import Storage, storages


def store() -> Storage:
    """The storage of the settings."""
    return storages["evidence"]


def put(file: File) -> str:
    """Keep a file's content and return its key. Raises OSError when less arrived than was sent."""
    name = uuid.uuid4().hex
    key = store().save(f"{name[:2]}/{name}", file)
    if store().size(key) != file.size:
        store().delete(key)
        raise OSError("The store did not keep the whole file.")
    return key


def open_content(key: str) -> File:
    """The content for reading. Raises FileNotFoundError when the store has lost it."""
    return store().open(key, "rb")


def delete(key: str) -> None:
    """Delete the content for good."""
    if key:
        store().delete(key)


def keys_before(moment: datetime) -> Iterator[str]:
    """The keys of everything that was put in before a moment."""
    try:
        folders = store().listdir("")[0]
    except FileNotFoundError:  # nothing was ever kept
        return
    for folder in sorted(folders):
        for name in store().listdir(folder)[1]:
            key = f"{folder}/{name}"
            if store().get_modified_time(key) < moment:
                yield key
