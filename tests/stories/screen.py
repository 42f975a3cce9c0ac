"""A screen without a monitor (Xvfb), and a person in front of it: a script that answers, and types into the login page."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright


@contextmanager
def screen() -> Iterator[str]:
    """A display of its own; its name (":93") while the block runs."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as said:
            number = said.readline().strip()  # it writes its number when it is ready
        try:
            yield f":{number}"
        finally:
            server.terminate()


@contextmanager
def at_the_window(door: str) -> Iterator[Page]:
    """The page that a window shows, in the hands of whoever sits before it."""
    with sync_playwright() as driver:
        pages = driver.chromium.connect_over_cdp(door).contexts[0].pages
        yield next(page for page in reversed(pages) if page.url != "about:blank")


def sign_in(accounts: Path, name: str = "main", user: str = "jan") -> None:
    """Signs in at the window that tradewitness opened for the account."""
    sign_in_at(json.loads((accounts / name / "window" / "door.json").read_text())["door"], user)


def sign_in_at(door: str, user: str = "jan") -> None:
    """Types a name and a password into the login page, and waits for the page that it leads back to."""
    with at_the_window(door) as page:
        page.wait_for_selector("#login-form")
        page.fill("input[name=loginId]", user)
        page.fill("input[name=password]", "correct horse battery staple")
        page.click("button[type=submit]")
        page.wait_for_selector(".account-name")


@dataclass
class Script:
    """A person whose answers are given: text, yes or no, or something to do first that gives one of these."""

    answers: list[str | bool | Callable[[], bool]]
    heard: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    present: bool = True

    def tell(self, text: str) -> None:
        self.heard.append(text)

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return str(self._next())

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        self.asked.append(question)
        return bool(self._next())

    def _next(self) -> str | bool:
        answer = self.answers.pop(0)
        return answer() if callable(answer) else answer
