"""Looks at a page made by hand for the tests of changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from collector.model import Fact, Money, Printed, StandingPage
from rules.changes.change import Change, PageReading, WatchedPage
from rules.changes.pages import page_changes
from tests.rules.cases import HOME, NOON, printed

READER = "test.page/1"
HIDDEN = object()  # not shown on the page
UNREAD = object()  # stands there and is not understood


def usd(amount: str | int) -> Money:
    return Money(Decimal(amount), "USD")


def look(number: int, facts: Mapping[str, Any], *, whole: bool = True, reader: str = READER, blocks: tuple[str, ...] = (),
         pictures: Mapping[str, str] | None = None, drawn: Mapping[str, str] | None = None) -> PageReading:  # fmt: skip
    """The look of that day."""
    at, snapshot = NOON + timedelta(days=number), f"S{number}"
    states = {id(HIDDEN): "not_shown", id(UNREAD): "unreadable"}
    read = tuple(
        Fact(name, None if id(value) in states else value, states.get(id(value), "read"), snapshot, reader, at=at)  # type: ignore[arg-type]
        for name, value in facts.items()
    )
    return PageReading(snapshot, at, read, whole, StandingPage(blocks, pictures or {}, drawn=drawn))


def between(*looks: PageReading, kind: str = "supplier") -> tuple[Change, ...]:
    return page_changes(WatchedPage("2508", kind, kind), looks, HOME)


def message(ident: str, text: str, who: str = "supplier", *, at: str = "2026-10-01 10:00", recalled: bool = False) -> Any:
    sent: Printed = printed(at)
    return {
        "id": ident, "from": who, "name": "Lin", "printed": at, "sent_at": sent, "text": text, "translation": None,
        "recalled": recalled, "attachments": (),
    }  # fmt: skip


def talk(number: int, *messages: Any, whole: bool = True) -> PageReading:
    """A look at a conversation; `whole`: its start was reached."""
    return look(number, {"thread.messages": messages, "thread.complete": whole}, whole=whole)


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "data")]


def asked_for(html: str) -> list[str]:
    """The addresses that a page asks for or leads to, but for what it holds itself."""
    parser = _Addresses()
    parser.feed(html)
    return [address for address in parser.found if not address.startswith("data:image/")]
