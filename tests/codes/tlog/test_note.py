"""Signed notes, checkpoints, witnesses and proofs: known ones, changed ones, and nonsense."""

from __future__ import annotations

import base64
import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.tlog.formats import checkpoint as cp
from labelsvc.codes.tlog.formats import merkle
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, Proof
from labelsvc.codes.tlog.formats.note import LARGEST_NOTE, Note, NoteKey, Signature, sign
from labelsvc.errors import BadLog

#: Of the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
OWN = bytes(range(32))
ROOT = merkle.leaf_hash(b"x")


def key(name: str = "qr.example.vn/log", seed: bytes = OWN) -> NoteKey:
    return NoteKey(name, public_key(seed))


def made(size: int = 7) -> Note:
    return Checkpoint("qr.example.vn/log", size, ROOT).sign(OWN)


def test_the_note_of_the_go_documentation() -> None:
    peter = NoteKey.parse(PETER)
    assert (peter.name, peter.text) == ("PeterNeumann", PETER)
    note = Note.parse(SIGNED)
    note.check(peter)
    assert note.text == TEXT
    assert bytes(Note(TEXT, (sign(TEXT, name="PeterNeumann", seed=SEED),))) == SIGNED


def test_the_key_ids_of_the_cosignature_example() -> None:
    """The example of C2SP tlog-cosignature: two lines, of the log and of a witness."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    lines = (
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    note = Note.parse(f"{text}\n{lines}".encode())
    log, witness = note.signatures
    assert Checkpoint.parse(note.text).size == 20852163
    assert len(log.raw) == 64 and len(witness.raw) == 72
    assert int.from_bytes(witness.raw[:8], "big") == 1679315147
    assert bytes(note).decode() == f"{text}\n{lines}"


@pytest.mark.parametrize("how", ["text", "signature", "name", "unsigned", "other"])
def test_a_note_that_is_not_signed_by_the_key_is_refused(how: str) -> None:
    note = made()
    if how == "text":
        note = Note(note.text.replace("\n7\n", "\n8\n"), note.signatures)
    elif how == "signature":
        raw = note.signatures[0].raw
        note = Note(note.text, (Signature(key().name, key().key_id, raw[:-1] + b"\0"),))
    elif how == "name":
        note = Note(note.text, (Signature("other", key().key_id, note.signatures[0].raw),))
    elif how == "unsigned":
        note = Note(note.text, ())
    else:
        note = Checkpoint("qr.example.vn/log", 7, ROOT).sign(os.urandom(32))
    with pytest.raises(BadLog):
        note.check(key())


def test_unknown_signatures_are_passed_over_and_a_wrong_known_one_is_not() -> None:
    note = made().with_line(Signature("someone", b"abcd", b"whatever"))
    note.check(key())
    wrong = Signature(key().name, key().key_id, bytes(64))
    with pytest.raises(BadLog):
        Note(note.text, (*note.signatures, wrong)).check(key())


def test_the_checkpoint_of_another_log_is_refused_even_with_our_signature() -> None:
    text = Checkpoint("other.example/log", 7, ROOT).text
    note = Note(text, (sign(text, name=key().name, seed=OWN),))
    with pytest.raises(BadLog, match="other"):
        cp.read(bytes(note), key())


def test_a_witness_says_when_it_saw_the_checkpoint() -> None:
    note, seed = made(), bytes(32 * [9])
    witness = cp.witness_key("witness.example.org/w1", seed)
    for at in (100, 200):
        note = note.with_line(cp.cosign(note, name=witness.name, seed=seed, at=at))
    assert cp.cosigned_at(note, witness) == 200
    assert len(note.signatures) == 2  # the newer line took the place of the older
    assert NoteKey.parse(witness.text) == witness
    cp.read(bytes(note), key())
    line = note.signatures[-1]
    late = Signature(line.name, line.key_id, (201).to_bytes(8, "big") + line.raw[8:])
    for other in (Note(made(8).text, note.signatures), note.with_line(late), made()):
        with pytest.raises(BadLog):
            cp.cosigned_at(other, witness)


def test_a_plain_signature_of_the_same_key_is_no_cosignature() -> None:
    note, seed = made(), bytes(32 * [9])
    witness = cp.witness_key("w", seed)
    plain = sign(note.text, name="w", seed=seed)
    lines = Signature("w", witness.key_id, bytes(8) + plain.raw)
    with pytest.raises(BadLog):
        cp.cosigned_at(note.with_line(lines), witness)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b", "a+00000000+", PETER[:-4], PETER.replace("c74f20a3", "c74f20a4"), PETER.replace("Peter", "Pete r"),
     "a+c74f20a3+" + base64.b64encode(b"\x01" + bytes(32)).decode(), "ñ" * 9, PETER + "="],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadLog):
        NoteKey.parse(text)


@pytest.mark.parametrize(
    "text",
    ["x\n0\n", "x\n01\n{r}\n", "x\n-1\n{r}\n", "x\n1\n{r}", "x\n1\n{r}\n\n", "\n1\n{r}\n", "x\n99999999999999999999\n{r}\n",
     "x\n1\nAAAA\n", "x\n9223372036854775808\n{r}\n", "x\n١\n{r}\n", "x\n1\n{r} \n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadLog):
        Checkpoint.parse(text.replace("{r}", base64.b64encode(ROOT).decode()))


def test_bounds_of_a_note() -> None:
    with pytest.raises(BadLog):
        Note.parse(b"a" * (LARGEST_NOTE + 1))
    line = made().signatures[0]
    with pytest.raises(BadLog):
        Note.parse(bytes(Note("a\n", (line,) * 65)))
    assert len(Note.parse(bytes(Note("a\n", (line,) * 16))).signatures) == 16


_LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n", min_codepoint=32), min_size=1)


@given(_LINE, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(_LINE, max_size=3))  # fmt: skip
def test_checkpoints_read_back(origin: str, size: int, root: bytes, more: list[str]) -> None:
    point = Checkpoint(origin, size, root, tuple(more))
    assert Checkpoint.parse(point.text) == point


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_proofs_read_back(index: int, hashes: list[bytes]) -> None:
    proof = Proof(index, tuple(hashes), made())
    assert Proof.parse(bytes(proof)) == proof


@given(st.one_of(st.binary(), st.text().map(str.encode), st.builds(
    lambda at, byte: (b := bytearray(bytes(made())), b.__setitem__(at % len(b), byte), bytes(b))[2],
    st.integers(0, 10**6), st.integers(0, 255))))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        note = Note.parse(data)
        assert bytes(note) == data
        Checkpoint.parse(note.text)
    except BadLog:
        pass
    head = b"c2sp.org/tlog-proof@v1\nindex 3\n\n"
    for text in (data, head + data, head[:-1] + data):
        with contextlib.suppress(BadLog):
            Proof.parse(text)
    with contextlib.suppress(BadLog):
        NoteKey.parse(data.decode("latin-1"))


def test_one_changed_bit_of_a_checkpoint_is_always_found() -> None:
    data = bytes(made())
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadLog):
            cp.read(bytes(changed), key())
