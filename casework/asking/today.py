"""Today: one line a case, most urgent first — who must act, what to press, by when, and how old the last good look is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.cases import casefile, cases, find_case, targets_of
from casework.keeping.capture import with_accounts
from casework.notices.book import read_book
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.archive.sealing import state
from collector.errors import ArchiveError
from collector.model import ORIGINS, Deadline, Snapshot, kept_in_part
from rules.case.casefile import CaseFile
from rules.check.review import reasons_of
from rules.deadlines.counting import deadlines, needs_attention
from rules.deadlines.moments import Advice, moments
from rules.deadlines.next_steps import next_steps
from rules.language.facts import page_words
from rules.language.words import age_words, time_words
from rules.policy.platform import load_policy, policies

# Design section 10: a running deadline without a good look for this long is an alarm.
BLIND_AFTER = timedelta(hours=36)
BLIND_AFTER_IN_DISPUTE = timedelta(hours=12)

# Contradictory dates: the earliest that they can mean still counts, ahead of what is far away.
_URGENCY = {"overdue": 0, "act_now": 0, "due_soon": 1, "undetermined": 1, "open": 2}
_WHO = {"you": "you must act", "supplier": "the supplier must act", "platform": "Alibaba acts"}


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
    """Every open case, most urgent first; `notices` concern the archive as a whole."""

    lines: tuple[TodayLine, ...]
    as_of: datetime
    due: bool
    notices: tuple[str, ...] = ()


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


def today(ws: Workspace, as_of: datetime | None = None) -> TodayAnswer:
    """Every open case, most urgent first. Without an archive the answer is empty: nothing is created."""
    now = as_of or ws.clock.now()
    if not ws.archive.exists:
        if ws.archive.root.exists() and not ws.archive.root.is_dir():
            ws.archive.require()
        return TodayAnswer((), now, False)
    files = [(case, casefile(ws, case, now, every_look=False)) for case in cases(ws) if not case.closed]
    found = [(case, file, deadlines(file, *policies())) for case, file in files]
    lines = [_line(ws, case, file, due, now) for case, file, due in found]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    lines.sort(key=lambda line: (_URGENCY[line.state], line.act_by or far, line.case))
    due = any(needs_attention(d) for _, _, each in found for d in each)
    return TodayAnswer(tuple(lines), now, due, (*_notices(ws), *_unsent(ws)))


def next_of(ws: Workspace, wanted: str, as_of: datetime | None = None) -> NextAnswer:
    """One case: its line of Today, and every step that can be taken now, most urgent first. Raises WrongRequest."""
    now = as_of or ws.clock.now()
    ws.archive.require()
    case = find_case(ws, wanted)
    file = casefile(ws, case, now, every_look=False)
    found = deadlines(file, *policies())
    steps = tuple(
        {
            "id": step.deadline.id, "what": step.deadline.label, "who": step.deadline.who, "state": step.deadline.state,
            "when": step.when, "press": step.press, "if_missed": step.deadline.if_missed, "link": _link(ws, case, step.page),
        }
        for step in next_steps(file, found)
    )  # fmt: skip
    policy = load_policy()
    advice = moments(file, policy, reasons_of(file.known(), policy))
    return NextAnswer(_line(ws, case, file, found, now), steps, advice, now, any(needs_attention(d) for d in found))


def _line(ws: Workspace, case: Case, file: CaseFile, found: tuple[Deadline, ...], now: datetime) -> TodayLine:
    """The case's most urgent step in one line. The buyer's own comes before what others must do."""
    steps = next_steps(file, found)
    look = ws.index.last_complete(case.order)
    alarms = _alarms(ws, case, [step.deadline for step in steps], look, now)
    ago = age_words(look.visit.machine_time, now) if look else ""
    looked = f"The last good look: {ago} ago" if look else "No page has been kept whole yet"
    looked += _not_whole(ws, case.order)
    link = _link(ws, case, "order")
    empty = TodayLine(case.order, case.name, "open", "no deadline is running", "", link, looked, None, "", "", alarms)
    if not steps:
        return empty
    step = steps[0]
    deadline = step.deadline
    who = _WHO[deadline.who] if deadline.must or deadline.who != "you" else "you may act"
    saved = f" ({ORIGINS['saved']})" if deadline.origin == "saved" else ""
    saved += " (from a page kept in part)" if deadline.lacks else ""
    state = deadline.state if deadline.who == "you" else "open"  # another's deadline is no alarm of yours
    return replace(
        empty, state=state, headline=f"{deadline.label}: {who} {step.when}{saved}", todo=step.press,
        link=_link(ws, case, step.page), act_by=deadline.act_by, who=deadline.who, deadline=deadline.id,
    )  # fmt: skip


def _not_whole(ws: Workspace, case: str) -> str:
    """Each page whose newest visit kept less than the whole: it must not hide behind good looks at the others."""
    words = {"partial": kept_in_part}
    said = [
        (page_words(look.kind), words.get(look.outcome, "not seen: {}".format)(look.why.rstrip(".")))
        for look in ws.index.newest_not_whole(case)
    ]
    return "".join(f"; the {page} was {how}" for page, how in said)


def _alarms(ws: Workspace, case: Case, running: list[Deadline], look: Snapshot | None, now: datetime) -> tuple[str, ...]:
    """Blindness is an alarm, and so is an account that a wall stopped."""
    alarms = []
    for account in ws.index.paused().values():
        if any(t.account == account.name for t in with_accounts(ws, targets_of(ws, case.order))):
            name = f"account {account.name}" if account.name else "visits without an account"
            since, command = time_words(account.at, case.zone), f"login {account.name}".strip()
            alarms.append(f"{name}: stopped since {since} ({account.why}). Look by hand, and run: tradewitness {command}")
    rules = [rule for d in running if (rule := load_policy().deadline(d.id)) is not None]
    in_dispute = any("dispute_opened" in rule.starts for rule in rules)
    limit = BLIND_AFTER_IN_DISPUTE if in_dispute else BLIND_AFTER
    if in_dispute and any(t.kind == "dispute" for t in targets_of(ws, case.order)):
        look = ws.index.last_complete(case.order, "dispute")  # a look at another page says nothing of its timer
    if running and targets_of(ws, case.order) and (look is None or now - look.visit.machine_time > limit):
        since = f"for {age_words(look.visit.machine_time, now)}" if look else "so far"
        printed = next((d for d in running if d.printed and d.act_by), None)
        timer = f" The last timer seen: {time_words(printed.act_by, case.zone)}." if printed and printed.act_by else ""
        page = _link(ws, case, "dispute" if in_dispute else "order")
        alarms.append(f"No complete look {since} while a deadline runs.{timer} Look by hand: {page}")
    return tuple(alarms)


def _link(ws: Workspace, case: Case, kind: str) -> str:
    """The address of the page to open: of the kind wanted, or the order's."""
    urls = {t.kind: t.url for t in reversed(targets_of(ws, case.order))}
    return urls.get(kind) or urls.get("order", "")


def _notices(ws: Workspace) -> tuple[str, ...]:
    """What concerns the whole archive: anything not yet sealed or timestamped is said every day."""
    seal = state(ws.archive)
    if seal.word == "unsigned":
        return ("The newest records are not sealed yet; the next command that keeps something seals them.",)
    if seal.word == "pending":
        return ("The newest records are sealed but not yet timestamped; the next command that keeps something asks again.",)
    return ()


def _unsent(ws: Workspace) -> tuple[str, ...]:
    """What somebody should have been told and was not; also that the list of who is told cannot be read."""
    try:
        return read_book(ws).unsent
    except ArchiveError as error:
        return (f"Nobody is told of deadlines. {error.message}",)
