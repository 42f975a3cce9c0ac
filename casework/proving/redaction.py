"""What of a case's pack is redacted: learned from everything kept, and decided for each original before anything is made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from casework.proving.decoded import fields_in, readings_of, seen_in
from casework.proving.redaction_search import is_kept, search_for_redacted
from casework.workspace import Workspace
from collector.canonical import as_json, sha256
from collector.errors import PersonNeeded
from collector.kinds import file_kind, page_kind
from collector.ledger.log import Entry
from collector.model import AddedFile, Area, Artefact, PictureReading, Private, SeenPicture, Snapshot
from collector.network_record import network_record
from collector.reading.stored import exchange_contents
from collector.saved.text import read_apart, texts_of
from rules.case.casefile import CaseFile
from rules.pack.plan.exhibits import ROLES, Choices, Selection, tiles
from rules.pack.plan.withheld import SOURCES
from rules.pack.redact.boxes import Covering, DrawnText, boxes_of, covering_of
from rules.pack.redact.case import redactor_of, texts_of_case
from rules.pack.redact.decided import (
    BOXED,
    CAMERA,
    MAY_HOLD,
    RECORD_KEPT,
    TAKEN_OUT,
    RedactedOrigin,
    RedactedPicture,
    Redaction,
)
from rules.pack.redact.everyday import everyday_words
from rules.pack.redact.redactor import KINDS, Redactor

_PICTURES = ("tile", "screen")
_PLAIN = ("text/plain", "text/csv", "application/json")
_RECORDS = ("snapshot", "snapshot.masked", "file.added")  # the entries that seal what an exhibit shows
_KEYS = ("archive.created", "key.changed")

Hidden = dict[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class DecidedRedaction:
    """What takes out, what was decided, and the redacted copies of texts by the id of their visit or file."""

    redactor: Redactor
    redaction: Redaction
    texts: Mapping[str, str]
    _seen: set[tuple[bool, str]] = field(default_factory=set, compare=False)

    def search(self, path: str, data: bytes) -> None:
        """Looks at a file of the pack, by its path in the zip; at the same bytes once. Raises PersonNeeded."""
        search_for_redacted(self.redactor, path, b"")
        if (one := (is_kept(path), sha256(data))) not in self._seen:
            self._seen.add(one)
            search_for_redacted(self.redactor, path, data)


def decide_redaction(
    ws: Workspace,
    file: CaseFile,
    chosen: Selection,
    choices: Choices,
    private: Mapping[str, Private],
    readings: Mapping[str, PictureReading],
) -> DecidedRedaction:
    """Decides for the chosen visits and files. Raises WrongRequest for a word that cannot be taken out, PersonNeeded where
    something would stay that nobody can take out, DamagedArchive.

    `file` is the case as it is known, nothing taken out of it; `private` is what shows others; `readings` is what a machine
    read in the buyer's pictures, by file id.
    """
    return _Deciding(ws, file, chosen, choices, private, readings).run()


class _Deciding:
    """One decision; what was read of the originals is kept meanwhile."""

    def __init__(
        self,
        ws: Workspace,
        file: CaseFile,
        chosen: Selection,
        choices: Choices,
        private: Mapping[str, Private],
        readings: Mapping[str, PictureReading],
    ) -> None:
        self.ws, self.file, self.chosen, self.choices, self.private = ws, file, chosen, choices, private
        self.readings = {name: one for name, one in readings.items() if one.is_whole}
        self.get = ws.archive.objects.get
        self.said = {s.id: self._text_of(s) for s in chosen.snapshots}
        self.said |= {
            one.file: "\n".join(passage.text for passage in one.passages)
            for one in texts_of(chosen.files, ws.archive.objects)
        }
        orders = [self.said[s.id] for s in chosen.snapshots if s.target.kind == "order"]
        self.redactor = redactor_of(file, choices.redact_also, orders, everyday_words()).learned(self._everything())

    def run(self) -> DecidedRedaction:
        entries = [self.ws.archive.ledger.entry(event.seq) for event in self.file.events]
        hidden = [entry for entry in entries if any(map(self.redactor.finds, _strings(json.loads(entry.line))))]
        self._require_keys_clean()
        closed = {str(entry.body.get("id")) for entry in hidden if entry.kind in _RECORDS}
        origins = {s.id: self._page(s, recorded=s.id not in closed) for s in self.chosen.snapshots}
        origins |= {f.id: self._own_file(f, recorded=f.id not in closed) for f in self.chosen.files}
        origins |= {name: _boxed(origins[name], parts) for name, parts in self._with_boxes()}
        copies = {name: self.redactor.text(self.said[name]) for name in self._copied(origins) if self.said.get(name)}
        origins |= {name: replace(origins[name], copied=True) for name in copies}
        return DecidedRedaction(self.redactor, Redaction(origins, tuple(sorted({e.seq for e in hidden}))), copies)

    def _with_boxes(self) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
        """The visits and files on which the buyer covers something, with everything that is kept of each."""
        boxed = {box.exhibit for box in boxes_of(self.choices.redact_boxes)}
        for count, snapshot in enumerate(self.chosen.snapshots, 1):
            if f"A{count:02d}" in boxed:
                yield snapshot.id, tuple((a.role, a.part) for a in snapshot.artefacts)
        for count, file in enumerate(self.chosen.files, 1):
            if f"B{count:02d}" in boxed:
                yield file.id, tuple(("file", part) for part, _ in enumerate(file.sealed))

    def _copied(self, origins: Mapping[str, RedactedOrigin]) -> Iterator[str]:
        """Of what a redacted copy takes the place of the text that is withheld, but for what may show others."""
        for snapshot in self.chosen.snapshots:
            if ("text", 0) in origins[snapshot.id].hidden and ("text", 0) not in self._others(snapshot).parts:
                yield snapshot.id
        yield from (f.id for f in self.chosen.files if ("file", 0) in origins[f.id].hidden and not _is_closed(f))

    # -- what is learned -------------------------------------------------------------------------------------------------

    def _everything(self) -> Iterator[str]:
        yield from texts_of_case(self.file)
        yield from self.said.values()
        yield from (_words_in(picture) for one in self.chosen.files for picture in self._seen(one.id))
        for snapshot in self.chosen.snapshots:
            yield from (seen_in(self._text(a)) for a in snapshot.artefacts if a.role in ("dom", "stretch"))

    def _text_of(self, snapshot: Snapshot) -> str:
        return "\n".join(self._text(a) for a in snapshot.artefacts if a.role == "text")

    def _text(self, artefact: Artefact) -> str:
        return self.get(artefact.digest).decode("utf-8", "replace")

    # -- what is decided of a page -----------------------------------------------------------------------------------------

    def _page(self, snapshot: Snapshot, *, recorded: bool) -> RedactedOrigin:
        others = self._others(snapshot)
        pages, walk = self._covering(snapshot), self._walk(snapshot)
        hidden = self._holding(snapshot) | self._pictures(snapshot, pages, walk)
        exchanges, sockets, told = self._told(snapshot)
        hidden |= dict.fromkeys(told, TAKEN_OUT)
        if not recorded:
            hidden = {(a.role, a.part): hidden.get((a.role, a.part), RECORD_KEPT) for a in snapshot.artefacts}
        free = [a for a in snapshot.artefacts if (a.role, a.part) not in others.parts]
        return RedactedOrigin(
            counts=self._counts(snapshot.id),
            closed=_closed(hidden),
            drawn=tuple(a.part for a in free if a.role == "tile"),
            stops=tuple(a.part for a in free if a.role == "screen"),
            covered=pages.areas,
            pages_known=pages.known,
            stops_known=all(one.known for one in walk.values()),
            stop_covers=tuple((part, one.areas) for part, one in walk.items() if one.areas),
            exchanges=exchanges,
            sockets=sockets,
            told=told,
            recorded=recorded,
            sent=recorded,
        )

    def _holding(self, snapshot: Snapshot) -> Hidden:
        """What holds any of it, and PDFs that cannot be looked through. What is withheld anyway is not looked at."""
        hidden: Hidden = {}
        for artefact in snapshot.artefacts:
            if artefact.role not in ROLES or artefact.role in _PICTURES or not self._may_be_shown(snapshot, artefact.role):
                continue
            data = self.get(artefact.digest)
            if self._holds(data, artefact.media_type):
                hidden[artefact.role, artefact.part] = TAKEN_OUT
            elif artefact.role == "pdf" and not read_apart("whole pdf", data)[0]:
                hidden[artefact.role, artefact.part] = MAY_HOLD
        return hidden

    def _may_be_shown(self, snapshot: Snapshot, role: str) -> bool:
        return role not in SOURCES or page_kind(snapshot.target.kind).public or bool(self.choices.open)

    def _pictures(self, snapshot: Snapshot, pages: Covering, walk: Mapping[int, Covering]) -> Hidden:
        """Pictures on which something has to be covered, or nobody knows what. A walk's pictures show the page round it."""
        page = TAKEN_OUT if pages.areas else "" if pages.known else MAY_HOLD
        shown = any(one.areas or not one.known for one in walk.values())
        why = {"tile": page, "screen": page or (TAKEN_OUT if shown else "")}
        return {(a.role, a.part): why[a.role] for a in snapshot.artefacts if why.get(a.role)}

    def _covering(self, snapshot: Snapshot) -> Covering:
        """Where the page's pictures have to be covered. Of a page of which no text was kept that is not known."""
        said = [self.said[snapshot.id]]
        for source in (a for a in snapshot.artefacts if a.role == "dom"):
            html = self._text(source)
            said.append(seen_in(html) if source.part else fields_in(html))
        covering = covering_of(self._drawn(snapshot, "boxes"), said, self.redactor)
        told = any(a.role == "text" for a in snapshot.artefacts)
        return covering if told or not tiles(snapshot) else Covering(covering.areas, known=False)

    def _drawn(self, snapshot: Snapshot, role: str, part: int = 0) -> tuple[DrawnText, ...]:
        """The texts and where the page drew them; () where that was not kept whole."""
        boxes = next((a for a in snapshot.artefacts if (a.role, a.part) == (role, part)), None)
        try:
            rows = json.loads(self._text(boxes)) if boxes else ()
            return tuple(DrawnText(str(path), str(text), _area(x, y, w, h)) for path, x, y, w, h, text in rows)
        except (ValueError, TypeError, OverflowError):
            return ()

    def _walk(self, snapshot: Snapshot) -> Mapping[int, Covering]:
        """By part, where the pictures of a conversation's walk have to be covered. Older visits noted no places there."""
        found = {}
        for stretch in (a for a in snapshot.artefacts if a.role == "stretch"):
            said = seen_in(self._text(stretch))
            places = self._drawn(snapshot, "layout", stretch.part) if self.redactor.finds(said) else ()
            found[stretch.part] = covering_of(places, (said,), self.redactor)
        return found

    def _told(self, snapshot: Snapshot) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[str, int], ...]]:
        """The exchanges and sockets in which anything of it stands, and the parts that hold what came of them."""
        if not self._may_be_shown(snapshot, "body"):
            return (), (), ()
        kept = {(a.role, a.part): a for a in snapshot.artefacts}
        record = network_record(snapshot.artefacts, self.get)
        found: list[tuple[str, int, int]] = []
        for way, number, part, content in exchange_contents(snapshot, self.get, self.ws.alias):
            heard = record.exchanges[number] if way == "body" else record.sockets[number]
            body = kept.get((way, part)) if way == "body" else None
            holds = any(map(self.redactor.finds, (*_strings(as_json(heard)), content.url)))
            holds = holds or any(self._holds(text, "") for text in content.texts)
            if holds or (body and self._holds(self.get(body.digest), body.media_type)):
                found.append((way, number, part))
        return (
            tuple(number for way, number, _ in found if way == "body"),
            tuple(number for way, number, _ in found if way == "frames"),
            tuple(sorted({(way, part) for way, _, part in found if part >= 0})),
        )

    def _others(self, snapshot: Snapshot) -> Private:
        return self.private.get(snapshot.id, Private())

    # -- what is decided of a file -----------------------------------------------------------------------------------------

    def _own_file(self, file: AddedFile, *, recorded: bool) -> RedactedOrigin:
        """Of the buyer's own files plain texts alone are shown as they are, where nothing of it stands in them."""
        picture, video = file.media_type.startswith("image/"), file.media_type.startswith("video/")
        photo = video or (picture and (file_kind(file.kind).wordless or file.kind == "sample"))
        holds = not video and any(
            self._holds(self.get(one.digest), file.media_type if picture else "") for one in file.sealed
        )
        why = TAKEN_OUT if holds else RECORD_KEPT if not recorded else CAMERA if photo else MAY_HOLD
        plain = len(file.sealed) == 1 and file.media_type.partition(";")[0] in _PLAIN
        hidden: Hidden = {} if plain and recorded and not holds else {("file", n): why for n, _ in enumerate(file.sealed)}
        drawn = (0,) if (picture or video) and not _is_closed(file) else ()
        pictures = tuple(map(self._picture, self._seen(file.id))) if drawn and file.id in self.readings else None
        return RedactedOrigin(
            self._counts(file.id), _closed(hidden), drawn, pages_known=photo, recorded=recorded, pictures=pictures
        )

    def _seen(self, file: str) -> tuple[SeenPicture, ...]:
        return self.readings[file].pictures if file in self.readings else ()

    def _picture(self, seen: SeenPicture) -> RedactedPicture:
        """A photo or a frame with the lines that show anything: what a machine did not read on it, nobody covers.

        A machine runs words together: a line that has a known value in it, whatever stands beside, is covered too.
        """
        lines = [DrawnText(str(n), line.text, line.area) for n, line in enumerate(seen.lines)]
        said = (_words_in(seen), "".join(line.text for line in seen.lines))
        areas = dict.fromkeys(covering_of(lines, said, self.redactor).areas)
        areas |= dict.fromkeys(line.area for line in seen.lines if self.redactor.holds_letters(line.text))
        return RedactedPicture(seen.width, seen.height, tuple(areas), seen.at_ms)

    # -- looking -----------------------------------------------------------------------------------------------------------

    def _holds(self, data: bytes, media_type: str) -> bool:
        return any(self.redactor.finds(one.text, by_form=one.legible) for one in readings_of(data, media_type))

    def _counts(self, origin: str) -> tuple[tuple[str, int], ...]:
        """How much of which kind stands in its text; where none was kept, in what was read of it."""
        found = self.redactor.counts(self.said.get(origin, ""))
        for picture in self._seen(origin):
            found += self.redactor.counts(_words_in(picture))
        if not found:
            facts = (fact for fact in self.file.facts if fact.snapshot == origin)
            found = Counter(hit for fact in facts for text in _strings(as_json(fact.value)) for hit in self._kinds(text))
        return tuple((kind, found[kind]) for kind in KINDS if found[kind])

    def _kinds(self, text: str) -> Iterator[str]:
        return (hit.kind for hit in self.redactor.hits(text))

    def _require_keys_clean(self) -> None:
        """The entries that name the signing keys cannot be withheld: nobody could check who signed."""
        for entry in self.ws.archive.ledger.entries(kinds=_KEYS):
            if any(self.redactor.finds(text, by_form=False) for text in _certified(entry)):
                raise PersonNeeded(
                    "No redacted pack can be made: the certificate of your signing key names what is to be taken out.",
                    "Without it nobody can check who signed: make this pack without --redact, or leave that word out of it.",
                )


def _words_in(picture: SeenPicture) -> str:
    return "\n".join(line.text for line in picture.lines)


def _certified(entry: Entry) -> Iterator[str]:
    for text in _strings(json.loads(entry.line)):
        lines = "".join(line for line in text.splitlines() if not line.startswith("-----"))
        yield from (one.text for one in readings_of(text.encode()))
        yield from (one.text for one in readings_of(lines.encode()))


def _is_closed(file: AddedFile) -> bool:
    """Whether a page saved by hand is withheld for what else it shows."""
    return bool(file.page and (file.page.others or file.page.secrets))


def _boxed(origin: RedactedOrigin, parts: Iterable[tuple[str, int]]) -> RedactedOrigin:
    """What is covered on a copy must not stand in an original beside it: none of them is shown."""
    return replace(origin, closed=_closed({**dict.fromkeys(parts, BOXED), **origin.hidden}), sent=False)


def _closed(hidden: Hidden) -> tuple[tuple[str, int, str], ...]:
    return tuple((role, part, why) for (role, part), why in sorted(hidden.items()))


def _strings(value: object) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _strings(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _strings(one)


def _area(x: object, y: object, width: object, height: object) -> Area:
    left, top, wide, high = (int(str(number)) for number in (x, y, width, height))
    return left, top, wide, high
