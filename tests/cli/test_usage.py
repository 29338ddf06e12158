"""Mistakes of usage are told in the language of the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelsvc.cli import usage
from labelsvc.i18n import catalog, translate

from .conftest import Run


@pytest.mark.parametrize("sentence", usage.SENTENCES)
def test_every_sentence_has_its_vietnamese(sentence: str) -> None:
    said = catalog("vi")[sentence]
    assert sorted(_names(sentence)) == sorted(_names(said))


def _names(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["print", "--nope"], "Không có tùy chọn '--nope'. (Có phải một trong các tên này: "),
        (["prit"], "Không có lệnh 'prit'"),
        (["print", "--count"], "Tùy chọn '--count' cần một giá trị đi kèm."),
        (["print", "--count", "x"], "Giá trị của '--count' không dùng được: 'x' không phải số nguyên."),
        (["print", "--count", "0"], "Giá trị của '--count' không dùng được: 0 nằm ngoài khoảng x>=1."),
        (["print", "--form", "odd"], "Giá trị của '--form' không dùng được: 'odd' không thuộc các giá trị "),
        (["verify"], "Thiếu tham số 'CODE'."),
        (["keys", "freeze", "1"], "Thiếu tùy chọn '--reason'."),
        (["layouts", "check", "a", "b"], "Thừa tham số: b"),
        (["restore", "/nope"], "Giá trị của 'FILE' không dùng được: Không có tệp '/nope'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_is_wrong_is_said_in_vietnamese(run: Run, words: list[str], said: str) -> None:
    found = run("--language", "vi", *words, code=2)
    assert said in found.stderr and not found.stdout
    if words[-1] != "--count":  # there click does not say of which command
        assert "Cách dùng: " in found.stderr and "Xem hướng dẫn: " in found.stderr


def test_english_is_what_click_says(run: Run) -> None:
    found = run("--language", "en", "print", "--count", "x", code=2)
    assert "Invalid value for '--count': 'x' is not a valid integer range." in found.stderr


def test_programs_read_it_in_the_language_too(
    told: Callable[..., Any],
) -> None:
    error = told("--language", "vi", "verify", code=2)["error"]
    assert (error["code"], error["message"]) == ("usage", "Thiếu tham số 'CODE'.")
    assert error["fix"].endswith("verify --help")


def test_a_sentence_that_is_not_known_stays_as_it_is() -> None:
    assert usage._said("Something else.", lambda text, **_: text.upper()) == "Something else."


def test_one_name_that_is_near_is_offered() -> None:
    message = "No such option '--cout'. Did you mean '--count'?"
    said = usage._said(message, lambda text, **values: translate(text, "vi", **values))
    assert said == "Không có tùy chọn '--cout'. Có phải là '--count'?"
