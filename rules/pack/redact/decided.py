"""What of a pack is redacted, decided once, before anything is made: values, without anything that is taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import Area
from rules.pack.redact.redactor import KINDS, RULES

TAKEN_OUT = "it holds what the buyer had taken out of this pack"
MAY_HOLD = "what it shows or holds cannot be looked through for what the buyer had taken out of this pack"
CAMERA = "the file says more than its picture shows, such as where, when and with what it was taken"
BOXED = "the buyer covered a part of what it shows"
RECORD_KEPT = "its sealed record names what the buyer had taken out of this pack"


@dataclass(frozen=True, slots=True)
class RedactedPicture:
    """A photo, or the frame of a video at `at_ms`, of that many pixels, and where a machine read in it what is covered."""

    width: int
    height: int
    areas: tuple[Area, ...]
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RedactedOrigin:
    """What is redacted of one visit or file. `counts` is how much of which kind stands in its text.

    `closed` are role and part of what is withheld, and why. `drawn` are parts of its pictures of which copies are made
    although they are withheld themselves, with `covered` black (page pixels), and `stops` those of a walked conversation.
    Where not all places that have to be covered are known (`pages_known`, and of a walk `stops_known`), a copy is shown with
    a box of the buyer's alone.
    `pictures` are those of a photo or video that a machine read, with what is black on each; None where none read them, so
    that what stands in them is shown as it is. `stop_covers` are areas that are black on the pictures of a walked
    conversation, by part, in the pixels of that picture.
    `exchanges`, `sockets` and `told` (role and part) are left out of the web archive. `recorded`: its ledger entry is shown;
    `sent`: the web archive may show the rest of it; `copied`: the pack has a redacted copy of its text.
    """

    counts: tuple[tuple[str, int], ...] = ()
    closed: tuple[tuple[str, int, str], ...] = ()
    drawn: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    covered: tuple[Area, ...] = ()
    pages_known: bool = True
    stops_known: bool = True
    pictures: tuple[RedactedPicture, ...] | None = None
    stop_covers: tuple[tuple[int, tuple[Area, ...]], ...] = ()
    exchanges: tuple[int, ...] = ()
    sockets: tuple[int, ...] = ()
    told: tuple[tuple[str, int], ...] = ()
    recorded: bool = True
    sent: bool = True
    copied: bool = False

    @property
    def hidden(self) -> Mapping[tuple[str, int], str]:
        """Why something is withheld, by role and part."""
        return {(role, part): why for role, part, why in self.closed}

    @property
    def is_dark(self) -> bool:
        """Whether pictures are not shown because nobody knows where on them something stands."""
        return (bool(self.drawn) and not self.pages_known) or (len(self.stops) > 1 and not self.stops_known)

    @property
    def words(self) -> str:
        """ "2 names, 1 telephone number"; "" for nothing."""
        return ", ".join(f"{count} {KINDS[kind][count != 1]}" for kind, count in self.counts)


@dataclass(frozen=True, slots=True)
class Redaction:
    """The redaction of one pack, by the id of each visit and file; `entries` are the ledger numbers that are withheld."""

    origins: Mapping[str, RedactedOrigin]
    entries: tuple[int, ...] = ()
    rules: int = RULES

    def of(self, origin: str) -> RedactedOrigin:
        """What is redacted of a visit or file; nothing of one that is not known."""
        return self.origins.get(origin, RedactedOrigin())
