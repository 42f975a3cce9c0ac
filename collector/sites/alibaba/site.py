"""alibaba.com as a Site: its addresses, barriers and readers behind the five questions that captures ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from bs4 import Tag

from collector.kinds import case_pages
from collector.model import Area, Fact, StandingPage, Target
from collector.reading.addresses import Address
from collector.reading.markup import Frame
from collector.reading.standing import moving_areas, standing
from collector.site import Attachment, ExchangeContent, Identity, ListedOrder, Messenger, Recognition, StoredPage
from collector.sites.alibaba import addresses, generic, recognition
from collector.sites.alibaba.account import signed_in_as
from collector.sites.alibaba.conversation import told_files
from collector.sites.alibaba.dispute import dispute_data
from collector.sites.alibaba.drawn import MESSENGER, attachments
from collector.sites.alibaba.identity import identify
from collector.sites.alibaba.lists import conversation_with, disputes_of, orders_in_all, orders_of
from collector.sites.alibaba.order_data import order_root
from collector.sites.alibaba.others import own_stretches, page_shows_others, tells_others
from collector.sites.alibaba.pages import page_of
from collector.sites.alibaba.product import goods_data
from collector.sites.alibaba.standing import MOVES
from collector.sites.alibaba.thread import open_conversation
from collector.sites.alibaba.tracking import tracking_data
from collector.sites.alibaba.vocabulary import vocabulary
from collector.vocabulary import Vocabulary

_NAMES = frozenset({"order.number", "dispute.id", "dispute.order", "tracking.number", "thread.with", "product.title"})
_LISTS = ("order_list", "dispute_list")
_SMALL, _SHORT = 400_000, 4000  # bytes, and characters of text: a barrier has no more


class Alibaba:
    """The Site for alibaba.com (see `collector.site.Site`)."""

    @property
    def domains(self) -> tuple[str, ...]:
        return ("alibaba.com",)

    def kind_of(self, url: str) -> str:
        """The kind of page: order, order_list, tracking, thread, conversations, supplier, product, search, dispute,
        dispute_list, account, login, or "".
        """
        return addresses.kind_of(url)

    def address(self, kind: str, number: str = "") -> str:
        """Where the order list, the messenger, a search, or the order of that number is; "" for other kinds."""
        return addresses.order_address(number) if kind == "order" else page_of(kind).door

    def order_in(self, url: str) -> str:
        """The order's number in an address, or ""."""
        return addresses.address_of(url).order

    def signed_in_as(self, page: StoredPage) -> str:
        """The name that the page prints for the account it was shown to."""
        return signed_in_as(_frames(page))

    def listed(self, page: StoredPage) -> tuple[ListedOrder, ...]:
        """The orders of an order list, or of a list of disputes."""
        read = {"order_list": orders_of, "dispute_list": disputes_of}.get(addresses.kind_of(page.url))
        return tuple(order for frame in _frames(page) for order in read(frame)) if read else ()

    def lists(self, page: StoredPage) -> Mapping[str, str]:
        """The order list and the list of disputes, as far as a page of the account links to them."""
        links = (url for frame in _frames(page) for url in _links(frame))
        return {kind: addresses.canonical_url(url) for url in links if (kind := addresses.kind_of(url)) in _LISTS}

    def orders_in_all(self, page: StoredPage) -> int:
        """How many orders an order list says that there are; 0 where it does not say."""
        return max((orders_in_all(frame) for frame in _frames(page)), default=0)

    def conversation(self, page: StoredPage, supplier: str) -> str:
        """The address of the conversation with a supplier, as the list of conversations links to it."""
        return next((url for frame in _frames(page) if (url := conversation_with(frame, supplier))), "")

    def canonical(self, url: str) -> str:
        """The one address by which that page is visited."""
        return addresses.canonical_url(url)

    def recognise(self, page: StoredPage) -> Recognition:
        """Kind and barrier; kind "" with a reason where address or layout are not known."""
        frames = _frames(page)
        found = recognition.recognise(page, frames)
        return found if found.kind or found.barrier else _by_labels(page, frames) or found

    def identity(self, page: StoredPage, target: Target) -> Identity:
        """Whether the page is the target's; None where it does not say."""
        return identify(_frames(page), target)

    def read(self, kind: str, page: StoredPage) -> tuple[Fact, ...]:
        """Every core fact of that kind; a fact that the first frame does not show is taken from the frame that does.

        An unknown kind has no facts. A page without documents shows nothing; of one whose layout is not known, or that
        stands in place of what was asked for (a wall, an error), nothing is understood.
        """
        reader = page_of(kind).read
        if reader is None:
            return ()
        facts: dict[str, Fact] = {}
        for frame in _frames(page):
            for fact in reader(frame):
                if fact.name not in facts or (_says_nothing(facts[fact.name]) and not _says_nothing(fact)):
                    facts[fact.name] = fact
        found, frames = tuple(facts.values()), _frames(page)
        if _stands_before(page, frames):
            return _not_understood(frames, found)
        known = any(recognition.shows(frame, kind) for frame in frames)
        if not known and kind in generic.KINDS:
            found = _read_generic(kind, frames)
        if all(_says_nothing(fact) or _is_heading(fact) for fact in found):
            return found if known else _not_understood(frames, found)
        return found

    def discover(self, page: StoredPage) -> Mapping[str, str]:
        """Addresses of the pages that belong to this one, by kind: from its data, else the first link of that kind."""
        if not page_of(addresses.kind_of(page.url)).about_one:
            return {}
        found: dict[str, str] = {}
        for frame in _frames(page):
            for url in (*_stated(frame), *_links(frame)):
                address = addresses.address_of(url)
                if address.kind in case_pages() and _is_one(address):
                    found.setdefault(address.kind, addresses.canonical_url(url))
        found.pop(addresses.kind_of(page.url), None)
        return found

    def text(self, page: StoredPage) -> str:
        """The visible text of every frame, one after the other."""
        return "\n".join(frame.text for frame in _frames(page))

    def shows_others(self, page: StoredPage) -> bool:
        """Whether a page with a conversation on it shows, or may show, conversations besides the open one."""
        return page_shows_others(page, _frames(page))

    def own_stretches(self, page: StoredPage) -> frozenset[int]:
        """The stretches that show the open conversation and nobody else, where the list of contacts is understood."""
        return own_stretches(page, _frames(page))

    def tells_others(self, page: StoredPage, carried: ExchangeContent, crowded: bool) -> bool:
        """Whether an exchange of the visit tells, or may tell, of conversations besides the open one."""
        return tells_others(page, _frames(page), carried, crowded)

    def vocabulary(self) -> Vocabulary:
        """What the site prints for everybody, and what its pages are built of."""
        return vocabulary()

    def stands(self, kind: str) -> bool:
        """Whether such a page's words stand; of one of an unknown kind, they do."""
        return page_of(kind).stands

    def standing(self, page: StoredPage) -> StandingPage:
        """The page's words and pictures without advertisements, counters, clocks and the like."""
        return standing(page, MOVES)

    def moving_areas(self, page: StoredPage) -> tuple[Area, ...]:
        """Where those stand in the page's pictures: boxes are kept of the page's own document only."""
        return moving_areas(_frames(page)[0], MOVES) if page.documents else ()

    def messenger(self, kind: str) -> Messenger | None:
        """How the Message Center marks a conversation."""
        return MESSENGER if kind == "thread" else None

    def unfilled(self, kind: str, page: StoredPage) -> bool:
        """Whether a page of that kind shows none of its facts yet but, at most, its own number or name."""
        facts = [fact for fact in self.read(kind, page) if fact.name not in _NAMES]
        return bool(facts) and not any(fact.state == "read" for fact in facts)

    def told_whole(self, page: StoredPage) -> bool:
        """Whether the page was told every message of its open conversation from the first on."""
        told = (open_conversation(frame) for frame in _frames(page))
        return any(opened is not None and opened.begins is not None for opened in told)

    def attachments(self, page: StoredPage) -> tuple[Attachment, ...]:
        """The files that the messages of all stretches carry (of the page itself where there are none)."""
        documents = page.stretches or page.documents
        drawn = (a for document in documents for a in attachments(document, page.url))
        told = (a for frame in _frames(page) for a in told_files(open_conversation(frame), page.url))
        return tuple({attachment.url: attachment for attachment in (*drawn, *told)}.values())


@lru_cache(maxsize=4)  # visits in flight ask several questions of their pages each, and parsing is most of the work
def _frames(page: StoredPage) -> tuple[Frame, ...]:
    """The page's documents, parsed; a page stored without any counts as one empty document."""
    return tuple(Frame(document, page, addresses) for document in page.documents)


def _read_generic(kind: str, frames: tuple[Frame, ...]) -> tuple[Fact, ...]:
    """What the labels of a page tell whose layout is not known; of each fact the first frame that tells it."""
    reader, facts = page_of(kind).read, dict[str, Fact]()
    for frame in frames if reader is not None else ():
        for fact in generic.read_generic(kind, frame, reader(frame) if reader is not None else ()):
            if fact.name not in facts or (_says_nothing(facts[fact.name]) and not _says_nothing(fact)):
                facts[fact.name] = fact
    return tuple(facts.values())


def _by_labels(page: StoredPage, frames: tuple[Frame, ...]) -> Recognition | None:
    """What a page of no known layout is, where labels on it tell facts of the kind that its address says; without an
    address, of a kind whose number is among them.
    """
    kinds = [addresses.kind_of(page.url)] if page.url else [*generic.KINDS]
    for kind in (kind for kind in kinds if kind in generic.KINDS):
        facts = _read_generic(kind, frames)
        read = [fact.name for fact in facts if fact.state == "read"]
        if read and (page.url or generic.tells(kind, facts)):
            names = ", ".join(name.replace("_", " ").partition(".")[2] for name in read)
            lacks = f"The layout of this {kind} page is not known. Read from its labels: {names}."
            return Recognition(kind, "", lacks, lacks)
    return None


def _stands_before(page: StoredPage, frames: tuple[Frame, ...]) -> bool:
    """Whether a short page is a barrier in place of what was asked for: its heading is then no product's name."""
    small = bool(frames) and len(page.documents[0].html) <= _SMALL and len(frames[0].text) <= _SHORT
    return small and bool(recognition.recognise(page, frames).barrier)


def _says_nothing(fact: Fact) -> bool:
    """Whether nothing of a fact was found."""
    return fact.state != "read" and fact.place is None


def _is_heading(fact: Fact) -> bool:
    """Whether a fact is a page's heading, which every page has."""
    place = fact.place
    return fact.name == "product.title" and place is not None and place.scheme == "css" and not place.path.endswith("]")


def _not_understood(frames: tuple[Frame, ...], facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts of a page on which nothing is understood, with how it begins as the quote; of one without a word, nothing.

    What a reader does not know its way about on may well show what it does not see.
    """
    written = next((frame for frame in frames if frame.text and frame.soup.find(True) is not None), None)
    root = written.soup.find(True) if written is not None else None
    if written is None or not isinstance(root, Tag):
        return facts
    place = written.place(root, written.text)
    return tuple(replace(fact, value=None, state="unreadable", place=place) for fact in facts)


def _is_one(address: Address) -> bool:
    """Whether the address names one page, not a list or a general door: by its own number, else by what it is about."""
    own = getattr(address, address.kind, None)
    return bool(any(getattr(address, name, "") for name in page_of(address.kind).stated) if own is None else own)


def _stated(frame: Frame) -> list[str]:
    """The addresses that the page's data gives for what belongs to it."""
    order, goods, dispute = order_root(frame), goods_data(frame), dispute_data(frame)
    seller = order["sellerVO"] if order.value else frame.find("companyProfileUrl") if goods.value else order
    nodes = (
        seller["companyProfileUrl"],
        seller["chatUrl"],
        order["contractVO"]["subjectMatterVO"]["products"][0]["productUrl"],
        order["disputeVO"]["viewDetailUrl"],
        dispute["orderUrl"],
        tracking_data(frame)["orderUrl"],
    )
    return [addresses.absolute(node.text, frame.page.url) for node in nodes if node.text]


def _links(frame: Frame) -> list[str]:
    """The page's own links; those of advertisements and recommendations belong to others."""
    skipped = {"aside", "footer"}
    return [
        addresses.absolute(str(link["href"]), frame.page.url)
        for link in frame.soup.find_all("a", href=True)
        if not any(p.name in skipped or "recommend" in str(p.get("data-module-name", "")) for p in link.parents)
    ]
