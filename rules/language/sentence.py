"""One sentence in plain words: where the terms of a book stand in it, and whether a phrase does, said and not denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from rules.language.spelling import CJK
from rules.language.written import HAS_CJK, CompiledPhrase, PhraseTerm, Row, Span, Terms, looked_up

_LATIN = re.compile(rf"[^\W_{CJK}]")
_CJK_RUN = re.compile(rf"[{CJK}]{{3}}")
_GAP, _GAP_CJK = 6, 12  # words, and Chinese characters, that "..." stands for at most
_DENIED = 3  # words after "never" that it still denies
_FARTHEST = 120  # characters between two words of a phrase
_TAG, _TAG_CJK = 2, 4  # words, and Chinese characters, of a question that is hung on to a sentence: "it is good, right?"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term, whether its words alone find it, and the lists in which it stands."""

    term: PhraseTerm
    text: str
    simple: bool
    lists: tuple[Terms, ...]

    def end(self, plain: str, at: int) -> int:
        """Where the term ends that begins at that place; -1 where it does not stand there."""
        if not self.simple:
            pattern = self.term.pattern()
            match = pattern.match(plain, at) if pattern else None
            return match.end() if match else -1
        if not plain.startswith(self.text, at):
            return -1
        end = at + len(self.text)
        goes_on = end < len(plain) and plain[end] != " " and _LATIN.match(plain[end]) and _LATIN.match(plain[end - 1])
        return -1 if goes_on else end


@dataclass(frozen=True)
class TermIndex:
    """The terms of a book by what a sentence looks them up by."""

    entries: Mapping[str, tuple[_Entry, ...]]

    def found(self, plain: str) -> dict[Terms, list[Span]]:
        """Where each list's terms stand in the plain words."""
        found: dict[Terms, list[Span]] = {}
        for at, key in _places(plain):
            for entry in self.entries.get(key, ()):
                if (end := entry.end(plain, at)) >= 0:
                    for terms in entry.lists:
                        found.setdefault(terms, []).append((at, end))
        return found


def index(lists: Iterable[Terms]) -> TermIndex:
    """The index of these lists."""
    owners: dict[PhraseTerm, dict[Terms, None]] = {}
    for terms in lists:
        for term in terms.any:
            owners.setdefault(term, {})[terms] = None
    entries: dict[str, list[_Entry]] = {}
    for term, standing in owners.items():
        entry = _Entry(term, term.text, not term.varies, tuple(standing))
        entries.setdefault(term.key(), []).append(entry)
    return TermIndex({key: tuple(found) for key, found in entries.items()})


def _places(plain: str) -> Iterator[tuple[int, str]]:
    """Where a term may begin, and the keys by which it is looked up: at each word, and at each Chinese character."""
    at = 0
    found = plain.split(" ")
    for word, following in zip(found, (*found[1:], ""), strict=True):
        if HAS_CJK.match(word):
            for n in range(len(word)):
                yield at + n, word[n]
                if len(word) > n + 1:
                    yield at + n, word[n : n + 2]
        elif word:
            for key in looked_up(word, following):
                yield at, key
        at += len(word) + 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What takes away what is said, in one language.

    `negations` deny what follows them closely; what follows a word of `conditions` ("if") up to a comma is no admission;
    `asides` ("beware") show that the sentence is about what others do.
    """

    negations: Terms
    conditions: Terms
    asides: Terms


class Sentence:
    """One sentence in plain words, and where each term stands in it, looked up once. `asked`: it is a question."""

    def __init__(self, plain: str, terms: tuple[TermIndex, ...], asked: bool = False) -> None:
        self.plain = plain
        self.found = {found: spans for one in terms for found, spans in one.found(plain).items()}
        self._asked = _last_clause(plain) if asked else len(plain)

    def words(self, spans: frozenset[Span]) -> str:
        """The words that stand there, in their order and each once, " … " between those that stand apart."""
        apart: list[Span] = []
        for start, end in sorted(spans):
            if apart and start <= apart[-1][1] + 1:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return " … ".join(self.plain[start:end] for start, end in apart)

    def match(
        self, phrase: CompiledPhrase, scope: Scope, beside: tuple[Sentence, ...] = (), stated: bool = False
    ) -> frozenset[Span]:
        """Where the words of a phrase stand; none where one of its parts does not stand here, or only denied.

        `beside` are the sentences before and after. `stated`: neither asked nor on a condition.
        """
        if not phrase.needed <= self.found.keys():
            return frozenset()
        own = self._standing(phrase.rows, scope, stated)
        if not own:
            return own
        if any(not _within(span, own) for span in self.found.get(scope.asides, ())):
            return frozenset()
        for row in phrase.absent:
            if any(not _within(span, own) for spans in self._rows(row).values() for span in spans):
                return frozenset()
        for row in phrase.near:
            if not any(one._standing((row,), scope, stated, own if one is self else frozenset()) for one in (self, *beside)):
                return frozenset()
        return own

    def outside(self, phrase: CompiledPhrase, scope: Scope, own: frozenset[Span]) -> bool:
        """Whether the phrase stands here on other words than those."""
        return any(not _within(span, own) for span in self.match(phrase, scope))

    def _standing(
        self, rows: tuple[Row, ...], scope: Scope, stated: bool, said: frozenset[Span] = frozenset()
    ) -> frozenset[Span]:
        """Where the rows stand and are said, if all do; what is `said` already takes nothing away."""
        reached = [self._rows(row) for row in rows]
        if not all(reached):
            return frozenset()
        kept = []
        for row in reached:
            others = said.union(
                chain.from_iterable(spans for other in reached if other is not row for spans in other.values())
            )
            deny = [span for span in self.found.get(scope.negations, ()) if not _within(span, others)]
            mere = [span for span in self.found.get(scope.conditions, ()) if not _within(span, others)] if stated else []
            holding = [
                spans for (start, _), spans in row.items() if self._holds(start, deny) and not self._mere(start, mere)
            ]
            kept.append([spans for spans in holding if not stated or min(spans)[0] < self._asked])
        return frozenset(chain.from_iterable(spans for row in kept for spans in row)) if all(kept) else frozenset()

    def _rows(self, row: Row) -> dict[Span, frozenset[Span]]:
        """From where to where the row stands, and on which words."""
        reached = {span: frozenset((span,)) for span in self.found.get(row[0].terms, ())}
        for slot in row[1:]:
            after = dict(reached) if slot.optional else {}
            for (begin, end), spans in reached.items():
                for span in self.found.get(slot.terms, ()):
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

    def _mere(self, start: int, conditions: Iterable[Span]) -> bool:
        """Whether what begins there is said on a condition only."""
        return any(end <= start and "," not in self.plain[end:start] for _, end in conditions)


def _last_clause(plain: str) -> int:
    """Where that which a question asks begins: after the last comma, unless only a tag stands there."""
    head, comma, tail = plain.rpartition(" , ")
    long = len(tail.split()) > _TAG or len("".join(HAS_CJK.findall(tail))) > _TAG_CJK
    return len(head) + len(comma) if long else 0


def _within(span: Span, words: Iterable[Span]) -> bool:
    """Whether the span lies within these words, those that stand side by side taken together."""
    begin = reached = -2
    for start, end in sorted(words):
        begin, reached = (begin, max(reached, end)) if start <= reached + 1 else (start, end)
        if begin <= span[0] and span[1] <= reached:
            return True
    return False
