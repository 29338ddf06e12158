"""Archive: a copy of database and files in one tar, with the checksum of each part and of the whole.

Parts in order: backup.json (what it is of), database, files/…, sums.json; then one line with the SHA-256
of every byte before it. Nothing is taken out of a copy in which one of them does not fit.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from labelsvc.errors import BadInput

FORMAT: Final = 2
FACTS, DATABASE, FILES, SUMS = "backup.json", "database", "files/", "sums.json"
_FOOTER: Final = b"labelsvc-backup sha256 %s\n"
_FOOTER_LENGTH: Final = len(_FOOTER % (b"0" * 64))
_PIECE: Final = 1 << 20


class Writer:
    """Writes a copy into a stream, part after part."""

    def __init__(self, target: IO[bytes], facts: dict[str, Any]) -> None:
        self._stream = _Summed(target)
        self._tar = tarfile.open(fileobj=self._stream, mode="w|")  # type: ignore[call-overload]  # noqa: SIM115 -- by `close`
        self._sums: dict[str, list[Any]] = {}
        self.add(FACTS, io.BytesIO(json.dumps(facts).encode()))

    def add(self, name: str, source: IO[bytes]) -> None:
        """The whole of *source* as *name*. It may grow meanwhile: what was there counts."""
        source.seek(0, io.SEEK_END)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = source.tell(), 0o600
        source.seek(0)
        summed = _Read(source)
        self._tar.addfile(entry, summed)
        self._sums[name] = [entry.size, summed.sha256.hexdigest()]

    def drop(self) -> None:
        """Give up: else the end of this object writes the rest into a stream that is closed."""
        self._tar.fileobj.closed = True

    def close(self) -> None:
        """Write sums and footer."""
        text = json.dumps(self._sums).encode()
        entry = tarfile.TarInfo(SUMS)
        entry.size = len(text)
        self._tar.addfile(entry, io.BytesIO(text))
        self._tar.close()
        self._stream.target.write(_FOOTER % self._stream.sha256.hexdigest().encode())


class Archive:
    """A copy that is read: every part was compared with its sum.

    :raises BadInput: it is none, or damaged.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._opened = ExitStack()
        try:
            tar = tarfile.open(file, mode="r:")  # noqa: SIM115 -- by `close`
            self._tar = self._opened.enter_context(tar)
            self.facts: dict[str, Any] = dict(json.loads(self._member(FACTS).read()))
            self._member(DATABASE)
        except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError, OSError) as error:
            self.close()
            raise BadInput(
                "{file} is no backup of labelsvc.",
                fix="Give a file made by: labelsvc backup",
                file=file,
            ) from error
        try:
            if self.facts.get("format", 1) != 1:  # of 0.2 and before: without sums
                self._check()
        except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError, OSError):
            self.close()
            raise damaged(file, "") from None
        except BadInput:
            self.close()
            raise

    @property
    def names(self) -> list[str]:
        """Of the files, without the folder."""
        names = (entry.name for entry in self._tar.getmembers() if entry.isfile())
        return [name.removeprefix(FILES) for name in names if name.startswith(FILES)]

    def open(self, name: str) -> IO[bytes]:
        """A part."""
        return self._member(name)

    def close(self) -> None:
        self._opened.close()

    def _member(self, name: str) -> IO[bytes]:
        found = self._tar.extractfile(name)
        if found is None:
            raise KeyError(name)
        return found

    def _check(self) -> None:
        if self.facts.get("format") != FORMAT:
            raise BadInput(
                "A newer release made this backup.", fix="Restore it with that release, or a newer one."
            )  # fmt: skip
        size = self.file.stat().st_size - _FOOTER_LENGTH
        whole = hashlib.sha256()
        with self.file.open("rb") as stream:
            for piece in _pieces(stream, size):
                whole.update(piece)
            footer = stream.read()
        if footer != _FOOTER % whole.hexdigest().encode():
            self._name_part()
            raise damaged(self.file, "")
        self._name_part()

    def _name_part(self) -> None:
        """:raises BadInput: names the first part whose sum does not fit."""
        sums: dict[str, list[Any]] = json.loads(self._member(SUMS).read())
        there = [entry.name for entry in self._tar.getmembers()]
        if sorted(there) != sorted([*sums, SUMS]):
            raise damaged(self.file, SUMS)
        for name, (size, expected) in sums.items():
            found, length = hashlib.sha256(), 0
            for piece in _pieces(self._member(name), None):
                found.update(piece)
                length += len(piece)
            if (length, found.hexdigest()) != (size, expected):
                raise damaged(self.file, name)


def damaged(file: Path, part: str) -> BadInput:
    """The error where something of a copy does not fit its sum."""
    return BadInput(
        "{file} is damaged ({part}): nothing was replaced.",
        fix="Take another copy.",
        file=file,
        part=part or "-",
    )


class _Summed:
    """A stream that sums what goes through it."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target = target
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.target.write(data)
        return len(data)


class _Read:
    """The same for reading."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self.sha256.update(data)
        return data


def _pieces(stream: IO[bytes], length: int | None) -> Iterator[bytes]:
    left = length
    while piece := stream.read(_PIECE if left is None else min(_PIECE, left)):
        if left is not None:
            left -= len(piece)
        yield piece
