"""Finds words in everything that was kept, and shows them where they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.cases import Case, cases, find_case, machine_zone
from casework.workspace import Workspace
from collector.archive.fulltext import SOURCES, Term, spans, terms_of
from collector.clock import instant
from collector.errors import ArchiveError, WrongRequest
from collector.kinds import file_names, page_names
from rules.policy.calendars import end_of, plausible_year, start_of

EXCERPT = 180  # characters, about two lines of a terminal
_BEFORE = 50
_MARKED_TERMS = 32
_COMPARED = 200  # of a long page's marks: those among which the densest stretch is looked for


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `source` is message, fact, page or file; `kind` the page's, the file's, or "asserted".

    `excerpt` is a stretch of what was kept, unaltered; `marks` (and `label_marks`) are character offsets in it of what was
    looked for. `excerpt_of` is text, translation or quote. `visits` counts the visits that show it, from `first_snapshot` to
    `snapshot`. A message's `begun` and `ended` bound when it was sent; anything else's, when it was seen. UTC; `zone` is the
    case's. `lacks` is what the visit was kept without.
    """

    source: str
    kind: str
    case: str
    case_name: str
    target: str
    snapshot: str
    first_snapshot: str
    visits: int
    file: str
    label: str
    label_marks: tuple[tuple[int, int], ...]
    excerpt: str
    marks: tuple[tuple[int, int], ...]
    excerpt_of: str
    said_by: str
    name: str
    printed: str
    begun: datetime
    ended: datetime
    zone: str
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, best first: `total` passages, of which `hits` are shown. `words` False: nothing that can be sought."""

    sought: tuple[str, ...]
    words: bool
    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look through: one case or all, kinds or all, and civil days `since` and `until`, both inclusive."""

    case: str = ""
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    limit: int = 20


def search(ws: Workspace, words: Sequence[str], filters: Filters = Filters()) -> SearchAnswer:
    """Passages that hold every word, those closest to what was said first, newest first among equals.

    Raises WrongRequest when nothing is asked for, and for a case, kind or day that is none.
    """
    sought = tuple(word.strip() for word in words if word.strip())
    if not sought:
        raise WrongRequest("Say what to look for.", "Try: tradewitness search carton")
    try:
        return _search(ws, sought, filters)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise ArchiveError("The index is being written to.", "Run the command again in a moment.") from error
        ws.index.db.conn.close()  # Windows keeps a file that is open from being replaced
        ws.rebuild()  # damage that opening the index did not meet
        return _search(ws, sought, filters)


def _conditions(ws: Workspace, case: Case | None, filters: Filters) -> tuple[str, list[str]]:
    """The filters as SQL over passages. A message counts at any instant that its printed time can mean."""
    zone = case.zone if case else machine_zone()
    since, until = _day(filters.since), _day(filters.until)
    if since and until and since > until:
        raise WrongRequest(f"{filters.since} is after {filters.until}.", "Give the earlier day with --since.")
    parts: list[tuple[str, list[str]]] = [("1", [])]
    if case is not None:
        parts.append(("case_id = ?", [case.order]))
    if filters.kinds:
        _require_kinds(ws, filters.kinds)
        marks = ", ".join("?" for _ in filters.kinds)
        parts.append((f"(source in ({marks}) or kind in ({marks}))", [*filters.kinds, *filters.kinds]))
    if since:
        parts.append(("ended >= ?", [instant(start_of(since, zone))]))
    if until:
        parts.append(("begun <= ?", [instant(end_of(until, zone).replace(microsecond=999_000))]))
    return " and ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _require_kinds(ws: Workspace, kinds: Iterable[str]) -> None:
    met = {row["kind"] for row in ws.index.rows("select distinct kind from passages")}
    known = sorted({*SOURCES, *page_names(), *file_names(), "asserted", *met})
    for kind in kinds:
        if kind not in known:
            raise WrongRequest(f"{kind!r} is not a kind.", "Kinds: " + ", ".join(known))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not plausible_year(day):
        raise WrongRequest(f"{text!r} is not a day.", "Write it as 2026-10-09.")
    return day


def _search(ws: Workspace, sought: tuple[str, ...], filters: Filters) -> SearchAnswer:
    fulltext = ws.index.fulltext
    known = {case.order: case for case in cases(ws)}
    terms = terms_of(sought)
    where, values = _conditions(ws, find_case(ws, filters.case) if filters.case else None, filters)
    groups = fulltext.find(terms, where, values, filters.limit)
    hits = tuple(_hit(g, fulltext.passage(g["id"]), fulltext.passage(g["first"]), known, terms) for g in groups)
    hits = tuple(replace(hit, lacks=_lacks(ws, hit.snapshot)) if hit.snapshot else hit for hit in hits)
    return SearchAnswer(sought, bool(terms), hits, groups[0]["total"] if groups else 0)


def _lacks(ws: Workspace, snapshot: str) -> str:
    rows = ws.index.rows("select why from snapshots where id = ? and outcome != 'complete'", snapshot)
    return str(rows[0]["why"]) if rows else ""


def _hit(group: sqlite3.Row, row: sqlite3.Row, first: sqlite3.Row, known: dict[str, Case], terms: tuple[Term, ...]) -> Hit:
    case = known.get(row["case_id"])
    marked = terms[:_MARKED_TERMS]
    of, text, found = _best(row, marked)
    excerpt, marks = excerpt_of(text, found)
    of_page = row["source"] != "file" and row["kind"] != "asserted" and not row["last_origin"].startswith("F-")
    return Hit(
        source=row["source"], kind=row["kind"], case=row["case_id"], case_name=case.name if case else "",
        target=row["target"], snapshot=row["last_origin"] if of_page else "",
        first_snapshot=first["first_origin"] if of_page else "", visits=group["visits"],
        file="" if of_page else row["last_origin"], label=row["label"], label_marks=tuple(spans(row["label"], marked)),
        excerpt=excerpt, marks=marks, excerpt_of=of, said_by=row["who"], name=row["name"], printed=row["printed"],
        begun=datetime.fromisoformat(group["begun"]), ended=datetime.fromisoformat(group["ended"]),
        zone=case.zone if case else machine_zone(),
    )  # fmt: skip


def _best(row: sqlite3.Row, terms: tuple[Term, ...]) -> tuple[str, str, list[tuple[int, int]]]:
    """Which of a passage's texts to show: the first that holds a term, else its own."""
    second = "translation" if row["source"] == "message" else "quote"
    for name, text in (("text", row["text"]), (second, row["also"])):
        if found := spans(text, terms):
            return name, text, found
    return "text", row["text"], []


def excerpt_of(text: str, found: Sequence[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A stretch of the text as it is, where most of what was found stands close together, and the marks within it."""
    start = 0
    if found and len(text) > EXCERPT:
        near = EXCERPT - _BEFORE
        at = max(found[:_COMPARED], key=lambda s: sum(s[0] <= other[0] < s[0] + near for other in found[:_COMPARED]))[0]
        start = _word_start(text, max(0, min(at - _BEFORE, len(text) - EXCERPT)), at)
    end = min(start + EXCERPT, len(text))
    return text[start:end], tuple((max(s, start) - start, min(e, end) - start) for s, e in found if s < end and e > start)


def _word_start(text: str, start: int, limit: int) -> int:
    """The next beginning of a word where one is near, so that an excerpt does not begin within a word."""
    gap = next((at for at in range(start, min(start + 20, limit)) if text[at].isspace()), None)
    return start if start == 0 or gap is None else gap + 1
