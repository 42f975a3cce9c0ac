"""What is hashed while it goes on is hashed whole and in order."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

from rules.pack.bag.beside import taken_beside


def test_small_and_large_pieces_are_all_taken_in_their_order() -> None:
    pieces = [bytes([number]) * size for number, size in enumerate((1, 1 << 20, 0, 70_000, 3, 1 << 20))]
    digest = hashlib.sha256()
    with ThreadPoolExecutor(1) as core:
        given = list(taken_beside(core, digest.update, pieces))
    assert given == pieces
    assert digest.digest() == hashlib.sha256(b"".join(pieces)).digest()
