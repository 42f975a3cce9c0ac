"""Phrases as data against what people write: English and Chinese, with the spelling and spacing tricks undone first.

A phrase is a row of words. `{pay}` is a list of words of that name, `delay*` any word that begins so, `the?` a word that may
be missing, `...` up to six words (or twelve Chinese characters) in between. A phrase never reaches over the end of a
sentence, and does not count where a word such as "never" stands close before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rules.schema import from_toml, installed, wrong

KINDS = ("red_flag", "own_words", "admission", "answer")
SPEAKERS = ("supplier", "buyer")

_CJK = "\u3400-\u9fff"
_SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=\w\w[.!?;])(?<!\b[Nn][Oo]\.)(?=\s)|(?<=[!?])(?=\s)")
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z][\s.\-_*·/|]{1,3}){3,}[a-z](?![^\W_])")
_SPACED_CJK = re.compile(rf"(?<=[{_CJK}])[\s.\-_*·]{{1,3}}(?=[{_CJK}])")
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+|,")
_ASKED = re.compile("(?<=能)不能|(?<=可)不可|(?<=是)不是|(?<=行)不行")  # "can you or can you not" denies nothing
_SIGNS = str.maketrans({"’": "'", "‘": "'", "，": ",", "、": ",", "：": " ", "（": " ", "）": " "})
# Letters of other alphabets that look like Latin ones, and figures and signs that stand for letters.
_ALIKE = str.maketrans("авекмнорстухіјѕԁαεικνορτυχ", "abekmhopctyxijsdaeiknoptux")
_FIGURES = str.maketrans("0134578@$", "oieastbas")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_GAP = 6
_GAP_CJK = 12


@dataclass(frozen=True, slots=True)
class WordList:
    """Words that stand for one another in a phrase, as `{id}`. `name`: also found in disguise ("wh@tsapp")."""

    id: str
    any: tuple[str, ...]
    name: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """What a message can show: its phrases, who must have written it, and what to do about it.

    `kind`: red_flag, own_words (the buyer's, that hurt), admission (the supplier's) or answer (the buyer's, that helps).
    `patterns` are regular expressions over the text as written; `unless` phrases in the same sentence take a hit away.
    `reason`: the reason of a dispute for which an admission is evidence.
    """

    id: str
    kind: str
    label: str
    by: tuple[str, ...]
    phrases: tuple[str, ...]
    todo: str = ""
    unless: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All word lists and flags; `negations` take away what follows them closely."""

    negations: tuple[str, ...]
    words: tuple[WordList, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A flag and the sentence, as it was written, that raised it."""

    flag: Flag
    sentence: str


@dataclass(frozen=True)
class Matcher:
    """A phrase book made ready to be used on text."""

    book: PhraseBook
    _negated: re.Pattern[str] = field(repr=False)
    _names: Mapping[str, str] = field(repr=False)
    _flags: tuple[tuple[Flag, re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None], ...] = field(
        repr=False
    )

    def hits(self, text: str, speaker: str = "") -> list[Hit]:
        """The flags that a message raises, each once with its first sentence; `speaker` "" is anybody."""
        found: dict[str, Hit] = {}
        for sentence in sentences(text):
            plain, raw = self.undisguised(sentence), _folded(sentence)
            for flag, phrases, patterns, unless in self._flags:
                if flag.id in found or (speaker and speaker not in flag.by):
                    continue
                if unless is not None and unless.search(plain):
                    continue
                if (patterns is not None and patterns.search(raw)) or (phrases is not None and self._said(phrases, plain)):
                    found[flag.id] = Hit(flag, sentence.strip())
        return list(found.values())

    def _said(self, phrases: re.Pattern[str], plain: str) -> bool:
        return any(not self._negated.search(plain[: match.start()]) for match in phrases.finditer(plain))

    def undisguised(self, sentence: str) -> str:
        """The sentence in small letters and plain words, single spaces between, names out of their disguise."""
        text = _SPACED.sub(lambda m: re.sub(r"[^a-z]", "", m[0]), _folded(sentence).replace("'", ""))
        text = _ASKED.sub("", _SPACED_CJK.sub("", text))
        return " ".join(self._names.get(_plain(word), word) for word in _WORD.findall(text))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text as they are written; a figure's point and a single letter's end none."""
    yield from (part for part in _SENTENCE.split(text) if part.strip())


def _folded(text: str) -> str:
    """Small letters of one alphabet and one width, nothing invisible."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(_SIGNS)
    return re.sub(r"[^\W\d_]+", lambda m: m[0].translate(_ALIKE) if re.search("[a-z]", m[0]) else m[0], text)


def _plain(word: str) -> str:
    """A word without doubled letters, figures read as the letters that they look like."""
    letters = word.translate(_FIGURES) if re.search("[a-z]", word) else word
    return re.sub(r"(.)\1+", r"\1", letters)


@lru_cache
def load_phrases(name: str = "messages") -> Matcher:
    """The installed phrase book of that name. Raises WrongRequest when its text is wrong."""
    return matcher(from_toml(PhraseBook, installed(name), "phrases"))


def matcher(book: PhraseBook) -> Matcher:
    """The book compiled. Raises WrongRequest for an unknown word list, speaker or kind, or a wrong pattern."""
    lists = {words.id: words.any for words in book.words}
    for flag in book.flags:
        if strange := [*set(flag.by) - set(SPEAKERS), *{flag.kind} - set(KINDS)]:
            raise wrong(f"flags.{flag.id}", f"{strange[0]!r} is no speaker or kind")
    names = {
        _plain(_folded(variant).replace(" ", "")): words.id
        for words in book.words
        if words.name
        for variant in (words.id, *words.any)
    }
    negated = rf"(?:{_any_of(book.negations, lists)})(?:\s(?![,])\S+){{0,3}}\s?$"
    compiled = tuple(
        (
            flag,
            _compiled(flag.phrases, lists, flag.id),
            _joined(flag.patterns, flag.id),
            _compiled(flag.unless, lists, flag.id),
        )
        for flag in book.flags
    )
    return Matcher(book, re.compile(negated), names, compiled)


def _compiled(phrases: Iterable[str], lists: Mapping[str, tuple[str, ...]], where: str) -> re.Pattern[str] | None:
    try:
        text = _any_of(phrases, lists)
    except KeyError as error:
        raise wrong(f"flags.{where}", f"there is no word list {error}") from error
    return re.compile(text) if text else None


def _joined(patterns: Iterable[str], where: str) -> re.Pattern[str] | None:
    try:
        return re.compile("|".join(patterns)) if patterns else None
    except re.error as error:
        raise wrong(f"flags.{where}", f"{error}") from error


def _any_of(phrases: Iterable[str], lists: Mapping[str, tuple[str, ...]]) -> str:
    return "|".join(f"(?:{_row(phrase.split(), lists)})" for phrase in phrases)


def _row(tokens: list[str], lists: Mapping[str, tuple[str, ...]]) -> str:
    """A phrase as a pattern: words with a space and perhaps a comma between, Chinese without."""
    text, begun = "", False
    for token in (part for token in tokens for part in _parts(token)):
        if token == "...":
            text += rf"(?:\s\S+){{0,{_GAP}}}?(?:[^\s,]{{0,{_GAP_CJK}}})" if begun else ""
            continue
        optional = token.endswith("?")
        piece = _piece(token.rstrip("?"), lists)
        joint = r"(?:\s,)?\s?" if begun else ""
        text += f"(?:{joint}{piece})?" if optional else joint + piece
        begun = True
    return text


def _parts(token: str) -> list[str]:
    """A token as the text's own words: Latin letters beside Chinese characters are words of their own."""
    return _WORD.findall(token) if re.search(f"[{_CJK}]", token) and "{" not in token else [token]


def _piece(token: str, lists: Mapping[str, tuple[str, ...]]) -> str:
    if token.startswith("{") and token.endswith("}"):
        return "(?:" + "|".join(_row(word.split(), lists) for word in (token[1:-1], *lists[token[1:-1]])) + ")"
    if re.search(f"[{_CJK}]", token):
        return re.escape(token)
    stem = token.rstrip("*")
    # A word of its own; beside Chinese characters a Latin word needs no space.
    return rf"(?<![^\W{_CJK}]){re.escape(stem)}" + (r"[^\s,]*" if token.endswith("*") else rf"(?![^\W{_CJK}])")
