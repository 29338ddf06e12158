"""docs/codes.md says what the program does: its examples verify, its tables are computed again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import segno

from labelsvc.codes.forms.permutation import ROUNDS
from labelsvc.codes.keys.keyring import Keyring

from .conftest import VECTORS, checked

TEXT = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
SYMBOLS = re.findall(r"^HTTPS://QR\.EXAMPLE\.VN/\S+$", TEXT, re.MULTILINE)
SIZES = re.findall(
    r"^\| (short|gs1|offline)[, a-z]* \| ([MQ]) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) mm \| ([\d.]+) mm \|$",
    TEXT,
    re.MULTILINE,
)


def test_the_examples_are_vectors_and_verify(keyring: Keyring) -> None:
    known = {v["symbol"] for form in ("short", "gs1", "offline") for v in VECTORS[form]}
    assert len(SYMBOLS) == 3
    for symbol in SYMBOLS:
        assert symbol in known
        assert checked(keyring, symbol)[1] is not None


def test_the_example_of_the_interpreter(keyring: Keyring) -> None:
    assert f"'{keyring.short(3002)}'" in TEXT
    assert ROUNDS == 10  # "ten rounds"


def _version(form: str, level: str, host: int) -> int:
    head, length = "HTTPS://" + "H" * host + "/", {"short": 24, "gs1": 41, "offline": 0}[form]
    segments: Any = [(head + "A" * length, segno.consts.MODE_ALPHANUMERIC)]
    if form == "offline":
        segments.append(("1" * 193, segno.consts.MODE_NUMERIC))
    return int(segno.make(segments, error=level, boost_error=False, micro=False).version)


def test_the_table_of_sizes_is_complete() -> None:
    assert len(SIZES) == 8


@pytest.mark.parametrize("row", SIZES, ids=" ".join)
def test_the_table_of_sizes(row: tuple[str, ...]) -> None:
    form, level, host, version, modules, narrow, wide = row
    assert _version(form, level, int(host)) == int(version)
    assert _version(form, level, int(host) + 1) > int(version)
    assert int(modules) == 4 * int(version) + 17
    for module, width in ((0.375, narrow), (0.5, wide)):
        assert float(width) == round((int(modules) + 8) * module, 1)
