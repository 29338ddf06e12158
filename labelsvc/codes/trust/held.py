"""Trust of an offline verifier: holds manifest, head and lists, in a folder or in memory.

`Knowledge.say` answers from it; the inspector's application does the same
in the browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeAlias

from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.known import Knowledge
from labelsvc.errors import (
    BadStatusList,
    BadTrust,
    FileMissing,
)

MANIFEST, HEAD = "manifest.json", "status"
#: When this folder was used last, by its own clock.
LATEST: Final = "latest"
#: So many deltas after a full list; who missed more fetches the full one.
MOST_DELTAS: Final = 8


#: Bytes of a file of the folder, or of a path of the service. :raises FileMissing: there is none.
Read: TypeAlias = Callable[[str], bytes]
Write: TypeAlias = Callable[[str, bytes], object]


@dataclass
class HeldTrust(Knowledge):
    """The trust that is held in a folder, and the files that it comes from."""

    #: Files that a list is made of: a full one, and what was new in those that followed.
    parts: dict[tuple[int, Purpose], tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Files of the folder that are still of use."""
        return {MANIFEST, HEAD, LATEST}.union(*self.parts.values())

    @classmethod
    def read(cls, read: Read) -> HeldTrust:
        """Read a folder of trust. It is verified each time: a file may have been changed since.

        :raises BadTrust: no manifest that its own roots signed. :raises BadStatusList: a list or
            head that is not what it should be.
        """
        try:
            manifest = Manifest.parse(read(MANIFEST))
        except FileMissing:
            raise BadTrust(
                "There is no trust manifest.", fix="Fetch one with: labelsvc keys fetch"
            ) from None
        manifest.check_first()
        held = cls(manifest, latest=_latest(read))
        try:
            held.head = held._head(read(HEAD))
        except FileMissing:
            return held
        for line in held.head.lines:
            held._gather(read, line)
        return held

    @classmethod
    def fetch(cls, get: Read, write: Write, held: HeldTrust | None = None) -> HeldTrust:
        """Bring what is held up to what the service gives now; each part is written once believed.

        :param get: bytes of a path of the service.
        :param write: keeps a file of the folder that *held* was read from.
        :param held: None: the first manifest is believed as it comes; compare its roots by hand.
        :raises BadTrust: TrustRollback: :raises BadStatusList: the service gave what must not be
            believed; what was held stays.
        :raises FileMissing: the service has published nothing.
        """
        newest = Manifest.parse(get(".well-known/labelsvc-trust.json"))
        if held is None:
            newest.check_first()
            manifest = newest
        else:
            manifest = held.manifest
            for version in range(manifest.content.version + 1, newest.content.version):
                between = Manifest.parse(get(f"trust/manifest/{version}.json"))
                between.check_next(manifest)
                manifest = between
            newest.check_next(manifest)
            manifest = newest
        write(MANIFEST, bytes(manifest))
        found = cls(manifest)
        try:
            head = _newest_head(get)
        except FileMissing:
            return found
        found.head = found._head(head, held.head if held else None)
        if held and held.head and found.head.issued <= held.head.issued:
            found.latest = held.latest
        for line in found.head.lines:
            if held is None or not found._add(get, write, line, held):
                file = get(_path(line, line.number))
                found._take(line, found._list(file, line), (_name(line),))
                write(_name(line), file)
        write(HEAD, head)
        return found

    def note(self, write: Write, at: datetime) -> None:
        """Keep the latest moment that was seen, so that a clock that is set back later is found."""
        at = at.astimezone(UTC).replace(microsecond=0)
        if self.latest is None or self.latest < at:
            self.latest = at
            write(LATEST, f"{at:%Y-%m-%dT%H:%M:%SZ}\n".encode())

    def _head(self, data: bytes, held: StatusHead | None = None) -> StatusHead:
        keys = self.manifest.content.status_keys
        return StatusHead.read(data, host=self.host, keys=keys, held=held)

    def _gather(self, read: Read, line: HeadLine) -> None:
        """The list that *line* names, of what lies in a folder; nothing where a part is missing."""
        for first in range(line.number, max(0, line.number - MOST_DELTAS - 1), -1):
            try:
                data = read(_name(line, first))
            except FileMissing:
                continue
            full = self._list(data, line) if first == line.number else self._full(data, line, first)
            with suppress(FileMissing):
                self._extend(full, (_name(line, first),), line, lambda name, _: read(name))
            return

    def _add(self, get: Read, write: Write, line: HeadLine, held: HeldTrust) -> bool:
        """Bring the held list up to *line* by what is new since; False: the full one is needed.

        A delta is signed as a full list is; the head's hash is of the full list's file alone.
        """
        key = line.kid, line.purpose
        before, head = held.lists.get(key), held.head
        if before is None or head is None or before.number > line.number:
            return False
        if held.host != self.host:
            return False  # what is held is signed for the host of before
        parts = held.parts[key]
        if held.manifest.content.status_keys != self.manifest.content.status_keys:
            return False  # what is held must still be believed when it is read again
        if before.number == line.number:
            if head.line(*key) != line:
                return False
            self._take(line, before, parts)
            return True
        if len(parts) + line.number - before.number > MOST_DELTAS + 1:
            return False
        fetched: dict[str, bytes] = {}

        def fetch(name: str, number: int) -> bytes:
            fetched[name] = get(_path(line, number, number - 1))
            return fetched[name]

        try:
            self._extend(before, parts, line, fetch)
        except (FileMissing, BadStatusList):
            return False
        for name, data in fetched.items():
            write(name, data)
        return True

    def _extend(
        self,
        found: StatusList,
        parts: tuple[str, ...],
        line: HeadLine,
        read: Callable[[str, int], bytes],
    ) -> None:
        """Add delta after delta to *found* until it is the list that *line* names."""
        keys = self.manifest.content.status_keys
        for number in range(found.number + 1, line.number + 1):
            name = _name(line, number, number - 1)
            delta = StatusList.read(read(name, number), host=self.host, keys=keys)
            found, parts = found.plus(delta), (*parts, name)
        self._take(line, found, parts)

    def _take(self, line: HeadLine, found: StatusList, parts: tuple[str, ...]) -> None:
        self.lists[line.kid, line.purpose] = found
        self.parts[line.kid, line.purpose] = parts

    def _full(self, data: bytes, line: HeadLine, number: int) -> StatusList:
        keys = self.manifest.content.status_keys
        found = StatusList.read(data, host=self.host, keys=keys)
        named = (found.kid, found.purpose, found.number, found.base)
        if named != (line.kid, line.purpose, number, 0):
            raise BadStatusList("This list is not the one that the head names.")
        return found

    def _list(self, data: bytes, line: HeadLine) -> StatusList:
        if hashlib.sha256(data).hexdigest() != line.sha256:
            raise BadStatusList("This list is not the one that the head names.")
        return self._full(data, line, line.number)


def _latest(read: Read) -> datetime | None:
    try:
        text = read(LATEST).decode("ascii").strip()
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (FileMissing, ValueError):
        return None


def _newest_head(get: Read) -> bytes:
    """The head of the service; a service of a release before gives one that does not name the manifest."""
    try:
        return get("trust/head")
    except FileMissing:
        return get("trust/status")


def _name(line: HeadLine, number: int | None = None, base: int = 0) -> str:
    """File of a folder: of a full list, or of what is new since list *base*."""
    last = f"{base}-{number}" if base else f"{number or line.number}"
    return f"{line.kid}-{line.purpose}-{last}"


def _path(line: HeadLine, number: int, base: int = 0) -> str:
    """The same at the service."""
    return f"trust/status/{line.kid}/{line.purpose}/" + (
        f"{base}-{number}" if base else f"{number}"
    )
