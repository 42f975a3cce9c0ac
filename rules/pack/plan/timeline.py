"""Every message, event, visit, file and deadline of a case in one order, for people and as CSV and JSON. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.canonical import as_json, canonical
from collector.inert import shown
from collector.kinds import file_kind, page_kind
from collector.model import ORIGINS, Deadline, Fact, kept_in_part
from rules.case.casefile import CaseFile
from rules.conversation.messages import not_whole
from rules.conversation.raised import raised
from rules.language.dates import UncertainTime, both, local, time_in
from rules.language.phrases import PHRASE
from rules.pack.plan.changed import BeforeAfter
from rules.pack.plan.claim import KnownFacts
from rules.pack.plan.wording import EVENTS, STATES, WHO, said, say
from rules.policy.platform import SiteWords, load_policy

MESSAGES = ("thread.messages", "chat.messages")
_SHOWN_MARKS = frozenset({("admission", "supplier"), ("red_flag", "supplier"), ("answer", "buyer")})
_KINDS = ("event", "message", "chat", "change", "file", "visit", "deadline")


@dataclass(frozen=True, slots=True)
class Marked:
    """What a message is marked for: `kind` is admission, red_flag or answer, `text` says it of buyer or supplier.

    `sentence` is what raised it, as it was written; `reasons` are those that an admission speaks for.
    """

    kind: str
    text: str
    sentence: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One row. `first` and `last` (UTC) are the instants its time can mean; `when` is that for people.

    `kind` is event, message, chat (said elsewhere), change (of a page, to the buyer's harm), file, visit or deadline; `who`
    acted; `source` is an exhibit number, or several, "the buyer" or ""; `ref` is a message, snapshot or file id. Of a
    message, `marks` say what speaks against the supplier, and `translation` is the site's, which stands in `text` as well.
    """

    first: datetime
    last: datetime
    when: str
    kind: str
    who: str
    text: str
    source: str
    ref: str
    marks: tuple[Marked, ...] = ()
    translation: str = ""

    @property
    def original(self) -> str:
        """The text without the site's translation."""
        return self.text.replace(_translated(self.translation), "").strip() if self.translation else self.text


def timeline_of(
    casefile: CaseFile,
    deadlines: Iterable[Deadline],
    numbers: Mapping[str, str],
    since: date | None = None,
    changes: Iterable[BeforeAfter] = (),
) -> tuple[TimelineRow, ...]:
    """All rows from `since` (a day in the case's zone) on, oldest first; rows of one instant keep a fixed order."""
    known = KnownFacts(casefile, numbers)
    rows = [*_events(known), *_messages(known), *_files(known), *_visits(known), *_deadlines(casefile, deadlines)]
    rows += _changes(changes, casefile.zone)
    rows = [row for row in rows if since is None or row.last.astimezone(ZoneInfo(casefile.zone)).date() >= since]
    return tuple(sorted(rows, key=lambda r: (r.first, _KINDS.index(r.kind), r.ref, r.text)))


def timeline_json(rows: Iterable[TimelineRow]) -> bytes:
    """Canonical JSON: {"v":1,"rows":[{first,last,when,kind,who,text,source,ref,marks,translation}]}."""
    return canonical({"v": 1, "rows": tuple(rows)}) + b"\n"


def timeline_csv(rows: Iterable[TimelineRow]) -> bytes:
    """The same rows for a spreadsheet (UTF-8 with byte order mark); texts that a sheet would run get a leading quote."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(("utc_earliest", "utc_latest", "local", "kind", "who", "text", "source", "reference"))
    for row in rows:
        cells = (as_json(row.first), as_json(row.last), row.when, row.kind, row.who, row.text, row.source, row.ref)
        table.writerow([_inert(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _inert(cell: str) -> str:
    """Neither a formula nor a sign that acts or hides: both act on the program that opens the sheet."""
    cell = shown(cell.replace("\r", " "))
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@") and cell.strip() else cell


def _events(known: KnownFacts) -> Iterator[TimelineRow]:
    """What the pages and the buyer say happened, once each: a printed fact stands before an asserted one."""
    seen: set[tuple[str, datetime, str]] = set()
    for fact in (*_in_force(known), *(f for f in known.casefile.facts if f.state == "asserted" and f.name in EVENTS)):
        moment = time_in(fact.value, known.casefile.zone)
        if moment is None:
            continue
        title = EVENTS[fact.name]
        key = (title, moment.first, known.source(fact))
        if key not in seen:
            seen.add(key)
            yield _row(moment, "event", "", title, known.source(fact), fact.name)
    yield from _records(known)


def _in_force(known: KnownFacts) -> Iterator[Fact]:
    for name in EVENTS:
        fact = known.casefile.read(name)
        if fact is not None:
            yield fact


def _records(known: KnownFacts) -> Iterator[TimelineRow]:
    """Ledger events that are neither visits nor files, such as the case being opened."""
    for event in known.casefile.events:
        if event.kind not in ("snapshot", "file", "file.added", "fact.asserted"):
            yield _row(_at(event.at, known), "event", "", event.text, f"ledger {event.seq}", event.kind)


def _messages(known: KnownFacts) -> Iterator[TimelineRow]:
    """Every message that any visit showed, each once, as the newest visit showed it."""
    found: dict[str, tuple[Mapping[str, Any], Fact]] = {}
    facts = [f for f in known.casefile.facts if f.name in MESSAGES and f.state == "read"]
    for fact in sorted(facts, key=lambda f: not f.saved):  # what was witnessed takes the place of what was saved
        if isinstance(fact.value, tuple | list):
            for message in fact.value:
                if isinstance(message, Mapping):
                    found[say(message.get("id")) or repr(sorted(message))] = (message, fact)
    rows: list[TimelineRow] = []
    words = load_policy(known.casefile.site).words
    for key, (message, fact) in found.items():
        moment = time_in(message.get("sent_at"), known.casefile.zone) or _as_printed(message, fact, known)
        side, name = say(message.get("from")), say(message.get("name"))
        who = (
            f"{name or 'No name read'} ({side})"
            if fact.name == "chat.messages"
            else f"{said(side)} ({name})"
            if name and name != said(side)
            else said(side)
        )
        kind = "chat" if fact.name == "chat.messages" else "message"
        row = _row(moment, kind, who, message_text(message), known.source(fact), key)
        marks = () if kind == "chat" or message.get("recalled") else _marks(say(message.get("text")), side, words)
        rows.append(replace(row, marks=marks, translation=say(message.get("translation"))))
    own = [row for row in rows if row.kind == "message"]
    if own and (why := not_whole(known.casefile)):
        first = min(own, key=lambda row: row.first)
        text = f"The first message that is kept; {why}"
        rows.append(replace(first, kind="event", who="", text=text, ref="thread.complete"))
    yield from rows


def message_text(message: Mapping[str, Any]) -> str:
    """A message's words: the original, then the translation marked as one, then its attachments."""
    parts = [say(message.get("text"))]
    if message.get("translation"):
        parts.append(_translated(say(message["translation"])))
    if message.get("recalled"):
        parts.append("[recalled by its sender]")
    names = [say(a.get("name")) or "unnamed" for a in message.get("attachments") or () if isinstance(a, Mapping)]
    if names:
        parts.append(f"[attached: {', '.join(names)}]")
    return " ".join(part for part in parts if part)


def _translated(words: str) -> str:
    return f"[translated by the site: {words}]"


def _marks(text: str, side: str, words: SiteWords) -> tuple[Marked, ...]:
    """What a message admits, or asks for against the rules; never the buyer's own words that hurt: both sides read it.

    A likeness alone marks nothing here: whoever hands the pack in stands for what it says.
    """
    return tuple(
        Marked(
            hit.flag.kind, _of(side, words.filled(hit.flag.label)), " ".join(hit.sentence.split()),
            tuple(hit.flag.reason.split()) if hit.flag.kind == "admission" else (),
        )
        for hit in raised(text, side)
        if hit.by == PHRASE and (hit.flag.kind, side) in _SHOWN_MARKS
    )  # fmt: skip


def _of(side: str, label: str) -> str:
    """A flag's label as said of the one who wrote the message."""
    if side == "buyer":
        return label.replace("you ", "the buyer ", 1)
    return label if label.startswith("the supplier ") else f"the supplier {label}".replace(" asks you ", " asks the buyer ")


def _as_printed(message: Mapping[str, Any], fact: Fact, known: KnownFacts) -> UncertainTime:
    """A message whose instant is not known stands by its printed time, read in the case's zone, and says so.

    One whose printed time cannot be read stands where its page was seen, a file's where the case was opened.
    """
    printed = say(message.get("printed"))
    guess = time_in(printed, known.casefile.zone) if printed else None
    if guess is None:
        at = fact.at or known.casefile.opened_at
        shown = f"printed “{printed}”, which cannot be read as a time" if printed else "time not shown"
        seen = f"; the page was seen {both(at, known.casefile.zone)}" if fact.at and not fact.saved else ""
        return UncertainTime(at, at, shown + seen)
    return UncertainTime(guess.first, guess.last, f"“{printed}” (no zone printed)")


def _files(known: KnownFacts) -> Iterator[TimelineRow]:
    for file in known.casefile.files:
        text = f"{file_kind(file.kind).title} added: {file.name}"
        yield _row(_at(file.added_at, known), "file", "Buyer", text, known.numbers.get(file.id, ""), file.id)


def _visits(known: KnownFacts) -> Iterator[TimelineRow]:
    for snapshot in known.casefile.snapshots:
        page = page_kind(snapshot.target.kind).title
        text = f"{page} seen: {snapshot.outcome}" + (f" ({snapshot.why})" if snapshot.why else "")
        if snapshot.outcome == "partial":
            text = f"{page} seen, {kept_in_part(snapshot.why)}"
        moment = _at(snapshot.visit.machine_time, known)
        yield _row(moment, "visit", "", text, known.numbers.get(snapshot.id, ""), snapshot.id)


def _changes(changes: Iterable[BeforeAfter], zone: str) -> Iterator[TimelineRow]:
    """Each change between the two visits that show it."""
    for change in changes:
        when = f"between {local(change.seen, zone)} and {both(change.then, zone)}"
        yield TimelineRow(change.seen, change.then, when, "change", "", change.text, change.source, change.name)


def _deadlines(casefile: CaseFile, deadlines: Iterable[Deadline]) -> Iterator[TimelineRow]:
    for deadline in deadlines:
        if deadline.act_by is not None:
            who, duty = WHO.get(deadline.who, said(deadline.who)), "must" if deadline.must else "may"
            state = deadline.outcome or STATES[deadline.state]
            text = f"{deadline.label or said(deadline.id)} ({who.lower()} {duty}; {state}){_basis(deadline)}"
            moment = UncertainTime(deadline.act_by, deadline.latest or deadline.act_by, both(deadline.act_by, casefile.zone))
            yield _row(moment, "deadline", who, text, _printed(deadline), f"{deadline.id}#{deadline.round}")


def _printed(deadline: Deadline) -> str:
    if not deadline.printed:
        return ""
    part = ", kept in part" if deadline.lacks else ""
    return f"printed, {ORIGINS['saved']}" if deadline.origin == "saved" else f"printed{part}"


def _basis(deadline: Deadline) -> str:
    """That a counted deadline rests on a page that nobody but the buyer saw, or any on one that was kept in part."""
    if deadline.lacks:
        return f", from a page {kept_in_part(deadline.lacks)}"
    return f", counted from a page {ORIGINS['saved']}" if deadline.origin == "saved" and not deadline.printed else ""


def _row(moment: UncertainTime, kind: str, who: str, text: str, source: str, ref: str) -> TimelineRow:
    return TimelineRow(moment.first, moment.last, moment.text, kind, who, text, source, ref)


def _at(moment: datetime, known: KnownFacts) -> UncertainTime:
    return UncertainTime(moment, moment, both(moment, known.casefile.zone))
