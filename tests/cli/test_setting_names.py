"""Misspelt settings are told; those of others and right ones are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelsvc.setting_names import unknown_names
from labelsvc.settings import Settings
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("LABELSVC_PROXY_HOP", "LABELSVC_PROXY_HOPS"),
        ("LABELSVC_BASEURL", "LABELSVC_BASE_URL"),
        ("labelsvc_data_dirr", "LABELSVC_DATA_DIR"),
        ("LABELSVC_COLOUR", ""),
    ],
)
def test_a_misspelt_variable_is_found(settings: Settings, name: str, nearest: str) -> None:
    (found,) = unknown_names({name: "x", "PATH": "/bin", "LABELSVC_BASE_URL": "x"})
    assert (found.name, found.file, found.nearest) == (name, None, nearest)


@pytest.mark.parametrize(
    "name", ["LABELSVC_BASE_URL", "labelsvc_base_url", "LABELSVC_CONFIG", "LABELSVCS_X", "BASEURL"]
)
def test_what_is_right_or_not_ours_is_not_told(settings: Settings, name: str) -> None:
    assert unknown_names({name: "x"}) == []


@pytest.mark.parametrize(
    ("words", "name", "nearest"),
    [
        ("proxy_hop = 1", "proxy_hop", "proxy_hops"),
        ("LABELSVC_BASE_URL = 'x'", "LABELSVC_BASE_URL", "base_url"),
        ("[labelsvc]\nproxy_hops = 1", "labelsvc.proxy_hops", "proxy_hops"),
        ("office_name = 'A'\ncolour = 'red'", "colour", ""),
    ],
)
def test_a_misspelt_key_is_found(
    settings: Settings, tmp_path: Path, words: str, name: str, nearest: str
) -> None:
    (tmp_path / "labelsvc.toml").write_text(words)
    (found,) = unknown_names({})
    assert found.file is not None and found.file.name == "labelsvc.toml"
    assert (found.name, found.nearest) == (name, nearest)


def test_doctor_counts_it_as_a_fault_and_commands_that_start_warn(
    settings: Settings, run: Run, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("migrate").stderr == ""
    monkeypatch.setenv("LABELSVC_PROXY_HOP", "1")
    for language, meant in (("en", "LABELSVC_PROXY_HOPS is meant"), ("vi", "ý là LABELSVC_PROXY_HOPS")):  # fmt: skip
        said = run("--language", language, "migrate").stderr
        assert "LABELSVC_PROXY_HOP," in said and meant in said
    row = next(row for row in told("doctor", code=1) if row["check"] == "settings")
    assert row["state"] == "bad" and "LABELSVC_PROXY_HOPS" in row["what"]
