"""A pack of 1 GB of evidence, its renderings made before, beside `zip -0` and `openssl dgst -sha256` over the same files.

Forty photos of some 5 MB and four videos of 200 MB, which cannot be compressed. The pack is written once so that nothing
is rendered later; then each side is timed in a process of its own, from the same warm cache, turn by turn, and the pack's
memory is taken at its most. The marks: 0.8 of their throughput, and Python under 200 MB. How long the first pack took, with
its reading copies made, is told beside it, and how many cores that used.
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from fixtures.authority import serve
from tests.paper_desk import ORDER, PaperDesk, paper_browser

PHOTOS, VIDEOS, VIDEO_BYTES = 40, 4, 200 << 20
THROUGHPUT, MEMORY_MB, ROUNDS = 0.8, 200, 3


def evidence(folder: Path, photos: int = PHOTOS, videos: int = VIDEOS) -> list[Path]:
    """Photos that no compression makes smaller, and files that are videos by their first bytes alone."""
    paths = []
    for number in range(photos):
        out = io.BytesIO()
        noise = Image.frombytes("RGB", (1000, 750), os.urandom(1000 * 750 * 3)).resize((3200, 2400))
        noise.save(out, "JPEG", quality=92)
        paths.append(folder / f"IMG_{number:04d}.jpg")
        paths[-1].write_bytes(out.getvalue())
    for number in range(videos):
        paths.append(folder / f"VID_{number}.mp4")
        with paths[-1].open("wb") as video:
            video.write(b"\0\0\0\x18ftypisom\0\0\0\0isommp42")
            for _ in range(VIDEO_BYTES >> 20):
                video.write(os.urandom(1 << 20))
    return paths


def pack(out: Path, as_of: str) -> None:
    """In this process, as the command does it; prints the seconds, and the most memory in MB."""
    import cli

    began = time.perf_counter()
    with paper_browser():
        code = cli.run(["pack", ORDER, "--reason", "damaged", "-o", str(out), "--as-of", as_of, "--json"])
    took = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {"code": code, "took": took, "memory": most_memory(), "busy": sum(one.ru_utime + one.ru_stime for one in used)}
    print(json.dumps(told), file=sys.stderr)


def _make_room(out: Path) -> None:
    """To give up a gigabyte, and to take what was written in the turn before, keeps a disk busy: neither is timed."""
    out.unlink(missing_ok=True)
    os.sync()


def most_memory() -> float:
    """The most that this process had, in MB. The system's usual answer counts what its parent had when it began."""
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024


def told_of_pack(desk: PaperDesk, out: Path, as_of: str) -> dict[str, float]:
    _make_room(out)
    command = [sys.executable, "-m", "bench.packing", str(out), as_of]
    environment = {**os.environ, **desk.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] in (0, 6), done.stdout + done.stderr
    return told


def plain(files: list[Path], out: Path) -> float:
    """Seconds that zip and openssl take."""
    _make_room(out)
    began = time.perf_counter()
    subprocess.run(["zip", "-0", "-q", "-j", out, *files], check=True)
    subprocess.run(["openssl", "dgst", "-sha256", out], check=True, capture_output=True)
    return time.perf_counter() - began


@contextmanager
def desk_with(photos: int, videos: int) -> Iterator[tuple[PaperDesk, Path, list[Path]]]:
    """A case to which such evidence was added, a folder for what is made, and the evidence."""
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        folder = Path(name)
        (folder / "evidence").mkdir()
        files = evidence(folder / "evidence", photos, videos)
        desk = PaperDesk(folder, authority)
        desk.begin()
        desk.keep()
        desk.did("add", ORDER, *files)
        yield desk, folder, files


def main() -> int:
    """Prints the figures; 0 when both marks are met, else 1."""
    with desk_with(PHOTOS, VIDEOS) as (desk, folder, files):
        as_of = datetime.now(UTC).isoformat()  # another instant is another plan
        first = told_of_pack(desk, folder / "pack.zip", as_of)
        packs, plains = [], []
        for _ in range(ROUNDS):
            packs.append(told_of_pack(desk, folder / "pack.zip", as_of))
            plains.append(plain(files, folder / "plain.zip"))
        size = (folder / "pack.zip").stat().st_size / 1e6
    took, theirs = statistics.median(one["took"] for one in packs), statistics.median(plains)
    memory, ratio = max(one["memory"] for one in packs), theirs / took
    cores = first["busy"] / first["took"]
    print(f"{size:,.0f} MB; the first pack, with its reading copies: {first['took']:.1f} s on {cores:.1f} cores, ", end="")
    print(f"{first['busy']:.0f} s of processor time, {first['memory']:.0f} MB of memory")
    print(f"again: {took:.2f} s, {memory:.0f} MB of memory; zip -0 and openssl dgst: {theirs:.2f} s; throughput {ratio:.2f}")
    return 0 if ratio >= THROUGHPUT and memory < MEMORY_MB else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        pack(Path(sys.argv[1]), sys.argv[2])
    else:
        sys.exit(main())
