"""Known: tells what is known of a code without a network, from manifest, head and lists (docs/trust.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from labelsvc import clock
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.forms.offline import OfflineCode, OfflinePayload
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import Purpose, StatusHead, StatusList
from labelsvc.errors import BadSignature, FrozenKey, RevokedKey, UnknownKey

#: Clocks of service and device may differ by so much.
SLACK: Final = timedelta(minutes=5)


class Known(StrEnum):
    """The knowledge about an offline code; the words of the verdicts (`scans/verdict.py`)."""

    ISSUED_OK = "ISSUED_OK"
    ISSUED_OK_STALE = "ISSUED_OK_STALE"
    REVOKED = "REVOKED"
    DECOMMISSIONED = "DECOMMISSIONED"
    EXPIRED = "EXPIRED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    NOT_ISSUED = "NOT_ISSUED"
    FROZEN_KEY_OUTSIDE_RANGE = "FROZEN_KEY_OUTSIDE_RANGE"
    #: Of what only the service can compare with the register: units in cartons, and a unit of a stolen
    #: key of which nobody told what its code says.
    NEEDS_NETWORK = "SHORT_CODE_NEEDS_NETWORK"


#: Lists that name units.
_NAMING: Final = (Purpose.WITHDRAWN, Purpose.SOLD)
#: Keys that verify nothing, from worst on, and what is said of their codes.
_ENDED: Final = {
    KeyState.REVOKED: Known.FROZEN_KEY_OUTSIDE_RANGE,
    KeyState.NEXT: Known.UNKNOWN_KEY,
}


@dataclass
class Knowledge:
    """The parts of trust that are held, each verified; `say` answers as docs/trust.md, section 4 orders."""

    manifest: Manifest
    head: StatusHead | None = None
    lists: dict[tuple[int, Purpose], StatusList] = field(default_factory=dict)
    #: The latest moment that was ever seen: a clock before it was set back.
    latest: datetime | None = None

    @property
    def host(self) -> str:
        return self.manifest.content.host

    def say(self, code: OfflineCode, at: datetime) -> Known:
        """Tell what is known of *code* at that moment."""
        payload, ring = code.payload, self._ring
        try:
            ring.verify_offline(code)
        except BadSignature as error:
            return _refused(error)
        state = self._state(payload.kid)
        if state in _ENDED:
            return _ENDED[state]
        lists = {purpose: self.lists.get((payload.kid, purpose)) for purpose in _NAMING}
        listed = {
            purpose
            for purpose, found in lists.items()
            if found is not None and found.has(payload.lot, payload.unit)
        }
        if Purpose.WITHDRAWN in listed:
            return Known.REVOKED
        if Purpose.SOLD in listed:
            return Known.DECOMMISSIONED
        if payload.expires is not None and payload.expires < clock.local(at).date():
            return Known.EXPIRED
        if not ring.is_compared(payload) or self._is_told_frozen(payload.kid):
            return Known.NEEDS_NETWORK
        covered = all(found is not None and found.covers(payload.lot) for found in lists.values())
        if not covered or not self._fresh(at):
            return Known.ISSUED_OK_STALE
        return self._how_far(payload)

    def _how_far(self, payload: OfflinePayload) -> Known:
        """Tell what is known of a unit by how far those of its lot were issued, if the head names such a list."""
        key = payload.kid, Purpose.ISSUED
        if self.head is None or self.head.line(*key) is None:
            return Known.ISSUED_OK
        found = self.lists.get(key)
        if found is None or not found.covers(payload.lot):
            return Known.ISSUED_OK_STALE
        was, may = found.ends(payload.lot, payload.unit)
        return Known.ISSUED_OK if was else Known.ISSUED_OK_STALE if may else Known.NOT_ISSUED

    def say_carton(self, code: CartonCode, at: datetime) -> Known:
        """Tell what is known of a carton code. The lists name units: they say nothing of cartons."""
        state = self._state(code.payload.kid)
        try:
            payload = self._ring.verify_carton(code)
        except FrozenKey:
            return _ENDED.get(state, Known.NEEDS_NETWORK) if state else Known.NEEDS_NETWORK
        except BadSignature as error:
            return _refused(error)
        if state in _ENDED:
            return _ENDED[state]
        if payload.expires is not None and payload.expires < clock.local(at).date():
            return Known.EXPIRED
        if self._is_told_frozen(payload.kid):
            return Known.NEEDS_NETWORK
        return Known.ISSUED_OK if self._fresh(at) else Known.ISSUED_OK_STALE

    @property
    def _ring(self) -> Keyring:
        content = self.manifest.content
        return Keyring(content.keys, None, self.host, former=content.former)

    def _state(self, kid: int) -> KeyState | None:
        """State of a key: the worse one where the head tells another than the manifest, since the key of
        heads may take trust away and give none."""
        key = self.manifest.content.key(kid)
        states = {key.state if key else None, self.head.state(kid) if self.head else None}
        return next((state for state in _ENDED if state in states), None)

    def _is_told_frozen(self, kid: int) -> bool:
        """True if the head calls a key frozen and the manifest does not yet say what it signed."""
        key = self.manifest.content.key(kid)
        told = self.head is not None and self.head.state(kid) == KeyState.FROZEN
        return told and key is not None and key.state != KeyState.FROZEN

    def _fresh(self, at: datetime) -> bool:
        content, head = self.manifest.content, self.head
        if head is None or head.manifest is None or head.manifest > content.version:
            return False
        earliest = max(content.issued, head.issued, self.latest or head.issued) - SLACK
        return earliest <= at <= min(content.expires, head.expires)


def _refused(error: BadSignature) -> Known:
    if isinstance(error, UnknownKey):
        return Known.UNKNOWN_KEY
    if isinstance(error, FrozenKey | RevokedKey):
        return Known.FROZEN_KEY_OUTSIDE_RANGE
    return Known.BAD_SIGNATURE
