"""The contact sheet: all photos, and the frames of videos, small and side by side, with number, name and what it says."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from rules.pack.cores import as_jpeg
from rules.pack.plan.camera import camera_words, moment_words
from rules.pack.plan.plan import PackPlan

FEWEST = 3  # pictures, below which everybody sees them at once anyhow
_LONGEST = 360


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A picture of a file, as JPEG, upright; of a video the frame at `at_ms`. `lines` is what a machine read in it."""

    data: bytes
    at_ms: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnLeaves:
    """The first pages of a PDF of the buyer's as JPEG, of `count` that it has, or why there are none."""

    pictures: tuple[bytes, ...] = ()
    count: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture on the sheet and what is said below it; of a video the moment of the frame. `source` is a data: address."""

    number: str
    name: str
    note: str
    said: str
    at: str
    source: str


def cells_of(plan: PackPlan, shots: Mapping[str, Sequence[OwnPicture]]) -> tuple[Cell, ...]:
    """The sheet's pictures, of which `shots` are those by exhibit number, made small; () where they are few."""
    if sum(map(len, shots.values())) < FEWEST:
        return ()
    return tuple(_cells(plan, shots))


def _cells(plan: PackPlan, shots: Mapping[str, Sequence[OwnPicture]]) -> Iterator[Cell]:
    for exhibit in plan.exhibits:
        file = plan.file(exhibit)
        if file is None:
            continue
        said = camera_words(plan.camera.get(file.id))
        for place, shot in enumerate(shots.get(exhibit.number, ())):
            told = (file.note, said) if place == 0 else ("", "")  # said once, with the first frame
            at = "" if shot.at_ms is None else moment_words(shot.at_ms)
            source = f"data:image/jpeg;base64,{base64.b64encode(shot.data).decode()}"
            yield Cell(exhibit.number, file.name, *told, at, source)


def small(data: bytes) -> bytes:
    """A picture as it stands on the sheet."""
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
        return as_jpeg(image.convert("RGB"), 80)
