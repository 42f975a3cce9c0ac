"""The capture-and-pack flow, killed with SIGKILL at seeded points, and what must hold of the archive after each kill.

Run by tests, or by hand: `python -m tests.kill_proof --points 20 --seed 1`. Each flow is a process of its own, forked from
one that has everything imported. It counts what it does to files (opening, syncing, renaming, cutting, removing, connecting)
and kills itself at a given count: between any two of those, an archive must be whole. What it printed is in a file by then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from asyncio import runners
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cli
from collector.archive.archive import Archive
from collector.canonical import sha256_file
from collector.capture import artefact_writer
from collector.clock import SystemClock
from collector.errors import DUE
from fixtures.authority import Served, serve
from fixtures.revocation import Revocation
from rules.pack.bag.verify import verify_pack
from tests.paper_desk import PaperDesk, paper_browser
from tests.stories.desk import Desk

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

EVENTS = {"open", "os.rename", "os.remove", "os.truncate", "os.mkdir", "os.link", "sqlite3.connect", "socket.connect"}
NIGHT_PAGES = ("order", "dispute", "supplier", "product")
CHAIN = 5  # kills in a row on one archive before it must come through


@dataclass
class Tally:
    """What the kills met: how often they struck, during which commands, and how much had been reported as kept by then."""

    points: int = 0
    struck: int = 0
    reported: int = 0
    during: dict[str, int] = field(default_factory=dict)


def commands(desk: PaperDesk | Desk, number: int) -> Iterator[tuple[str, ...]]:
    """The flow: a file and a date are entered, the pages kept, the case packed."""
    photo = desk.folder / f"carton-{number}.txt"
    photo.write_text(f"carton {number}, wet on one side\n")
    yield "add", desk.order, str(photo), "--as", "photo"
    yield "case", "set", desk.order, f"evidence_submitted_at=2026-10-{number % 28 + 1:02d}"
    yield "capture", desk.order
    yield "pack", desk.order, "--reason", "damaged", "-o", str(desk.folder / f"case-{number}.zip")


Flow = Callable[[PaperDesk, int], Iterator[tuple[str, ...]]]


def a_night(desk: PaperDesk, number: int) -> Iterator[tuple[str, ...]]:
    """The flow of who sleeps."""
    yield ("nightly",)


def run_flow(desk: PaperDesk, number: int, kill_at: int = 0, flow: Flow = commands) -> int:
    """One flow in a process of its own, killed at its nth event; gives how many there were (0: it was killed)."""
    events = desk.folder / "events"
    events.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        os._exit(_child(desk, number, kill_at, events, flow))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return 0
    assert os.WEXITSTATUS(status) == 0, (desk.folder / "said.txt").read_text()
    return int(events.read_text())


def _child(desk: PaperDesk, number: int, kill_at: int, events: Path, flow: Flow) -> int:
    seen = 0
    sync = os.fsync

    def happened(event: str, _: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in EVENTS:
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def counted_sync(fd: FileDescriptorLike) -> None:
        happened("open", ())
        sync(fd)
        happened("open", ())

    asyncio.run = runners.run  # nor does the event loop that the stories share
    os.environ.update(desk.environment)
    artefact_writer._THREADS = ThreadPoolExecutor(4)  # its threads do not come along when a process is forked
    os.fsync = counted_sync
    sys.addaudithook(happened)
    worst = 0
    with (desk.folder / "said.txt").open("a", buffering=1) as said, redirect_stdout(said), paper_browser():
        for arguments in flow(desk, number):
            (desk.folder / "running").write_text(arguments[0])
            code = cli.run([*arguments, "--json"])
            worst = max(worst, 0 if code == DUE else code)
    events.write_text(str(seen))
    return worst


def _during(running: Path) -> str:
    """The command that a kill struck; the first of a fresh desk may have been about to say which it is."""
    return running.read_text() if running.exists() else "starting"


def kill_points(folder: Path, authority: Served, points: int, seed: int) -> Tally:
    """Kills the flow at so many seeded points and checks the archive after each; AssertionError at the first fault."""
    chance, tally = random.Random(seed), Tally()
    warm = _fresh(folder / "warm", authority)
    warm.keep()
    warm.pack()  # everything is imported now, and every flow is forked from here
    length = run_flow(warm, 0)
    number = 0
    for start in range(0, points, CHAIN):
        desk = _fresh(folder / str(start), authority)
        for _ in range(min(CHAIN, points - start)):
            number += 1
            killed = not run_flow(desk, number, chance.randint(1, length))
            tally.points, tally.struck = tally.points + 1, tally.struck + killed
            during = _during(desk.folder / "running") if killed else "nothing: it had finished"
            tally.during[during] = tally.during.get(during, 0) + 1
            check(desk)
        number += 1
        assert run_flow(desk, number), "the flow was killed without being asked to"  # the next run goes on
        tally.reported += check(desk, seal="timestamped")
    return tally


def kill_nights(folder: Path, authority: Served, points: int, seed: int) -> Tally:
    """Kills a night at so many seeded points, each in an archive of its own, and lets the next call go on.

    Afterwards every page was kept whole once, and the facts are those of a night that nobody killed.
    """
    chance, tally = random.Random(seed), Tally()
    base = PaperDesk(folder / "base", authority, NIGHT_PAGES)
    base.folder.mkdir(parents=True)
    base.begin()
    whole = _copy_of(base, folder / "whole")
    assert whole.run("nightly", "--json").code in (0, DUE)  # everything is imported now
    told = _facts(whole)
    length = run_flow(_copy_of(base, folder / "counted"), 0, flow=a_night)
    for number in range(points):
        desk = _copy_of(base, folder / str(number))
        at = chance.randint(1, length)
        killed = not run_flow(desk, 1, at, flow=a_night)
        tally.points, tally.struck = tally.points + 1, tally.struck + killed
        during = "nightly" if killed else "nothing: it had finished"
        tally.during[during] = tally.during.get(during, 0) + 1
        check(desk)
        assert run_flow(desk, 2, flow=a_night), "the night was killed without being asked to"
        tally.reported += check(desk, seal="timestamped")
        kept = [e.body["target"]["kind"] for e in Archive(desk.archive, SystemClock()).ledger.entries(kinds=["snapshot"])]
        assert sorted(kept) == sorted(NIGHT_PAGES), f"killed at {at}"
        assert _facts(desk) == told, f"killed at {at}"
        assert desk.did("nightly", "--dry-run")["planned"] == []
        shutil.rmtree(desk.folder)
    return tally


def _copy_of(desk: PaperDesk, folder: Path) -> PaperDesk:
    shutil.copytree(desk.folder, folder)
    return desk.elsewhere(folder)


def _facts(desk: PaperDesk) -> list[tuple[str, str, str]]:
    """What is known of the case, whichever visits say it."""
    facts = desk.did("facts", desk.order)["facts"]
    return sorted((fact["name"], fact["state"], json.dumps(fact["value"], sort_keys=True)) for fact in facts)


def kill_browser_flow(desk: Desk, points: int, seed: int) -> Tally:
    """The same with the real browser: a shell's commands, killed from outside with all that they started, at any time."""
    chance, tally = random.Random(seed), Tally()
    began = time.monotonic()
    assert not _killed(desk, 0, None)
    length = time.monotonic() - began
    while tally.struck < points:
        killed = _killed(desk, tally.points + 1, chance.uniform(0, length))
        tally.points, tally.struck = tally.points + 1, tally.struck + killed
        during = (desk.folder / "running").read_text() if killed else "nothing: it had finished"
        tally.during[during] = tally.during.get(during, 0) + 1
        check(desk)
        if tally.points % CHAIN == 0 or tally.struck == points:
            assert not _killed(desk, 1000 + tally.points, None)  # the next run goes on
            tally.reported = check(desk, seal="timestamped")
    return tally


def _killed(desk: Desk, number: int, after_s: float | None) -> bool:
    """One flow, as a person's shell would run it; whether it was killed before its end."""
    program, said = Path(sys.executable).with_name("tradewitness"), desk.folder / "said.txt"
    lines = [
        f"printf %s {arguments[0]} > {shlex.quote(str(desk.folder / 'running'))}; "
        f"{shlex.join([str(program), *arguments, '--json'])} >> {shlex.quote(str(said))} || exit"
        for arguments in commands(desk, number)
    ]
    flow = subprocess.Popen(
        ["bash", "-c", "\n".join(lines)], env={**os.environ, **desk.environment}, start_new_session=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert flow.wait(after_s) in (0, 6)
    except subprocess.TimeoutExpired:
        os.killpg(flow.pid, signal.SIGKILL)
        flow.wait()
        _wait_until_gone(str(desk.folder / "configuration"))
        return True
    return False


def _wait_until_gone(configuration: str) -> None:
    """The browser runs in a group of its own; it must end by itself when the one that drove it is gone."""
    ends = time.monotonic() + 30
    while left := [p for p in Path("/proc").glob("[0-9]*/environ") if configuration.encode() in _bytes(p)]:
        assert time.monotonic() < ends, [_bytes(p.with_name("cmdline")) for p in left]
        time.sleep(0.05)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _fresh(folder: Path, authority: Served) -> PaperDesk:
    folder.mkdir(parents=True)
    desk = PaperDesk(folder, authority)
    desk.begin()
    return desk


def check(desk: PaperDesk | Desk, seal: str = "") -> int:
    """The archive opens and verifies, facts too, and all that was reported as kept is there; gives how much that was."""
    verified = desk.run("verify", "--deep", "--json")
    assert verified.json["problems"] == [], verified.out
    assert not seal or verified.json["seal"] == seal, verified.out
    assert desk.run("case").code == 0
    archive = Archive(desk.archive, SystemClock())
    entries = list(archive.ledger.entries())
    snapshots = {e.body["id"]: e.body for e in entries if e.kind == "snapshot"}
    files = {e.body["id"] for e in entries if e.kind == "file.added"}
    count = 0
    for said in documents((desk.folder / "said.txt").read_text() if (desk.folder / "said.txt").exists() else ""):
        for snapshot in said.get("snapshots", ()):
            assert snapshots[snapshot["id"]]["outcome"] == snapshot["outcome"]
            assert archive.objects.get(snapshot["digest"])
            count += 1
        for file in said.get("files", ()):
            assert file["id"] in files
            assert archive.objects.get(file["digest"])
            count += 1
        if "exhibits" in said:
            pack = Path(said["path"])
            assert sha256_file(pack) == said["sha256"]
            assert not seal or verify_pack(pack).problems == ()
            count += 1
    return count


def documents(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that were printed whole, one after another; the last may be torn."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("\n{", at) + 1
            if not at:
                return
            continue
        yield value
        while at < len(text) and text[at].isspace():
            at += 1


def main() -> None:
    """Kills the flow and prints the tally as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority", revocation=Revocation()) as authority:
        tally = kill_points(Path(name) / "kills", authority, given.points, given.seed)
    print(json.dumps({name: getattr(tally, name) for name in ("points", "struck", "reported", "during")}))


if __name__ == "__main__":
    main()
