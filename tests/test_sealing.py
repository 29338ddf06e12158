"""Secrets at rest: what opens what was sealed, and which column is declared to hold it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc import sealing
from labelsvc.codes.trust.reseal import sealed_classes
from labelsvc.errors import KeyUnavailable
from labelsvc.migrations.tables import metadata
from labelsvc.sealing import opened, seal, unseal

OLD, NEW = "old-secret-of-the-settings-00000001", "new-secret-of-the-settings-00000002"


@given(st.binary(max_size=100))
def test_unseal_undoes_seal(plain: bytes) -> None:
    assert unseal([OLD], seal([OLD], plain, purpose="key 1"), purpose="key 1") == plain


def test_the_last_secret_seals_and_all_open() -> None:
    before = seal([OLD], b"x", purpose="key 1")
    after = seal([OLD, NEW], b"x", purpose="key 1")
    assert unseal([OLD, NEW], before, purpose="key 1") == b"x"
    assert unseal([NEW], after, purpose="key 1") == b"x"
    with pytest.raises(KeyUnavailable):
        unseal([OLD], after, purpose="key 1")


def test_the_same_plain_text_is_sealed_differently_each_time() -> None:
    assert seal([OLD], b"x", purpose="key 1") != seal([OLD], b"x", purpose="key 1")


def test_what_was_sealed_for_one_purpose_opens_for_no_other() -> None:
    """Two rows of the key table cannot be exchanged by whoever writes to the database."""
    with pytest.raises(KeyUnavailable):
        unseal([OLD], seal([OLD], b"x", purpose="key 1"), purpose="key 2")


@given(st.data())
def test_a_changed_box_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal([OLD], b"secret", purpose="key 1"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(KeyUnavailable):
        unseal([OLD], bytes(sealed), purpose="key 1")


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_truncated_box_does_not_open(length: int) -> None:
    with pytest.raises(KeyUnavailable):
        unseal([OLD], seal([OLD], b"secret", purpose="key 1")[:length], purpose="key 1")


# --- under a key that a keeper has and gives to nobody ---------------------------------------------


class Keeper:
    """Stands for a hardware module: one byte is its key."""

    def __init__(self, key: int) -> None:
        self.key = key

    @classmethod
    def parse(cls, text: str, pin: str) -> Keeper:
        return cls(int(text) ^ int(pin))

    def wrap(self, data: bytes) -> bytes:
        return bytes(byte ^ self.key for byte in data)

    unwrap = wrap


class Named(list[str]):
    """Secret keys of settings that name a keeper."""

    kms = kms_pin = ""


def named(kms: str, pin: str) -> Named:
    found = Named([OLD])
    found.kms, found.kms_pin = kms, pin
    return found


def test_what_a_keeper_sealed_opens_with_its_key_and_purpose_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "TokenKey", Keeper)
    own = named("17", "4")
    sealed = seal(own, b"secret", purpose="key 1")
    assert sealed.startswith(b"labelkms1") and OLD.encode() not in sealed
    assert unseal(own, sealed, purpose="key 1") == b"secret"
    for other, purpose in (
        (named("18", "4"), "key 1"),
        (named("17", "5"), "key 1"),
        (own, "key 2"),
    ):
        with pytest.raises(KeyUnavailable, match="cannot be opened with the key") as caught:
            unseal(other, sealed, purpose=purpose)
        assert "LABELSVC_KMS" in caught.value.fix


def test_without_its_keeper_it_says_so() -> None:
    with pytest.raises(
        KeyUnavailable, match=r"^A secret in the database \(key 1\) is sealed by a token"
    ) as caught:
        unseal([OLD], b"labelkms1" + bytes(60), purpose="key 1")
    assert caught.value.fix == "Set LABELSVC_KMS to the token and key that sealed it."


def test_with_other_secrets_it_says_which_are_wanted() -> None:
    with pytest.raises(KeyUnavailable) as caught:
        unseal([NEW], seal([OLD], b"x", purpose="key 1"), purpose="key 1")
    assert "LABELSVC_SECRET_KEYS" in caught.value.fix


# --- what is in databases stays readable ----------------------------------------------------------

#: Sealed by version 0.1 with OLD: a code key, and the secret of an authenticator app.
FROZEN = {
    "key 1": "29abe1dddf815dc0632942c868ac0a8a06d214d3a85e39575fccdca846d3ea034c01ca7bafdafef12c474e94a3f737b6a1703b",
    "totp 7": "f208117e3ef140db08c45eae4cc0ea3aed81586918fc4aec55b9f25dfb01bc9223ceb6e974429c18163231e39d346c4ac5ed75",
}


@pytest.mark.parametrize("purpose", FROZEN)
def test_what_earlier_versions_sealed_opens(purpose: str) -> None:
    box = bytes.fromhex(FROZEN[purpose])
    for secrets in ([OLD], [OLD, NEW], [NEW, OLD]):
        assert unseal(secrets, box, purpose=purpose) == b"a secret of version 0.1"
    for secrets, other in (([NEW], purpose), ([OLD], "totp 8"), ([], purpose)):
        with pytest.raises(KeyUnavailable):
            unseal(secrets, box, purpose=other)


def test_it_is_told_whether_the_key_that_seals_today_was_used() -> None:
    box = seal([OLD], b"x", purpose="key 1")
    assert opened([OLD], box, purpose="key 1") == (b"x", True)
    assert opened([OLD, NEW], box, purpose="key 1") == (b"x", False)
    assert opened([OLD], bytes.fromhex(FROZEN["totp 7"]), purpose="totp 7")[1] is False


def test_with_a_keeper_what_the_settings_sealed_is_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "TokenKey", Keeper)
    own = named("17", "4")
    assert opened(own, seal([OLD], b"x", purpose="key 1"), purpose="key 1") == (b"x", False)
    assert opened(own, seal(own, b"x", purpose="key 1"), purpose="key 1") == (b"x", True)


# --- nothing sealed is forgotten by `keys reseal` --------------------------------------------------


def test_every_column_that_is_called_sealed_is_declared() -> None:
    declared = {(cls.__tablename__, sealed.column) for cls, sealed in sealed_classes()}
    named_so = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if "seal" in column.name
    }
    assert named_so and named_so <= declared
    assert all(column in metadata.tables[table].columns for table, column in declared)


#: Purposes that no row keeps for long: rows and files that live for minutes, backups, files of the journal.
_PASSING = {"totp offer {}", "backup", "journal", "kept file"}


def test_every_purpose_that_is_sealed_for_is_declared() -> None:
    """Calls of `seal` in the product: a secret in a column of another name is found by this."""
    declared = set()
    for _, sealed in sealed_classes():
        if sealed.purpose is not None:
            row = SimpleNamespace(kid=1, user_id=1, id=1)
            declared.add(re.sub("1", "{}", sealed.purpose(row)))
    assert set(_sealed_for()) == declared | _PASSING


def _sealed_for() -> Iterator[str]:
    for path in Path(sealing.__file__).parent.rglob("*.py"):
        if path.name in ("sealing.py", "reseal.py"):
            continue
        for scope in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(scope, ast.FunctionDef):
                continue
            values = {
                node.targets[0].id: node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and _name(node.func) == "seal":
                    (purpose,) = (k.value for k in node.keywords if k.arg == "purpose")
                    if isinstance(purpose, ast.Name):
                        purpose = values[purpose.id]
                    yield re.sub(r"\{[^}]*\}", "{}", ast.unparse(purpose).strip("f'\""))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
