"""What a message reads like, learned from labelled messages: beside the phrases, for what is said in no word foreseen.

A message's words, pairs of words and pieces of words each have a weight for each flag and for "nothing". The weights are
summed, those of its words and those of its pieces each over the root of their number, and the sums made shares of one
(softmax): by how much the message reads like each. A message is looked at sentence by sentence and, where it is short,
as a whole; the highest share counts. Numbers alone decide, the same on every machine; nothing is read but the installed
weights, and the work grows with the length of the text.

A file of weights (rules/policies/likeness_LANGUAGE.weights, written by scripts/learn.py) is zlib's, of: a line of JSON
(`WeightsHead`), with a table for each speaker; then for each table in that order its features, a line each, and for each
feature a row of bytes, one for each class: the weight in steps, and 128. Class 0 is "nothing", the others are the table's
flags. Features begin with "w" (a word, or two that follow one another) or "c" (a piece of three to five letters of a word,
its ends blanks, or of one to four Chinese characters).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt

from collector.canonical import Misfit, made
from rules.language.written import HAS_CJK
from rules.policy.schema import installed_bytes, wrong

_FIGURES = re.compile(r"\d+")
_LETTERS = (3, 5)  # of a piece of a word
_CHARACTERS = (1, 4)  # of a piece of Chinese
_LONGEST_WORD = 40  # letters; what is longer is no word and has no pieces
WHOLE = 600  # signs up to which a message is looked at as a whole, too
ZERO = 128  # the byte of a weight of nothing
_LANE = 3  # bytes for a sum of such bytes
MOST_FEATURES = 2 ** (8 * _LANE) // 256  # that can be added without flowing over
_TELLING = 3  # words named as those that weighed most


@dataclass(frozen=True, slots=True)
class FlagTable:
    """One speaker's flags, as the file says it: `lean` is where each class begins, `step` what a weight of one is worth.

    `raised` is the share from which each flag is raised, `cleared` that below which a phrase's hit of it is not believed.
    `features` is how many of them follow.
    """

    who: str
    flags: tuple[str, ...]
    lean: tuple[float, ...]
    step: float
    raised: tuple[float, ...]
    cleared: tuple[float, ...]
    features: int


@dataclass(frozen=True, slots=True)
class WeightsHead:
    """What a file of weights begins with. `tried`: for each kind of flag how many were raised rightly, wrongly and not at
    all, by phrases and likeness together, in messages of which none of both had seen one."""

    language: str
    tried: Mapping[str, tuple[int, int, int]]
    tables: tuple[FlagTable, ...]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """By how much (0 to 1) a message reads like a flag, the share from which it is raised, that below which a phrase's hit
    is not believed, and the sentence that reads most like it, as written and in plain words."""

    flag: str
    share: float
    raised_from: float
    cleared_below: float
    sentence: str
    plain: str


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learned of one speaker in one language: the row of each feature, and all rows, each weight and `ZERO`.

    `spread`: the same with room to add up many of them as one number, `_LANE` bytes for each weight.
    """

    table: FlagTable
    features: Mapping[str, int]
    rows: bytes
    spread: bytes

    @classmethod
    def of(cls, table: FlagTable, features: Mapping[str, int], rows: bytes) -> Weights:
        """Ready to be used."""
        spread = bytearray(len(rows) * _LANE)
        spread[::_LANE] = rows
        return cls(table, features, rows, bytes(spread))

    def shares(self, plain: str) -> tuple[float, ...]:
        """By how much these plain words read like nothing, and like each flag; together 1."""
        sums = self.table.lean
        for block in grams(plain):
            known = [n for gram in set(block) if (n := self.features.get(gram)) is not None]
            if known:
                part = self.table.step / sqrt(len(known))
                sums = tuple(one + part * step for one, step in zip(sums, self._added(known), strict=True))
        most = max(sums)
        raised = [exp(one - most) for one in sums]
        total = sum(raised)
        return tuple(one / total for one in raised)

    def _added(self, known: list[int]) -> Iterator[int]:
        """The sum of these rows. Each is one number, so that Python adds a row at a time; no lane can flow over."""
        width = (len(self.table.flags) + 1) * _LANE
        number = sum(int.from_bytes(self.spread[n * width : (n + 1) * width], "little") for n in known)
        added = number.to_bytes(width, "little")
        return (int.from_bytes(added[at : at + _LANE], "little") - ZERO * len(known) for at in range(0, width, _LANE))

    def telling(self, plain: str, flag: str, without: Container[str] = ()) -> str:
        """The words that speak most for the flag rather than for nothing, in their order, " … " between those apart.

        A word counts with its pieces, a piece of Chinese as it is; `without` are words that tell nobody anything.
        """
        number = self.table.flags.index(flag) + 1
        whole, pieces = (set(block) for block in grams(plain))
        parts = {
            block: 1 / sqrt(max(1, sum(gram in self.features for gram in block)))
            for block in map(frozenset, (whole, pieces))
        }
        speaks = {
            gram: part * self._speaks(gram, number)
            for block, part in parts.items()
            for gram in block
            if gram in self.features
        }
        worth: dict[str, float] = {}
        for word in dict.fromkeys(plain.split(" ")):
            if HAS_CJK.match(word):
                worth.update({one[1:]: speaks.get(one, 0.0) for one in _pieces(word, 2, _CHARACTERS[1])})
            elif len(word) > 1 and word not in without and not _FIGURES.search(word):
                own = (f"w{word}", *_pieces(f" {word} ", *_LETTERS))
                worth[word] = sum(speaks.get(one, 0.0) for one in own)
        chosen: list[str] = []
        for word in sorted(worth, key=lambda word: (-worth[word], word)):
            if len(chosen) < _TELLING and worth[word] > 0 and not any(word in one or one in word for one in chosen):
                chosen.append(word)
        return " … ".join(sorted(chosen, key=plain.find))

    def _speaks(self, gram: str, flag: int) -> int:
        start = self.features[gram] * (len(self.table.flags) + 1)
        return self.rows[start + flag] - self.rows[start]


def grams(plain: str) -> tuple[list[str], list[str]]:
    """The features of plain words (`Spelling.plain`): words and pairs of them, and pieces. Figures are alike."""
    words = [word for word in _FIGURES.sub("#", plain).split(" ") if word and word != ","]
    whole, pieces = list[str](), list[str]()
    before = ""
    for word in words:
        if HAS_CJK.match(word):
            pieces.extend(_pieces(word, *_CHARACTERS))
            before = ""
            continue
        whole.append(f"w{word}")
        if before:
            whole.append(f"w{before} {word}")
        if len(word) <= _LONGEST_WORD:
            pieces.extend(_pieces(f" {word} ", *_LETTERS))
        before = word
    return whole, pieces


def _pieces(word: str, least: int, most: int) -> Iterator[str]:
    for length in range(least, most + 1):
        for at in range(len(word) - length + 1):
            yield f"c{word[at : at + length]}"


def resemblances(weights: Weights, sentences: Iterable[tuple[str, str]]) -> tuple[Resemblance, ...]:
    """How much a message reads like each flag; `sentences` are its own, as written and in plain words."""
    told = list(dict.fromkeys(sentences))
    shares = [weights.shares(plain) for _, plain in told]
    whole = " ".join(plain for _, plain in told)
    together = [weights.shares(whole)] if len(told) > 1 and len(whole) <= WHOLE else []
    table, found = weights.table, list[Resemblance]()
    for n, (flag, raised, cleared) in enumerate(zip(table.flags, table.raised, table.cleared, strict=True), 1):
        share, at = max(((one[n], -at) for at, one in enumerate(shares)), default=(0.0, 0))
        share = max(share, *(one[n] for one in together), 0.0)
        written, plain = told[-at] if told else ("", "")
        found.append(Resemblance(flag, share, raised, cleared, written, plain))
    return tuple(found)


def likest(found: Iterable[Resemblance], kinds: Mapping[str, str]) -> frozenset[str]:
    """Of each kind of flag the one that the message reads most like: those nearby share what speaks for one of them."""
    best: dict[str, Resemblance] = {}
    for one in found:
        kind = kinds[one.flag]
        if kind not in best or one.share > best[kind].share:
            best[kind] = one
    return frozenset(one.flag for one in best.values())


@lru_cache
def load_weights(language: str) -> Mapping[str, Weights]:
    """The installed weights of a language by speaker. Raises WrongRequest where the file is not one of them."""
    return read_weights(installed_bytes(f"likeness_{language}", "weights"), f"likeness_{language}")


def read_head(content: bytes, name: str) -> tuple[WeightsHead, bytes]:
    """What such a file begins with, and the rest. Raises WrongRequest, with the place, where it is none."""
    try:
        line, _, rest = zlib.decompress(content).partition(b"\n")
        return made(WeightsHead, json.loads(line), closed=True), rest
    except (zlib.error, ValueError, Misfit) as error:
        raise wrong(name, str(error)) from error


def read_weights(content: bytes, name: str) -> Mapping[str, Weights]:
    """The tables of a file of weights by their speaker. Raises WrongRequest, with the place, for what is not one."""
    head, rest = read_head(content, name)
    tables: dict[str, Weights] = {}
    for table in head.tables:
        *lines, rest = rest.split(b"\n", table.features)
        own = len(table.flags) + 1
        rows, rest = rest[: table.features * own], rest[table.features * own :]
        if {len(table.lean), len(table.raised) + 1, len(table.cleared) + 1} != {own}:
            raise wrong(f"{name}.{table.who}", "each flag has a lean and two shares")
        if len(lines) != table.features or len(rows) != table.features * own or table.features > MOST_FEATURES:
            raise wrong(f"{name}.{table.who}", "the weights do not go with the features")
        features = {line.decode(): n for n, line in enumerate(lines)}
        tables[table.who] = Weights.of(table, features, rows)
    return tables
