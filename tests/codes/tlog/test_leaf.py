"""Leaves: one spelling, nothing about persons, and nothing but our error for nonsense."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue.lots import LotFacts, open_lot
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.blank import allocate_blank
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.register.keys import freeze
from labelsvc.codes.tlog import describe
from labelsvc.codes.tlog.formats.leaf import parse
from labelsvc.db import Database
from labelsvc.errors import BadInput, BadLog
from tests.codes.tlog import leaves
from tests.factories import make_producer, make_product, make_recognition

ALL = [leaves.run(3), leaves.run(4, gtin="09520000001001"), leaves.blank(1, first=5), leaves.marked(1, "void", 300),
       leaves.stopped(2), leaves.recognition(9), leaves.recognition(9, "withdrawn"), leaves.head(5)]  # fmt: skip


def test_a_leaf_as_it_is_published() -> None:
    assert bytes(leaves.run(3)).decode() == (
        '{"at":"2026-11-05T02:00:00Z","count":10,"declared":1000,"first":300,"first_in_lot":0,"form":"short",'
        '"id":"issue:3","kid":1,"kind":"print_run","labels":10,"lot":1,"lot_code":"L1",'
        '"ocop_code":"01-277-00012-2026","product":5,"v":1}'
    )


def test_the_head_of_the_audit_trail_as_it_is_published() -> None:
    assert bytes(leaves.head(5)).decode() == (
        '{"at":"2026-11-05T02:00:00Z","count":40,"day":"2026-11-05","entry":50,"head":"'
        + "ab" * 32
        + '","id":"audit:2026-11-05","kind":"audit_head","v":1}'
    )


@pytest.mark.parametrize(
    "facts",
    [{"count": 0}, {"count": 51}, {"head": "ab"}, {"head": "AB" * 32}, {"head": "g" * 64}, {"entry": 39},
     {"id": "audit:2026-11-06"}, {"id": "audit:5"}],
    ids=str,
)  # fmt: skip
def test_a_head_that_is_none_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(BadLog):
        leaves.head(5, **facts)


@pytest.mark.parametrize("leaf", ALL, ids=lambda leaf: leaf.id)
def test_leaves_read_back(leaf: object) -> None:
    assert parse(bytes(leaf)) == leaf  # type: ignore[call-overload]


GOOD = bytes(leaves.run(3))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"1", b"null", b'"x"', b"{}", b"[" * 60_000, b'{"kind":"x","v":1}', b"\xff", GOOD + b" ", b" " + GOOD,
        GOOD.replace(b'"v":1', b'"v":2'), GOOD.replace(b'"v":1', b'"v":true'), GOOD.replace(b":10", b":10.0"),
        GOOD.replace(b'"count":10', b'"count":0'), GOOD.replace(b'"count":10', b'"count":-1'), GOOD.replace(b'"count":10', b'"count":true'),
        GOOD.replace(b'"count":10', b'"count":' + b"9" * 5000), GOOD.replace(b'"count":10', b'"count":9007199254740993'),
        GOOD.replace(b'"count":10,', b""), GOOD.replace(b'"lot":1,', b""), GOOD.replace(b'"short"', b'"tall"'),
        GOOD.replace(b"02:00:00Z", b"02:00:00+00:00"), GOOD.replace(b"11-05T", b"13-05T"), GOOD.replace(b"L1", b"L\\u0031"),
        GOOD.replace(b"L1", b"\\ud800"), GOOD.replace(b"L1", b"L\\n1"), GOOD.replace(b'"v":1', b'"v":1,"zz":1'),
        GOOD.replace(b'"v":1', b'"v":1,"v":1'), GOOD.replace(b"L1", b"L" * 121), GOOD.replace(b"L1", b"L" * 70_000),
    ],
)  # fmt: skip
def test_every_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(BadLog):
        parse(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(ALL), st.text() | st.sampled_from(["at", "id", "count", "kind", "v", "stars", "lot"]), _JSON)  # fmt: skip
def test_a_leaf_with_any_field_changed_is_a_leaf_or_refused(
    leaf: object, name: str, value: object
) -> None:
    facts = json.loads(bytes(leaf)) | {name: value}  # type: ignore[call-overload]
    data = json.dumps(
        facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode(errors="surrogatepass")  # fmt: skip
    with contextlib.suppress(BadLog):
        assert bytes(parse(data)) == data


@given(st.binary())
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(BadLog):
        parse(data)


def test_a_leaf_says_what_its_kind_needs() -> None:
    with pytest.raises(BadLog):
        replace(leaves.run(1), declared=None)
    with pytest.raises(BadLog):
        replace(leaves.blank(1, first=1), lot=3)
    with pytest.raises(BadLog):
        replace(leaves.stopped(1), kid=None)
    with pytest.raises(BadLog):
        replace(leaves.marked(1, "void", 5), state="recalled")


def test_rows_are_described_without_names_reasons_or_persons(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=["k" * 40])
        producer = make_producer(session, name="Hộ kinh doanh Trần Văn Hùng", representative="Trần Văn Hùng",
                                 phone="0900 000 111", tax_code="001203004567", kind="household")  # fmt: skip
        product = make_product(session, producer=producer, name="Tương bà Mận", brand="Bà Mận")
        recognition = make_recognition(
            session,
            product,
            decision_number="1147/QĐ-UBND\n",
            withdrawal_reason="Ông Hùng khai sai",
        )
        facts = LotFacts(declared=500, note="giao cho chị Hoa")
        lot = open_lot(session, product, facts, actor="user:7")
        issue = allocate(session, lot=lot, count=20, form=Form.SHORT, by="user:7")
        mark = revoke.void(session, first=issue.first, count=2, reason="chị Hoa làm rách", by="user:7")[0]  # fmt: skip
        blank = allocate_blank(session, producer_id=producer.id, count=30, by="user:7")
        key = freeze(session, issue.kid, secrets=["k" * 40])
        found = [describe.issue(issue, labels=40), describe.blank(blank), describe.mark(session, mark),
                 describe.recall(lot), describe.key(key)]  # fmt: skip
        found += [describe.recognition(recognition, e) for e in ("granted", "extended", "withdrawn")]  # type: ignore[misc]  # fmt: skip
        mark.state = "sold"
        with pytest.raises(BadInput):
            describe.mark(session, mark)
    text = b"\n".join(bytes(leaf) for leaf in found).decode()
    for word in ("Hùng", "Mận", "Hoa", "user:", "0900", "0012", "rách", "khai"):
        assert word not in text
    assert '"declared":500' in text and '"labels":40' in text and "1147/QĐ-UBND" in text
    for leaf in found:
        assert parse(bytes(leaf)) == leaf
