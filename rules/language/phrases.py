"""Phrases as data against what people write, in each language with denials and exceptions of its own.

A phrase is a row of words, spelled in any way (`spelling.py`). `{pay}` is a list of words of that name, `delay*` any word
that begins so, `the?` a word that may be missing, `...` up to six words (or twelve Chinese characters) in between, and `+`
joins parts that stand in the same sentence in any order. A phrase never reaches over the end of a sentence, and does not
count where a word such as "never" stands close before it, or where an exception stands beside it. A denial or an exception
that is part of the phrase's own words takes nothing away, so every phrase finds itself; one that does not is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

from rules.language.spelling import CJK, Spelling, folded, spelling, ways, words
from rules.policy.schema import from_toml, installed, wrong

KINDS = ("red_flag", "own_words", "admission", "answer", "argument", "term")
SPEAKERS = ("supplier", "buyer")

_SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=\w\w[.!?;])(?<!\b[Nn][Oo]\.)(?=\s)|(?<=[!?])(?=\s)")
_ASKED = re.compile(r"[?？][\s\"»”]*$|吗[。！]?$")  # the buyer who asks has not said, agreed or done it
_LATIN = re.compile(rf"[^\W_{CJK}]")
_CJK = re.compile(rf"[{CJK}]")
_CJK_RUN = re.compile(rf"[{CJK}]{{3}}")
_GAP, _GAP_CJK = 6, 12  # words, and Chinese characters, that "..." stands for at most
_DENIED = 3  # words after "never" that it still denies
_FARTHEST = 120  # characters between two words of a phrase
_LONGEST = 1000  # characters looked at as one sentence

Span = tuple[int, int]


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
    `patterns` are regular expressions over the folded text, the same in every language; `unless` phrases in the same
    sentence take a hit away.
    `reason`: the reasons of a dispute, a space between, for which an admission is evidence or which own
    words weaken. `answer`: the item of the contract's checklist that answers an argument.
    """

    id: str
    kind: str
    label: str
    by: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    todo: str = ""
    unless: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    source: str = ""
    reason: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a flag is worded in one language: its phrases there, and the exceptions to them."""

    flag: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """What is said in one language. `negations` take away what follows them closely.

    `mixed_with`, of Chinese: the language whose words are written in between; its lists, phrases, negations and exceptions
    hold too, so that a sentence with Chinese characters in it is sought by this one alone.
    """

    language: str
    negations: tuple[str, ...]
    words: tuple[WordList, ...]
    says: tuple[Wording, ...]
    mixed_with: str = ""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All word lists and flags; `languages` names the files beside this one in which the flags are worded.

    The flags' own phrases are the same in all languages, each of which can deny them or make an exception; so are those of a
    book that is written in one piece, with its `negations`. `not_typos` are words in
    common use that are one letter away from one of the book's.
    """

    negations: tuple[str, ...]
    words: tuple[WordList, ...]
    flags: tuple[Flag, ...]
    languages: tuple[str, ...] = ()
    not_typos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A flag, the sentence, as it was written, that raised it, and the language of the phrase ("" where it has none)."""

    flag: Flag
    sentence: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Term:
    """Words in a row; a `stem` goes on to the end of its word. Latin letters end at Latin letters only."""

    text: str
    stem: bool = False

    def spans(self, plain: str) -> Iterator[Span]:
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
    """Terms that stand for one another; told apart by identity, so that a sentence looks each up once.

    `firsts`: their first words, one of which a sentence must have, unless a term can begin within a word (`stems`).
    """

    any: tuple[_Term, ...]
    firsts: frozenset[str]
    stems: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place of a phrase: any of these terms, after a gap or not; it may be missing."""

    terms: _Terms
    gap: bool
    optional: bool


_Row = tuple[_Slot, ...]
_Parts = tuple[_Row, ...]
_Group = tuple[_Terms, tuple[_Parts, ...]]  # phrases, by the rarest terms that each needs


@dataclass(frozen=True, slots=True)
class _Sought:
    """Phrases, and which of them to look at in a sentence.

    `by_word` are those whose terms begin with a word, by that word; `others` those whose terms can begin within one.
    """

    all: tuple[_Parts, ...]
    by_word: Mapping[str, tuple[_Group, ...]]
    others: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class _Wording:
    """A wording compiled. `chinese`: sought only in sentences with Chinese characters, only in those without, or in all."""

    language: str
    chinese: bool | None
    negations: _Terms
    phrases: _Sought
    unless: _Sought


@dataclass(frozen=True, slots=True)
class _Compiled:
    flag: Flag
    patterns: tuple[re.Pattern[str], ...]
    wordings: tuple[_Wording, ...]


class _Sentence:
    """One sentence in plain words, and where each term stands in it, looked up once."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.chinese = bool(_CJK.search(plain))
        self._words = plain.split(" ")
        self._found: dict[_Terms, tuple[Span, ...]] = {}

    def says(self, wording: _Wording) -> bool:
        """Whether one of the phrases stands here, not denied, and no exception beside its own words."""
        for phrase in self._perhaps(wording.phrases):
            own = self.match(phrase, wording.negations)
            if own and not self.excepted(wording, own):
                return True
        return False

    def excepted(self, wording: _Wording, own: frozenset[Span] = frozenset()) -> bool:
        """Whether an exception stands here, other than within those words."""
        matches = (self.match(phrase, wording.negations) for phrase in self._perhaps(wording.unless))
        return any(not _within(span, own) for match in matches for span in match)

    def _perhaps(self, sought: _Sought) -> Iterator[_Parts]:
        """The phrases whose rarest terms stand here."""
        groups = {id(group): group for word in self._words for group in sought.by_word.get(word, ())}
        for needed, phrases in chain(sought.others, groups.values()):
            if self._spans(needed):
                yield from phrases

    def match(self, phrase: _Parts, negations: _Terms) -> frozenset[Span]:
        """Where the words of a phrase stand; none where one of its parts does not stand here, or only denied."""
        if not all(self._spans(slot.terms) for row in phrase for slot in row if not slot.optional):
            return frozenset()
        rows = [self._rows(row) for row in phrase]
        if not all(rows):
            return frozenset()
        kept = []
        for row in rows:
            others = frozenset(chain.from_iterable(spans for other in rows if other is not row for spans in other.values()))
            deny = [span for span in self._spans(negations) if not _within(span, others)]
            kept.append([spans for (start, _), spans in row.items() if self._holds(start, deny)])
        return frozenset(chain.from_iterable(spans for row in kept for spans in row)) if all(kept) else frozenset()

    def _spans(self, terms: _Terms) -> tuple[Span, ...]:
        spans = self._found.get(terms)
        if spans is None:
            plain = self.plain
            spans = ()
            if terms.stems or not terms.firsts.isdisjoint(self._words):
                spans = tuple(span for term in terms.any if term.text in plain for span in term.spans(plain))
            self._found[terms] = spans
        return spans

    def _rows(self, row: _Row) -> dict[Span, frozenset[Span]]:
        """From where to where the row stands, and on which words."""
        reached = {span: frozenset((span,)) for span in self._spans(row[0].terms)}
        for slot in row[1:]:
            after = dict(reached) if slot.optional else {}
            for (begin, end), spans in reached.items():
                for span in self._spans(slot.terms):
                    if self._follows(end, span[0], slot.gap):
                        after[begin, span[1]] = after.get((begin, span[1]), frozenset()) | spans | {span}
            reached = after
        return reached

    def _follows(self, end: int, start: int, gap: bool) -> bool:
        if start < end or start - end > _FARTHEST:
            return False
        between = self.plain[end:start]
        if not gap:
            return between in ("", " ", " , ")
        words = between.split()
        return len(words) <= _GAP and sum(len(word) for word in words if not _LATIN.match(word)) <= _GAP_CJK

    def _holds(self, start: int, negations: Iterable[Span]) -> bool:
        """Whether nothing denies what begins there."""
        for _, end in negations:
            between = self.plain[end:start] if 0 <= start - end <= _FARTHEST else ","
            if "," not in between and len(between.split()) <= _DENIED and not _CJK_RUN.search(between):
                return False
        return True


def _sought(phrases: tuple[_Parts, ...]) -> _Sought:
    grouped: dict[_Terms, list[_Parts]] = {}
    needs = [[slot.terms for row in parts for slot in row if not slot.optional] for parts in phrases]
    common = Counter(chain.from_iterable(needs))
    for parts, needed in zip(phrases, needs, strict=True):
        grouped.setdefault(min(needed, key=lambda terms: (terms.stems, common[terms])), []).append(parts)
    groups: list[_Group] = [(needed, tuple(group)) for needed, group in grouped.items()]
    by_word: dict[str, tuple[_Group, ...]] = {}
    for group in groups:
        for word in () if group[0].stems else group[0].firsts:
            by_word[word] = (*by_word.get(word, ()), group)
    return _Sought(phrases, by_word, tuple(group for group in groups if group[0].stems))


def _terms(found: Iterable[_Term]) -> _Terms:
    terms = tuple(dict.fromkeys(found))
    stems = any(term.stem or _CJK.search(term.text) for term in terms)
    return _Terms(terms, frozenset(term.text.partition(" ")[0] for term in terms), stems)


def _within(span: Span, words: Iterable[Span]) -> bool:
    """Whether the span lies within these words, those that stand side by side taken together."""
    begin = reached = -2
    for start, end in sorted(words):
        begin, reached = (begin, max(reached, end)) if start <= reached + 1 else (start, end)
        if begin <= span[0] and span[1] <= reached:
            return True
    return False


@dataclass(frozen=True, eq=False)
class Matcher:
    """A phrase book made ready to be used on text. `negations` are those of all its languages."""

    book: PhraseBook
    negations: tuple[str, ...]
    spelling: Spelling = field(repr=False)
    flags: tuple[_Compiled, ...] = field(repr=False)

    def hits(self, text: str, speaker: str = "") -> list[Hit]:
        """The flags that a message raises, each once with its first sentence; `speaker` "" is anybody."""
        return list(_hits(self, text, speaker))

    def only(self, flag: str) -> Matcher:
        """This book with that flag alone: the others need not be sought."""
        return replace(self, flags=tuple(one for one in self.flags if one.flag.id == flag))

    def specimens(self) -> Iterator[tuple[Flag, str, str]]:
        """Each flag, a language, and a text that says one of the flag's phrases in it and nothing else."""
        for one in self.flags:
            for wording in one.wordings:
                for text in chain.from_iterable(map(_specimens, wording.phrases.all)):
                    if wording.chinese in (None, bool(_CJK.search(text))):
                        yield one.flag, wording.language, text


@lru_cache(20_000)  # a conversation is asked about once for each reason, and again by what comes later
def _hits(book: Matcher, text: str, speaker: str) -> tuple[Hit, ...]:
    found: dict[str, Hit] = {}
    asked = [one for one in book.flags if not speaker or speaker in one.flag.by]
    for written in sentences(text):
        sentence, raw = _Sentence(book.spelling.plain(written)), folded(written)
        for one in asked:
            if one.flag.id in found or (one.flag.kind == "own_words" and _ASKED.search(written)):
                continue
            if (language := _language(one, sentence, raw)) is not None:
                found[one.flag.id] = Hit(one.flag, written.strip(), language)
    return tuple(found.values())


def _language(one: _Compiled, sentence: _Sentence, raw: str) -> str | None:
    """The language in which the sentence raises the flag, "" where a pattern does; None where it does not."""
    for wording in one.wordings:
        if wording.chinese in (None, sentence.chinese) and sentence.says(wording):
            return wording.language
    raised = any(pattern.search(raw) for pattern in one.patterns)
    if not raised or any(w.chinese in (None, sentence.chinese) and sentence.excepted(w) for w in one.wordings):
        return None
    return ""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text as they are written; a figure's point and a single letter's end none."""
    for part in _SENTENCE.split(text):
        for at in range(0, len(part), _LONGEST):
            if piece := part[at : at + _LONGEST].strip():
                yield piece


@lru_cache
def load_phrases(name: str = "messages") -> Matcher:
    """The installed phrase book of that name, with its languages. Raises WrongRequest when its text is wrong."""
    book = from_toml(PhraseBook, installed(name), "phrases")
    files = (f"{name}_{language}" for language in book.languages)
    return matcher(book, tuple(from_toml(Language, installed(file), file) for file in files))


def matcher(book: PhraseBook, languages: tuple[Language, ...] = ()) -> Matcher:
    """The book compiled.

    Raises WrongRequest, with its place, for an unknown flag, word list, speaker or kind, a wrong pattern, and for a phrase
    that could never be found.
    """
    for flag in book.flags:
        if strange := [*set(flag.by) - set(SPEAKERS), *{flag.kind} - set(KINDS)]:
            raise wrong(f"flags.{flag.id}", f"{strange[0]!r} is no speaker or kind")
    own = tuple(Wording(flag.id, flag.phrases, flag.unless) for flag in book.flags if flag.phrases or flag.unless)
    negations = tuple(dict.fromkeys(chain(book.negations, *(language.negations for language in languages))))
    whole = (*_mixed(languages), Language("", negations, (), own))
    spelled = _spelling(book, whole)
    wordings: dict[str, list[_Wording]] = {flag.id: [] for flag in book.flags}
    within = {one.mixed_with for one in languages}
    for language in whole:
        chinese = True if language.mixed_with else False if language.language in within else None
        compiler = _Compiler(language, book.words, spelled, chinese)
        for wording in language.says:
            place = f"{language.language or 'flags'}.{wording.flag}"
            if wording.flag not in wordings:
                raise wrong(place, "there is no such flag")
            made = compiler.wording(wording, place)
            if not language.language:  # words that are the same in all languages: each one's exceptions hold
                others = (other.unless.all for other in wordings[wording.flag])
                made = replace(made, unless=_sought(sum(others, made.unless.all)))
            wordings[wording.flag].append(made)
    flags = tuple(_Compiled(flag, _patterns(flag), tuple(wordings[flag.id])) for flag in book.flags)
    return Matcher(book, negations, spelled, flags)


def _mixed(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    """Each language with what it is mixed with. Raises WrongRequest for a language that is not there."""
    known = {language.language: language for language in languages}
    if strange := [one.mixed_with for one in languages if one.mixed_with and one.mixed_with not in known]:
        raise wrong("mixed_with", f"there is no language {strange[0]!r}")
    return tuple(_with(one, known[one.mixed_with]) if one.mixed_with else one for one in languages)


def _with(one: Language, other: Language) -> Language:
    says = {wording.flag: wording for wording in other.says}
    for wording in one.says:
        beside = says.get(wording.flag, Wording(wording.flag, ()))
        says[wording.flag] = Wording(wording.flag, beside.phrases + wording.phrases, beside.unless + wording.unless)
    return replace(one, negations=other.negations + one.negations, words=other.words + one.words, says=tuple(says.values()))


def _spelling(book: PhraseBook, languages: tuple[Language, ...]) -> Spelling:
    """The spelling of all languages' words: a message does not say in which one it is written."""
    lists = [*book.words, *(words for language in languages for words in language.words)]
    names = {words.id.replace("_", " "): (words.id.replace("_", ""), *words.any) for words in lists if words.name}
    wordings = [wording for language in languages for wording in language.says]
    texts = [*chain.from_iterable(language.negations for language in languages)]
    texts += chain.from_iterable(words.any for words in lists)
    texts += chain.from_iterable(wording.phrases + wording.unless for wording in wordings)
    found = [word for text in texts for word in text.split() if not word.startswith("{")]
    stems = [word for word in found if word.endswith("*")]
    return spelling(names, (word for word in found if not word.endswith("*")), (*book.not_typos, *stems))


def _patterns(flag: Flag) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(re.compile(pattern) for pattern in flag.patterns)
    except re.error as error:
        raise wrong(f"flags.{flag.id}", str(error)) from error


class _Compiler:
    """Makes one language's wordings ready to be used."""

    def __init__(self, language: Language, shared: tuple[WordList, ...], spelled: Spelling, chinese: bool | None) -> None:
        self._spelled, self._chinese = spelled, chinese
        self._place = f"{language.language or 'flags'}.negations"  # what is being compiled, for errors
        self._language = language.language
        self._lists: dict[str, tuple[str, ...]] = {}
        for listed in (*shared, *language.words):
            own = (listed.id.replace("_", " "),) if listed.name else ()
            self._lists[listed.id] = self._lists.get(listed.id, own) + listed.any
        self._negations = _terms(chain.from_iterable(map(self._term, language.negations)))
        self._known: dict[str, _Terms] = {}

    def wording(self, wording: Wording, place: str) -> _Wording:
        """The wording compiled. Raises WrongRequest for an unknown word list, or a phrase that does not find itself."""
        self._place = place
        try:
            phrases, unless = (tuple(map(self._parts, texts)) for texts in (wording.phrases, wording.unless))
        except KeyError as error:
            raise wrong(place, f"there is no word list {error}") from error
        for text, parts in zip(wording.phrases, phrases, strict=True):
            if self._chinese and not _CJK.search(text):
                continue  # said in the language that it is mixed with, where it was looked at
            if _ends_a_sentence(text):
                raise wrong(place, f"the phrase {text!r} goes over the end of a sentence, where none is sought")
            if not any(self._finds(specimen, parts) for specimen in _specimens(parts)):
                raise wrong(place, f"the phrase {text!r} can never be found, not even where it stands alone")
        return _Wording(self._language, self._chinese, self._negations, _sought(phrases), _sought(unless))

    def _finds(self, specimen: str, phrase: _Parts) -> bool:
        """Whether the phrase stands in a text of its own words; an exception within them would take nothing away."""
        return any(_Sentence(self._spelled.plain(one)).match(phrase, self._negations) for one in sentences(specimen))

    def _parts(self, phrase: str) -> _Parts:
        return tuple(self._row(part.split()) for part in phrase.split(" + "))

    def _row(self, written: list[str]) -> _Row:
        slots: list[_Slot] = []
        gap = False
        for one in written:
            if one == "...":
                gap = True
                continue
            word = one.rstrip("?")
            if word not in self._known:
                listed = re.fullmatch(r"\{(\w+)\}", word)
                self._known[word] = _terms(self._listed(listed[1]) if listed else self._term(word))
            slots.append(_Slot(self._known[word], gap, one != word))
            gap = False
        if not slots:
            raise wrong(self._place, f"{' '.join(written)!r} has no word in it")
        return tuple(slots)

    def _listed(self, id: str, above: tuple[str, ...] = ()) -> tuple[_Term, ...]:
        """A list's terms, those of the lists that it names included. Raises KeyError for an unknown or circular one."""
        if id in above:
            raise KeyError(id)
        found: list[_Term] = []
        for text in self._lists[id]:
            named = re.match(r"\{(\w+)\}", text)
            rest = text[named.end() :] if named else ""
            inner = self._listed(named[1], (*above, id)) if named else self._term(text)
            found += [one for term in inner for one in self._term(term.text + rest)] if rest else inner
        return tuple(dict.fromkeys(found))

    def _term(self, text: str) -> tuple[_Term, ...]:
        """The text's own words, and the same without the apostrophe of a French article where it has one."""
        bare = text.rstrip("*").replace("_", " ")
        plain = dict.fromkeys(
            " ".join(spelled)
            for way in map(words, ways(bare))
            for spelled in (way, [self._spelled.named(word) or word for word in way])
        )
        if not all(plain):
            raise wrong(self._place, f"{text!r} has no word in it")
        return tuple(_Term(way, text.endswith("*")) for way in plain)


def _ends_a_sentence(phrase: str) -> bool:
    """Whether the phrase, its gaps and question marks apart, is more than one sentence."""
    return any(re.search(r"\w", piece) for piece in _SENTENCE.split(phrase.replace("...", " ").replace("?", " "))[1:])


def _specimens(parts: _Parts) -> Iterator[str]:
    """Texts that say the phrase and nothing else: with each list's first word, then its second, and so on."""
    most = max(len(slot.terms.any) for row in parts for slot in row)
    for n in range(most):
        yield " ".join(slot.terms.any[n % len(slot.terms.any)].text for row in parts for slot in row)
