"""Leaves of the public log: written and read as canonical JSON. No names, reasons or persons.

One fact, one spelling: sorted keys, no spaces, UTF-8, moments in UTC to the second. `parse` refuses
every other, so the hash of a leaf follows from what it says. Products and lots are named by their
numbers and codes: the names of things may hold the names of people.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final, TypeAlias, get_args, get_type_hints

from labelsvc.codes.tlog.formats.tiles import LARGEST_LEAF
from labelsvc.errors import BadLog

#: Whole in every language's numbers.
_LARGEST_NUMBER: Final = (1 << 53) - 1
_LONGEST_TEXT: Final = 120
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")
_HASH: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class _Leaf:
    kind: ClassVar[str]
    #: Values of a field that knows only some.
    only: ClassVar[dict[str, tuple[str, ...]]] = {}

    #: What it is about; a log has one leaf of each id.
    id: str
    at: datetime

    def __post_init__(self) -> None:
        for name, wanted in _types(type(self)).items():
            self._check(name, wanted)

    def _check(self, name: str, wanted: tuple[Any, ...]) -> None:
        value = getattr(self, name)
        if type(value) not in wanted:
            raise _malformed()
        if isinstance(value, int) and not 0 <= value <= _LARGEST_NUMBER:
            raise _malformed()
        if isinstance(value, str) and (len(value) > _LONGEST_TEXT or _CONTROL.search(value)):
            raise _malformed()
        if isinstance(value, datetime) and (value.tzinfo is not UTC or value.microsecond):
            raise _malformed()
        if name in self.only and value not in self.only[name]:
            raise _malformed()

    def __bytes__(self) -> bytes:
        facts: dict[str, Any] = {"kind": self.kind, "v": 1}
        for name in _types(type(self)):
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
            elif isinstance(value, date):
                value = value.isoformat()
            if value is not None:
                facts[name] = value
        return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, kw_only=True)
class PrintRunLeaf(_Leaf):
    """Numbers were given: to a lot, or to a blank roll that belongs to no lot yet."""

    kind: ClassVar[str] = "print_run"
    only: ClassVar[dict[str, tuple[str, ...]]] = {
        "form": ("short", "gs1", "offline", "lot", "blank")
    }

    form: str
    #: Key that signs them, and the numbers `[first, first + count)`: after a theft the key is
    #: believed for these only.
    kid: int
    first: int
    count: int
    #: Labels that carry them: more than the codes where one code stands on many.
    labels: int
    #: All of the following are missing for blank rolls.
    lot: int | None = None
    lot_code: str | None = None
    product: int | None = None
    gtin: str | None = None
    ocop_code: str | None = None
    #: Units the lot declared on that day.
    declared: int | None = None
    #: Index of the first of them inside the lot, over all unit forms.
    first_in_lot: int | None = None
    #: What the codes of an offline run say, as in their payload (docs/codes.md): after a theft nothing
    #: else is believed of them. Runs of before do not tell it.
    reference: int | None = None
    expiry: int | None = None
    flags: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        of_lot = (self.lot, self.lot_code, self.product, self.declared, self.first_in_lot)
        blank = self.form == "blank"
        if self.count < 1 or any((value is None) is not blank for value in of_lot):
            raise _malformed()
        told = {value is not None for value in (self.reference, self.expiry, self.flags)}
        if len(told) > 1 or (told == {True} and self.form != "offline"):
            raise _malformed()

    @property
    def said(self) -> tuple[int, int, int] | None:
        """Reference, expiry and flags of its offline codes; None: this run does not tell."""
        if self.reference is None or self.expiry is None or self.flags is None:
            return None
        return self.reference, self.expiry, self.flags


@dataclass(frozen=True, kw_only=True)
class RecognitionLeaf(_Leaf):
    """The stars of a product: given, prolonged, withdrawn."""

    kind: ClassVar[str] = "recognition"
    only: ClassVar[dict[str, tuple[str, ...]]] = {"event": ("granted", "extended", "withdrawn")}

    event: str
    recognition: int
    product: int
    gtin: str | None = None
    ocop_code: str | None = None
    stars: int
    decision: str
    decided_on: date
    authority: str
    valid_from: date
    valid_to: date
    extended_to: date | None = None
    withdrawn_on: date | None = None
    withdrawal_decision: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawalLeaf(_Leaf):
    """Codes, a lot or a key are no longer good."""

    kind: ClassVar[str] = "withdrawal"
    only: ClassVar[dict[str, tuple[str, ...]]] = {
        "state": ("void", "withdrawn", "recalled", "frozen", "revoked")
    }

    #: `void` and `withdrawn`: the numbers `[first, first + count)` of a lot; `recalled`: the whole
    #: lot; `frozen` and `revoked`: the key.
    state: str
    lot: int | None = None
    lot_code: str | None = None
    product: int | None = None
    kid: int | None = None
    first: int | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        of_key = self.state in ("frozen", "revoked")
        of_range = self.state in ("void", "withdrawn")
        if (
            (self.lot is None) is not of_key
            or (self.kid is None) is of_key
            or (self.first is None) is of_range
            or (self.count is None) is of_range
            or self.count == 0
        ):
            raise _malformed()


@dataclass(frozen=True, kw_only=True)
class AuditHeadLeaf(_Leaf):
    """The reach of the audit trail at a checkpoint or at the end of a day: a hash of all of it, and how
    long it was."""

    kind: ClassVar[str] = "audit_head"

    #: Day in Vietnam of its newest entry.
    day: date
    #: Number of that entry, and how many entries there were up to it.
    entry: int
    count: int
    #: Its hash in the chain, 64 hexadecimal digits.
    head: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.count <= self.entry or not _HASH.fullmatch(self.head):
            raise _malformed()
        of_day = f"audit:{self.day.isoformat()}"
        if self.id.partition("#")[0] not in (of_day, f"{of_day}:{self.entry}"):
            raise _malformed()


Leaf: TypeAlias = PrintRunLeaf | RecognitionLeaf | WithdrawalLeaf | AuditHeadLeaf
_KINDS_OF_LEAF: Final[dict[str, type[Leaf]]] = {
    found.kind: found for found in (PrintRunLeaf, RecognitionLeaf, WithdrawalLeaf, AuditHeadLeaf)
}


def parse(data: bytes) -> Leaf:
    """Read a leaf in its canonical spelling. :raises BadLog: it is not one."""
    if len(data) > LARGEST_LEAF:
        raise _malformed()
    try:
        facts = json.loads(data.decode())
        if type(facts) is not dict or type(facts.get("kind")) is not str:
            raise _malformed()
        kind = _KINDS_OF_LEAF.get(facts.pop("kind"))
        if kind is None or facts.pop("v", None) != 1:
            raise _malformed()
        types = _types(kind)
        found = kind(**{name: _value(types[name], value) for name, value in facts.items()})
        if bytes(found) != data:
            raise _malformed()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _malformed() from None
    return found


_TYPES: dict[Any, dict[str, tuple[Any, ...]]] = {}


def _types(kind: Any) -> dict[str, tuple[Any, ...]]:
    """Field → the types that it may have. Looking them up costs more than reading a leaf."""
    known = _TYPES.get(kind)
    if known is None:
        hints = get_type_hints(kind)
        known = {f.name: get_args(hints[f.name]) or (hints[f.name],) for f in fields(kind)}
        _TYPES[kind] = known
    return known


def _value(wanted: tuple[Any, ...], value: Any) -> Any:
    if isinstance(value, str):
        if datetime in wanted:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if date in wanted:
            return date.fromisoformat(value)
    return value


def _malformed() -> BadLog:
    return BadLog("This is no leaf of the public log.")
