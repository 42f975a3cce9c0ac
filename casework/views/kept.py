"""What was kept and what it became: visits, files and packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from casework.blocks import Block, Result, Span, Table, Tone, View, hint, line, warnings
from casework.keeping.masked import masked, masked_words
from casework.views.sealing import PACK_SEAL, seal_lines
from collector.canonical import as_json
from collector.errors import DONE, PARTIAL, PERSON_NEEDED, VERIFICATION_FAILED, exit_code_of
from collector.kinds import in_words
from collector.model import ORIGINS
from collector.saved.record import page_record
from rules.language.facts import sentence
from rules.language.words import time_words
from rules.pack.plan.withheld import together

if TYPE_CHECKING:
    from casework.keeping.add import KeptFile
    from casework.keeping.capture import Captured
    from casework.proving.export import ExportAnswer
    from casework.proving.pack import Destination, Disclosed, PackAnswer, PackPreview
    from collector.archive.sealing import SealState
    from collector.model import AddedFile, Exhibit, SavedPage, Snapshot


_OUTCOME: dict[str, Tone] = {"complete": "good", "partial": "warning", "blocked": "bad", "failed": "bad"}


def outcome_codes(snapshots: Iterable[Snapshot], seal: SealState | None = None) -> set[int]:
    """The exit codes that visits call for: a wall, or a key that is lost, needs a person; less than whole is partial."""
    codes = {PERSON_NEEDED if s.outcome == "blocked" else PARTIAL for s in snapshots if s.outcome != "complete"}
    return codes | ({PERSON_NEEDED} if seal and seal.word == "unsigned" else set())


def snapshot_row(snapshot: Snapshot) -> dict[str, object]:
    """A snapshot in the contract's form; `digest` is the SHA-256 of the page's stored DOM, "" where none was kept."""
    dom = next((a.digest for a in snapshot.artefacts if a.role == "dom" and a.part == 0), "")
    target = snapshot.target
    return {
        "id": snapshot.id, "case": target.case, "kind": target.kind, "url": target.url, "outcome": snapshot.outcome,
        "why": snapshot.why, "digest": dom, "at": as_json(snapshot.visit.machine_time),
        "masked": dict(sorted(masked([snapshot]).items())),
    }  # fmt: skip


def captured(answer: Captured) -> View:
    """The visits of one capture, and what seals them."""
    code = exit_code_of(outcome_codes(answer.snapshots, answer.seal) | ({PERSON_NEEDED} if answer.notes else set()))
    rows = [snapshot_row(s) for s in answer.snapshots]
    value = {"snapshots": rows, "seal": answer.seal.word, "pending": answer.seal.failures, "notes": answer.notes}
    kept = (*snapshots_shown(answer.snapshots), *warnings(answer.notes), *seal_lines(answer.seal))
    return View(as_json(value), (*kept, hint(_after(answer.snapshots))), code)


def _after(snapshots: tuple[Snapshot, ...]) -> str:
    """What to type next: look again where nothing whole was kept, else what follows from what the pages say."""
    orders = {s.target.case for s in snapshots}
    order = orders.pop() if len(orders) == 1 else ""
    if not any(s.outcome == "complete" for s in snapshots):
        return f"Look again: tradewitness capture {order}".rstrip()
    return f"Next: tradewitness deadlines · tradewitness check {order or '--all'}"


def snapshots_shown(snapshots: tuple[Snapshot, ...]) -> Iterator[Block]:
    """One row a visit, then each account that a wall stopped."""
    rows = tuple(
        (
            s.target.id or s.target.kind, Span(s.outcome, _OUTCOME[s.outcome]), s.id,
            f"{len(s.artefacts)} files" if s.artefacts else "nothing", s.why,
        )
        for s in snapshots
    )  # fmt: skip
    yield Table(("Page", "Outcome", "Snapshot", "Kept", "What to know"), rows)
    if told := masked_words(snapshots):
        yield hint(told)
    for account in sorted({s.target.account for s in snapshots if s.outcome == "blocked"}):
        rests = f"Account {account} rests" if account else "Visits without an account rest"
        command = f"login {account}".strip()
        yield from warnings([f"{rests} until you have looked. Do what the site asks for: tradewitness {command}"])


def added(kept: list[KeptFile], seal: SealState) -> View:
    """The buyer's own files, what came of reading them, what was corrected, and what seals them."""
    unused = any(one.file.page and one.file.page.outcome in ("wall", "other", "unknown") for one in kept)
    code = PERSON_NEEDED if seal.word == "unsigned" else PARTIAL if unused else DONE
    json = as_json({"files": list(map(_kept_json, kept)), "seal": seal.word, "pending": seal.failures})
    blocks = tuple(block for one in kept for block in _file(one))
    return View(json, (*blocks, hint("Marked everywhere as saved by the buyer, not witnessed."), *seal_lines(seal)), code)


def _kept_json(kept: KeptFile) -> dict[str, object]:
    keys = ("id", "name", "kind", "note", "size", "digest")
    file = {key: getattr(kept.file, key) for key in keys}
    before = {"kind": kept.before.kind, "note": kept.before.note} if kept.before and kept.corrected else None
    said = {"before": before, "again": kept.again}
    return {**file, "origin": ORIGINS["saved"], "page": page_record(kept.file.page), **said}


def _file(kept: KeptFile) -> Iterator[Block]:
    file, before = kept.file, kept.before
    kind, what = in_words(file.kind), f"({file.size:,} bytes, {file.id})"
    if before is None:
        yield line(f"Kept {file.name} as {kind} {what}.")
    elif kept.again:
        yield line(f"{file.name} is back as {kind} {what}; it had been withdrawn.")
    elif not kept.corrected:
        yield line(f"{file.name} is kept already as {kind} {what}; nothing is changed.")
    else:
        yield line(f"Corrected what is said of {file.name} {what}:")
    if before is not None and kept.corrected:
        yield from _corrections(file, before)
    if file.belied:
        yield line(Span(f"{file.belied} It is taken for what it is.", "warning"), indent=2)
    if kept.unread:
        yield line(f"It holds a conversation ({kept.unread}). To have it read, add it again with: --as chat", indent=2)
    if file.page:
        yield from _read_of(file.page)


def _corrections(file: AddedFile, before: AddedFile) -> Iterator[Block]:
    if file.kind != before.kind:
        yield line(f"Kept as {in_words(file.kind)}, before as {in_words(before.kind)}.", indent=2)
    if file.note != before.note:
        now = f"It shows “{file.note}”" if file.note else "Its note is withdrawn"
        yield line(f"{now}{f'; before it said “{before.note}”' if before.note else ''}.", indent=2)
    yield hint("What was said before stays in the sealed record, which a pack can show.", indent=2)


def _read_of(page: SavedPage) -> Iterator[Block]:
    """What came of reading a page or conversation that was saved by hand."""
    if page.outcome == "read":
        when = f", saved {time_words(page.saved_at, 'UTC')}, says {page.said_by}" if page.saved_at else ""
        what = f"Read as a page of kind {page.kind}" if page.kind != "chat" else f"Read as a conversation ({page.why})"
        yield line(f"{what}{when}.", indent=2)
        if page.caution:
            yield line(Span(page.caution, "warning"), f" {page.todo}".rstrip(), indent=2)
        if not page.saved_at and page.kind != "chat":
            unsaid = "It does not say when it was saved: a countdown on it counts as running out now."
            yield line(Span(f"{unsaid} If you know, say so:", "warning"), indent=2)
            yield line("add it again with --as page --saved 2026-10-04T18:00", indent=2)
    elif page.outcome == "kept":
        yield hint(page.why, indent=2)
    else:
        packed = "" if page.ours else ", and left out of packs"
        yield line(Span(f"NOT read{packed}:", "urgent"), f" {page.why}", indent=2)
        if page.kind != "chat":  # what to do about a conversation, the sentence says itself
            open_it = "Open the right page, save it again, or enter what it shows: tradewitness case set CASE name=value"
            yield line(open_it, indent=2)


def packed(answer: PackAnswer) -> View:
    """A pack that was written: its seal, and its path alone on the last line. What is in it was told before."""
    value = {"path": str(answer.path), "sha256": answer.sha256, "exhibits": answer.exhibits, "seal": answer.seal}
    more = {**_disclosed_value(answer.disclosed), "problems": answer.problems, "places": answer.places}
    code = VERIFICATION_FAILED if answer.problems else DONE
    return View(as_json({**value, **more}), (*_packed(answer), Result(str(answer.path))), code)


def pack_preview(preview: PackPreview) -> View:
    """What the other side would see of a case, and what not, before a pack is made."""
    value = {"name": preview.name, "exhibits": preview.exhibits, **_disclosed_value(preview.disclosed)}
    value |= {"order": preview.order, "places": preview.places, "new": preview.new}
    blocks = (*_shown_to_others(preview.exhibits, preview.disclosed), *_handed_in(preview))
    files = [_files_of(place) for place in preview.places if place.files]
    stops = _suspected("This would stop the pack", preview.disclosed)
    end = hint("No pack was written. Leave something out with --exclude.")
    return View(as_json(value), (line("The other side would see:"), *blocks, *files, *stops, end), DONE)


def disclosure(preview: PackPreview) -> View:
    """The same, said before the pack is written."""
    blocks = (*_shown_to_others(preview.exhibits, preview.disclosed), *_handed_in(preview))
    return View({}, (line("The other side will see:"), *blocks))


def handed_in(places: Iterable[Destination]) -> View:
    """The files for each place, said before the pack is written."""
    return View({}, tuple(_files_for(places)))


def _handed_in(preview: PackPreview) -> Iterator[Block]:
    """What is new, in which order the exhibits go, and where to."""
    if preview.new:
        yield line(preview.new)
    for place in preview.places:
        yield line(f"To hand in: {place.title}. {place.seen_by}")
        yield hint(f"{sentence(place.limits)}.")
    if preview.order:
        yield line("Strongest first, as far as the limits allow:")
    titles = {exhibit.number: exhibit.title for exhibit in preview.exhibits}
    for number, shows in preview.order:
        yield line(f"{number} {titles[number]}" + (f" ({'; '.join(shows)})" if shows else ""), indent=2)


def _files_for(places: Iterable[Destination]) -> Iterator[Block]:
    for place in places:
        yield _files_of(place)
        yield hint(place.seen_by)


def _files_of(place: Destination) -> Block:
    shown = [f"{name} ({-(-size // 1000):,} KB)" for name, size in place.files if not name.endswith(".txt")]
    return line(f"{place.title}: {', '.join(shown) or 'no file'}")


def _disclosed_value(disclosed: Disclosed) -> dict[str, object]:
    return {
        "withheld": disclosed.withheld, "opened": disclosed.opened, "personal": disclosed.personal,
        "located": disclosed.located, "suspects": disclosed.suspects, "unread": disclosed.unread,
        "redacted": disclosed.redacted, "unpictured": disclosed.unpictured, "unseen": disclosed.unseen,
        "withheld_records": disclosed.records,
    }  # fmt: skip


def _suspected(what: str, disclosed: Disclosed) -> Iterator[Block]:
    """What may open an account, where, and what to do; and what could not be looked into."""
    for one in disclosed.suspects:
        kinds = ", ".join(f"{count} × {kind}" for kind, count in one.kinds)
        yield line(Span(f"{what}:", "urgent"), f" {one.where} may hold what opens an account ({kinds}).")
        yield line(f"To go on: {one.todo}.", indent=2)
    yield from (line(f"Not looked into: {one.path}: {one.why}") for one in disclosed.unread)


def _shown_to_others(exhibits: Iterable[Exhibit], disclosed: Disclosed) -> Iterator[Block]:
    rows = tuple((e.number, e.title, "yes" if e.witnessed else "saved by the buyer") for e in exhibits)
    yield Table(("Exhibit", "What", "Witnessed"), rows)
    if groups := together(disclosed.withheld):
        yield line("Withheld, and committed to in the sealed records, so that it can be opened later:")
        yield from (line(f"{group.exhibit}: {group.what}, because {group.why}.", indent=2) for group in groups)
        more = "   in a pack without --redact" if disclosed.is_redacted else "   To show all: --with-originals"
        yield hint(f"To show one of them: --open {groups[0].ask[0]}{more}")
    yield from warnings(
        f"Opened by you, {group.exhibit}: {group.what}. Normally it is withheld, because {group.why}."
        for group in together(disclosed.opened)
    )
    yield from _redacted(disclosed)
    yield from _personal(disclosed)


def _redacted(disclosed: Disclosed) -> Iterator[Block]:
    """What is taken out of a redacted pack, by kind, and what is not shown therefore."""
    if disclosed.redacted:
        yield line("Taken out of the texts, and black on the pictures:")
    for number, found in groupby(disclosed.redacted, key=lambda one: one.exhibit):
        yield line(f"{number}: {', '.join(one.words for one in found)}.", indent=2)
    if disclosed.records:
        count = f"{disclosed.records} sealed record{'s say' if disclosed.records > 1 else ' says'}"
        yield line(f"{count} what is taken out, and is withheld: the proof shows its place in the ledger alone.")
    for number in disclosed.unpictured:
        yield line(f"{number}: pictures are not shown, because nobody knows where on them it stands.")
        yield hint(f"To show one with a black box of yours: --redact-box {number}:1:X,Y,WIDTH,HEIGHT", indent=2)
    if disclosed.unseen:
        yield line(Span("Nothing read the words in these pictures, which are shown as they are:", "warning"))
        yield from (line(one, indent=2) for one in disclosed.unseen)
        yield hint("Look at each: cover what it shows with --redact-box, or leave it out with --exclude.")


def _personal(disclosed: Disclosed) -> Iterator[Block]:
    """Whose data goes along, as far as it was found."""
    yield line(
        "Names, addresses and numbers are shown as they are on the site and in your files. Found, yours or somebody else's:"
    )
    for number, found in groupby(disclosed.personal, key=lambda one: one.exhibit):
        yield line(f"{number}: {', '.join(one.words for one in found)}.", indent=2)
    if not disclosed.personal:
        yield line("No telephone number, e-mail or postal address of a known form. Look for yourself, too.", indent=2)
    if disclosed.located:
        yield from warnings([
            f"Where it was taken is written in {', '.join(disclosed.located)}, and goes along: the other side can read it. "
            "To keep it back, add a copy without it, and leave this one out with --exclude."
        ])  # fmt: skip


def _packed(answer: PackAnswer) -> Iterator[Block]:
    yield from _suspected("Accepted by you", answer.disclosed)
    yield line(f"SHA-256 {answer.sha256}")
    yield line(f"This pack is {PACK_SEAL[answer.seal]}.")
    yield from map(hint, answer.failures)
    for first in answer.problems[:1]:
        found = f"{len(answer.problems)} problem(s), of which the first is: {first.where}: {first.what}"
        yield line(Span("It does not verify", "urgent"), f", because the archive is not whole: {found}")
        yield hint("Before you hand it in, run: tradewitness verify   It names what to put back from a copy.")


def exported(answer: ExportAnswer) -> View:
    """A web archive that was written, its path alone on the last line."""
    value = {"path": str(answer.path), "sha256": answer.sha256, "size": answer.size, "snapshots": answer.snapshots}
    said = f"{len(answer.snapshots)} visit(s), SHA-256 {answer.sha256}. Open it at https://replayweb.page/"
    return View(as_json(value), (hint(said), Result(str(answer.path))))
