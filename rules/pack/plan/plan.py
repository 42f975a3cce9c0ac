"""What goes into a pack: a pure function of case file, deadlines, reasons, choices and the checkpoint that covers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from collector.canonical import canonical, sha256
from collector.errors import WrongRequest
from collector.model import ALIBABA, AddedFile, CameraData, Deadline, Exhibit, Fact, Finding, Private, Snapshot
from rules.case.casefile import CaseFile
from rules.conversation.messages import not_whole
from rules.language.dates import both
from rules.pack.plan.changed import BeforeAfter, adverse_changes, before_and_after
from rules.pack.plan.claim import Claim, claim_of
from rules.pack.plan.claim_zh import ClaimZh, claim_in_chinese
from rules.pack.plan.defects import Defects, defects_of
from rules.pack.plan.exhibits import Choices, Selection, choose, exhibits_of, slug, unjudged
from rules.pack.plan.proofs import Proof, proofs_of
from rules.pack.plan.timeline import TimelineRow, timeline_of
from rules.pack.plan.withheld import Withheld, asked_of, shows_exchanges
from rules.pack.plan.wording import REASONS, listed
from rules.pack.redact.boxes import boxes_of
from rules.pack.redact.decided import RedactedOrigin, Redaction
from rules.policy.forums import forums_of
from rules.policy.platform import load_policy


@dataclass(frozen=True, slots=True)
class AuthorityStamp:
    """A configured timestamp authority; `stamped_at` is its token's time on the covering checkpoint, None when pending.

    `answers` are what was said of its certificates' revocation when that token arrived: the file's ending ("1.ocsp"), and
    the time as of which it is to be checked. `not_revoked`: they vouch for every certificate below the root.
    `until`: when its token ends to prove its time, unless all is stamped anew before.
    """

    name: str
    address: str = ""
    stamped_at: datetime | None = None
    answers: tuple[tuple[str, datetime], ...] = ()
    not_revoked: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CoveringCheckpoint:
    """The earliest checkpoint that covers the case's entries; `signer` is the SHA-256 of the signing certificate.

    `issuers` are the names of the certificates above it that the signatures carry, each the issuer of the one before.
    """

    size: int
    root: str = ""
    at: datetime | None = None
    signer: str = ""
    authorities: tuple[AuthorityStamp, ...] = ()
    issuers: tuple[str, ...] = ()

    @property
    def proven_until(self) -> datetime | None:
        """Until when the token that reaches furthest proves its time; None where nothing is timestamped."""
        return max((one.until for one in self.authorities if one.stamped_at and one.until), default=None)


@dataclass(frozen=True, slots=True)
class EarlierPack:
    """The pack that was made before something new of the case was kept; `shown` are the ids of its visits and files."""

    name: str
    made_at: datetime
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackPlan:
    """Everything a pack shows, before a byte of it is made. Two equal plans make equal packs.

    `exhibits` are in the order of their numbers; `snapshots`, `files` and `facts` are those that the exhibits show, and
    the facts that the buyer asserted; `entries` are the ledger numbers of the case; `stand_in` is the alias under which
    pages were seen, or ""; `opened` is what is withheld by default and shown; `proofs` says which exhibits bear on the
    reasons; `exchanges` names the visits whose exchanges the web archive shows, and what of each is left out; `cropped`
    names parts of a visit's pictures that copies are cut out of; `lacking` says why more may have been written in the
    conversation than is shown, or ""; `camera` is what photos and videos say of themselves, by file id; `defects` what is
    wrong with the goods, as the buyer counted it. With a `redaction` every text here has personal data taken out.
    `pictures_read` are the SHA-256 of what a machine read in its photos and videos.
    """

    v: int
    name: str
    order: str
    case_name: str
    account: str
    zone: str
    as_of: datetime
    reasons: tuple[str, ...]
    choices: Choices
    covering: CoveringCheckpoint
    claim: Claim
    claim_zh: ClaimZh
    proofs: tuple[Proof, ...]
    changes: tuple[BeforeAfter, ...]
    timeline: tuple[TimelineRow, ...]
    exhibits: tuple[Exhibit, ...]
    snapshots: tuple[Snapshot, ...]
    files: tuple[AddedFile, ...]
    facts: tuple[Fact, ...]
    deadlines: tuple[Deadline, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    opened: tuple[Withheld, ...]
    exchanges: Mapping[str, Private]
    cropped: Mapping[str, tuple[int, ...]]
    entries: tuple[int, ...]
    stand_in: str
    lacking: str
    camera: Mapping[str, CameraData]
    defects: Defects | None
    redaction: Redaction | None = None
    pictures_read: tuple[str, ...] = ()
    earlier: EarlierPack | None = None

    @property
    def new(self) -> tuple[str, ...]:
        """The numbers of the exhibits that the earlier pack did not show; none where there was no earlier one."""
        shown = self.earlier.shown if self.earlier else tuple(map(self.origin, self.exhibits))
        return tuple(exhibit.number for exhibit in self.exhibits if self.origin(exhibit) not in shown)

    @property
    def new_words(self) -> str:
        """What is new since the earlier pack in a sentence; "" where there was none."""
        if self.earlier is None:
            return ""
        since = f"since the pack of {both(self.earlier.made_at, self.zone)} ({self.earlier.name})"
        if not self.new:
            return f"No exhibit is new {since}."
        titles = {exhibit.number: exhibit.title for exhibit in self.exhibits}
        alike = (tuple(numbers) for _, numbers in groupby(self.new, lambda number: (number[0], titles[number])))
        named = listed(tuple(f"{_range(numbers)} ({titles[numbers[0]]})" for numbers in alike))
        rest = "; all others were in it" if len(self.new) < len(self.exhibits) else ""
        return f"New {since}: {named}{rest}."

    @property
    def site(self) -> str:
        """The site of the pages that it shows; without any, that of the first versions."""
        return next((snapshot.target.site for snapshot in self.snapshots), ALIBABA)

    def snapshot(self, exhibit: Exhibit) -> Snapshot | None:
        """The visit that an exhibit shows; None for a file of the buyer's own."""
        return self.snapshots[int(exhibit.number[1:]) - 1] if exhibit.witnessed else None

    def origin(self, exhibit: Exhibit) -> str:
        """The id of the visit or file that an exhibit shows: what the facts read from it name."""
        file = self.file(exhibit)
        return file.id if file else exhibit.snapshot

    def file(self, exhibit: Exhibit) -> AddedFile | None:
        """The buyer's file that an exhibit is; None for a page."""
        return None if exhibit.witnessed else self.files[int(exhibit.number[1:]) - 1]


def _range(numbers: tuple[str, ...]) -> str:
    """ "B02", "B02 and B03", "B02 to B09" where none between is left out, else each."""
    first, last = int(numbers[0][1:]), int(numbers[-1][1:])
    return f"{numbers[0]} to {numbers[-1]}" if last - first == len(numbers) - 1 > 1 else listed(numbers)


def plan(
    casefile: CaseFile,
    deadlines: Iterable[Deadline],
    findings: Iterable[Finding],
    reasons: Iterable[str],
    choices: Choices,
    covering: CoveringCheckpoint,
    *,
    private: Mapping[str, Private] | None = None,
    acting: Mapping[str, tuple[str, ...]] | None = None,
    camera: Mapping[str, CameraData] | None = None,
    pictures_read: tuple[str, ...] = (),
    chosen: Selection | None = None,
    redaction: Redaction | None = None,
) -> PackPlan:
    """The plan of one pack; `chosen` is what `choose` gave for it, where that was asked before.

    What is `private` of a visit, by snapshot id, is withheld by commitment unless the choices say `with_originals`; of a
    visit that is not named there, a conversation and all exchanges. By a file's id, `acting` says what it may do when it is
    opened, and `camera` what it says of how it was taken. Of a pack with a `redaction` everything given here is redacted
    already (`rules.pack.redact.case`). Raises WrongRequest for an unknown reason, an unknown place to hand it in, or a
    choice that fits nothing.
    """
    known = tuple(dict.fromkeys(reasons))
    _require_reasons(known)
    _require_one_way(choices, redaction)
    forums_of(choices.forums, casefile.site)
    casefile = casefile.known()
    chosen = chosen or choose(casefile, choices)
    judged = private or {}
    closed = {s.id: judged.get(s.id) or unjudged(s) for s in chosen.snapshots}
    of_camera = {} if choices.redact else dict(camera or {})
    exhibits, apart = exhibits_of(casefile, chosen, choices, closed, acting or {}, of_camera, redaction)
    _require_boxes(choices, exhibits)
    numbers = _numbers(exhibits, chosen)
    shown = {s.id for s in chosen.snapshots} | {f.id for f in chosen.files}
    rows, found = tuple(deadlines), tuple(findings)
    changes = before_and_after(adverse_changes(casefile, choices.since), numbers, casefile.zone)
    return PackPlan(
        v=1,
        name=_name(casefile, known),
        order=casefile.order,
        case_name=casefile.name,
        account=casefile.account,
        zone=casefile.zone,
        as_of=casefile.as_of,
        reasons=known,
        choices=choices,
        covering=covering,
        claim=claim_of(casefile, known, found, numbers, exhibits),
        claim_zh=claim_in_chinese(casefile, known, numbers, exhibits),
        proofs=proofs_of(casefile, load_policy(casefile.site), known, exhibits, chosen),
        changes=changes,
        timeline=timeline_of(casefile, rows, numbers, choices.since, changes),
        exhibits=exhibits,
        snapshots=chosen.snapshots,
        files=chosen.files,
        facts=tuple(f for f in casefile.facts if f.snapshot in shown or f.state == "asserted"),
        deadlines=tuple(sorted(rows, key=lambda d: (d.act_by is None, d.act_by or casefile.as_of, d.id, d.round))),
        findings=found,
        withheld=tuple(one for one in apart if not one.opened),
        opened=tuple(one for one in apart if one.opened),
        exchanges=_exchanges(chosen, choices, judged, numbers, redaction),
        cropped={} if choices.with_originals else {name: one.cropped for name, one in closed.items() if one.cropped},
        entries=_entries(casefile),
        stand_in=_stand_in(chosen),
        lacking=not_whole(casefile),
        camera={file.id: of_camera[file.id] for file in chosen.files if file.id in of_camera},
        defects=defects_of(casefile, chosen.files, numbers),
        pictures_read=() if choices.redact else pictures_read,
        redaction=redaction,
    )


def _exchanges(
    chosen: Selection,
    choices: Choices,
    judged: Mapping[str, Private],
    numbers: Mapping[str, str],
    redaction: Redaction | None,
) -> Mapping[str, Private]:
    if choices.with_originals:
        return {s.id: Private() for s in chosen.snapshots}
    asked = asked_of(choices.open)
    shown = {s.id: judged[s.id] for s in chosen.snapshots if s.id in judged and shows_exchanges(numbers[s.id], s, asked)}
    if redaction is None:
        return shown
    return {name: _without(one, redaction.of(name)) for name, one in shown.items() if redaction.of(name).sent}


def _without(private: Private, redacted: RedactedOrigin) -> Private:
    """What of a visit's exchanges is left out, and what is redacted of it, too."""
    return replace(
        private,
        exchanges=tuple(sorted({*private.exchanges, *redacted.exchanges})),
        sockets=tuple(sorted({*private.sockets, *redacted.sockets})),
        parts=tuple(sorted({*private.parts, *redacted.told})),
    )


def _stand_in(chosen: Selection) -> str:
    """The alias under which a page was seen or saved, or ""."""
    names = (*(s.visit.alias for s in chosen.snapshots), *(f.page.alias for f in chosen.files if f.page))
    return next(filter(None, names), "")


def plan_digest(made: PackPlan) -> str:
    """SHA-256 of the plan's canonical JSON, by which its renderings are found again."""
    return sha256(canonical(made))


def _require_one_way(choices: Choices, redaction: Redaction | None) -> None:
    """What is redacted is redacted everywhere, or the pack must not say so."""
    if choices.redact and choices.with_originals:
        raise WrongRequest(
            "A redacted pack cannot show every original.",
            "Leave out --with-originals, or --redact. One by one: --open A01/dom.",
        )
    if (choices.redact_also or choices.redact_boxes) and not choices.redact:
        raise WrongRequest("Words and boxes are taken out of a redacted pack only.", "Add --redact.")
    if choices.redact and redaction is None:
        raise ValueError("nothing was decided of what to take out")


def _require_boxes(choices: Choices, exhibits: tuple[Exhibit, ...]) -> None:
    there = [exhibit.number for exhibit in exhibits]
    for box in boxes_of(choices.redact_boxes):
        if box.exhibit not in there:
            raise WrongRequest(
                f"Nothing of this pack is called {box.exhibit}.", f"Its exhibits: {', '.join(there) or 'none'}."
            )


def _require_reasons(reasons: tuple[str, ...]) -> None:
    unknown = [reason for reason in reasons if reason not in REASONS]
    if unknown:
        raise WrongRequest(f"{unknown[0]!r} is not a reason for a claim.", "Reasons: " + ", ".join(REASONS))


def _name(casefile: CaseFile, reasons: tuple[str, ...]) -> str:
    local: date = casefile.as_of.astimezone(ZoneInfo(casefile.zone)).date()
    return "-".join([slug(casefile.order), *(reasons or ("record",)), f"{local:%Y%m%d}"])


def _entries(casefile: CaseFile) -> tuple[int, ...]:
    """The ledger numbers of the case, but for files that were added after the day of the pack."""
    files = {file.seq for file in casefile.files}
    return tuple(sorted(e.seq for e in casefile.events if not e.kind.startswith("file") or e.seq in files))


def _numbers(exhibits: tuple[Exhibit, ...], chosen: Selection) -> Mapping[str, str]:
    """Exhibit number by snapshot id or file id."""
    numbers = {exhibit.snapshot: exhibit.number for exhibit in exhibits if exhibit.witnessed}
    files = (exhibit for exhibit in exhibits if not exhibit.witnessed)
    return numbers | {file.id: exhibit.number for file, exhibit in zip(chosen.files, files, strict=True)}
