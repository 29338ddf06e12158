"""One generation of signing keys and what may be believed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labelsvc.errors import FrozenKey, RevokedKey


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
    #: If frozen: lot and printed units ``[first, stop)`` of the offline form, the same way.
    unit_ranges: tuple[tuple[int, int, int], ...] = ()

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
        return {
            "kid": self.kid,
            "state": self.state.value,
            "ed25519": self.ed25519_public.hex(),
            "unit_ranges": [list(found) for found in self.unit_ranges],
        }

    @classmethod
    def from_public(cls, entry: Mapping[str, Any]) -> Key:
        """Undo `to_public`. :raises ValueError: :raises KeyError: :raises TypeError: not such."""
        kid = entry["kid"]
        if type(kid) is not int or not 1 <= kid < 4096:
            raise ValueError("a key number that is none")
        ranges = [(int(lot), int(first), int(stop)) for lot, first, stop in entry["unit_ranges"]]
        return cls(
            kid=kid,
            state=KeyState(entry["state"]),
            ed25519_public=bytes.fromhex(entry["ed25519"]),
            unit_ranges=tuple(ranges),
        )
