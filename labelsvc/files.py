"""Blobs: photos, uploaded lists, finished print files. A local folder or S3, through fsspec.

Keys are relative paths with `/`, made by us and never taken from a request unchecked.
"""

from __future__ import annotations

import re
import shutil
import uuid
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec

from labelsvc.errors import FileMissing

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


class Files:
    """Blobs under one folder.

    :param url: fsspec URL of the folder, `file:///var/lib/labelsvc/files` or `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        self._fs: Any
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")
        self._local = urlsplit(url).scheme in ("", "file")

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key) or ".." in key:
            raise FileMissing("There is no file {key}.", key=key)
        return f"{self._root}/{key}"

    def put(self, key: str, data: bytes) -> None:
        """Store *data* under *key* whole or not at all: written aside, then renamed."""
        path = self._path(key)
        if not self._local:  # object stores write whole objects
            self._fs.pipe_file(path, data)
            return
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        aside = f"{path}.{uuid.uuid4().hex}.part"
        self._fs.pipe_file(aside, data)
        self._fs.mv(aside, path)

    def put_stream(self, key: str, source: IO[bytes]) -> None:
        """Store the rest of *source* under *key*, whole or not at all, piece by piece."""
        path = self._path(key)
        aside = f"{path}.{uuid.uuid4().hex}.part" if self._local else path
        if self._local:
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self._fs.open(aside, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        if self._local:
            self._fs.mv(aside, path)

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
        if not self.exists(key):
            raise FileMissing("There is no file {key}.", key=key)
        return int(self._fs.size(self._path(key)))

    def names(self, folder: str) -> list[str]:
        """Keys directly under *folder*, in order of their names."""
        try:
            found = self._fs.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        keys = (f"{folder}/{str(path).rstrip('/').rpartition('/')[2]}" for path in found)
        return sorted(key for key in keys if not key.endswith(".part"))

    def delete(self, key: str) -> None:
        """Remove *key*; nothing happens when it is not there."""
        if self.exists(key):
            self._fs.rm_file(self._path(key))
