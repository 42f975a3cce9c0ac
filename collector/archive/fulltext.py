"""Full text over what was kept: messages, facts, the pages' own text, and the names and notes of added files.

Part of the derived index: one row in `passages` for each distinct passage (a message that thirty visits show stands once,
with its first and last sight), and its words in `words`, an FTS5 table without content of its own.

Why words are cut here and not by a tokenizer of SQLite's. Chinese, Japanese and Thai are written without spaces, and a
Chinese word is mostly two characters. `unicode61` takes a whole sentence for one word. `trigram` finds nothing shorter than
three characters: its answer to 退款 (refund) would be a scan of every stored page, and it triples the index. Bigrams find
two characters quickly but need single ones beside them and a rule to join both. So each character of such a script is a word
here, and what is looked for is a *phrase* of them: any run, of one character or more, is found exactly, by one rule. The
price is longer lists for frequent characters, which at the size of one buyer's archive is a few milliseconds. All other
words are found from their beginning (`carton` finds `cartons`), whatever their case, accents or width, and a grouped number
is one word, so `8600` finds `8,600.00`. FTS5 is left to split at spaces (`ascii`); as the same function cuts what is stored,
what is asked and what is highlighted, the three cannot disagree. Traditional and simplified characters are different words.

What the user types never reaches FTS5 but as these words, in quotation marks.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from collector.canonical import sha256
from collector.clock import instant
from collector.model import Fact, Money, PictureReading, Printed, Snapshot

MESSAGES = ("thread.messages", "chat.messages")
SOURCES = ("message", "fact", "page", "file", "picture")
TABLES = ("passages", "words")

# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo and all Chinese characters.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_NUMBER = r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?!\d)"
_WORD = re.compile(rf"{_NUMBER}|[{_SPACELESS}]|[^\W_{_SPACELESS}](?:[^\W_{_SPACELESS}]|[\u0300-\u036f])*")
_SPLITS = re.compile(r"[\x00-/:-@\[-`{-\x7f]")  # what FTS5's `ascii` does not take for part of a word
_ONE_OF_SPACELESS = re.compile(rf"[{_SPACELESS}]")
_UNSAID = frozenset(
    {"id", "digest", "url", "from", "printed"}
)  # of a list's entries: not words that a person would look for
_OF_THE_WHOLE = frozenset({"thread.complete"})  # it stands where all messages do, and each of them is found itself
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in the text, in characters."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for: words that follow each other. `open_ended` when the last may go on (`carton` in `cartons`)."""

    words: tuple[str, ...]
    open_ended: bool


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """Something that can be found. `source` is one of SOURCES; `kind` the page's, the file's, or "asserted".

    `key` names it: seen again, it is the same passage. `group` joins passages that are one answer (the page on many days).
    `also` is a message's translation or a fact's quote; `sent` a message's earliest and latest time; `origin` the id of the
    snapshot or file that shows it, and `seen_at` when.
    """

    key: str
    group: str
    source: str
    kind: str
    case: str
    target: str
    origin: str
    seen_at: str
    label: str
    text: str
    also: str = ""
    who: str = ""
    name: str = ""
    sent: tuple[str, str] | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to look: in one case or in all, in sources or kinds or all, and between two instants (UTC), both inclusive."""

    case: str = ""
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """An answer: the newest of a group of passages, as it was kept (`IndexedPassage`), and what the group says together.

    `first_origin` and `last_origin` are the first and last snapshot or file to show it, `visits` how many do. `begun` and
    `ended` bound when a message was sent, or when anything else was seen, and a message whose time cannot be read (`sent` is
    False). UTC.
    """

    source: str
    kind: str
    case: str
    target: str
    first_origin: str
    last_origin: str
    visits: int
    label: str
    text: str
    also: str
    who: str
    name: str
    printed: str
    begun: datetime
    ended: datetime
    sent: bool = True


# -- words ------------------------------------------------------------------------------------------------------------


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for match in _WORD.finditer(text):
        if folded := _folded(match[0]):
            yield Word(folded, *match.span())


@lru_cache(maxsize=1 << 14)  # a page's words recur, and folding them is most of the work
def _folded(word: str) -> str:
    """As it is compared: no case, accents, width or grouping; never a sign that FTS5 would split at."""
    if not word.isascii():
        form: Any = "NFKC" if _ONE_OF_SPACELESS.match(word) else "NFKD"
        word = unicodedata.normalize(form, unicodedata.normalize(form, word).casefold())
        word = "".join(c for c in word if form == "NFKC" or not unicodedata.combining(c))
    return _SPLITS.sub("", word.lower())


def terms_of(sought: Iterable[str]) -> tuple[Term, ...]:
    """What to look for, each once: one term for each text that holds a word, several words in it being a phrase."""
    terms = {}
    for text in sought:
        found = list(words_of(text))
        if found:
            last = text[found[-1].start]
            terms[Term(tuple(word.folded for word in found), not _ONE_OF_SPACELESS.match(last))] = True
    return tuple(terms)


def spans(text: str, terms: Iterable[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in the text, in order and without overlap: first character, and the one after the last."""
    found = list(words_of(text))
    folded = [word.folded for word in found]
    hits = []
    for term in terms:
        *head, tail = term.words
        for at in range(len(folded) - len(head)):
            last = folded[at + len(head)]
            if (last.startswith(tail) if term.open_ended else last == tail) and folded[at : at + len(head)] == head:
                hits.append((found[at].start, found[at + len(head)].end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _expression(terms: Iterable[Term]) -> str:
    return " AND ".join(f'"{" ".join(term.words)}"' + (" *" if term.open_ended else "") for term in terms)


def _stored(text: str) -> str:
    return " ".join(filter(None, map(_folded, _WORD.findall(text))))


# -- passages -----------------------------------------------------------------------------------------------------------


def passages_of(snapshot: Snapshot, facts: Iterable[Fact], page_text: str) -> Iterator[IndexedPassage]:
    """What one snapshot says: its messages one by one, its other facts, and the page's text as a whole."""
    target, seen_at = snapshot.target, instant(snapshot.visit.machine_time)
    place = (target.kind, target.case, target.id, snapshot.id, seen_at)
    for fact in facts:
        if fact.name == "thread.messages" and isinstance(fact.value, tuple):
            yield from (_message(message, place) for message in fact.value)
        elif fact.state in ("read", "unreadable") and fact.name not in _OF_THE_WHOLE:
            quote = fact.place.quote if fact.place else ""
            yield _passage("fact", place, fact.name, searchable(fact.value), quote, group=("fact", fact.name))
    if page_text.strip():
        yield _passage("page", place, "", page_text, "", group=("page",))


def asserted_passage(case: str, name: str, number: int, value: Any, at: str) -> IndexedPassage:
    """What the buyer entered. The next value of the same name and round takes its place."""
    label = name + (f"#{number}" if number > 1 else "")
    key = _key("asserted", case, name, str(number))
    return IndexedPassage(key, key, "fact", "asserted", case, "", "", at, label, _clean(searchable(value)), who="buyer")


def file_passages(
    case: str, identifier: str, kind: str, name: str, note: str, at: str, facts: Iterable[Fact], text: str
) -> Iterator[IndexedPassage]:
    """A file of the buyer's: its name and note; of a page or conversation saved by hand also what it says."""
    key = _key("file", case, identifier)
    yield IndexedPassage(key, key, "file", kind, case, "", identifier, at, _clean(name), _clean(note), who="buyer")
    place = (kind, case, identifier, identifier, at)
    for fact in facts:
        if fact.name in MESSAGES and isinstance(fact.value, tuple):
            yield from (_message(message, place) for message in fact.value)
        elif fact.state in ("read", "unreadable") and fact.name not in _OF_THE_WHOLE:
            quote = fact.place.quote if fact.place else ""
            yield _passage("fact", place, fact.name, searchable(fact.value), quote, group=("fact", fact.name))
    if text.strip():
        yield _passage("page", place, _clean(name), text, "", group=("page",))


def picture_passages(
    case: str, identifier: str, kind: str, name: str, at: str, reading: PictureReading
) -> Iterator[IndexedPassage]:
    """What a machine read in a picture of the buyer's, or in the frames of a video, each by itself; `name` is the file's."""
    for number, picture in enumerate(reading.pictures):
        text = _clean("\n".join(line.text for line in picture.lines))
        key = _key("picture", case, identifier, str(number))
        if text:
            yield IndexedPassage(key, key, "picture", kind, case, "", identifier, at, "", text, name=_clean(name))


def searchable(value: Any) -> str:
    """A fact's value in words that can be looked for, one line for each entry of a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money | Printed):
        return str(value) if isinstance(value, Money) else value.text
    if isinstance(value, Mapping):
        return " · ".join(filter(None, (searchable(item) for key, item in value.items() if key not in _UNSAID)))
    if isinstance(value, tuple | list):
        return "\n".join(filter(None, map(searchable, value)))
    return str(value)


_At = tuple[str, str, str, str, str]


def _message(message: Mapping[str, Any], place: _At) -> IndexedPassage:
    moment = message.get("sent_at")
    sent = (instant(moment.earliest), instant(moment.latest)) if isinstance(moment, Printed) else None
    files = "\n".join(filter(None, (searchable(a.get("name")) for a in message.get("attachments") or ())))
    text, also = (searchable(message.get(part)) for part in ("text", "translation"))
    who, name, printed, number = (searchable(message.get(part)) for part in ("from", "name", "printed", "id"))
    passage = _passage("message", place, files, text, also, identity=(number, who, name, printed))
    return replace(passage, who=_clean(who), name=_clean(name), sent=sent, printed=_clean(printed))


def _passage(
    source: str, place: _At, label: str, text: str, also: str, *, group: tuple[str, ...] = (), identity: tuple[str, ...] = ()
) -> IndexedPassage:
    kind, case, target, origin, seen_at = place
    label, text, also = _clean(label), _clean(text), _clean(also)
    key = _key(source, kind, case, target, label, text, also, *identity)
    one = _key(case, target, *group, *((text,) if source == "fact" else ())) if group else key
    return IndexedPassage(key, one, source, kind, case, target, origin, seen_at, label, text, also)


def _key(*parts: str) -> str:
    return sha256(json.dumps(parts).encode())


def _clean(text: str) -> str:
    """Text that a database takes: a page's data may hold halves of characters."""
    return _LONE_SURROGATE.sub("\ufffd", text)


# -- the tables -----------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "key", "grouped", "source", "kind", "case_id", "target", "first_origin", "last_origin", "first_seen", "last_seen",
    "seen", "label", "text", "also", "who", "name", "sent_first", "sent_last", "printed",
)  # fmt: skip
_INSERT = f"insert into passages ({', '.join(_COLUMNS)}) values ({', '.join('?' for _ in _COLUMNS)})"  # noqa: S608
_FIND = """
with found as (
  select p.*, coalesce(sent_first, first_seen) as begun, coalesce(sent_last, last_seen) as ended,
         case source when 'page' then 2 when 'fact' then 1 else 0 end as tier
  from words join passages p on p.id = words.rowid where words match ?
)
select max(id) as id, min(id) as first, sum(seen) as visits, min(begun) as begun, max(ended) as ended, tier,
       count(*) over () as total
from found where {where} group by grouped order by tier, ended desc, id desc limit ?
"""


class FullText:
    """The two tables, in the index's own connection and within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def create(self) -> None:
        run = self.connection.execute
        run(f"create table passages (id integer primary key, {', '.join(_COLUMNS)}, unique (key))")
        run("create virtual table words using fts5(label, text, also, content='', columnsize=0, tokenize='ascii')")

    def take(self, passages: Iterable[IndexedPassage]) -> None:
        """Adds each passage, or notes that it was seen again."""
        for p in passages:
            again = "update passages set last_origin = ?, last_seen = ?, seen = seen + 1 where key = ?"
            if self.connection.execute(again, (p.origin, p.seen_at, p.key)).rowcount:
                continue
            row = self.connection.execute(
                _INSERT,
                (
                    p.key, p.group, p.source, p.kind, p.case, p.target, p.origin, p.origin, p.seen_at, p.seen_at, 1,
                    p.label, p.text, p.also, p.who, p.name, *(p.sent or (None, None)), p.printed,
                ),
            )  # fmt: skip
            stored = (row.lastrowid, _stored(p.label), _stored(p.text), _stored(p.also))
            self.connection.execute("insert into words (rowid, label, text, also) values (?, ?, ?, ?)", stored)

    def drop(self, key: str) -> None:
        """Takes a passage out, if it is there."""
        self._drop("key = ?", key)

    def drop_of(self, case: str, file: str) -> None:
        """Takes out all that a file of the buyer's says."""
        self._drop("case_id = ? and last_origin = ?", case, file)

    def _drop(self, where: str, *values: str) -> None:
        """FTS5 must be told the words that it is to forget."""
        sql = f"select id, label, text, also from passages where {where}"  # noqa: S608 - constants of this class
        forget = "insert into words (words, rowid, label, text, also) values ('delete', ?, ?, ?, ?)"
        for row in self.connection.execute(sql, values).fetchall():
            self.connection.execute(forget, (row[0], *(_stored(text) for text in row[1:])))
            self.connection.execute("delete from passages where id = ?", (row[0],))

    def find(self, terms: tuple[Term, ...], within: SearchScope, limit: int) -> tuple[tuple[FoundPassage, ...], int]:
        """What holds every term, and how much there is beyond the limit's: messages and files first, then facts, then pages;
        newest first in each.
        """
        if not terms:
            return (), 0
        where, values = _conditions(within)
        rows = list(self.connection.execute(_FIND.format(where=where), (_expression(terms), *values, limit)))
        return tuple(map(self._found, rows)), rows[0]["total"] if rows else 0

    def _found(self, group: sqlite3.Row) -> FoundPassage:
        last, first = (self._passage(group[which]) for which in ("id", "first"))
        return FoundPassage(
            last["source"], last["kind"], last["case_id"], last["target"], first["first_origin"], last["last_origin"],
            group["visits"], last["label"], last["text"], last["also"], last["who"], last["name"], last["printed"],
            datetime.fromisoformat(group["begun"]), datetime.fromisoformat(group["ended"]),
            last["source"] != "message" or last["sent_first"] is not None,
        )  # fmt: skip

    def _passage(self, identifier: int) -> sqlite3.Row:
        row: sqlite3.Row = self.connection.execute("select * from passages where id = ?", (identifier,)).fetchone()
        return row

    def kinds(self) -> frozenset[str]:
        """The kinds of all that can be found."""
        return frozenset(row[0] for row in self.connection.execute("select distinct kind from passages"))


def _conditions(within: SearchScope) -> tuple[str, list[str]]:
    """As SQL over passages, `begun` and `ended`. A message counts at any instant that its printed time can mean."""
    parts: list[tuple[str, list[str]]] = [("1", [])]
    if within.case:
        parts.append(("case_id = ?", [within.case]))
    if within.kinds:
        marks = ", ".join("?" for _ in within.kinds)
        parts.append((f"(source in ({marks}) or kind in ({marks}))", [*within.kinds, *within.kinds]))
    if within.since:
        parts.append(("ended >= ?", [instant(within.since)]))
    if within.until:
        parts.append(("begun <= ?", [instant(within.until)]))
    return " and ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]
