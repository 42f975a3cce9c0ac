"""What is to be seen of the buyer's photos and videos, for a pack: each decoded by a process of its own, as many at once as
the machine has cores, while the pack's other parts are made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType

from casework.keeping.pictures import SHOWN, stills_kept
from collector.archive.objects import FolderObjects
from collector.model import AddedFile, CameraData, PictureReading
from collector.saved.camera import camera_data
from collector.saved.stills import Stills, stills_of
from rules.pack.plan.plan import PackPlan
from rules.pack.render.contact import OwnPicture


class Looks:
    """Begins with all that a plan shows; used as a context, at whose end nothing goes on.

    `read` is what a machine read in files, by their ids.
    """

    def __init__(self, objects: FolderObjects, planned: PackPlan, read: Mapping[str, PictureReading]) -> None:
        self._objects = objects
        self._read = {file.digest: read[file.id] for file in planned.files if file.id in read}
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._begun: dict[str, Future[tuple[OwnPicture, ...]]] = {}
        for exhibit in planned.exhibits:
            file = planned.file(exhibit)
            drawn = planned.redaction is not None and file is not None and planned.redaction.of(file.id).drawn
            if file is not None and (exhibit.files or drawn) and file.media_type.startswith(SHOWN):
                self._begun.setdefault(file.digest, self._pool.submit(self._kept, file.media_type, file.digest))

    def __enter__(self) -> Looks:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __call__(self, media_type: str, digest: str, data: bytes | None) -> Iterable[OwnPicture]:
        """The pictures of a kept file, or of bytes that were found in one."""
        if data is not None:
            return _shots(stills_of(media_type, data))
        begun = self._begun.pop(digest, None)  # so that what was drawn is not held any more
        return begun.result() if begun else self._kept(media_type, digest)

    def _kept(self, media_type: str, digest: str) -> tuple[OwnPicture, ...]:
        shots, reading = _shots(stills_kept(self._objects, media_type, digest)), self._read.get(digest)
        if reading is None or len(reading.pictures) != len(shots):
            return shots
        both = zip(shots, reading.pictures, strict=True)
        return tuple(replace(shot, lines=tuple(line.text for line in seen.lines)) for shot, seen in both)


def _shots(stills: Stills) -> tuple[OwnPicture, ...]:
    return tuple(OwnPicture(still.data, still.at_ms) for still in stills.pictures)


def camera_of(objects: FolderObjects, files: Iterable[AddedFile]) -> Mapping[str, CameraData]:
    """What the photos and videos say of how they were taken, by file id."""
    found: dict[str, CameraData] = {}
    for file in files:
        if file.media_type.startswith(SHOWN):
            with objects.open(file.digest) as stream:
                if data := camera_data(stream):
                    found[file.id] = data
    return found
