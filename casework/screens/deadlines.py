"""Deadlines on the screen: a table a case, each with its local time and a bar of time left, then what to do about yours."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casework.screens.printing import Printer, console
from casework.terminal import escape
from collector.canonical import plain
from collector.errors import DONE, DUE
from collector.model import ORIGINS, kept_in_part

if TYPE_CHECKING:
    from casework.answers import DeadlineAnswer
    from collector.model import Deadline

STATES = {
    "not_started": ("dim", "not started"), "open": ("green", "open"), "due_soon": ("yellow", "due soon"),
    "act_now": ("bold red", "act now"), "overdue": ("bold red", "overdue"), "met": ("dim", "done"),
    "undetermined": ("cyan", "cannot say"),
}  # fmt: skip
_WHO = {"you": "you", "supplier": "supplier", "platform": "Alibaba"}
_SURE = {"printed": "printed timer", "copied": "timer you copied", "sources differ": "sources differ"}
_PRESSING = ("act_now", "overdue", "due_soon")


class DeadlineScreens(Printer):
    """The screen of `deadlines`."""

    def deadlines(self, answer: DeadlineAnswer) -> int:
        """Prints the answer; the exit code says whether something of the buyer's is due."""
        code = DUE if answer.due else DONE
        rows = [{**plain(d), "origin": ORIGINS.get(d.origin, "")} for d in answer.deadlines]
        if self._json({"deadlines": rows, "as_of": answer.as_of, "needs": answer.needs, "notes": answer.notes}):
            return code
        for note in answer.notes:
            self._say(f"[yellow]{escape(note)}[/yellow]")
        for case, found in groupby(answer.deadlines, key=lambda d: d.case):
            self._case_deadlines(case, list(found), answer)
        if not any(d.act_by for d in answer.deadlines):
            self._say("No deadline is running yet. Enter what you know: tradewitness case set CASE received_at=2026-09-30")
        else:
            self._say(f"[dim]Times are yours ({answer.zone}); act by the earliest reading.[/dim]")
        if answer.ics:
            self._hint(f"Calendar file: {escape(str(answer.ics))}")
        return code

    def _case_deadlines(self, case: str, found: list[Deadline], answer: DeadlineAnswer) -> None:
        live = [d for d in found if d.act_by is not None]
        if live:
            table = self._table("Deadline", "Who", "Act by", "Time left", "State", title=f"Case {case}" if case else "")
            for deadline in live:
                table.add_row(*_row(deadline, answer))
            console().print(table)
        for lacks in dict.fromkeys(d.lacks for d in live if d.lacks):
            self._say(f"[yellow]A page that this rests on was {escape(kept_in_part(lacks))}.[/yellow]")
        for deadline in live:
            if deadline.who == "you" and (deadline.state in _PRESSING or deadline.near):
                self._what_to_do(deadline)
        for deadline in found:
            if deadline.state == "undetermined":
                why = f" ({deadline.basis})" if deadline.basis else ""
                todo = f"; enter {' or '.join(deadline.needs)}" if deadline.needs else ""
                self._say(f"[cyan]?[/cyan] {_name(deadline)}: cannot say{escape(why)}{todo}.")

    def _what_to_do(self, deadline: Deadline) -> None:
        colour, word = STATES[deadline.state]
        self._say(f"[{colour}]![/{colour}] {_name(deadline)}: {word}. {escape(deadline.todo)}")
        if deadline.state == "act_now":
            self._say("    Our safe date has passed; it may still be open: do it now.")
        self._say(f"    [dim]If missed: {escape(deadline.if_missed)}[/dim]")


def _name(deadline: Deadline) -> str:
    name = deadline.label or deadline.id
    return f"{name} ({deadline.round})" if deadline.round > 1 else name


def _row(deadline: Deadline, answer: DeadlineAnswer) -> tuple[str, ...]:
    colour, word = STATES[deadline.state]
    word = deadline.outcome or word
    saved = ORIGINS["saved"] if deadline.origin == "saved" else ""
    part = "page kept in part" if deadline.lacks else ""
    said = ", ".join(filter(None, (_SURE.get(deadline.sure, ""), saved, part)))
    sure = f"\n[dim]{escape(said)}[/dim]" if said else ""
    who = f"{_WHO[deadline.who]}{'' if deadline.must else ', may'}" if deadline.who == "you" else _WHO[deadline.who]
    bar = answer.bar(deadline)
    left = f"[{colour}]{bar}[/{colour}]\n{answer.left(deadline)}" if bar else answer.left(deadline)
    when = answer.local(deadline).replace(f" ({answer.zone})", "")  # said once, below the table
    return escape(_name(deadline)) + sure, who, when, left, f"[{colour}]{word}[/{colour}]"
