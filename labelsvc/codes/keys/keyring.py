"""Keyring: holds all keys of one host, makes codes and verifies them.

Keys stand oldest to newest; the active one signs, every other verifies for as long as its labels
live. The offline form names its key. A server-checked form does not: each number was signed by the
key in whose range it lies, so rotation neither costs bits on a label nor lets a verifier try keys.
The permutation secret is outside of all this and never changes: under two secrets two numbers could
meet in one id.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from itertools import pairwise
from typing import Any, Final, cast

import numpy as np

from labelsvc.codes.forms import alphabet, carton, gs1, inner, offline, short, uri
from labelsvc.codes.forms.carton import CartonCode, CartonPayload
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflineCode, OfflinePayload
from labelsvc.codes.forms.permutation import Permutation
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.forms.signing import CodeSigner, Ed25519, check_public_key, derive
from labelsvc.codes.forms.units import Units, unit_keys
from labelsvc.codes.keys.key import Key as Key
from labelsvc.codes.keys.key import KeyState as KeyState
from labelsvc.errors import (
    BadInput,
    BadSignature,
    ConfigurationError,
    KeyUnavailable,
    UnknownKey,
)

TRUST_FORMAT: Final = "labelsvc-trust-1"
#: Numbers that go through NumPy at once: some 20 MB of working memory.
_BATCH: Final = 1 << 16


class Keyring:
    """The keys of one host.

    :param keys: in any order; sorted by kid, which is oldest to newest.
    :param permutation_secret: 32 bytes; None where only offline codes are verified.
    :param host: authority as `uri.authority` gives it. It is under every tag and signature.
    :param scheme: of the links that are printed; proves nothing and is under no tag.
    :param former: hosts of before, and the kids whose codes were printed under them; None: any.
    :raises KeyUnavailable: two keys with one kid, two active ones, or a public key that is none.
    """

    def __init__(
        self,
        keys: Iterable[Key],
        permutation_secret: bytes | None,
        host: str,
        *,
        scheme: str = "https",
        former: Mapping[str, Collection[int] | None] | None = None,
    ) -> None:
        self.keys: tuple[Key, ...] = tuple(sorted(keys, key=lambda key: key.kid))
        self.host = uri.authority(f"{scheme}://{host}")
        self.base_url = f"{scheme}://{self.host}"
        self.former = {name: kids for name, kids in (former or {}).items() if name != self.host}
        self._by_kid = {key.kid: key for key in self.keys}
        if len(self._by_kid) != len(self.keys) or sum(k.state == "active" for k in self.keys) > 1:
            raise KeyUnavailable("Two keys of the keyring have one number, or two are active.")
        for key in self.keys:
            check_public_key(key.ed25519_public)
        self._mac_keys = [k for k in self.keys if k.mac_secret and k.first_number is not None]
        self._firsts = [k.first_number or 0 for k in self._mac_keys]
        if any(b < a for a, b in pairwise(self._firsts)):
            raise KeyUnavailable("The number ranges of the keys overlap.")
        self._short = self._signers("short", short.TAG_BITS, self.host)
        self._gs1 = self._signers("gs1", gs1.TAG_BITS, self.host)
        self._short_before = [self._signers("short", short.TAG_BITS, name) for name in self.former]
        self._gs1_before = [self._signers("gs1", gs1.TAG_BITS, name) for name in self.former]
        self._ed25519 = Ed25519()
        self._numbers: Permutation | None = None
        self._units: Units | None = None
        self._inner_key: bytes | None = None
        if permutation_secret is not None:
            number_key = derive(permutation_secret, "labelsvc/number/v1")
            self._numbers = Permutation(number_key, short.ID_BITS)
            changes = (key.lots_before for key in self.keys if key.lots_before is not None)
            self._units = Units(unit_keys(permutation_secret, changes))
            self._inner_key = inner.key_of(permutation_secret)

    def under(self, host: str) -> Keyring:
        """The same keys for *host*, one of `former`: it makes the codes that were printed there."""
        if host == self.host:
            return self
        made = copy(self)
        made.host, made.base_url = host, f"{self.base_url.partition('://')[0]}://{host}"
        made._short = self._signers("short", short.TAG_BITS, host)
        made._gs1 = self._signers("gs1", gs1.TAG_BITS, host)
        return made

    @property
    def units(self) -> Units:
        """Shuffled unit indices of lots. :raises KeyUnavailable: no secret is here."""
        if self._units is None:
            raise KeyUnavailable("This keyring holds public keys only: it cannot number units.")
        return self._units

    @property
    def inner_key(self) -> bytes:
        """The key of all inner codes. :raises KeyUnavailable: no secret is here."""
        if self._inner_key is None:
            raise KeyUnavailable("This keyring holds public keys only: it knows no inner codes.")
        return self._inner_key

    @property
    def active(self) -> Key:
        """The key that signs. :raises KeyUnavailable: there is none."""
        for key in self.keys:
            if key.state == KeyState.ACTIVE:
                return key
        raise KeyUnavailable("There is no active signing key.", fix="Run: labelsvc keys rotate")

    # --- making -----------------------------------------------------------------------------------

    def short(self, number: int) -> str:
        """The short (or lot) code of *number*: 24 characters.

        :raises KeyUnavailable: no key of this keyring may sign that number.
        """
        signer = self._short[self.key_of(number).kid]
        number_id = self._permutation.forward(number)
        return short.build(number_id, signer.get_signature(short.message(number_id))).canonical

    def gs1(self, gtin: str, number: int) -> str:
        """The gs1 code of *number* under a GTIN-14: its path. Raises as `short`."""
        signer = self._gs1[self.key_of(number).kid]
        number_id = self._permutation.forward(number)
        tag = signer.get_signature(gs1.message(gs1.gtin14(gtin), number_id))
        return gs1.build(gs1.gtin14(gtin), number_id, tag).canonical

    def offline(self, payload: OfflinePayload) -> str:
        """The offline code of *payload*, signed by the key it names: 193 digits.

        :raises KeyUnavailable: that key is not here with its private half, or is revoked.
        """
        packed = payload.pack()
        return offline.spell(packed, self._sign(payload.kid, offline.message(self.host, packed)))

    def carton(self, payload: CartonPayload) -> str:
        """The carton code of *payload*: digits. Raises as `offline`."""
        packed = payload.pack()
        return carton.spell(packed, self._sign(payload.kid, carton.message(self.host, packed)))

    def short_many(self, first: int, count: int) -> list[str]:
        """`short` of `count` numbers from *first* on, in order."""
        codes: list[str] = []
        for signer, ids, raw in self._batches(self._short, first, count):
            digests = np.frombuffer(signer.digests(raw, 5), np.uint8).reshape(len(ids), 32)
            codes += alphabet.encode_many(np.hstack([ids, digests[:, :10]]), short.LENGTH)
        return codes

    def gs1_many(self, gtin: str, first: int, count: int) -> list[str]:
        """`gs1` of `count` numbers from *first* on, in order."""
        gtin = gs1.gtin14(gtin)
        head = np.frombuffer(gtin.encode(), np.uint8)
        codes: list[str] = []
        for signer, ids, _ in self._batches(self._gs1, first, count):
            messages = np.hstack([np.tile(head, (len(ids), 1)), ids]).tobytes()
            digests = np.frombuffer(signer.digests(messages, 19), np.uint8).reshape(len(ids), 32)
            serials = alphabet.encode_many(np.hstack([ids, digests[:, :8]]), gs1.LENGTH)
            codes += [f"01/{gtin}/21/{serial}" for serial in serials]
        return codes

    def offline_many(self, payload: OfflinePayload, units: Iterable[int]) -> list[str]:
        """`offline` of *payload* with each of *units* (printed indices) in turn."""
        packed, seed = payload.pack(), self._seed(payload.kid)
        codes = []
        for unit in units:
            one = offline.with_unit(packed, unit)
            message = offline.message(self.host, one)
            codes.append(offline.spell(one, self._ed25519.get_signature(seed, message)))
        return codes

    # --- verifying --------------------------------------------------------------------------------

    def verify_short(self, code: ShortCode) -> int:
        """The number of a short or lot code, once its tag is found right.

        :raises BadSignature: the tag is wrong. :raises FrozenKey: :raises RevokedKey: the tag is
            right and its key may not be believed. :raises KeyUnavailable: no secret is here.
        """
        number = self._permutation.backward(code.number_id)
        signers = (self._short, *self._short_before)
        return self._checked(signers, number, short.message(code.number_id), code.tag)

    def verify_gs1(self, code: Gs1Code) -> int:
        """The number of a gs1 code, once its tag is found right. Raises as `verify_short`."""
        number = self._permutation.backward(code.number_id)
        message = gs1.message(code.gtin, code.number_id)
        return self._checked((self._gs1, *self._gs1_before), number, message, code.tag)

    def verify_offline(self, code: OfflineCode) -> OfflinePayload:
        """Read an offline code once its signature is found right; needs no secret.

        :raises UnknownKey: this keyring does not hold the key the code names; a newer one may.
        :raises BadSignature: the signature is wrong.
        :raises FrozenKey: :raises RevokedKey: it is right, and its key may not be believed.
        """
        payload = code.payload
        packed = payload.pack()
        key = self._signer_of(
            payload.kid, lambda host: offline.message(host, packed), code.signature
        )
        key.believe(self._logged(key, payload) is not False)
        return payload

    def is_frozen(self, kid: int) -> bool:
        """True if that key was stolen."""
        key = self._by_kid.get(kid)
        return key is not None and key.state == KeyState.FROZEN

    def is_next(self, kid: int) -> bool:
        """True if that key signs nothing yet: what it signed was signed by a thief."""
        key = self._by_kid.get(kid)
        return key is not None and key.state == KeyState.NEXT

    def is_compared(self, payload: OfflinePayload) -> bool:
        """True unless *payload*, which `verify_offline` took, was signed by a stolen key and nobody told
        this keyring what the code of that unit says: it may be the thief's.
        """
        return self._logged(self._by_kid[payload.kid], payload) is not None

    def verify_carton(self, code: CartonCode, *, logged: bool = False) -> CartonPayload:
        """Read a carton code once its signature is found right; needs no secret.

        :param logged: the caller will compare the units with the register, so a stolen key is no
            reason to refuse: a forged carton of units that exist says nothing that is not so.
        Raises as `verify_offline`.
        """
        packed = code.payload.pack()
        self._signer_of(
            code.payload.kid, lambda host: carton.message(host, packed), code.signature
        ).believe(logged)
        return code.payload

    # --- the public half --------------------------------------------------------------------------

    def to_json(self) -> str:
        """The public halves, for verifiers without secrets (docs/codes.md, trust file)."""
        keys = [key.to_public() for key in self.keys]
        return json.dumps({"format": TRUST_FORMAT, "host": self.host, "keys": keys}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Keyring:
        """A keyring that verifies the offline form, from what `to_json` wrote.

        :raises BadInput: not such a file.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            if data["format"] != TRUST_FORMAT:
                raise ValueError("another format")
            host: str = data["host"]
            return cls([Key.from_public(entry) for entry in data["keys"]], None, host.lower())
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            reason = str(error) or type(error).__name__
        except ConfigurationError as error:
            reason = str(error)
        raise BadInput(
            "This is not a usable trust file: {reason}",
            fix="Export it again with: labelsvc keys export",
            reason=reason,
        )

    # --- inside -----------------------------------------------------------------------------------

    @property
    def _permutation(self) -> Permutation:
        if self._numbers is None:
            raise KeyUnavailable(
                "This keyring holds public keys only: it verifies offline codes.",
                fix="Ask the service about codes of the other forms.",
            )
        return self._numbers

    def _signers(self, form: str, bits: int, host: str) -> dict[int, CodeSigner]:
        """Give the signers of one form under *host*, by kid."""
        kids = self.former.get(host)
        return {
            key.kid: CodeSigner(
                [cast(bytes, key.mac_secret)],  # of `_mac_keys`
                purpose=f"labelsvc/{form}/v1/{key.kid}",
                context=f"ocop-{form}-v1\0{host}\0".encode("ascii"),
                bits=bits,
            )
            for key in self._mac_keys
            if kids is None or key.kid in kids
        }

    def _mac_key(self, number: int) -> Key | None:
        """The key in whose range *number* lies."""
        at = bisect_right(self._firsts, number)
        return self._mac_keys[at - 1] if at else None

    def key_of(self, number: int) -> Key:
        """The key that signs *number*. :raises KeyUnavailable: none does, or it is revoked."""
        # Not the active key: a run that was allocated before a rotation and is rendered after it
        # must give the same codes.
        key = self._mac_key(number)
        if key is None or key.state == KeyState.REVOKED:
            raise KeyUnavailable("No key may sign number {number}.", number=number)
        return key

    @staticmethod
    def _logged(key: Key, payload: OfflinePayload) -> bool | None:
        if key.state != KeyState.FROZEN:
            return True
        return key.logged(payload.lot, payload.unit, payload.said)

    def _hosts_of(self, kid: int) -> Iterator[str]:
        """Hosts that a code of key *kid* may have been printed under, the present one first."""
        yield self.host
        yield from (name for name, kids in self.former.items() if kids is None or kid in kids)

    def _signer_of(self, kid: int, message: Callable[[str], bytes], signature: bytes) -> Key:
        key = self._by_kid.get(kid)
        if key is None:
            raise UnknownKey(
                "This code names a key that is not known here.",
                fix="Update the list of keys and scan again.",
                kid=kid,
            )
        for host in self._hosts_of(kid):
            if self._ed25519.verify_signature(key.ed25519_public, message(host), signature):
                return key
        raise _bad_signature()

    def _sign(self, kid: int, message: bytes) -> bytes:
        return self._ed25519.get_signature(self._seed(kid), message)

    def _seed(self, kid: int) -> bytes:
        key = self._by_kid.get(kid)
        if key is None or key.ed25519_private is None or key.state == KeyState.REVOKED:
            raise KeyUnavailable("Key {kid} cannot sign here.", kid=kid)
        return key.ed25519_private

    def _checked(
        self, signers: Iterable[dict[int, CodeSigner]], number: int, message: bytes, tag: bytes
    ) -> int:
        key = self._mac_key(number)
        if key is None or not any(
            key.kid in made and made[key.kid].verify_signature(message, tag) for made in signers
        ):
            raise _bad_signature()
        key.believe(any(first <= number < stop for first, stop in key.ranges))
        return number

    def _batches(
        self, signers: dict[int, CodeSigner], first: int, count: int
    ) -> Iterator[tuple[CodeSigner, Any, bytes]]:
        """Signer, ids as rows of 5 bytes, and the same as bytes; no batch spans two keys."""
        at, stop = first, first + count
        while at < stop:
            key = self.key_of(at)
            later = [f for f in self._firsts if f > at]
            end = min([stop, at + _BATCH, *later])
            numbers = np.arange(at, end, dtype=np.uint64)
            ids = self._permutation.forward_many(numbers).astype(">u8")
            rows = ids.view(np.uint8).reshape(-1, 8)[:, 3:]
            yield signers[key.kid], rows, rows.tobytes()
            at = end


def _bad_signature() -> BadSignature:
    return BadSignature(
        "This code was not made by this service.",
        fix="Compare it with the label. If it is the same, report the label as a possible fake.",
    )
