"""The pack's pages for people: the report to print, and the offline viewer. Pages hold hostile text, so all is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import groupby
from types import MappingProxyType, SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from collector.inert import shown
from collector.model import ORIGINS, Area, Deadline, Exhibit, Fact, Snapshot, kept_in_part
from rules.language.dates import both, time_in, times_of
from rules.language.facts import fact_words, plain_words, sentence
from rules.language.words import day_words
from rules.pack.plan.bates import Numbered, bates
from rules.pack.plan.brief import first_exhibits, sections_by_exhibit, ten_lines
from rules.pack.plan.exhibits import folder, is_as_text
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import MESSAGES, TimelineRow
from rules.pack.plan.unkept import Unkept, unkept
from rules.pack.plan.withheld import Withheld, together
from rules.pack.plan.wording import STATES, UNWITNESSED, WHO, said, say
from rules.pack.redact.decided import RedactedOrigin
from rules.pack.render.changed import Pictures, inlined, picture_path
from rules.pack.render.chronology import drawn
from rules.pack.render.contact import Cell, OwnPicture
from rules.pack.render.marks import Framed
from rules.pack.render.sheets import Fit, sheets_of
from rules.policy.calendars import day_in, zone_of
from rules.policy.platform import load_policy

MOST_MESSAGES = 60  # in the printed report, and those that are marked; the viewer shows all
MOST_ROWS = 40

_ANY_PAGE = 88  # stands in a draft for a page that is not known yet
_EXHIBIT = re.compile(r"\b[AB]\d{2,}\b")
_RUNNING = ("open", "due_soon", "act_now", "overdue")
_TEXT = SimpleNamespace(
    states=STATES,
    origins=ORIGINS,
    who=WHO,
    said=said,
    both=both,
    kept_in_part=kept_in_part,
    plain_words=plain_words,
    times_of=times_of,
    unwitnessed=UNWITNESSED,
)


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact in words, with the place it was read from; `frame` is the anchor of its frame, on the page of that `number`."""

    name: str
    value: str
    place: str
    frame: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of an exhibit; `link` is relative to data/; `as_text`: it is not opened as what it is."""

    name: str
    link: str
    digest: str
    as_text: bool


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """A reading copy; `link` is relative to data/, `number` the one that it bears in the pack, `size` in pixels, if known.

    `frames` are the anchors of what is framed on it, and where, in its pixels.
    """

    link: str
    number: str
    size: tuple[int, int] | None = None
    frames: tuple[tuple[str, Area], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownExhibit:
    """One exhibit as the viewer shows it."""

    exhibit: Exhibit
    copies: tuple[ShownCopy, ...]
    facts: tuple[ShownFact, ...]
    files: tuple[ShownFile, ...]
    withheld: tuple[Withheld, ...]
    notes: tuple[str, ...]


def render_report(
    plan: PackPlan,
    copies: Mapping[str, list[bytes]] | None = None,
    has_wacz: bool = False,
    *,
    cells: tuple[Cell, ...] = (),
    changed: Pictures = MappingProxyType({}),
    unpaged: Sequence[Unkept] = (),
    fit: Fit | None = None,
    pages: Mapping[str, int] | None = None,
) -> str:
    """The report as one HTML page with everything inlined; `copies` holds the reading copies by exhibit number, `changed`
    the pictures of what was changed, `unpaged` which pages of PDFs are not among the copies, and why.

    `cells` is the contact sheet. `pages` says on which page each anchor stands; without it the page is a draft: laid out
    alike, without the pictures of the exhibits.
    """
    made = copies or {}
    numbers = bates(plan.exhibits, {number: len(all_of) for number, all_of in made.items()})
    messages = _messages(plan)
    few = tuple(row for n, row in enumerate(messages) if row.marks or n >= len(messages) - MOST_MESSAGES)
    rows, hidden = key_rows(plan)
    deadlines = tuple(d for d in plan.deadlines if d.act_by and _still_matters(d))
    style = _asset("pack.css") + _asset("own.css") + _asset("report.css") + _running(plan.order)
    return html().get_template("report.html.j2").render(
        plan=plan, site=load_policy(plan.site).words, text=_TEXT, style=style, style_hash=_hash(style), rows=rows,
        hidden=hidden, page=lambda anchor: _ANY_PAGE if pages is None else pages.get(anchor, ""),
        chats=_messages(plan, "chat")[-MOST_MESSAGES:], messages=few, earlier_messages=len(messages) - len(few),
        sheets=sheets_of(plan, made, numbers, fit or Fit(), draft=pages is None), has_wacz=has_wacz,
        absent=together(plan.withheld), numbers=numbers, lines=ten_lines(plan), first=first_exhibits(plan),
        cited=sections_by_exhibit(plan, rows), chronology=drawn(plan, rows), deadlines=deadlines,
        lacks=_lacks(plan, unpaged),
        other_deadlines=sum(1 for d in plan.deadlines if d.act_by) - len(deadlines), cells=cells,
        changed={which: inlined(picture) for which, picture in changed.items()},
    )  # fmt: skip


def render_viewer(
    plan: PackPlan,
    copies: Mapping[str, Iterable[str]] | None = None,
    has_report: bool = True,
    has_wacz: bool = False,
    *,
    changed: Iterable[tuple[int, int]] = (),
    shots: Mapping[str, Sequence[OwnPicture]] | None = None,
    frames: Mapping[str, Sequence[Framed]] = MappingProxyType({}),
    sizes: Mapping[str, tuple[int, int]] = MappingProxyType({}),
    unpaged: Sequence[Unkept] = (),
) -> str:
    """data/index.html: offline, no script, images from this folder only; `copies` holds bag paths by exhibit number,
    `changed` which pictures there are of what was changed, `shots` what was read in the buyer's own, `frames` what is framed
    on the copies of an exhibit, `sizes` the copies' width and height in pixels, `unpaged` as for the report.
    """
    paths = {number: tuple(all_of) for number, all_of in (copies or {}).items()}
    numbers = bates(plan.exhibits, {number: len(all_of) for number, all_of in paths.items()})
    rows, hidden = key_rows(plan)
    style = _asset("pack.css") + _asset("viewer.css")
    views = [
        _view(
            plan,
            exhibit,
            _shown_copies(exhibit, paths, numbers, frames, sizes),
            (shots or {}).get(exhibit.number, ()),
            frames.get(exhibit.number, ()),
        )
        for exhibit in plan.exhibits
    ]
    return html().get_template("index.html.j2").render(
        plan=plan, site=load_policy(plan.site).words, text=_TEXT,
        style=style, style_hash=_hash(style), rows=rows, hidden=hidden,
        chats=_messages(plan, "chat"), messages=_messages(plan), views=views, has_report=has_report,
        has_wacz=has_wacz, left_out=left_out_of(plan), unreplayed=unreplayed(plan), absent=together(plan.withheld),
        numbers=numbers, lines=ten_lines(plan), first=first_exhibits(plan), cited=sections_by_exhibit(plan, rows),
        chronology=drawn(plan, rows), deadlines=tuple(d for d in plan.deadlines if d.act_by), other_deadlines=0,
        lacks=_lacks(plan, unpaged),
        changed={which: picture_path(*which).removeprefix("data/") for which in changed},
    )  # fmt: skip


def _running(order: str) -> str:
    """The line at the foot of every page; of an order's number only what cannot end a string in a style sheet."""
    words = f"Evidence bundle, order {re.sub('[^A-Za-z0-9-]', '', order)}"
    return f'@page {{ @bottom-left {{ content: "{words}"; font: 8pt sans-serif; color: #59616c; }} }}\n'


def _still_matters(deadline: Deadline) -> bool:
    """Whether a deadline is printed on a page, still runs, or was missed: the others are for the viewer."""
    return deadline.printed or deadline.state in _RUNNING or "late" in deadline.outcome


def render_text(name: str, **values: Any) -> bytes:
    """A plain text or Markdown file of the pack from its template."""
    return text().get_template(name).render(**values).encode("utf-8", "replace")


def key_rows(plan: PackPlan) -> tuple[tuple[TimelineRow, ...], int]:
    """The rows of the timeline that carry the story, and how many others there are.

    Events, printed timers and what is still to be done; visits and files of one day in one row each, visits only where
    they are exhibits or could not see the page.
    """
    running = {f"{d.id}#{d.round}" for d in plan.deadlines if d.printed or d.state in _RUNNING}
    rows = [row for row in plan.timeline if _is_key(row, running)][-MOST_ROWS:]
    return tuple(_by_day(rows, plan.zone)), len(plan.timeline) - len(rows)


def _by_day(rows: Iterable[TimelineRow], zone: str) -> Iterator[TimelineRow]:
    """One row for all pages seen, and one for all files added, on one day; everything else as it is."""

    def group(row: TimelineRow) -> tuple[object, ...]:
        seen = row.kind == "visit" and row.text.endswith(": complete")
        return (row.kind, day_in(row.first, zone)) if seen or row.kind == "file" else (row.kind, row.ref, row.first)

    for _, members in groupby(rows, group):
        first, *others = members
        if not others:
            yield first
            continue
        names = [row.text.partition(" seen: " if first.kind == "visit" else " added: ")[0] for row in (first, *others)]
        counted = [f"{names.count(name)} × {name}" if names.count(name) > 1 else name for name in dict.fromkeys(names)]
        text = f"{'Seen' if first.kind == 'visit' else 'Added'}: {', '.join(counted)}"
        sources = ", ".join(sorted(row.source for row in (first, *others) if row.source))
        when = f"{day_words(day_in(first.first, zone))}, from {first.first.astimezone(zone_of(zone)):%H:%M %Z}"
        yield replace(first, when=when, text=text, source=sources)


def notes_of(plan: PackPlan, exhibit: Exhibit) -> tuple[str, ...]:
    """What a reader of an exhibit must know: masked secrets, what could not be kept, what is withheld."""
    snapshot = plan.snapshot(exhibit)
    notes = []
    if snapshot is not None:
        notes += [f"Snapshot {snapshot.id}; the server's own date: {snapshot.visit.server_date or 'not sent'}."]
        masked = masked_text(snapshot)
        notes += [masked] if masked else []
        again = sum("masked again" in artefact.note for artefact in snapshot.artefacts)
        notes += (
            [f"Masked again by later rules: {again} of its files. The sealed originals stay with the buyer."]
            if again
            else []
        )
        notes += [f"Not kept: {loss}" for loss in snapshot.visit.losses]
    if snapshot is not None and plan.cropped.get(snapshot.id):
        notes.append("Its reading copies are cut out of pictures that show others, too, and show this conversation alone.")
    redacted = plan.redaction.of(plan.origin(exhibit)) if plan.redaction else None
    if redacted and redacted.words:
        notes.append(f"Taken out by the buyer: {redacted.words}.")
    if redacted and redacted.copied:
        where = folder(exhibit).replace("data/exhibits/", "redacted/")
        notes.append(f"A copy of its text without these: {where}text.txt.")
    if redacted and not redacted.recorded:
        notes.append("Its sealed record is withheld with it: the proof shows that it stands in the ledger.")
    if redacted and redacted.is_dark and not redacted.pages_known:
        notes.append("Its pictures are withheld, because nobody knows where on them what was taken out stands.")
    if redacted and plan.file(exhibit) and redacted.drawn and not redacted.is_dark:
        notes.append(_looked_through(redacted))
    own = (item for item in plan.withheld if item.exhibit == exhibit.number)
    notes += [f"Withheld, because {one.why}: {one.what}." for one in together(own)]
    return tuple(notes)


def _looked_through(redacted: RedactedOrigin) -> str:
    """What was done so that a photo or video of the buyer's shows nothing that was taken out."""
    if redacted.pictures is None:
        return "No machine read the words in its pictures: what is black on them, and what is not, the buyer alone judged."
    count = sum(len(picture.areas) for picture in redacted.pictures)
    black = {0: "nothing of it is black", 1: "one place is black"}.get(count, f"{count} places are black")
    return f"A machine read the words in its pictures for what was taken out: {black}. It may have missed some."


def _lacks(plan: PackPlan, unpaged: Sequence[Unkept]) -> tuple[Unkept, ...]:
    """What a reader will look for and not find: files that were named, pages that were not drawn."""
    return tuple(sorted((*unkept(plan), *unpaged), key=lambda one: one.exhibit))


def left_out_of(plan: PackPlan) -> tuple[str, ...]:
    """What the web archive leaves out of each visit that it shows: "A02: 14 exchanges, 1 socket"."""
    lines = []
    for exhibit in plan.exhibits:
        private = plan.exchanges.get(exhibit.snapshot)
        counts = {"exchange": len(private.exchanges), "socket": len(private.sockets)} if private else {}
        said = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
        lines += [f"{exhibit.number}: {', '.join(said)}"] if said else []
    return tuple(lines)


def unreplayed(plan: PackPlan) -> tuple[str, ...]:
    """The numbers of the pages of which the web archive shows no exchange."""
    return tuple(e.number for e in plan.exhibits if e.witnessed and e.snapshot not in plan.exchanges)


def masked_text(snapshot: Snapshot) -> str:
    """How many secret values were masked at capture, by kind; "" for none."""
    kinds: dict[str, int] = {}
    for item in snapshot.visit.redactions:
        count = item.get("count", 1)
        kind = say(item.get("kind")) or "secret"
        kinds[kind] = kinds.get(kind, 0) + (count if isinstance(count, int) else 1)
    if not kinds:
        return ""
    return "Masked at capture: " + ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items())) + "."


def _all_shown(value: Any) -> Any:
    """What a page or a file's name says, with signs that act or hide shown as what they are."""
    return shown(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def html() -> Environment:
    """Templates for pages: everything is escaped.

    `linked` makes the exhibits that a source names links to them; `marked` shows a message with what it is marked for.
    """
    made = Environment(
        loader=PackageLoader("rules.pack"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_all_shown,
    )  # fmt: skip
    made.filters["linked"] = _linked
    made.filters["named"] = lambda lines: {line.label: line.text for line in lines}
    made.filters["marked"] = _marked
    made.filters["no_zone"] = _no_zone
    made.globals["day"] = _day
    return made


def _day(moment: datetime) -> str:
    return day_words(moment.date())


def _linked(source: str) -> Markup:
    return Markup(_EXHIBIT.sub(r'<a href="#\g<0>">\g<0></a>', str(escape(shown(source)))))  # noqa: S704 - escaped just here


def _marked(row: TimelineRow) -> Markup:
    """The message as it was written, with the sentences that it is marked for."""
    text = row.original
    found = (re.search(r"\s+".join(map(re.escape, mark.sentence.split())), text) for mark in row.marks)
    spans = sorted({match.span() for match in found if match and match[0]})
    parts, reached = [], 0
    for start, end in spans:
        if start >= reached:
            parts += [escape(shown(text[reached:start])), Markup("<mark>{}</mark>").format(shown(text[start:end]))]
            reached = end
    return Markup().join([*parts, escape(shown(text[reached:]))])


def _no_zone(text: str) -> Markup:
    """A printed time that names no zone with a sign for it, which a note below explains."""
    return escape(shown(text)).replace(", as printed (no zone)", Markup('<sup class="no-zone">†</sup>'))


@cache
def text() -> Environment:
    """Templates for text files: `line` keeps a value on one line, `code` makes it inert in Markdown."""
    made = Environment(  # noqa: S701 - these are text files; a browser is never told that they are pages
        loader=PackageLoader("rules.pack"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["line"] = _line
    made.filters["code"] = lambda value: f"`{_line(value).replace('`', chr(39))}`"
    made.filters["as_openssl"] = lambda fingerprint: ":".join(re.findall("..", str(fingerprint).upper()))
    made.globals["day"] = _day
    made.globals["epoch"] = lambda moment: int(moment.timestamp()) if isinstance(moment, datetime) else 0
    return made


def _line(value: object) -> str:
    return " ".join(shown(str(value)).split())


def _is_key(row: TimelineRow, running: set[str]) -> bool:
    if row.kind in ("message", "chat"):
        return False
    if row.kind == "deadline":
        return row.ref in running
    if row.kind == "visit":
        return bool(row.source) or not row.text.endswith(": complete")
    return not row.source.startswith("ledger")


def _messages(plan: PackPlan, kind: str = "message") -> tuple[TimelineRow, ...]:
    return tuple(row for row in plan.timeline if row.kind == kind)


def _shown_copies(
    exhibit: Exhibit,
    paths: Mapping[str, tuple[str, ...]],
    numbers: Mapping[str, Numbered],
    frames: Mapping[str, Sequence[Framed]],
    sizes: Mapping[str, tuple[int, int]],
) -> tuple[ShownCopy, ...]:
    name = exhibit.number
    framed = [(one.page, (_anchor(exhibit, at), one.area)) for at, one in enumerate(frames.get(name, ()))]
    return tuple(
        ShownCopy(
            path.removeprefix("data/"), numbers[name].page(n), sizes.get(path), tuple(f for page, f in framed if page == n)
        )
        for n, path in enumerate(paths.get(name, ()), 1)
    )


def _anchor(exhibit: Exhibit, at: int) -> str:
    return f"{exhibit.number}-frame-{at + 1}"


def _shown_fact(
    plan: PackPlan, exhibit: Exhibit, fact: Fact, copies: Sequence[ShownCopy], frames: Sequence[Framed]
) -> ShownFact:
    """A fact, with the frame round its place where there is one on a copy."""
    box = fact.place.box if fact.place else None
    at = next((n for n, one in enumerate(frames) if one.box == box and one.page <= len(copies)), None) if box else None
    where = ("", "") if at is None else (_anchor(exhibit, at), copies[frames[at].page - 1].number)
    name = sentence(fact_words(fact.name, site=plan.site))
    return ShownFact(name, _fact_value(fact, plan), fact.place.path if fact.place else "", *where)


def _view(
    plan: PackPlan, exhibit: Exhibit, copies: tuple[ShownCopy, ...], shots: Sequence[OwnPicture], frames: Sequence[Framed]
) -> ShownExhibit:
    facts = tuple(
        _shown_fact(plan, exhibit, fact, copies, frames)
        for fact in plan.facts
        if fact.snapshot == plan.origin(exhibit) and fact.snapshot and fact.name not in MESSAGES
    )
    files = tuple(
        ShownFile(path.rpartition("/")[2], path.removeprefix("data/"), digest, is_as_text(path))
        for path, digest in sorted(exhibit.files.items())
    )
    withheld = tuple(item for item in plan.withheld if item.exhibit == exhibit.number)
    notes = (*notes_of(plan, exhibit), *_unshown(plan, exhibit, copies), *_read_in(plan, shots))
    return ShownExhibit(exhibit, copies, facts, files, withheld, notes)


def _read_in(plan: PackPlan, shots: Iterable[OwnPicture]) -> tuple[str, ...]:
    """What a machine read in a photo; whoever cites it compares it with the picture."""
    if not plan.pictures_read:
        return ()
    lines = [line for shot in shots for line in shot.lines]
    return (f"Read in the picture by a machine, checked by nobody: “{' / '.join(lines)}”",) if lines else ()


def _unshown(plan: PackPlan, exhibit: Exhibit, copies: Sequence[ShownCopy]) -> tuple[str, ...]:
    """That nothing is to be seen of a photo or video: it is damaged, or of a format that is not read here."""
    file = plan.file(exhibit)
    if copies or file is None or not exhibit.files or not file.is_picture:
        return ()
    return ("No reading copy of it could be made; the file itself lies here as it was given.",)


def _fact_value(fact: Fact, plan: PackPlan) -> str:
    if fact.state == "not_shown":
        return "not shown on the page"
    if fact.unseen:
        return "not on what was kept of the page" if fact.lacks else "not found on the page"
    if fact.state == "unreadable":
        return f"not readable: “{fact.place.quote if fact.place else ''}”"
    shown = time_in(fact.value, plan.zone)
    return shown.text if shown else say(fact.value) or "none"


@cache
def _asset(name: str) -> str:
    source, _, _ = PackageLoader("rules.pack").get_source(html(), name)
    return source


def _hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
