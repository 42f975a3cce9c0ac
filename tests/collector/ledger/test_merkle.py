"""Merkle roots and proofs against the vectors published for RFC 6962, and against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ledger import merkle

# The leaves and roots of the reference implementation's own tests (Certificate Transparency).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
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


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_each_size_is_the_published_one(size: int) -> None:
    hashed = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert merkle.root(hashed).hex() == ROOTS[size]


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_leaf_is_proven_by_its_own_path_and_no_other_position(pair: tuple[int, int]) -> None:
    size, index = pair
    tree = leaves(size)
    path = merkle.inclusion_proof(tree, index)
    assert merkle.root_from_inclusion(tree[index], index, size, path) == merkle.root(tree)
    for other in range(size):
        if other != index:
            assert merkle.root_from_inclusion(tree[index], other, size, path) != merkle.root(tree)


@given(st.integers(1, 60), st.integers(0, 59), st.integers(0, 31))
def test_a_changed_path_proves_nothing(size: int, index: int, bit: int) -> None:
    index %= size
    tree = leaves(size)
    for place, sibling in enumerate(path := merkle.inclusion_proof(tree, index)):
        changed = bytearray(sibling)
        changed[bit] ^= 1
        forged = [*path[:place], bytes(changed), *path[place + 1 :]]
        assert merkle.root_from_inclusion(tree[index], index, size, forged) != merkle.root(tree)
    assert merkle.root_from_inclusion(tree[index], index, size, [*path, b"\0" * 32]) is None


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_grown_tree_is_consistent_with_what_it_was_and_with_nothing_else(first: int, second: int) -> None:
    first, second = sorted((first, second))
    tree = leaves(second)
    old, new = merkle.root(tree[:first]), merkle.root(tree)
    proof = merkle.consistency_proof(tree, first)
    assert merkle.is_consistent(first, old, second, new, proof)
    assert not merkle.is_consistent(first, b"\1" * 32, second, new, proof)
    assert not merkle.is_consistent(first, old, second, b"\1" * 32, proof)


def test_a_leaf_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(leaves(3), 3)
    assert merkle.root_from_inclusion(leaves(1)[0], 1, 1, []) is None
