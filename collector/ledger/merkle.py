"""Merkle tree hashes and proofs exactly as RFC 6962 section 2.1 defines them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than size (size ≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree's root from its leaf hashes; of no leaves, SHA-256 of nothing."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.push(leaf)
    return frontier.root


def roots_at(leaves: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The root of the first n leaves for every n of `sizes`, in one pass; sizes beyond the leaves are left out."""
    wanted, frontier = set(sizes), Frontier()
    found = {0: frontier.root} if 0 in wanted else {}
    for leaf in leaves:
        frontier.push(leaf)
        if frontier.size in wanted:
            found[frontier.size] = frontier.root
    return found


class Frontier:
    """A tree's right edge: its complete subtrees, largest first. All that is needed to add leaves and know the root."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)  # one for each bit that is set in `size`, the highest first

    def push(self, leaf: bytes) -> list[bytes]:
        """Adds a leaf. Gives the subtrees that it completed, from height 0 (the leaf itself) upwards."""
        made, number = [leaf], self.size
        while number & 1:
            made.append(node_hash(self.hashes.pop(), made[-1]))
            number >>= 1
        self.hashes.append(made[-1])
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The root of the tree so far; of no leaves, SHA-256 of nothing."""
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node_hash(left, value)
        return value


class Tree:
    """The tree of `size` leaves: its root and many proofs of it, each inner node hashed once.

    `subtree` gives the hash of a complete subtree by its height and its number from the left (height 0: a leaf hash).
    """

    def __init__(self, size: int, subtree: Callable[[int, int], bytes]) -> None:
        self.size = size
        self._subtree = cache(subtree)  # proofs of one tree share most of their steps, and each may be a look-up on disk
        self._nodes: dict[tuple[int, int], bytes] = {}

    @classmethod
    def of(cls, leaves: Sequence[bytes]) -> Tree:
        """The tree over leaf hashes that are all at hand."""

        def subtree(height: int, number: int) -> bytes:
            if height == 0:
                return leaves[number]
            return node_hash(tree._subtree(height - 1, 2 * number), tree._subtree(height - 1, 2 * number + 1))

        tree = cls(len(leaves), subtree)
        return tree

    @property
    def frontier(self) -> Frontier:
        """The tree's right edge."""
        hashes, low = [], 0
        for height in range(self.size.bit_length() - 1, -1, -1):
            if self.size >> height & 1:
                hashes.append(self._subtree(height, low >> height))
                low += 1 << height
        return Frontier(self.size, hashes)

    def _node(self, low: int, high: int) -> bytes:
        width = high - low
        if width & (width - 1) == 0:  # such a range begins at a multiple of its width in every tree of RFC 6962
            height = width.bit_length() - 1
            return self._subtree(height, low >> height)
        if (low, high) not in self._nodes:
            middle = low + _split(width)
            self._nodes[low, high] = node_hash(self._node(low, middle), self._node(middle, high))
        return self._nodes[low, high]

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The audit path of leaf `index` in the tree of all leaves (RFC 6962, 2.1.1). IndexError when out of range."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        path: list[bytes] = []
        low, high = 0, self.size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._node(middle, high))
                high = middle
            else:
                path.append(self._node(low, middle))
                low = middle
        path.reverse()
        return path

    def consistency_proof(self, first: int) -> list[bytes]:
        """Proof that the tree of the first `first` leaves is a prefix of the tree of all (RFC 6962, 2.1.2)."""
        if not 0 < first <= self.size:
            raise IndexError(first)

        def proof(wanted: int, low: int, high: int, whole: bool) -> list[bytes]:
            if wanted == high - low:
                return [] if whole else [self._node(low, high)]
            middle = _split(high - low)
            if wanted <= middle:
                return [*proof(wanted, low, low + middle, whole), self._node(low + middle, high)]
            return [*proof(wanted - middle, low + middle, high, False), self._node(low, low + middle)]

        return proof(first, 0, self.size, True)


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to (RFC 9162, 2.1.3.2), or None when the path does not fit index and size."""
    if not 0 <= index < size:
        return None
    position, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        position >>= 1
        last >>= 1
    return value if last == 0 else None


def is_consistent(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the first tree is a prefix of the second (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root
