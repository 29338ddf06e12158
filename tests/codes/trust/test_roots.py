"""Root keys in files and in a token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.trust import pkcs11
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.roots import SeedRoot, make_root, open_root, seal_root
from labelsvc.errors import BadInput, ConfigurationError, KeyUnavailable
from tests.codes.trust.test_manifest import CONTENT, SEEDS

PASSPHRASE = "mưa nắng tre đồng lúa"
SEALED = seal_root(SeedRoot(SEEDS[0]), PASSPHRASE, cost=2)


def test_a_root_comes_back_from_its_file_and_the_file_does_not_show_it() -> None:
    root = make_root()
    text = seal_root(root, PASSPHRASE, cost=2)
    assert open_root(text, PASSPHRASE) == root
    assert root.seed.hex() not in text
    assert root.seed.hex() not in repr(root)


def test_the_same_root_is_never_sealed_the_same_way() -> None:
    assert seal_root(SeedRoot(SEEDS[0]), PASSPHRASE, cost=2) != SEALED


@pytest.mark.parametrize("passphrase", ["", "mưa nắng tre đồng lúA", PASSPHRASE + " "])
def test_another_passphrase_opens_nothing(passphrase: str) -> None:
    with pytest.raises(KeyUnavailable, match="passphrase"):
        open_root(SEALED, passphrase)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BadInput, match="12"):
        seal_root(SeedRoot(SEEDS[0]), "mười một ký")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "labelsvc-root-2"}, {"public": "00"}, {"salt": "zz"}, {"sealed": None},
        {"scrypt": 3}, {"scrypt": 1 << 30}, {"scrypt": True}, {"scrypt": "2"},
    ],
    ids=str,
)  # fmt: skip
def test_a_changed_file_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((BadInput, KeyUnavailable)):
        open_root(json.dumps(json.loads(SEALED) | change), PASSPHRASE)


@given(st.text(max_size=100))
def test_any_text_is_refused_with_our_errors(text: str) -> None:
    with pytest.raises(BadInput):
        open_root(text, PASSPHRASE)


# --- a token -----------------------------------------------------------------------------------


def test_a_root_in_a_token_signs_a_manifest(softhsm: str) -> None:
    with pkcs11.opened(softhsm, token="ocop", pin="1234", label="root-1", make=True) as root:
        public = root.public
        content_roots = (public, *CONTENT.roots[1:])
        content = type(CONTENT)(**{**vars(CONTENT), "roots": content_roots})
        made = Manifest.draft(content).sign(root)
    made = made.sign(SeedRoot(SEEDS[1]))
    made.check_first()
    with pkcs11.opened(softhsm, token="ocop", pin="1234", label="root-1") as again:
        assert again.public == public
        assert Manifest.draft(content).sign(again).signers([public]) == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"token": "none"}, KeyUnavailable),
        ({"pin": "0000"}, KeyUnavailable),
        ({"label": "none"}, KeyUnavailable),
    ],
    ids=["token", "pin", "key"],
)
def test_what_a_token_refuses_is_our_error(
    softhsm: str, facts: dict[str, str], error: type[Exception]
) -> None:
    words = {"token": "ocop", "pin": "1234", "label": "root-1"} | facts
    with pytest.raises(error), pkcs11.opened(softhsm, **words):
        pass


def test_a_library_that_is_none_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="cannot be loaded"),
        pkcs11.opened(str(tmp_path / "none.so"), token="", pin="", label=""),
    ):
        pass
