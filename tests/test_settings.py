"""Settings from the environment and from a file."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest

from labelsvc import settings
from labelsvc.errors import ConfigurationError
from labelsvc.i18n import explain
from labelsvc.settings import DEVELOPMENT_KEY
from labelsvc.weak_keys import weakness

OLD, NEW = "old-key-that-is-long-enough-for-the-rule", "new-key-that-is-long-enough-for-the-rule"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("BASE_URL", "SECRET_KEYS", "DATABASE_URL", "DATA_DIR", "FILES_URL", "DEV"):
        monkeypatch.delenv(f"LABELSVC_{name}", raising=False)
    return tmp_path


@pytest.mark.parametrize("given", [f"{OLD} {NEW}", f"  {OLD}\n{NEW} "])
def test_keys_are_words_in_the_environment(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELSVC_SECRET_KEYS", given)
    assert settings.load().keys == (OLD, NEW)


@pytest.mark.parametrize(
    "line", [f'secret_keys = ["{OLD}", "{NEW}"]', f'secret_keys = "{OLD} {NEW}"']
)
def test_keys_are_a_list_or_words_in_the_file(line: str, place: Path) -> None:
    (place / "labelsvc.toml").write_text(line)
    assert settings.load().keys == (OLD, NEW)


def test_keys_may_stand_in_a_file_that_only_its_owner_reads(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place / "keys"
    file.write_text(f"{OLD}\n{NEW}\n")
    monkeypatch.setenv("LABELSVC_SECRET_KEYS_FILE", str(file))
    for mode in (0o640, 0o604, 0o644):
        file.chmod(mode)
        with pytest.raises(ConfigurationError, match="LABELSVC_SECRET_KEYS_FILE") as caught:
            settings.load()
        assert caught.value.fix == "Run: chmod 600 {file}"
    for mode in (0o600, 0o400):
        file.chmod(mode)
        assert settings.load().keys == (OLD, NEW)
    monkeypatch.setenv("LABELSVC_SECRET_KEYS", NEW)
    with pytest.raises(ConfigurationError, match="Both LABELSVC_SECRET_KEYS and"):
        settings.load()
    monkeypatch.delenv("LABELSVC_SECRET_KEYS")
    file.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settings.load()


def test_keys_alone_are_sealed_by_no_token() -> None:
    keys = settings.Secrets.of([OLD, NEW])
    assert (keys, keys.kms, keys.kms_pin) == ((OLD, NEW), "", "")


def test_a_token_and_its_pin_come_with_the_keys(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "pin").write_text("1234\n")
    (place / "pin").chmod(0o600)
    found = settings.load(
        secret_keys=(OLD,), kms="pkcs11:/lib.so?token=a&key=b", kms_pin_file=place / "pin"
    )
    assert isinstance(found.keys, settings.Secrets)
    assert (found.keys.kms, found.keys.kms_pin) == ("pkcs11:/lib.so?token=a&key=b", "1234")
    assert "1234" not in repr(found)
    (place / "pin").chmod(0o644)
    with pytest.raises(ConfigurationError, match="LABELSVC_KMS_PIN_FILE, may be read by others"):
        settings.load(kms_pin_file=place / "pin")


def test_the_environment_wins_over_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "labelsvc.toml").write_text('base_url = "https://a.example"\noffice_name = "B"\n')
    monkeypatch.setenv("LABELSVC_BASE_URL", "https://c.example/")
    found = settings.load()
    assert (found.base_url, found.office_name) == ("https://c.example", "B")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "qr.example.vn"),
        ("BASE_URL", "https://qr.example.vn/path"),
        ("SECRET_KEYS", "short"),
        ("SECRET_KEYS", DEVELOPMENT_KEY),
        ("RENDER_PROCESSES", "many"),
        ("DEV", "perhaps"),
        ("SECRET_KEYS", "0" * 40),
        ("PROXY_HOPS", "6"),
        ("COPY_TAIL", "0.5"),
        ("PRINTER_NETWORKS", "192.168.1.1/24"),
        ("DATABASE_URL", "postgresql://labelsvc@db:port/labelsvc"),
        ("DATABASE_URL", "mysql://labelsvc@localhost/labelsvc"),
    ],
)
def test_what_is_wrong_is_named_with_its_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LABELSVC_{name}", value)
    with pytest.raises(ConfigurationError) as caught:
        settings.load()
    assert name.lower() in str(caught.value)
    for language in ("en", "vi"):
        message, fix = explain(caught.value, language)
        assert f"LABELSVC_{name}" in fix and "{" not in message + fix
    assert message.isascii() is False  # the reason is Vietnamese too
    assert not re.search("must|valid|input", message)


def test_a_key_of_32_characters_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "Zq7Wn3Rb9Kx2Vt5Mh8Pd4Lc6Gf1Js0Ya"
    monkeypatch.setenv("LABELSVC_SECRET_KEYS", key)
    assert settings.load().keys == (key,)
    monkeypatch.setenv("LABELSVC_SECRET_KEYS", f"{OLD} {key[1:]}")
    with pytest.raises(ConfigurationError, match="at least 32"):
        settings.load()


@pytest.mark.parametrize("text", [b"base_url = ", b"\xff\xfe", b"= 1"])
def test_a_broken_file_is_an_error_of_configuration(text: bytes, place: Path) -> None:
    (place / "labelsvc.toml").write_bytes(text)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settings.load()


def test_a_settings_file_that_is_named_must_be_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSVC_CONFIG", str(place / "other.toml"))
    with pytest.raises(ConfigurationError, match=r"other.toml cannot be read: there is no such"):
        settings.load()
    (place / "other.toml").write_text('office_name = "A"')
    assert settings.load().office_name == "A"
    monkeypatch.setenv("LABELSVC_CONFIG", str(place))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settings.load()


def test_no_key_is_an_error_except_in_the_demo() -> None:
    with pytest.raises(ConfigurationError):
        _ = settings.load().keys
    assert settings.load(dev=True).keys == (DEVELOPMENT_KEY,)


GUESSED = [
    "0" * 32, "a" * 64, "ab" * 20, "changeme" * 4, "0123456789" * 4, "abcdefghijklmnopqrstuvwxyz012345",
    "0123456789abcdef0123456789abcdef", "change-me-change-me-please-now-42", "MyPassword-is-long-enough-9876xyz",
    "Mat-Khau-cua-van-phong-OCOP-2026!", "11112222333344445555666677778888", "qwertyuiopasdfghjklzxcvbnm123456",
    "deadbeef" * 4, "Zq7Wn3Rb9Kx2Vt5M" * 2, "zyxwvutsrqponmlkjihgfedcba987654",
]  # fmt: skip


@pytest.mark.parametrize("key", GUESSED)
def test_a_key_that_can_be_guessed_signs_nothing(key: str) -> None:
    with pytest.raises(ConfigurationError, match="can be guessed"):
        settings.load(secret_keys=(OLD, key))
    assert settings.load(secret_keys=(key, NEW)).keys == (key, NEW)  # it opens what it sealed


@pytest.mark.parametrize("made", ["token_urlsafe", "token_hex"])
def test_a_random_key_is_never_refused(made: str) -> None:
    for size in (16, 24, 48) if made == "token_hex" else (24, 48):
        for _ in range(2000):
            assert weakness(getattr(secrets, made)(size)) is None


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("http://127.0.0.1:8000", True), ("http://localhost", True), ("http://[::1]:8000", True),
        ("http://127.9.9.9", True), ("http://demo.localhost:80", True),
        ("https://qr.example.vn", False), ("http://192.168.1.4", False), ("http://0.0.0.0:8000", False),
        ("http://localhost.example.vn", False), ("http://127.0.0.1.example.vn", False),
    ],
)  # fmt: skip
def test_the_development_mode_is_for_addresses_of_the_machine(url: str, fine: bool) -> None:
    if fine:
        assert settings.load(dev=True, base_url=url).dev
        return
    with pytest.raises(ConfigurationError, match="address of this machine"):
        settings.load(dev=True, base_url=url)
