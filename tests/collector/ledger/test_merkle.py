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

# Audit paths (leaf, size) and consistency proofs (first, second) over the same leaves, from the same tests.
_N = {
    "01": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "0": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "23": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "45": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "67": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "4567": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "0123": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
}
INCLUSION = {
    (0, 8): ["1", "23", "4567"],
    (5, 8): ["4", "67", "0123"],
    (2, 3): ["01"],
    (1, 5): ["0", "23", "4"],
    (0, 1): [],
}
CONSISTENCY = {
    (1, 8): ["1", "23", "4567"],
    (6, 8): ["45", "67", "0123"],
    (2, 5): ["23", "4"],
    (1, 1): [],
}


def published(count: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:count]]


@pytest.mark.parametrize(("leaf", "size"), INCLUSION)
def test_an_audit_path_is_the_published_one(leaf: int, size: int) -> None:
    assert [step.hex() for step in merkle.Tree.of(published(size)).inclusion_proof(leaf)] == [
        _N[name] for name in INCLUSION[leaf, size]
    ]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_a_consistency_proof_is_the_published_one(first: int, second: int) -> None:
    path = [bytes.fromhex(_N[name]) for name in CONSISTENCY[first, second]]
    assert merkle.Tree.of(published(second)).consistency_proof(first) == path
    assert merkle.is_consistent(first, bytes.fromhex(ROOTS[first]), second, bytes.fromhex(ROOTS[second]), path)


@given(st.integers(0, 80))
def test_all_earlier_roots_are_found_in_one_pass(size: int) -> None:
    tree = leaves(size)
    assert merkle.roots_at(tree, range(size + 5)) == {n: merkle.root(tree[:n]) for n in range(size + 1)}


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_each_size_is_the_published_one(size: int) -> None:
    assert merkle.root(published(size)).hex() == ROOTS[size]


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_leaf_is_proven_by_its_own_path_and_no_other_position(pair: tuple[int, int]) -> None:
    size, index = pair
    tree = leaves(size)
    path = merkle.Tree.of(tree).inclusion_proof(index)
    assert merkle.root_from_inclusion(tree[index], index, size, path) == merkle.root(tree)
    for other in range(size):
        if other != index:
            assert merkle.root_from_inclusion(tree[index], other, size, path) != merkle.root(tree)


@given(st.integers(1, 60), st.integers(0, 59), st.integers(0, 31))
def test_a_changed_path_proves_nothing(size: int, index: int, bit: int) -> None:
    index %= size
    tree = leaves(size)
    for place, sibling in enumerate(path := merkle.Tree.of(tree).inclusion_proof(index)):
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
    proof = merkle.Tree.of(tree).consistency_proof(first)
    assert merkle.is_consistent(first, old, second, new, proof)
    assert not merkle.is_consistent(first, b"\1" * 32, second, new, proof)
    assert not merkle.is_consistent(first, old, second, b"\1" * 32, proof)


def test_a_leaf_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(IndexError):
        merkle.Tree.of(leaves(3)).inclusion_proof(3)
    assert merkle.root_from_inclusion(leaves(1)[0], 1, 1, []) is None
