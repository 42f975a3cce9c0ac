"""Text, figures, names and addresses replaced by others of the same shape, under a key that nobody keeps.

Each letter becomes a letter of the same case and script, each digit a digit; marks and spaces stay.
Equal words and numbers of one run become equal ones, so that it is still seen what belongs together; in a long text each
word is replaced for itself, so that nobody can count which ones are frequent. What a site prints for everybody is kept, and
everything that is kept is noted.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from collector.reading.times import MONTHS
from collector.vocabulary import Vocabulary

_URL = r"(?:https?:)?//[^\s\"'<>|\\^`{}]{3,}"
_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_TOKEN = (  # compiled when first asked for: only a sample disguises anything
    rf"""(?P<url>{_URL})
      | (?P<iso>(?<![0-9])(?P<y1>[0-9]{{4}})(?P<s1>[-/.])(?P<m1>[0-9]{{1,2}})(?P=s1)(?P<d1>[0-9]{{1,2}})(?![0-9])
          (?:T(?=[0-9]))?)
      | (?P<han_day>(?P<y2>[0-9]{{4}})\s?年\s?(?P<m2>[0-9]{{1,2}})\s?月\s?(?P<d2>[0-9]{{1,2}})\s?日)
      | (?P<named>(?<![^\W_])(?P<m3>{_MONTH})\.?\s{{1,2}}(?P<d3>[0-9]{{1,2}})(?:st|nd|rd|th)?
          (?:,?\s{{1,2}}(?P<y3>[0-9]{{4}}))?(?![0-9]))
      | (?P<before>(?<![0-9])(?P<d4>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[\s-]{{1,2}}(?:de\s)?(?P<m4>{_MONTH})\.?,?
          [\s-]{{1,2}}(?:de\s)?(?P<y4>[0-9]{{4}}))
      | (?P<slashed>(?<![0-9])[0-9]{{1,2}}(?P<s5>[-/.])[0-9]{{1,2}}(?P=s5)[0-9]{{4}}(?![0-9]))
      | (?P<clock>(?<![0-9:])[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,6}})?)?(?![0-9:]))
      | (?P<han>[{_HAN}]+)
      | (?P<number>(?<![^\W_{_HAN}])[0-9]+(?:[.,][0-9]+)*(?![^\W_{_HAN}]))
      | (?P<mixed>[^\W_{_HAN}]*\d[^\W_{_HAN}]*)
      | (?P<word>[^\W\d_{_HAN}]+)"""
)
_DAY_FORMS = {"iso": "1", "han_day": "2", "named": "3", "before": "4"}  # by which groups hold year, month and day
_WORD = re.compile(rf"[{_HAN}]+|[^\W\d_{_HAN}]+")
_DIGITS = re.compile(r"[0-9]+")
_UNITED = re.compile(r"([0-9]+)([^\W\d_]+)|([^\W\d_]+)([0-9]+)")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # where a word begins inside a name
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_CODE = re.compile(r"[A-Za-z0-9_\-.:\[\]#%/()!&>*~$+,=|?]{1,120}")
_BY_SCRIPT = {
    "CYRILLIC": "бвгджзклмнпрстфхцчшщ", "GREEK": "βγδζθκλμνξπρστφχψ", "ARABIC": "بتثجحخدذرزسشصضطظعغفقكلمنه",
    "HEBREW": "אבגדהזחטיכלמנסעפצקרשת", "HIRAGANA": "あかさたなはまやらわ", "KATAKANA": "アカサタナハマヤラワ",
    "THAI": "กขคงจฉชซญดตถทธนบปผพฟมยรลวสห",
    "DEVANAGARI": "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह", "HANGUL": "가나다라마바사아자차카타파하",
}  # fmt: skip
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_LONG = 12  # words: of a text with more, equal words need not become equal
_PHRASE = 10  # words: a text of no more, all of them known, is one that the site prints
_LABEL_LENGTH = 60
_LEAST_NAMED = 3  # letters: "px" and "sm" are nobody's name
_LEAST_HIDDEN = 4  # letters or digits: what is shorter says nothing by itself
_DRAWS = 50
_EPOCH = range(1_104_537_600_000, 2_051_222_400_000)  # milliseconds since 1970 that can be a time: 2005 to 2034
_SUFFIX = re.compile(r"(?:\.(?:html?|json|js|css|png|jpe?g|gif|webp|svg|pdf|do|php))+$", re.IGNORECASE)


@dataclass(slots=True)
class Kept:
    """What was kept as it stood, each once, and how many letters and digits were replaced.

    `texts` are the site's own words, with # for a figure; `names` the words in names of the page's code that no reader looks
    for, and that stand nowhere in its texts.
    """

    texts: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)
    replaced: int = 0


@cache
def _token() -> re.Pattern[str]:
    return re.compile(_TOKEN, re.VERBOSE | re.IGNORECASE)


def plain_words(text: str) -> Iterator[str]:
    """The words of a text in comparable form."""
    return (word.casefold() for word in _WORD.findall(text))


class Disguise:
    """One run over the documents of one page. `original` is all that stands in them: nothing of it is drawn by chance."""

    def __init__(self, vocabulary: Vocabulary, original: str, hidden: Set[str], key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._known, self._hidden = vocabulary, hidden
        self._words = {word for word in plain_words(original) if len(word) >= _LEAST_HIDDEN}
        self._runs = {run for run in _DIGITS.findall(original) if len(run) >= _LEAST_HIDDEN}
        self._made: dict[tuple[str, str], str] = {}
        self._named: dict[str, str] = {}
        self.kept = Kept()

    # -- texts --------------------------------------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """A text of the page, or of its data."""
        if not text.strip():
            return text
        if self._is_public(text):
            return self._noted(self._written(text, keep=True))
        label, colon, rest = text.partition(":") if ":" in text else text.partition("：")
        if colon and len(label) <= _LABEL_LENGTH and self._is_public(label) and "//" not in text:
            told = self._is_public(rest)
            value = self._written(rest, keep=told)
            return self._noted(self._written(label, keep=True)) + colon + (self._noted(value) if told else value)
        return self._written(text, keep=False)

    def _noted(self, text: str) -> str:
        self.kept.texts.setdefault(" ".join(_DIGITS.sub("#", text).split()))
        return text

    def _is_public(self, text: str) -> bool:
        """Whether a text is short and made of words alone that the site prints for everybody."""
        bare = _token().sub(lambda token: token[0] if token["word"] or token["han"] else " ", text)
        found, known = list(plain_words(bare)), self._known
        if len(found) == 1 and bare.strip() == text.strip():  # alone, a word of the site's may be somebody's name
            return found[0] in known.alone
        if not any(len(word) > 1 or not word.isascii() for word in found) and not any(map(str.isdecimal, text)):
            return False  # initials
        return 0 < len(found) <= _PHRASE and all(word in known.words or word in known.units for word in found)

    def _written(self, text: str, *, keep: bool) -> str:
        tokens = list(_token().finditer(text))
        salt = text if len(tokens) > _LONG and sum(1 for _ in plain_words(text)) > _LONG else ""
        out, at = [], 0
        for place, token in enumerate(tokens):
            out.append(text[at : token.start()])
            out.append(self._token(text, tokens, place, keep, f"{place}:{salt}" if salt else ""))
            at = token.end()
        out.append(text[at:])
        return "".join(out)

    def _token(self, text: str, tokens: list[re.Match[str]], place: int, keep: bool, salt: str) -> str:
        token, stands, kind = tokens[place], tokens[place].group(), str(tokens[place].lastgroup)
        if kind in _DAY_FORMS:
            return self._day(token, _DAY_FORMS[kind], stands)
        match kind:
            case "url":
                return self.address(stands)
            case "slashed":
                return _DIGITS.sub(lambda run: self._whole(run[0], least=12), stands)
            case "clock":
                return self._clock(stands)
            case "number":
                out_of = stands in ("5", "5.0") and text[: token.start()].rstrip().endswith("/")
                return stands if out_of else self.number(stands)
            case "mixed":
                return self._mixed(stands)
        folded, known = stands.casefold(), self._known
        if keep:
            return stands
        if folded in known.forms or (folded in known.units and _beside_figure(text, tokens, place)):
            self.kept.texts.setdefault(stands)
            return stands
        return self.word(stands, salt)

    def word(self, word: str, salt: str = "") -> str:
        """A word's letters by others of their case and script."""
        folded = word.casefold()
        made = self._made.get((salt, folded), "")
        if len(made) != len(word):
            made = self._made[salt, folded] = self._anew(word, lambda turn: self._letters(word, salt, turn))
        self.kept.replaced += len(word)
        return _cased(word, made)

    def _letters(self, word: str, salt: str, turn: str) -> str:
        stream = self._stream("word", salt, word.casefold(), turn)
        return _cased(word, "".join(_letter(one.lower()[0], next(stream)) for one in word))

    def _anew(self, stands: str, draw: Callable[[str], str]) -> str:
        """The first of many draws that is another and in which nothing stands that the page says."""
        made = ""
        for turn in range(_DRAWS):
            made = draw(str(turn))
            told = plain_words(f"{made} {CAMEL.sub(' ', made)}")
            said = self._words.intersection(told) or self._runs.intersection(_DIGITS.findall(made))
            if made.casefold() != stands.casefold() and not said:
                break
        return made

    def _mixed(self, stands: str) -> str:
        """Letters and digits in one: a figure with its unit ("4h"), else a code, in which each sign is replaced."""
        united = _UNITED.fullmatch(stands)
        if united is not None:
            figure, unit = (united[1], united[2]) if united[1] else (united[4], united[3])
            if unit.casefold() in self._known.units:
                return self.number(figure) + unit if united[1] else unit + self.number(figure)
        self.kept.replaced += len(stands)
        return self._anew(stands, lambda turn: self._signs(stands, turn))

    def _signs(self, code: str, turn: str) -> str:
        stream = self._stream("code", code, turn)
        made = (str(next(stream) % 10) if one.isdecimal() else _letter(one.lower()[0], next(stream)) for one in code)
        return _cased(code, "".join(made))

    # -- figures ------------------------------------------------------------------------------------------------------

    def number(self, text: str) -> str:
        """A printed figure by another with its marks: 8,600.00 and 8600 become one and the same."""
        parts = re.split(r"([.,])", text)
        groups, marks = parts[::2], parts[1::2]
        if len(groups) == 1:
            return self._whole(text)
        thirds = len(set(marks)) == 1 and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
        if thirds:
            return _printed_as(self._whole("".join(groups)), groups, marks)
        if len(set(marks[:-1])) <= 1 and marks[-1] not in marks[:-1] and all(len(group) == 3 for group in groups[1:-1]):
            whole = self._whole("".join(groups[:-1]))
            return _printed_as(whole, groups[:-1], marks[:-1]) + marks[-1] + self._decimals("".join(groups[:-1]), groups[-1])
        return "".join(self._whole(part) if part.isdecimal() else part for part in parts)

    def _decimals(self, whole: str, decimals: str) -> str:
        """What stands behind the mark; noughts at its end stay."""
        bare = decimals.rstrip("0")
        self.kept.replaced += len(bare)
        made = self._anew(bare, lambda turn: self._figures("decimals", whole.lstrip("0"), bare, turn)) if bare else ""
        return made + "0" * (len(decimals) - len(bare))

    def _figures(self, *what: str) -> str:
        """As many figures as the last but one has, no nought at either end."""
        stream = self._stream(*what)
        made = [next(stream) % 10 for _ in what[-2]]
        made[0], made[-1] = made[0] or 4, made[-1] or 7
        return "".join(map(str, made))

    def _whole(self, digits: str, least: int = 0) -> str:
        """A whole number by one of as many digits; nought and one stay. `least`: what is no more than that stays so."""
        bare = digits.lstrip("0")
        if not bare or (bare == "1" and len(digits) < _LEAST_HIDDEN):
            return digits
        self.kept.replaced += len(bare)
        zeros = "0" * (len(digits) - len(bare))
        return self._anew(digits, lambda turn: zeros + self._drawn(bare, int(bare), least, turn))

    def _drawn(self, bare: str, value: int, least: int, turn: str) -> str:
        stream = self._stream("number", bare, turn)
        if value in _EPOCH:
            day = self._other_day(datetime.fromtimestamp(value / 1000, UTC).date())
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            return str(int(noon.timestamp()) * 1000 + next(stream) % 3_600_000)
        if len(bare) == 1:
            return str(2 + next(stream) % 3)  # a rating stays one
        if len(bare) == 2:
            low, high = (10, 12) if value <= least else (10, 59) if not least else (13, 28)
            return str(low + next(stream) % (high - low + 1))  # minutes, years and shares stay such
        if len(bare) == 4 and 1900 <= value < 2100:
            return str(1970 + next(stream) % 65)
        return self._figures("number", bare, turn)

    def _day(self, token: re.Match[str], form: str, stands: str) -> str:
        """A printed day by another one, in its own form; a month's name by another month's."""
        year, month, day = (token[f"{part}{form}"] for part in "ymd")
        named = MONTHS.get(month.casefold())
        given = (int(year or 2000), named if named is not None else int(month), int(day))
        try:
            other = self._other_day(date(*given))
        except ValueError:
            return _DIGITS.sub(lambda run: self._whole(run[0]), stands)
        spans = {token.span(f"y{form}"): f"{other.year}", token.span(f"d{form}"): f"{other.day:0{len(day)}d}"}
        spans[token.span(f"m{form}")] = f"{other.month:0{len(month)}d}" if named is None else _month_like(month, other.month)
        self.kept.replaced += sum(end - start for start, end in spans if start >= 0)
        out, at = [], token.start()
        for (start, end), made in sorted(spans.items()):
            if start >= 0:
                out += [token.string[at:start], made]
                at = end
        return "".join([*out, token.string[at : token.end()]])

    def _other_day(self, day: date) -> date:
        """The day that stands for one: a month and a day of as many digits, in another year."""
        for turn in range(50):
            stream = self._stream("day", day.isoformat(), str(turn))
            year = 2006 + next(stream) % 28
            month = 10 + next(stream) % 3 if day.month >= 10 else 1 + next(stream) % 9
            other = 10 + next(stream) % 19 if day.day >= 10 else 1 + next(stream) % 9
            if year != day.year and month != day.month and other != day.day and str(year) not in self._runs:
                return date(year, month, other)
        return date(day.year - 1, month, other)

    def _clock(self, text: str) -> str:
        """A time of day by another one."""
        self.kept.replaced += sum(map(len, _DIGITS.findall(text)))
        stream = self._stream("clock", text)
        hour, _, rest = text.partition(":")
        other = 10 + next(stream) % 3 if len(hour) == 2 else 1 + next(stream) % 9
        return f"{other}:" + _DIGITS.sub(
            lambda run: str(10 + next(stream) % 50)[:2].ljust(len(run[0]), "0")[: len(run[0])], rest
        )

    # -- names and addresses ------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        """A key, a class or an id: kept as far as it is machinery, and no word of it stands in the page's texts."""
        if name not in self._named:
            self._named[name] = self._other_name(name)
        return self._named[name]

    def _other_name(self, name: str) -> str:
        if not name or name in self._known.names:
            return name
        if not _CODE.fullmatch(name):
            return self._written(name, keep=False)
        return "".join(map(self._name_part, re.split(r"([^A-Za-z0-9]+)", name)))

    def _name_part(self, part: str) -> str:
        pieces = _HUMP.findall(part)
        if sum(piece.isdecimal() for piece in pieces) > 1 or (
            len(part) > 2 and len(pieces) > 2 and any(map(str.isdecimal, part))
        ):
            return self._mixed(part)  # a mark made by a machine: "174b454c"
        return "".join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: str) -> str:
        if piece.isdecimal():
            return self._whole(piece)
        folded = piece.lower()
        if folded in self._known.names or len(piece) < _LEAST_NAMED:
            return piece
        if folded in self._hidden:
            return self.word(piece)
        if len(piece) >= _LEAST_HIDDEN:
            self.kept.names.setdefault(folded)
        return piece

    def address(self, url: str) -> str:
        """An address of the same shape: the site's own hosts and paths stay, whatever tells one page from another goes."""
        try:
            parts = urlsplit(url.strip())
            query = parse_qsl(parts.query, keep_blank_values=True)
            host = parts.hostname or ""
        except ValueError:
            return self._written(url, keep=False)
        if parts.scheme not in ("", "http", "https"):
            return self._written(url, keep=False) if parts.scheme not in ("javascript", "data") else f"{parts.scheme}:"
        path = "/".join(self._segment(unquote(segment)) for segment in parts.path.split("/"))
        asked = "&".join(f"{quote(self.name(key))}={quote(self._asked(value))}" for key, value in query)
        return urlunsplit((parts.scheme, self._host(host), path, asked, self._fragment(parts.fragment)))

    def _host(self, host: str) -> str:
        if not host:
            return ""
        domain = next((one for one in self._known.domains if host == one or host.endswith(f".{one}")), "")
        labels = host.removesuffix(domain).rstrip(".").split(".") if domain else host.split(".")
        last = len(labels) if domain else len(labels) - 1  # what stands there is no name of the host's own
        made = [
            label if label in self._known.doors or place == last > 0 else self._segment(label)
            for place, label in enumerate(labels)
            if label
        ]
        if domain:
            self.kept.addresses.setdefault(domain)
        return ".".join([*made, *([domain] if domain else [])])

    def _segment(self, segment: str) -> str:
        suffix = _SUFFIX.search(segment)
        stem, end = (segment[: suffix.start()], suffix[0]) if suffix else (segment, "")
        if stem and self._is_machinery(stem):
            self.kept.addresses.setdefault(stem)
            return segment
        return quote(self._written(stem, keep=False), safe="!$&'()*+,;=:@~_-.") + end

    def _is_machinery(self, text: str) -> bool:
        """Whether a part of an address is made of the site's own names."""
        known = ((len(word) > 2 and word in self._known.names) or word in self._known.doors for word in plain_words(text))
        return all(known) and not re.search(r"[0-9]{2}", text)

    def _asked(self, value: str) -> str:
        if len(value) <= 1 or self._is_machinery(value):
            return value
        return self.address(value) if "//" in value else self._written(value, keep=False)

    def _fragment(self, fragment: str) -> str:
        path, mark, query = fragment.partition("?")
        asked = "&".join(
            f"{self.name(key)}={quote(self._asked(value))}" for key, value in parse_qsl(query, keep_blank_values=True)
        )
        return self._written(path, keep=False) + mark + asked if "=" not in path else "&".join(
            f"{self.name(key)}={quote(self._asked(value))}" for key, value in parse_qsl(path, keep_blank_values=True)
        )  # fmt: skip

    def _stream(self, *what: str) -> Iterator[int]:
        """Numbers that follow from the key and from what is replaced."""
        turn = 0
        while True:
            digest = hmac.digest(self._key, "\0".join((*what, str(turn))).encode("utf-8", "replace"), "sha256")
            yield from (int.from_bytes(digest[at : at + 4]) for at in range(0, 32, 4))
            turn += 1


def _beside_figure(text: str, tokens: list[re.Match[str]], place: int) -> bool:
    """Whether a figure stands beside a token, with nothing but a space or a mark between."""
    here = tokens[place]
    for other in (place - 1, place + 1):
        if 0 <= other < len(tokens):
            first, last = sorted((here, tokens[other]), key=lambda token: token.start())
            between = text[first.end() : last.start()]
            figure = tokens[other].group()
            if (
                len(between) <= 3
                and not between.strip(" .≤≥<>~-/()\u00a0$€£¥￥₫₹₦₩₽₺₱฿₪₴₵₸")
                and any(c.isdecimal() for c in figure)
            ):
                return True
    return False


def _printed_as(digits: str, groups: list[str], marks: list[str]) -> str:
    out, at = [], 0
    for place, group in enumerate(groups):
        out += [marks[place - 1]] if place else []
        out.append(digits[at : at + len(group)])
        at += len(group)
    return "".join(out)


def _month_like(name: str, number: int) -> str:
    """The name of a month in the language of another's, as far as the table tells, in its case."""
    same = [one for one, month in MONTHS.items() if month == MONTHS[name.casefold()]]
    others = [one for one, month in MONTHS.items() if month == number]
    other = others[min(same.index(name.casefold()), len(others) - 1)]
    return other.upper() if name.isupper() and len(name) > 1 else other.capitalize() if name[0].isupper() else other


def _cased(word: str, made: str) -> str:
    return "".join(new.upper() if old.isupper() else new.lower() for old, new in zip(word, made, strict=True))


def _letter(letter: str, drawn: int) -> str:
    """A letter of the same script."""
    if "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff":
        return chr(0x4E00 + drawn % 0x4000)
    if letter.isascii() or not letter.isalpha():
        return _LATIN[drawn % 26] if letter.isalpha() else letter
    script = unicodedata.name(letter, "LATIN").partition(" ")[0]
    alphabet = _BY_SCRIPT.get(script, _LATIN)
    return alphabet[drawn % len(alphabet)]
