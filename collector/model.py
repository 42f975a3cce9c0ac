"""The frozen values that every part of tradewitness speaks in. Roles, kinds and names are open strings.

Instants are aware UTC datetimes; civil days are `date`. A fact's value is plain data: text, whole numbers, truth values,
`Money`, `Printed`, tuples and mappings of those. Days and instants inside a fact's value stand as ISO text
("2026-10-04", "2026-10-04T12:00:00Z"), because a page prints text and a person asserts text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

FactState = Literal["read", "not_shown", "unreadable", "asserted"]
# How it came to be known: seen by a visit, read from a page that the buyer saved by hand, or entered by the buyer.
Origin = Literal["witnessed", "saved", "entered"]
ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        "witnessed": "witnessed",
        "saved": "saved by the buyer, not witnessed",
        "entered": "entered by the buyer, not witnessed",
    }
)
Outcome = Literal["complete", "partial", "blocked", "failed"]
SavedOutcome = Literal["read", "other", "wall", "unknown", "kept"]
Area = tuple[int, int, int, int]  # x, y, width, height in page pixels
_N = r"(\d{1,7})"  # a note is a record's text, and a record may come from anybody
Verdict = Literal["ok", "missing", "problem", "undetermined"]
ALIBABA = "alibaba"  # the site of every case and page whose record names none: the first versions knew no other
DeadlineState = Literal["not_started", "open", "due_soon", "act_now", "overdue", "met", "undetermined"]


def kept_in_part(lacks: str) -> str:
    """In words that a page was kept in part, and what is missing; "" for one that lacks nothing."""
    return f"kept in part: {lacks[:1].lower()}{lacks[1:].rstrip('.')}" if lacks else ""


# No trade comes near it. Far beyond, an amount with its cents has more figures than decimal reckons with exactly (28).
MOST_MONEY = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217), with two decimals at least. JSON: {"amount":"86.00","currency":"USD"}."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        exponent = self.amount.as_tuple().exponent
        if isinstance(exponent, int) and exponent > -2:
            object.__setattr__(self, "amount", self.amount.quantize(Decimal("0.01")))

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,}"


@dataclass(frozen=True, slots=True)
class Printed:
    """A time as a page printed it: the text, and the earliest and latest instant it can mean.

    `zone` is the printed zone ("PDT", "UTC+8") or "" where none was printed.
    """

    text: str
    earliest: datetime
    latest: datetime
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Cannot be decided: why, and the names of the facts to enter."""

    reason: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact was read: the artefact's digest, and in it a JSON pointer, a CSS path, a frame or a line number.

    `quote` is the text that stands there. `box` is where it stands in the page's pictures, where that is certain.
    """

    digest: str
    scheme: Literal["json", "css", "frame", "line"]
    path: str
    quote: str
    box: Area | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and the place it was read, or who asserted it. Derived from stored bytes; never sealed outside a pack.

    `reader` is "name/version" for a read fact, "buyer" for an asserted one. `at` is when the page was looked at, or the
    assertion recorded. `round` counts recurring assertions from 1. `saved` says that it was read from a page that the buyer
    saved by hand: then `snapshot` is the file's id, and `at` when the page was saved, None where nothing says so. `lacks` is
    what the page that it was read from was kept without, "" for one that was kept whole.
    """

    name: str
    value: Any
    state: FactState
    snapshot: str
    reader: str
    place: Place | None = None
    at: datetime | None = None
    round: int = 1
    saved: bool = False
    lacks: str = ""

    @property
    def unseen(self) -> bool:
        """Whether nothing of it was found on a page kept in part, or not wholly understood: nothing follows from that."""
        return self.state == "unreadable" and self.place is None

    @property
    def origin(self) -> Origin:
        """How the fact came to be known."""
        if self.state == "asserted":
            return "entered"
        return "saved" if self.saved else "witnessed"


@dataclass(frozen=True, slots=True)
class Target:
    """A page to visit. `expects` holds what it must show to be the right one (order number, supplier's name).

    `site` is the name by which `collector/sites/table.py` knows the site that the page is of.
    """

    id: str
    case: str
    kind: str
    url: str
    account: str = ""
    expects: Mapping[str, str] = field(default_factory=dict)
    site: str = ALIBABA


@dataclass(frozen=True, slots=True)
class Artefact:
    """Stored bytes with a role in a visit (tile, dom, text, mhtml, pdf, exchange…).

    `size` in bytes, `digest` SHA-256 of the plain bytes, `salt` 16 random bytes as hex; `same_as` is the id of an earlier
    snapshot that already held these bytes, or "".
    """

    role: str
    part: int
    media_type: str
    size: int
    digest: str
    salt: str
    same_as: str = ""
    note: str = ""

    @property
    def area(self) -> Area | None:
        """What part of its page a picture shows, as its note says; None where it says none."""
        return self._noted(rf"\bx={_N} y={_N} width={_N} height={_N}\b")

    @property
    def pane(self) -> Area | None:
        """The part of a picture in which a conversation's messages stand and nothing else does; None where it names none."""
        return self._noted(rf"\bpane={_N},{_N},{_N},{_N}\b")

    @property
    def moved(self) -> int | None:
        """How many pixels lower messages stand in a conversation's picture than in the one of the stop before."""
        match = re.search(r"\bmoved=(-?\d{1,7})\b", self.note)
        return int(match[1]) if match else None

    def _noted(self, form: str) -> Area | None:
        match = re.search(form, self.note)
        return (int(match[1]), int(match[2]), int(match[3]), int(match[4])) if match else None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a visit: `outcome` is ok, partial, failed or skipped; `began` UTC; `took_ms` milliseconds."""

    name: str
    outcome: str
    why: str
    began: datetime
    took_ms: int


@dataclass(frozen=True, slots=True)
class Visit:
    """How the page was reached and with what. Addresses are masked where they hold secrets.

    `server_date` is the Date header as sent ("" if none); `machine_time` is this machine's time at the response.
    `redactions` counts masked secrets by kind and place, found by the rules of number `mask` (0: those before they had one);
    `losses` names what could not be kept.
    """

    requested: str
    final: str
    redirects: tuple[str, ...]
    status: int
    server_date: str
    machine_time: datetime
    browser: Mapping[str, str]
    options: Mapping[str, Any]
    alias: str
    redactions: tuple[Mapping[str, Any], ...]
    losses: tuple[str, ...]
    machine: Mapping[str, str]
    mask: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The immutable record of one visit. It has no ledger position, so any worker can make one."""

    v: int
    id: str
    target: Target
    visit: Visit
    steps: tuple[Step, ...]
    outcome: Outcome
    why: str
    artefacts: tuple[Artefact, ...]


@dataclass(frozen=True, slots=True)
class PageTrace:
    """What the newest look at a page of a case tells, beside the last look before it that kept the page whole.

    `at` (UTC) is when that newest look was; `read` are the names of the facts that it tells, `lost` of those that it does
    not although the page is there and had told them. Of a conversation, how many messages it has, and had; None for others.
    """

    kind: str
    at: datetime
    read: frozenset[str]
    lost: frozenset[str]
    messages: int | None = None
    messages_before: int | None = None


@dataclass(frozen=True, slots=True)
class StandingPage:
    """What of a page stands from one look to the next: its words, a block a text, in their order, and its pictures.

    Left out is what is another at every look by what it is for: advertisements, counters, clocks. `left_out` says how many
    words that were. `pictures` maps the address of each picture, whatever its size, to the SHA-256 of its bytes, or "";
    `drawn` those that style sheets in files of their own draw on it, None where one of these was not kept.
    """

    blocks: tuple[str, ...]
    pictures: Mapping[str, str]
    left_out: int = 0
    drawn: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Private:
    """What of a visit shows, or may show, conversations other than its case's own.

    `page` says that its pictures, source and text do. `exchanges` and `sockets` are numbers in the visit's network record,
    from 0; `parts` role and part of every artefact that holds any of it. `cropped` are parts of pictures of the open
    conversation of which the pane may be shown: what was read with them holds nothing else.
    """

    page: bool = False
    exchanges: tuple[int, ...] = ()
    sockets: tuple[int, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()
    cropped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of the folder that a browser saved beside a page; `name` is its path in it."""

    name: str
    size: int
    digest: str
    salt: str


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What a page or conversation that the buyer saved by hand is, and what came of reading it.

    `form` is mhtml, html, pdf, the name of a chat's application…; `outcome` is read, other (not this case's), wall, unknown,
    or kept (nothing that can be read), and `why` one sentence. `kind` of page ("chat": a conversation from elsewhere) and
    `url` ("") are as far as known; `saved_at` (UTC) is when it was saved, and `said_by` who says so. `others` says that it
    shows conversations with others, `secrets` that it holds what looks like a secret of the session; `alias` is the local
    stand-in that it was saved from, or "". `caution` is what must be known of how it was read, and `todo` what
    the buyer can do about it, or "".
    """

    form: str
    outcome: SavedOutcome
    why: str
    kind: str = ""
    url: str = ""
    saved_at: datetime | None = None
    said_by: str = ""
    others: bool = False
    secrets: bool = False
    alias: str = ""
    caution: str = ""
    todo: str = ""

    @property
    def ours(self) -> bool:
        """Whether it may belong to its case: another order's page, or a wall, does not."""
        return self.outcome not in ("other", "wall")

    @property
    def is_conversation(self) -> bool:
        """Whether it is a conversation from elsewhere, and was read."""
        return self.kind == "chat" and self.outcome == "read"


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file the buyer put in by hand: never witnessed by the tool. `kind` is photo, video, contract…; times UTC.

    `page` says of a page or conversation saved by hand what it is; None for other files. `belied` says of a file whose name
    is that of another format what its bytes are, in a sentence, or "".
    """

    id: str
    name: str
    kind: str
    media_type: str
    size: int
    digest: str
    salt: str
    added_at: datetime
    seq: int
    note: str = ""
    parts: tuple[FilePart, ...] = ()
    page: SavedPage | None = None
    belied: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it is looked at, and not read: a photo or a video, by its bytes."""
        return self.media_type.startswith(("image/", "video/"))

    @property
    def sealed(self) -> tuple[FilePart, ...]:
        """Everything of it that the ledger sealed: the file itself, then its parts."""
        return FilePart(self.name, self.size, self.digest, self.salt), *self.parts


@dataclass(frozen=True, slots=True)
class CameraData:
    """What a photo or a video says of how it was taken; whoever has the file can edit it.

    `taken` is "2026-09-20 14:01:33 +08:00", without a zone where the file says none; `place` degrees north and east, as
    "31.23042, 121.47371". `located`: it says where, readable or not. `length_ms` is how long a video is. "" or None is
    what it does not say.
    """

    taken: str = ""
    place: str = ""
    device: str = ""
    located: bool = False
    length_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a file's text and where it stands: "page 2", "paragraph 14", "line 3"."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class FileText:
    """The text found in an added file, by its id; `problem` is one sentence where there is none to be had."""

    file: str
    name: str
    kind: str
    passages: tuple[Passage, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A line of text as a machine read it in a picture, and where it stands there, in the picture's own pixels."""

    text: str
    area: Area


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """What a machine read in a picture of that many pixels; of a video in the frame at `at_ms`. `read`: it could read it."""

    width: int
    height: int
    lines: tuple[PictureLine, ...] = ()
    at_ms: int | None = None
    read: bool = True


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What a machine (`reader`, with its version) read in a photo, or in the frames of a video."""

    reader: str
    pictures: tuple[SeenPicture, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every picture of it was read."""
        return all(picture.read for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check: what was judged, the verdict, one sentence, and the names of what it rests on.

    These are facts by their names, and in `facts` too: "file: NAME" for a file of the buyer's, "page: KIND" for kept visits.
    `todo` is the next thing for the buyer to do, or "". `source` cites the rule. `language` is that of the words which
    raised it (en, es, fr, zh), or "": only what was written in a message has one. `words` are these words in plain spelling,
    " … " between those that stand apart. `by` says what raised it in what was written: phrase, or likeness, which is less
    sure; "" of all else.
    """

    id: str
    verdict: Verdict
    text: str
    facts: tuple[str, ...] = ()
    todo: str = ""
    source: str = ""
    language: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time by which somebody must or may act. `earliest` ≤ `latest`, UTC; act by `act_by`, the earliest.

    `who` is you, supplier or platform; `must` False means may. All three times are None when undetermined or not started.
    `basis` says in words what it was computed from; `needs` names what to enter when undetermined; `label` is its title.
    `sure`: printed (a kept page's own timer), saved (that of a page saved by hand), copied (typed from the page), counted
    (from a page's day), entered (counted from the buyer's day), sources differ (counted, with several ends), or "".
    `opening`: a time from which, not until which. An undetermined one has times where dates contradict each other; `near`
    says that the earliest is near or past. `page` is the kind of page to open. `origin` is that of the least witnessed
    thing it rests on, "" where nothing is known of it yet; `lacks` what a page that it rests on was kept without.
    `outcome` says how a met one ended: done, done so many days late (`days_late`; 0 for less than a day, None where it was
    not late), or over undone.
    """

    case: str
    id: str
    round: int
    who: str
    must: bool
    earliest: datetime | None
    latest: datetime | None
    act_by: datetime | None
    if_missed: str
    state: DeadlineState
    source: str
    label: str = ""
    todo: str = ""
    basis: str = ""
    needs: tuple[str, ...] = ()
    printed: bool = False
    sure: str = ""
    opening: bool = False
    near: bool = False
    page: str = ""
    over: bool = False
    origin: Origin | Literal[""] = ""
    lacks: str = ""
    outcome: str = ""
    days_late: int | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A numbered piece of evidence in a pack. `files` maps bag paths to digests of the stored originals."""

    number: str
    title: str
    kind: str
    description: str
    snapshot: str
    files: Mapping[str, str]
    witnessed: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What verification found wrong, and where (a file, an object, a ledger line)."""

    where: str
    what: str
