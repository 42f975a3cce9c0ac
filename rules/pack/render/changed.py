"""What was changed on the pages as the pictures of both visits show it: the place on each page, framed."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from collector.model import Area, Exhibit
from rules.changes.pictures import crop, webp
from rules.pack.plan.changed import BeforeAfter
from rules.pack.plan.exhibits import tiles
from rules.pack.plan.plan import PackPlan
from rules.pack.render.copies import Get, part_of_page

_TALLEST = 500  # a taller place is a whole part of the page, which its exhibit shows
_AROUND, _WIDE = 48, 520  # of what is cut out: rows above and below the place, and columns; more, up to room between words
_SPARE = 48  # rows beyond, in which that room is looked for

Pictures = Mapping[tuple[int, int], bytes]  # by the number of the change in the plan, from 0, and the side: WebP


def change_pictures(plan: PackPlan, get: Get) -> Pictures:
    """Before and after of each change whose place on the page is known.

    Only of pages of which the pack shows every picture: what is withheld, cropped or covered stays so here. Raises
    DamagedArchive where a picture is none.
    """
    exhibits = {exhibit.number: exhibit for exhibit in plan.exhibits}
    return {
        (number, side): cut
        for number, change in enumerate(plan.changes)
        for side in (0, 1)
        if (cut := _cut(plan, exhibits.get(change.sources[side]), _box(change, side), get))
    }


def picture_path(number: int, side: int) -> str:
    """Where such a picture lies in the pack."""
    return f"data/changed/{number + 1:02d}-{('before', 'after')[side]}.webp"


def inlined(picture: bytes) -> str:
    """Such a picture as an address that holds it."""
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def _box(change: BeforeAfter, side: int) -> Area | None:
    box = change.boxes[side]
    return box if box is not None and box[3] <= _TALLEST else None


def _cut(plan: PackPlan, exhibit: Exhibit | None, box: Area | None, get: Get) -> bytes:
    snapshot = plan.snapshot(exhibit) if exhibit is not None else None
    if exhibit is None or snapshot is None or box is None:
        return b""
    pictures = tiles(snapshot)
    if not {picture.digest for picture in pictures} <= set(exhibit.files.values()):
        return b""
    top = max(0, box[1] - _AROUND - _SPARE)
    page = part_of_page(pictures, get, top, box[1] + box[3] + _AROUND + _SPARE)
    if page is None or page.height < box[1] - top + box[3]:
        return b""
    return webp(crop(page, (box[0], box[1] - top, *box[2:]), _AROUND, _WIDE))
