"""Signing keys sealed by a key in a token: a copy of database and settings alone signs nothing."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from labelsvc import sealing
from labelsvc.accounts import factors, users
from labelsvc.accounts.roles import Role
from labelsvc.clock import now
from labelsvc.codes.models import Form, KeyRecord
from labelsvc.codes.register import keys
from labelsvc.codes.register.issue import allocate, codes_of
from labelsvc.codes.tlog.log import open_log
from labelsvc.codes.trust.publish import status_key
from labelsvc.codes.trust.reseal import look, reseal
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError, KeyUnavailable
from labelsvc.sealing import seal, unseal
from labelsvc.settings import Secrets
from labelsvc.token import TokenKey, session
from tests.factories import make_lot

OLD = "old-secret-of-the-settings-00000001"
BASE = "https://qr.example.vn"


@pytest.fixture(scope="module")
def module(softhsm: str) -> str:
    """The token "ocop" with an AES key and an RSA pair."""
    pkcs11 = pytest.importorskip("pkcs11")
    with session(softhsm, token="ocop", pin="1234", write=True) as opened:
        opened.generate_key(
            pkcs11.KeyType.AES, 256, store=True, label="aes",
            template={pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True},
        )  # fmt: skip
        opened.generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, label="rsa")
    return softhsm


def secrets(module: str, label: str = "aes", pin: str = "1234") -> Secrets:
    return Secrets.of([OLD], kms=f"pkcs11:{module}?token=ocop&key={label}", kms_pin=pin)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was unwrapped is remembered."""
    monkeypatch.setattr(TokenKey, "_known", {})


@pytest.mark.parametrize("label", ["aes", "rsa"])
def test_what_a_token_sealed_only_the_token_opens(
    module: str, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = secrets(module, label)
    sealed = seal(kept, b"secret", purpose="key 1")
    monkeypatch.setattr(TokenKey, "_known", {})
    assert unseal(kept, sealed, purpose="key 1") == b"secret"
    with pytest.raises(KeyUnavailable):
        unseal(kept, sealed, purpose="key 2")
    monkeypatch.setattr(TokenKey, "_known", {})
    for other in ([OLD], secrets(module, label, pin="0000"), secrets(module, "none")):
        with pytest.raises(KeyUnavailable):
            unseal(other, sealed, purpose="key 1")
    for bit in range(0, 8 * len(sealed), 97):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyUnavailable):
            unseal(kept, bytes(changed), purpose="key 1")


def test_what_was_sealed_before_there_was_a_token_still_opens(module: str) -> None:
    assert unseal(secrets(module), seal([OLD], b"x", purpose="key 1"), purpose="key 1") == b"x"


def test_every_key_moves_into_the_keeping_of_a_token_and_codes_stay_the_same(
    module: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = secrets(module)
    with database.writing() as session:
        keys.create_keys(session, secrets=[OLD])
        status_key(session, host="qr.example.vn", secrets=[OLD])
        open_log(session, origin="qr.example.vn/log", secrets=[OLD])
        lot = make_lot(session, declared=50)
        issue = allocate(session, lot=lot, count=3, form=Form.OFFLINE)
        before = codes_of(issue, keys.load_keyring(session, base_url=BASE, secrets=[OLD]))
        assert reseal(session, secrets=kept) == 5  # two keys, permutation, status, log
    monkeypatch.setattr(TokenKey, "_known", {})
    with database.writing() as session:
        with pytest.raises(KeyUnavailable, match="token"):
            keys.load_keyring(session, base_url=BASE, secrets=[OLD])
        ring = keys.load_keyring(session, base_url=BASE, secrets=kept)
        issue = session.scalars(select(type(issue))).one()
        assert codes_of(issue, ring) == before
        keys.rotate(session, secrets=kept)  # new keys are sealed by the token at once
        sealed = session.scalars(select(KeyRecord.sealed)).all()
        assert all(row.startswith(sealing._WRAPPED) for row in sealed)
        assert reseal(session, secrets=kept) == 6


def test_a_child_process_opens_them_too(module: str) -> None:
    """Print runs are rendered in processes of their own, which may be forks of the server."""
    sealed = seal(secrets(module), b"secret", purpose="key 1")
    if sys.platform != "linux":
        pytest.skip("forks")
    child = os.fork()
    if child == 0:
        TokenKey._known.clear()
        good = unseal(secrets(module), sealed, purpose="key 1") == b"secret"
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "text", ["vault:x?token=a&key=b", "pkcs11:?token=a&key=b", "pkcs11:/lib.so?token=a", "nonsense"]
)
def test_a_token_that_is_not_named_rightly_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="LABELSVC_KMS"):
        TokenKey.parse(text, "1234")


def test_a_pin_is_not_shown() -> None:
    assert "1234" not in repr(TokenKey.parse("pkcs11:/lib.so?token=a&key=b", "1234"))


def test_an_authenticator_app_moves_into_the_keeping_of_the_token_too(
    module: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = secrets(module, "rsa")
    with database.writing() as session:
        keys.create_keys(session, secrets=[OLD])
        user = users.create_user(
            session, name="thao", full_name="Thảo", role=Role.OFFICE, producer_id=None,
            password="chum sen bên hồ", actor="test",
        ).id  # fmt: skip
        app = pyotp.TOTP(factors.offer_totp(session, user, browser="b", keys=[OLD]))
        factors.add_totp(session, user, app.at(now()), browser="b", keys=[OLD])
        assert len(look(session, secrets=kept).older) == 4
        assert reseal(session, secrets=kept) == 4  # two keys, permutation, the app
        assert len(look(session, secrets=kept).current) == 4
    monkeypatch.setattr(TokenKey, "_known", {})
    typed = app.at(now() + timedelta(seconds=30))
    with pytest.raises(KeyUnavailable, match="token"):
        factors.check_code(database, user, typed, keys=[OLD], network="203.0.113")
    # The secret keys of before are gone: the token alone opens it.
    alone = Secrets.of(["another" * 6], kms=kept.kms, kms_pin=kept.kms_pin)
    assert factors.check_code(database, user, typed, keys=alone, network="203.0.113")
