from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms import alphabet, gs1, inner, offline, short, signing
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflinePayload
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.forms.units import Units, unit_keys
from labelsvc.codes.keys.keyring import Key, Keyring, KeyState
from labelsvc.errors import (
    BadCode,
    BadInput,
    BadSignature,
    ConfigurationError,
    FrozenKey,
    KeyUnavailable,
    RevokedKey,
    UnknownKey,
)
from tests.codes.conftest import GTIN, HOST, KEYS, PERMUTATION_SECRET

NUMBERS = st.integers(3000, 2**40 - 1)
UNIT = OfflinePayload(4, 12345, 77, 5, date(2027, 11, 1))


def gs1_code(text: str) -> Gs1Code:
    code = gs1.parse(text)
    assert isinstance(code, Gs1Code)
    return code


@given(NUMBERS)
def test_what_it_makes_it_verifies(keyring: Keyring, number: int) -> None:
    assert keyring.verify_short(short.parse(keyring.short(number))) == number
    assert keyring.verify_gs1(gs1_code(keyring.gs1(GTIN, number))) == number
    payload = replace(UNIT, unit=number % 2**24)
    assert keyring.verify_offline(offline.parse(keyring.offline(payload))) == payload


@given(NUMBERS, st.integers(0, 119))
def test_one_bit_of_a_short_code_turned_is_refused(keyring: Keyring, number: int, bit: int) -> None:
    value = alphabet.decode(keyring.short(number)) ^ 1 << bit
    with pytest.raises(BadSignature):
        keyring.verify_short(short.parse(alphabet.encode(value, 24)))


@given(NUMBERS, st.integers(0, 99))
def test_one_bit_of_a_gs1_serial_turned_is_refused(keyring: Keyring, number: int, bit: int) -> None:
    serial = keyring.gs1(GTIN, number)[-20:]
    turned = alphabet.encode(alphabet.decode(serial) ^ 1 << bit, 20)
    with pytest.raises(BadSignature):
        keyring.verify_gs1(gs1_code(f"01/{GTIN}/21/{turned}"))


@given(st.integers(0, 639))
def test_one_bit_of_an_offline_code_turned_is_refused(keyring: Keyring, bit: int) -> None:
    value = int(keyring.offline(UNIT)) ^ 1 << bit
    with pytest.raises(BadCode):
        keyring.verify_offline(offline.parse(str(value).zfill(193)))


def test_a_serial_does_not_move_to_another_gtin(keyring: Keyring) -> None:
    serial = keyring.gs1(GTIN, 3000)[-20:]
    with pytest.raises(BadSignature):
        keyring.verify_gs1(gs1_code(f"01/00000002345673/21/{serial}"))


def test_forms_do_not_stand_for_each_other(keyring: Keyring) -> None:
    """The first 60 bits of a short tag are no gs1 tag, although the keys have one master."""
    code = short.parse(keyring.short(3000))
    serial = gs1.build(
        GTIN, code.number_id, (int.from_bytes(code.tag, "big") >> 20).to_bytes(8, "big")
    )
    with pytest.raises(BadSignature):
        keyring.verify_gs1(serial)


def test_codes_of_another_host_are_not_ours(keyring: Keyring) -> None:
    other = Keyring(KEYS, PERMUTATION_SECRET, "qr.example.com")
    with pytest.raises(BadSignature):
        keyring.verify_short(short.parse(other.short(3000)))
    with pytest.raises(BadSignature):
        keyring.verify_gs1(gs1_code(other.gs1(GTIN, 3000)))
    with pytest.raises(BadSignature):
        keyring.verify_offline(offline.parse(other.offline(UNIT)))


def test_many_are_the_same_as_one_by_one_across_a_rotation() -> None:
    keys = [
        replace(KEYS[0], state=KeyState.RETIRED, first_number=1),
        replace(KEYS[1], state=KeyState.RETIRED, first_number=70),
        replace(KEYS[2], state=KeyState.ACTIVE, first_number=70),  # nothing between two rotations
    ]
    ring = Keyring(keys, PERMUTATION_SECRET, HOST)
    assert ring.short_many(1, 150) == [ring.short(n) for n in range(1, 151)]
    assert ring.gs1_many(GTIN, 1, 150) == [ring.gs1(GTIN, n) for n in range(1, 151)]
    payload = replace(UNIT, kid=3)
    assert ring.offline_many(payload, range(9)) == [
        ring.offline(replace(payload, unit=unit)) for unit in range(9)
    ]
    assert ring.short_many(5, 0) == []
    assert [ring.verify_short(short.parse(code)) for code in ring.short_many(65, 10)] == list(
        range(65, 75)
    )


def test_batches_larger_than_one_block_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Keyring([replace(KEYS[0], first_number=1)], PERMUTATION_SECRET, HOST)
    whole = ring.short_many(1, 300)
    monkeypatch.setattr("labelsvc.codes.keys.keyring._BATCH", 64)
    assert ring.short_many(1, 300) == whole


def test_rotation_changes_no_code_and_the_new_key_signs_from_its_first_number() -> None:
    before = Keyring(
        [replace(KEYS[0], state=KeyState.ACTIVE, first_number=1)], PERMUTATION_SECRET, HOST
    )
    after = Keyring(
        [
            replace(KEYS[0], state=KeyState.RETIRED, first_number=1),
            replace(KEYS[3], state=KeyState.ACTIVE, first_number=100),
        ],
        PERMUTATION_SECRET,
        HOST,
    )
    assert after.active.kid == 4
    assert after.short_many(1, 99) == before.short_many(1, 99)
    assert after.short(100) != before.short(100)
    with pytest.raises(BadSignature):  # a thief of the old key makes no number of the new one
        after.verify_short(short.parse(before.short(100)))


@pytest.mark.parametrize(("number", "expected"), [(1000, None), (1200, None), (1499, None), (1500, FrozenKey),
                                                  (999, None), (2000, RevokedKey)])  # fmt: skip
def test_the_state_of_the_key_decides_once_the_tag_holds(
    keyring: Keyring, number: int, expected: type[Exception] | None
) -> None:
    bad = (KeyState.FROZEN, KeyState.REVOKED)
    thief = Keyring(
        [replace(k, state=KeyState.RETIRED) if k.state in bad else k for k in KEYS],
        PERMUTATION_SECRET,
        HOST,
    )
    code = short.parse(thief.short(number))
    if expected is None:
        assert keyring.verify_short(code) == number
    else:
        with pytest.raises(expected) as refused:
            keyring.verify_short(code)
        assert refused.value.params["kid"] == keyring._mac_key(number).kid
    with pytest.raises(BadSignature) as caught:  # a wrong tag says nothing about keys
        keyring.verify_short(ShortCode(code.number_id, bytes(10), ""))
    assert type(caught.value) is BadSignature
    assert caught.value.params == {} and "possible fake" in caught.value.fix


@pytest.mark.parametrize(("unit", "believed"), [(15, False), (16, True), (31, True), (32, False)])
def test_a_stolen_key_is_believed_from_the_first_to_the_last_unit_of_its_log(
    unit: int, believed: bool
) -> None:
    maker = replace(KEYS[-1], kid=7, state=KeyState.RETIRED)
    code = offline.parse(Keyring([maker], None, HOST).offline(replace(UNIT, kid=7, unit=unit)))
    frozen = replace(maker, state=KeyState.FROZEN, unit_ranges=((UNIT.lot, 16, 32),))
    ring = Keyring([frozen], None, HOST)
    if believed:
        assert ring.verify_offline(code).unit == unit
    else:
        with pytest.raises(FrozenKey):
            ring.verify_offline(code)


@pytest.mark.parametrize(
    ("lot", "index", "believed"),
    [
        (UNIT.lot, 15, False), (UNIT.lot, 16, True), (UNIT.lot, 1499, True), (UNIT.lot, 1500, False),
        (UNIT.lot - 1, 16, False), (UNIT.lot + 1, 16, False),
    ],
)  # fmt: skip
def test_what_shuffled_its_units_tells_exactly_which_a_stolen_key_signed(
    lot: int, index: int, believed: bool
) -> None:
    """The second lot has a range and no key: a file that says so says nothing of it."""
    told = unit_keys(PERMUTATION_SECRET, [UNIT.lot + 1])[:1]
    maker = replace(KEYS[-1], kid=7, state=KeyState.RETIRED)
    frozen = replace(
        maker, state=KeyState.FROZEN, unit_keys=told,
        unit_ranges=((UNIT.lot, 16, 1500), (UNIT.lot + 1, 0, 99)),
    )  # fmt: skip
    text = Keyring([frozen], None, HOST).to_json()
    everybody = Keyring.from_json(text)
    assert everybody.keys[0].unit_keys == told
    unit = Units(unit_keys(PERMUTATION_SECRET)).printed(lot, index)
    code = offline.parse(
        Keyring([maker], None, HOST).offline(replace(UNIT, kid=7, lot=lot, unit=unit))
    )
    if believed:
        assert everybody.verify_offline(code).unit == unit
    else:
        with pytest.raises(FrozenKey):
            everybody.verify_offline(code)


def test_lots_after_a_theft_have_units_that_nobody_was_told_how_to_undo() -> None:
    before = Keyring(KEYS, PERMUTATION_SECRET, HOST)
    frozen = replace(KEYS[0], state=KeyState.FROZEN, lots_before=50)
    after = Keyring([frozen, *KEYS[1:]], PERMUTATION_SECRET, HOST)
    same = [before.units.printed(lot, 7) == after.units.printed(lot, 7) for lot in (0, 49, 50, 999)]
    assert same == [True, True, False, False]


def test_a_key_may_begin_with_number_zero() -> None:
    ring = Keyring([replace(KEYS[0], first_number=0)], PERMUTATION_SECRET, HOST)
    assert ring.verify_short(short.parse(ring.short(0))) == 0


def test_its_codes_lead_to_the_host_by_https(keyring: Keyring) -> None:
    assert keyring.base_url == f"https://{HOST}"


def test_inner_codes_have_a_key_of_their_own(keyring: Keyring) -> None:
    assert keyring.inner_key == inner.key_of(PERMUTATION_SECRET)
    with pytest.raises(KeyUnavailable, match="inner codes"):
        _ = Keyring.from_json(keyring.to_json()).inner_key


def test_what_it_may_not_make(keyring: Keyring) -> None:
    with pytest.raises(KeyUnavailable):
        keyring.short(0)  # before the first key
    with pytest.raises(KeyUnavailable):
        keyring.short_many(1990, 20)  # runs into the revoked key
    with pytest.raises(KeyUnavailable):
        keyring.offline(replace(UNIT, kid=3))
    with pytest.raises(KeyUnavailable):
        keyring.offline(replace(UNIT, kid=99))
    with pytest.raises(ValueError, match="outside"):
        keyring.short(1 << 40)


def test_a_key_that_is_not_there_is_unknown_not_wrong(keyring: Keyring) -> None:
    code = offline.parse(keyring.offline(UNIT))
    without = Keyring([k for k in KEYS if k.kid != 4], PERMUTATION_SECRET, HOST)
    with pytest.raises(UnknownKey) as caught:
        without.verify_offline(code)
    assert caught.value.params["kid"] == 4 and caught.value.fix


def test_the_trust_file_verifies_offline_codes_and_holds_no_secret(keyring: Keyring) -> None:
    text = keyring.to_json()
    for key in KEYS:
        assert key.mac_secret and key.ed25519_private
        assert key.mac_secret.hex() not in text
        assert key.ed25519_private.hex() not in text
    assert PERMUTATION_SECRET.hex() not in text
    assert "first_number" not in text  # it would tell how many codes there are
    assert text.startswith('{\n "format": "labelsvc-trust-1",\n "host": ')  # people compare it
    trust = Keyring.from_json(text)
    assert trust.to_json() == text
    assert trust.verify_offline(offline.parse(keyring.offline(UNIT))) == UNIT
    for ask in (
        lambda: trust.verify_short(short.parse(keyring.short(3000))),
        lambda: trust.verify_gs1(gs1_code(keyring.gs1(GTIN, 3000))),
        lambda: trust.short(3000),
        lambda: trust.offline(UNIT),
        lambda: trust.units.printed(1, 1),
    ):
        with pytest.raises(KeyUnavailable):
            ask()


def _entry(**change: object) -> str:
    public = signing.public_key(b"x" * 32).hex()
    entry: dict[str, object] = {"kid": 1, "state": "active", "ed25519": public, "unit_ranges": []}
    return json.dumps({"format": "labelsvc-trust-1", "host": HOST, "keys": [entry | change]})


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '{"format": "labelsvc-trust-2", "host": "a", "keys": []}',
        _entry(kid=0), _entry(kid=4096), _entry(kid=True), _entry(kid="1"), _entry(state="good"),
        _entry(ed25519="01" + "00" * 31), _entry(ed25519="zz"), _entry(ed25519=""),
        _entry(ed25519=None), _entry(unit_ranges=[[1, 2]]), _entry(unit_ranges=None),
        _entry(unit_ranges=[[1 << 24, 0, 9]]), _entry(unit_ranges=[[-1, 0, 9]]), _entry(unit_ranges=[[1, 9, 9]]),
        _entry(unit_ranges=[[1, -1, 9]]), _entry(unit_ranges=[[1, 0, (1 << 24) + 1]]),
        _entry(unit_ranges=[["1", 0, 9]]), _entry(unit_ranges=[[1, 0.0, 9]]), _entry(unit_ranges=["abc"]),
        _entry(unit_keys=None), _entry(unit_keys=[[0, 9]]), _entry(unit_keys=[[0, 9, "ab"]]),
        _entry(unit_keys=[[0, 9, "AB" * 32]]), _entry(unit_keys=[[0, 9, "zz" * 32]]),
        _entry(unit_keys=[[9, 9, "ab" * 32]]), _entry(unit_keys=[[-1, 9, "ab" * 32]]),
        _entry(unit_keys=[[0, (1 << 24) + 1, "ab" * 32]]), _entry(unit_keys=[["0", 9, "ab" * 32]]),
        _entry(unit_keys=[[0, 9, 5]]), _entry(unit_keys=[[0, True, "ab" * 32]]), _entry(unit_keys=["abc"]),
        _entry().replace(HOST, "https://"), _entry().replace(f'"{HOST}"', "5"), "[" * 100_000,
    ],
)  # fmt: skip
def test_broken_trust_files_are_refused_by_our_error(text: str) -> None:
    Keyring.from_json(_entry())
    Keyring.from_json(_entry(unit_keys=[[0, 1 << 24, "ab" * 32]]))
    Keyring.from_json(_entry(unit_ranges=[[0, 0, 1 << 24], [(1 << 24) - 1, 5, 6]]))
    with pytest.raises(BadInput) as caught:
        Keyring.from_json(text)
    assert caught.value.fix == "Export it again with: labelsvc keys export"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"format": "labelsvc-trust-2", "host": "a", "keys": []}', "another format"),
        (_entry().replace(f'"{HOST}"', "5"), "'int' object has no attribute 'lower'"),
        (_entry(kid=0), "a key number that is none"),
        (_entry(state="good"), "'good' is not a valid KeyState"),
        (_entry(unit_ranges=[[1, 0, "9"]]), "a range of units that is none"),
        (_entry(unit_ranges=[[1, 9, 0]]), "a range of units that is none"),
        (_entry(unit_keys=[[9, 0, "ab" * 32]]), "lots that are none"),
        (_entry(unit_keys=[[0, 9, "ab"]]), "a key of units that is none"),
        (_entry(ed25519="01" + "00" * 31), "The public key has a small order: anybody could sign for it."),
    ],
)  # fmt: skip
def test_a_broken_trust_file_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        Keyring.from_json(text)
    assert caught.value.params["reason"] == reason


def test_a_reason_without_words_is_the_name_of_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(_: str) -> None:
        raise RecursionError

    monkeypatch.setattr(json, "loads", deep)
    with pytest.raises(BadInput) as caught:
        Keyring.from_json("[")
    assert caught.value.params["reason"] == "RecursionError"


def test_a_trust_file_may_write_its_host_in_capitals() -> None:
    assert Keyring.from_json(_entry().replace(HOST, HOST.upper())).host == HOST


def test_secrets_do_not_show_in_the_representation() -> None:
    key = KEYS[0]
    assert key.mac_secret and key.ed25519_private
    assert repr(key.mac_secret) not in repr(key)
    assert repr(key.ed25519_private) not in repr(key)


@pytest.mark.parametrize(
    "keys",
    [
        [KEYS[0], KEYS[0]],
        [replace(KEYS[0], state=KeyState.ACTIVE), KEYS[3]],
        [replace(KEYS[0], first_number=5000), KEYS[3]],
        [replace(KEYS[0], ed25519_public=bytes(32))],
    ],
)
def test_impossible_sets_of_keys_are_refused(keys: list[Key]) -> None:
    with pytest.raises(KeyUnavailable):
        Keyring(keys, PERMUTATION_SECRET, HOST)


def test_without_an_active_key_nothing_new_is_signed() -> None:
    with pytest.raises(KeyUnavailable):
        _ = Keyring(KEYS[:3], PERMUTATION_SECRET, HOST).active


def test_a_host_that_cannot_stand_in_a_link_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Keyring(KEYS, PERMUTATION_SECRET, "qr.example.vn/path")
