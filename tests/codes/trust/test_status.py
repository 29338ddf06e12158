"""Files of status lists and the head: what is believed of them, and what is not."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, Sign, StatusHead, StatusList
from labelsvc.errors import BadStatusList

HOST, SEED = "qr.example.vn", bytes(range(32))
NAME = f"{HOST}/status"
KEY = NoteKey(NAME, public_key(SEED))
STRANGER = NoteKey(NAME, public_key(bytes(32)))
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
FULL = StatusList(
    HOST, 5, Purpose.WITHDRAWN, 17, 0, AT, AT + timedelta(days=1), 128, {7: (3, 900), 9: WHOLE}
)
DELTA = replace(
    FULL, number=18, base=17, issued=AT + timedelta(hours=1), expires=AT + timedelta(days=2),
    listed={7: (4,)}, lots=130,
)  # fmt: skip
HEAD = StatusHead(
    HOST, AT, AT + timedelta(days=1),
    (HeadLine(5, Purpose.SOLD, 3, "ab" * 32), HeadLine(5, Purpose.WITHDRAWN, 17, "cd" * 32)),
)  # fmt: skip
signing: Sign = partial(sign, name=NAME, seed=SEED)


TOLD = replace(HEAD, manifest=3, states=((2, KeyState.FROZEN), (6, KeyState.NEXT)))


@pytest.mark.parametrize("head", [HEAD, TOLD, replace(TOLD, lines=(), states=(), manifest=0)])
def test_a_head_comes_back_from_its_file(head: StatusHead) -> None:
    assert StatusHead.read(head.write(signing), host=HOST, keys=[KEY]) == head
    assert [head.state(kid) for kid in (2, 5)] == [dict(head.states).get(2), None]


def test_a_list_comes_back_from_its_file() -> None:
    found = StatusList.read(FULL.write(signing), host=HOST, keys=[STRANGER, KEY])
    assert found == FULL
    assert [found.has(7, unit) for unit in (3, 4, 900)] == [True, False, True]
    assert (found.has(9, 1 << 23), found.has(8, 3)) == (True, False)
    assert (found.covers(127), found.covers(128)) == (True, False)


def test_a_delta_brings_a_list_up_to_date() -> None:
    newer = FULL.plus(StatusList.read(DELTA.write(signing), host=HOST, keys=[KEY]))
    assert newer == replace(
        FULL, number=18, issued=DELTA.issued, expires=DELTA.expires, lots=130,
        listed={7: (3, 4, 900), 9: WHOLE},
    )  # fmt: skip


@pytest.mark.parametrize(
    "delta",
    [
        pytest.param(replace(DELTA, base=16, number=17), id="made for the one before"),
        pytest.param(replace(DELTA, kid=6), id="another key"),
        pytest.param(replace(DELTA, purpose=Purpose.SOLD), id="another purpose"),
        pytest.param(replace(DELTA, host="qr.other.vn"), id="another host"),
        pytest.param(FULL, id="a full list"),
    ],
)
def test_a_delta_of_another_list_is_refused(delta: StatusList) -> None:
    with pytest.raises(BadStatusList):
        FULL.plus(delta)


def test_the_head_names_the_newest_lists() -> None:
    found = StatusHead.read(HEAD.write(signing), host=HOST, keys=[KEY])
    assert found == HEAD
    line = found.line(5, Purpose.WITHDRAWN)
    assert line is not None and line.number == 17
    assert found.line(6, Purpose.WITHDRAWN) is None


def test_an_older_head_is_refused_and_the_same_one_is_not() -> None:
    older = replace(HEAD, issued=AT - timedelta(seconds=1))
    with pytest.raises(BadStatusList, match="older") as caught:
        StatusHead.read(older.write(signing), host=HOST, keys=[KEY], held=HEAD)
    assert caught.value.fix == "Fetch it from the programme's site, not from a copy."
    assert StatusHead.read(HEAD.write(signing), host=HOST, keys=[KEY], held=HEAD) == HEAD


def signed(*lines: str) -> bytes:
    text = "\n".join(lines) + "\n"
    return text.encode() + b"\n" + signing(text).line.encode()


def _text(made: StatusList) -> str:
    """What is signed of a list, and after NUL its body."""
    return made.write(signing).partition(b"\n\n")[0].decode()


def _body(made: StatusList) -> bytes:
    return b"\0" + made.write(signing).partition(b"\0")[2]


MOMENTS = ("2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z")
EMPTY = "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5"  # SHA-256 of ten zeros


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(HEAD.write(signing), id="a head"),
        pytest.param(FULL.write(signing).partition(b"\0")[0], id="the note alone"),
        pytest.param(FULL.write(signing) + b"\0", id="a byte behind"),
        pytest.param(FULL.write(signing)[:-1], id="a byte less"),
        pytest.param(FULL.write(signing).replace(b"128 2", b"128 3"), id="a changed count"),
        pytest.param(b"x" * ((4 << 20) + 1), id="too large"),
        pytest.param(signed("labelsvc-status/1", HOST), id="a list of no lines"),
        pytest.param(signed("labelsvc-status/1"), id="a format and no more"),
        pytest.param(
            signed("labelsvc-status/2", *_text(FULL).splitlines()[1:]) + _body(FULL),
            id="another format",
        ),
        pytest.param(
            signed(*_text(FULL).replace("5 withdrawn", "5  withdrawn").splitlines()) + _body(FULL),
            id="two blanks between words",
        ),
        pytest.param(
            signed("labelsvc-status/1", HOST, "5 lost", "1 0", *MOMENTS, "1 0 0", EMPTY) + b"\0",
            id="another purpose",
        ),
        pytest.param(replace(FULL, number=19, base=17).write(signing), id="a delta over two"),
        pytest.param(replace(FULL, number=0).write(signing), id="number nought"),
        pytest.param(replace(FULL, kid=4096).write(signing), id="a key of 13 bits"),
        pytest.param(replace(FULL, lots=(1 << 24) + 1).write(signing), id="too many lots"),
    ],
)
def test_what_is_no_list_is_refused(file: bytes) -> None:
    with pytest.raises(BadStatusList) as caught:
        StatusList.read(file, host=HOST, keys=[KEY])
    assert "etch" in caught.value.fix  # from where to get a good one


def test_a_list_may_cover_every_lot_there_can_be() -> None:
    made = replace(FULL, lots=1 << 24)
    assert StatusList.read(made.write(signing), host=HOST, keys=[KEY]) == made


def test_moments_are_written_in_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = FULL.write(signing)
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        assert FULL.write(signing) == file
        assert StatusList.read(file, host=HOST, keys=[KEY]) == FULL
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(FULL.write(signing), id="a list"),
        pytest.param(signed("labelsvc-status-head/1", HOST, MOMENTS[0]), id="no end"),
        pytest.param(
            signed("labelsvc-status-head/1", HOST, "2026-11-24 02:00", MOMENTS[1]),
            id="a moment in another spelling",
        ),
        pytest.param(
            signed("labelsvc-status-head/1", HOST, *MOMENTS, "5 sold 03 " + "ab" * 32),
            id="a number in another spelling",
        ),
        pytest.param(
            signed("labelsvc-status-head/1", HOST, *MOMENTS, "5 sold 3 " + "AB" * 32),
            id="a hash in another spelling",
        ),
        pytest.param(
            signed("labelsvc-status-head/1", HOST, *MOMENTS, *["5 sold 3 " + "ab" * 32] * 2),
            id="a list twice",
        ),
        pytest.param(
            signed("labelsvc-status-head/1", HOST, *MOMENTS, "5 sold 0 " + "ab" * 32),
            id="list nought",
        ),
    ],
)
def test_what_is_no_head_is_refused(file: bytes) -> None:
    with pytest.raises(BadStatusList):
        StatusHead.read(file, host=HOST, keys=[KEY])


@pytest.mark.parametrize("made", [FULL, HEAD], ids=["list", "head"])
def test_another_host_or_signer_is_refused(made: StatusList | StatusHead) -> None:
    file = made.write(signing)
    with pytest.raises(BadStatusList, match=HOST):
        type(made).read(file, host="qr.other.vn", keys=[KEY])
    for keys in ([STRANGER], []):
        with pytest.raises(BadStatusList, match="not signed") as caught:
            type(made).read(file, host=HOST, keys=keys)
        assert caught.value.fix == "Update the trust manifest, then fetch the list again."


def test_of_a_long_host_the_refusal_names_a_hundred_characters() -> None:
    file = replace(FULL, host=150 * "a").write(signing)
    with pytest.raises(BadStatusList) as caught:
        StatusList.read(file, host=HOST, keys=[KEY])
    assert caught.value.params["host"] == 100 * "a"


@given(st.data())
def test_a_changed_byte_is_refused_or_changes_nothing_that_counts(data: st.DataObject) -> None:
    file = bytearray(FULL.write(signing))
    at = data.draw(st.integers(0, len(file) - 1))
    file[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadStatusList):
        StatusList.read(bytes(file), host=HOST, keys=[KEY])


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    for kind in (StatusList, StatusHead):
        with pytest.raises(BadStatusList):
            kind.read(data, host=HOST, keys=[KEY])
