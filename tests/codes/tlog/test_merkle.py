"""Roots and proofs against RFC 6962, read literally and slowly."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.tlog.formats import merkle
from labelsvc.errors import BadLog

#: Leaves and roots of the test data of Certificate Transparency.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243",
          "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 300
HASHES = [merkle.leaf_hash(b"%d" % number) for number in range(MOST)]
NODE = lru_cache(None)(merkle.nodes_of(HASHES))


def naive(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it stands there, over the bytes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:middle]) + naive(leaves[middle:])).digest()


def roots() -> list[bytes]:
    return [merkle.root(size, NODE) for size in range(MOST + 1)]


ALL_ROOTS = roots()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_certificate_transparency(size: int) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    assert merkle.root(size, merkle.nodes_of(hashes)).hex() == ROOTS[size]
    assert naive(LEAVES[:size]).hex() == ROOTS[size]


def test_the_roots_of_every_size_are_those_of_the_rfc_read_literally() -> None:
    leaves = [b"%d" % number for number in range(MOST)]
    assert [naive(leaves[:size]) for size in range(0, MOST + 1, 7)] == ALL_ROOTS[::7]


def test_a_root_that_grows_leaf_by_leaf_is_the_root_of_every_size() -> None:
    tree = merkle.GrowingRoot()
    for size in range(MOST + 1):
        assert tree.root() == ALL_ROOTS[size]
        if size < MOST:
            tree.add(HASHES[size])


def test_every_leaf_of_every_size_has_a_proof_that_holds_for_it_alone() -> None:
    for size in range(1, MOST + 1):
        root = ALL_ROOTS[size]
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, NODE)
            merkle.check_inclusion(HASHES[index], index, size, root, proof)
            if index % 17 == 0:
                for other in {index ^ 1, index + 1, size - 1} - {index}:
                    with pytest.raises(BadLog):
                        merkle.check_inclusion(HASHES[index], other, size, root, proof)


@given(st.data())
def test_a_proof_with_one_thing_changed_holds_no_more(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, NODE)
    how = data.draw(st.sampled_from(["hash", "less", "more", "leaf", "root"]))
    leaf, root = HASHES[index], ALL_ROOTS[size]
    if how == "hash":
        at = data.draw(st.integers(0, len(proof) - 1))
        proof[at] = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    elif how == "less":
        proof.pop(data.draw(st.integers(0, len(proof) - 1)))
    elif how == "more":
        proof.insert(data.draw(st.integers(0, len(proof))), HASHES[0])
    elif how == "leaf":
        leaf = HASHES[index - 1]
    else:
        root = ALL_ROOTS[size - 1]
    with pytest.raises(BadLog):
        merkle.check_inclusion(leaf, index, size, root, proof)


@given(
    st.integers(-2, 2**64), st.integers(-2, 2**64), st.lists(st.binary(max_size=40), max_size=70)
)  # fmt: skip
def test_nonsense_is_refused_with_our_error(one: int, two: int, proof: list[bytes]) -> None:
    with pytest.raises(BadLog):
        merkle.check_inclusion(HASHES[0], one, two, HASHES[1], proof)


@pytest.mark.parametrize("index, size", [(-1, 3), (3, 3), (0, 0)])
def test_leaves_that_are_not_there_have_no_proof(index: int, size: int) -> None:
    with pytest.raises(BadLog):
        merkle.inclusion_proof(index, size, NODE)
