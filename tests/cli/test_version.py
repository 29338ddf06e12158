"""The version is known in a checkout as well as in an installed package."""

from __future__ import annotations

import re

from click.testing import CliRunner

from labelsvc.cli import main


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", result.output)
