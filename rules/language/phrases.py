"""Phrases as data against what people write: English and Chinese, with the spelling and spacing tricks undone first.

A phrase is a row of words. `{pay}` is a list of words of that name, `delay*` any word that begins so, `the?` a word that may
be missing, `...` up to six words (or twelve Chinese characters) in between, and `+` joins parts that stand in the same
sentence in any order. A phrase never reaches over the end of a sentence, and does not count where a word such as "never"
stands close before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rules.policy.schema import from_toml, installed, wrong

KINDS = ("red_flag", "own_words", "admission", "answer", "argument", "term")
SPEAKERS = ("supplier", "buyer")

CJK = "\u3400-\u9fff"  # between brackets of a regular expression: what is written without spaces
_SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=\w\w[.!?;])(?<!\b[Nn][Oo]\.)(?=\s)|(?<=[!?])(?=\s)")
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z][\s.\-_*·/|]{1,3}){3,}[a-z](?![^\W_])")
_SPACED_CJK = re.compile(rf"(?<=[{CJK}])[\s.\-_*·]{{1,3}}(?=[{CJK}])")
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[@$][^\W_{CJK}]+)*|,")
_ASKED = re.compile("(?<=能)不能|(?<=可)不可|(?<=是)不是|(?<=行)不行")  # "can you or can you not" denies nothing
_SIGNS = str.maketrans({"’": "'", "‘": "'", "，": ",", "、": ",", "：": " ", "（": " ", "）": " "})
# Letters of other alphabets that look like Latin ones, and figures and signs that stand for letters.
_ALIKE = str.maketrans("авекмнорстухіјѕԁαεικνορτυχ", "abekmhopctyxijsdaeiknoptux")
_FIGURES = str.maketrans("0134578@$", "oieastbas")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_LATIN = re.compile(rf"[^\W_{CJK}]")
_CJK_RUN = re.compile(rf"[{CJK}]{{3}}")
_GAP, _GAP_CJK = 6, 12  # words, and Chinese characters, that "..." stands for at most
_DENIED = 3  # words after "never" that it still denies
_FARTHEST = 120  # characters between two words of a phrase
_LONGEST = 1000  # characters looked at as one sentence


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
    `reason`: the reasons of a dispute, a space between, for which an admission is evidence or which own
    words weaken. `answer`: the item of the contract's checklist that answers an argument.
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
    answer: str = ""


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


@dataclass(frozen=True, slots=True)
class _Term:
    """Words in a row; a `stem` goes on to the end of its word. Latin letters end at Latin letters only."""

    text: str
    stem: bool = False

    def spans(self, plain: str) -> Iterator[tuple[int, int]]:
        at = plain.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            if not (_goes_on(plain, at - 1, self.text[0]) or (not self.stem and _goes_on(plain, end, self.text[-1]))):
                while self.stem and end < len(plain) and plain[end] not in " ,":
                    end += 1
                yield at, end
            at = plain.find(self.text, at + 1)


def _goes_on(plain: str, at: int, letter: str) -> bool:
    """Whether the word of this letter goes on at that place."""
    return 0 <= at < len(plain) and bool(_LATIN.match(letter) and _LATIN.match(plain[at]))


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Terms that stand for one another; told apart by identity, so that a sentence looks each up once."""

    any: tuple[_Term, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place of a phrase: any of these terms, after a gap or not; it may be missing."""

    terms: _Terms
    gap: bool
    optional: bool


_Lists = Mapping[str, tuple[str, ...]]
_Row = tuple[_Slot, ...]
_Parts = tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    flag: Flag
    phrases: tuple[_Parts, ...]
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[_Parts, ...]


class _Sentence:
    """One sentence in plain words, and where each term stands in it, looked up once."""

    def __init__(self, plain: str, negations: _Terms) -> None:
        self.plain = plain
        self._found: dict[_Terms, tuple[tuple[int, int], ...]] = {}
        self._negations = self._spans(negations)

    def says(self, phrases: tuple[_Parts, ...]) -> bool:
        """Whether one of the phrases stands here, each of its parts, and not denied."""
        return any(all(self._stands(row) for row in parts) for parts in phrases)

    def _stands(self, row: _Row) -> bool:
        """Whether the row stands here and is not denied; most do not even begin."""
        return bool(self._spans(row[0].terms)) and any(map(self._holds, self._starts(row)))

    def _spans(self, terms: _Terms) -> tuple[tuple[int, int], ...]:
        spans = self._found.get(terms)
        if spans is None:
            plain = self.plain
            spans = tuple(span for term in terms.any if term.text in plain for span in term.spans(plain))
            self._found[terms] = spans
        return spans

    def _starts(self, row: _Row) -> Iterator[int]:
        """Where the row begins."""
        for start, end in self._spans(row[0].terms):
            ends = {end}
            for slot in row[1:]:
                after = {e for s, e in self._spans(slot.terms) if any(self._follows(before, s, slot.gap) for before in ends)}
                ends = after | ends if slot.optional else after
                if not ends:
                    break
            if ends:
                yield start

    def _follows(self, end: int, start: int, gap: bool) -> bool:
        if start < end or start - end > _FARTHEST:
            return False
        between = self.plain[end:start]
        if not gap:
            return between in ("", " ", " , ")
        words = between.split()
        return len(words) <= _GAP and sum(len(word) for word in words if not _LATIN.match(word)) <= _GAP_CJK

    def _holds(self, start: int) -> bool:
        """Whether nothing denies what begins there."""
        for _, end in self._negations:
            between = self.plain[end:start] if 0 <= start - end <= _FARTHEST else ","
            if "," not in between and len(between.split()) <= _DENIED and not _CJK_RUN.search(between):
                return False
        return True


@dataclass(frozen=True)
class Matcher:
    """A phrase book made ready to be used on text."""

    book: PhraseBook
    _negations: _Terms = field(repr=False)
    _names: Mapping[str, str] = field(repr=False)
    _flags: tuple[_Compiled, ...] = field(repr=False)

    def hits(self, text: str, speaker: str = "") -> list[Hit]:
        """The flags that a message raises, each once with its first sentence; `speaker` "" is anybody."""
        found: dict[str, Hit] = {}
        asked = [one for one in self._flags if not speaker or speaker in one.flag.by]
        for sentence in sentences(text):
            plain, raw = _Sentence(self.undisguised(sentence), self._negations), _folded(sentence)
            for one in asked:
                if one.flag.id in found:
                    continue
                if (any(p.search(raw) for p in one.patterns) or plain.says(one.phrases)) and not plain.says(one.unless):
                    found[one.flag.id] = Hit(one.flag, sentence.strip())
        return list(found.values())

    def undisguised(self, sentence: str) -> str:
        """The sentence in small letters and plain words, single spaces between, names out of their disguise."""
        text = _SPACED.sub(lambda m: re.sub(r"[^a-z]", "", m[0]), _folded(sentence).replace("'", ""))
        text = _ASKED.sub("", _SPACED_CJK.sub("", text))
        return " ".join(self._names.get(_plain(word), word) for word in _WORD.findall(text))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text as they are written; a figure's point and a single letter's end none."""
    for part in _SENTENCE.split(text):
        for at in range(0, len(part), _LONGEST):
            if piece := part[at : at + _LONGEST].strip():
                yield piece


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
        _plain(_folded(variant).replace(" ", "").replace("_", "")): words.id.replace("_", " ")
        for words in book.words
        if words.name
        for variant in (words.id, *words.any)
    }
    known: dict[str, _Terms] = {}
    compiled = tuple(_compiled(flag, lists, known) for flag in book.flags)
    return Matcher(book, _Terms(tuple(map(_term, book.negations))), names, compiled)


def _compiled(flag: Flag, lists: _Lists, known: dict[str, _Terms]) -> _Compiled:
    try:
        patterns = tuple(re.compile(pattern) for pattern in flag.patterns)
        phrases, unless = (tuple(_parts(p, lists, known) for p in texts) for texts in (flag.phrases, flag.unless))
    except KeyError as error:
        raise wrong(f"flags.{flag.id}", f"there is no word list {error}") from error
    except re.error as error:
        raise wrong(f"flags.{flag.id}", str(error)) from error
    return _Compiled(flag, phrases, patterns, unless)


def _parts(phrase: str, lists: _Lists, known: dict[str, _Terms]) -> _Parts:
    return tuple(_row(part.split(), lists, known) for part in phrase.split(" + "))


def _row(words: list[str], lists: _Lists, known: dict[str, _Terms]) -> _Row:
    slots: list[_Slot] = []
    gap = False
    for written in words:
        if written == "...":
            gap = True
            continue
        word = written.rstrip("?")
        if word not in known:
            listed = re.fullmatch(r"\{(\w+)\}", word)
            known[word] = _Terms(_listed(listed[1], lists) if listed else (_term(word),))
        slots.append(_Slot(known[word], gap, written != word))
        gap = False
    return tuple(slots)


def _listed(id: str, lists: _Lists, above: tuple[str, ...] = ()) -> tuple[_Term, ...]:
    """A list's terms, those of the lists that it names included. Raises KeyError for an unknown or circular one."""
    if id in above:
        raise KeyError(id)
    found = [_term(id)]
    for text in lists[id]:
        named = re.match(r"\{(\w+)\}", text)
        rest = text[named.end() :] if named else ""
        inner = _listed(named[1], lists, (*above, id)) if named else (_term(text),)
        found += [_term(term.text + rest) for term in inner] if rest else inner
    return tuple(dict.fromkeys(found))


def _term(text: str) -> _Term:
    """A term as the text's own words: Latin letters beside Chinese characters are words of their own."""
    words = _WORD.findall(text.rstrip("*").replace("_", " ").casefold())
    if not words:
        raise wrong("phrases", f"{text!r} has no word in it")
    return _Term(" ".join(words), text.endswith("*"))
