"""The object pass of `verify` beside `openssl dgst -sha256` over the same stored bytes, on one core and on two.

A 5,000-snapshot archive whose objects cannot be compressed and have 256 KB or more. Both sides read every byte in the same
run, from the same warm cache, turn by turn, and each is asked for what it found: no problem, the same digests. The
marks: 0.8 of openssl's speed on one core, 1.3 with two. `--deep` is timed apart, over snapshots of pages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from collector.alias import Alias
from collector.archive.archive import Archive
from collector.archive.index import open_index, unread
from collector.archive.objects import FolderObjects
from collector.archive.records import entry_body
from collector.archive.sealing import seal, signing_key
from collector.clock import SystemClock
from collector.ledger.log import new_salt
from collector.model import Artefact, Snapshot, Step, Target, Visit
from collector.reading.reader import reader_of
from collector.sites.table import site_named
from collector.verify import verify_archive
from collector.verify.checking import checked
from collector.verify.stored import SealedArtefact, check_objects
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS, addresses

SNAPSHOTS, SIZE, ROUNDS = 5_000, 256 * 1024, 7
PAGES = 300
ONE_CORE, TWO_CORES = 0.8, 1.3
A_SECOND_CORE = 1.5  # what two openssl processes must gain, for a second core to be there at all


def fill(folder: Path) -> dict[str, SealedArtefact]:
    """One incompressible object a snapshot, as a tile is."""
    store, sealed = FolderObjects(folder), {}
    for number in range(SNAPSHOTS):
        size = SIZE + number % 64
        sealed[store.put(os.urandom(size))] = SealedArtefact(f"tile of snapshot {number}", size)
    return sealed


def openssl(folder: Path) -> float:
    """Seconds that openssl takes, its digests held against the names."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    began = time.perf_counter()
    said = subprocess.run(["openssl", "dgst", "-sha256", "-r", *paths], check=True, capture_output=True, text=True).stdout
    took = time.perf_counter() - began
    digests = [line.split(" *")[0] for line in said.splitlines()]
    assert digests == [path.parent.name + path.name for path in paths]
    return took


def openssl_twice(folder: Path) -> float:
    """Seconds that two openssl processes take for a half each: what a second core is worth on this machine just now."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    began = time.perf_counter()
    halves = [
        subprocess.Popen(["openssl", "dgst", "-sha256", "-r", *paths[start::2]], stdout=subprocess.DEVNULL)
        for start in (0, 1)
    ]
    assert [half.wait() for half in halves] == [0, 0]
    return time.perf_counter() - began


def ours(folder: Path, sealed: dict[str, SealedArtefact]) -> float:
    """Seconds that the object pass takes; it must find nothing wrong, and everything there."""
    began = time.perf_counter()
    (count, stray), problems = checked(check_objects((folder,), sealed))
    took = time.perf_counter() - began
    assert (problems, count, stray) == ([], SNAPSHOTS, 0)
    return took


def ratio(cores: set[int], theirs: Callable[[], float], mine: Callable[[], float]) -> tuple[float, float]:
    """openssl's time over ours (above 1: faster), each the best of its turns; openssl always has one core."""
    their_turns, own_turns = [], []
    for _ in range(ROUNDS):
        os.sched_setaffinity(0, {min(cores)})
        their_turns.append(theirs())
        os.sched_setaffinity(0, cores)
        own_turns.append(mine())
    return min(their_turns) / min(own_turns), min(their_turns)


def pages(folder: Path) -> Archive:
    """A sealed archive of order pages, each with other noise, and its index."""
    archive, story = Archive(folder / "archive", SystemClock()), SCENARIOS["led-fans"]
    key = signing_key(archive, folder)
    archive.create((), key.fingerprint, key.certificate_pem)
    url = addresses("led-fans", ORIGIN)["order"]
    target = Target("order", story.order.id, "order", url, "", {"order": story.order.id})
    for seed in range(PAGES):
        now = archive.clock.now()
        html = render("led-fans", story.today, "order", base=date(2026, 7, 1), origin=ORIGIN, seed=seed)
        dom = Artefact("dom", 0, "text/html; charset=utf-8", len(html), archive.objects.put(html), new_salt())
        visit = Visit(url, url, (), 200, "", now, {}, {}, "alibaba.localhost:8123=alibaba.com", (), (), {})
        steps = (Step("identify", "ok", "", now, 1),)
        body, openings = entry_body(Snapshot(1, f"S-{seed:05d}", target, visit, steps, "complete", "", (dom,)))
        archive.record("snapshot", body, openings)
    seal(archive, key)
    return archive


def verified(archive: Archive, *, deep: bool) -> tuple[float, int]:
    """Seconds that verification takes, and how many facts the index holds; nothing may be wrong."""
    read = reader_of(archive.objects, site_named, Alias())
    index = open_index(archive, read)
    count = index.counts("facts")["facts"]
    began = time.perf_counter()
    report = verify_archive(archive, readers=(read, unread) if deep else None)
    took = time.perf_counter() - began
    assert report.problems == ()
    assert report.objects == PAGES
    assert count > PAGES
    return took, count


def main() -> int:
    """Prints what was measured; 0 when both marks are met."""
    everything = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "objects"
        sealed = fill(folder)
        size = sum(record.size for record in sealed.values()) / 1e9
        alone, took = ratio({everything[0]}, lambda: openssl(folder), lambda: ours(folder, sealed))
        print(f"{SNAPSHOTS:,} objects, {size:.2f} GB: openssl dgst {took:.2f} s on one core ({size / took:.2f} GB/s)")
        print(f"object pass on one core: {alone:.2f} of openssl's speed (mark {ONE_CORE})")
        together = 0.0
        if len(everything) > 1:
            together, _ = ratio(set(everything[:2]), lambda: openssl(folder), lambda: ours(folder, sealed))
            print(f"object pass on two cores: {together:.2f} of openssl's on one (mark {TWO_CORES})")
        os.sched_setaffinity(0, set(everything))
        worth = openssl(folder) / openssl_twice(folder)
        free = worth >= A_SECOND_CORE
        print(
            f"two openssl processes: {worth:.2f} of one" + ("" if free else ": no second core is free; two are not judged")
        )
    with tempfile.TemporaryDirectory() as name:
        archive = pages(Path(name))
        plain, _ = verified(archive, deep=False)
        deep, facts = verified(archive, deep=True)
        print(f"verify of {PAGES} order pages: {plain:.2f} s; with --deep, their {facts:,} facts read again: {deep:.2f} s")
    return 0 if alone >= ONE_CORE and (together >= TWO_CORES or not free) else 1


if __name__ == "__main__":
    sys.exit(main())
