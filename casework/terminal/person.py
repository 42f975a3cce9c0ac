"""The person at the keyboard of a terminal; off a terminal nobody is there, and nothing is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from casework.terminal.console import console
from collector.inert import shown_in_line

Pause = Callable[[], AbstractContextManager[None]]


class TerminalPerson:
    """Asks on standard error, so that standard output holds the answer alone. Implements `casework.keeping.sign_in.Person`.

    `pause` stills whatever moves on the terminal while somebody reads and types.
    """

    def __init__(self, pause: Pause, *, as_json: bool = False) -> None:
        self._pause, self._as_json = pause, as_json

    @property
    def present(self) -> bool:
        return not self._as_json and sys.stdin.isatty() and sys.stderr.isatty()

    def tell(self, text: str) -> None:
        if not self._as_json:
            with self._pause():
                for line in text.split("\n"):
                    console(error=True).print(shown_in_line(line), soft_wrap=True)

    def ask(self, question: str) -> str:
        with self._pause():
            console(error=True).print(shown_in_line(question), style="bold", end=" ", soft_wrap=True)
            line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt  # the terminal was closed: as good as Ctrl-C
        return line.strip()

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        for _ in range(3):
            answer = self.ask(f"{question} {'[Y/n]' if unless_no else '[y/N]'}").casefold()
            if not answer:
                return unless_no
            if answer in ("y", "yes", "n", "no"):
                return answer.startswith("y")
            self.tell("Please answer y or n.")
        return False
