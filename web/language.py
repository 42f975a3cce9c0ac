"""The pages in their reader's language, out of one catalogue: what stands in templates, and what the commands say.

Everything behind the pages speaks English. At their edge a sentence is looked up: as it stands, by a pattern with places in
it ("Kept {name} as {kind}"), or part by part. What the catalogue does not know stays English, and is marked as English. What
a page, a message or a file says is evidence, and is never looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from importlib.resources import files
from io import BytesIO

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from rules.notices.wording import instant_words
from web.pressing import is_command, pressed

# What each calls itself, by the name under which the book of notices knows it, and its tag for browsers.
LANGUAGES = {"en": "English", "zh": "中文"}
TAGS = {"en": "en", "zh": "zh-CN"}
COOKIE = "tradewitness-language"
_DOMAINS = ("web", "told")  # what the pages say themselves; what they show of the commands' sentences
_LONGEST_HEADER = 500
_WITHOUT_WORDS = 7  # a pattern with fewer letters of its own counts only where what stands in its places is known, too
_A_SENTENCE = 4  # words from which on what is not known is taken for a sentence of ours, and no name
_MOST_SENTENCES = 5  # of one text, such as what to do about a deadline
_LONGEST = 800  # signs of what is looked up: places may stand in many ways in a long text that somebody made for that
_DEEPEST = 4  # a sentence within a sentence, and so on
_MOST_COMMAS = 4  # parts of a list that are one name together
_MOST_KEPT = 8192

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})(?:, (?=\d\d:\d\d))?")
_INSTANT = re.compile(rf"{_DAY.pattern}(?:\d\d:\d\d)?(?: \([\w/+-]+\))?")
_UNIT = re.compile(r"(\d+) (day|hour|minute|month|year)s?")
_SPAN = re.compile(rf"(?:{_UNIT.pattern}(?: {_UNIT.pattern})*|less than a minute)")
# What stands in a place of a pattern, by the beginning of its name; anything in one of another name.
_DIGITS = "0123456789"
_WRITTEN = {"text", "name", "names", "words"}  # places that hold what others wrote or called something
_SHAPES = {"number": r"\d[\d,.]*", "when": _INSTANT.pattern, "span": _SPAN.pattern}
_QUOTED = re.compile(r"(“[^”]*”)")
# Within a text that is looked up: what stays in our English, what others said, and the end of either.
_OURS, _THEIRS, _END = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue002]")
_MARKED = re.compile("([\ue000-\ue002])")
_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=\S)")
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\b[A-Za-z][a-z]+\b")
# Addresses, paths, time zones, and names with numbers in them.
_NO_WORDS = re.compile(r"https?://\S+|\S*[/\\]\S+[/\\]\S*|[A-Z]\w+/[A-Z]\w+|\S*\d\S*")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
_MARK = re.compile(r"\s*(?:[!?•✓●·] +)?")


@dataclass(frozen=True, slots=True)
class Translated:
    """A stretch of what is shown, and its language where that is not the reader's: "en", or "" of what others wrote."""

    text: str
    lang: str | None = None


@dataclass(frozen=True)
class Pattern:
    """A sentence with places in it: what it looks like, the longest of its own words, and what it is called."""

    shape: re.Pattern[str]
    anchor: str
    said: str
    loose: bool

    @classmethod
    def of(cls, text: str, said: str) -> Pattern:
        """Of a text with its places as `{name}`."""
        parts = _PLACE.split(text)
        own, names = parts[::2], parts[1::2]
        shapes = (f"(?P<{name}>{_SHAPES.get(name.rstrip(_DIGITS), '.+?')})" for name in names)
        shape = "".join(re.escape(word) + place for word, place in zip(own, (*shapes, ""), strict=True))
        letters = sum(len(_LETTERS.findall(word)) for word in own)
        return cls(re.compile(shape, re.DOTALL), max(own, key=len), said, letters < _WITHOUT_WORDS)


@dataclass(frozen=True)
class Translations:
    """What each English text is called in a language."""

    lang: str
    texts: Mapping[str, str]
    _found: dict[str, tuple[Translated, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, int], str | None] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Those with the most words of their own first."""
        made = [Pattern.of(text, said) for text, said in self.texts.items() if _PLACE.search(text)]
        return tuple(sorted(made, key=lambda one: -len(one.shape.pattern)))

    def pieces(self, text: str) -> tuple[Translated, ...]:
        """A sentence or several, translated as far as it goes."""
        if (found := self._found.get(text)) is None:
            found = tuple(_joined(part for one in self._pieces(_MARKS.sub("\ufffd", text)) for part in _unmarked(one)))
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[text] = found
        return found

    def plain(self, text: str) -> str:
        """The same as text, for titles and attributes."""
        return "".join(piece.text for piece in self.pieces(text))

    def _pieces(self, text: str) -> Iterator[Translated]:
        if not has_words(text):
            yield Translated(self._dated(text))
            return
        mark = _MARK.match(text)
        start, end = mark.end() if mark else 0, len(text.rstrip())
        words = text[start:end]
        said = self.find(words)
        yield Translated(text[:start])
        yield from self._parts(words) if said is None else (Translated(said),)
        yield Translated(text[end:])

    def _parts(self, text: str) -> Iterator[Translated]:
        """What is not known as a whole: sentence by sentence, then what stands beside `;` and `:`, then as English."""
        sentences = _SENTENCES.split(text)
        if len(sentences) > 1:
            yield from self._run(sentences)
            return
        for sign, between in (("; ", "；"), (": ", "："), (" (", "（")):
            head, found, rest = text.partition(sign)
            if not found or text.count(sign) > _MOST_SENTENCES or (sign == " (" and not rest.endswith((")", ")."))):
                continue
            rest = re.sub(r"\)(?=\.?$)", "）", rest) if sign == " (" else rest
            parts = (*self.pieces(head), Translated(between), *self.pieces(rest))
            if any(part.lang is None and _CHINESE.search(part.text) for part in parts if part.text != between):
                yield from parts
                return
        yield Translated(self._as_it_is(text))

    def _run(self, sentences: list[str]) -> Iterator[Translated]:
        """As many at once as are known together, or else one."""
        while sentences:
            known = ((n, self.find(" ".join(sentences[:n]))) for n in range(min(len(sentences), _MOST_SENTENCES), 1, -1))
            number, said = next(((n, said) for n, said in known if said is not None), (1, None))
            yield from self.pieces(sentences[0]) if said is None else (Translated(said),)
            sentences = sentences[number:]

    def find(self, text: str, depth: int = 0) -> str | None:
        """A whole sentence, label or list; None where a word of it is not known. `depth` says in how many others it is."""
        if len(text) > _LONGEST or depth > _DEEPEST:
            return None
        if (text, depth) not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[text, depth] = self._find(text, depth)
        return self._known.get((text, depth))

    def _find(self, text: str, depth: int) -> str | None:
        if is_command(text):
            return pressed(text, lambda press: self.texts.get(press, press))
        said = self.texts.get(text) or self.texts.get(text[:1].lower() + text[1:])
        if said is None and text.endswith("."):
            known = self.find(text[:-1], depth)
            said = f"{known}。" if known is not None else None
        if said is None and (_SPAN.fullmatch(text) or _INSTANT.fullmatch(text)):
            said = self._dated(self._span(text))
        return said or self._by_pattern(text, depth) or self._listed(text, depth) or self._after_colon(text, depth)

    def _by_pattern(self, text: str, depth: int) -> str | None:
        for pattern in self.patterns:
            if pattern.anchor in text and (match := pattern.shape.fullmatch(text)):
                values = {
                    name: self._value(name, value, pattern.loose, depth + 1) for name, value in match.groupdict().items()
                }
                if None not in values.values():
                    return pattern.said.format_map(values)
        return None

    def _value(self, name: str, value: str, known: bool, depth: int) -> str | None:
        """What stands in a place of a pattern: a name or an amount as it is, what is known by its word. None where it has to
        be known and is not, and for several sentences that are not quoted: the pattern took too much.
        """
        if not has_words(value):
            return self._dated(value)
        written = name.rstrip(_DIGITS) in _WRITTEN
        said = None if written else self.find(value, depth)
        if said is not None or (known and not written) or _SENTENCES.search(_QUOTED.sub("", value)):
            return said
        return f"{_THEIRS}{value}{_END}" if written and "“" not in value else self._as_it_is(value, depth)

    def _as_it_is(self, text: str, depth: int = 0) -> str:
        """What is not known, marked as English, and in it what others said, marked as theirs."""
        return "".join(self._marked(part, depth) for part in _QUOTED.split(text) if part)

    def _marked(self, part: str, depth: int) -> str:
        if _QUOTED.fullmatch(part):
            return f"{_THEIRS}{part}{_END}"
        if (known := self.find(part.strip(), depth)) is not None:
            return known
        if not has_words(part) or _CHINESE.search(part):
            return self._dated(part)
        said = part.strip()
        ours = said[:1].islower() or said.endswith((".", "!", "?", ":")) or len(said.split()) >= _A_SENTENCE
        return f"{_OURS if ours else _THEIRS}{self._dated(part) if ours else part}{_END}"

    def _listed(self, text: str, depth: int) -> str | None:
        """A list of what is known; what is called by several words with commas between them stands there, too."""
        parts, found = text.split(", "), list[str]()
        if len(parts) == 1:
            return None
        while parts:
            each = (
                (n, self._labelled(", ".join(parts[:n]), depth + 1)) for n in range(min(len(parts), _MOST_COMMAS), 0, -1)
            )
            number, said = next(((n, said) for n, said in each if said is not None), (0, None))
            if said is None:
                return None
            found.append(said)
            parts = parts[number:]
        return "、".join(found)

    def _labelled(self, text: str, depth: int) -> str | None:
        return (self.texts.get(text) or self.texts.get(text[:1].lower() + text[1:])
                or (self._by_pattern(text, depth) if ", " not in text else None))  # fmt: skip

    def _after_colon(self, text: str, depth: int) -> str | None:
        head, found, rest = text.partition(": ")
        said = (self.find(head, depth + 1), self.find(rest, depth + 1)) if found else (None,)
        return "：".join(filter(None, said)) if None not in said else None

    def _dated(self, text: str) -> str:
        """With its days in the language's words."""
        return _DAY.sub(self._day, text)

    def _day(self, match: re.Match[str]) -> str:
        from babel.dates import format_date

        day, month, year = match.groups()
        try:
            return format_date(date(int(year), _MONTHS.index(month) + 1, int(day)), "y年M月d日(EEE)", locale=self.lang)
        except ValueError:
            return match[0]

    def _span(self, text: str) -> str:
        from babel.units import format_unit

        spans = [format_unit(int(n), f"duration-{unit}", locale=self.lang) for n, unit in _UNIT.findall(text)]
        return "".join(spans) or text


def has_words(text: str) -> bool:
    """Whether anything in it is said in words, and not in numbers, names of things, addresses or days."""
    return _WORD.search(_NO_WORDS.sub("", _INSTANT.sub("", text))) is not None


def _unmarked(one: Translated) -> Iterator[Translated]:
    """Cut where marks stand."""
    lang: str | None = one.lang
    for part in _MARKED.split(one.text):
        if part in (_OURS, _THEIRS, _END):
            lang = {_OURS: "en", _THEIRS: "", _END: one.lang}[part]
        elif part:
            yield Translated(part, lang)


def _joined(pieces: Iterable[Translated]) -> Iterator[Translated]:
    """English sentences beside each other as one, with the space between them that Chinese ones have not."""
    held: Translated | None = None
    for piece in filter(lambda one: one.text, pieces):
        if held is not None and held.lang == piece.lang:
            held = Translated(f"{held.text}{'' if held.lang is None else ' '}{piece.text}", held.lang)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


@lru_cache
def catalogue(lang: str) -> Translations | None:
    """The catalogue of a language; None of English, which is what everything is written in."""
    if lang == "en":
        return None
    from babel.messages.pofile import read_po

    from rules.notices.wording import words_of
    from rules.policy.platform import load_policy

    texts: dict[str, str] = {}
    # A deadline is called in the pages what it is called in notices.
    for site, named in words_of(lang).site.items():
        for rule in (rule for rule in load_policy(site).deadlines if rule.id in named):
            called = named[rule.id]
            texts |= {rule.label: called.label, rule.todo: called.todo, rule.if_missed: called.if_missed}
    folder = files("web") / "locale" / TAGS[lang].replace("-", "_") / "LC_MESSAGES"
    for domain in _DOMAINS:
        for message in read_po(BytesIO((folder / f"{domain}.po").read_bytes())):
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if ids[0] and said and said[0]:
                texts |= dict.fromkeys(ids, said[0])
    return Translations(lang, texts)


class PageLanguage:
    """Who reads the answer to a request: the language that was chosen here, is in the book, or that the browser asks for."""

    def __init__(self, chosen: str, accepted: str, setting: Callable[[], str]) -> None:
        self._chosen, self._accepted, self._setting = chosen, accepted, setting
        self.left_english = False

    @classmethod
    def of(cls, headers: Headers, setting: Callable[[], str] = lambda: "") -> PageLanguage:
        """Who sent a request with these headers; `setting` gives the language of the book."""
        held = (cookie_parser(line).get(COOKIE, "") for line in headers.getlist("cookie"))
        chosen = next((lang for lang in held if lang in LANGUAGES), "")
        return cls(chosen, headers.get("accept-language", ""), setting)

    @cached_property
    def lang(self) -> str:
        """Looked for when the first word is shown: a picture has none."""
        if self._chosen in LANGUAGES:
            return self._chosen
        booked = self._setting()
        return booked if booked in LANGUAGES else preferred(self._accepted) or "en"


_NOBODY = PageLanguage("en", "", lambda: "")
_LANGUAGE: ContextVar[PageLanguage] = ContextVar("language")


def page_language() -> PageLanguage:
    """Who reads what is being made; English outside of a request."""
    return _LANGUAGE.get(_NOBODY)


def preferred(header: str) -> str:
    """The language of ours that an Accept-Language header asks for most; "" for none."""
    found: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, rest = part.strip().partition(";")
        lang = tag.strip().lower().split("-")[0]
        weight = re.fullmatch(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", rest, re.ASCII) if rest else None
        weighs = float(weight[1]) if weight else 0.0 if rest else 1.0
        if lang in LANGUAGES and weighs > 0:
            found.append((weighs, lang))
    return max(found, key=lambda one: one[0])[1] if found else ""


class InReadersLanguage:
    """ASGI middleware around what the guard lets through. `setting` gives the language of the book."""

    def __init__(self, app: ASGIApp, setting: Callable[[], str]) -> None:
        self.app, self.setting = app, setting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _LANGUAGE.set(PageLanguage.of(Headers(scope=scope), self.setting))
        await self.app(scope, receive, send)


def said(text: str, who: PageLanguage | None = None) -> str:
    """A text of ours in the reader's language, without marks: for titles and attributes."""
    known = catalogue((who or page_language()).lang)
    return known.plain(text) if known else text


def pieces(text: str) -> tuple[Translated, ...]:
    """The same for a page, which marks what stays English, and says so to its reader."""
    who = page_language()
    known = catalogue(who.lang)
    if known is None:
        return (Translated(text),)
    found = known.pieces(text)
    if any(piece.lang == "en" for piece in found):
        who.left_english = True
    return found


def fixed(text: str) -> str:
    """A text of a template, which has an entry of its own."""
    known = catalogue(page_language().lang)
    return known.texts.get(text, text) if known else text


def is_instant(text: str) -> bool:
    """Whether a text is nothing but a day or a time in our words."""
    return _INSTANT.fullmatch(text) is not None


def moment(at: datetime, zone: str) -> str:
    """An instant in the reader's words, as it is in a zone."""
    return instant_words(at, zone, page_language().lang)
