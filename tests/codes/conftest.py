"""The keyring of the frozen vectors: five keys, one in each state."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelsvc.codes.forms import uri
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflineCode
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.keys.keyring import Key, Keyring, KeyState
from labelsvc.errors import LabelsvcError
from labelsvc.i18n import catalog

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "codes.json").read_text(encoding="ascii")
)
HOST: str = VECTORS["host"]
PERMUTATION_SECRET = bytes.fromhex(VECTORS["permutation_secret"])
KEYS = [
    Key(
        kid=key["kid"],
        state=KeyState(key["state"]),
        ed25519_public=bytes.fromhex(key["ed25519_public"]),
        ed25519_private=bytes.fromhex(key["ed25519_private"]),
        mac_secret=bytes.fromhex(key["mac_secret"]),
        first_number=key["first_number"],
        ranges=tuple(tuple(found) for found in key["ranges"]),
        unit_ranges=tuple(tuple(found) for found in key["unit_ranges"]),
    )
    for key in VECTORS["keys"]
]
#: Numbers that its active key signs.
ACTIVE_FROM = 3000
GTIN = "08938505974019"


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring(KEYS, PERMUTATION_SECRET, HOST)


def checked(keyring: Keyring, text: str) -> tuple[str, Any]:
    """Parse and verify *text*: its canonical spelling and what it proves. Raises our errors."""
    code = uri.parse(text, host=keyring.host)
    if isinstance(code, ShortCode):
        return code.canonical, keyring.verify_short(code)
    if isinstance(code, Gs1Code):
        return code.canonical, keyring.verify_gs1(code)
    if isinstance(code, OfflineCode):
        return code.canonical, keyring.verify_offline(code)
    return code.canonical, None


@pytest.fixture(autouse=True)
def _spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that is made in these tests can be told in Vietnamese, with every place filled."""
    usual, known = LabelsvcError.__init__, catalog("vi")

    def made(self: LabelsvcError, message: str, *, fix: str = "", **params: Any) -> None:
        usual(self, message, fix=fix, **params)
        assert message in known, message
        assert fix == "" or fix in known, fix
        assert set(_PLACES.findall(message + fix)) <= {
            k for k, v in params.items() if v is not None
        }

    monkeypatch.setattr(LabelsvcError, "__init__", made)


_PLACES = re.compile(r"\{(\w+)\}")


MODULES = [
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
]


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SoftHSM with a token "ocop", PIN 1234. The library reads its settings once a process."""
    found = next((path for path in MODULES if path.exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "ocop", "--pin", "1234",
         "--so-pin", "5678"],
        check=True, capture_output=True,
    )  # fmt: skip
    yield str(found)
    del os.environ["SOFTHSM2_CONF"]
