"""What changed as one page to look at: whole in one file, inert, without script or network. Pages hold hostile text."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector.inert import shown
from collector.kinds import page_kind
from rules.changes.change import Change, Seen, WatchedPage
from rules.changes.chart import Series, drawn
from rules.changes.messages import said_by
from rules.changes.texts import by_word
from rules.changes.values import parts
from rules.language.words import day_words, time_words
from rules.policy.calendars import zone_of

_LONGEST = 1500  # characters of one passage
_PASSAGES = 40
_SHORT = 80  # characters of two texts that a sentence tells


@dataclass(frozen=True, slots=True)
class FramedPiece:
    """A piece of a kept picture (WebP), framed, and what it shows in words."""

    data: bytes
    words: str
    width: int
    height: int

    @property
    def source(self) -> str:
        """As an address that needs no network."""
        return f"data:image/webp;base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change, and the pictures of where it stands: before and after, None where that is not certain."""

    change: Change
    zone: str
    before: FramedPiece | None = None
    after: FramedPiece | None = None

    @property
    def head(self) -> str:
        """The sentence; where what it was and what it is are shown below it, without them."""
        apart = self.change.kind == "message" or self.parts or self.words
        return self.change.head if apart else self.change.text

    @property
    def parts(self) -> list[str]:
        """Of a list what differs, entry by entry."""
        return parts(self.change.before, self.change.after, self.zone) if self.change.kind == "fact" else []

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """Of a long text what differs, word by word."""
        old, new = self.change.before, self.change.after
        texts = self.change.kind == "fact" and isinstance(old, str) and isinstance(new, str)
        return by_word(old[:_LONGEST], new[:_LONGEST]) if texts and len(old) + len(new) > _SHORT else ()

    @property
    def said(self) -> tuple[str, str]:
        """Of a message its words, or its files, before and now."""
        return (said_by(self.change.before), said_by(self.change.after)) if self.change.kind == "message" else ("", "")


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A stretch of a page that looks otherwise: before, after, and both laid over each other."""

    before: FramedPiece
    after: FramedPiece
    overlay: FramedPiece


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page between two visits: what of its words changed, and of its pictures; `more` places are not shown, and none is
    that was not `drawn`.
    """

    page: WatchedPage
    first: Seen
    then: Seen
    text: Change | None = None
    picture: Change | None = None
    places: tuple[ShownPlace, ...] = ()
    more: int = 0
    drawn: bool = True

    @property
    def title(self) -> str:
        return page_kind(self.page.kind).title

    @property
    def passages(self) -> list[list[tuple[str, str]]]:
        """Each passage word by word: (same | gone | new, the words)."""
        return [list(by_word(old[:_LONGEST], new[:_LONGEST])) for old, new in self._pairs[:_PASSAGES]]

    @property
    def hidden(self) -> int:
        """How many passages are not shown."""
        return max(0, len(self._pairs) - _PASSAGES)

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        """The passages, those that follow each other and are all gone, or all new, as one: the cells of a table."""
        found: list[tuple[str, str]] = []
        for old, new in zip(self.text.before, self.text.after, strict=True) if self.text else ():
            if found and not old and not found[-1][0]:
                found[-1] = "", f"{found[-1][1]} · {new}"
            elif found and not new and not found[-1][1]:
                found[-1] = f"{found[-1][0]} · {old}", ""
            else:
                found.append((old, new))
        return found


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case: what harms, gravest first, what else changed, the pages, and the charts of values that moved."""

    order: str
    name: str
    zone: str
    adverse: tuple[ShownChange, ...]
    others: tuple[ShownChange, ...]
    pages: tuple[ShownPage, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class ChangesDocument:
    """All of it; `since` None means since each case was opened."""

    cases: tuple[ShownCase, ...]
    made_at: datetime
    zone: str
    since: datetime | None = None
    notes: tuple[str, ...] = ()
    unsealed: frozenset[str] = frozenset()


def render(document: ChangesDocument) -> bytes:
    """The page as UTF-8 HTML: a policy in it forbids scripts and the network."""
    style = _asset("changes.css")
    page = _templates().get_template("changes.html.j2").render(
        document=document, style=Markup(style), style_hash=_hash(style), chart=_chart, when=_when, day=_day,  # noqa: S704
        kind=page_kind, adverse=sum(len(case.adverse) for case in document.cases),
        others=sum(len(case.others) + sum(_besides(page) for page in case.pages) for case in document.cases),
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def _besides(page: ShownPage) -> int:
    return (page.text is not None) + (page.picture is not None)


def _chart(series: Series) -> Markup:
    return Markup(drawn(series))  # noqa: S704 - what it says is escaped where it is drawn


def _when(instant: datetime, zone: str) -> str:
    return time_words(instant, zone).removesuffix(f" ({zone})")


def _day(instant: datetime, zone: str) -> str:
    return day_words(instant.astimezone(zone_of(zone)).date())


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("rules.changes"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_shown,
    )  # fmt: skip


def _shown(value: Any) -> Any:
    """Texts of pages with signs that act or hide shown as what they are."""
    return shown(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def _asset(name: str) -> str:
    source, _, _ = PackageLoader("rules.changes").get_source(_templates(), name)
    return source


def _hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
