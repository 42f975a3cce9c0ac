"""aliexpress.com as a Site: its addresses, barriers and readers behind the questions that captures ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from bs4 import Tag

from collector.kinds import case_pages
from collector.model import Area, Fact, StandingPage, Target
from collector.reading.markup import Frame
from collector.reading.standing import moving_areas, standing
from collector.site import Attachment, ExchangeContent, Identity, ListedOrder, Messenger, Recognition, StoredPage
from collector.sites.aliexpress import addresses, recognition
from collector.sites.aliexpress.account import signed_in_as
from collector.sites.aliexpress.identity import identify
from collector.sites.aliexpress.order import component
from collector.sites.aliexpress.order_list import orders_of
from collector.sites.aliexpress.pages import page_of
from collector.sites.aliexpress.standing import MOVES
from collector.sites.aliexpress.thread import CONTACTS, MESSENGER
from collector.sites.aliexpress.vocabulary import vocabulary
from collector.vocabulary import Vocabulary

_NAMES = frozenset({"order.number", "dispute.id", "dispute.order", "tracking.number", "thread.with", "product.title"})
_LISTS = ("order_list", "dispute_list")
_OTHERS = ("aside", "footer")


class AliExpress:
    """The Site for aliexpress.com (see `collector.site.Site`)."""

    @property
    def domains(self) -> tuple[str, ...]:
        return addresses.DOMAINS

    def kind_of(self, url: str) -> str:
        """The kind of page that an address leads to, or ""."""
        return addresses.kind_of(url)

    def address(self, kind: str, number: str = "") -> str:
        """Where the order list, the messages, a search, or the order of that number is; "" for other kinds."""
        return addresses.order_address(number) if kind == "order" else page_of(kind).door

    def order_in(self, url: str) -> str:
        """The order's number in an address, or ""."""
        return addresses.address_of(url).order

    def canonical(self, url: str) -> str:
        """The one address by which that page is visited."""
        return addresses.canonical_url(url)

    def recognise(self, page: StoredPage) -> Recognition:
        """Kind and barrier; kind "" with a reason where address or layout are not known."""
        return recognition.recognise(page, _frames(page))

    def identity(self, page: StoredPage, target: Target) -> Identity:
        """Whether the page is the target's; None where it does not say."""
        return identify(_frames(page), target)

    def read(self, kind: str, page: StoredPage) -> tuple[Fact, ...]:
        """Every core fact of that kind; what the first frame does not show is taken from the frame that does.

        Of a page whose layout is not known, or of a wall, nothing is understood.
        """
        reader, frames, facts = page_of(kind).read, _frames(page), dict[str, Fact]()
        if reader is None:
            return ()
        for fact in (fact for frame in frames for fact in reader(frame)):
            if fact.name not in facts or (facts[fact.name].state != "read" and fact.state == "read"):
                facts[fact.name] = fact
        known = any(recognition.shows(frame, kind) for frame in frames)
        barred = bool(recognition.recognise(page, frames).barrier)
        return tuple(facts.values()) if known and not barred else _not_understood(frames, tuple(facts.values()))

    def discover(self, page: StoredPage) -> Mapping[str, str]:
        """Addresses of the pages that belong to this one, by kind: from its data, else the first link of that kind."""
        own = addresses.kind_of(page.url)
        if own not in ("order", "dispute", "product"):
            return {}
        found: dict[str, str] = {}
        for url in (url for frame in _frames(page) for url in (*_stated(frame), *_links(frame))):
            kind = addresses.kind_of(url)
            if kind in case_pages() and kind != own and addresses.canonical_url(url):
                found.setdefault(kind, addresses.canonical_url(url))
        return found

    def text(self, page: StoredPage) -> str:
        """The visible text of every frame, one after the other."""
        return "\n".join(frame.text for frame in _frames(page))

    def signed_in_as(self, page: StoredPage) -> str:
        """The name that the page prints for the account it was shown to."""
        return signed_in_as(_frames(page))

    def listed(self, page: StoredPage) -> tuple[ListedOrder, ...]:
        """The orders of an order list."""
        if addresses.kind_of(page.url) != "order_list":
            return ()
        return tuple(order for frame in _frames(page) for order in orders_of(frame))

    def lists(self, page: StoredPage) -> Mapping[str, str]:
        """The lists of the account that a page links to."""
        links = (url for frame in _frames(page) for url in _links(frame))
        return {kind: addresses.canonical_url(url) for url in links if (kind := addresses.kind_of(url)) in _LISTS}

    def orders_in_all(self, page: StoredPage) -> int:
        """The site's list does not say how many orders there are."""
        return 0

    def conversation(self, page: StoredPage, supplier: str) -> str:
        """The list of conversations gives no address of one."""
        return ""

    def shows_others(self, page: StoredPage) -> bool:
        """Any page of the messages may show conversations with others; one without their list shows the open one alone."""
        if addresses.kind_of(page.url) not in ("thread", "conversations"):
            return False
        frames = _frames(page)
        return not any(frame.soup.select_one(MESSENGER.message) for frame in frames) or any(
            frame.soup.select_one(CONTACTS) for frame in frames
        )

    def own_stretches(self, page: StoredPage) -> frozenset[int]:
        """None: which messages are of the open conversation, no part of a stretch says."""
        return frozenset()

    def tells_others(self, page: StoredPage, carried: ExchangeContent, crowded: bool) -> bool:
        """On a crowded page all but pictures, styles and scripts may; elsewhere what comes from the messages' own hosts."""
        still = carried.media_type.startswith(("image/", "font/", "text/css", "text/javascript", "application/javascript"))
        ours = addresses.kind_of(carried.url) in ("thread", "conversations")
        return not still and (crowded or (ours and addresses.kind_of(page.url) not in ("thread", "conversations")))

    def vocabulary(self) -> Vocabulary:
        """What the site prints for everybody, and what its pages are built of."""
        return vocabulary()

    def stands(self, kind: str) -> bool:
        """Whether such a page's words stand; of one of an unknown kind, they do."""
        return page_of(kind).stands

    def standing(self, page: StoredPage) -> StandingPage:
        """The page's words and pictures without recommendations, clocks and the like."""
        return standing(page, MOVES)

    def moving_areas(self, page: StoredPage) -> tuple[Area, ...]:
        """Where those stand in the page's pictures."""
        return moving_areas(_frames(page)[0], MOVES) if page.documents else ()

    def messenger(self, kind: str) -> Messenger | None:
        """How the messages are marked."""
        return MESSENGER if kind == "thread" else None

    def unfilled(self, kind: str, page: StoredPage) -> bool:
        """Whether a page of that kind shows none of its facts yet but, at most, its own number or name."""
        facts = [fact for fact in self.read(kind, page) if fact.name not in _NAMES]
        return bool(facts) and not any(fact.state == "read" for fact in facts)

    def told_whole(self, page: StoredPage) -> bool:
        """How the site answers for messages is not known, so it never counts as told."""
        return False

    def attachments(self, page: StoredPage) -> tuple[Attachment, ...]:
        """How messages carry files is not known from public code."""
        return ()


@lru_cache(maxsize=4)  # visits in flight ask several questions of their pages each, and parsing is most of the work
def _frames(page: StoredPage) -> tuple[Frame, ...]:
    return tuple(Frame(document, page, addresses) for document in page.documents)


def _not_understood(frames: tuple[Frame, ...], facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts of a page on which nothing is understood, with how it begins as the quote; of one without a word, nothing."""
    root = next((tag for frame in frames if frame.text and (tag := frame.soup.find(True)) is not None), None)
    written = next((frame for frame in frames if frame.text), None)
    if written is None or not isinstance(root, Tag):
        return tuple(replace(fact, value=None, state="unreadable", place=None) for fact in facts)
    place = written.place(root, written.text)
    return tuple(replace(fact, value=None, state="unreadable", place=place) for fact in facts)


def _stated(frame: Frame) -> list[str]:
    """The addresses that the order's data gives for what belongs to it."""
    goods = component(frame, "detail_product_block")
    nodes = (goods["sellerVO"]["storeUrl"], goods["sellerVO"]["connectUrl"], goods["productVOList"][0]["itemDetailUrl"])
    return [addresses.absolute(node.text, frame.page.url) for node in nodes if node.text]


def _links(frame: Frame) -> list[str]:
    """The page's own links; those of recommendations belong to others."""
    return [
        addresses.absolute(str(link["href"]), frame.page.url)
        for link in frame.soup.find_all("a", href=True)
        if not any(p.name in _OTHERS or "recommend" in str(p.get("class", "")) for p in link.parents)
    ]
