"""The comparison is fair and its page is laid out; how fast anything is, is never tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import labels, million, rivals, table
from tests.bench.sample import PER_SHEET, Sample


@pytest.mark.parametrize("name", ["ours", "ours-read", "qrcodewidget", "drawimage"])
def test_every_symbol_of_a_tool_can_be_read(name: str, tmp_path: Path) -> None:
    pdf = tmp_path / "labels.pdf"
    pdf.write_bytes(rivals.RIVALS[name].draw(Sample(PER_SHEET)))
    assert labels._decoded(pdf, PER_SHEET) == "yes, 65 of 65"


def test_a_page_of_other_symbols_is_not_right(tmp_path: Path) -> None:
    pdf = tmp_path / "labels.pdf"
    other = Sample(PER_SHEET)
    other.units[3] = other.units[4]
    pdf.write_bytes(rivals.ours(other))
    assert labels._decoded(pdf, PER_SHEET) == "no, 64 of 65"


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ("Traceback\nModuleNotFoundError: No module named 'blabel'", "not installed: Module"),
        (
            "x\nOSError: cannot load library 'libpango-1.0-0': no such file",
            "apt-get install libpango",
        ),
        ("Traceback\nValueError: too long", "failed: ValueError: too long"),
        ("", "failed: "),
    ],
)
def test_a_tool_that_cannot_run_is_a_row_that_says_why(errors: str, said: str) -> None:
    assert said in labels._reason(errors)


def test_small_runs_are_made_before_and_after_each_larger_one() -> None:
    warm, *order = million._turns([10_000, 100_000, 1_000_000])
    assert not warm[0]
    small = [1] * 3
    assert [n // 10_000 for _, n in order] == [*small, 10, *small, 100, *small, 10, *small]


def test_a_run_is_compared_with_the_small_ones_beside_it() -> None:
    """A machine that became half as fast in between says nothing of the large run."""
    small = [million._Turn(1, seconds, 1, 1, []) for seconds in (1, 1, 9, 2, 2, 2)]
    turns = [*small[:3], million._Turn(10, 15, 1, 1, []), *small[3:]]
    assert list(million._ratios(turns, [3])) == [0.75]


def test_the_page_has_a_table_with_numbers_to_the_right(tmp_path: Path) -> None:
    rows: list[table.Row] = [{"tool": "a|b", "labels": 1300}, {"tool": "c", "read": "yes"}]
    page = tmp_path / "page.md"
    table.write([table.Section("Title", "Note.", rows)], "busy", page)
    text = page.read_text(encoding="utf-8")
    assert f"Measured on: {table.machine()}; busy." in text
    assert text.endswith(
        "## Title\n\nNote.\n\n| tool | labels | read |\n| --- | --: | --- |\n"
        "| a\\|b | 1,300 |  |\n| c |  | yes |\n"
    )
