"""The trust manifest: who must sign it, and what may follow what."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.forms.units import unit_keys
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.trust.formats.manifest import MOST_ROOTS, Content, Manifest, root_id
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.errors import BadTrust, TrustRollback

HOST = "qr.example.vn"
SEEDS = [bytes([n]) * 32 for n in range(1, 7)]
ROOTS = tuple(public_key(seed) for seed in SEEDS)
CONTENT = Content(
    host=HOST,
    version=1,
    issued=datetime(2026, 11, 24, tzinfo=UTC),
    expires=datetime(2027, 11, 24, tzinfo=UTC),
    threshold=2,
    roots=ROOTS[:3],
    keys=(
        Key(
            1,
            KeyState.FROZEN,
            public_key(bytes(32)),
            unit_ranges=((7, 0, 1024),),
            unit_keys=unit_keys(bytes(32), [8])[:1],
        ),
        Key(2, KeyState.ACTIVE, public_key(bytes([9]) * 32)),
    ),
    status_keys=(NoteKey(f"{HOST}/status", public_key(bytes([8]) * 32)),),
    log_key=NoteKey(f"{HOST}/log", public_key(bytes([7]) * 32)),
)


def signed(content: Content, *roots: int) -> Manifest:
    made = Manifest.draft(content)
    for root in roots:
        made = made.sign(SeedRoot(SEEDS[root]))
    return made


FIRST = signed(CONTENT, 0, 2)


def test_a_manifest_comes_back_from_its_file() -> None:
    found = Manifest.parse(bytes(FIRST))
    assert found == FIRST
    assert bytes(found) == bytes(FIRST)
    frozen = found.content.key(1)
    assert frozen is not None and frozen.unit_ranges == ((7, 0, 1024),)
    assert found.content.key(3) is None


def test_the_text_that_is_signed_has_one_spelling() -> None:
    """Sorted and without spaces: two people who write the same facts sign the same bytes."""
    text = CONTENT.to_text()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert list(json.loads(text)) == [
        "expires", "format", "host", "issued", "keys", "log_key", "roots", "status_keys",
        "threshold", "version",
    ]  # fmt: skip
    assert json.loads(text)["log_key"] == CONTENT.log_key.text  # type: ignore[union-attr]


def test_moments_are_told_in_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        text = CONTENT.to_text()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert Content.from_text(text) == Content.from_text(CONTENT.to_text())


def test_as_many_roots_may_be_named_as_a_manifest_has_room_for() -> None:
    roots = tuple(public_key(bytes([n, 1]) * 16) for n in range(MOST_ROOTS))
    assert replace(CONTENT, roots=roots).roots == roots
    with pytest.raises(BadTrust):
        replace(CONTENT, roots=(*roots, public_key(bytes([99, 1]) * 16)))


def test_people_can_read_and_compare_the_file() -> None:
    lines = bytes(FIRST).decode().splitlines()
    assert lines[0] == "{"
    assert all(line.startswith(" ") for line in lines[1:-1])
    facts = json.loads(bytes(FIRST))
    assert bytes(FIRST) == (json.dumps(facts, indent=1) + "\n").encode()


@pytest.mark.parametrize(
    ("roots", "good"),
    [((), False), ((0,), False), ((0, 0), False), ((3, 4), False), ((0, 3), False), ((0, 1), True),
     ((0, 1, 2), True)],
)  # fmt: skip
def test_two_of_the_three_roots_must_sign_the_first(roots: tuple[int, ...], good: bool) -> None:
    made = signed(CONTENT, *roots)
    if good:
        made.check_first()
        return
    with pytest.raises(BadTrust, match="root keys it needs") as caught:
        made.check_first()
    assert caught.value.fix == "Sign it with: labelsvc keys sign"


def test_a_signature_counts_for_its_own_text_only() -> None:
    other = Manifest.draft(replace(CONTENT, threshold=3))
    taken = Manifest(other.text, FIRST.signatures, other.content)
    assert taken.signers(ROOTS) == 0


@pytest.mark.parametrize(
    ("roots", "signers", "good"),
    [
        pytest.param((0, 1, 2), (0, 1), True, id="the same roots"),
        pytest.param((1, 2, 3), (1, 2), True, id="two that are old and new"),
        pytest.param((3, 4, 5), (0, 1, 3, 4), True, id="all new: two of each"),
        pytest.param((3, 4, 5), (3, 4, 5), False, id="the new ones alone"),
        pytest.param((3, 4, 5), (0, 1, 2), False, id="the old ones alone"),
        pytest.param((3, 4, 5), (0, 1, 3), False, id="one new is too few"),
    ],
)
def test_old_and_new_roots_sign_a_change(
    roots: tuple[int, ...], signers: tuple[int, ...], good: bool
) -> None:
    content = replace(CONTENT, version=2, roots=tuple(ROOTS[n] for n in roots))
    made = signed(content, *signers)
    if good:
        made.check_next(FIRST)
        return
    with pytest.raises(BadTrust, match="root keys it needs"):
        made.check_next(FIRST)


def test_nothing_older_follows_and_nothing_else_of_the_same_number() -> None:
    second = signed(replace(CONTENT, version=2), 0, 1)
    with pytest.raises(TrustRollback) as caught:
        FIRST.check_next(second)
    assert "holding back changes" in caught.value.fix
    later = signed(replace(CONTENT, expires=datetime(2030, 1, 1, tzinfo=UTC)), 0, 1)
    with pytest.raises(TrustRollback):
        later.check_next(FIRST)
    FIRST.check_next(FIRST)  # once more the one that is held


def test_no_version_is_left_out_and_no_other_host_follows() -> None:
    with pytest.raises(BadTrust, match="2 is missing") as caught:
        signed(replace(CONTENT, version=3), 0, 1).check_next(FIRST)
    assert caught.value.fix == "Take the versions one after another."
    with pytest.raises(BadTrust, match=r"qr\.other\.vn"):
        signed(replace(CONTENT, version=2, host="qr.other.vn"), 0, 1).check_next(FIRST)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"threshold": 1}, id="one root is enough"),
        pytest.param({"threshold": 4}, id="more roots than there are"),
        pytest.param({"roots": ROOTS[:2]}, id="two roots"),
        pytest.param({"roots": (ROOTS[0],) * 3}, id="one root three times"),
        pytest.param({"roots": (*ROOTS[:2], bytes(32))}, id="a root of small order"),
        pytest.param({"version": 0}, id="version nought"),
        pytest.param({"expires": CONTENT.issued}, id="over at once"),
        pytest.param({"keys": CONTENT.keys[:1] * 2}, id="a key twice"),
        pytest.param(
            {"keys": (Key(1, KeyState.ACTIVE, bytes([1, *bytes(31)])),)}, id="a key of small order"
        ),
    ],
)
def test_impossible_contents_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadTrust):
        replace(CONTENT, **change)


def text(**change: Any) -> bytes:
    facts = json.loads(CONTENT.to_text()) | change
    return json.dumps({"signed": json.dumps(facts), "signatures": []}).encode()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"signed": {}, "signatures": []}', id="the content not as a text"),
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b" " * ((4 << 20) + 1), id="too large"),
        pytest.param(text(format="labelsvc-trust-1"), id="another format"),
        pytest.param(text(host="QR.example.vn"), id="a host in another spelling"),
        pytest.param(text(host=7), id="a host that is a number"),
        pytest.param(text(version=True), id="a version that is true"),
        pytest.param(text(version=1 << 60), id="a version no browser can count to"),
        pytest.param(text(issued="24/11/2026"), id="a date as it is written"),
        pytest.param(text(roots=[root.hex().upper() for root in ROOTS[:3]]), id="capital digits"),
        pytest.param(text(keys={}), id="keys that are no list"),
        pytest.param(text(keys=[{"kid": 4096}]), id="a key of 13 bits"),
        pytest.param(text(status_keys=["x"]), id="a status key that is none"),
        pytest.param(
            json.dumps({"signed": CONTENT.to_text(), "signatures": [{"root": "x", "signature": "y"}]})
            .encode(),
            id="a signature that is none",
        ),
        pytest.param(
            json.dumps(
                {"signed": CONTENT.to_text(), "signatures": [{"root": "x", "signature": ""}] * 2}
            ).encode(),
            id="a root twice",
        ),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(file: bytes) -> None:
    with pytest.raises(BadTrust) as caught:
        Manifest.parse(file)
    assert caught.value.fix == "Fetch it again from /.well-known/labelsvc-trust.json."


def test_the_bounds_of_a_manifest_are_inside() -> None:
    file = bytes(FIRST)
    assert Manifest.parse(file.ljust(4 << 20)) == FIRST
    with pytest.raises(BadTrust):
        Manifest.parse(file.ljust((4 << 20) + 1))
    assert Manifest.parse(text(version=(1 << 53) - 1)).content.version == (1 << 53) - 1
    with pytest.raises(BadTrust):
        Manifest.parse(text(version=1 << 53))


def test_a_change_of_all_roots_has_room_for_the_signatures_of_both_sets() -> None:
    def signatures(count: int) -> bytes:
        entries = [{"root": f"{n:016x}", "signature": "ab" * 64} for n in range(count)]
        return json.dumps({"signed": CONTENT.to_text(), "signatures": entries}).encode()

    assert len(Manifest.parse(signatures(2 * MOST_ROOTS)).signatures) == 2 * MOST_ROOTS
    with pytest.raises(BadTrust):
        Manifest.parse(signatures(2 * MOST_ROOTS + 1))


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(BadTrust):
        Manifest.parse(data)


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
values = st.recursive(
    scalars,
    lambda v: st.one_of(
        st.lists(v, max_size=3), st.dictionaries(st.text(max_size=4), v, max_size=3)
    ),
)


@given(st.sampled_from(sorted(json.loads(CONTENT.to_text()))), values)
def test_any_value_in_any_field_is_read_or_refused(field: str, value: Any) -> None:
    try:
        found = Manifest.parse(text(**{field: value}))
    except BadTrust:
        return
    assert Content.from_text(found.content.to_text()) == found.content


def test_roots_are_named_by_the_hash_of_their_key() -> None:
    assert sorted(FIRST.signatures) == sorted(root_id(ROOTS[n]) for n in (0, 2))
    assert len(root_id(ROOTS[0])) == 16
