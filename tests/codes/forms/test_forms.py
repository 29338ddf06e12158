"""Each form by itself: build and parse are inverse, and no field can be out of its range."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms import gs1, identifiers, offline, short
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import EPOCH, LAST_EXPIRY, OfflinePayload
from labelsvc.errors import MalformedCode

IDS = st.integers(0, 2**40 - 1)
GTINS = st.from_regex("[0-9]{13}", fullmatch=True).map(
    lambda digits: digits + str(identifiers.check_digit(digits))
)


@st.composite
def payloads(draw: st.DrawFn) -> OfflinePayload:
    is_gtin = draw(st.booleans())
    reference = int(draw(GTINS)) if is_gtin else draw(st.integers(0, 2**47 - 1))
    return OfflinePayload(
        kid=draw(st.integers(1, 4095)),
        reference=reference,
        lot=draw(st.integers(0, 2**24 - 1)),
        unit=draw(st.integers(0, 2**24 - 1)),
        expires=draw(st.none() | st.dates(EPOCH + timedelta(days=1), LAST_EXPIRY)),
        is_gtin=is_gtin,
    )


@given(IDS, st.binary(min_size=10, max_size=10))
def test_short_codes_are_read_as_they_were_built(number_id: int, tag: bytes) -> None:
    code = short.build(number_id, tag)
    assert len(code.canonical) == 24
    assert short.parse(code.canonical) == code
    assert short.parse(code.canonical.lower()) == code


@given(GTINS, IDS, st.integers(0, 2**60 - 1))
def test_gs1_codes_are_read_as_they_were_built(gtin: str, number_id: int, tag: int) -> None:
    code = gs1.build(gtin, number_id, tag.to_bytes(8, "big"))
    assert gs1.parse(code.canonical) == code
    assert len(code.serial) == 20
    lower = gs1.parse(code.canonical.lower())
    assert isinstance(lower, Gs1Code)
    assert lower.canonical == code.canonical


@given(payloads(), st.binary(min_size=64, max_size=64))
def test_offline_codes_are_read_as_they_were_built(
    payload: OfflinePayload, signature: bytes
) -> None:
    assert OfflinePayload.unpack(payload.pack()) == payload
    code = offline.build(payload, signature)
    assert len(code.canonical) == 193
    assert offline.parse(code.canonical) == code


@given(payloads(), st.integers(0, 2**24 - 1))
def test_another_unit_changes_the_unit_only(payload: OfflinePayload, unit: int) -> None:
    assert offline.with_unit(payload.pack(), unit) == replace(payload, unit=unit).pack()


@given(st.binary(min_size=16, max_size=16))
def test_any_16_bytes_are_a_payload_with_one_spelling_or_refused(raw: bytes) -> None:
    raw = bytes([0x10 | raw[0] & 15]) + raw[1:15] + bytes([raw[15] & 0xF9])
    try:
        payload = OfflinePayload.unpack(raw)
    except MalformedCode:
        return
    assert payload.pack() == raw


GOOD: dict[str, Any] = {"kid": 1, "reference": 1, "lot": 1, "unit": 1}


@pytest.mark.parametrize(
    "field",
    [
        {"kid": 0}, {"kid": 4096}, {"kid": -1},
        {"reference": -1}, {"reference": 1 << 47},
        {"lot": -1}, {"lot": 1 << 24}, {"unit": -1}, {"unit": 1 << 24},
        {"expires": EPOCH}, {"expires": EPOCH - timedelta(days=1)},
        {"expires": LAST_EXPIRY + timedelta(days=1)},
        {"is_gtin": True, "reference": 8938505974018}, {"is_gtin": True, "reference": 10**14},
    ],
)  # fmt: skip
def test_fields_out_of_range_are_refused(field: dict[str, Any]) -> None:
    OfflinePayload(**GOOD)
    with pytest.raises(MalformedCode) as caught:
        OfflinePayload(**GOOD | field)
    if "is_gtin" not in field:
        assert caught.value.params["field"] in field


def test_the_first_day_of_the_expiry_field() -> None:
    first = EPOCH + timedelta(days=1)
    payload = OfflinePayload(**GOOD, expires=first)
    assert OfflinePayload.unpack(payload.pack()).expires == first


def test_a_code_of_a_newer_kind_says_what_to_do() -> None:
    newer = bytes([OfflinePayload(**GOOD).pack()[0] ^ 0x30]) + bytes(15)
    with pytest.raises(MalformedCode, match="newer kind") as caught:
        OfflinePayload.unpack(newer)
    assert caught.value.fix


def test_the_last_day_of_the_expiry_field() -> None:
    assert date(2064, 11, 8) == LAST_EXPIRY
    payload = OfflinePayload(**GOOD, expires=LAST_EXPIRY)
    assert OfflinePayload.unpack(payload.pack()).expires == LAST_EXPIRY


def test_a_payload_tells_its_gtin() -> None:
    assert OfflinePayload(**GOOD).gtin is None
    assert OfflinePayload(1, 2345673, 1, 1, is_gtin=True).gtin == "00000002345673"


@pytest.mark.parametrize("length", [0, 1, 23, 25, 48])
def test_short_codes_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(MalformedCode) as caught:
        short.parse("0" * length)
    assert caught.value.fix


@pytest.mark.parametrize(
    "text",
    ["", "0" * 192, "0" * 194, "+" + "0" * 192, "-" + "0" * 192, "9" * 193, "0" * 192 + "a",
     "0" * 192 + "\u0660", " " + "0" * 192, "0" * 96 + "_" + "0" * 96, "0" * 192 + "\n",
     str(1 << 640)],
)  # fmt: skip
def test_other_than_193_digits_below_the_limit_are_refused(text: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        offline.parse(text)
    assert caught.value.params["expected"] == 193 and caught.value.fix


@pytest.mark.parametrize(
    ("given_text", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("8938505974019", "08938505974019"),
        ("08938505974019", "08938505974019"),
    ],
)
def test_gtins_of_every_length_become_14_digits(given_text: str, gtin: str) -> None:
    assert gs1.gtin14(given_text) == gtin


@pytest.mark.parametrize("text", ["", "8938505974018", "893850597401", "123456789", "8938505974o19",
                                  " 8938505974019", "\u0668938505974019"])  # fmt: skip
def test_wrong_gtins_are_refused(text: str) -> None:
    with pytest.raises(MalformedCode):
        gs1.gtin14(text)


@given(GTINS, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_check_digit(gtin: str, place: int, more: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + more) % 10) + gtin[place + 1 :]
    with pytest.raises(MalformedCode):
        gs1.gtin14(wrong)
