"""What a site's adapter knows, as two Protocols: capture is handed a PageReader, casework a whole Site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from collector.model import Area, Fact, StandingPage, Target
from collector.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Document:
    """The stored DOM of one frame: `part` 0 is the page itself; `digest` names the stored bytes.

    Of an answer that the page was told, `asked` is the address that was asked and what was sent to it.
    """

    part: int
    digest: str
    html: bytes
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element with text of its own stood, in page pixels; `path` is its CSS path, `text` what it shows."""

    path: str
    x: int
    y: int
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Messenger:
    """How a site's conversations are marked: CSS selectors of a message, of what says "it starts here", of a wait sign.

    `ident` is the attribute that holds a message's id; `key` the id's key in it where it holds JSON, else "".
    """

    message: str
    ident: str
    key: str
    start: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a message carries: its address at full size, and its name."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as it was stored. `url` is the final address as the real site would have it (alias undone), "" where a page
    that was saved by hand does not say it: then its own content tells what it is.

    `seen_at` is when it was looked at (aware, UTC); `snapshot` the snapshot's id or "". Of a conversation there are also
    its `stretches`, newest first, what it was `told` in JSON answers and socket messages (one JSON text a line), and the
    digests of the `files` kept with it, by address. `boxes` say where the page itself, `documents[0]`, showed its texts;
    `sheets` are its style sheets by address, where somebody asks for them.
    """

    url: str
    status: int
    documents: tuple[Document, ...]
    text: str
    seen_at: datetime
    snapshot: str = ""
    stretches: tuple[Document, ...] = ()
    told: tuple[Document, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict, hash=False)
    boxes: tuple[Box, ...] = field(default=(), hash=False)
    sheets: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ExchangeContent:
    """What one exchange or socket of a visit carried, as it was stored.

    `resource` is the browser's word (Document, XHR, WebSocket…, or Attachment for what was fetched with a conversation),
    `url` the address as the real site has it, `texts` what was sent and answered, or each message, as far as it is text.
    """

    resource: str
    url: str
    media_type: str
    texts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a page is; `why` is one sentence. `lacks` says what of a page of that kind is not understood, or "".

    `barrier` is "" or login, challenge, consent, region, not_found, error, maintenance; elsewhere for no page of the web.
    """

    kind: str
    barrier: str = ""
    why: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whether the page is the one the target expects. `ok` is None when the page does not say.

    `lacks` says what the right page itself does not show of it, or "".
    """

    ok: bool | None
    why: str = ""
    lacks: str = ""


SIGNED_IN_AS = "signed_in_as"  # a target's expectation: the name on the account that its page must show


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """One order of a list, as the list states it: `url` and `dispute` are addresses of the real site, "" where not given.

    A list of disputes states the dispute: its status, the amount claimed, and its `timer` as printed.
    """

    order: str
    url: str
    status: str
    supplier: str
    total: str
    dispute: str
    timer: str = ""


class PageReader(Protocol):
    """Reads one site's pages as they were stored: what they are, whose, and what they show. All functions are pure."""

    def recognise(self, page: StoredPage) -> Recognition:
        """What the page is, from final address, status and markup; never from words that good pages carry too."""
        ...

    def identity(self, page: StoredPage, target: Target) -> Identity:
        """Is it the right order, supplier, dispute or conversation?"""
        ...

    def read(self, kind: str, page: StoredPage) -> tuple[Fact, ...]:
        """Every core fact of that kind, each with state and place. Never raises on a strange page."""
        ...

    def text(self, page: StoredPage) -> str:
        """The visible text of the stored page, for searching in it."""
        ...

    def discover(self, page: StoredPage) -> Mapping[str, str]:
        """Addresses of related pages by kind (supplier, product, thread, dispute), as the real site has them."""
        ...

    def shows_others(self, page: StoredPage) -> bool:
        """Whether the page shows, or may show, conversations with others: a pack then withholds its original."""
        ...

    def own_stretches(self, page: StoredPage) -> frozenset[int]:
        """Of a page that shows others, the stretches, by part, that can be shown to be of the open conversation alone."""
        ...

    def tells_others(self, page: StoredPage, carried: ExchangeContent, crowded: bool) -> bool:
        """Whether an exchange of the page's visit tells, or may tell, of conversations with others.

        On a `crowded` page, which shows others itself, all does that is not shown to be of the open conversation alone.
        """
        ...

    def messenger(self, kind: str) -> Messenger | None:
        """How conversations are marked on pages of that kind; None where they hold none."""
        ...

    def unfilled(self, kind: str, page: StoredPage) -> bool:
        """Whether a page of that kind shows none of its facts yet but, at most, its own number."""
        ...

    def told_whole(self, page: StoredPage) -> bool:
        """Whether the page was told every message of its open conversation from the first on, in answer to its requests."""
        ...

    def attachments(self, page: StoredPage) -> tuple[Attachment, ...]:
        """The files that the page's messages carry, each address once."""
        ...

    def signed_in_as(self, page: StoredPage) -> str:
        """The name of the account that the page was shown to, or "" where it does not say."""
        ...

    def listed(self, page: StoredPage) -> tuple[ListedOrder, ...]:
        """The orders that a list of orders or of disputes shows, in its order; () for any other page."""
        ...

    def lists(self, page: StoredPage) -> Mapping[str, str]:
        """Addresses of the lists of the account's own that a page links to, by kind, as the real site has them."""
        ...

    def orders_in_all(self, page: StoredPage) -> int:
        """How many orders the account has, as an order list says it on whichever of its pages; 0 where it does not say."""
        ...

    def conversation(self, page: StoredPage, supplier: str) -> str:
        """The address of the conversation with that supplier, from a list of conversations; "" where it has none."""
        ...


class Directory(Protocol):
    """One site's addresses: what stands where, and which pages are one person's own. All functions are pure."""

    @property
    def domains(self) -> tuple[str, ...]:
        """The names under which the site is found, the first the one that its pages are visited at: `alibaba.com`."""
        ...

    def kind_of(self, url: str) -> str:
        """The kind of page an address (as the real site has it) leads to: order, thread, supplier…, or ""."""
        ...

    def address(self, kind: str, number: str = "") -> str:
        """Where a page of that kind is (order, order_list, thread, search), of the order with that number; "" for others."""
        ...

    def canonical(self, url: str) -> str:
        """The one address by which that page is visited."""
        ...

    def order_in(self, url: str) -> str:
        """The order's number in an address, or ""."""
        ...


class Site(PageReader, Directory, Protocol):
    """All that is known of one site, for who both looks for pages and reads them."""

    def vocabulary(self) -> Vocabulary:
        """What it prints for everybody, and what its pages are built of: what a sample of a page keeps."""
        ...

    def stands(self, kind: str) -> bool:
        """Whether the words of such a page stand from look to look; not those of a list, a search or a conversation."""
        ...

    def standing(self, page: StoredPage) -> StandingPage:
        """What of a page stands from one look to the next, without what is another at every look by what it is for."""
        ...

    def moving_areas(self, page: StoredPage) -> tuple[Area, ...]:
        """Where the page's pictures show what is another at every look, in page pixels, as far as that was kept."""
        ...


# Each takes the name of a site, as a target has it, and raises UnknownSite for one that this version does not know.
SiteNamed = Callable[[str], Site]
PageReaderNamed = Callable[[str], PageReader]
