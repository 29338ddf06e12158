"""Tokens and HSMs behind PKCS#11: a session, and a key that wraps data keys and never leaves.

Needs `requirements/hsm.txt`. Tried with SoftHSM 2.6.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs

from labelsvc.errors import ConfigurationError, KeyUnavailable

_NONCE: Final = 12


@contextmanager
def session(module: str, *, token: str, pin: str, write: bool = False) -> Iterator[Any]:
    """A session with *token*, signed in as its user.

    :param module: path of the maker's PKCS#11 library.
    :raises ConfigurationError: the extra is missing, or the library cannot be loaded.
    :raises KeyUnavailable: no such token or key, a wrong PIN; also for what is done inside.
    """
    try:
        import pkcs11
    except ImportError:
        raise ConfigurationError(
            "Tokens need the extra package python-pkcs11.",
            fix="Install requirements/hsm.txt of this release: pip install --require-hashes -r "
            "requirements/hsm.txt",
        ) from None
    try:
        library = pkcs11.lib(module)
    except (RuntimeError, pkcs11.PKCS11Error) as error:
        raise ConfigurationError(
            "The PKCS#11 library {module} cannot be loaded: {reason}.",
            fix="Name the library of the maker, such as /usr/lib/softhsm/libsofthsm2.so.",
            module=module,
            reason=str(error),
        ) from None
    try:
        with library.get_token(token_label=token).open(rw=write, user_pin=pin) as opened:
            yield opened
    except pkcs11.PKCS11Error as error:
        raise refused(error) from None


def refused(error: Exception) -> KeyUnavailable:
    """Make our error of a token's refusal."""
    return KeyUnavailable(
        "The token refuses: {reason}.",
        fix="Check its label, the label of the key and the PIN; a locked PIN needs its security officer.",
        reason=str(error) or type(error).__name__,
    )


@dataclass(frozen=True)
class TokenKey:
    """An AES key, or an RSA pair, of a token: it wraps and unwraps data keys of 32 bytes.

    Unwrapped ones are remembered for as long as the process lives, as the keys they open are; so the
    token is asked once for each.
    """

    module: str
    token: str
    label: str
    pin: str = field(repr=False)
    _known: ClassVar[dict[tuple[TokenKey, bytes], bytes]] = {}
    #: Sessions of one process do not mix, and a child process begins anew.
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def parse(cls, text: str, pin: str) -> TokenKey:
        """From ``pkcs11:MODULE?token=LABEL&key=LABEL``.

        :raises ConfigurationError: it is not of that shape.
        """
        scheme, _, rest = text.partition(":")
        module, _, query = rest.partition("?")
        named = parse_qs(query)
        if scheme != "pkcs11" or not module or not {"token", "key"} <= named.keys():
            raise ConfigurationError(
                "LABELSVC_KMS names no key of a token.",
                fix="Write it like pkcs11:/usr/lib/softhsm/libsofthsm2.so?token=ocop&key=sealing",
            )
        return cls(module, named["token"][0], named["key"][0], pin)

    def wrap(self, data_key: bytes) -> bytes:
        """:raises KeyUnavailable: the token refuses. :raises ConfigurationError: see `session`."""
        from pkcs11 import GCMParams, Mechanism, ObjectClass

        with self._lock, self._session() as opened:
            secret = self._secret(opened)
            if secret is None:
                public = opened.get_key(object_class=ObjectClass.PUBLIC_KEY, label=self.label)
                wrapped = bytes(public.encrypt(data_key, mechanism=Mechanism.RSA_PKCS_OAEP))
            else:
                nonce = os.urandom(_NONCE)
                wrapped = nonce + bytes(
                    secret.encrypt(
                        data_key, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce)
                    )
                )
        self._known[self, wrapped] = data_key
        return wrapped

    def unwrap(self, wrapped: bytes) -> bytes:
        """Undo `wrap`. Raises as it."""
        from pkcs11 import GCMParams, Mechanism, ObjectClass

        known = self._known.get((self, wrapped))
        if known is not None:
            return known
        with self._lock, self._session() as opened:
            secret = self._secret(opened)
            if secret is None:
                private = opened.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.label)
                found = bytes(private.decrypt(wrapped, mechanism=Mechanism.RSA_PKCS_OAEP))
            else:
                nonce, box = wrapped[:_NONCE], wrapped[_NONCE:]
                found = bytes(
                    secret.decrypt(
                        box, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce)
                    )
                )
        self._known[self, wrapped] = found
        return found

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with session(self.module, token=self.token, pin=self.pin) as opened:
            yield opened

    def _secret(self, opened: Any) -> Any:
        """The AES key; None: the label is that of an RSA pair."""
        from pkcs11 import NoSuchKey, ObjectClass

        try:
            return opened.get_key(object_class=ObjectClass.SECRET_KEY, label=self.label)
        except NoSuchKey:
            return None
