"""Today: one line a case, most urgent first — who must act, what to press, by when, and how old the last good look is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from casework.asking.blindness import JudgedCase, blindness, link_of
from casework.cases import case_with_deadlines, cases, find_case, judged
from casework.notices.book import read_book
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.archive.renewal import archive_term
from collector.archive.sealing import state
from collector.errors import ArchiveError
from collector.model import ALIBABA, ORIGINS, kept_in_part
from rules.check.review import reasons_of
from rules.deadlines.counting import needs_attention
from rules.deadlines.moments import Advice, moments
from rules.deadlines.next_steps import next_steps
from rules.language.facts import page_words
from rules.language.words import age_words, day_words
from rules.night.blindness import Blind
from rules.policy.platform import SiteWords, load_policy

# Contradictory dates: the earliest that they can mean still counts, ahead of what is far away.
_URGENCY = {"overdue": 0, "act_now": 0, "due_soon": 1, "undetermined": 1, "open": 2}


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One case today. `state` is the most urgent deadline's; times in `headline` are the user's, with weekday."""

    case: str
    name: str
    state: str
    headline: str
    todo: str
    link: str
    looked: str
    act_by: datetime | None
    who: str
    deadline: str
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TodayAnswer:
    """Every open case, most urgent first; `notices` concern the archive as a whole, `blind` is what nobody sees."""

    lines: tuple[TodayLine, ...]
    as_of: datetime
    due: bool
    notices: tuple[str, ...] = ()
    blind: tuple[Blind, ...] = ()


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """One case: its line of Today, every step that can be taken, most urgent first, and what its stage asks for.

    Times in words are the user's.
    """

    line: TodayLine
    steps: tuple[Mapping[str, str], ...]
    advice: tuple[Advice, ...]
    as_of: datetime
    due: bool
    blind: tuple[Blind, ...] = ()
    site: str = ALIBABA


def today(ws: Workspace, as_of: datetime | None = None) -> TodayAnswer:
    """Every open case, most urgent first. Without an archive the answer is empty: nothing is created."""
    now = as_of or ws.clock.now()
    if not ws.archive.exists:
        if ws.archive.root.exists() and not ws.archive.root.is_dir():
            ws.archive.require()
        return TodayAnswer((), now, False)
    if as_of is not None:
        answer = _today(ws, now)
    else:  # within a minute nothing more becomes due; the accounts stand outside the archive
        beside = (now.replace(second=0, microsecond=0), ws.accounts.known())
        answer = ws.index.recalled("", "today", lambda: _today(ws, now), beside=beside)
    return replace(answer, notices=(*_notices(ws), *_unsent(ws)))


def _today(ws: Workspace, now: datetime) -> TodayAnswer:
    """Without notices, which depend on more than what the archive says of its cases."""
    judged = judged_cases(ws, now)
    blind = blindness(ws, judged, now)
    lines = [_line(ws, one, blind, now) for one in judged]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    lines.sort(key=lambda line: (_URGENCY[line.state], line.act_by or far, line.case))
    due = any(needs_attention(d) for one in judged for d in one.deadlines)
    return TodayAnswer(tuple(lines), now, due, blind=blind)


def judged_cases(ws: Workspace, now: datetime) -> list[JudgedCase]:
    """Every open case with its deadlines, in the order in which they were opened."""
    return [_judged(ws, case, now) for case in cases(ws) if not case.closed]


def _judged(ws: Workspace, case: Case, now: datetime) -> JudgedCase:
    return JudgedCase(case, *case_with_deadlines(ws, case, now))


def next_of(ws: Workspace, wanted: str, as_of: datetime | None = None) -> NextAnswer:
    """One case: its line of Today, and every step that can be taken now, most urgent first. Raises WrongRequest."""
    now = as_of or ws.clock.now()
    ws.archive.require()
    one = _judged(ws, find_case(ws, wanted), now)
    case, file, found = one.case, one.file, one.deadlines
    steps = tuple(
        {
            "id": step.deadline.id, "what": step.deadline.label, "who": step.deadline.who, "state": step.deadline.state,
            "when": step.when, "press": step.press, "if_missed": step.deadline.if_missed,
            "link": link_of(ws, case.order, step.page),
        }
        for step in next_steps(file, found)
    )  # fmt: skip
    policy = load_policy(case.site)
    advice = judged(ws, file, "advice", lambda: moments(file, policy, reasons_of(file.known(), policy)))
    blind = blindness(ws, [one], now)
    due = any(needs_attention(d) for d in found)
    return NextAnswer(_line(ws, one, blind, now), steps, advice, now, due, blind, case.site)


def _line(ws: Workspace, judged: JudgedCase, blind: Iterable[Blind], now: datetime) -> TodayLine:
    """The case's most urgent step in one line. The buyer's own comes before what others must do."""
    case, steps = judged.case, next_steps(judged.file, judged.deadlines)
    whole = ws.index.last_whole(case.order)
    alarms = tuple(f"{one.text} Look by hand: {one.link}".rstrip() for one in blind if one.case == case.order)
    looked = f"The last good look: {age_words(whole, now)} ago" if whole else "No page has been kept whole yet"
    looked += _not_whole(ws, case.order)
    link = link_of(ws, case.order, "order")
    empty = TodayLine(case.order, case.name, "open", "no deadline is running", "", link, looked, None, "", "", alarms)
    if not steps:
        return empty
    step = steps[0]
    deadline = step.deadline
    who = acts(deadline.who, load_policy(case.site).words, must=deadline.must)
    saved = f" ({ORIGINS['saved']})" if deadline.origin == "saved" else ""
    saved += " (from a page kept in part)" if deadline.lacks else ""
    state = deadline.state if deadline.who == "you" else "open"  # another's deadline is no alarm of yours
    return replace(
        empty, state=state, headline=f"{deadline.label}: {who} {step.when}{saved}", todo=step.press,
        link=link_of(ws, case.order, step.page), act_by=deadline.act_by, who=deadline.who, deadline=deadline.id,
    )  # fmt: skip


def acts(who: str, site: SiteWords, *, must: bool) -> str:
    """Who must or may act, in words."""
    if who == "platform":
        return f"{site.name} acts"
    return "the supplier must act" if who == "supplier" else "you must act" if must else "you may act"


def _not_whole(ws: Workspace, case: str) -> str:
    """Each page whose newest visit kept less than the whole: it must not hide behind good looks at the others."""
    words = {"partial": kept_in_part}
    said = [
        (page_words(look.kind), words.get(look.outcome, "not seen: {}".format)(look.why.rstrip(".")))
        for look in ws.index.newest_not_whole(case)
    ]
    return "".join(f"; the {page} was {how}" for page, how in said)


def _notices(ws: Workspace) -> tuple[str, ...]:
    """What concerns the whole archive: anything not yet sealed or timestamped is said every day."""
    seal = state(ws.archive)
    if seal.word == "unsigned":
        return ("The newest records are not sealed yet; the next command that keeps something seals them.",)
    if seal.word == "pending":
        return ("The newest records are sealed but not yet timestamped; the next command that keeps something asks again.",)
    return _ends_soon(ws)


def _ends_soon(ws: Workspace) -> tuple[str, ...]:
    """Whether the timestamps are to be renewed, which a case that is over and rests would miss."""
    term = archive_term(ws.archive)
    if term is None or not term.ends_soon(ws.clock.now()):
        return ()
    until = day_words(term.until.date())
    return (
        f"The timestamps prove their time until {until} and no longer. Before then, run: tradewitness timestamp --renew",
    )


def _unsent(ws: Workspace) -> tuple[str, ...]:
    """What somebody should have been told and was not; also that the list of who is told cannot be read."""
    try:
        return read_book(ws).unsent
    except ArchiveError as error:
        return (f"Nobody is told of deadlines. {error.message}",)
