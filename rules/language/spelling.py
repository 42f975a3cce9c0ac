"""One spelling for phrases and messages alike, so that a phrase is found however it, or what somebody wrote, is spelled.

Case, width, accents, apostrophes, invisible signs, letters of other alphabets that look Latin, letters and Chinese
characters drawn apart: all are undone on both sides. Names come out of their disguise ("wh@ts4pp"), and a long word with
one wrong, missing, extra or swapped letter is read as the phrase book's word, unless it is another word in common use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

CJK = "\u3400-\u9fff"  # between brackets of a regular expression: what is written without spaces
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z][\s.\-_*·/|]{1,3}){3,}[a-z](?![^\W_])")
_SPACED_CJK = re.compile(rf"(?<=[{CJK}])[\s.\-_*·]{{1,3}}(?=[{CJK}])")
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[@$][^\W_{CJK}]+)*|,")
_SIMPLE = re.compile("[a-z]{2,}(?: [a-z]{2,})*")  # in which there is nothing to undo; most of the data is
_ASKED = re.compile("(?<=能)不能|(?<=可)不可|(?<=是)不是|(?<=行)不行")  # "can you or can you not" denies nothing
_SIGNS = str.maketrans({
    **dict.fromkeys("’‘ʼʹ´`′‛＇", "'"), "，": ",", "、": ",", "：": " ", "（": " ", "）": " ",
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l",
})  # fmt: skip
# Letters of other alphabets that look like Latin ones, and figures and signs that stand for letters.
_ALIKE = str.maketrans("авекмнорстухіјѕԁαεικνορτυχ", "abekmhopctyxijsdaeiknoptux")
_LOOKS_LATIN = re.compile("[\u0370-\u052f]")
_LETTERS, _LATIN = re.compile(r"[^\W\d_]+"), re.compile("[a-z]")
_FIGURES = str.maketrans("0134578@$", "oieastbas")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# "l'usine", "d'Alibaba": the French article is a word of its own; "don't" and "boss's" stay one word.
_ELIDED = re.compile(r"(?<![^\W_])(?<!')((?:jus|lors|puis|quoi)?qu|[cdjlmnst])'(?=[aeiouyh])")
_DOUBLED = re.compile(r"(.)\1+")
_END = 3  # letters at either end of a long word; no one error changes both ends
_LONG = 8  # letters of a word in which one error is forgiven


def folded(text: str) -> str:
    """Small letters of one alphabet and one width, no accents, one kind of apostrophe, nothing invisible."""
    if text.isascii():
        return text.translate(_SIGNS).casefold()
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SIGNS)).casefold()
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    if not _LOOKS_LATIN.search(text):
        return text
    return _LETTERS.sub(lambda m: m[0].translate(_ALIKE) if _LATIN.search(m[0]) else m[0], text)


def words(text: str) -> list[str]:
    """The text's words and commas, folded; Latin letters beside Chinese characters are words of their own."""
    if _SIMPLE.fullmatch(text):
        return text.split()
    text = _ELIDED.sub(r"\1 ", folded(text)).replace("'", "")
    text = _SPACED.sub(lambda m: re.sub(r"[^a-z]", "", m[0]), text)
    return _WORD.findall(_ASKED.sub("", _SPACED_CJK.sub("", text)))


def ways(text: str) -> tuple[str, ...]:
    """The text, and with its French articles joined to their nouns, as those write who leave the apostrophe out."""
    return (text,) if _SIMPLE.fullmatch(text) else tuple(dict.fromkeys((text, _ELIDED.sub(r"\1", folded(text)))))


@dataclass(frozen=True, eq=False)
class Spelling:
    """The words that a phrase book knows: a name's disguises, and how its long words are mistaken.

    `names` maps what a disguise comes down to, to the name; `known` words are never taken for others; `alike` are the long
    ones by their length and how they begin or end: one error leaves either of these as it was.
    """

    names: Mapping[str, str]
    known: frozenset[str]
    alike: Mapping[tuple[str, int], tuple[str, ...]]

    def plain(self, text: str) -> str:
        """The text in plain words, a space between: names out of their disguise, long words without a typing error."""
        return " ".join(self.named(word) or self._meant(word) for word in words(text))

    def named(self, word: str) -> str:
        """The name that the word is, in disguise or not; "" where it is none."""
        return self.names.get(_bare(word), "")

    def _meant(self, word: str) -> str:
        """The one long word that this is, but for one letter; the word itself where there is none, or more than one."""
        if len(word) < _LONG - 1 or word in self.known:
            return word
        lengths = range(len(word) - 1, len(word) + 2)
        keys = (key for length in lengths for key in _ends(word, length))
        near = {meant for key in keys for meant in self.alike.get(key, ()) if _one_apart(word, meant)}
        return near.pop() if len(near) == 1 else word


def spelling(names: Mapping[str, Iterable[str]], known: Iterable[str], other: Iterable[str] = ()) -> Spelling:
    """The spelling of a phrase book: names with their disguises, its words, and `other` words that are not errors."""
    disguises = {_bare("".join(words(variant))): name for name, variants in names.items() for variant in variants}
    own = frozenset(word for text in set(known) for way in ways(text) for word in words(way))
    alike: dict[tuple[str, int], list[str]] = {}
    for word in own:
        if len(word) >= _LONG and word.isascii() and word.isalpha():
            for key in _ends(word, len(word)):
                alike.setdefault(key, []).append(word)
    others = frozenset(word for text in set(other) for word in words(text))
    return Spelling(disguises, own | others, {key: tuple(meant) for key, meant in alike.items()})


def _ends(word: str, length: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """What a word of that length is looked up by that begins, or ends, as this one does."""
    return (f"{word[:_END]}…", length), (f"…{word[-_END:]}", length)


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or extra, or two neighbours are swapped."""
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return len(other) - len(one) == 1 and one[at:] == other[at + 1 :]
    swapped = one[at : at + 2][::-1] == other[at : at + 2] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at + 1 :]


@lru_cache(20_000)  # the same words stand in many phrases, and in many messages
def _bare(word: str) -> str:
    """A word without doubled letters, figures read as the letters that they look like."""
    letters = word.translate(_FIGURES) if _LATIN.search(word) else word
    return _DOUBLED.sub(r"\1", letters)
