"""Reading copies: viewport captures joined at their recorded positions, cut into pages, stamped. Originals stay."""

from __future__ import annotations

import io
import math
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image, ImageDraw, ImageFont, ImageOps

from collector.errors import DamagedArchive
from collector.model import Area, Artefact
from rules.pack import cores
from rules.pack.plan.bates import written
from rules.pack.redact.boxes import cover, repeated
from rules.pack.render.marks import Framed, Mark, frame

PAGE_RATIO = 1.22  # height to width of a cut page, so that it fills an A4 sheet with its stamp
LONGEST = 1.17  # times a page: the last one may be so long, and is drawn smaller, before a strip takes a sheet of its own
BELOW = 40  # rows that stay of what is empty at a page's end, where a sheet is saved by cutting it off
SEARCH = 0.12  # how far above the cut, as a share of the page, a quiet line is looked for
HIGHER = 4  # times: how often that stretch goes further up where all of it is written on
SPARE = 60  # rows that a page may be longer than its share, for it is cut where there is room
BETWEEN_BLOCKS = 2  # times: how far up room between blocks is preferred to room between lines
QUIET = 4  # equal rows that are room between lines
PHOTO_WIDTH = 1600
_APART, _LABEL = 20, 36  # pixels between the frames of a video, and below each for its moment
MOST_PIXELS = 120_000_000
MOST_STOPS = 40  # of a conversation that is longer, the older part stands in the report as text
_SIDES = range(100, 8193)  # of a picture that the browser took, and of a pane in it, in pixels
_GAP = 60  # rows between two pictures of a conversation that could not be joined
_INK, _PAPER, _RULE, _ALARM = (38, 43, 51), (246, 246, 243), (176, 176, 168), (158, 42, 28)

Get = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is printed on a copy: `title` and `lines` above the picture, then `alarm` in red; `foot` below it.

    `first` is the number in the pack of the first page that is stamped so, 0 where pages bear none. `larger` is how many
    times larger its letters are than on what is printed as wide as a sheet.
    """

    title: str
    lines: tuple[str, ...]
    foot: str
    alarm: str = ""
    first: int = 0
    larger: float = 1


@dataclass(frozen=True, slots=True)
class _Tile:
    """A viewport capture and where it stands on the page, in page pixels; `pane` is the part of it that is shown."""

    artefact: Artefact
    x: int
    y: int
    width: int
    height: int
    pane: Area | None = None


def page_copies(
    artefacts: tuple[Artefact, ...],
    get: Get,
    stamp: Callable[[tuple[Artefact, ...]], Stamp],
    marks: tuple[Mark, ...] = (),
    covers: tuple[Area, ...] = (),
    seen: Callable[[Framed], None] = lambda _: None,
) -> list[bytes]:
    """PNG pages of one visit, top to bottom, the marks framed; `stamp` gets the tiles of each page. No tiles, no pages.

    `seen` is told of every frame.

    `covers` are areas in page pixels that are drawn over, there and where another tile repeats what sticks to the window.

    Memory stays at two tiles and a page or two for each core. Raises DamagedArchive when a tile is no picture, or cannot
    stand where its record says.
    """
    return _pages(
        _placed(artefacts), get, stamp, marks, repeated(covers, artefacts, partial(_in_page_pixels, get)), seen=seen
    )


def _in_page_pixels(get: Get, tile: Artefact) -> Image.Image:
    _, _, width, height = tile.area or (0, 0, 1, 1)
    with _picture(tile, get) as image:
        return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def whole_page(artefacts: tuple[Artefact, ...], get: Get, most: int = 12_000) -> Image.Image | None:
    """The page's pictures joined, down to row `most`; None where there are none. Raises DamagedArchive as `page_copies`."""
    if not (tiles := _placed(artefacts)):
        return None
    width, height = max(t.x + t.width for t in tiles), min(most, max(t.y + t.height for t in tiles))
    return _JoinedPage(tiles, get, (255, 255, 255)).stretch(0, height, width)[0]


def part_of_page(artefacts: tuple[Artefact, ...], get: Get, top: int, bottom: int) -> Image.Image | None:
    """The same from row `top` to `bottom`, as far down as the pictures go; None where they do not go so far as `top`."""
    tiles = _placed(artefacts)
    bottom = min(bottom, max((t.y + t.height for t in tiles), default=0))
    if bottom <= top:
        return None
    return _JoinedPage(tiles, get, (255, 255, 255)).stretch(top, bottom, max(t.x + t.width for t in tiles))[0]


def conversation_copies(
    screens: tuple[Artefact, ...],
    cropped: tuple[int, ...],
    get: Get,
    stamp: Callable[[tuple[Artefact, ...]], Stamp],
    covers: Mapping[int, tuple[Area, ...]] | None = None,
) -> list[bytes]:
    """PNG pages of a conversation that was walked, oldest first: the panes of its pictures, joined where messages repeat.

    `screens` are all its pictures, `cropped` the parts of those that may be shown, of which the newest MOST_STOPS are.
    What none of them shows is grey. `covers` are areas that are black, by part, in that picture's pixels. Memory and errors
    as for `page_copies`.
    """
    stops = _stops(screens, cropped, get)
    black = (_moved(area, stop) for stop in stops for area in (covers or {}).get(stop.artefact.part, ()))
    return _pages(stops, get, stamp, (), tuple(area for area in black if area is not None), empty=_RULE)


def _moved(area: Area, stop: _Tile) -> Area | None:
    """Where what a stop's pane shows of an area of its picture stands in the conversation; None where it shows nothing."""
    (x, y, width, height), (left, top, wide, high) = area, stop.pane or (0, 0, stop.width, stop.height)
    upper, lower = max(y, top), min(y + height, top + high)
    first, last = max(x, left), min(x + width, left + wide)
    if upper >= lower or first >= last:
        return None
    return stop.x + first - left, stop.y + upper - top, last - first, lower - upper


def _pages(
    tiles: tuple[_Tile, ...],
    get: Get,
    stamp: Callable[[tuple[Artefact, ...]], Stamp],
    marks: tuple[Mark, ...],
    covers: tuple[Area, ...] = (),
    empty: tuple[int, int, int] = (255, 255, 255),
    seen: Callable[[Framed], None] = lambda _: None,
) -> list[bytes]:
    if not tiles:
        return []
    width, height = max(t.x + t.width for t in tiles), max(t.y + t.height for t in tiles)
    source = _JoinedPage(tiles, get, empty)
    cuts = _cuts(source, width, height)

    def drawn() -> Iterator[Image.Image]:
        for number, (top, bottom) in enumerate(cuts, 1):
            picture, used = source.stretch(top, bottom, width)
            framed = frame(picture, top, marks)
            cover(picture, top, covers)
            stamped = stamp(used)
            for box, (left, upper, right, lower) in framed:
                area = left, upper + _head(picture.width, stamped), right - left + 1, lower - upper + 1
                seen(Framed(number, box, area))
            yield _stamped(picture, stamped, number, len(cuts))

    return cores.on_all_cores(_png, drawn())


def photo_copy(data: bytes, stamp: Stamp, page: int = 1, pages: int = 1) -> bytes | None:
    """A stamped JPEG of a photo or page, upright, at most 1600 px wide, without camera data; None when it is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # the original is in the pack all the same, and the report says that it has no copy
    if picture.width > PHOTO_WIDTH:
        picture = picture.resize(
            (PHOTO_WIDTH, round(picture.height * PHOTO_WIDTH / picture.width)), Image.Resampling.LANCZOS
        )
    return _jpeg(_stamped(picture, stamp, page, pages))


def instead_of(copy: bytes, text: str) -> bytes:
    """A sheet of the same size that says why a copy is not shown."""
    with Image.open(io.BytesIO(copy)) as image:
        sheet = Image.new("RGB", image.size, _RULE)
    ImageDraw.Draw(sheet).text((20, 20), _plain(text), fill=_INK, font=_font(18))
    return _png(sheet)


def frame_sheet(frames: Sequence[tuple[bytes, str]], stamp: Stamp) -> bytes:
    """A stamped JPEG of a video's frames side by side, each with its moment below."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data, _ in frames]
    columns = min(len(pictures), 2 if pictures[0].width >= pictures[0].height else 3)
    width = (PHOTO_WIDTH - _APART * (columns + 1)) // columns
    for picture in pictures:
        picture.thumbnail((width, width * 2), Image.Resampling.LANCZOS)
    tall = max(picture.height for picture in pictures) + _LABEL
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (PHOTO_WIDTH, rows * (tall + _APART) + _APART), (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    for place, (picture, (_, moment)) in enumerate(zip(pictures, frames, strict=True)):
        x = _APART + place % columns * (width + _APART)
        y = _APART + place // columns * (tall + _APART)
        sheet.paste(picture, (x, y))
        draw.text((x, y + picture.height + 4), moment, fill=_INK, font=_font(24))
    return _jpeg(_stamped(sheet, stamp, 1, 1))


def picture_size(copy: bytes) -> tuple[int, int]:
    """Width and height of a copy."""
    with Image.open(io.BytesIO(copy)) as image:
        return image.size


def as_jpeg(data: bytes, quality: int = 85) -> bytes:
    """A copy as JPEG, for places that take no PNG."""
    with Image.open(io.BytesIO(data)) as image:
        return _jpeg(image.convert("RGB"), quality)


def as_pdf(copies: list[bytes], quality: int = 80) -> bytes:
    """Copies as one PDF with a page each, without dates or tool names, so that equal copies make equal bytes."""
    images = [Image.open(io.BytesIO(copy)).convert("RGB") for copy in copies]
    out = io.BytesIO()
    images[0].save(
        out, "PDF", save_all=True, append_images=images[1:], resolution=150.0, quality=quality,
        creationDate=None, modDate=None, producer=None,
    )  # fmt: skip
    return out.getvalue()


def _placed(artefacts: tuple[Artefact, ...]) -> tuple[_Tile, ...]:
    """Tiles by their recorded position; one without a position is left out."""
    placed = [_Tile(artefact, *area) for artefact in artefacts if (area := artefact.area) is not None]
    reached = 0
    for tile in (tiles := sorted(placed, key=lambda t: (t.y, t.x))):
        # A record may say anything; nobody waits for thousands of blank pages, or has the memory for one that is as wide.
        if tile.width not in _SIDES or tile.height > _SIDES[-1] or max(tile.x, tile.y - reached) > _SIDES[-1]:
            raise DamagedArchive(
                f"A captured picture cannot stand where its record says ({tile.artefact.note[:100]}).",
                "Run: tradewitness verify",
            )
        reached = max(reached, tile.y + tile.height)
    return tuple(tiles)


def _stops(screens: tuple[Artefact, ...], cropped: tuple[int, ...], get: Get) -> tuple[_Tile, ...]:
    """Where the panes stand in the conversation: each by so much higher than the one before as its messages moved down."""
    placed: list[_Tile] = []
    y, last = 0, 0
    for screen in sorted(screens, key=lambda a: a.part)[:MOST_STOPS]:
        left, _, width, height = pane = screen.pane or (0, 0, 0, last)
        tall, moved = min(height, _SIDES[-1]), screen.moved
        if moved is None or not 0 <= moved <= 2 * max(height, last):
            moved = tall + _GAP
        y, last = (y - moved if screen.part else 0), tall
        if screen.part in cropped and _is_inside(pane, screen, get):
            placed.append(_Tile(screen, left, y, width, height, pane))
    left, top = min((t.x for t in placed), default=0), min((t.y for t in placed), default=0)
    return tuple(replace(tile, x=tile.x - left, y=tile.y - top) for tile in sorted(placed, key=lambda t: (t.y, t.x)))


def _is_inside(pane: Area, screen: Artefact, get: Get) -> bool:
    """Whether a picture has such a pane: beyond its edges nothing was seen, whatever its record says."""
    x, y, width, height = pane
    if width not in _SIDES or not 0 < height <= _SIDES[-1]:
        return False
    with _picture(screen, get) as image:
        return x + width <= image.width and y + height <= image.height


@contextmanager
def _picture(artefact: Artefact, get: Get) -> Iterator[Image.Image]:
    """A captured picture, of which nothing but its head is read yet. DamagedArchive when it is none."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(get(artefact.digest))) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            yield image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DamagedArchive("A captured picture cannot be opened.", "Run: tradewitness verify") from error


class _JoinedPage:
    """The joined page, of which any stretch can be had without ever holding it whole. `empty` is where no tile is."""

    def __init__(self, tiles: tuple[_Tile, ...], get: Get, empty: tuple[int, int, int]) -> None:
        self.tiles = tiles
        self.get = get
        self.empty = empty
        self.opened: dict[str, Image.Image] = {}

    def stretch(self, top: int, bottom: int, width: int) -> tuple[Image.Image, tuple[Artefact, ...]]:
        """The page from row `top` to `bottom`, and the tiles it was taken from.

        Where tiles overlap the upper one is kept: the lower one repeats there what sticks to the window's top.
        """
        canvas = Image.new("RGB", (width, bottom - top), self.empty)
        reached = top
        used: list[Artefact] = []
        for tile in self.tiles:
            first, last = max(tile.y, reached), min(tile.y + tile.height, bottom)
            if last > first:
                picture = self._open(tile)
                piece = picture.crop((0, first - tile.y, tile.width, last - tile.y))
                canvas.paste(piece, (tile.x, first - top))
                reached = last
                used.append(tile.artefact)
        self.opened = {a.digest: self.opened[a.digest] for a in used[-2:]}
        return canvas, tuple(used)

    def _open(self, tile: _Tile) -> Image.Image:
        digest = tile.artefact.digest
        if digest not in self.opened:
            with _picture(tile.artefact, self.get) as image:
                picture = image.convert("RGB")
            if tile.pane is not None:
                x, y, width, height = tile.pane
                picture = picture.crop((x, y, x + width, y + height))
            if picture.size != (tile.width, tile.height):
                picture = picture.resize((tile.width, tile.height), Image.Resampling.LANCZOS)
            self.opened[digest] = picture
        return self.opened[digest]


def _cuts(source: _JoinedPage, width: int, height: int) -> list[tuple[int, int]]:
    """First and last row of every page, of about one length; only the stretches in which a page may end are looked at."""
    page = round(width * PAGE_RATIO)
    needed = min(height, _last_ink(source, width, height, page) + BELOW) if height > page else height
    cuts, top = [], 0
    while top + page * LONGEST < needed:
        left = max(1, math.ceil((needed - top) / page - (LONGEST - 1)))  # pages of one length, so that the last is no strip
        bottom = _quiet_row(source, width, min(top + page, top + (needed - top) // left + SPARE), round(page * SEARCH))
        cuts.append((top, bottom))
        top = bottom
    return [*cuts, (top, height if height <= top + page * LONGEST else needed)]


def _last_ink(source: _JoinedPage, width: int, height: int, step: int) -> int:
    """Below which row all rows are as the last one is: nothing of a page is to be seen there. At least one row stays."""
    last = None
    for bottom in range(height, 0, -step):
        top = max(0, bottom - step)
        rows = _rows(source.stretch(top, bottom, width)[0])
        last = rows[-1] if last is None else last
        for row in range(len(rows) - 1, -1, -1):
            if rows[row] != last:
                return top + row + 1
    return 1


def _rows(picture: Image.Image) -> list[bytes]:
    """Its rows of pixels, in full colour: colours of one brightness are not one."""
    step, data = 3 * picture.width, picture.convert("RGB").tobytes()
    return [data[i : i + step] for i in range(0, len(data), step)]


def _quiet_row(source: _JoinedPage, width: int, end: int, search: int) -> int:
    """The row at which a page that may reach to row `end` is cut, so that no line of text is cut.

    Rows of one colour, which are between blocks, are looked for in the last two stretches of `search` rows; then rows that
    are equal, between lines, up to the middle of the page. Where there are none, at its end.
    """
    equal: list[int] = []
    for higher in range(HIGHER):
        top = end - (higher + 1) * search
        plain, alike = _runs(_rows(source.stretch(top, top + search, width)[0]))
        if plain and higher < BETWEEN_BLOCKS:
            return top + plain
        equal += [top + alike] if alike else []
        if equal and higher >= BETWEEN_BLOCKS - 1:
            break
    return equal[0] if equal else end


def _runs(rows: list[bytes]) -> tuple[int, int]:
    """The middles of the longest run of rows of one colour, and of the longest run of equal rows; 0 for none long enough."""
    best = {True: (QUIET - 1, 0), False: (QUIET - 1, 0)}
    start = 0
    for row in range(1, len(rows) + 1):
        if row == len(rows) or rows[row] != rows[row - 1]:
            plain = row - start >= QUIET and rows[start] == rows[start][:3] * (len(rows[start]) // 3)
            for kind in {plain, False}:
                if row - start > best[kind][0]:
                    best[kind] = row - start, (row + start) // 2
            start = row
    return best[True][1], best[False][1]


def _head(width: int, stamp: Stamp) -> int:
    """How many rows the strip above a picture of that width takes."""
    scale = max(width / 1280, 0.5) * stamp.larger
    lines = len(stamp.lines) + bool(stamp.alarm)
    return round(20 * scale) + round(30 * scale) + round(21 * scale) * lines + round(8 * scale)


def _stamped(picture: Image.Image, stamp: Stamp, page: int, pages: int) -> Image.Image:
    """The picture between two strips of paper: what it is above, how it was made below."""
    scale = max(picture.width / 1280, 0.5) * stamp.larger
    large, small = _font(round(22 * scale)), _font(round(15 * scale))
    margin, step = round(20 * scale), round(21 * scale)
    lines = [*stamp.lines, *([stamp.alarm] if stamp.alarm else [])]
    head = _head(picture.width, stamp)
    foot = round(36 * scale)
    sheet = Image.new("RGB", (picture.width, picture.height + head + foot), _PAPER)
    sheet.paste(picture, (0, head))
    draw = ImageDraw.Draw(sheet)
    title = stamp.title if pages == 1 else f"{stamp.title}   page {page} of {pages}"
    draw.text((margin, round(12 * scale)), _plain(title), fill=_INK, font=large)
    for index, line in enumerate(lines):
        ink = _ALARM if stamp.alarm and index == len(lines) - 1 else _INK
        draw.text(
            (margin, margin + round(24 * scale) + step * index),
            _fit(line, draw, small, sheet.width - 2 * margin),
            ink,
            small,
        )
    draw.line((0, head - 1, sheet.width, head - 1), fill=_RULE)
    draw.line((0, head + picture.height, sheet.width, head + picture.height), fill=_RULE)
    below = head + picture.height
    edge = sheet.width - margin
    if stamp.first:
        number, bold = written(stamp.first + page - 1), _font(round(20 * scale))
        edge -= round(draw.textlength(number, bold))
        draw.text((edge, below + round(6 * scale)), number, fill=_INK, font=bold)
        edge -= margin
    draw.text((margin, below + round(9 * scale)), _fit(stamp.foot, draw, small, edge - margin), fill=_INK, font=small)
    return sheet


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _fit(text: str, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """The line, with its middle left out where it is too long: both ends of an address matter."""
    text = shown = _plain(text)
    keep = len(text)
    while keep > 20 and draw.textlength(shown, font) > width:
        keep -= max(1, keep // 20)
        shown = f"{text[: keep * 2 // 3]} … {text[-(keep // 3) :]}"
    return shown


def _plain(text: str) -> str:
    """Only what the built-in font can draw: letters without their accents, anything else by its code, no empty boxes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" or c in "…“”‘’" else f"\\u{ord(c):04x}" for c in bare)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _jpeg(image: Image.Image, quality: int = 85) -> bytes:
    return cores.as_jpeg(image, quality, subsampling=0)
