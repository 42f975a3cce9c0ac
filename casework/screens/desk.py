"""What is due: Today, the night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.answers import outcome_codes
from casework.screens.keeping import KeepingScreens, snapshot_row
from casework.terminal import escape
from collector.errors import DONE, DUE, exit_code_of

if TYPE_CHECKING:
    from casework.answers import (
        NextAnswer,
        NightAnswer,
        SignedIn,
        TodayAnswer,
        TodayLine,
        WatchAnswer,
    )  # fmt: skip
    from casework.cases import Case


_ACTS = {"you": "you may act", "supplier": "the supplier must act", "platform": "Alibaba acts"}


class DeskScreens(KeepingScreens):
    """What must be done by when."""

    def today(self, answer: TodayAnswer) -> int:
        code = DUE if answer.due else DONE
        if self._json({"today": answer.lines, "notices": answer.notices, "as_of": answer.as_of}):
            return code
        self._today(answer)
        return code

    def _today(self, answer: TodayAnswer) -> None:
        if not answer.lines:
            self._say("No order is watched yet. Begin with: tradewitness watch")
            return
        self._lines(answer.lines)
        for notice in answer.notices:
            self._say(f"[yellow]{escape(notice)}[/yellow]")

    def _lines(self, lines: tuple[TodayLine, ...]) -> None:
        colours = {"act_now": "bold red", "overdue": "bold red", "due_soon": "yellow"}
        for line in lines:
            colour = colours.get(line.state, "green")
            title = f"{line.case}{f' · {escape(line.name)}' if line.name else ''}"
            self._say(f"[{colour}]●[/{colour}] [bold]{title}[/bold]  {escape(line.headline)}")
            if line.todo:
                self._say(f"    {escape(line.todo)}")
            if line.link:
                self._say(f"    {escape(line.link)}")
            self._say(f"    [dim]{escape(line.looked)}[/dim]")
            for alarm in line.alarms:
                self._say(f"    [bold red]![/bold red] {escape(alarm)}")

    def next(self, answer: NextAnswer) -> int:
        code = DUE if answer.due else DONE
        if self._json({"next": answer.line, "steps": answer.steps, "advice": answer.advice, "as_of": answer.as_of}):
            return code
        self._lines((answer.line,))
        for number, step in enumerate(answer.steps[1:], 2):
            self._say(f"  {number}. {escape(step['what'])}: {_ACTS[step['who']]} {escape(step['when'])}")
            for text in (step["press"], step["link"]):
                if text:
                    self._say(f"     [dim]{escape(text)}[/dim]")
        for advice in answer.advice:
            self._say(f"  [bold]{escape(advice.label)}[/bold]")
            for text in (*advice.say, advice.press, advice.url):
                if text:
                    self._say(f"     {escape(text)}")
        if not answer.steps and not answer.advice:
            self._hint("Enter what you know: tradewitness case set CASE received_at=2026-09-30")
        return code

    def watched(self, answer: WatchAnswer) -> int:
        code = exit_code_of(outcome_codes(answer.snapshots, answer.seal))
        rows = [snapshot_row(s) for s in answer.snapshots]
        value = {"orders": answer.found, "snapshots": rows, "today": answer.today.lines, "notes": answer.notes}
        if self._json({**value, "seal": answer.seal.word, "pending": answer.seal.failures}):
            return code
        self._snapshots(answer.snapshots)
        self._seal(answer.seal)
        for note in answer.notes:
            self._say(f"[yellow]{escape(note)}[/yellow]")
        self._say("")
        self._lines(answer.today.lines)
        self._hint("From now on, every morning: tradewitness")
        return code

    def signed_in(self, answer: SignedIn) -> None:
        account = answer.account
        if self._json({"account": account, "snapshot": answer.snapshot.id, "seal": answer.seal.word}):
            return
        shown = f" as {escape(account.label)}" if account.label else "; the page does not say as whom"
        self._say(f"[green]✓[/green] Account {account.name} is signed in{shown}.")
        self._hint("The session stays on this machine, outside the archive, and is never put into a pack.")
        self._hint("Next: tradewitness watch ORDER_NUMBER")

    def stopped(self, case: Case, line: TodayLine) -> None:
        if self._json({"case": case, "running": line}):
            return
        self._say(f"Case {case.order} is no longer watched. What was kept stays kept.")
        if line.act_by is not None:
            self._say(f"[bold red]![/bold red] A deadline still runs, and you will not be warned: {escape(line.headline)}")
        self._hint(f"To take it up again: tradewitness watch {case.order}")

    def night(self, answer: NightAnswer) -> int:
        code = exit_code_of(answer.codes)
        rows = [snapshot_row(s) for s in answer.snapshots]
        value = {"planned": answer.planned, "snapshots": rows, "skipped": answer.skipped, "today": answer.today.lines}
        if self._json({**value, "seal": answer.seal.word if answer.seal else "", "dry_run": answer.dry_run}):
            return code
        if answer.dry_run:
            self._say(f"{len(answer.planned)} page(s) would be visited:")
            for page in answer.planned:
                self._say(f"  {page['case']}  {page['kind']:<9} {escape(page['url'])}")
        elif answer.snapshots:
            self._snapshots(answer.snapshots)
        for text in answer.skipped:
            self._say(f"[yellow]{escape(text)}[/yellow]")
        if answer.seal:
            self._seal(answer.seal)
        self._today(answer.today)
        return code
