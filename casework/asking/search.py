"""Finds words in everything that was kept, and shows them where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.cases import cases, find_case, machine_zone
from casework.workspace import Workspace
from collector.archive.fulltext import SOURCES, FoundPassage, SearchScope, Term, spans, terms_of
from collector.archive.queries import Case, DamagedIndex
from collector.errors import WrongRequest
from collector.kinds import file_names, page_names
from rules.policy.calendars import end_of, plausible_year, start_of

EXCERPT = 180  # characters, about two lines of a terminal
_BEFORE = 50
_MARKED_TERMS = 32
_COMPARED = 200  # of a long page's marks: those among which the densest stretch is looked for


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that was found. `source` is message, fact, page, file, or picture: what a machine read in one, the file
    called `name`; `kind` is the page's, the file's, or "asserted".

    `excerpt` is a stretch of what was kept, unaltered; `marks` (and `label_marks`) are character offsets in it of what was
    looked for. `excerpt_of` is text, translation or quote. `visits` counts the visits that show it, from `first_snapshot` to
    `snapshot`. A message's `begun` and `ended` bound when it was sent; anything else's, when it was seen, as a message's of
    which no time can be read (`sent` False). UTC; `zone` is the case's. `lacks` is what the visit was kept without.
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
    sent: bool = True


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, best first: `total` passages, of which `hits` are shown. `words` False: nothing that can be sought."""

    sought: tuple[str, ...]
    words: bool
    hits: tuple[SearchHit, ...]
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
        with ws.index.whole():
            return _search(ws, sought, filters)
    except DamagedIndex:  # which opening it did not meet
        ws.rebuild()
        return _search(ws, sought, filters)


def that_say(texts: Iterable[Sequence[str]], words: str) -> list[int]:
    """The places of those among the texts, each in one or more parts, of which one part holds all that is looked for."""
    terms = terms_of((words,))
    return [n for n, parts in enumerate(texts) if terms and any(all(spans(part, (t,)) for t in terms) for part in parts)]


def _within(ws: Workspace, case: Case | None, filters: Filters) -> SearchScope:
    """Days are those of the case's zone."""
    zone = case.zone if case else machine_zone()
    since, until = _day(filters.since), _day(filters.until)
    if since and until and since > until:
        raise WrongRequest(f"{filters.since} is after {filters.until}.", "Give the earlier day with --since.")
    _require_kinds(ws, filters.kinds)
    return SearchScope(
        case.order if case else "",
        filters.kinds,
        start_of(since, zone) if since else None,
        end_of(until, zone).replace(microsecond=999_000) if until else None,
    )


def _require_kinds(ws: Workspace, kinds: Iterable[str]) -> None:
    if not kinds:
        return
    known = sorted({*SOURCES, *page_names(), *file_names(), "asserted", *ws.index.fulltext.kinds()})
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
    known = {case.order: case for case in cases(ws)}
    terms = terms_of(sought)
    within = _within(ws, find_case(ws, filters.case) if filters.case else None, filters)
    found, total = ws.index.fulltext.find(terms, within, filters.limit)
    hits = tuple(_hit(ws, one, known.get(one.case), terms) for one in found)
    return SearchAnswer(sought, bool(terms), hits, total)


def _hit(ws: Workspace, found: FoundPassage, case: Case | None, terms: tuple[Term, ...]) -> SearchHit:
    marked = terms[:_MARKED_TERMS]
    of, text, places = _best(found, marked)
    excerpt, marks = excerpt_of(text, places)
    of_page = found.source != "file" and found.kind != "asserted" and not found.last_origin.startswith("F-")
    return SearchHit(
        source=found.source, kind=found.kind, case=found.case, case_name=case.name if case else "", target=found.target,
        snapshot=found.last_origin if of_page else "", first_snapshot=found.first_origin if of_page else "",
        visits=found.visits, file="" if of_page else found.last_origin, label=found.label,
        label_marks=tuple(spans(found.label, marked)), excerpt=excerpt, marks=marks, excerpt_of=of, said_by=found.who,
        name=found.name, printed=found.printed, begun=found.begun, ended=found.ended,
        zone=case.zone if case else machine_zone(), lacks=ws.index.lacks(found.last_origin) if of_page else "",
        sent=found.sent,
    )  # fmt: skip


def _best(found: FoundPassage, terms: tuple[Term, ...]) -> tuple[str, str, list[tuple[int, int]]]:
    """Which of a passage's texts to show: the first that holds a term, else its own."""
    second = "translation" if found.source == "message" else "quote"
    for name, text in (("text", found.text), (second, found.also)):
        if places := spans(text, terms):
            return name, text, places
    return "text", found.text, []


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
