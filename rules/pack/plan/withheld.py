"""What a pack does not show though it is sealed, why, and what of it the buyer opens all the same. Pure.

Of a page that its account alone sees, pictures, text and facts prove the claim; its source and what the site sent for it
hold more than anybody could see there, and stay on the buyer's machine. The ledger names each file by a commitment, so
that it can be opened later against the same seal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from collector.canonical import commitment
from collector.errors import WrongRequest
from collector.kinds import page_kind
from collector.model import AddedFile, Artefact, Private, Snapshot

# What came of exchanges is no file of its own: all of a visit is shown as a web archive, or nothing.
EXCHANGED = ("body", "frames")
SOURCES = ("dom", "mhtml", "pdf", "network", *EXCHANGED)
OTHERS_SHOWN = "the page may show other conversations"
OTHERS_TOLD = "what the page was sent may tell of other conversations"
SECRETS_HELD = "the file may hold secrets of the buyer's session, and an original is not altered"
SOURCE_KEPT = "only the buyer's account sees this page, and its source holds more than the page shows"
_WORDS: Mapping[str, tuple[str, str]] = {
    "dom": ("the page's source", "sources of frames"), "mhtml": ("the page as MHTML", "pages as MHTML"),
    "pdf": ("the PDF print", "PDF prints"), "network": ("the record of the network", "records of the network"),
    "body": ("answer of the site", "answers of the site"), "frames": ("the messages of a socket", "sockets' messages"),
    "tile": ("picture", "pictures"), "screen": ("picture of the conversation", "pictures of the conversation"),
    "text": ("the text", "texts"), "stretch": ("stop of the walk", "stops of the walk"),
    "boxes": ("the places of its texts", "places of texts"),
    "layout": ("the places of texts at a stop", "places of texts at stops"), "file": ("file", "files"),
}  # fmt: skip
ROLES = tuple(_WORDS)
_ASKED = re.compile(r"([^/]+)/([a-z]+)(?:-(\d{1,5}))?", re.IGNORECASE)
_NUMBER = re.compile(r"[AB]\d{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Withheld:
    """An artefact that is sealed but not shown: the ledger names it by `commitment`, and `why` says the reason.

    `origin` is the id of the visit or file that it is of, the same in every pack; `size` in bytes. `opened`: the buyer shows
    it all the same.
    """

    exhibit: str
    role: str
    part: int
    commitment: str
    why: str
    origin: str = ""
    size: int = 0
    opened: bool = False

    @property
    def name(self) -> str:
        """What to ask for: "A01/dom", "A01/dom-2"; what the site sent comes together, as "A01/body"."""
        if self.role in EXCHANGED:
            return f"{self.exhibit}/{EXCHANGED[0]}"
        return f"{self.exhibit}/{self.role}" + (f"-{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class WithheldTogether:
    """What of one exhibit is withheld for one reason, in words.

    `ask` names it one by one as `--open` takes it; `origin` is the id that takes the exhibit's place in a later pack.
    """

    exhibit: str
    origin: str
    what: str
    why: str
    ask: tuple[str, ...]

    @property
    def lasting(self) -> str:
        """The first of them by the id of its visit or file, which no later visit changes."""
        return f"{self.origin}/{self.ask[0].partition('/')[2]}"


@dataclass(frozen=True, slots=True)
class ToOpen:
    """One thing to open: an exhibit's number or the id of a visit or file, and a role, of which `part` may be one alone."""

    text: str
    what: str
    role: str
    part: int | None

    @property
    def by_number(self) -> bool:
        """Whether it names an exhibit, and not the visit or file itself."""
        return bool(_NUMBER.fullmatch(self.what))

    def fits(self, number: str, origin: str, role: str, part: int) -> bool:
        """Whether it is that artefact of that exhibit."""
        here = self.what.upper() == number if self.by_number else origin.startswith(self.what)
        return here and self.role == role and self.part in (None, part)


def asked_of(texts: Iterable[str]) -> tuple[ToOpen, ...]:
    """What is to be opened, as it was typed: "A01/dom", "S-1f2e3d4c/dom-2". Raises WrongRequest."""
    return tuple(map(_asked, texts))


def _asked(text: str) -> ToOpen:
    match = _ASKED.fullmatch(text.strip())
    if match is None:
        raise WrongRequest(
            f"{text!r} does not say what to open.", "Write exhibit and role as --dry-run names them, such as A01/dom."
        )
    return ToOpen(text, match[1], match[2].lower(), int(match[3]) if match[3] else None)


def closed_artefacts(
    number: str,
    snapshot: Snapshot,
    private: Private,
    asked: Iterable[ToOpen],
    *,
    everything: bool = False,
    redacted: Mapping[tuple[str, int], str] | None = None,
) -> tuple[Withheld, ...]:
    """What of a visit its exhibit does not show by default, each with the reason and whether it is opened all the same.

    `redacted` gives by role and part why what holds personal data, or may hold any, is withheld.
    """
    wanted, taken = tuple(asked), redacted or {}
    return tuple(
        Withheld(
            number, a.role, a.part, commitment(a.salt, a.digest), why, snapshot.id, a.size,
            everything or _is_opened(number, snapshot.id, a, private, wanted),
        )
        for a in snapshot.artefacts
        if (why := _why_hidden(snapshot, a, private) or taken.get((a.role, a.part), ""))
    )  # fmt: skip


def _why_hidden(snapshot: Snapshot, artefact: Artefact, private: Private) -> str:
    if (artefact.role, artefact.part) in private.parts:
        return OTHERS_SHOWN if private.page else OTHERS_TOLD
    return SOURCE_KEPT if artefact.role in SOURCES and not page_kind(snapshot.target.kind).public else ""


def _is_opened(number: str, origin: str, artefact: Artefact, private: Private, asked: tuple[ToOpen, ...]) -> bool:
    """What the site sent is opened together, but for what tells of others."""
    if artefact.role in EXCHANGED:
        return (artefact.role, artefact.part) not in private.parts and _opens_exchanges(number, origin, asked)
    return any(one.fits(number, origin, artefact.role, artefact.part) for one in asked)


def _opens_exchanges(number: str, origin: str, asked: Iterable[ToOpen]) -> bool:
    return any(one.fits(number, origin, role, 0) for one in asked for role in EXCHANGED)


def shows_exchanges(number: str, snapshot: Snapshot, asked: Iterable[ToOpen]) -> bool:
    """Whether the web archive shows the exchanges of a visit: of a page that anybody sees, and of one that is opened."""
    return page_kind(snapshot.target.kind).public or _opens_exchanges(number, snapshot.id, asked)


def closed_file(
    number: str,
    file: AddedFile,
    asked: Iterable[ToOpen],
    *,
    everything: bool = False,
    redacted: Mapping[tuple[str, int], str] | None = None,
) -> tuple[Withheld, ...]:
    """A file that the buyer saved, with its parts, where it is not shown by default; `redacted` as for a visit."""
    page = file.page
    why = "" if page is None else OTHERS_SHOWN if page.others else SECRETS_HELD if page.secrets else ""
    why = why or (redacted or {}).get(("file", 0), "")
    parts = tuple(enumerate(file.sealed)) if why else ()
    opened = everything or any(one.fits(number, file.id, "file", n) for one in asked for n, _ in parts)
    return tuple(
        Withheld(number, "file", n, commitment(one.salt, one.digest), why, file.id, one.size, opened) for n, one in parts
    )


def require_there(asked: Iterable[ToOpen], kept: Mapping[tuple[str, str], Iterable[tuple[str, int]]]) -> None:
    """Raises WrongRequest where something is to be opened that no exhibit has; `kept` by number and origin."""
    for one in asked:
        if one.role in EXCHANGED and one.part is not None:
            raise WrongRequest("What the site sent for a page is opened together.", f"--open {one.what}/{one.role}")
        if any(one.fits(number, origin, *artefact) for (number, origin), roles in kept.items() for artefact in roles):
            continue
        here = [roles for (number, origin), roles in kept.items() if one.what.upper() == number or origin == one.what]
        if not here:
            numbers = ", ".join(number for number, _ in kept) or "none"
            raise WrongRequest(f"Nothing of this pack is called {one.what}.", f"Its exhibits: {numbers}. See --dry-run.")
        roles = dict.fromkeys(role for role, _ in here[0])
        raise WrongRequest(f"{one.text} was not kept.", f"Kept of {one.what}: {', '.join(roles)}.")


def together(withheld: Iterable[Withheld]) -> tuple[WithheldTogether, ...]:
    """What is withheld, by exhibit and reason, in the order of the exhibits."""
    rows = sorted(withheld, key=lambda w: (w.exhibit, w.why))
    return tuple(
        _together(exhibit, why, tuple(members)) for (exhibit, why), members in groupby(rows, lambda w: (w.exhibit, w.why))
    )


def _together(exhibit: str, why: str, members: tuple[Withheld, ...]) -> WithheldTogether:
    counts = Counter(one.role for one in members)
    order = [role for role in _WORDS if role in counts] + [role for role in counts if role not in _WORDS]
    return WithheldTogether(
        exhibit,
        members[0].origin,
        ", ".join(_in_words(role, counts[role]) for role in order),
        why,
        tuple(dict.fromkeys(one.name for one in members)),
    )


def role_words(role: str) -> str:
    """What an artefact of that role is: "the page's source", "picture"."""
    return _WORDS.get(role, (role, role))[0]


def _in_words(role: str, count: int) -> str:
    one, more = _WORDS.get(role, (role, role))
    return (one if one.startswith("the ") else f"1 {one}") if count == 1 else f"{count} {more}"
