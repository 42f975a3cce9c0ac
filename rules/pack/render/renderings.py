"""Everything of a pack that is made rather than kept: copies, report, viewer, timeline, submission, statements."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from collector.canonical import as_json, canonical, commitment, sha256
from collector.model import ORIGINS, AddedFile, Artefact, Exhibit, Fact, Private, Snapshot
from rules.language.dates import both
from rules.pack.cores import all_cores, on_all_cores
from rules.pack.plan.bates import bates
from rules.pack.plan.camera import camera_sentence, moment_words
from rules.pack.plan.exhibits import artefact_name, folder, tiles
from rules.pack.plan.plan import AuthorityStamp, PackPlan
from rules.pack.plan.timeline import timeline_csv, timeline_json
from rules.pack.plan.unkept import Unkept
from rules.pack.plan.withheld import together
from rules.pack.plan.wording import UNWITNESSED, say
from rules.pack.redact.boxes import blackened, boxes_of, covered
from rules.pack.redact.decided import RedactedOrigin, RedactedPicture, Redaction
from rules.pack.render.changed import Pictures, change_pictures, picture_path
from rules.pack.render.contact import Cell, OwnLeaves, OwnPicture, cells_of, small
from rules.pack.render.copies import (
    Stamp,
    conversation_copies,
    frame_sheet,
    instead_of,
    page_copies,
    photo_copy,
    picture_size,
)
from rules.pack.render.marks import Framed, marks_of
from rules.pack.render.pdf import finished, pages_of
from rules.pack.render.report import left_out_of, masked_text, render_report, render_text, render_viewer, unreplayed
from rules.pack.render.sheets import fits
from rules.pack.submission.paper import Binder, NoBinder
from rules.pack.submission.papers import own_papers, words_of
from rules.pack.submission.submission import submissions

WEB_ARCHIVE, REDACTED = "data/archive.wacz", "data/redacted/"
REDACTED_COPY = (
    "A copy of the text of {}, made for this pack: personal data are taken out, and [name], [phone] and the like stand "
    "where they stood. The original is sealed and stays with the buyer."
)
Get = Callable[[str], bytes]
WebArchive = Callable[[Iterable[Snapshot], Mapping[str, Private]], bytes]
Inside = Callable[[str, frozenset[str]], Iterable[tuple[str, bytes]]]
Look = Callable[[str, str, bytes | None], Iterable[OwnPicture]]
Leaf = Callable[[str], OwnLeaves]
Read = Callable[[AddedFile], tuple[str, ...]]
_HALF_SHEET, _UPRIGHT = (
    1.6,
    1.25,
)  # times: letters on what is printed smaller than a page, because two share a sheet, or it is tall
MOST_PICTURES = 40  # of a conversation that brought more, the older ones are in the original alone


class PrintPdf(Protocol):
    """Prints a page as PDF, or with `again` the page that is made of its first print."""

    def __call__(self, html: str, again: Callable[[bytes], str] = ..., /) -> bytes:
        """The PDF."""


def make_renderings(
    plan: PackPlan,
    get: Get,
    sealed: Mapping[str, Mapping[str, Any]],
    print_pdf: PrintPdf,
    web_archive: WebArchive,
    inside: Inside = lambda _digest, _names: (),
    look: Look = lambda _media_type, _digest, _data: (),
    leaf: Leaf = lambda _digest: OwnLeaves(),
    binder: Binder = NoBinder(),  # noqa: B008 - it holds nothing
    read: Read = lambda _: (),
    redacted: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, bytes]:
    """Bag path to bytes of everything that is made once and then kept with the plan's digest.

    `get` gives a stored object by its digest; `sealed` is what the ledger's entries say of the visits, by snapshot id;
    `print_pdf` prints a self-contained HTML page on A4; `web_archive` gives the exchanges of visits but for what is
    private, as a WACZ, or b"" where none was kept; `inside` gives name and bytes of the files of these names in a stored zip
    or mail; `look` gives what is to be seen of a photo or video, by its media type and digest, or of the bytes of one;
    `leaf` draws the pages of a stored PDF; `binder` takes pages out of PDFs and puts them together; `read` gives the text of
    one of the buyer's files, paragraph by paragraph; `redacted` are the texts of visits and files with personal data taken
    out, by their ids; `tell` is told what is being made.
    """
    wacz = web_archive([s for s in plan.snapshots if s.id in plan.exchanges], plan.exchanges)
    drawn = _all_drawn(plan, _Sources(get, inside, look, leaf), tell)
    copies = {number: one.copies for number, one in drawn.items()}
    shots = {number: one.shots for number, one in drawn.items()}
    unpaged = tuple(one.unpaged for one in drawn.values() if one.unpaged)
    tell("making the report, the viewer and what is handed in")
    paths = {exhibit.number: _copy_paths(exhibit, copies[exhibit.number]) for exhibit in plan.exhibits}
    changed = change_pictures(plan, get)
    cells = cells_of(plan, _without_boxes(plan, shots))
    report = _report(plan, copies, cells, changed, unpaged, print_pdf, has_wacz=bool(wacz))
    made: dict[str, bytes] = {WEB_ARCHIVE: wacz} if wacz else {}
    for exhibit in plan.exhibits:
        made |= dict(zip(paths[exhibit.number], copies[exhibit.number], strict=True))
        made |= _records(plan, exhibit, sealed)
        made |= _redacted_text(exhibit, (redacted or {}).get(plan.origin(exhibit), ""))
    made["data/report.pdf"] = report
    made |= {picture_path(*which): picture for which, picture in changed.items()}
    frames = {number: one.frames for number, one in drawn.items()}
    sizes = {path: picture_size(made[path]) for all_of in paths.values() for path in all_of}
    viewer = render_viewer(
        plan, paths, has_wacz=bool(wacz), changed=changed, shots=shots, frames=frames, sizes=sizes, unpaged=unpaged
    )
    made["data/index.html"] = viewer.encode("utf-8", "replace")
    made["data/timeline.csv"] = timeline_csv(plan.timeline)
    made["data/timeline.json"] = timeline_json(plan.timeline)
    made["data/certificate.md"] = _certificate(plan)
    made["data/VERIFY.md"] = _how_to_verify(plan, has_wacz=bool(wacz))
    made["data/verify.py"] = (Path(__file__).parents[1] / "templates" / "verify.py").read_bytes()
    words = partial(words_of, plan, read, redacted or {})
    unopened = frozenset(one.exhibit for one in unpaged if one.unopened)
    own = own_papers(plan, copies, _own_pdfs(plan, get, unopened), words, print_pdf)
    return made | submissions(plan, copies, own, unopened, report, binder, print_pdf, has_wacz=bool(wacz))


def _shots(plan: PackPlan, exhibit: Exhibit, look: Look) -> tuple[OwnPicture, ...]:
    """What is to be seen of a photo or video of the buyer's; nothing of what is withheld, and of other files."""
    file = plan.file(exhibit)
    if file is None or not file.is_picture:
        return ()
    redacted = plan.redaction.of(file.id) if plan.redaction else None
    shown = exhibit.files or (redacted is not None and redacted.drawn)
    shots = tuple(look(file.media_type, file.digest, None)) if shown else ()
    return shots if redacted is None or redacted.pictures is None else _blackened(shots, redacted.pictures)


def _blackened(shots: Sequence[OwnPicture], read: Iterable[RedactedPicture]) -> tuple[OwnPicture, ...]:
    """The pictures with black boxes; what is not among those that a machine read is left out."""
    by_moment = {picture.at_ms: picture for picture in read}
    return tuple(
        OwnPicture(blackened(shot.data, by_moment[shot.at_ms]), shot.at_ms) for shot in shots if shot.at_ms in by_moment
    )


def _without_boxes(plan: PackPlan, shots: Mapping[str, tuple[OwnPicture, ...]]) -> dict[str, tuple[OwnPicture, ...]]:
    """The pictures on which nothing has to be covered."""
    if plan.redaction is None:
        return dict(shots)
    boxed = {box.exhibit for box in boxes_of(plan.choices.redact_boxes)}
    dark = {e.number for e in plan.exhibits if not plan.redaction.of(plan.origin(e)).pages_known}
    return {number: () if number in boxed | dark else own for number, own in shots.items()}


def _report(
    plan: PackPlan,
    copies: Mapping[str, list[bytes]],
    cells: tuple[Cell, ...],
    changed: Pictures,
    unpaged: Sequence[Unkept],
    print_pdf: PrintPdf,
    *,
    has_wacz: bool,
) -> bytes:
    """The report within its size, each page number in its contents read from a first print."""
    report, limit = b"", plan.choices.report_mb * 1_000_000
    for fit in fits(copies, limit):
        page = partial(render_report, plan, copies, has_wacz, cells=cells, changed=changed, unpaged=unpaged, fit=fit)
        report = finished(print_pdf(page(), partial(_numbered, page)), plan.name)
        if len(report) <= limit:
            break
    return report


def _numbered(page: Callable[..., str], printed: bytes) -> str:
    """The page with the page numbers that a print of its draft shows."""
    return page(pages=pages_of(printed))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The reading copies of an exhibit, and the frames on them; of a photo or video also what is to be seen of it, small.

    `unpaged` says which pages of a PDF were not drawn, and why.
    """

    copies: list[bytes]
    shots: tuple[OwnPicture, ...]
    frames: tuple[Framed, ...] = ()
    unpaged: Unkept | None = None


@dataclass(frozen=True, slots=True)
class _Sources:
    """What copies are drawn from, as `make_renderings` is given it."""

    get: Get
    inside: Inside
    look: Look
    leaf: Leaf


def _all_drawn(plan: PackPlan, sources: _Sources, tell: Callable[[str], None]) -> dict[str, _Drawn]:
    """By exhibit number, each page with its number in the pack.

    On all cores: a photo or video has one number, whether it can be drawn or not, so nothing that follows waits for it.
    """
    begun: dict[str, Future[_Drawn]] = {}
    counts: dict[str, int] = {}
    made: dict[str, _Drawn] = {}
    with warnings.catch_warnings(action="ignore"), all_cores() as pool:  # of pictures that are damaged
        for exhibit in plan.exhibits:
            first = bates(plan.exhibits, counts)[exhibit.number].first
            drawn = begun[exhibit.number] = pool.submit(_drawn, plan, exhibit, sources, first)
            file = plan.file(exhibit)
            counts[exhibit.number] = 1 if file is not None and file.is_picture else len(drawn.result().copies)
        for number, one in begun.items():
            made[number] = one.result()
            tell(f"drawing the reading copies: exhibit {len(made)} of {len(begun)}")
    return made


def _drawn(plan: PackPlan, exhibit: Exhibit, sources: _Sources, first: int) -> _Drawn:
    shots, frames, unpaged = _shots(plan, exhibit, sources.look), list[Framed](), None
    if shots:
        copies = _shot_copies(plan, exhibit, shots, first)
    elif _is_pdf(plan, exhibit) and exhibit.files:
        copies, unpaged = leaf_copies(plan, exhibit, sources.leaf, first)
    else:
        copies = _copies(plan, exhibit, sources, first, frames.append)
    seen = tuple(replace(shot, data=small(shot.data)) for shot in shots) if copies else ()  # else none can be drawn
    return _Drawn(covered(copies, exhibit.number, boxes_of(plan.choices.redact_boxes)), seen, tuple(frames), unpaged)


def copies_to_cover(plan: PackPlan, get: Get, inside: Inside, look: Look, leaf: Leaf) -> dict[str, list[bytes]]:
    """The reading copies of a redacted pack by exhibit number, without the buyer's own boxes, for drawing these: also the
    pages that are shown with such a box alone. A box's page is counted from 1 in these lists.
    """
    redaction = plan.redaction or Redaction({})
    known = {name: replace(one, pages_known=True, stops_known=True) for name, one in redaction.origins.items()}
    bare = replace(plan, redaction=Redaction(known), choices=replace(plan.choices, redact_boxes=()))
    return {
        number: one.copies for number, one in _all_drawn(bare, _Sources(get, inside, look, leaf), lambda _: None).items()
    }


def _redacted_text(exhibit: Exhibit, text: str) -> dict[str, bytes]:
    """The redacted copy of an exhibit's text. It is made, so it lies beside the exhibits and not among their originals."""
    if not text:
        return {}
    where = folder(exhibit).replace("data/exhibits/", REDACTED, 1)
    return {f"{where}text.txt": f"{REDACTED_COPY.format(exhibit.number)}\n\n{text}\n".encode("utf-8", "replace")}


def _copies(plan: PackPlan, exhibit: Exhibit, sources: _Sources, first: int, seen: Callable[[Framed], None]) -> list[bytes]:
    """Reading copies of one exhibit, numbered from `first`: only of what is shown, never of what is withheld."""
    snapshot, file = plan.snapshot(exhibit), plan.file(exhibit)
    alarm = f"LOCAL STAND-IN ({plan.stand_in}): no evidence of what the real site showed" if plan.stand_in else ""
    if snapshot is not None:
        return _page_copies(plan, exhibit, snapshot, sources.get, alarm, first, seen)
    if file is None or not exhibit.files or file.is_picture:
        return []
    return _sent_pictures(plan, exhibit, file, sources.inside, sources.look, first)


def _shot_copies(plan: PackPlan, exhibit: Exhibit, shots: Sequence[OwnPicture], first: int) -> list[bytes]:
    """The stamped copy of a photo, or one sheet with the frames of a video."""
    file = plan.file(exhibit)
    assert file is not None  # only files have shots
    said = camera_sentence(plan.camera.get(file.id))
    if shots[0].at_ms is None:
        copies = _photo_copies(plan, exhibit, file.name, file.digest, shots[0].data, first, said=said)
        known = plan.redaction is None or plan.redaction.of(file.id).pages_known
        return copies if known else _with_boxes_alone(plan, exhibit, copies, 0)
    where = f" The video itself lies beside it in {folder(exhibit)}" if exhibit.files else ""
    foot = f"Made of the video, each with its place in it.{where}"
    stamp = replace(_photo_stamp(plan, exhibit, file.name, file.digest, first, said=said), foot=foot)
    return [frame_sheet([(shot.data, moment_words(shot.at_ms or 0)) for shot in shots], stamp)]


def leaf_copies(plan: PackPlan, exhibit: Exhibit, leaf: Leaf, first: int) -> tuple[list[bytes], Unkept | None]:
    """The stamped pages of a PDF of the buyer's, and which of its pages were not drawn, and why; None where all were."""
    file = plan.file(exhibit)
    assert file is not None  # only files are PDFs
    leaves = leaf(file.digest)
    stamp = replace(
        _photo_stamp(plan, exhibit, file.name, file.digest, first),
        foot=f"Reading copy, drawn from the PDF, which lies beside it in {folder(exhibit)}",
        larger=_UPRIGHT,
    )
    leaf_copy = partial(_leaf_copy, stamp, leaves.count)
    copies = list(filter(None, on_all_cores(leaf_copy, enumerate(leaves.pictures, 1))))
    return copies, _not_drawn(exhibit.number, len(copies), leaves)


def _leaf_copy(stamp: Stamp, count: int, leaf: tuple[int, bytes]) -> bytes | None:
    number, picture = leaf
    return photo_copy(picture, stamp, number, count)


def _not_drawn(exhibit: str, drawn: int, leaves: OwnLeaves) -> Unkept | None:
    there = "the file itself lies in the pack"
    if not drawn:
        why = f"{leaves.problem or 'It cannot be drawn'}; {there}"
        return Unkept(exhibit, "The pages of the PDF as pictures", why, unopened=bool(leaves.problem))
    if drawn == leaves.count:
        return None
    first, last = drawn + 1, leaves.count
    which = f"Page {first}" if first == last else f"Pages {first} to {last}"
    return Unkept(
        exhibit, f"{which} of the PDF as pictures", f"A report has no room for more, or they cannot be drawn; {there}"
    )


def _with_boxes_alone(plan: PackPlan, exhibit: Exhibit, copies: list[bytes], before: int) -> list[bytes]:
    """Of copies on which nobody knows all places that have to be covered, those on which the buyer drew boxes.

    `before` is how many copies of the exhibit stand before these. Where the exhibit has no box at all, it has none of them.
    """
    boxed = {box.page for box in boxes_of(plan.choices.redact_boxes) if box.exhibit == exhibit.number}
    why = f"This page of {exhibit.number} is withheld: it may show what the buyer had taken out of this pack."
    return [copy if page in boxed else instead_of(copy, why) for page, copy in enumerate(copies, before + 1) if boxed]


def _photo_copies(
    plan: PackPlan, exhibit: Exhibit, name: str, digest: str, data: bytes, first: int, which: str = "", said: str = ""
) -> list[bytes]:
    """The stamped copy of one picture, or none where it cannot be drawn."""
    copy = photo_copy(data, _photo_stamp(plan, exhibit, name, digest, first, which, said))
    return [copy] if copy else []


def _photo_stamp(
    plan: PackPlan, exhibit: Exhibit, name: str, digest: str, first: int, which: str = "", said: str = ""
) -> Stamp:
    file = plan.file(exhibit)
    added = f"Added {both(file.added_at, plan.zone)}; order {plan.order}" if file else f"Order {plan.order}"
    sealed, foot = f"SHA-256 of the original: {digest}", f"Reading copy. The original lies beside it in {folder(exhibit)}"
    if file and not exhibit.files:
        sealed = f"Commitment to the original, which is withheld, see index.html: {commitment(file.salt, file.digest)}"
        foot = "Reading copy."
    lines = (f"{UNWITNESSED}: {name}", *([said] if said else []), f"{which}{added}", sealed)
    return Stamp(f"{exhibit.number}  {exhibit.title}", lines, foot, first=first, larger=_HALF_SHEET)


def _sent_pictures(plan: PackPlan, exhibit: Exhibit, file: AddedFile, inside: Inside, look: Look, first: int) -> list[bytes]:
    """The pictures that came with a conversation in its zip or mail, oldest first."""
    sent = {
        say(attached["name"]): attached["digest"]
        for fact in plan.facts
        if fact.snapshot == file.id and fact.name == "chat.messages" and isinstance(fact.value, tuple | list)
        for message in fact.value
        for attached in message["attachments"]
        if attached["kind"] == "image" and attached["digest"]
    }
    names = list(sent)[-MOST_PICTURES:]
    found = {sha256(data): data for _, data in inside(file.digest, frozenset(names))} if names else {}
    there = [(n, name) for n, name in enumerate(names, len(sent) - len(names) + 1) if sent[name] in found]
    looked = on_all_cores(lambda one: tuple(look("image/", sent[one[1]], found[sent[one[1]]])), there)
    copies: list[bytes] = []
    for (number, name), shots in zip(there, looked, strict=True):
        which = f"Picture {number} of {len(sent)} in the conversation. "
        for shot in shots:
            here = first + len(copies)
            copies += _photo_copies(plan, exhibit, f"{name} in {file.name}", sent[name], shot.data, here, which)
    return copies


def _page_copies(
    plan: PackPlan, exhibit: Exhibit, snapshot: Snapshot, get: Get, alarm: str, first: int, seen: Callable[[Framed], None]
) -> list[bytes]:
    """The page from top to bottom, then the conversation that was walked in it, but for what the page shows already."""
    shown, redacted = set(exhibit.files.values()), plan.redaction.of(snapshot.id) if plan.redaction else RedactedOrigin()
    pictures = tuple(tile for tile in tiles(snapshot) if tile.digest in shown or tile.part in redacted.drawn)
    closed = {tile.part for tile in pictures if tile.digest not in shown}
    marks = marks_of(plan.facts, snapshot.id, plan.site)
    frames = " The frames and their names were drawn on it." if marks else ""
    where = "Personal data are black; the originals are withheld." if closed else f"Originals: {folder(exhibit)}"
    foot = f"Reading copy, joined from the captured pictures.{frames} {where}"

    def stamp(used: tuple[Artefact, ...]) -> Stamp:
        source = _sources(used, {picture.part for picture in pictures} - closed)
        return replace(_page_stamp(plan, exhibit, snapshot, source, foot, alarm), first=first)

    copies = page_copies(pictures, get, stamp, marks, redacted.covered, seen if redacted.pages_known else lambda _: None)
    if not redacted.pages_known:
        copies = _with_boxes_alone(plan, exhibit, copies, 0)
    screens = tuple(a for a in snapshot.artefacts if a.role == "screen")
    open_ones = {a.part for a in screens if a.digest in shown}
    if len(screens) > 1 or not pictures:
        parts = tuple(sorted(open_ones.union(plan.cropped.get(snapshot.id, ()), redacted.stops)))
        after = first + len(copies)

        def pane_stamp(used: tuple[Artefact, ...]) -> Stamp:
            return replace(_pane_stamp(plan, exhibit, snapshot, open_ones, alarm, used), first=after)

        walked = conversation_copies(screens, parts, get, pane_stamp, dict(redacted.stop_covers))
        copies += walked if redacted.stops_known else _with_boxes_alone(plan, exhibit, walked, len(copies))
    return copies


def _sources(used: tuple[Artefact, ...], shown: set[int]) -> str:
    """What pictures a copy is made of. One that is withheld is named by its commitment, never by its digest."""
    withheld = any(picture.part not in shown for picture in used)
    names = ", ".join(
        f"{artefact_name(a)} {(a.digest if a.part in shown else commitment(a.salt, a.digest))[:16]}" for a in used
    )
    what = "commitments: the pictures themselves are withheld, see index.html" if withheld else "SHA-256"
    return f"From {names} ({what})"


def _page_stamp(plan: PackPlan, exhibit: Exhibit, snapshot: Snapshot, source: str, foot: str, alarm: str) -> Stamp:
    how = "kept in part" if snapshot.outcome == "partial" else snapshot.outcome
    lines = (
        f"{snapshot.visit.final or snapshot.visit.requested}",
        f"Seen {both(snapshot.visit.machine_time, plan.zone)}; snapshot {snapshot.id}; {how}",
        source,
    )
    return Stamp(f"{exhibit.number}  {exhibit.title}", lines, foot, alarm)


def _pane_stamp(
    plan: PackPlan, exhibit: Exhibit, snapshot: Snapshot, shown: set[int], alarm: str, used: tuple[Artefact, ...]
) -> Stamp:
    """What is said of a conversation's pages."""
    who = next((f.value for f in plan.facts if (f.snapshot, f.name, f.state) == (snapshot.id, "thread.with", "read")), "")
    whose = f"the conversation with {who}" if who else "the conversation"
    foot = f"Reading copy: {whose} alone, cut out of the captured pictures and joined where its messages repeat."
    stamp = _page_stamp(plan, exhibit, snapshot, _sources(used, shown), foot, alarm)
    return replace(stamp, title=f"{stamp.title}, oldest message first")


def _copy_paths(exhibit: Exhibit, copies: list[bytes]) -> list[str]:
    base = folder(exhibit)
    suffixes = (".jpg" if copy.startswith(b"\xff\xd8") else ".png" for copy in copies)
    return [f"{base}copy-{number}{suffix}" for number, suffix in enumerate(suffixes, 1)]


def _records(plan: PackPlan, exhibit: Exhibit, sealed: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """snapshot.json as the ledger sealed it, and facts.json with the place of each fact; of a saved page its facts alone."""
    snapshot, file = plan.snapshot(exhibit), plan.file(exhibit)
    if snapshot is None:
        own = [f for f in plan.facts if file is not None and f.snapshot == file.id]
        hidden = {one.digest for one in file.sealed} - set(exhibit.files.values()) if file else set()
        record = {
            "v": 1,
            "exhibit": exhibit.number,
            "origin": ORIGINS["saved"],
            "facts": [_fact_record(f, hidden) for f in own],
        }
        return {f"{folder(exhibit)}facts.json": canonical(record) + b"\n"} if own else {}
    closed = {item.digest for item in snapshot.artefacts} - set(exhibit.files.values())
    facts = [_fact_record(fact, closed) for fact in plan.facts if fact.snapshot == snapshot.id]
    made = {f"{folder(exhibit)}facts.json": canonical({"v": 1, "exhibit": exhibit.number, "facts": facts}) + b"\n"}
    if plan.redaction is None or plan.redaction.of(snapshot.id).recorded:
        made[f"{folder(exhibit)}snapshot.json"] = canonical(sealed[snapshot.id]) + b"\n"
    return made


def _fact_record(fact: Fact, closed: set[str]) -> object:
    """A fact as JSON; a place in a file that is not shown does not name that file's digest."""
    record = as_json(fact)
    if fact.place is not None and fact.place.digest in closed:
        record["place"] = {**record["place"], "digest": ""}
    return record


def _certificate(plan: PackPlan) -> bytes:
    pages = [
        {
            "exhibit": exhibit, "seen": both(snapshot.visit.machine_time, plan.zone),
            "address": snapshot.visit.final or snapshot.visit.requested,
            "browser": say(dict(snapshot.visit.browser)) or "not recorded", "outcome": snapshot.outcome, "why": snapshot.why,
            "masked": masked_text(snapshot).rstrip(".").replace("Masked", "masked"),
        }
        for exhibit in plan.exhibits if (snapshot := plan.snapshot(exhibit)) is not None
    ]  # fmt: skip
    return render_text(
        "certificate.md.j2", plan=plan, pages=pages, exceptions=tuple(_exceptions(plan)),
        own=[e for e in plan.exhibits if not e.witnessed],
        stamped=[w.name for w in plan.covering.authorities if w.stamped_at],
        proven=plan.covering.proven_until,
        supplier=next((line.text for line in plan.claim.parties if line.label == "Supplier"), ""),
    )  # fmt: skip


def _exceptions(plan: PackPlan) -> Iterator[str]:
    """Whatever a witness must not pass over: what was not seen, not kept, is withheld, or was left out of the pack."""
    yield from (
        f"{row.when}: {row.text}" for row in plan.timeline if row.kind == "visit" and not row.text.endswith(": complete")
    )
    for exhibit in plan.exhibits:
        snapshot = plan.snapshot(exhibit)
        if snapshot is not None:
            yield from (f"{exhibit.number}: not kept: {loss}" for loss in snapshot.visit.losses)
            steps = (step for step in snapshot.steps if step.outcome not in ("ok", "skipped"))
            yield from (f"{exhibit.number}: step {step.name}: {step.outcome}: {step.why}" for step in steps)
    for group in together(plan.withheld):
        yield f"{group.exhibit}: kept and sealed, but withheld from this pack, because {group.why}: {group.what}"
    for line in left_out_of(plan):
        yield f"{line}: left out of the web archive, because it may tell of other conversations"
    for number in unreplayed(plan):
        yield f"{number}: the web archive shows nothing of what the site sent for it"
    if plan.lacking:
        yield f"The conversation: {plan.lacking}. More may have been written than is shown"
    if plan.choices.exclude or plan.choices.since:
        yield "The buyer left pages or files out of this pack; the sealed records name them"


def _how_to_verify(plan: PackPlan, *, has_wacz: bool) -> bytes:
    """VERIFY.md. It names no time at which it was made: the same key signed the checkpoint, whose time openssl is given."""
    sealed = plan.covering.at or plan.as_of
    witnesses = [witness for witness in plan.covering.authorities if re.fullmatch(r"[a-z0-9][a-z0-9-]*", witness.name)]
    stamped = [witness for witness in witnesses if witness.stamped_at]
    return render_text(
        "verify.md.j2", plan=plan, witnesses=witnesses, stamped=stamped,
        stamped_by_now=int(max((sealed, *_times(stamped))).timestamp()),
        sealed=int(sealed.timestamp()), checkpoint=f"{plan.covering.size:06d}", has_wacz=has_wacz,
        left_out=left_out_of(plan), unreplayed=unreplayed(plan), absent=together(plan.withheld),
    )  # fmt: skip


def _times(witnesses: Iterable[AuthorityStamp]) -> Iterator[datetime]:
    """When each stamped the checkpoint. A machine whose clock is behind must not send a reader back before that."""
    return (witness.stamped_at for witness in witnesses if witness.stamped_at is not None)


def _is_pdf(plan: PackPlan, exhibit: Exhibit) -> bool:
    file = plan.file(exhibit)
    return file is not None and file.media_type == "application/pdf"


def _own_pdfs(plan: PackPlan, get: Get, unopened: frozenset[str]) -> dict[str, bytes]:
    """The buyer's own PDFs by bag path, but for those that nobody can open: handed in they show nothing."""
    kept = (e for e in plan.exhibits if not e.witnessed and e.number not in unopened)
    own = {path: (e, digest) for e in kept for path, digest in e.files.items()}
    return {
        path: data
        for path, (e, digest) in own.items()
        if (path.lower().endswith(".pdf") or _is_pdf(plan, e)) and (data := get(digest))[:4] == b"%PDF"
    }
