"""The contact sheet: all photos, and the frames of videos, small and side by side, with number, name and what it says."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from rules.pack.plan.camera import camera_words, moment_words
from rules.pack.plan.plan import PackPlan

FEWEST = 3  # pictures, below which everybody sees them at once anyhow
_LONGEST = 360


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a file, as JPEG, upright; of a video the frame at `at_ms`."""

    data: bytes
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture on the sheet: `source` is its address, `link` that of the reading copy, or ""."""

    number: str
    name: str
    note: str
    said: str
    at: str
    source: str
    link: str = ""


def cells_of(
    plan: PackPlan, shots: Mapping[str, Sequence[Shot]], copies: Mapping[str, Sequence[str]] | None = None
) -> tuple[Cell, ...]:
    """The sheet's pictures by exhibit, () where they are few. With `copies`, bag paths by exhibit number, it shows those."""
    cells = tuple(_cells(plan, shots, copies))
    return cells if len(cells) >= FEWEST else ()


def _cells(
    plan: PackPlan, shots: Mapping[str, Sequence[Shot]], copies: Mapping[str, Sequence[str]] | None
) -> Iterator[Cell]:
    for exhibit in plan.exhibits:
        file = plan.file(exhibit)
        if file is None:
            continue
        said = camera_words(plan.camera.get(file.id))
        own = shots.get(exhibit.number, ())
        links = [path.removeprefix("data/") for path in copies[exhibit.number]] if copies else [""] * len(own)
        for place, (shot, link) in enumerate(zip(own, links, strict=False)):
            frame = shot.at_ms is not None and not link  # a reading copy shows all frames of a video
            told = (file.note, said) if place == 0 else ("", "")  # said once, with the first frame
            at = moment_words(shot.at_ms or 0) if frame else ""
            yield Cell(exhibit.number, file.name, *told, at, link or _small(shot.data), link)


def _small(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=80, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
