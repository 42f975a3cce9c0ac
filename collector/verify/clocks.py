"""What the records say of the machine's clock. A wrong clock is a finding with its size: the order of records stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from collector.ledger.clock_faults import TOLERATED, clock_fault, measured
from collector.ledger.log import Entry
from collector.model import Problem
from collector.seal.timestamp import TokenReport


def clock_notes(entries: Sequence[Entry], tokens: Mapping[int, TokenReport]) -> Iterator[str]:
    """Findings about the clock. `tokens` are those that hold, by the number of the entry that received them."""
    before = ""
    for entry in entries:
        if fault := clock_fault(entry.kind, entry.at, entry.body, before):
            yield clock_note(entry.seq, fault)
        before = entry.at
    yield from _backdated(entries, tokens)
    yield from _postdated(entries, tokens)


def clock_note(seq: int, fault: str) -> str:
    """A fault of one entry as a note."""
    return f"line {seq + 1}: {fault}"


def _backdated(entries: Sequence[Entry], tokens: Mapping[int, TokenReport]) -> Iterator[str]:
    """Lines that claim a time before a token that stands before them, by more than the offset that was measured then.

    Told once a stretch, by the worst of it.
    """
    stamped: TokenReport | None = None
    known = worst = timedelta()
    first: Entry | None = None
    for entry in entries:
        report = tokens.get(entry.seq)
        early = _gap(stamped, entry) - known if stamped else timedelta()
        if early > TOLERATED:
            first, worst = first or entry, max(worst, early)
        elif first is not None:
            yield _backdated_text(first, worst)
            worst, first = timedelta(), None
        if report is not None and report.time is not None:
            stamped, known = report, max(measured(entry.body), timedelta())
    if first is not None:
        yield _backdated_text(first, worst)


def _backdated_text(first: Entry, worst: timedelta) -> str:
    seconds = worst.total_seconds()
    return f"line {first.seq + 1}: says a time {seconds:,.0f} seconds before a timestamp that was received before it"


def _gap(stamped: TokenReport, entry: Entry) -> timedelta:
    return stamped.time - datetime.fromisoformat(entry.at) if stamped.time else timedelta()


def _postdated(entries: Sequence[Entry], tokens: Mapping[int, TokenReport]) -> Iterator[str]:
    """Lines that claim a time after a token over a checkpoint that covers them, and no offset was measured that says why."""
    covered = {
        int(entry.body["checkpoint"]): tokens[entry.seq]
        for entry in entries
        if entry.seq in tokens and abs(measured(entry.body)) <= TOLERATED
    }
    for size, report in sorted(covered.items()):
        late = [e for e in entries if e.seq < size and _gap(report, e) < -TOLERATED]
        if late:
            seconds = max(-_gap(report, entry) for entry in late).total_seconds()
            yield (
                f"line {late[0].seq + 1}: says a time {seconds:,.0f} seconds after {report.authority} had stamped "
                f"the checkpoint of {size} lines, which covers it"
            )


def time_problems(entries: Sequence[Entry], tokens: Mapping[int, TokenReport]) -> Iterator[Problem]:
    """Tokens of one authority that stand in another order than that in which it made them.

    A later checkpoint holds the earlier ones, so its token cannot be older: one of them was put there.
    """
    last: dict[str, tuple[datetime, int]] = {}
    for entry in entries:
        report = tokens.get(entry.seq)
        if report is None or report.time is None:
            continue
        authority, size = str(entry.body["authority"]), int(entry.body["checkpoint"])
        time, covered = last.get(authority, (report.time, 0))
        if size > covered and report.time < time - TOLERATED:
            seconds = (time - report.time).total_seconds()
            text = f"the token of {authority} is {seconds:,.0f} seconds older than the one before it"
            yield Problem(f"ledger/entries.jsonl line {entry.seq + 1}", text)
        last[authority] = (max(time, report.time), max(size, covered))
