"""The search of a redacted pack: every byte of every file, decoded, as it is written, for anything that was taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.proving.decoded import DecodedText, readings_of
from collector.errors import PersonNeeded
from rules.pack.redact.everyday import everyday_words, words_in
from rules.pack.redact.redactor import KINDS, NAME, WORD, FoundSpan, Redactor

# Made by authorities and by the program: numbers, mails and places in them are theirs, or mean nothing.
_OF_OTHERS = re.compile(
    r"[^/]+/(?:data/proof/(?:certificates|checkpoints)/.*|.*\.(?:tsr|p7s)|data/verify\.py|data/VERIFY\.md)"
)
# Of what was kept only that is shown in which nothing was found: there every hit counts, whatever word it is.
_KEPT = re.compile(r"[^/]+/data/(?:exhibits/[AB]\d+-[^/]+/(?!copy-\d|facts\.json)|archive\.wacz|proof/entries\.jsonl)")


def is_kept(path: str) -> bool:
    """Whether a file of the pack is an original, or holds what was kept as it was."""
    return bool(_KEPT.match(path))


def search_for_redacted(redactor: Redactor, path: str, data: bytes) -> None:
    """Looks at one file, by its path in the zip. Raises PersonNeeded where anything that was taken out stands in it, in its
    name, or in what is packed in it.
    """
    for reading in _readings(path, data):
        for hit in redactor.hits(reading.text, by_form=reading.legible and not _OF_OTHERS.fullmatch(path)):
            if is_kept(path) or not _is_of_the_pack(hit):
                raise PersonNeeded(
                    f"No pack was written: a {KINDS[hit.kind][0]} that is to be taken out would still stand in "
                    f"{path.partition('/')[2]}.",
                    "Leave that page or file out with --exclude.",
                )


def _readings(path: str, data: bytes) -> Iterator[DecodedText]:
    yield DecodedText(path)
    yield from readings_of(data)


def _is_of_the_pack(hit: FoundSpan) -> bool:
    """Whether it is but a word in which every pack is written."""
    return hit.kind in (NAME, WORD) and words_in(hit.value) <= everyday_words()
