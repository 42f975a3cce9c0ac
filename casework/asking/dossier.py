"""What a case says: its facts, deadlines and findings. The rules judge; this room only brings them the case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.cases import (
    case_with_deadlines,
    casefile,
    cases,
    counts_by,
    find_case,
    happened_at,
    judged,
    machine_zone,
    split_assignment,
)
from casework.keeping.pictures import texts_in_pictures
from casework.workspace import Workspace
from collector.canonical import as_json
from collector.errors import WrongRequest
from collector.ledger.disk import write_file
from collector.model import ALIBABA, Area, Artefact, Deadline, Fact, Finding
from collector.progress import Progress
from collector.reading.boxes import picture_of
from collector.saved.text import texts_of
from rules.case.assertions import is_event, parse_assertion
from rules.case.casefile import CaseFile
from rules.case.suppliers import without_others
from rules.check.review import reasons_of, review
from rules.deadlines.counting import deadlines, needs_attention
from rules.deadlines.ics import calendar
from rules.drafts import Draft, draft
from rules.language.facts import fact_words, sentence, value_words
from rules.policy.fact_names import RECURRING
from rules.policy.platform import Policy, load_policy, policies

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DeadlineAnswer:
    """Deadlines as of an instant, shown in `zone` (IANA). `needs` names facts that would decide more; `sites` are the
    cases' own, by their numbers.
    """

    deadlines: tuple[Deadline, ...]
    as_of: datetime
    zone: str
    due: bool
    needs: tuple[str, ...] = ()
    ics: Path | None = None
    notes: tuple[str, ...] = ()
    sites: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The findings for one case."""

    case: str
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FactPicture:
    """The picture that shows a fact: which one of the visit, its digest, and in it where the fact stands, in page pixels."""

    part: int
    digest: str
    box: Area


def as_of_instant(ws: Workspace, text: str, zone: str) -> datetime:
    """`--as-of` as an instant: a bare day counts to its end in the zone. Raises WrongRequest."""
    if not text:
        return ws.clock.now()
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongRequest(f"{text!r} is not a date.", "Write it as 2026-10-09 or 2026-10-09T18:00Z.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def facts_of(ws: Workspace, what: str, *, everything: bool = False) -> list[Fact]:
    """A snapshot's or saved file's facts, or a case's: the latest complete visit of each target, else the latest partial
    one; then what later partial visits and pages saved by hand say besides, then the standing assertions.
    """
    if ws.index.holds(what):
        return ws.index.facts_of(what)
    case = find_case(ws, what).order
    if everything:
        return [*ws.index.facts(case), *_asserted(ws, case)]
    return ws.index.recalled(case, "latest facts", lambda: _latest(ws, case))


def _asserted(ws: Workspace, case: str) -> list[Fact]:
    return [one.fact for one in ws.index.assertions(case)]


def _latest(ws: Workspace, case: str) -> list[Fact]:
    said, asserted = ws.index.facts(case), _asserted(ws, case)
    facts: dict[str, list[Fact]] = {}
    for fact in said:
        if not fact.saved:
            facts.setdefault(fact.snapshot, []).append(fact)
    chosen: dict[str, list[str]] = {}
    for look in ws.index.looks(case):
        if look.snapshot in facts:
            looks = chosen.setdefault(look.target, [])
            whole = looks and not facts[looks[0]][0].lacks
            looks[:] = [*looks, look.snapshot] if look.outcome != "complete" and whole else [look.snapshot]
    found = [fact for looks in chosen.values() for fact in facts[looks[0]]]
    found += [fact for looks in chosen.values() for fact in _partial_besides(facts, *looks)]
    own = without_others([*found, *(fact for fact in said if fact.saved), *asserted])
    found += _saved_besides(found, [fact for fact in own if fact.saved])
    read = {f.name for f in found if f.state == "read"}
    # What one page of the case does not show and another does is shown: a product page says nothing of the limit.
    return [f for f in found if f.state != "not_shown" or f.name not in read] + asserted


def _partial_besides(facts: dict[str, list[Fact]], whole: str, *partial: str) -> list[Fact]:
    """Of each name the newest fact that partial visits show and the last whole one before them did not."""
    if not partial:
        return []
    before = {f.name: _news(f) for f in facts[whole]}
    newest = {f.name: f for one in partial for f in facts[one] if f.state == "read" and f.name != "thread.complete"}
    return [f for name, f in newest.items() if not _news(f) <= before.get(name, frozenset())]


def _news(fact: Fact) -> frozenset[str]:
    """What a fact tells; of a conversation each message, because a part of it tells nothing new."""
    if fact.state != "read":
        return frozenset()
    told = fact.value if fact.name == "thread.messages" and isinstance(fact.value, tuple) else (fact.value,)
    return frozenset(json.dumps(as_json(one), sort_keys=True) for one in told)


def zone_of_facts(ws: Workspace, what: str) -> str:
    """The zone in which the times of those facts are read: the case's, or this machine's for a snapshot or file."""
    return machine_zone() if ws.index.holds(what) else find_case(ws, what).zone


def site_of_facts(ws: Workspace, what: str) -> str:
    """The site of those facts: the snapshot's or the case's."""
    seen = ws.index.snapshot(what)
    return seen.target.site if seen else ALIBABA if ws.index.holds(what) else find_case(ws, what).site


def tiles_of(ws: Workspace, facts: list[Fact]) -> list[FactPicture | None]:
    """For each fact the picture that shows it; None where it is not certain where it stands."""
    pictured = {fact.snapshot for fact in facts if fact.place is not None and fact.place.box is not None}
    artefacts = {one: s.artefacts for one in pictured if (s := ws.index.snapshot(one)) is not None}
    return [_tile(fact, artefacts.get(fact.snapshot, ())) for fact in facts]


def _tile(fact: Fact, artefacts: tuple[Artefact, ...]) -> FactPicture | None:
    box = fact.place.box if fact.place is not None else None
    picture = picture_of(box, artefacts) if box is not None else None
    if box is None or picture is None or picture.area is None:
        return None
    return FactPicture(picture.part, picture.digest, (box[0] - picture.area[0], box[1] - picture.area[1], *box[2:]))


def _saved_besides(seen: list[Fact], saved: list[Fact]) -> list[Fact]:
    """Of each name the newest fact of a saved page; where a witnessed page says the same, that one is enough.

    One that does not say when it was saved counts as the oldest.
    """
    newest: dict[str, Fact] = {}
    rank = {"not_shown": 0, "unreadable": 1, "read": 2}
    for fact in sorted(saved, key=lambda f: (rank[f.state], f.at or _LONG_AGO)):
        newest[fact.name] = fact
    said = {f.name: f for f in seen if f.state == "read"}
    shown = {f.name for f in seen}
    return [
        fact
        for fact in newest.values()
        if (fact.state == "read" and (fact.name not in said or as_json(said[fact.name].value) != as_json(fact.value)))
        or (fact.state != "read" and fact.name not in shown)
    ]


def deadlines_of(ws: Workspace, what: tuple[str, ...], as_of: str = "", ics: Path | None = None) -> DeadlineAnswer:
    """Deadlines of a case, of every open case, or of dates alone (`name=value`; needs no archive)."""
    assignments = [text for text in what if "=" in text]
    if (assignments and len(assignments) < len(what)) or (len(what) > 1 and not assignments):
        raise WrongRequest(
            "Give one case, or dates as name=value, not both.", "Try: tradewitness deadlines received_at=2026-09-30"
        )
    if assignments:
        zone = machine_zone()
        instant = as_of_instant(ws, as_of, zone)
        loose = _loose_casefile(assignments, zone, instant, ws.clock.now())
        told = [(loose, deadlines(loose, *policies()))]
    else:
        chosen = [find_case(ws, what[0])] if what else [c for c in cases(ws) if not c.closed]
        zone = chosen[0].zone if chosen else machine_zone()
        instant = as_of_instant(ws, as_of, zone)
        told = [case_with_deadlines(ws, case, instant) for case in chosen]
    files, found = [file for file, _ in told], tuple(d for _, each in told for d in each)
    if ics is not None:
        write_file(ics.absolute(), calendar(found, instant, zone))
    due = any(needs_attention(d) for d in found)
    needs = tuple(sorted({name for d in found if d.state == "undetermined" for name in d.needs}))
    notes = tuple(note for file in files for note in _not_yet(file))
    return DeadlineAnswer(found, instant, zone, due, needs, ics, notes, {file.order: file.site for file in files})


def _not_yet(file: CaseFile) -> list[str]:
    """Entered events that have not happened by then: most often a mistyped year, and a deadline that would go unseen."""
    late = [f for f in file.facts if f.state == "asserted" and is_event(f.name) and happened_at(f, file.zone) > file.as_of]
    return [
        f"{sentence(fact_words(f.name, f.round))} ({value_words(f.value, file.zone)}) lies after the time asked for,"
        " so it does not count yet. Is the date right?"
        for f in late
    ]


def _loose_casefile(assignments: list[str], zone: str, as_of: datetime, now: datetime) -> CaseFile:
    """A case made of dates alone, as typed at the prompt. Facts dated after `as_of` have not happened yet."""
    counts: dict[str, int] = {}
    facts: dict[tuple[str, int], Fact] = {}
    for text in assignments:
        name, number, value = split_assignment(text)
        if not value:
            raise WrongRequest(f"{name} has no value.", "Write it as name=value, for example received_at=2026-09-30")
        parsed = parse_assertion(name, value, zone)
        counts[name] = number or counts.get(name, 0) + 1
        round_ = counts[name] if name in RECURRING else 1  # of what happens once, the last one typed holds
        facts[name, round_] = Fact(name, parsed, "asserted", "", "buyer", round=round_)
    kept = tuple(f for f in facts.values() if counts_by(f, as_of, now, zone))
    return CaseFile(order="", name="", zone=zone, as_of=as_of, opened_at=as_of, facts=kept)


def check_cases(
    ws: Workspace, wanted: Iterable[str], everything: bool, reasons: tuple[str, ...], as_of: str, progress: Progress
) -> list[CheckAnswer]:
    """What is covered, missing, contradictory or said that should not be, for the cases named or for all open ones."""
    names = tuple(wanted)
    if everything == bool(names):
        raise WrongRequest("Say which case to check.", "Give its order number, or --all.")
    chosen = [c for c in cases(ws) if not c.closed] if everything else [find_case(ws, name) for name in names]
    answers = []
    for number, case in enumerate(chosen, 1):
        progress(f"case {number} of {len(chosen)}")
        policy = load_policy(case.site)
        file = casefile(ws, case, as_of_instant(ws, as_of, case.zone))
        judge = partial(_checked, ws, file, policy, reasons, progress)
        answers.append(judged(ws, file, ("findings", reasons), judge))
    return answers


def _checked(ws: Workspace, file: CaseFile, policy: Policy, reasons: tuple[str, ...], progress: Progress) -> CheckAnswer:
    whole = _with_texts(ws, file, progress)
    return CheckAnswer(file.order, reasons_of(whole, policy, reasons), review(whole, policy, reasons))


def draft_for(ws: Workspace, wanted: str, kind: str, lang: str, reasons: tuple[str, ...], progress: Progress) -> Draft:
    """A text for the buyer to copy, filled with the case's facts. Nothing is sent."""
    case = find_case(ws, wanted)
    file = casefile(ws, case, ws.clock.now())
    return draft(_with_texts(ws, file, progress), load_policy(case.site), kind, lang, reasons)


def _with_texts(ws: Workspace, file: CaseFile, progress: Progress) -> CaseFile:
    pictures = texts_in_pictures(ws, file.order, file.files)
    return replace(file, texts=texts_of(file.files, ws.archive.objects, progress), pictures=pictures)
