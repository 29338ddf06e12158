"""Key generation: one set of signing keys, and the limits of a frozen or revoked one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from labelsvc.codes.forms.offline import Said
from labelsvc.codes.forms.units import LAST_LOT, LAST_UNIT, UnitKey, Units
from labelsvc.errors import FrozenKey, RevokedKey

#: Bits of reference, expiry and flags.
_SAID: Final = (47, 14, 3)
#: Manifests and key files of before do not tell what codes say.
_UNTOLD: Final = object()


class KeyState(StrEnum):
    """Life of a key. `NEXT` is published before it signs, so that offline verifiers hold it."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    #: Stolen: only what was in the log before is believed.
    FROZEN = "frozen"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Key:
    """One generation of keys: a MAC secret and an Ed25519 pair. A verifier holds public halves."""

    #: 1 to 4095.
    kid: int
    state: KeyState
    ed25519_public: bytes
    ed25519_private: bytes | None = field(default=None, repr=False)
    mac_secret: bytes | None = field(default=None, repr=False)
    #: First number it signs; it signs up to the next key's. None: it has signed none.
    first_number: int | None = None
    #: If frozen: numbers ``[first, stop)`` that were in the log before.
    ranges: tuple[tuple[int, int], ...] = ()
    #: If frozen: lot and units ``[first, stop)`` of the offline form, the same way: indices in the
    #: lot that `unit_keys` lead to, or what is printed where there are none. Behind them what the
    #: codes of these units say (`Said`), where it is told.
    unit_ranges: tuple[tuple[int, ...], ...] = ()
    #: If frozen: what shuffled the units of those lots, told to everybody from then on.
    unit_keys: tuple[UnitKey, ...] = ()
    #: If frozen: lots from this number on are shuffled by a key that is not told.
    lots_before: int | None = None

    def logged(self, lot: int, unit: int, said: Said) -> bool | None:
        """True if a printed *unit* of *lot* lies in the log of a frozen key and its code says what it
        said there; None if the unit does, and nobody told what its code says.
        """
        found = unit
        if self.unit_keys:
            try:
                found = Units(self.unit_keys).index(lot, unit)
            except KeyError:
                return False
        told = {row[3:] for row in self.unit_ranges if row[0] == lot and row[1] <= found < row[2]}
        return True if said in told else None if () in told else False

    def believe(self, logged: bool) -> None:
        """A tag or signature of this key holds: may its code be believed?

        :param logged: the code lies in the ranges that were in the log.
        :raises FrozenKey: the key was stolen and the code is not in the log.
        :raises RevokedKey: no code of this key is believed.
        """
        if self.state == KeyState.REVOKED:
            raise RevokedKey("This code was signed with a key that was revoked.", kid=self.kid)
        if self.state == KeyState.FROZEN and not logged:
            raise FrozenKey(
                "This code was signed with a stolen key and is not in the log of codes made before.",
                kid=self.kid,
            )

    def to_public(self) -> dict[str, Any]:
        """The public half as it stands in a trust file."""
        entry: dict[str, Any] = {
            "kid": self.kid,
            "state": self.state.value,
            "ed25519": self.ed25519_public.hex(),
            "unit_ranges": [list(found[:3]) for found in self.unit_ranges],
        }
        if any(found[3:] for found in self.unit_ranges):
            entry["unit_facts"] = [list(found[3:]) for found in self.unit_ranges]
        if self.unit_keys:
            entry["unit_keys"] = [[k.first, k.stop, k.secret.hex()] for k in self.unit_keys]
        return entry

    @classmethod
    def from_public(cls, entry: Mapping[str, Any]) -> Key:
        """Undo `to_public`. :raises ValueError: :raises KeyError: :raises TypeError: not such."""
        kid = entry["kid"]
        if type(kid) is not int or not 1 <= kid < 4096:
            raise ValueError("a key number that is none")
        return cls(
            kid=kid,
            state=KeyState(entry["state"]),
            ed25519_public=bytes.fromhex(entry["ed25519"]),
            unit_ranges=tuple(_unit_ranges(entry["unit_ranges"], entry.get("unit_facts", _UNTOLD))),
            unit_keys=tuple(_unit_key(*row) for row in entry.get("unit_keys", ())),
        )


def _unit_ranges(ranges: Any, facts: Any) -> Iterator[tuple[int, ...]]:
    told = [[]] * len(ranges) if facts is _UNTOLD else facts
    if type(told) is not list:
        raise ValueError("facts of units that are none")
    for row, said in zip(ranges, told, strict=True):
        yield *_unit_range(*row), *_said(said)


def _said(row: Any) -> tuple[int, ...]:
    if row == []:
        return ()
    if type(row) is not list or not all(
        type(n) is int and 0 <= n < 1 << bits for n, bits in zip(row, _SAID, strict=True)
    ):
        raise ValueError("facts of units that are none")
    return tuple(row)


def _unit_range(lot: Any, first: Any, stop: Any) -> tuple[int, int, int]:
    if not all(type(n) is int for n in (lot, first, stop)):
        raise ValueError("a range of units that is none")
    if not (0 <= lot < LAST_LOT and 0 <= first < stop <= LAST_UNIT):
        raise ValueError("a range of units that is none")
    return lot, first, stop


def _unit_key(first: Any, stop: Any, secret: Any) -> UnitKey:
    if type(first) is not int or type(stop) is not int or not 0 <= first < stop <= LAST_LOT:
        raise ValueError("lots that are none")
    found = UnitKey(first, stop, bytes.fromhex(secret))
    if found.secret.hex() != secret or len(found.secret) != 32:
        raise ValueError("a key of units that is none")
    return found
