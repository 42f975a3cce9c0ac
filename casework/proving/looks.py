"""What is to be seen of the buyer's photos and videos, for a pack: each decoded by a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from casework.keeping.pictures import stills_kept
from collector.archive.objects import FolderObjects
from collector.model import AddedFile, CameraData, PictureReading
from collector.saved.camera import camera_data
from collector.saved.leaves import leaves_of
from collector.saved.stills import Stills, stills_of
from rules.pack.plan.plan import PackPlan
from rules.pack.render.contact import OwnLeaves, OwnPicture


class Looks:
    """Looks at each when it is asked for: of what was not drawn yet nothing is in memory.

    `read` is what a machine read in files, by their ids.
    """

    def __init__(self, objects: FolderObjects, planned: PackPlan, read: Mapping[str, PictureReading]) -> None:
        self._objects = objects
        self._read = {file.digest: read[file.id] for file in planned.files if file.id in read}

    def __call__(self, media_type: str, digest: str, data: bytes | None) -> Iterable[OwnPicture]:
        """The pictures of a kept file, or of bytes that were found in one."""
        return _shots(stills_of(media_type, data)) if data is not None else self._kept(media_type, digest)

    def _kept(self, media_type: str, digest: str) -> tuple[OwnPicture, ...]:
        shots, reading = _shots(stills_kept(self._objects, media_type, digest)), self._read.get(digest)
        if reading is None or len(reading.pictures) != len(shots):
            return shots
        both = zip(shots, reading.pictures, strict=True)
        return tuple(replace(shot, lines=tuple(line.text for line in seen.lines)) for shot, seen in both)


def own_leaves(objects: FolderObjects, digest: str) -> OwnLeaves:
    """The pages of a kept PDF, drawn by a process of its own."""
    drawn = leaves_of(objects.get(digest))
    return OwnLeaves(drawn.pictures, drawn.count, drawn.problem)


def _shots(stills: Stills) -> tuple[OwnPicture, ...]:
    return tuple(OwnPicture(still.data, still.at_ms) for still in stills.pictures)


def camera_of(objects: FolderObjects, files: Iterable[AddedFile]) -> Mapping[str, CameraData]:
    """What the photos and videos say of how they were taken, by file id."""
    found: dict[str, CameraData] = {}
    for file in files:
        if file.is_picture:
            with objects.open(file.digest) as stream:
                if data := camera_data(stream):
                    found[file.id] = data
    return found
