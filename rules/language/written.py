"""How a phrase is written, and what it is made of: parts, slots, and the terms that may stand in a slot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from rules.language.spelling import CJK, ways, words

Span = tuple[int, int]

HAS_CJK = re.compile(f"[{CJK}]")
_CHOICE = re.compile(r"\(([^()]*)\)(\??)")
_PART = re.compile(r"(?:^|(?<=\s))([+&-])\s+")
_NOTATION = re.compile(r"\{\w+\}|\.\.\.|[()|?]")
_HAS_WORD = re.compile(r"\w")
_PLAIN = re.compile(rf"(?:[a-z]{{2,}}\*?|#)(?: (?:[a-z]{{2,}}\*?|#))*|(?:(?!不)[{CJK}])+")
_FIGURE = "#"
_STEM_KEY = 3  # letters by which a word that goes on is looked up


class PhraseTerm(NamedTuple):
    """Words in a row, in plain spelling: `stem*` any word that begins so, `#` any figure."""

    text: str

    def key(self) -> str:
        """What a sentence looks the term up by: its first word or two, how the first begins, two Chinese characters."""
        first, _, rest = self.text.partition(" ")
        if HAS_CJK.match(first):
            return first[:2]
        if first.endswith("*"):
            return first[:-1][:_STEM_KEY] + "*"
        second = rest.partition(" ")[0]
        plain = second and _FIGURE not in (first, second) and not second.endswith("*") and not HAS_CJK.match(second)
        return f"{first} {second}" if plain else first

    def pattern(self) -> re.Pattern[str] | None:
        """What finds it where its words alone do not."""
        return _pattern(self.text) if self.varies else None

    @property
    def varies(self) -> bool:
        """Whether one of its words is a stem or a figure."""
        return "*" in self.text or _FIGURE in self.text

    def specimen(self) -> str:
        """Words that are the term."""
        return self.text.replace("*", "").replace(_FIGURE, "3")


@lru_cache(None)
def _pattern(text: str) -> re.Pattern[str]:
    ends = "" if HAS_CJK.match(text[-1]) else "(?![^ ,])"
    return re.compile(" ".join(map(_word_pattern, text.split(" "))) + ends)


def _word_pattern(word: str) -> str:
    return r"\d[^ ,]*" if word == _FIGURE else re.escape(word[:-1]) + "[^ ,]*" if word.endswith("*") else re.escape(word)


def looked_up(word: str, following: str) -> Iterator[str]:
    """The keys of the terms that may begin with this word, before that one."""
    yield word
    if following:
        yield f"{word} {following}"
    yield word[: _STEM_KEY - 1] + "*"
    yield word[:_STEM_KEY] + "*"
    if word[0].isdigit():
        yield _FIGURE


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Terms that stand for one another; told apart by identity, so that a sentence looks each up once."""

    any: tuple[PhraseTerm, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a phrase: any of these terms, after a gap or not; it may be missing."""

    terms: Terms
    gap: bool
    optional: bool


Row = tuple[Slot, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPhrase:
    """A phrase compiled: `rows` stand in one sentence, `near` in it or one beside it, `absent` nowhere in it."""

    written: str
    rows: tuple[Row, ...]
    near: tuple[Row, ...]
    absent: tuple[Row, ...]
    needed: frozenset[Terms]

    def specimens(self) -> Iterator[str]:
        """Texts that say the phrase and nothing else: with each list's first word, then its second, and so on."""
        slots = [slot for row in (*self.rows, *self.near) for slot in row]
        for n in range(max(len(slot.terms.any) for slot in slots)):
            yield " ".join(slot.terms.any[n % len(slot.terms.any)].specimen() for slot in slots)


def parts(phrase: str) -> Iterator[tuple[str, str]]:
    """The parts of a phrase, each with the sign before it: "+", "&" or "-"."""
    split = _PART.split(f"+ {phrase}")[1:]
    return zip(split[::2], map(str.strip, split[1::2]), strict=True)


def pieces(part: str) -> Iterator[str]:
    """The words, lists, choices and gaps of a part."""
    depth = begin = 0
    for at, sign in enumerate(f"{part} "):
        depth += (sign == "(") - (sign == ")")
        if sign == " " and not depth:
            if piece := part[begin:at]:
                yield piece
            begin = at + 1


@lru_cache(20_000)
def choices(piece: str) -> tuple[str, ...]:
    """Each text that a piece stands for: `(my|our (own)?) bank` is three."""
    if piece.startswith("(") and piece.endswith(")") and "(" not in piece[1:]:
        return tuple(dict.fromkeys(" ".join(one.split()) for one in piece[1:-1].split("|")))
    inner = _CHOICE.search(piece)
    if not inner:
        return (" ".join(piece.split()),)
    chosen = (*inner[1].split("|"), *([""] if inner[2] else []))
    texts = (f"{piece[: inner.start()]}{one}{piece[inner.end() :]}" for one in chosen)
    return tuple(dict.fromkeys(chain.from_iterable(map(choices, texts))))


def bare_words(text: str) -> Iterator[str]:
    """The words and stems of a phrase or of a term, without lists, gaps and signs."""
    return (word for word in _NOTATION.sub(" ", text).split() if _HAS_WORD.search(word))


def one_of(found: Iterable[PhraseTerm]) -> Terms:
    return Terms(tuple(dict.fromkeys(found)))


def needed_of(rows: Iterable[Row]) -> frozenset[Terms]:
    """What must stand in a sentence for these rows to stand there."""
    return frozenset(slot.terms for row in rows for slot in row if not slot.optional)


def plain_terms(text: str, named: Callable[[str], str]) -> tuple[PhraseTerm, ...]:
    """The text's own words as terms, in a second way without the apostrophe of a French article where it has one.

    `named` gives the name that a word is in disguise, "" for none.
    """
    text = text.replace("_", " ")
    if _PLAIN.fullmatch(text):  # most of the data: nothing in it is to be undone
        return tuple(
            PhraseTerm(one) for one in dict.fromkeys((text, " ".join(named(word) or word for word in text.split())))
        )
    found: list[str] = []
    for way in ways(text):
        simple = "*" not in way and _FIGURE not in way
        spelled = words(way) if simple else list(chain.from_iterable(map(_spelled, way.split())))
        found += [" ".join(spelled), " ".join(named(word) or word for word in spelled)]
    return tuple(PhraseTerm(one) for one in dict.fromkeys(found) if one)


def _spelled(piece: str) -> list[str]:
    if piece == _FIGURE:
        return [piece]
    spelled = words(piece.rstrip("*"))
    return [*spelled[:-1], spelled[-1] + "*"] if spelled and piece.endswith("*") else spelled
