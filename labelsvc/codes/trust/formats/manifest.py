"""The trust manifest: which keys are ours, signed by root keys that no server holds.

After TUF: a threshold of roots, numbered versions, an end, and every change of roots signed by the
old and the new ones. docs/trust.md, section 1 is the specification.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from labelsvc.codes.forms.signing import Ed25519, check_public_key
from labelsvc.codes.keys.key import Key
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.trust.formats import facts as values
from labelsvc.codes.trust.formats.former import FormerHost
from labelsvc.errors import BadTrust, KeyUnavailable, LabelsvcError, TrustRollback

FORMAT: Final = "labelsvc-trust-2"
_PREFIX: Final = b"labelsvc-trust-v2\0"
#: 4,095 keys with their ranges after a theft; larger is an attack on who reads it.
LARGEST: Final = 4 << 20
MOST_ROOTS: Final = 16
#: Names that a programme had before.
MOST_HOSTS: Final = 16
#: A thief of one root key can do nothing, and one lost root key harms nothing.
LEAST_THRESHOLD, LEAST_ROOTS = 2, 3
_LARGEST_NUMBER: Final = (1 << 53) - 1
_ED25519: Final = Ed25519()


class RootKey(Protocol):
    """The seam for where root keys live: a file on an offline machine, a token, an HSM."""

    @property
    def public(self) -> bytes:
        """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes. :raises KeyUnavailable: the key cannot be used."""


@dataclass(frozen=True)
class Content:
    """The contents that the roots sign."""

    host: str
    #: 1, 2, 3 …
    version: int
    issued: datetime
    expires: datetime
    #: How many of `roots` (public keys, 32 bytes) must sign.
    threshold: int
    roots: tuple[bytes, ...]
    #: Public halves of the keys of codes.
    keys: tuple[Key, ...]
    #: Whose status heads and lists are believed.
    status_keys: tuple[NoteKey, ...]
    #: The key of the public log.
    log_key: NoteKey | None = None
    #: Names that the programme had before.
    hosts: tuple[FormerHost, ...] = ()

    def __post_init__(self) -> None:
        """:raises BadTrust: a value that no manifest may have."""
        distinct = len(set(self.roots)) == len(self.roots)
        if (
            not LEAST_THRESHOLD <= self.threshold <= len(self.roots)
            or not LEAST_ROOTS <= len(self.roots) <= MOST_ROOTS
            or not distinct
        ):
            raise BadTrust(
                "A trust manifest needs at least three different root keys, of which at least two "
                "sign."
            )
        if self.version < 1 or self.expires <= self.issued:
            raise BadTrust("The trust manifest ends before it begins, or has no version.")
        names = {self.host, *(host.name for host in self.hosts)}
        if len(names) != len(self.hosts) + 1 or len(self.hosts) > MOST_HOSTS:
            raise BadTrust(
                "The trust manifest names a host twice, or more than {most} hosts of before.",
                most=MOST_HOSTS,
            )
        if len({key.kid for key in self.keys}) != len(self.keys):
            raise BadTrust("Two keys of the trust manifest have one number.")
        try:
            for public in (*self.roots, *(key.ed25519_public for key in self.keys)):
                check_public_key(public)
        except KeyUnavailable:
            raise BadTrust("A key of the trust manifest is none.") from None

    def key(self, kid: int) -> Key | None:
        """The key of that number; None: this manifest is older than the key."""
        return next((key for key in self.keys if key.kid == kid), None)

    @property
    def former(self) -> dict[str, tuple[int, ...]]:
        """Hosts of before, each with the keys whose codes were printed under it."""
        return {host.name: host.kids for host in self.hosts}

    def to_text(self) -> str:
        """The JSON text whose bytes are signed."""
        # A manifest that was never renamed keeps the text that verifiers of before know.
        hosts = {"hosts": [host.to_facts() for host in self.hosts]} if self.hosts else {}
        return json.dumps(
            {
                **hosts,
                "format": FORMAT,
                "host": self.host,
                "version": self.version,
                "issued": values.moment(self.issued),
                "expires": values.moment(self.expires),
                "threshold": self.threshold,
                "roots": [root.hex() for root in self.roots],
                "keys": [key.to_public() for key in self.keys],
                "status_keys": [key.text for key in self.status_keys],
                "log_key": self.log_key.text if self.log_key else None,
            },
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_text(cls, text: str) -> Content:
        """Undo `to_text`. :raises BadTrust: it is no such text."""
        try:
            facts = json.loads(text)
            if type(facts) is not dict or facts.get("format") != FORMAT:
                raise values.damaged()
            host, version = values.host(facts["host"]), facts["version"]
            if type(version) is not int or not 1 <= version <= _LARGEST_NUMBER:
                raise values.damaged()
            log_key = facts["log_key"]
            return cls(
                host=host,
                version=version,
                issued=values.read_moment(facts["issued"]),
                expires=values.read_moment(facts["expires"]),
                threshold=values.whole(facts["threshold"]),
                roots=tuple(values.public_key(root) for root in values.rows(facts["roots"])),
                keys=tuple(Key.from_public(entry) for entry in values.rows(facts["keys"])),
                status_keys=tuple(
                    NoteKey.parse(values.text(key)) for key in values.rows(facts["status_keys"])
                ),
                log_key=None if log_key is None else NoteKey.parse(values.text(log_key)),
                hosts=tuple(
                    FormerHost.from_facts(row) for row in values.rows(facts.get("hosts", []))
                ),
            )
        except BadTrust:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, LabelsvcError):
            raise values.damaged() from None


@dataclass(frozen=True)
class Manifest:
    """The text of a manifest with its signatures: root (`root_id`) → 64 bytes."""

    text: str
    signatures: Mapping[str, bytes]
    content: Content
    #: Of a draft: the roots of the manifest before, and how many of them must sign. It stands beside what is
    #: signed, for whoever counts signatures on a machine that holds no other manifest, and proves nothing.
    before: tuple[int, tuple[bytes, ...]] | None = None

    @classmethod
    def draft(cls, content: Content, before: Content | None = None) -> Manifest:
        """Not signed by anybody yet."""
        goes = (before.threshold, before.roots) if before else None
        return cls(content.to_text(), {}, content, goes)

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Read a file; signatures are looked at by `check_first` and `check_next`.

        :raises BadTrust: it is no trust manifest.
        """
        if len(data) > LARGEST:
            raise values.damaged()
        try:
            facts = json.loads(data.decode())
            text = values.text(facts["signed"])
            text.encode()  # half a character has no bytes that could be signed
            signatures = {
                values.text(entry["root"]): bytes.fromhex(values.text(entry["signature"]))
                for entry in values.rows(facts["signatures"])
            }
        except (ValueError, KeyError, TypeError, RecursionError):
            raise values.damaged() from None
        if len(signatures) > 2 * MOST_ROOTS or len(facts["signatures"]) != len(signatures):
            raise values.damaged()
        return cls(text, signatures, Content.from_text(text), _before(facts.get("before")))

    def __bytes__(self) -> bytes:
        entries = [
            {"root": root, "signature": self.signatures[root].hex()}
            for root in sorted(self.signatures)
        ]
        facts: dict[str, Any] = {"signed": self.text, "signatures": entries}
        if self.before is not None:
            threshold, roots = self.before
            facts["before"] = {"threshold": threshold, "roots": [root.hex() for root in roots]}
        return (json.dumps(facts, indent=1) + "\n").encode()

    def sign(self, root: RootKey) -> Manifest:
        """With one more signature.

        A root that goes signs its successor too, so any root may sign.
        """
        made = root.sign(self._message)
        return replace(self, signatures={**self.signatures, root_id(root.public): made})

    def signers(self, roots: Iterable[bytes]) -> int:
        """Count those of *roots* that signed this text."""
        return sum(
            (signature := self.signatures.get(root_id(root))) is not None
            and len(signature) == 64
            and _ED25519.verify_signature(root, self._message, signature)
            for root in set(roots)
        )

    def check_first(self) -> None:
        """Enough of its own roots signed it. Whether they are the right ones, a person must say.

        :raises BadTrust: too few did.
        """
        self._check(self.content)

    def check_next(self, held: Manifest) -> None:
        """It may follow the one that is held.

        :raises TrustRollback: it is older, or another one of the same number.
        :raises BadTrust: another host, a number left out, or too few old or new roots signed it.
        """
        old, new = held.content, self.content
        if new.host != old.host and old.host not in new.former:
            raise BadTrust("This trust manifest belongs to {host}.", host=new.host)
        if new.version < old.version or (new.version == old.version and self.text != held.text):
            raise TrustRollback(
                "This trust manifest ({offered}) is older than the one that is held ({held}).",
                fix="Fetch it from the programme's site. If that is where it comes from, "
                "somebody may be holding back changes: tell the programme office.",
                offered=new.version,
                held=old.version,
            )
        if new.version > old.version + 1:
            raise BadTrust(
                "Trust manifest {missing} is missing between {held} and {offered}.",
                fix="Take the versions one after another.",
                missing=old.version + 1,
                held=old.version,
                offered=new.version,
            )
        self._check(new)
        self._check(old)

    def _check(self, content: Content) -> None:
        found = self.signers(content.roots)
        if found < content.threshold:
            raise BadTrust(
                "The trust manifest is signed by {found} of the {needed} root keys it needs.",
                fix="Sign it with: labelsvc keys sign",
                found=found,
                needed=content.threshold,
            )

    @property
    def _message(self) -> bytes:
        return _PREFIX + self.text.encode()


def _before(facts: Any) -> tuple[int, tuple[bytes, ...]] | None:
    """Roots of the manifest before; None where a file does not tell them."""
    try:
        return values.whole(facts["threshold"]), tuple(
            values.public_key(root) for root in values.rows(facts["roots"])
        )
    except (ValueError, KeyError, TypeError, BadTrust):
        return None


def root_id(public: bytes) -> str:
    """Name a root as it stands beside its signature: 16 hex digits."""
    return hashlib.sha256(public).hexdigest()[:16]
