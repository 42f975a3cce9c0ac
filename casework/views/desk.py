"""What is due: Today, one case, the night; and what `watch`, `login` and `stop` bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from casework.asking.today import acts
from casework.blocks import Block, Line, Span, Tone, View, hint, line, warnings
from casework.keeping.night_report import last_tries
from casework.views.changes import change_row
from casework.views.kept import outcome_codes, snapshot_row, snapshots_shown
from casework.views.sealing import seal_lines
from collector.canonical import as_json
from collector.errors import DONE, DUE, PARTIAL, PERSON_NEEDED, exit_code_of
from collector.kinds import page_kind
from rules.language.words import age_words
from rules.policy.platform import load_policy

if TYPE_CHECKING:
    from casework.asking.today import NextAnswer, TodayAnswer, TodayLine
    from casework.keeping.nightly import NightAnswer
    from casework.keeping.sign_in import SignedIn
    from casework.keeping.watch import WatchAnswer
    from collector.archive.queries import Case
    from rules.night.blindness import Blind

_LINKS = 3  # pages to look at by hand that are named for one kind of blindness
_TONES: dict[str, Tone] = {"act_now": "urgent", "overdue": "urgent", "due_soon": "warning"}


def today(answer: TodayAnswer) -> View:
    """Every open case, most urgent first; the exit code says whether something of the buyer's is due."""
    value = {"today": answer.lines, "blind": answer.blind, "notices": answer.notices, "as_of": answer.as_of}
    json = as_json(value)
    return View(json, tuple(_today(answer)), DUE if answer.due else DONE)


def _today(answer: TodayAnswer) -> Iterator[Line]:
    if not answer.lines:
        yield line("No order is watched yet. Begin with: tradewitness watch")
        return
    yield from _blind(answer.blind)
    yield from _lines(answer.lines, alarms=False)
    yield from warnings(answer.notices)


def _blind(blind: Iterable[Blind]) -> Iterator[Line]:
    """What nobody sees, before everything else: once, however many cases it concerns."""
    by_text: dict[str, list[Blind]] = {}
    for one in blind:
        by_text.setdefault(one.text, []).append(one)
    for text, each in by_text.items():
        cases = list(dict.fromkeys(one.case for one in each))
        who = cases[0] if len(cases) == 1 else f"{len(cases)} cases"
        yield line(Span("! NOT SEEN", "urgent"), " ", Span(who, "strong"), f"  {text}")
        yield from (line(f"Look by hand: {one.link}", indent=4) for one in each[:_LINKS] if one.link)
        if more := [one.case for one in each[_LINKS:]]:
            yield line(f"and at those of {', '.join(more)}", indent=4)


def _lines(cases: Iterable[TodayLine], *, alarms: bool = True) -> Iterator[Line]:
    for case in cases:
        title = f"{case.case}{f' · {case.name}' if case.name else ''}"
        yield line(Span("●", _TONES.get(case.state, "good")), " ", Span(title, "strong"), f"  {case.headline}")
        yield from (line(text, indent=4) for text in (case.todo, case.link) if text)
        yield line(Span(case.looked, "aside"), indent=4)
        yield from (line(Span("!", "urgent"), f" {alarm}", indent=4) for alarm in case.alarms if alarms)


def next_step(answer: NextAnswer) -> View:
    """One case: its line of Today, every further step, and what its stage asks for."""
    value = {"next": answer.line, "steps": answer.steps, "advice": answer.advice}
    json = as_json({**value, "blind": answer.blind, "as_of": answer.as_of})
    return View(json, tuple(_next(answer)), DUE if answer.due else DONE)


def _next(answer: NextAnswer) -> Iterator[Line]:
    yield from _blind(answer.blind)
    yield from _lines((answer.line,), alarms=False)
    for number, step in enumerate(answer.steps[1:], 2):
        yield line(
            f"{number}. {step['what']}: {acts(step['who'], load_policy(answer.site).words, must=False)} {step['when']}",
            indent=2,
        )
        yield from (line(Span(text, "aside"), indent=5) for text in (step["press"], step["link"]) if text)
    for advice in answer.advice:
        yield line(Span(advice.label, "strong"), indent=2)
        yield from (line(text, indent=5) for text in (*advice.say, advice.press, advice.url) if text)
    if not answer.steps and not answer.advice:
        yield hint("Enter what you know: tradewitness case set CASE received_at=2026-09-30")


def watched(answer: WatchAnswer) -> View:
    """What `watch` kept, and what is due of it."""
    rows = [snapshot_row(s) for s in answer.snapshots]
    value = {"orders": answer.found, "snapshots": rows, "today": answer.today.lines, "notes": answer.notes}
    json = as_json({**value, "seal": answer.seal.word, "pending": answer.seal.failures})
    kept = (*snapshots_shown(answer.snapshots), *seal_lines(answer.seal), *warnings(answer.notes))
    due = (line(), *_lines(answer.today.lines), hint("From now on, every morning: tradewitness"))
    return View(json, (*kept, *due), exit_code_of(outcome_codes(answer.snapshots, answer.seal)))


def signed_in(answer: SignedIn) -> View:
    """An account that a page proved signed in."""
    account = answer.account
    shown = f" as {account.label}" if account.label else "; the page does not say as who"
    blocks = (
        line(Span("✓", "good"), f" Account {account.name} is signed in{shown}."),
        hint("The session stays on this machine, outside the archive, and is never put into a pack."),
        hint("Next: tradewitness watch ORDER_NUMBER"),
    )
    return View(as_json({"account": account, "snapshot": answer.snapshot.id, "seal": answer.seal.word}), blocks)


def stopped(case: Case, running: TodayLine) -> View:
    """A case that is no longer watched, and the deadline of it that still runs."""
    blocks = [line(f"Case {case.order} is no longer watched. What was kept stays kept.")]
    if running.act_by is not None:
        warning = f" A deadline still runs, and you will not be warned: {running.headline}"
        blocks.append(line(Span("!", "urgent"), warning))
    again = hint(f"To take it up again: tradewitness watch {case.order}")
    return View(as_json({"case": case, "running": running}), (*blocks, again))


def night(answer: NightAnswer) -> View:
    """One night, and Today after it. What needs a person tells before what is due."""
    changed = answer.changes.changes if answer.changes else ()
    planned = [
        {"case": t.case, "kind": t.kind, "url": t.url, "account": t.account, "reason": one.reason}
        for one in answer.planned
        for t in (one.target,)
    ]
    left_out = [
        {"case": t.case, "kind": t.kind, "url": t.url, "account": t.account, "why": one.why}
        for one in answer.left_out
        for t in (one.target,)
    ]
    value = {
        "planned": planned, "snapshots": [snapshot_row(s) for s in answer.snapshots], "skipped": answer.skipped,
        "left_out": left_out, "resting": answer.resting, "next_due": answer.next_due, "today": answer.today.lines,
        "blind": answer.today.blind, "changes": list(map(change_row, changed)), "report": str(answer.report or ""),
        "failure": answer.failure.message if answer.failure else "",
    }  # fmt: skip
    json = as_json({**value, "seal": answer.seal.word if answer.seal else "", "dry_run": answer.dry_run})
    return View(json, tuple(_night(answer)), exit_code_of(_codes(answer)))


def _codes(answer: NightAnswer) -> set[int]:
    """What the last try at each page calls for, then what was left out, and what is due."""
    codes = outcome_codes(last_tries(answer.snapshots), answer.seal) | {PARTIAL for one in answer.left_out if not one.person}
    codes |= {answer.failure.exit_code} if answer.failure else set()
    return codes | ({PERSON_NEEDED} if answer.person_needed else set()) | ({DUE} if answer.today.due else set())


def _night(answer: NightAnswer) -> Iterator[Block]:
    if answer.dry_run:
        yield line(f"{len(answer.planned)} page(s) would be visited:" if answer.planned else "No page is due to be visited.")
        for case, visits in groupby(answer.planned, key=lambda one: one.target.case or one.target.account):
            yield line(Span(case, "strong"), indent=2)
            for one in visits:
                yield line(f"{page_kind(one.target.kind).title:<28} {one.reason}", indent=4)
                yield line(Span(one.target.url, "aside"), indent=6)
    elif answer.snapshots:
        last = last_tries(answer.snapshots)
        yield from snapshots_shown(last)
        if again := len(answer.snapshots) - len(last):
            yield hint(f"The last try at each page is shown. Tries before it, which are kept too: {again}.")
    else:
        yield line("No page was due to be visited.")
    if answer.resting and answer.next_due:
        first = age_words(answer.today.as_of, answer.next_due)
        yield hint(f"Looked at recently, and not due yet: {answer.resting} page(s), the first in {first}.")
    yield from warnings(answer.skipped)
    if answer.failure:
        yield line(Span(f"The run ended before its end: {answer.failure.message}", "urgent"), f" {answer.failure.hint}")
    if answer.seal:
        yield from seal_lines(answer.seal)
    yield from _changed(answer)
    yield from _today(answer.today)
    if answer.report:
        yield hint(f"The report of this run: {answer.report}")


def _changed(answer: NightAnswer) -> Iterator[Block]:
    """What changed to the buyer's harm, and how much else did."""
    changed = answer.changes.changes if answer.changes else ()
    adverse = [change for change in changed if change.adverse]
    for change in adverse:
        yield line(Span("!", "urgent"), " ", Span(change.page.case, "strong"), f"  {change.text}")
        yield line(f"{change.why} {change.todo}".strip(), indent=4)
    if others := len(changed) - len(adverse):
        yield hint(f"What else changed: {others}. See it: tradewitness changes --since {answer.began:%Y-%m-%d}")
