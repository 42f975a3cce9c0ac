"""Which visits and files are shown, under which number and name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.canonical import canonical
from collector.errors import WrongRequest
from collector.kinds import file_kind, file_rank, page_kind, page_rank
from collector.model import AddedFile, Artefact, CameraData, Exhibit, Private, Snapshot, kept_in_part
from rules.case.casefile import CaseFile
from rules.language.dates import both
from rules.pack.bag.bag import is_safe
from rules.pack.plan.camera import camera_sentence
from rules.pack.plan.changed import adverse_changes
from rules.pack.plan.withheld import (
    Withheld,
    asked_of,
    closed_artefacts,
    closed_file,
    require_there,
)
from rules.pack.plan.wording import UNWITNESSED, listed
from rules.pack.redact.decided import RECORD_KEPT, TAKEN_OUT, Redaction
from rules.policy.fact_names import COMPARED

# What came of exchanges is not among them: it is shown as a web archive.
ROLES = ("tile", "dom", "text", "boxes", "screen", "stretch", "layout", "mhtml", "pdf", "network")
_NAMES = {"dom": "dom", "text": "text", "mhtml": "page", "pdf": "page", "network": "network", "tile": "tile"}
_SUFFIXES = {
    "text/html": ".html",
    "text/plain": ".txt",
    "multipart/related": ".mhtml",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}
# Added to the name of a file of another format, so that it opens as what it is: "IMG_1.heic.jpg".
_TRUE_SUFFIXES = {
    **_SUFFIXES, "image/gif": ".gif", "image/webp": ".webp", "image/tiff": ".tif", "image/heic": ".heic",
    "image/avif": ".avif", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/webm": ".webm",
    "video/x-matroska": ".mkv", "video/x-msvideo": ".avi", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg",
    "audio/x-wav": ".wav", "application/zip": ".zip", "application/rtf": ".rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
# Endings under which nothing runs or asks a site for anything, on any system and with any server that goes by them. Not .gz:
# a server may unpack it on the way ("page.html.gz").
_AT_REST = frozenset(
    "jpg jpeg jfif png gif webp bmp tif tiff heic heif avif mp4 m4v mov avi mkv webm 3gp mpg mpeg mp3 m4a wav ogg opus amr "
    "aac pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv json zip rar 7z dwg dxf psd ai".split()
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose: `include` and `exclude` name visits, files or kinds; `since` is a day in the case's zone.

    `open` names what is withheld by default and shown all the same: exhibit, or id, and role ("A01/dom"). `forums` are the
    places that a set of files is made for, beside the platform of the order. With `redact`
    personal data are taken out, and every one of the words `redact_also`; `redact_boxes` are areas of reading copies that
    are covered ("A01:2:x,y,w,h", as `rules.pack.redact.boxes.boxes_of` takes them). `report_mb`: how many megabytes
    report.pdf may take.
    """

    all: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since: date | None = None
    redact: bool = False
    with_originals: bool = False
    open: tuple[str, ...] = ()
    forums: tuple[str, ...] = ()
    redact_also: tuple[str, ...] = ()
    redact_boxes: tuple[str, ...] = ()
    report_mb: int = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """The visits and files to show, each in the order of its exhibit number."""

    snapshots: tuple[Snapshot, ...]
    files: tuple[AddedFile, ...]


def slug(text: str) -> str:
    """ASCII letters, digits, dot, dash and underscore only, so that a name is the same on every system."""
    return _ascii(text) or "x"


def _ascii(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-.")


def choose(casefile: CaseFile, choices: Choices) -> Selection:
    """The newest complete visit of each target first, then others that showed something else, or between which something
    changed to the buyer's harm, then files.

    A target that was never seen whole is shown by its newest partial visit that could be read. Raises WrongRequest when
    `include` or `exclude` fit nothing. What is opened by the id of its visit is shown, too.
    """
    include = (*choices.include, *(one.what for one in asked_of(choices.open) if not one.by_number))
    _require_known(casefile, (*include, *choices.exclude))
    recent = [s for s in casefile.snapshots if _since(casefile, s, choices.since)]
    newest, earlier = _by_target(casefile, recent, choices.all)
    ends = {end.snapshot for change in adverse_changes(casefile, choices.since) for end in (change.first, change.then)}
    earlier += [s for s in recent if s.id in ends and s not in newest and s not in earlier]
    wanted = [s for s in casefile.snapshots if _fits(s, include) and s not in newest and s not in earlier]
    latest = sorted(newest, key=_page_rank)
    others = sorted([*earlier, *wanted], key=lambda s: (*_page_rank(s)[:1], s.visit.machine_time, s.id))
    pages = tuple(s for s in [*latest, *others] if not _fits(s, choices.exclude))
    files = sorted(casefile.files, key=lambda f: (file_rank(f.kind), f.added_at, f.seq))
    own = [f for f in files if f.page is None or f.page.ours or _fits(f, include)]
    return Selection(pages, tuple(f for f in own if not _fits(f, choices.exclude)))


def exhibits_of(
    casefile: CaseFile,
    chosen: Selection,
    choices: Choices,
    private: Mapping[str, Private],
    acting: Mapping[str, tuple[str, ...]],
    camera: Mapping[str, CameraData],
    redaction: Redaction | None = None,
) -> tuple[tuple[Exhibit, ...], tuple[Withheld, ...]]:
    """Numbered exhibits (A for pages that were seen, B for the buyer's own files), and what of them is not shown by default.

    `private` is what of a visit shows others, by its id; `acting` what a file may do when it is opened, by its id, and
    `camera` what it says of how it was taken. Raises WrongRequest where what is to be opened holds what is redacted.
    """
    taken = redaction or Redaction({})
    exhibits: list[Exhibit] = []
    closed: list[Withheld] = []
    asked = asked_of(choices.open)
    kept: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for count, snapshot in enumerate(chosen.snapshots, 1):
        number, others = f"A{count:02d}", private.get(snapshot.id, Private())
        own = closed_artefacts(
            number, snapshot, others, asked, everything=choices.with_originals, redacted=taken.of(snapshot.id).hidden
        )
        hidden = {(one.role, one.part) for one in own if not one.opened}
        kept[number, snapshot.id] = [(a.role, a.part) for a in snapshot.artefacts]
        shown = [a for a in snapshot.artefacts if a.role in ROLES and (a.role, a.part) not in hidden]
        exhibits.append(_page_exhibit(casefile, number, snapshot, shown))
        closed += own
    for count, file in enumerate(chosen.files, 1):
        number = f"B{count:02d}"
        own = closed_file(number, file, asked, everything=choices.with_originals, redacted=taken.of(file.id).hidden)
        kept[number, file.id] = [("file", n) for n, _ in enumerate(file.sealed)]
        shown_file = not own or own[0].opened
        acts, said = acting.get(file.id, ()), camera.get(file.id)
        exhibits.append(_file_exhibit(casefile, number, file, acts, said, shown=shown_file))
        closed += own
    require_there(asked, kept)
    _require_redacted(closed, taken)
    return tuple(exhibits), tuple(closed)


def _require_redacted(closed: Iterable[Withheld], redaction: Redaction) -> None:
    """What is opened must not hold what the same pack takes out."""
    for one in closed:
        if one.opened and redaction.of(one.origin).hidden.get((one.role, one.part)) in (TAKEN_OUT, RECORD_KEPT):
            raise WrongRequest(
                f"{one.name} holds what is to be taken out of this pack.", "Leave out either --redact or what opens it."
            )


def unjudged(snapshot: Snapshot) -> Private:
    """What is private of a visit that nobody has judged: a conversation altogether, because others stand beside it."""
    if snapshot.target.kind != "thread":
        return Private()
    return Private(page=True, parts=tuple((a.role, a.part) for a in snapshot.artefacts))


def folder(exhibit: Exhibit) -> str:
    """The exhibit's folder in the bag, with the slash: "data/exhibits/A01-order/"."""
    return f"data/exhibits/{exhibit.number}-{slug(exhibit.kind)}/"


def tiles(snapshot: Snapshot) -> tuple[Artefact, ...]:
    """The viewport captures of a visit, from the top of the page down."""
    return tuple(sorted((a for a in snapshot.artefacts if a.role == "tile"), key=lambda a: a.part))


def _page_exhibit(casefile: CaseFile, number: str, snapshot: Snapshot, shown: list[Artefact]) -> Exhibit:
    kind, visit = snapshot.target.kind, snapshot.visit
    seen = f"Seen {both(visit.machine_time, casefile.zone)} at {visit.final or visit.requested}."
    how = kept_in_part(snapshot.why) if snapshot.outcome == "partial" else f"{snapshot.outcome}: {snapshot.why.rstrip('.')}"
    state = f" {snapshot.why}".rstrip() if snapshot.outcome == "complete" else f" The page was {how}."
    base = f"data/exhibits/{number}-{slug(kind)}/"
    files = {base + artefact_name(artefact): artefact.digest for artefact in shown}
    return Exhibit(number, page_kind(kind).title, kind, seen + state, snapshot.id, files, True)


def _file_exhibit(
    casefile: CaseFile, number: str, file: AddedFile, acts: tuple[str, ...], camera: CameraData | None, *, shown: bool
) -> Exhibit:
    page = file.page.kind if file.page and file.page.outcome == "read" else ""
    title = f"{page_kind(page).title}, saved by hand" if page and page != "chat" else file_kind(file.kind).title
    note = f" The buyer's note: {file.note}" if file.note else ""
    text = f"{UNWITNESSED}: {file.name}, added {both(file.added_at, casefile.zone)}.{_saved(casefile, file)}"
    text += f" {file.belied}{note}" if file.belied else note
    if camera and shown:
        text += f" {camera_sentence(camera)}"
    if acts and shown:
        text += f" It holds {listed(acts)}, and lies here as it was given: open it only where these cannot run."
    base = f"data/exhibits/{number}-{slug(file.kind)}/"
    true = _TRUE_SUFFIXES.get(file.media_type, "") if file.belied else ""
    names = [original_name(file.name) + true, *("/".join(map(original_name, part.name.split("/"))) for part in file.parts)]
    digests = (file.digest, *(part.digest for part in file.parts))
    files = dict(zip((base + name for name in _distinct(map(at_rest, names))), digests, strict=True))
    return Exhibit(number, title, file.kind, text, "", files if shown else {}, False)


def _saved(casefile: CaseFile, file: AddedFile) -> str:
    """Where and when a page was saved, with who says so; of a conversation what was read; "" for other files."""
    page = file.page
    if page is None or page.outcome != "read":
        return ""
    if page.is_conversation:
        return f" Read from it: {page.why}. {page.caution}".rstrip()
    when = "Nothing says when it was saved"
    if page.saved_at:
        when = f"Saved {both(page.saved_at, casefile.zone)}, says {page.said_by}"
    return f" {when}; {f'from {page.url}' if page.url else 'it names no address'}."


def artefact_name(artefact: Artefact) -> str:
    """ "dom.html.txt", "tile-00.png", "dom-2.html.txt": by role, part and media type."""
    suffix = _SUFFIXES.get(artefact.media_type.partition(";")[0].strip(), ".bin")
    name = _NAMES.get(artefact.role, slug(artefact.role))
    if artefact.role == "tile":
        return f"{name}-{artefact.part:02d}{suffix}"
    return at_rest(f"{name}-{artefact.part}{suffix}" if artefact.part else f"{name}{suffix}")


def at_rest(name: str) -> str:
    """The name under which a file lies in the pack: as text, but for what is known to stay still when it is opened.

    A page that was kept would run its scripts and tell the site who reads the pack. Its bytes are not touched, so that its
    SHA-256 is the sealed one.
    """
    return name if _ending(name) in _AT_REST else f"{name}.txt"


def is_as_text(name: str) -> bool:
    """Whether a file of the pack has another ending before its ".txt": "dom.html.txt", "order.mhtml.txt"."""
    own = name.removesuffix(".txt")
    return own != name and bool(_ending(own)) and at_rest(own) == name


def _ending(name: str) -> str:
    """ "html" of "p_files/Page.HTML"; "" where there is none."""
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    return ending.lower() if stem else ""


def original_name(name: str) -> str:
    """The file's own name, made safe on every system and never one of the pack's own; what opens it, its ending, stays."""
    match = re.fullmatch(r"(.*)(\.[A-Za-z0-9]{1,10})", name, re.S)
    stem, ending = match.groups() if match else (name, "")
    safe = f"{_ascii(stem)[len(ending) - 80 :].lstrip('-.') or 'file'}{ending}"
    return f"file-{safe}" if re.match(r"(?i)copy-\d|facts\.json|snapshot\.json", safe) or not is_safe(safe) else safe


def _distinct(names: Iterable[str]) -> Iterator[str]:
    """Each name, with a number where another is the same on some system: none may take another's place."""
    taken: set[str] = set()
    for name in names:
        folder, slash, last = name.rpartition("/")
        stem, dot, ending = last.rpartition(".") if "." in last else (last, "", "")
        others = (f"{folder}{slash}{stem}-{number}{dot}{ending}" for number in range(2, len(taken) + 3))
        free = next(one for one in (name, *others) if one.casefold() not in taken)
        taken.add(free.casefold())
        yield free


def _by_target(casefile: CaseFile, snapshots: list[Snapshot], everything: bool) -> tuple[list[Snapshot], list[Snapshot]]:
    shown, alone = _shown_values(casefile), _shown_in_part_alone(casefile)
    newest: list[Snapshot] = []
    earlier: list[Snapshot] = []
    for target in dict.fromkeys(s.target.id for s in snapshots):
        visits = [s for s in snapshots if s.target.id == target and s.outcome in ("complete", "partial")]
        whole = [s for s in visits if s.outcome == "complete"]
        whole = whole or [s for s in visits if any(fact.snapshot == s.id for fact in casefile.facts)][-1:] or visits[-1:]
        if whole:
            newest.append(whole[-1])
            earlier += [
                s for s, after in pairwise(whole) if everything or _differs(shown.get(s.id, {}), shown.get(after.id, {}))
            ]
        if not everything:
            earlier += [s for s in visits if s.id in alone and s not in whole]
        if everything:
            earlier += [s for s in snapshots if s.target.id == target and s not in whole]
    return newest, earlier


def _shown_in_part_alone(casefile: CaseFile) -> set[str]:
    """The partial visits whose facts are in force, and those that alone show a message."""
    found = {fact.snapshot for name in COMPARED if (fact := casefile.seen(name)) and fact.lacks}
    known: set[tuple[str, str]] = set()
    told = [f for f in reversed(casefile.named("thread.messages")) if f.state == "read" and not f.saved]
    for fact in sorted(told, key=lambda f: bool(f.lacks)):  # whole ones first, then the newest
        messages = {_message(m) for m in _list(fact.value)}
        if fact.lacks and messages - known:
            found.add(fact.snapshot)
        known |= messages
    return found


def _shown_values(casefile: CaseFile) -> Mapping[str, Mapping[str, object]]:
    values: dict[str, dict[str, object]] = {}
    for fact in casefile.facts:
        if fact.snapshot and (fact.name in COMPARED or fact.name == "thread.messages"):
            values.setdefault(fact.snapshot, {})[fact.name] = fact.value if fact.state == "read" else fact.state
    return values


def _differs(earlier: Mapping[str, object], later: Mapping[str, object]) -> bool:
    """Whether the earlier visit showed a value that the next one did not.

    A conversation only grows, so it is compared by the messages that vanished instead.
    """
    messages = {_message(m) for m in _list(earlier.get("thread.messages"))}
    if messages - {_message(m) for m in _list(later.get("thread.messages"))}:
        return True
    before, after = ({k: v for k, v in values.items() if k in COMPARED} for values in (earlier, later))
    return canonical(before) != canonical(after)


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple | list) else ()


def _message(message: object) -> tuple[str, str]:
    if not isinstance(message, Mapping):
        return "", str(message)
    return str(message.get("id")), str(message.get("text"))


def _require_known(casefile: CaseFile, wanted: tuple[str, ...]) -> None:
    known: tuple[Snapshot | AddedFile, ...] = (*casefile.snapshots, *casefile.files)
    for name in wanted:
        if not any(_fits(item, (name,)) for item in known):
            raise WrongRequest(
                f"{name!r} is no visit, file or kind of page of this case.",
                "Give a snapshot's id, a file's name or id, or a kind such as product or photo.",
            )


def _fits(item: Snapshot | AddedFile, wanted: tuple[str, ...]) -> bool:
    if isinstance(item, Snapshot):
        return any(name and (name in (item.target.kind, item.target.id) or item.id.startswith(name)) for name in wanted)
    return any(name and name in (item.id, item.name, item.kind) for name in wanted)


def _since(casefile: CaseFile, snapshot: Snapshot, since: date | None) -> bool:
    return since is None or snapshot.visit.machine_time.astimezone(ZoneInfo(casefile.zone)).date() >= since


def _page_rank(snapshot: Snapshot) -> tuple[int, str, str]:
    return page_rank(snapshot.target.kind), snapshot.target.id, snapshot.id
