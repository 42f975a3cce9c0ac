"""Phrases as data against what people write, in each language with denials and exceptions of its own.

A phrase is a row of words, spelled in any way (`spelling.py`). `{pay}` is a list of words of that name, `(my|our boss)`
one of these, `delay*` any word that begins so, `#` any figure, `the?` a word that may be missing, `...` up to six words (or
twelve Chinese characters) in between. Parts are joined by `+`, in the same sentence in any order, by `&`, in it or one
beside it, and by `-`, nowhere in it. A phrase does not count where a word such as "never" stands close before it, in a
sentence about what others do ("beware"), or where an exception stands beside it; an admission and the buyer's own words do
not where they are asked or said on a condition ("if"). What takes away and is part of the phrase's own words takes nothing
away, so every phrase finds itself; one that does not is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain

from rules.language.sentence import Scope, Sentence, TermIndex, index
from rules.language.spelling import Spelling, folded, spelling, words
from rules.language.written import (
    HAS_CJK,
    CompiledPhrase,
    PhraseTerm,
    Row,
    Slot,
    Terms,
    bare_words,
    choices,
    needed_of,
    one_of,
    parts,
    pieces,
    plain_terms,
)
from rules.policy.schema import from_toml, installed, wrong

KINDS = ("red_flag", "own_words", "admission", "answer", "argument", "term")
SPEAKERS = ("supplier", "buyer")
PHRASE, LIKENESS = "phrase", "likeness"  # what a flag is raised by

_SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=\w\w[.!?;])(?<!\b[Nn][Oo]\.)(?=\s)|(?<=[!?])(?=\s)")
_ASKED = re.compile(r"[?？][\s\"»”]*$|吗[。！]?$")  # the buyer who asks has not said, agreed or done it
_KNOWN = 2  # common words by which a sentence is known to be in a language
_LONGEST = 1000  # characters looked at as one sentence

_STATED = ("own_words", "admission")  # said neither where it is asked nor on a condition


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
    """What is said in one language, and what takes it away.

    `negations` deny what follows them closely, `conditions` ("if") make an admission or own words a mere case, `asides`
    ("beware") show that a sentence is about what others do. `common` are words that few sentences lack: one that has clearly
    more of another language's, or Chinese characters, is not in this one, and is not sought for it.

    `mixed_with`, of Chinese: the language whose words are written in between; its lists, phrases, negations and exceptions
    hold too, so that a sentence with Chinese characters in it is sought by this one alone.
    """

    language: str
    negations: tuple[str, ...]
    words: tuple[WordList, ...]
    says: tuple[Wording, ...]
    mixed_with: str = ""
    conditions: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    common: tuple[str, ...] = ()


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
    """A flag, the sentence, as it was written, that raised it, and the language of the phrase ("" where it has none).

    `words`: what in the sentence made the flag, in plain words. `by`: phrase, or likeness (`rules/conversation/raised.py`).
    """

    flag: Flag
    sentence: str
    language: str = ""
    words: str = ""
    by: str = PHRASE


@dataclass(frozen=True, slots=True, eq=False)
class _Wording:
    """A wording compiled. `chinese`: sought only in sentences with Chinese characters, only in those without, or in all."""

    language: str
    chinese: bool | None
    scope: Scope
    phrases: tuple[CompiledPhrase, ...]
    unless: tuple[CompiledPhrase, ...]

    def sought_in(self, chinese: bool) -> bool:
        """Whether a sentence with, or without, Chinese characters is sought for it."""
        return self.chinese in (None, chinese)

    def excepted(self, sentence: Sentence, own: frozenset[tuple[int, int]] = frozenset()) -> bool:
        """Whether an exception stands in the sentence, other than within those words."""
        stand = sentence.found.keys()
        return any(sentence.outside(phrase, self.scope, own) for phrase in self.unless if phrase.needed <= stand)


@dataclass(frozen=True, slots=True)
class _Compiled:
    flag: Flag
    patterns: tuple[re.Pattern[str], ...]


_Said = tuple[tuple[int, _Wording], ...]  # the wordings of a language, each with the place of its flag in the book
_Place = tuple[int, int, int, int]  # of a flag in the book, of a language, of a wording in that, of a phrase in that
_Candidate = tuple[_Place, _Wording, CompiledPhrase]


@dataclass(frozen=True, eq=False)
class _Sought:
    """What is sought in one language, made ready when a sentence that can be in it is first read.

    `common`: words by which a sentence is known to be in it. `at`: its place among the languages.
    """

    language: str
    chinese: bool | None
    common: frozenset[str]
    at: int
    make: Callable[[], _Said] = field(repr=False)

    @cached_property
    def said(self) -> _Said:
        """Its wordings, compiled. Raises WrongRequest where one is wrong."""
        return self.make()

    @cached_property
    def terms(self) -> TermIndex:
        """The terms of all that is said."""
        lists: dict[Terms, None] = {}
        for _, wording in self.said:
            lists.update(dict.fromkeys((wording.scope.negations, wording.scope.conditions, wording.scope.asides)))
            for phrase in (*wording.phrases, *wording.unless):
                rows = (*phrase.rows, *phrase.near, *phrase.absent)
                lists.update(dict.fromkeys(slot.terms for row in rows for slot in row))
        return index(lists)

    @cached_property
    def by_needed(self) -> Mapping[Terms, tuple[_Candidate, ...]]:
        """The phrases by the rarest terms that each needs."""
        needed = Counter(chain.from_iterable(phrase.needed for _, wording in self.said for phrase in wording.phrases))
        found: dict[Terms, list[_Candidate]] = {}
        for n, (flag, wording) in enumerate(self.said):
            for place, phrase in enumerate(wording.phrases):
                rarest = min(phrase.needed, key=lambda terms: (needed[terms], len(terms.any)))
                found.setdefault(rarest, []).append(((flag, self.at, n, place), wording, phrase))
        return {terms: tuple(phrases) for terms, phrases in found.items()}

    def of(self, flag: int) -> Iterator[_Wording]:
        """Its wordings of the flag at that place."""
        return (wording for at, wording in self.said if at == flag)


@dataclass(frozen=True, eq=False)
class Matcher:
    """A phrase book made ready to be used on text. `negations` are those of all its languages.

    `sought`: what is sought in each language; `asked`: the flags that are.
    """

    book: PhraseBook
    negations: tuple[str, ...]
    spelling: Spelling = field(repr=False)
    flags: tuple[_Compiled, ...] = field(repr=False)
    sought: tuple[_Sought, ...] = field(repr=False)
    asked: frozenset[str] = field(repr=False)

    def hits(self, text: str, speaker: str = "") -> list[Hit]:
        """The flags that a message raises, each once with its first sentence; `speaker` "" is anybody."""
        return list(_hits(self, text, speaker))

    def only(self, flag: str) -> Matcher:
        """This book with that flag alone: the others need not be sought."""
        return replace(self, asked=frozenset((flag,)))

    def read(self, text: str) -> tuple[_Read, ...]:
        """The sentences of a text as they are written, in plain words, and what is to be sought in each."""
        return tuple(map(self._read, sentences(text)))

    def _read(self, written: str) -> _Read:
        plain = self.spelling.plain(written)
        sought = self._spoken(plain)
        asked = bool(_ASKED.search(written))
        return _Read(written, Sentence(plain, tuple(one.terms for one in sought), asked), sought)

    def _spoken(self, plain: str) -> tuple[_Sought, ...]:
        """What is to be sought in these words: the languages that they can be written in."""
        chinese, words = bool(HAS_CJK.search(plain)), set(plain.split(" "))
        near = [one for one in self.sought if one.chinese in (None, chinese)]
        count = [len(words & one.common) for one in near]
        most = max(count, default=0)
        spoken = (not chinese and (most < _KNOWN or 3 * number >= 2 * most) for number in count)
        return tuple(one for one, may in zip(near, spoken, strict=True) if may or not one.common)

    def language(self, plain: str) -> str:
        """The language that these plain words are most likely in: the first of the book's where nothing tells."""
        chinese, found = bool(HAS_CJK.search(plain)), set(plain.split(" "))
        near = [one for one in self.sought if one.language and one.chinese in (None, chinese)]
        return max(near, key=lambda one: len(found & one.common)).language if near else ""

    def common(self, language: str) -> frozenset[str]:
        """The words that few sentences in the language lack."""
        return frozenset(chain.from_iterable(one.common for one in self.sought if one.language == language))

    def specimens(self) -> Iterator[tuple[Flag, str, str]]:
        """Each flag, a language, and a text that says one of the flag's phrases in it and nothing else."""
        for sought in self.sought:
            for at, wording in sought.said:
                for text in chain.from_iterable(phrase.specimens() for phrase in wording.phrases):
                    if wording.sought_in(bool(HAS_CJK.search(text))):
                        yield self.flags[at].flag, wording.language, text


@dataclass(frozen=True)
class _Read:
    """A sentence as it was written, in plain words, and what is to be sought in it."""

    written: str
    sentence: Sentence
    sought: tuple[_Sought, ...]

    def candidates(self) -> list[_Candidate]:
        """The phrases all of whose words stand here, in the order of the book."""
        found = self.sentence.found
        near = (one for sought in self.sought for terms in found for one in sought.by_needed.get(terms, ()))
        return sorted((one for one in near if one[2].needed <= found.keys()), key=lambda one: one[0])

    def excepted(self, flag: int, own: frozenset[tuple[int, int]] = frozenset()) -> bool:
        """Whether an exception to the flag stands here, in any of the languages, other than within those words."""
        return any(wording.excepted(self.sentence, own) for sought in self.sought for wording in sought.of(flag))


@lru_cache(20_000)  # a conversation is asked about once for each reason, and again by what comes later
def _hits(book: Matcher, text: str, speaker: str) -> tuple[Hit, ...]:
    found: dict[str, Hit] = {}
    told = book.read(text)
    for n, read in enumerate(told):
        beside = tuple(other.sentence for other in told[max(0, n - 1) : n + 2] if other is not read)
        for _, hit in sorted(_raised(book, read, beside, speaker), key=lambda hit: hit[0]):
            found.setdefault(hit.flag.id, hit)
    return tuple(found.values())


def _raised(book: Matcher, read: _Read, beside: tuple[Sentence, ...], speaker: str) -> Iterator[tuple[int, Hit]]:
    """The flags that a sentence raises, each with its place in the book, a phrase's before a pattern's."""
    written, sentence = read.written.strip(), read.sentence
    asked = {n for n, one in enumerate(book.flags) if one.flag.id in book.asked and (not speaker or speaker in one.flag.by)}
    for (at, *_), wording, phrase in read.candidates():
        if at in asked:
            one = book.flags[at]
            own = sentence.match(phrase, wording.scope, beside, one.flag.kind in _STATED)
            # Words that are the same in all languages: each one's exceptions hold.
            if own and not (wording.excepted(sentence, own) if wording.language else read.excepted(at, own)):
                asked.remove(at)
                yield at, Hit(one.flag, written, wording.language, sentence.words(own))
    raw = folded(written) if any(book.flags[at].patterns for at in asked) else ""
    for at in asked:
        one = book.flags[at]
        shown = next((match[0] for pattern in one.patterns if (match := pattern.search(raw))), "")
        if shown and not read.excepted(at):
            yield at, Hit(one.flag, written, "", shown)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text as they are written; a figure's point and a single letter's end none."""
    for part in _SENTENCE.split(text):
        for at in range(0, len(part), _LONGEST):
            if piece := part[at : at + _LONGEST].strip():
                yield piece


@lru_cache
def load_phrases(name: str = "messages") -> Matcher:
    """The installed phrase book of that name, with its languages, each of which is compiled when it is first needed.

    Raises WrongRequest when its text is wrong. That each of its phrases finds itself is a test's to say: at every start it
    would take as long as all the rest.
    """
    return matcher(*read_book(name), sure=True)


def read_book(name: str = "messages") -> tuple[PhraseBook, tuple[Language, ...]]:
    """The installed phrase book of that name and its languages, as they are written. Raises WrongRequest."""
    book = from_toml(PhraseBook, installed(name), "phrases")
    files = (f"{name}_{language}" for language in book.languages)
    return book, tuple(from_toml(Language, installed(file), file) for file in files)


def matcher(book: PhraseBook, languages: tuple[Language, ...] = (), *, sure: bool = False) -> Matcher:
    """The book compiled.

    Raises WrongRequest, with its place, for an unknown flag, word list, speaker or kind, a wrong pattern, and for a phrase
    that could never be found; it is not sought where the book is `sure`.
    """
    for flag in book.flags:
        if strange := [*set(flag.by) - set(SPEAKERS), *{flag.kind} - set(KINDS)]:
            raise wrong(f"flags.{flag.id}", f"{strange[0]!r} is no speaker or kind")
    own = tuple(Wording(flag.id, flag.phrases, flag.unless) for flag in book.flags if flag.phrases or flag.unless)
    whole = (*_mixed(languages), _shared(book, languages, own))
    spelled = _spelling(book, whole)
    places = {flag.id: n for n, flag in enumerate(book.flags)}
    within = {one.mixed_with for one in languages if one.mixed_with}
    for language in whole:
        for wording in language.says:
            if wording.flag not in places:
                raise wrong(f"{language.language or 'flags'}.{wording.flag}", "there is no such flag")

    def chinese_of(language: Language) -> bool | None:
        return True if language.mixed_with else False if language.common or language.language in within else None

    def sought_in(at: int, language: Language) -> _Sought:
        chinese = chinese_of(language)
        common = frozenset(chain.from_iterable(map(words, language.common)))
        return _Sought(language.language, chinese, common, at, lambda: _said(book, language, spelled, chinese, places))

    flags = tuple(_Compiled(flag, _patterns(flag)) for flag in book.flags)
    sought = tuple(sought_in(at, language) for at, language in enumerate(whole))
    made_ready = Matcher(book, whole[-1].negations, spelled, flags, sought, frozenset(places))
    if not sure:
        _require_found(made_ready)
    return made_ready


def _said(book: PhraseBook, language: Language, spelled: Spelling, chinese: bool | None, places: Mapping[str, int]) -> _Said:
    """What is said in one language, compiled."""
    compiler = _Compiler(language, book.words, spelled, chinese)
    own = language.language or "flags"
    return tuple((places[one.flag], compiler.wording(one, f"{own}.{one.flag}")) for one in language.says)


def _shared(book: PhraseBook, languages: tuple[Language, ...], own: tuple[Wording, ...]) -> Language:
    """What is the same in all languages, each of which takes it away by its own words."""

    def of_all(what: Callable[[Language], tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(map(what, languages))))

    negations = tuple(dict.fromkeys((*book.negations, *of_all(lambda one: one.negations))))
    return Language("", negations, (), own, "", of_all(lambda one: one.conditions), of_all(lambda one: one.asides))


def _require_found(made: Matcher) -> None:
    """Raises WrongRequest for a phrase that does not find itself; an exception within it would take nothing away."""
    for sought in made.sought:
        for at, wording in sought.said:
            place = f"{wording.language or 'flags'}.{made.flags[at].flag.id}"
            for phrase in wording.phrases:
                if not any(_finds(made, wording, phrase, text) for text in phrase.specimens()):
                    raise wrong(place, f"the phrase {phrase.written!r} can never be found, not even where it stands alone")


def _finds(made: Matcher, wording: _Wording, phrase: CompiledPhrase, specimen: str) -> bool:
    """Whether the phrase stands there; what is written in the language that it is mixed with was looked at in that."""
    for read in made.read(specimen):
        spoken = any(sought.language == wording.language for sought in read.sought)
        if not spoken or read.sentence.match(phrase, wording.scope):
            return True
    return False


def _mixed(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    """Each language with what it is mixed with. Raises WrongRequest for a language that is not there."""
    known = {language.language: language for language in languages}
    if strange := [one.mixed_with for one in languages if one.mixed_with and one.mixed_with not in known]:
        raise wrong("mixed_with", f"there is no language {strange[0]!r}")
    return tuple(_with(one, known[one.mixed_with]) if one.mixed_with else one for one in languages)


def _with(one: Language, other: Language) -> Language:
    def excepted_by(says: tuple[Wording, ...], language: Language) -> Iterator[Wording]:
        for wording in says:
            beside = tuple(chain.from_iterable(it.unless for it in language.says if it.flag == wording.flag))
            yield replace(wording, unless=wording.unless + beside)

    return replace(
        one,
        negations=other.negations + one.negations,
        conditions=other.conditions + one.conditions,
        asides=other.asides + one.asides,
        words=other.words + one.words,
        says=(*excepted_by(other.says, one), *excepted_by(one.says, other)),
    )


def _spelling(book: PhraseBook, languages: tuple[Language, ...]) -> Spelling:
    """The spelling of all languages' words: a message does not say in which one it is written."""
    lists = [*book.words, *(words for language in languages for words in language.words)]
    names = {words.id.replace("_", " "): (words.id.replace("_", ""), *words.any) for words in lists if words.name}
    wordings = [wording for language in languages for wording in language.says]
    texts = [*chain.from_iterable(language.negations for language in languages)]
    texts += chain.from_iterable(words.any for words in lists)
    texts += chain.from_iterable(wording.phrases + wording.unless for wording in wordings)
    found = list(chain.from_iterable(map(bare_words, texts)))
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
        self._scope = Scope(*map(self._all, (language.negations, language.conditions, language.asides)))
        self._known: dict[str, Terms] = {}
        self._expanded: dict[str, tuple[PhraseTerm, ...]] = {}

    def wording(self, wording: Wording, place: str) -> _Wording:
        """The wording compiled. Raises WrongRequest for an unknown word list, or a phrase that no sentence can hold."""
        self._place = place
        for text in wording.phrases:
            if _ends_a_sentence(text):
                raise wrong(place, f"the phrase {text!r} goes over the end of a sentence, where none is sought")
        try:
            phrases, unless = (tuple(map(self._phrase, texts)) for texts in (wording.phrases, wording.unless))
        except KeyError as error:
            raise wrong(place, f"there is no word list {error}") from error
        return _Wording(self._language, self._chinese, self._scope, phrases, unless)

    def _phrase(self, written: str) -> CompiledPhrase:
        rows: dict[str, list[Row]] = {"+": [], "&": [], "-": []}
        for sign, part in parts(written):
            rows[sign].append(self._row(part))
        if not rows["+"]:
            raise wrong(self._place, f"{written!r} has no word in it")
        said = tuple(rows["+"])
        return CompiledPhrase(written, said, tuple(rows["&"]), tuple(rows["-"]), needed_of(said))

    def _row(self, part: str) -> Row:
        slots: list[Slot] = []
        gap = False
        for piece in pieces(part):
            if piece == "...":
                gap = True
                continue
            word = piece.removesuffix("?")
            if word not in self._known:
                self._known[word] = one_of(self._terms(word))
            slots.append(Slot(self._known[word], gap, piece != word))
            gap = False
        if not slots:
            raise wrong(self._place, f"{part!r} has no word in it")
        return tuple(slots)

    def _terms(self, piece: str) -> Iterator[PhraseTerm]:
        for choice in choices(piece):
            yield from self._choice(choice, ())

    def _choice(self, text: str, above: tuple[str, ...]) -> Iterator[PhraseTerm]:
        """A text's terms: those of the list that it begins with, each with what follows. KeyError for an unknown one."""
        named = re.match(r"\{(\w+)\}", text)
        rest = text[named.end() :] if named else ""
        if not named:
            yield from self._term(text)
        elif named[1] in above:
            raise KeyError(named[1])
        else:
            for inner in self._listed(named[1], above):
                yield from self._term(inner.text + rest) if rest else (inner,)

    def _listed(self, name: str, above: tuple[str, ...]) -> tuple[PhraseTerm, ...]:
        """The terms of a list, and of those that it names; each list once, for it stands in many phrases."""
        if name not in self._expanded:
            inner = (self._choice(one, (*above, name)) for one in self._lists[name])
            self._expanded[name] = tuple(chain.from_iterable(inner))
        return self._expanded[name]

    def _term(self, text: str) -> tuple[PhraseTerm, ...]:
        terms = _plain_terms(text, self._spelled)
        if not terms:
            raise wrong(self._place, f"{text!r} has no word in it")
        return terms

    def _all(self, texts: tuple[str, ...]) -> Terms:
        return one_of(chain.from_iterable(map(self._term, texts)))


@lru_cache(50_000)  # a word stands in many phrases
def _plain_terms(text: str, spelled: Spelling) -> tuple[PhraseTerm, ...]:
    return plain_terms(text, spelled.named)


def _ends_a_sentence(phrase: str) -> bool:
    """Whether the phrase, its gaps and question marks apart, is more than one sentence."""
    return any(re.search(r"\w", piece) for piece in _SENTENCE.split(phrase.replace("...", " ").replace("?", " "))[1:])
