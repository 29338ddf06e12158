"""Root keys in a token or HSM, through PKCS#11 3.0 (CKM_EDDSA). The private half never leaves it.

Needs what `requirements/hsm.txt` names. Tried with SoftHSM 2.6; CKA_EC_POINT comes bare or wrapped in an
OCTET STRING, as the makers read the standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from labelsvc.codes.forms.signing import SIGNATURE_LENGTH, Ed25519
from labelsvc.errors import KeyUnavailable
from labelsvc.token import refused, session

#: DER of the PrintableString "edwards25519", CKA_EC_PARAMS of PKCS#11 3.0.
_CURVE: Final = b"\x13\x0cedwards25519"
_OCTETS: Final = b"\x04\x20"


@dataclass(frozen=True)
class TokenRoot:
    """A root key that lies in a token, while a session with it is open (`opened`)."""

    public: bytes
    _private: Any

    def sign(self, message: bytes) -> bytes:
        """:raises KeyUnavailable: the token refuses, or answers with what is no signature."""
        from pkcs11 import Mechanism, PKCS11Error

        try:
            made = bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))
        except PKCS11Error as error:
            raise refused(error) from None
        if len(made) != SIGNATURE_LENGTH or not Ed25519().verify_signature(
            self.public, message, made
        ):
            raise KeyUnavailable("The token gave a signature that does not hold.")
        return made


@contextmanager
def opened(
    module: str, *, token: str, pin: str, label: str, make: bool = False
) -> Iterator[TokenRoot]:
    """The key *label* of *token*.

    :param module: path of the maker's PKCS#11 library.
    :param make: make the pair where there is none of that label.
    :raises ConfigurationError: the extra is missing, or the library cannot be loaded.
    :raises KeyUnavailable: no such token or key, a wrong PIN, another kind of key.
    """
    with session(module, token=token, pin=pin, write=make) as opened_session:
        import pkcs11
        from pkcs11 import Attribute, KeyType, ObjectClass

        try:
            private = opened_session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
        except pkcs11.NoSuchKey:
            if not make:
                raise
            parameters = opened_session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _CURVE}, local=True
            )
            _, private = parameters.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=label,
                private_template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
            )
        public = opened_session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
        yield TokenRoot(_point(bytes(public[Attribute.EC_POINT])), private)


def _point(value: bytes) -> bytes:
    point = value.removeprefix(_OCTETS) if len(value) == 34 else value
    if len(point) != 32:
        raise KeyUnavailable("The key in the token is no Ed25519 key.")
    return point
