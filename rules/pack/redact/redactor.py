"""What is taken out of a pack, and how: one function over every text that goes into it. Pure.

A text is looked at as it is read by people and machines: signs without a width are passed over, and full-width letters and
figures count as plain ones. What is found stands as "[phone]", "[name]"… from then on.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rules.pack.redact.forms import ACCOUNT, ADDRESS, CARD, MAIL, PASSPORT, PHONE, PersonalSpan, personal_spans

NAME, WORD = "name", "word"
RULES = 3  # grows with what is found, so that a plan of other rules is another plan
KINDS: Mapping[str, tuple[str, str]] = {
    NAME: ("name", "names"), PHONE: ("telephone number", "telephone numbers"), MAIL: ("mail address", "mail addresses"),
    ADDRESS: ("line of a postal address", "lines of postal addresses"), ACCOUNT: ("bank account", "bank accounts"),
    CARD: ("card number", "card numbers"), PASSPORT: ("passport or identity number", "passport or identity numbers"),
    WORD: ("word that the buyer named", "words that the buyer named"),
}  # fmt: skip
_STANDS_AS = {kind: f"[{kind}]" for kind in KINDS} | {WORD: "[redacted]"}
_FIRST = (WORD, MAIL, CARD, ACCOUNT, PASSPORT, PHONE, ADDRESS, NAME)  # which kind a place is called where several were found
_LEARNED = {PHONE: 7, MAIL: 6, ADDRESS: 8, ACCOUNT: 8, CARD: 13, PASSPORT: 7}  # signs of a value that is told from others
_NUMBERS = (PHONE, CARD, ACCOUNT)
_SEP = r"[ \t\u00a0().\-/]{0,3}"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BETWEEN = r"[\W_]{0,4}"
_DASHES = tuple("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_TOLD_APART = 5  # letters of a value that is looked for within words
_TAIL = 8  # figures of a telephone number that stay when it is written with another prefix
# Given names that are words, too: alone they are not taken out, together with the family name they are.
_WORDS = frozenset(
    (
        "you me yo ich moi april august may june mark will bill grace faith hope joy art rose lily dawn summer autumn "
        "chase drew frank grant jack jay guy miles nick pat ray rich rob sue van von der den ter del las los san the "
        "and for order buyer seller supplier account contact message admin manager sales support service company "
        "customer user member guest trade office team import export home china "
    ).split()
)


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is to be taken out wherever it stands, and its kind."""

    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A place of a text that is taken out: from `start` to before `end`, and what stands there."""

    kind: str
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Redactor:
    """Takes personal data out of texts: by its form, and every `known` value; not what is `kept`, as the order's number.

    A word that the buyer named (kind "word") is taken out of what is kept, too.
    """

    known: tuple[Known, ...] = ()
    kept: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """The text with "[phone]" where a telephone number stood, and so on; the same text where nothing was found."""
        hits = self.hits(text)
        if not hits:
            return text
        pieces, reached = [], 0
        for hit in hits:
            pieces += [text[reached : hit.start], _STANDS_AS[hit.kind]]
            reached = hit.end
        return "".join([*pieces, text[reached:]])

    def counts(self, text: str) -> Counter[str]:
        """How much of what kind stands in a text."""
        return Counter(hit.kind for hit in self.hits(text))

    def finds(self, text: str, *, by_form: bool = True) -> bool:
        """Whether anything of it stands in a text; of bytes in which figures mean nothing, whether a known value does."""
        return bool(self.hits(text, by_form=by_form))

    def hits(self, text: str, *, by_form: bool = True) -> tuple[FoundSpan, ...]:
        """Every place that is taken out, in order; none overlaps another."""
        plain = _plain(text)
        spans = self._spans(plain.text, by_form)
        found = [span for span in spans if not self._is_kept(plain.text, span)]
        return tuple(_hit(plain, text, span) for span in _apart(found))

    def holds_letters(self, text: str) -> bool:
        """Whether the letters and figures of a known value stand in a text one after the other, as parts of words too."""
        letters = _bare(text)
        return any(one in letters for one in self._bare_known)

    def learned(self, texts: Iterable[str]) -> Redactor:
        """The same, which then finds what it found in these texts wherever and however else it is written."""
        values = {(re.sub(r"\s+", " ", hit.value).strip(), hit.kind) for text in texts for hit in self.hits(text)}
        more = (Known(value, kind) for value, kind in sorted(values) if len(value) >= _LEARNED.get(kind, 99))
        return Redactor(tuple(dict.fromkeys((*self.known, *more))), self.kept)

    def _spans(self, text: str, by_form: bool) -> Iterator[PersonalSpan]:
        if by_form:
            yield from personal_spans(text)
        for kind, form in self._forms.items():
            yield from (PersonalSpan(kind, *match.span()) for match in form.finditer(text) if match[0])

    def _is_kept(self, text: str, span: PersonalSpan) -> bool:
        """Whether a place is part of what is kept."""
        if span.kind == WORD or self._kept is None:
            return False
        around = self._kept.finditer(text, max(0, span.start - 200), span.end + 200)
        return any(match.start() <= span.start and span.end <= match.end() for match in around)

    @cached_property
    def _forms(self) -> Mapping[str, re.Pattern[str]]:
        by_kind: dict[str, list[str]] = {}
        for one in self.known:
            by_kind.setdefault(one.kind, []).append(_form_of(one))
        return {
            kind: re.compile("|".join(sorted(filter(None, forms), key=len, reverse=True)), re.IGNORECASE)
            for kind, forms in by_kind.items()
            if any(forms)
        }

    @cached_property
    def _bare_known(self) -> tuple[str, ...]:
        bare = ((_bare(one.value), one.kind) for one in self.known)
        return tuple(dict.fromkeys(v[-_TAIL:] if k == PHONE else v for v, k in bare if len(v) >= _TOLD_APART))

    @cached_property
    def _kept(self) -> re.Pattern[str] | None:
        values = sorted({_plain(value).text for value in self.kept if len(value) > 3}, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, values)), re.IGNORECASE) if values else None


def names_of(full: Iterable[str], kept: Iterable[str] = (), everyday: frozenset[str] = frozenset()) -> Iterator[Known]:
    """A person's names as they are taken out: whole, and each part alone that is no word of everyday and of nothing kept."""
    words = _WORDS | everyday | set(re.findall(r"[^\W\d_]+", " ".join(kept).casefold()))
    for name in full:
        parts = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name)
        own = [part for part in parts if part.casefold() not in words and len(part) >= (3 if part.isascii() else 2)]
        if len(parts) > 1 or own:
            yield Known(name.strip(), NAME)
        yield from (Known(part, NAME) for part in own)


def _form_of(known: Known) -> str:
    """How the value may be written, as a regular expression; "" for one that cannot be looked for."""
    value = _plain(known.value).text.strip()
    digits = re.sub(r"\D", "", value)
    if known.kind in _NUMBERS and len(digits) >= 7 and not re.search(r"[^\W\d_]", value):
        tail = digits[-_TAIL:] if known.kind == PHONE and len(digits) > _TAIL + 1 else digits
        before = rf"[+(]?(?:\d{_SEP}){{0,7}}" if tail != digits else r"\+?"
        return rf"(?<![0-9A-Za-z.]){before}{_SEP.join(tail)}(?![0-9A-Za-z]|\.\d)"
    tokens = re.findall(r"[^\W_]+", value)
    if not tokens:
        return re.escape(value)
    if known.kind in (ACCOUNT, PASSPORT):
        tokens = list("".join(tokens))
    start = r"(?<![^\W_])" if _spaced(tokens[0][0]) else ""
    end = r"(?![^\W_])" if _spaced(tokens[-1][-1]) else ""
    return start + _BETWEEN.join(map(re.escape, tokens)) + end


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", _plain(text).text).casefold()


def _spaced(sign: str) -> bool:
    """Whether words of its script are parted by spaces."""
    return not ("\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af")


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text as it is read, and for each of its signs the place in the text as it is written."""

    text: str
    places: Sequence[int] | None


def _plain(text: str) -> _Plain:
    if text.isascii():
        return _Plain(text, None)
    signs: list[str] = []
    places: list[int] = []
    reached = 0
    for match in _NOT_ASCII.finditer(text):
        place, read = match.start(), _read(match[0])
        signs += [text[reached:place], read]
        places += range(reached, place)
        places += [place] * len(read)
        reached = place + 1
    signs.append(text[reached:])
    places += range(reached, len(text))
    return _Plain("".join(signs), places)


@lru_cache(100_000)
def _read(sign: str) -> str:
    """A sign as it is read: "" for one without a width, a plain one for a full-width, accented or mathematical one."""
    if sign.isascii():
        return sign
    if unicodedata.category(sign) in ("Cf", "Mn", "Me") or sign in "\u115f\u1160\u3164\uffa0\u034f":
        return ""
    if "\uac00" <= sign <= "\ud7af":
        return sign
    parts = unicodedata.normalize("NFKD", sign)
    plain = "".join(one for one in parts if unicodedata.category(one) != "Mn")
    if len(plain) == 1 and plain.isdecimal():
        return str(unicodedata.decimal(plain))
    return "-" if plain in _DASHES else plain


def _apart(spans: Iterable[PersonalSpan]) -> Iterator[PersonalSpan]:
    """Spans that overlap as one, of the kind that says most."""
    joined: PersonalSpan | None = None
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if joined is None or span.start >= joined.end:
            if joined is not None:
                yield joined
            joined = span
        else:
            kind = min(joined.kind, span.kind, key=_FIRST.index)
            joined = PersonalSpan(kind, joined.start, max(joined.end, span.end))
    if joined is not None:
        yield joined


def _hit(plain: _Plain, text: str, span: PersonalSpan) -> FoundSpan:
    start, end = span.start, span.end
    if plain.places is not None:
        start, end = plain.places[start], plain.places[end - 1] + 1
        while end < len(text) and not _read(text[end]):
            end += 1  # what has no width and follows belongs to it
    return FoundSpan(span.kind, start, end, plain.text[span.start : span.end])
