"""What a machine reads in the buyer's photos and videos: read once, kept and sealed as it was read (with the extra "ocr").

It is derived from what was kept, and no evidence by itself: it is there to be searched, to warn, and to say what is to be
covered where a pack is redacted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from casework.workspace import Workspace
from collector.archive.objects import FolderObjects
from collector.errors import DamagedArchive
from collector.ledger.log import Opening, new_salt
from collector.model import AddedFile, FileText, PictureReading, SeenPicture
from collector.progress import Progress
from collector.saved.ocr import can_read, reader_name, text_in, words_in
from collector.saved.record import kept_reading, reading_bytes
from collector.saved.stills import Stills, stills_of


def keep_readings(ws: Workspace, case: str, progress: Progress) -> None:
    """Reads those of a case's photos and videos that no machine has read, and enters what it read; the index is refreshed.

    Nothing where the extra for it is not installed.
    """
    for file, reading in _read_now(ws, case, progress):
        enter_reading(ws, case, file.id, reading)
    ws.refresh()


def enter_reading(ws: Workspace, case: str, file: str, reading: PictureReading) -> None:
    """Keeps what a machine read in a file of that id: an object, which one entry names by commitment."""
    data = reading_bytes(reading)
    opening = Opening(ws.archive.objects.put(data), new_salt())
    body = {
        "case": case, "file": file, "reader": reading.reader, "name": "what a machine read in a picture",
        "size": len(data), "commitment": opening.commitment,
    }  # fmt: skip
    ws.archive.record("picture.read", body, (opening,))


def readings_of_case(ws: Workspace, case: str, *, unread: bool = False) -> Mapping[str, PictureReading]:
    """What a machine read in the photos and videos of a case, by file id; with `unread` also what it has to read just now,
    which is then not kept.
    """
    kept = {file: kept_reading(ws.archive.objects, digest) for file, digest in ws.index.picture_readings(case).items()}
    found = {file: reading for file, reading in kept.items() if reading is not None}
    now = _read_now(ws, case, lambda _: None) if unread else ()
    return found | {file.id: reading for file, reading in now}


def texts_in_pictures(ws: Workspace, case: str, files: Iterable[AddedFile]) -> tuple[FileText, ...]:
    """What a machine read in these files of a case, in passages."""
    readings = readings_of_case(ws, case)
    return tuple(text_in(file, readings[file.id]) for file in files if file.id in readings)


def stills_kept(objects: FolderObjects, media_type: str, digest: str) -> Stills:
    """The pictures of a kept photo or video. Raises DamagedArchive where it is missing."""
    path = objects.path(digest)
    if path is None:
        raise DamagedArchive(f"The kept file {digest[:12]}… is missing.", "Run: tradewitness verify")
    if path.suffix:  # it is packed: only small ones and pictures of few colours are
        return stills_of(media_type, objects.get(digest))
    with path.open("rb") as file:
        return stills_of(media_type, file)


def unread_pictures(ws: Workspace, case: str) -> list[AddedFile]:
    """A case's photos and videos that a machine can read and has not."""
    if not can_read():
        return []
    known = ws.index.picture_readings(case)
    return [f for f in ws.index.added_files(case) if f.is_picture and f.id not in known]


def _read_now(ws: Workspace, case: str, progress: Progress) -> list[tuple[AddedFile, PictureReading]]:
    files, done = unread_pictures(ws, case), []
    if not files:
        return []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, (file, reading) in enumerate(
            zip(files, pool.map(lambda f: _read(ws.archive.objects, f), files), strict=True), 1
        ):
            progress(f"reading the words in your pictures: {number} of {len(files)}")
            done += [(file, reading)] if reading is not None else []
    return done


def _read(objects: FolderObjects, file: AddedFile) -> PictureReading | None:
    try:
        stills = stills_kept(objects, file.media_type, file.digest).pictures
    except DamagedArchive:
        return None  # `verify` names the damaged object
    seen = tuple(replace(words_in(still.data) or SeenPicture(0, 0, read=False), at_ms=still.at_ms) for still in stills)
    return PictureReading(reader_name(), seen)
