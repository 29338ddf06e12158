"""Stored files: photos, uploaded lists, finished print files. Local folder or S3, through fsspec.

Keys are relative paths with `/`, made by us and never taken from a request unchecked.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec

from labelsvc.errors import FileMissing

#: Longer names are none of a file: the folder would say so with an error of its own.
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,199}(/[a-z0-9][a-z0-9._-]{0,199}){0,9}")


def make_private_folders(folder: Path) -> None:
    """Make *folder* and what is missing above it, for its owner alone."""
    if not folder.is_dir():
        make_private_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make names in *folder* survive a power failure: a file that was synced is lost with its name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def private_opener(path: str, flags: int) -> int:
    """Opener of a new file that its owner alone may read."""
    return os.open(path, flags, 0o600)


class Files:
    """Blobs under one folder.

    :param url: fsspec URL of the folder, `file:///var/lib/labelsvc/files` or `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = urlsplit(url).scheme in ("", "file")
        self._opened: tuple[int, Any, str] | None = None

    @property
    def folder(self) -> Path | None:
        """The local folder; None where an object store keeps them."""
        return Path(self._open()[2]) if self._local else None

    @property
    def _fs(self) -> Any:
        return self._open()[1]

    def _open(self) -> tuple[int, Any, str]:
        """Process, file system and root. Clients of object stores must not come through a fork: a
        server that forks its workers gets one in each of them.
        """
        if self._opened is None or self._opened[0] != os.getpid():
            # A listing from a minute ago misses what another process has written since.
            options = {} if self._local else {"use_listings_cache": False}
            fs, root = fsspec.core.url_to_fs(self._url, **options)
            self._opened = (os.getpid(), fs, root.rstrip("/"))
        return self._opened

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key) or ".." in key:
            raise FileMissing("There is no file {key}.", key=key)
        return f"{self._open()[2]}/{key}"

    def put(self, key: str, data: bytes) -> None:
        """Store *data* under *key* whole or not at all."""
        if self._local:
            self.put_stream(key, BytesIO(data))
        else:  # object stores write whole objects
            self._fs.pipe_file(self._path(key), data)

    def put_stream(self, key: str, source: IO[bytes]) -> None:
        """Store the rest of *source* under *key*, whole or not at all, piece by piece.

        A local file is written aside, synced, then renamed, and its folder synced: when this returns, the
        database may say that it is there. What an object store got is nothing before it is
        committed: closing alone would keep the beginning of a stream that broke off.
        """
        path = self._path(key)
        if not self._local:
            target = self._fs.open(path, "wb", autocommit=False)
            try:
                with target:
                    shutil.copyfileobj(source, target, 1 << 20)
            except BaseException:
                target.discard()
                raise
            target.commit()
            return
        make_private_folders(Path(path).parent)
        aside = f"{path}.{uuid.uuid4().hex}.part"
        try:
            with open(aside, "xb", opener=private_opener) as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            os.replace(aside, path)  # noqa: PTH105 -- after its bytes: else a name may hold nothing
        except BaseException:
            with suppress(OSError):
                os.unlink(aside)  # noqa: PTH108
            raise
        sync_folder(Path(path).parent)

    def get(self, key: str) -> bytes:
        """The bytes under *key*.

        :raises FileMissing: when there are none.
        """
        try:
            return cast(bytes, self._fs.cat_file(self._path(key)))
        except FileNotFoundError:
            raise FileMissing("There is no file {key}.", key=key) from None

    def open(self, key: str) -> IO[bytes]:
        """A binary stream of *key* for reading.

        :raises FileMissing: when there is none.
        """
        try:
            return cast(IO[bytes], self._fs.open(self._path(key), "rb"))
        except FileNotFoundError:
            raise FileMissing("There is no file {key}.", key=key) from None

    def exists(self, key: str) -> bool:
        return bool(self._fs.exists(self._path(key)))

    def size(self, key: str) -> int:
        """Length in bytes."""
        try:
            return int(self._fs.size(self._path(key)))
        except FileNotFoundError:
            raise FileMissing("There is no file {key}.", key=key) from None

    def names(self, folder: str) -> list[str]:
        """Keys directly under *folder*, in order of their names."""
        try:
            found = self._fs.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        keys = (f"{folder}/{str(path).rstrip('/').rpartition('/')[2]}" for path in found)
        return sorted(key for key in keys if not key.endswith(".part"))

    def all_names(self) -> list[str]:
        """Every key, in order of their names; not what is being written."""
        root = self._open()[2]
        found = (str(path).removeprefix(root).lstrip("/") for path in self._fs.find(root))
        return sorted(key for key in found if not key.endswith(".part") and _KEY.fullmatch(key))

    def delete(self, key: str) -> None:
        """Remove *key*; nothing happens when it is not there."""
        if self.exists(key):
            self._fs.rm_file(self._path(key))
