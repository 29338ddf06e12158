"""Status lists and the head that names the newest ones: signed notes (docs/trust.md, 2 and 3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import ModuleType
from typing import Final, TypeAlias, cast

from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.tlog.formats.note import Note, NoteKey, Signature
from labelsvc.codes.trust.formats import body as bodies
from labelsvc.codes.trust.formats import issued
from labelsvc.codes.trust.formats.bits import broken
from labelsvc.codes.trust.formats.body import LARGEST, LOT_BITS, Body, Listed, Whole
from labelsvc.codes.trust.formats.issued import blocks
from labelsvc.errors import BadLog, BadStatusList

HEAD_FORMAT: Final = "labelsvc-status-head/2"
#: Of releases whose heads name no manifest and no key; still written, for their verifiers.
OLD_HEAD_FORMAT: Final = "labelsvc-status-head/1"
LIST_FORMAT: Final = "labelsvc-status/1"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
#: One spelling, and whole in every language's numbers.
_NUMBER: Final = re.compile("0|[1-9][0-9]{0,14}")
_HASH: Final = re.compile("[0-9a-f]{64}")
#: Signs the text of a note.
Sign: TypeAlias = Callable[[str], Signature]


class Purpose(StrEnum):
    """The purpose of a list: what it says of its units."""

    #: Withdrawn, void or recalled: red.
    WITHDRAWN = "withdrawn"
    #: Sold or used up: a second one is suspicious.
    SOLD = "sold"
    #: How far units of each lot were issued: one beyond was never issued, red.
    ISSUED = "issued"

    @property
    def form(self) -> ModuleType:
        """The module that writes and reads the body of such a list: `encode`, `decode` and `merge`."""
        return issued if self is Purpose.ISSUED else bodies


@dataclass(frozen=True)
class StatusList:
    """Units of one issuing key that are withdrawn, or sold; all of them, or what is new."""

    host: str
    kid: int
    purpose: Purpose
    #: 1, 2, 3 … for each key and purpose.
    number: int
    #: 0: a full list. Else the list that this one is to be added to.
    base: int
    issued: datetime
    #: Time of the next one: later, this one is old.
    expires: datetime
    #: Highest number of a lot that it tells about, and 1.
    lots: int
    listed: Listed

    def has(self, lot: int, unit: int) -> bool:
        """True if the unit printed as *unit* of *lot* is listed."""
        found = self.listed.get(lot, ())
        return isinstance(found, Whole) or unit in found

    def ends(self, lot: int, unit: int) -> tuple[bool, bool]:
        """Tell whether the unit printed as *unit* of *lot* was issued as far as a list of the purpose
        `issued` tells, and whether it may be by now.
        """
        found = self.listed.get(lot, issued.NOTHING)
        was, may = (blocks(unit + 1) <= end for end in cast("tuple[int, int]", found))
        return was, may

    def covers(self, lot: int) -> bool:
        """True if the list would name units of *lot*: not of one that is newer than the list."""
        return lot < self.lots

    def plus(self, delta: StatusList) -> StatusList:
        """This list brought up to *delta*. :raises BadStatusList: made for another one."""
        same = (self.host, self.kid, self.purpose, self.number)
        if same != (delta.host, delta.kid, delta.purpose, delta.base) or delta.base == 0:
            raise BadStatusList("This addition belongs to another list of withdrawn codes.")
        return StatusList(
            self.host, self.kid, self.purpose, delta.number, self.base, delta.issued,
            delta.expires, delta.lots, self.purpose.form.merge(self.listed, delta.listed),
        )  # fmt: skip

    def write(self, sign: Sign) -> bytes:
        """The file: a signed note, NUL, the body."""
        made: Body = self.purpose.form.encode(self.listed)
        lines = [
            LIST_FORMAT, self.host, f"{self.kid} {self.purpose}", f"{self.number} {self.base}",
            _moment(self.issued), _moment(self.expires), f"{self.lots} {made.count} {made.k}",
            hashlib.sha256(made.data).hexdigest(),
        ]  # fmt: skip
        text = "\n".join(lines) + "\n"
        return bytes(Note(text, (sign(text),))) + b"\0" + made.data

    @classmethod
    def read(cls, data: bytes, *, host: str, keys: Iterable[NoteKey]) -> StatusList:
        """Undo `write`, once one of *keys* is found to have signed it for *host*.

        :raises BadStatusList: it is damaged, of another host, or signed by somebody else.
        """
        if len(data) > LARGEST:
            raise broken()
        note, _, content = data.partition(b"\0")
        lines = _lines(note, LIST_FORMAT, host, keys)
        if len(lines) != 6:
            raise broken()
        kid, purpose = _words(lines[0], 2)
        number, base = (_number(word) for word in _words(lines[1], 2))
        lots, count, k = (_number(word) for word in _words(lines[4], 3))
        if hashlib.sha256(content).hexdigest() != lines[5]:
            raise broken()
        if number < 1 or base not in (0, number - 1) or lots > 1 << LOT_BITS:
            raise broken()
        named = _purpose(purpose)
        listed = named.form.decode(Body(content, count, k))
        return cls(
            host, _kid(kid), named, number, base,
            _read_moment(lines[2]), _read_moment(lines[3]), lots, listed,
        )  # fmt: skip


@dataclass(frozen=True, order=True)
class HeadLine:
    """The newest list of one key and purpose."""

    kid: int
    purpose: Purpose
    number: int
    #: SHA-256 of the file of the full list, hex.
    sha256: str


@dataclass(frozen=True)
class StatusHead:
    """A list of the newest lists. Short-lived, so nobody can hold back a withdrawal unseen."""

    host: str
    issued: datetime
    expires: datetime
    lines: tuple[HeadLine, ...] = ()
    #: Version of the newest manifest, 0 where none is published; None: a head of before, which does not
    #: tell and so hides what became of the keys.
    manifest: int | None = None
    #: Keys that are not active, and their states: a freeze is known from the next head on.
    states: tuple[tuple[int, KeyState], ...] = ()

    def state(self, kid: int) -> KeyState | None:
        """The state of a key that is not active."""
        return dict(self.states).get(kid)

    def line(self, kid: int, purpose: Purpose) -> HeadLine | None:
        """The line of a list; None: there is none yet, nothing is known."""
        return next((e for e in self.lines if (e.kid, e.purpose) == (kid, purpose)), None)

    def write(self, sign: Sign) -> bytes:
        """The signed note."""
        lines = [OLD_HEAD_FORMAT if self.manifest is None else HEAD_FORMAT]
        lines += [self.host, _moment(self.issued), _moment(self.expires)]
        if self.manifest is not None:
            lines.append(f"manifest {self.manifest}")
        lines += [f"key {kid} {state}" for kid, state in sorted(self.states)]
        lines += [f"{e.kid} {e.purpose} {e.number} {e.sha256}" for e in sorted(self.lines)]
        text = "\n".join(lines) + "\n"
        return bytes(Note(text, (sign(text),)))

    @classmethod
    def read(
        cls, data: bytes, *, host: str, keys: Iterable[NoteKey], held: StatusHead | None = None
    ) -> StatusHead:
        """Undo `write`, once one of *keys* is found to have signed it for *host*.

        :param held: the head held until now: an older one is refused.
        :raises BadStatusList: damaged, of another host, signed by somebody else, or older.
        """
        told = not data.startswith(f"{OLD_HEAD_FORMAT}\n".encode())
        lines = _lines(data, HEAD_FORMAT if told else OLD_HEAD_FORMAT, host, keys)
        if len(lines) < 2 + told:
            raise broken()
        manifest, states = _of_keys(lines[2:]) if told else (None, ())
        entries = []
        for line in lines[2 + told + len(states) :]:
            kid, purpose, number, digest = _words(line, 4)
            if not _HASH.fullmatch(digest) or _number(number) < 1:
                raise broken()
            entries.append(HeadLine(_kid(kid), _purpose(purpose), _number(number), digest))
        named = [(entry.kid, entry.purpose) for entry in entries]
        if named != sorted(set(named)):
            raise broken()
        moments = _read_moment(lines[0]), _read_moment(lines[1])
        found = cls(host, *moments, tuple(entries), manifest, states)
        if held is not None and found.issued < held.issued:
            raise BadStatusList(
                "This head of the lists is older than the one that is held.",
                fix="Fetch it from the programme's site, not from a copy.",
            )
        return found


def _of_keys(rows: Sequence[str]) -> tuple[int, tuple[tuple[int, KeyState], ...]]:
    """Version of the manifest and states of keys, with which the lines of a head begin."""
    name, version = _words(rows[0], 2)
    if name != "manifest":
        raise broken()
    states: list[tuple[int, KeyState]] = []
    for row in rows[1:]:
        if not row.startswith("key "):
            break
        _, kid, state = _words(row, 3)
        if state == KeyState.ACTIVE or state not in list(KeyState):
            raise broken()
        states.append((_kid(kid), KeyState(state)))
    kids = [kid for kid, _ in states]
    if kids != sorted(set(kids)):
        raise broken()
    return _number(version), tuple(states)


def _lines(data: bytes, wanted: str, host: str, keys: Iterable[NoteKey]) -> Sequence[str]:
    """Lines after the host, of a note that one of *keys* signed."""
    try:
        note = Note.parse(data)
    except BadLog:
        raise broken() from None
    if not any(_signed(note, key) for key in keys):
        raise BadStatusList(
            "This list is not signed by a key that the trust manifest names.",
            fix="Update the trust manifest, then fetch the list again.",
        )
    first, *rest = note.text[:-1].split("\n")
    if first != wanted or not rest:
        raise broken()
    if rest[0] != host:
        raise BadStatusList("This list belongs to {host}.", host=rest[0][:100])
    return rest[1:]


def _signed(note: Note, key: NoteKey) -> bool:
    try:
        note.check(key)
    except BadLog:
        return False
    return True


def _words(line: str, count: int) -> list[str]:
    words = line.split(" ")
    if len(words) != count:
        raise broken()
    return words


def _number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise broken()
    return int(word)


def _kid(word: str) -> int:
    kid = _number(word)
    if not 1 <= kid < 4096:
        raise broken()
    return kid


def _purpose(word: str) -> Purpose:
    try:
        return Purpose(word)
    except ValueError:
        raise broken() from None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_MOMENT)


def _read_moment(text: str) -> datetime:
    try:
        found = datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise broken() from None
    if _moment(found) != text:
        raise broken()
    return found
