"""Today: one line a case, most urgent first — who must act, what to press, by when, and how old the last good look is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from casework.answers import TodayAnswer, TodayLine
from casework.cases import Case, cases, targets_of
from casework.dossier import deadlines_for
from casework.workspace import Workspace
from collector.archive.sealing import state
from collector.model import Deadline, Snapshot
from rules.calendars import left, local
from rules.deadlines import needs_attention
from rules.policy import load_policy

# Design section 10: a running deadline without a good look for this long is an alarm.
BLIND_AFTER = timedelta(hours=36)
BLIND_AFTER_IN_DISPUTE = timedelta(hours=12)

_URGENCY = {"overdue": 0, "act_now": 0, "due_soon": 1, "open": 2, "undetermined": 3, "not_started": 4, "met": 5}
_RUNNING = ("overdue", "act_now", "due_soon", "open")
_DISPUTE = ("supplier_answer", "buyer_answer", "evidence", "auto_escalation", "negotiation_end", "mediation_end")


def today(ws: Workspace, as_of: datetime | None = None) -> TodayAnswer:
    """Every open case, most urgent first. Without an archive the answer is empty: nothing is created."""
    now = as_of or ws.clock.now()
    if not ws.archive.exists:
        if ws.archive.root.exists() and not ws.archive.root.is_dir():
            ws.archive.require()
        return TodayAnswer((), now, False)
    found = [(case, deadlines_for(ws, case, now)) for case in cases(ws) if not case.closed]
    lines = [_line(ws, case, deadlines, now) for case, deadlines in found]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    lines.sort(key=lambda line: (_URGENCY.get(line.state, 9), line.act_by or far, line.case))
    due = any(needs_attention(d) for _, deadlines in found for d in deadlines)
    return TodayAnswer(tuple(lines), now, due, _notices(ws))


def _line(ws: Workspace, case: Case, deadlines: tuple[Deadline, ...], now: datetime) -> TodayLine:
    """The case's most urgent deadline in one line. The buyer's own comes before what others must do."""
    running = [d for d in deadlines if d.state in _RUNNING and d.act_by is not None]
    running.sort(key=lambda d: (_URGENCY[d.state] if d.who == "you" else 2, d.act_by, d.who != "you"))
    look = _last_good_look(ws, case.order)
    alarms = _alarms(ws, case, running, look, now)
    looked = f"last good look: {left_since(look.visit.machine_time, now)} ago" if look else "no page has been kept whole yet"
    empty = TodayLine(case.order, case.name, "open", "no deadline is running", "", "", looked, None, "", "", alarms)
    if not running:
        return replace(empty, link=_link(ws, case, "order"))
    deadline = running[0]
    assert deadline.act_by is not None
    who = {"you": "you must act", "supplier": "the supplier must answer", "platform": "Alibaba acts"}[deadline.who]
    if deadline.who == "you" and not deadline.must:
        who = "you may act"
    when = f"by {local(deadline.act_by, case.zone)}, {left(deadline.act_by, now)}"
    if deadline.state == "act_now":
        when = f"our safe date {local(deadline.act_by, case.zone)} has passed; it may still be open: do it now"
    headline = f"{deadline.label}: {who} {when}"
    rule = load_policy().deadline(deadline.id)
    link = _link(ws, case, rule.page if rule else "order")
    return replace(
        empty, state=deadline.state, headline=headline, todo=deadline.todo, link=link,
        act_by=deadline.act_by, who=deadline.who, deadline=deadline.id,
    )  # fmt: skip


def _last_good_look(ws: Workspace, case: str, kind: str = "") -> Snapshot | None:
    sql = "case_id = ? and outcome = 'complete'" + (" and kind = ?" if kind else "")
    return next((s for _, s in reversed(list(ws.index.snapshots(sql, case, *([kind] if kind else []))))), None)


def _alarms(ws: Workspace, case: Case, running: list[Deadline], look: Snapshot | None, now: datetime) -> tuple[str, ...]:
    """Blindness is an alarm, and so is an account that a wall stopped."""
    alarms = []
    for account in ws.index.paused().values():
        if any(t.account == account.name for t in targets_of(ws, case.order)):
            name = f"account {account.name}" if account.name else "visits without an account"
            since = local(account.at, case.zone)
            alarms.append(f"{name}: stopped since {since} ({account.why}). Look by hand, then: tradewitness capture")
    in_dispute = any(d.id in _DISPUTE for d in running)
    limit = BLIND_AFTER_IN_DISPUTE if in_dispute else BLIND_AFTER
    if in_dispute:
        look = _last_good_look(ws, case.order, "dispute") or look
    if running and targets_of(ws, case.order) and (look is None or now - look.visit.machine_time > limit):
        since = f"for {left_since(look.visit.machine_time, now)}" if look else "so far"
        printed = next((d for d in running if d.printed and d.act_by), None)
        timer = f" The last timer seen: {local(printed.act_by, case.zone)}." if printed and printed.act_by else ""
        page = _link(ws, case, "dispute" if in_dispute else "order")
        alarms.append(f"No complete look {since} while a deadline runs.{timer} Look by hand: {page}")
    return tuple(alarms)


def left_since(then: datetime, now: datetime) -> str:
    """An age in words: 5 minutes, 3 hours, 2 days."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {word}{'s' if number != 1 else ''}"
    return "less than a minute"


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
