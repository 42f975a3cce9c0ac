"""The answers that casework gives: frozen values that a screen, a page or a test can show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from collector.archive.sealing import SealState
from collector.errors import PARTIAL, PERSON_NEEDED
from collector.model import Area, Deadline, Exhibit, Fact, Finding, Money, Problem, Snapshot
from rules.check.before_order import Offer
from rules.policy.calendars import bar, left, local

if TYPE_CHECKING:
    from collector.browser.accounts import Account
    from rules.deadlines.moments import Advice


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One thing that doctor looked at: `state` is ok, note or problem; `todo` the next step, or ""."""

    name: str
    state: str
    found: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """The snapshots of one capture, and what seals them. `notes` name accounts whose pages could not be visited."""

    snapshots: tuple[Snapshot, ...]
    seal: SealState
    notes: tuple[str, ...] = ()


def outcome_codes(snapshots: Iterable[Snapshot], seal: SealState | None = None) -> set[int]:
    """The exit codes that visits call for: a wall, or a key that is lost, needs a person; less than whole is partial."""
    codes = {PERSON_NEEDED if s.outcome == "blocked" else PARTIAL for s in snapshots if s.outcome != "complete"}
    return codes | ({PERSON_NEEDED} if seal and seal.word == "unsigned" else set())


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that a page proved signed in, the snapshot that proved it, and what seals it."""

    account: Account
    snapshot: Snapshot
    seal: SealState


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order as `watch` found it. `pages` are addresses by kind; `why` says why its page is not whole, or "".

    `status`, `supplier` and `total` are as printed, "" where the page does not say.
    """

    order: str
    status: str
    supplier: str
    total: str
    pages: Mapping[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True)
class WatchAnswer:
    """What `watch` found and kept, and Today for these orders. `notes` are sentences that the person should read."""

    found: tuple[FoundOrder, ...]
    snapshots: tuple[Snapshot, ...]
    seal: SealState
    today: TodayAnswer
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextAnswer:
    """One case: its line of Today, every step that can be taken, most urgent first, and what its stage asks for.

    Times in words are the user's.
    """

    line: TodayLine
    steps: tuple[Mapping[str, str], ...]
    advice: tuple[Advice, ...]
    as_of: datetime
    due: bool


@dataclass(frozen=True, slots=True)
class DeadlineAnswer:
    """Deadlines as of an instant, shown in `zone` (IANA). `needs` names facts that would decide more."""

    deadlines: tuple[Deadline, ...]
    as_of: datetime
    zone: str
    due: bool
    needs: tuple[str, ...] = ()
    ics: Path | None = None
    notes: tuple[str, ...] = ()

    def local(self, deadline: Deadline) -> str:
        """The act-by time where the user is, with weekday; of an opening, the time from which it is surely open."""
        if deadline.act_by is None or deadline.latest is None:
            return "–"
        if deadline.opening:
            return f"surely open from {local(deadline.latest, self.zone)}"
        return local(deadline.act_by, self.zone)

    def left(self, deadline: Deadline) -> str:
        """How long is left, in words."""
        if deadline.act_by is None or deadline.state == "met" or deadline.opening:
            return "–"
        return left(deadline.act_by, self.as_of)

    def bar(self, deadline: Deadline) -> str:
        """The time left as a bar; "" where none runs."""
        if deadline.act_by is None or deadline.state == "met" or deadline.opening:
            return ""
        return bar(deadline.act_by, self.as_of)


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The findings for one case."""

    case: str
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class BeforeOrderAnswer:
    """What pages say before an order: findings, and the offers side by side. `captured`: None without a visit."""

    findings: tuple[Finding, ...]
    offers: tuple[Offer, ...]
    amount: Money | None
    captured: Captured | None


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """A pack that was written: `seal` is timestamped, pending or unsigned; `failures` why a token is missing.

    `problems` are what verification finds in it: the archive that it was made from is not whole.
    """

    path: Path
    sha256: str
    exhibits: tuple[Exhibit, ...]
    seal: str
    failures: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportAnswer:
    """A file that kept visits were written to; `size` in bytes, `snapshots` their ids."""

    path: Path
    sha256: str
    size: int
    snapshots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """What verification of a pack or an archive found; `against` names what it was held against, `deep` means facts too."""

    what: str
    path: Path
    problems: tuple[Problem, ...]
    seal: str
    key: str
    summary: str
    tokens: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    against: str = ""
    deep: bool = False


@dataclass(frozen=True, slots=True)
class StampedCheckpoint:
    """A checkpoint: how many records it covers, its root, when it was made, and authority and time (ISO) of its tokens.

    `unknown` are the authorities of which it is not known whether their certificates were revoked by then.
    """

    size: int
    root: str
    at: str
    tokens: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What is sealed. `seal` is the weakest of what `counts` has: timestamped, pending (signed, no token), unsigned.

    `waiting` are what was kept and is not timestamped yet: word, description. `missing` names authorities that have not
    answered for the newest checkpoint; `notes` are findings about the clock; `signer` whom the certificates of its
    signature name: the holder, then who certified whom.
    """

    archive: Path
    seal: str
    counts: Mapping[str, int]
    waiting: tuple[tuple[str, str], ...]
    newest: StampedCheckpoint | None
    missing: tuple[str, ...]
    key: str
    notes: tuple[str, ...]
    signer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What asking again brought; `path` is the checkpoint written for a third party, None where none was asked for."""

    seal: SealState
    status: StatusAnswer
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One case today. `state` is the most urgent deadline's; times in `headline` are the user's, with weekday."""

    case: str
    name: str
    state: str
    headline: str
    todo: str
    link: str
    looked: str
    act_by: datetime | None
    who: str
    deadline: str
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TodayAnswer:
    """Every open case, most urgent first; `notices` concern the archive as a whole."""

    lines: tuple[TodayLine, ...]
    as_of: datetime
    due: bool
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NightAnswer:
    """One night: what was planned, visited and left out, and Today after it."""

    planned: tuple[Mapping[str, str], ...]
    snapshots: tuple[Snapshot, ...]
    skipped: tuple[str, ...]
    seal: SealState | None
    today: TodayAnswer
    codes: set[int]
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `source` is message, fact, page or file; `kind` the page's, the file's, or "asserted".

    `excerpt` is a stretch of what was kept, unaltered; `marks` (and `label_marks`) are character offsets in it of what was
    looked for. `excerpt_of` is text, translation or quote. `visits` counts the visits that show it, from `first_snapshot` to
    `snapshot`. A message's `begun` and `ended` bound when it was sent; anything else's, when it was seen. UTC; `zone` is the
    case's. `lacks` is what the visit was kept without.
    """

    source: str
    kind: str
    case: str
    case_name: str
    target: str
    snapshot: str
    first_snapshot: str
    visits: int
    file: str
    label: str
    label_marks: tuple[tuple[int, int], ...]
    excerpt: str
    marks: tuple[tuple[int, int], ...]
    excerpt_of: str
    said_by: str
    name: str
    printed: str
    begun: datetime
    ended: datetime
    zone: str
    lacks: str = ""

    def when(self) -> str:
        """The time where the user is, with weekday; both ends where it is not known to the minute."""
        first, last = local(self.begun, self.zone), local(self.ended, self.zone)
        day, _, rest = last.partition(", ")
        if first == last:
            return last
        return f"{first.rpartition(' (')[0]} to {rest if first.startswith(day) else last}"


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, best first: `total` passages, of which `hits` are shown. `words` False: nothing that can be sought."""

    sought: tuple[str, ...]
    words: bool
    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Tile:
    """The picture that shows a fact: which one of the visit, its digest, and in it where the fact stands, in page pixels."""

    part: int
    digest: str
    box: Area


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of one page that is read otherwise now: `what` is changed, added (no `before`) or vanished (no `after`).

    `snapshot` is the id of the visit, or of the file that the buyer saved.
    """

    snapshot: str
    case: str
    kind: str
    at: datetime
    name: str
    what: str
    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class RereadAnswer:
    """What reading again brought: snapshots, saved pages and facts read, what changed, and how many facts only moved.

    `moved` facts have the same value and state, but another place, quote or reader. `readers` names readers that others
    replaced: before ("alibaba.order/1"), now, and of how many snapshots. `unread` names snapshots whose kept files are
    damaged: their facts stay.
    """

    snapshots: int
    facts: int
    changes: tuple[FactChange, ...]
    moved: int
    readers: tuple[tuple[str, str, int], ...]
    unread: tuple[str, ...]
    saved: int = 0
