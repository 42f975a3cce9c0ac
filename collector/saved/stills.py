"""What is to be seen of a photo or a video: one upright picture, or some frames. Made in a process of its own, with bounds.

A picture or a video comes from anybody, and decoders are large: what a file does to one, it does to a process that ends.
Without the extra "media" (PyAV) there are no pictures of videos.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from collector.saved.apart import bound, heard, run_apart, told

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 2000  # pixels of a photo's longer side
FRAMES = 6  # of a video, evenly spread over its length
_FRAME = 1280  # pixels of a frame's longer side
_MOST_PIXELS = 120_000_000
_QUALITY = 95
_SECONDS = 180  # by the clock, on a machine that is busy; of processor time it has as much as every such process
_MOST_FRAMES_READ = 2_000  # of a video, before it is given up

NOT_A_PICTURE = "it cannot be shown as a picture (it is damaged, too large, or of a format that is not read)"
NO_FRAMES = "it cannot be shown as pictures (it is damaged, too large, or of a format that is not read)"
NO_READER = "no pictures of it were made, because the extra for videos is not installed (tradewitness[media])"


@dataclass(frozen=True, slots=True)
class Still:
    """A picture as JPEG, upright, without anything that the camera wrote; of a video the frame at `at_ms`."""

    data: bytes = field(repr=False)
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Stills:
    """What is to be seen of a file, or why there is nothing."""

    pictures: tuple[Still, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the process that decodes says first; then the pictures follow, each so many bytes."""

    sizes: tuple[int, ...] = ()
    at_ms: tuple[int, ...] = ()
    problem: str = ""


def stills_of(media_type: str, data: bytes | IO[bytes], seconds: float = _SECONDS) -> Stills:
    """The pictures of a photo or video, decoded by a process that cannot harm this one; none of other files."""
    video = media_type.startswith("video/")
    if video and find_spec("av") is None:
        return Stills(problem=NO_READER)
    said = run_apart("collector.saved.stills", "video" if video else "picture", data, seconds)
    try:
        answer, pictures = heard(said, _Answer)
    except (ValueError, RecursionError):
        return Stills(problem=NO_FRAMES if video else NOT_A_PICTURE)  # killed before it could answer
    times = answer.at_ms or (None,) * len(pictures)
    return Stills(tuple(Still(data, at) for data, at in zip(pictures, times, strict=True)), answer.problem)


# -- inside the process that decodes -----------------------------------------------------------------------------------


def main(kind: str) -> None:
    """Reads standard input, writes what came of it."""
    bound()
    stills: list[Still] = []
    try:
        given = sys.stdin.buffer if sys.stdin.seekable() else BytesIO(sys.stdin.buffer.read())
        stills = list(_frames(given)) if kind == "video" else [Still(as_jpeg(_picture(given)))]
    except Exception:  # noqa: BLE001 - decoders of hostile files raise anything; the process ends here either way
        stills = []
    problem = "" if stills else NO_FRAMES if kind == "video" else NOT_A_PICTURE
    times = tuple(still.at_ms for still in stills if still.at_ms is not None)
    answer = _Answer(tuple(len(still.data) for still in stills), times, problem)
    sys.stdout.buffer.write(told(answer, (still.data for still in stills)))


def _picture(file: IO[bytes]) -> Image.Image:
    from PIL import Image, ImageOps

    with suppress(ImportError):
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    with warnings.catch_warnings(action="ignore"), Image.open(file) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
        upright = ImageOps.exif_transpose(image)
        if "A" not in upright.getbands() and "transparency" not in upright.info:
            return upright.convert("RGB")
        white = Image.new("RGBA", upright.size, "white")
        white.alpha_composite(upright.convert("RGBA"))
        return white.convert("RGB")


def as_jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    """The picture as a JPEG with its colours at full size."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def _frames(file: IO[bytes]) -> Iterator[Still]:
    """Whole frames evenly spread over the video, each the last one before its moment that stands by itself."""
    import av

    av.logging.set_level(av.logging.PANIC)
    with av.open(file, mode="r", metadata_errors="replace") as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"  # the same pictures each time, in bounded memory
        stream.codec_context.skip_frame = "NONKEY"
        if stream.width * stream.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        length = container.duration or 0
        seen: set[int] = set()
        for number in range(FRAMES):
            if length:
                container.seek(length * number // FRAMES)
            for count, frame in enumerate(container.decode(stream)):
                at_ms = round((frame.time or 0) * 1000)
                if at_ms not in seen:
                    seen.add(at_ms)
                    yield Still(as_jpeg(_upright(frame)), max(at_ms, 0))
                if length or len(seen) >= FRAMES or count > _MOST_FRAMES_READ:
                    break
            if not length:
                break


def _upright(frame: Any) -> Image.Image:
    """The frame as it is meant to be seen: players turn it by what the file says."""
    from PIL import Image

    picture: Image.Image = frame.to_image()
    picture.thumbnail((_FRAME, _FRAME), Image.Resampling.LANCZOS)
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


if __name__ == "__main__":
    main(sys.argv[1])
