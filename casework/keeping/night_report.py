"""The report of a run, HTML and JSON: what a person must do, what changed, is due, was kept, failed and was left out.

It is made for people to read in the morning: nothing rests on it, and `verify` does not look at it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from casework.keeping.masked import masked, masked_words
from collector.canonical import as_json
from collector.inert import shown, shown_in_json
from collector.kinds import page_kind
from collector.ledger.disk import make_folder, write_file
from collector.model import Snapshot, Target
from rules.language.facts import sentence
from rules.language.words import age_words, time_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from casework.keeping.nightly import NightAnswer

FOLDER = "reports"
MOST_REPORTS = 400  # some two months of runs every four hours; older ones go
_NAMED = 12  # cases or pages that one card names

Tone = Literal["", "good", "warn", "bad"]
_URGENT = ("overdue", "act_now", "due_soon")


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to know: of whom or what, in a sentence, what to do about it, and the address to open, or ""."""

    text: str
    who: str = ""
    todo: str = ""
    link: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """The pages of a case that were kept whole, the reasons for which they were visited, and when the last one was."""

    case: str
    pages: str
    reasons: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class NightReport:
    """A run in words, section by section; times are of the zone of this computer, those of a case of its own."""

    title: str
    span: str
    headline: str
    tone: Tone
    counts: tuple[tuple[str, int], ...]
    person: tuple[Card, ...]
    blind: tuple[Card, ...]
    changed: tuple[Card, ...]
    unchanged: str
    due: tuple[tuple[str, str], ...]
    kept: tuple[KeptRow, ...]
    failed: tuple[Card, ...]
    left_out: tuple[Card, ...]
    resting: str
    foot: tuple[str, ...]


def write_report(root: Path, answer: NightAnswer, zone: str) -> Path:
    """Writes the report of a run into the archive, JSON beside it; gives the path of the page.

    Raises ArchiveError where the disk refuses.
    """
    value = report_value(answer)
    folder = root / FOLDER
    make_folder(folder)
    page = folder / f"{answer.began:%Y%m%dT%H%M%SZ}.html"
    write_file(page.with_suffix(".json"), shown_in_json(json.dumps(value, ensure_ascii=False, indent=1)).encode() + b"\n")
    write_file(page, report_html(report_of(answer, zone)).encode())
    for old in sorted(folder.glob("*.html"))[:-MOST_REPORTS]:
        old.unlink(missing_ok=True)
        old.with_suffix(".json").unlink(missing_ok=True)
    return page


def report_of(answer: NightAnswer, zone: str) -> NightReport:
    """The run in words."""
    last = last_tries(answer.snapshots)
    kept = tuple(_kept(answer, last, zone))
    failed, person = tuple(_failed(last)), tuple(_person(answer))
    blind, changed = tuple(_blind(answer)), tuple(_changed(answer))
    headline, tone = _headline(answer, len(person), len(blind), bool(failed or answer.left_out))
    whole = sum(s.outcome == "complete" for s in last)
    counts = (
        ("kept", whole), ("not kept", len(last) - whole), ("left out", len(answer.left_out)), ("changed", len(changed)),
        ("not due yet", answer.resting),
    )  # fmt: skip
    compared = answer.changes is not None
    first = age_words(answer.ended, answer.next_due) if answer.next_due else ""
    return NightReport(
        title=f"tradewitness, {time_words(answer.began, zone).rpartition(', ')[0]}",
        span=f"{_clock(answer.began, zone)} to {_clock(answer.ended, zone)} ({zone})",
        headline=headline,
        tone=tone,
        counts=tuple((name, number) for name, number in counts if number),
        person=person,
        blind=blind,
        changed=changed,
        unchanged="Nothing changed on the pages that were looked at." if compared else "What changed was not compared.",
        due=tuple(_due(answer)),
        kept=kept,
        failed=failed,
        left_out=tuple(_left_out(answer)),
        resting=f"{answer.resting} pages were looked at recently; the next is due in {first}." if first else "",
        foot=tuple(_foot(answer)),
    )


def report_value(answer: NightAnswer) -> dict[str, Any]:
    """The run for programs."""
    tries = Counter(page_of(s.target) for s in answer.snapshots)
    reasons = {page_of(one.target): one.reason for one in answer.planned}
    looked = [
        {
            **_page(s.target), "reason": reasons.get(page_of(s.target), ""), "outcome": s.outcome, "why": s.why,
            "snapshot": s.id, "at": s.visit.machine_time, "tries": tries[page_of(s.target)],
        }
        for s in last_tries(answer.snapshots)
    ]  # fmt: skip
    failure = {"message": answer.failure.message, "hint": answer.failure.hint} if answer.failure else None
    value: dict[str, Any] = as_json({
        "began": answer.began, "ended": answer.ended, "failure": failure, "person": tuple(_person(answer)),
        "blind": answer.today.blind, "walls": answer.walls,
        "changed": answer.changes.changes if answer.changes else (),
        "due": [line for line in answer.today.lines if line.act_by is not None],
        "kept": [one for one in looked if one["outcome"] == "complete"],
        "failed": [one for one in looked if one["outcome"] != "complete"],
        "left_out": [{**_page(one.target), "why": one.why} for one in answer.left_out],
        "resting": answer.resting, "next_due": answer.next_due, "notes": answer.notes,
        "seal": answer.seal.word if answer.seal else "unsigned", "masked": masked(answer.snapshots),
    })  # fmt: skip
    return value


def _page(target: Target) -> dict[str, str]:
    return {"case": target.case, "kind": target.kind, "url": target.url, "account": target.account}


def last_tries(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Of each page its last try, in the order in which they ended."""
    last = {page_of(s.target): s for s in snapshots}
    return tuple(last.values())


def page_of(target: Target) -> tuple[str, str, str]:
    """What tells one page of a run from another."""
    return target.case, target.id or target.kind, target.account


def _headline(answer: NightAnswer, person: int, blind: int, gaps: bool) -> tuple[str, Tone]:
    if answer.failure:
        return f"The run ended before its end: {answer.failure.message}", "bad"
    if person:
        return f"{person} thing{'s need' if person > 1 else ' needs'} you now.", "bad"
    if blind:
        return "Something that matters is not seen.", "bad"
    if gaps:
        return "Not every page could be kept. Nothing else is asked of you now.", "warn"
    return "All that was due was kept. Nothing is asked of you now.", "good"


def _person(answer: NightAnswer) -> Iterator[Card]:
    if answer.failure:
        yield Card(answer.failure.message, todo=answer.failure.hint, tone="bad")
    for paused in answer.walls:
        name = f"account {paused.name}" if paused.name else "visits without an account"
        todo = f"Do what the site asks for: tradewitness {f'login {paused.name}'.strip()}"
        yield Card(f"{sentence(name)} stopped: {paused.why}", todo=todo, tone="bad")
    for line in answer.today.lines:
        if line.who == "you" and line.state in _URGENT:
            yield Card(f"{line.headline}.", _case(line.case, line.name), line.todo, line.link, "bad")


def _blind(answer: NightAnswer) -> Iterator[Card]:
    told = [one for one in answer.today.blind if one.kind != "wall"]  # a wall needs the person, and stands there
    for text, each in groupby(sorted(told, key=lambda one: one.text), key=lambda one: one.text):
        found = list(each)
        yield Card(text, _several([one.case for one in found]), link=found[0].link, tone="bad")


def _changed(answer: NightAnswer) -> Iterator[Card]:
    changes = answer.changes.changes if answer.changes else ()
    for change in sorted(changes, key=lambda one: not one.adverse):
        what = " ".join(filter(None, (change.why, change.todo))) if change.adverse else ""
        yield Card(change.text, change.page.case, what, tone="bad" if change.adverse else "")


def _due(answer: NightAnswer) -> Iterator[tuple[str, str]]:
    for line in answer.today.lines:
        if line.act_by is not None:
            yield _case(line.case, line.name), f"{line.headline}."


def _kept(answer: NightAnswer, last: Iterable[Snapshot], zone: str) -> Iterator[KeptRow]:
    reasons = {page_of(one.target): one.reason for one in answer.planned}
    whole: dict[str, list[Snapshot]] = {}
    for s in last:
        if s.outcome == "complete":
            whole.setdefault(s.target.case or f"account {s.target.account}", []).append(s)
    for whose, each in whole.items():
        why = dict.fromkeys(sentence(reasons.get(page_of(s.target), "another page led to it")) for s in each)
        pages = ", ".join(page_kind(s.target.kind).title for s in each)
        yield KeptRow(whose, pages, tuple(why), _clock(each[-1].visit.machine_time, zone))


def _failed(last: Iterable[Snapshot]) -> Iterator[Card]:
    words = {"partial": "kept in part", "blocked": "stopped by a wall", "failed": "nothing was kept"}
    for s in last:
        if s.outcome != "complete":
            text = f"{page_kind(s.target.kind).title}: {words[s.outcome]}. {s.why}"
            yield Card(text, s.target.case or f"account {s.target.account}", link=s.target.url, tone="warn")


def _left_out(answer: NightAnswer) -> Iterator[Card]:
    for why, each in groupby(sorted(answer.left_out, key=lambda one: one.why), key=lambda one: one.why):
        found = list(each)
        pages = Counter(page_kind(one.target.kind).title for one in found)
        text = ", ".join(f"{number} {kind}" if number > 1 else kind for kind, number in pages.items())
        yield Card(f"{sentence(why).rstrip('.')}: {text}.", _several([one.target.case for one in found]), tone="warn")


def _foot(answer: NightAnswer) -> Iterator[str]:
    yield from answer.notes
    words = {
        "timestamped": "What was kept is sealed and timestamped.",
        "pending": "What was kept is sealed; a timestamp is still to come, and the next run asks for it again.",
        "unsigned": "What was kept is NOT sealed yet.",
    }
    yield words.get(answer.seal.word, "") if answer.seal else "What was kept is NOT sealed yet."
    if told := masked_words(answer.snapshots):
        yield told
    yield "Made by tradewitness for you alone: nothing in a pack rests on this page. It loads nothing and runs no script."


def _case(order: str, name: str) -> str:
    return f"{order} · {name}" if name else order


def _several(cases: Iterable[str]) -> str:
    orders = [order for order in dict.fromkeys(cases) if order]
    more = len(orders) - _NAMED
    return ", ".join(orders[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _clock(instant: Any, zone: str) -> str:
    return time_words(instant, zone).rpartition(", ")[2].partition(" ")[0]


def report_html(report: NightReport) -> str:
    """The report as one page with everything inlined. Pages hold hostile text, so all is escaped and made inert."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _templates().get_template("night.html.j2").render(report=report, style=style, style_hash=f"sha256-{digest}")


@cache
def _style() -> str:
    return (Path(__file__).parent / "templates" / "night.css").read_text("utf-8").strip()


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("casework.keeping"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_inert,
    )  # fmt: skip


def _inert(value: object) -> object:
    return shown(value) if type(value) is str else value
