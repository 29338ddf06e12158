"""The table of wordings: what is lawful is not refused, what is unlawful is, each on a whole label."""

from __future__ import annotations

import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.labels import legal
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal import elsewhere
from labelsvc.labels.legal.quantity import least_height
from labelsvc.wording import claims, legible, stars

from .shared_cases import content_of, layout_of

_TABLE = tomllib.loads((Path(__file__).parent / "wordings.toml").read_text("utf-8"))
_ROWS = [(table, words, code) for table, rows in _TABLE.items() for words, code in rows.items()]
_HOSTILE = tomllib.loads((Path(__file__).parent / "hostile.toml").read_text("utf-8"))["wordings"]
#: What the layout says beside the usual lines → how the case of a table is written.
_CASES: dict[str, Any] = {
    "stars": lambda words: {"extra": words, "stars": 4},
    "unrecognised": lambda words: {"extra": words},
    "claims": lambda words: {"extra": words},
    "dates": lambda words: {"lines": {"dates": words}, "values": {"made": "", "expires": ""}},
    "date_heads": lambda words: {"lines": {"dates": words}},
    "quantity": lambda words: {"values": {"net_content": words}},
    "elsewhere": lambda words: {"lines": {"dates": f"NSX: {{made}}\n{words}"}},
    "line": lambda words: {"lines": dict([words.split("|")])},
}


@lru_cache(maxsize=512)
def _layout(lines: str, extra: str, stars: int) -> Layout:
    made: dict[str, Any] = {"lines": json.loads(lines), "stars": stars}
    return layout_of(made | ({"extra": extra} if extra else {}))


def errors(table: str, words: str, set_number: int = 11) -> list[str]:
    """Codes of what refuses a whole label with these words."""
    made = _CASES.get(table, lambda words: {"values": {table: words}})(words)
    layout = _layout(json.dumps(made.get("lines", {})), made.get("extra", ""), made.get("stars", 0))
    found = legal.check_run(layout, content_of(made), set_number)
    return [one.code for one in found if one.severity == "error"]


def test_the_table_holds_enough_of_both_kinds() -> None:
    lawful = sum(not code for _, _, code in _ROWS)
    assert len(_ROWS) >= 150 and 0.4 < lawful / len(_ROWS) < 0.6


@pytest.mark.parametrize(("table", "words", "code"), _ROWS)
def test_a_wording_is_judged_as_the_law_does(table: str, words: str, code: str) -> None:
    found = errors(table, words)
    assert (code in found) if code else (found == [])


@pytest.mark.parametrize(("table", "words", "verdict"), _HOSTILE)
def test_a_wording_that_was_tried_is_judged_right(table: str, words: str, verdict: str) -> None:
    assert bool(errors(table, words)) is (verdict == "refused")


def test_what_an_import_asks_for_is_what_the_law_check_finds() -> None:
    for words in {words for _, words, _ in (*_ROWS, *_HOSTILE)}:
        found = (claim for claim in claims.claims(words) if claim.kind == "cure")
        assert claims.cure(words) == next(found, None), words


@pytest.mark.parametrize(
    ("upper", "lower"), [("OCOP 5", "sao"), ("Chữa", "bệnh dạ dày"), ("Năm", "ngôi sao")]
)
def test_a_claim_over_two_texts_is_found(upper: str, lower: str) -> None:
    two = "".join(
        f'[[elements]]\ntype = "text"\nx = 4\ny = {y}\nw = 90\nh = 8\nsize = 8\ntext = "{words}"\n'
        for y, words in ((94, upper), (103, lower))
    )
    case = {"stars": 4, "elements": two}
    found = legal.check_run(layout_of(case), content_of(case), 11)
    assert {one.code for one in found} & {"other_stars", "cure_claim"}


def test_the_name_of_a_decision_is_kept_though_it_is_odd() -> None:
    case = {"stars": 4, "values": {"product_name": "Golden Lotus Tea trị ho"}}
    found = legal.check_run(layout_of(case), content_of(case), 11)
    assert {one.severity for one in found} == {"warning"}


def test_what_is_typed_on_a_layout_is_what_the_catalogue_says() -> None:
    case = {"lines": {"warning": "Cảnh báo: có lạc"}, "values": {"warning": "Có sữa."}}
    assert [one.code for one in legal.check_run(layout_of(case), content_of(case), 11)] == [
        "content_differs"
    ]


def test_quantities_know_how_high_their_figures_are() -> None:
    assert [least_height(amount) for amount in (50, 51, 200, 201, 1000, 1001)] == [2, 3, 3, 4, 4, 6]


def test_nothing_is_electronic_while_the_national_database_is_not_joined() -> None:
    assert not any(elsewhere.electronic(risk) for risk in ("low", "medium", "high"))
    assert "warning" in elsewhere.electronic("low", joined=True)
    assert not {"warning", "origin"} & elsewhere.electronic("medium", joined=True)
    assert not {"warning", "origin"} & elsewhere.electronic("unknown", joined=True)


def test_content_follows_the_quantity() -> None:
    value = LabelContent({"net_content": "Khối lượng tịnh: 200 g (10 gói × 20 g)"})
    assert [value[name] for name in ("net_name", "net_total", "net_rest")] == [
        "Khối lượng tịnh", "200 g", "(10 gói × 20 g)",
    ]  # fmt: skip
    assert not value.conditions["net_over_200"]
    assert LabelContent({"net_content": "1 kg"}).conditions["net_over_200"]


_PIECES = (
    "sao", "s a o", "5 sa0", "OC0P", "o.c.o.p", "O C O P", "hạng", "4", "★", "một sản phẩm", "Ba Sao", "đạt", "cấp",
    "quốc gia", "s4o", "5s", "s-a-o", "one commune", "hạng: 4", "x ếp h ạng 4", "a@b", "Bánh gai", "_", "…",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5), st.sampled_from(["", " "]))
def test_names_that_are_read_no_further_claim_nothing(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        found = stars.claims(text)
        patch.setattr(legible, "letters_of", lambda _: "")
        assert found == stars.claims(text)
