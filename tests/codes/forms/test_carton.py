"""The carton form by itself: one spelling, nothing outside its range, and units told by their tags."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms import carton, uri
from labelsvc.codes.forms.carton import MOST_UNITS, ROOM, CartonCode, CartonPayload
from labelsvc.codes.forms.offline import EPOCH, LAST_EXPIRY
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import BadInput, BadSignature, FrozenKey, MalformedCode, RevokedKey, UnknownKey
from tests.codes.conftest import HOST, KEYS

from .test_forms import GTINS

CODES = [f"KARTON{n:018}" for n in range(1, 25)]


@st.composite
def payloads(draw: st.DrawFn) -> CartonPayload:
    is_gtin = draw(st.booleans())
    room = draw(st.integers(1, MOST_UNITS))
    count = draw(st.integers(1, room))
    tags = draw(st.binary(min_size=2 * count, max_size=2 * count))
    return CartonPayload(
        kid=draw(st.integers(1, 4095)),
        reference=int(draw(GTINS)) if is_gtin else draw(st.integers(0, 2**47 - 1)),
        lot=draw(st.integers(0, 2**24 - 1)),
        issue=draw(st.integers(0, 2**32 - 1)),
        first=draw(st.integers(0, 2**24 - 1)),
        count=count,
        tags=tags.ljust(2 * room, b"\0"),
        expires=draw(st.none() | st.dates(EPOCH + timedelta(days=1), LAST_EXPIRY)),
        is_gtin=is_gtin,
    )


def a_payload(**changes: Any) -> CartonPayload:
    first = CartonPayload(
        kid=KEYS[0].kid, reference=12, lot=31, issue=7, first=120, count=24,
        tags=carton.tags(HOST, CODES, room=24),
    )  # fmt: skip
    return replace(first, **changes)


@given(payloads(), st.binary(min_size=64, max_size=64))
def test_carton_codes_are_read_as_they_were_built(payload: CartonPayload, sig: bytes) -> None:
    assert CartonPayload.unpack(payload.pack()) == payload
    text = carton.spell(payload.pack(), sig)
    assert carton.parse(text) == CartonCode(payload, sig, text)
    assert ROOM[len(text)] == payload.room
    found = uri.parse(f"HTTPS://{HOST.upper()}/{text}", host=HOST)
    assert isinstance(found, CartonCode) and found.canonical == text


@given(st.integers(1, MOST_UNITS), st.data())
def test_any_digits_are_a_code_with_one_spelling_or_refused(room: int, data: st.DataObject) -> None:
    digits = next(count for count, units in ROOM.items() if units == room)
    text = data.draw(st.text("0123456789", min_size=digits, max_size=digits))
    try:
        code = carton.parse(text)
    except MalformedCode:
        return
    assert carton.spell(code.payload.pack(), code.signature) == text


def test_every_room_has_its_own_count_of_digits_and_none_is_that_of_an_offline_code() -> None:
    assert sorted(ROOM.values()) == list(range(1, MOST_UNITS + 1))
    assert list(ROOM) == sorted(ROOM)
    assert 193 not in ROOM
    assert max(ROOM) + len(f"HTTPS://{'A' * 60}/") < uri.MAX_TEXT


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": 0}, {"kid": 4096}, {"reference": 1 << 47}, {"lot": 1 << 24}, {"lot": -1},
        {"issue": 1 << 32}, {"first": 1 << 24}, {"count": 0}, {"count": 25}, {"expires": EPOCH},
        {"expires": LAST_EXPIRY + timedelta(days=1)}, {"tags": b""}, {"tags": b"x" * 49},
        {"count": 23}, {"tags": b"\0" * (2 * MOST_UNITS + 2)}, {"is_gtin": True},
    ],
    ids=lambda changes: " ".join(changes),
)  # fmt: skip
def test_a_field_out_of_its_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedCode) as caught:
        a_payload(**changes)
    # Tags are as many as there is room for, and none stands behind the last unit.
    field = "tags" if changes == {"count": 23} else next(iter(changes)).replace("tags", "count")
    if "is_gtin" not in changes:
        assert caught.value.params == {"field": field}


def test_the_first_day_that_can_be_said_is_the_second_of_2020() -> None:
    payload = a_payload(expires=EPOCH + timedelta(days=1))
    assert CartonPayload.unpack(payload.pack()) == payload


@pytest.mark.parametrize("room", [1, 24, MOST_UNITS])
def test_the_first_number_that_has_no_bytes_is_refused(room: int) -> None:
    size = 22 + 2 * room + 64
    for number in (1 << 8 * size, (1 << 8 * size) + 1):
        text = str(number)
        assert ROOM[len(text)] == room
        with pytest.raises(MalformedCode, match="not the code of a carton"):
            carton.parse(text)


@pytest.mark.parametrize("bit", [0, 3, 5, 6, 172, 173, 174, 175])
def test_reserved_bits_and_other_versions_are_of_a_newer_kind(bit: int) -> None:
    raw = bytearray(a_payload().pack())
    number = int.from_bytes(raw[:22], "big") ^ 1 << bit
    with pytest.raises(MalformedCode, match="newer kind") as caught:
        CartonPayload.unpack(number.to_bytes(22, "big") + bytes(raw[22:]))
    assert caught.value.fix == "Update the application and scan again."


@pytest.mark.parametrize("text", ["", "1" * 192, "1" * 209, "9" * 212, "١" * 212, "2" * 1950])
def test_what_is_no_carton_code_is_refused(text: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        carton.parse(text)
    assert caught.value.fix == "Scan the symbol again: such codes are not meant to be typed."


def units_of(payload: CartonPayload) -> list[bytes]:
    """The tag of each unit."""
    length = carton.TAG_LENGTH
    return [payload.tags[at * length : (at + 1) * length] for at in range(payload.count)]


def test_a_unit_is_found_by_the_tag_of_its_code_and_a_stranger_is_not() -> None:
    payload = a_payload()
    assert payload.numbers == (121, 144)
    tags = units_of(payload)
    assert [tags.index(carton.tag(HOST, code)) for code in CODES] == list(range(24))
    assert carton.tag(HOST, "CARTON" + "9" * 18) not in tags
    assert carton.tag("other.example", CODES[0]) not in tags


def test_zeros_behind_the_last_unit_are_no_unit() -> None:
    payload = a_payload(count=2, tags=carton.tags(HOST, CODES[:2], room=24))
    assert payload.room == 24
    assert units_of(payload) == [carton.tag(HOST, code) for code in CODES[:2]]


@pytest.mark.parametrize(("units", "room"), [(2, 1), (1, 0), (1, MOST_UNITS + 1)])
def test_a_room_that_no_symbol_has_is_refused(units: int, room: int) -> None:
    with pytest.raises(BadInput, match="room for 1 to 360") as caught:
        carton.tags(HOST, CODES[:units], room=room)
    assert caught.value.fix == "Choose fewer units a carton."


def ring_with(state: KeyState) -> Keyring:
    return Keyring([replace(KEYS[0], state=state)], None, HOST)


def a_code(ring: Keyring, **changes: Any) -> CartonCode:
    return carton.parse(ring.carton(a_payload(**changes)))


def test_a_signature_holds_for_its_host_and_payload_only() -> None:
    ring = ring_with(KeyState.ACTIVE)
    code = a_code(ring)
    assert ring.verify_carton(code) == a_payload()
    other = Keyring([KEYS[0]], None, "qr.other.example")
    with pytest.raises(BadSignature):
        other.verify_carton(code)
    for changed in (
        replace(code, payload=a_payload(first=121)),
        replace(code, payload=a_payload(tags=carton.tags(HOST, reversed(CODES), room=24))),
        replace(code, signature=bytes(64)),
    ):
        with pytest.raises(BadSignature):
            ring.verify_carton(changed)


@pytest.mark.parametrize(
    ("state", "error"), [(KeyState.FROZEN, FrozenKey), (KeyState.REVOKED, RevokedKey)]
)
def test_a_key_that_is_not_believed_is_told_apart(
    state: KeyState, error: type[BadSignature]
) -> None:
    code = a_code(ring_with(KeyState.RETIRED))
    with pytest.raises(error):
        ring_with(state).verify_carton(code)
    if state is KeyState.FROZEN:  # for whoever compares the units with the register
        assert ring_with(state).verify_carton(code, logged=True) == code.payload


def test_a_key_that_is_not_known_is_no_fake() -> None:
    code = a_code(ring_with(KeyState.ACTIVE))
    with pytest.raises(UnknownKey):
        Keyring([key for key in KEYS if key.kid != KEYS[0].kid], None, HOST).verify_carton(code)


def test_the_signature_of_a_carton_is_none_of_an_offline_code() -> None:
    assert carton.message(HOST, b"x") != b"ocop-qr-v1\0" + HOST.encode() + b"\0x"
    assert isinstance(KEYS[0], Key)


# --- frozen vectors, made by the letter of docs/codes.md ------------------------------------------

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "cartons.json").read_text(encoding="ascii")
)
_STATES = {key.kid: key.state for key in KEYS}
_REFUSED: dict[KeyState, type[BadSignature]] = {
    KeyState.FROZEN: FrozenKey,
    KeyState.REVOKED: RevokedKey,
}


@pytest.mark.parametrize("row", VECTORS["good"], ids=lambda row: row["name"])
def test_frozen_cartons_are_read_and_made_again(row: dict[str, Any]) -> None:
    fields, ring = row["fields"], Keyring(KEYS, None, HOST)
    code = carton.parse(row["canonical"])
    payload = code.payload
    assert payload.pack().hex() == row["payload"]
    assert code.signature.hex() == row["signature"]
    for name in ("kid", "reference", "lot", "issue", "first", "count"):
        assert getattr(payload, name) == fields[name]
    assert payload.room == row["room"]
    assert payload.is_gtin is bool(fields["flags"])
    expires = EPOCH + timedelta(days=fields["expiry"]) if fields["expiry"] else None
    assert payload.expires == expires
    assert payload.tags == carton.tags(HOST, row["units"], room=row["room"])
    for at, unit in enumerate(row["units"]):
        assert units_of(payload)[at] == carton.tag(HOST, unit)
    error = _REFUSED.get(_STATES[payload.kid])
    if error is None:
        assert ring.verify_carton(code) == payload
    else:
        with pytest.raises(error):
            ring.verify_carton(code)
    if _STATES[payload.kid] is not KeyState.REVOKED:
        assert ring.carton(payload) == row["canonical"]


@pytest.mark.parametrize("row", VECTORS["malformed"], ids=lambda row: row["name"])
def test_frozen_malformed_cartons_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(MalformedCode):
        uri.parse(row["canonical"], host=HOST)
