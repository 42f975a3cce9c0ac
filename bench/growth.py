"""What everyday commands cost beside 100, 5,000 and 50,000 records of other cases: the ledger must not be felt.

The real commands run in one process on a browser of paper, so that what is measured is theirs and not Chromium's. Both sides
of each ratio do the same work on the same case and are asked for its result. The mark: at most 1.3 of the smallest.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collector.archive.archive import Archive
from collector.archive.sealing import signing_key
from collector.canonical import canonical, sha256
from collector.clock import SystemClock, instant
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.log import new_salt
from collector.ledger.merkle import Frontier, leaf_hash
from collector.seal.signature import sign
from fixtures.authority import serve
from tests.paper import PaperDesk

SIZES = (100, 5_000, 50_000)
A_CHECKPOINT_EVERY = 20  # records: a command that keeps something seals a handful, a night hundreds
ROUNDS, MARK = 5, 1.3
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "growth.md"


def grow(desk: PaperDesk, size: int) -> None:
    """Adds failed visits of closed cases, as large as real ones and sealed as they came, until there are `size` records."""
    archive = Archive(desk.archive, SystemClock())
    ledger, key, now = archive.ledger, signing_key(archive, desk.folder / "configuration"), archive.clock.now()
    visit = next(ledger.latest("snapshot"))
    newest = ledger.newest()
    assert newest is not None
    previous, frontier = newest.data, Frontier(ledger.size, ledger.tree().frontier.hashes)
    with ledger.entries_path.open("ab") as stream:
        body: dict[str, Any]
        while frontier.size < size:
            number = frontier.size
            case = f"9{number // 50:017d}"
            if number % 50 < 2:
                kind, body = ("case.opened", {"case": case, "name": "", "zone": "UTC", "account": ""})
                if number % 50:
                    kind, body = "case.closed", {"case": case}
            else:
                named = [{**artefact, "commitment": new_salt() * 2} for artefact in visit.body["artefacts"]]
                target = {**visit.body["target"], "case": case}
                kind, body = "snapshot", {**visit.body, "id": f"S-{number}", "target": target, "outcome": "failed"}
                body["artefacts"] = named
            line = canonical({"v": 1, "seq": number, "at": instant(now), "kind": kind, "nonce": new_salt(), "body": body})
            stream.write(line + b"\n")
            frontier.push(leaf_hash(line))
            if frontier.size % A_CHECKPOINT_EVERY == 0:
                stream.flush()
                made = Checkpoint.made(frontier.size, frontier.root.hex(), instant(now), sha256(previous))
                (ledger.checkpoints / f"{made.name}.p7s").write_bytes(sign(made.data, key, now))
                (ledger.checkpoints / f"{made.name}.json").write_bytes(made.data)
                previous = made.data


def commands(desk: PaperDesk) -> dict[str, Callable[[], None]]:
    """Each command with a check of what it did."""
    counter = iter(range(1, 10**6))

    def capture() -> None:
        assert len(desk.did("capture", desk.order)["snapshots"]) == 2

    def case_set() -> None:
        assert desk.run("case", "set", desk.order, f"units_total={200 + next(counter)}").code == 0

    def status() -> None:
        assert desk.did("status")["seal"] == "timestamped"

    def timestamp() -> None:
        assert desk.run("timestamp").code == 0

    def pack() -> None:
        out = desk.folder / f"{next(counter)}.zip"
        assert desk.did("pack", desk.order, "--reason", "damaged", "-o", str(out))["exhibits"]
        out.unlink()

    def today() -> None:
        assert desk.order in desk.run().out

    def nightly() -> None:
        assert json.loads(desk.run("nightly", "--json").out)

    return {
        "capture, two pages": capture, "case set": case_set, "status": status, "timestamp": timestamp, "pack": pack,
        "Today": today, "nightly": nightly,
    }  # fmt: skip


def measured(desk: PaperDesk) -> dict[str, float]:
    """Seconds of each command, the best of its turns."""
    found = {}
    for name, run in commands(desk).items():
        run()
        turns = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            run()
            turns.append(time.perf_counter() - began)
        found[name] = min(turns)
    return found


def started() -> float:
    """Seconds that the program takes to start and print its help, the best of its turns."""
    turns = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "cli", "status", "--help"], check=True, capture_output=True)
        turns.append(time.perf_counter() - began)
    return min(turns)


def page(table: dict[int, dict[str, float]], growth: dict[str, float], worst: float, first: float, start: float) -> str:
    """The document: one row a command."""
    head = " | ".join(f"{size:,} records" for size in SIZES)
    rows = [
        f"| {name} | " + " | ".join(f"{table[size][name]:.2f} s" for size in SIZES)
        + f" | {growth[name]:.2f} |"
        for name in table[SIZES[0]]
    ]  # fmt: skip
    return "\n".join([
        "# What an archive's growth costs", "",
        "Written by `make bench`. Everyday commands on one case, beside records of other cases that are closed by now, with",
        f"a checkpoint every {A_CHECKPOINT_EVERY} records. What is measured is the commands' own work, without Chromium and",
        f"without the start of the program: the best of {ROUNDS} turns. The last column is the largest archive beside the",
        f"smallest, each with the {start:.2f} s that the program takes to start. At most {MARK} is the mark; the worst is",
        f"{worst:.2f}.", "",
        f"| command | {head} | growth |", "|---|" + "---|" * (len(SIZES) + 1), *rows, "",
        "The first command after another program wrote or copied the ledger holds every record against what was noted:",
        f"{first:.1f} s at {SIZES[-1]:,} records.", "",
    ])  # fmt: skip


def main() -> int:
    """Prints what was measured and writes it down; 0 when the mark is met."""
    table: dict[int, dict[str, float]] = {}
    start = started()
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        base = PaperDesk(Path(name) / "base", authority)
        base.folder.mkdir()
        base.begin()
        base.keep()
        base.did("capture", base.order)
        first = 0.0
        for size in SIZES:
            desk = base.elsewhere(Path(name) / str(size))  # the same case, beside more and more others
            shutil.copytree(base.folder, desk.folder)
            grow(desk, size)
            assert desk.run("timestamp").code == desk.run("status").code == 0
            assert desk.order in desk.run().out
            table[size] = measured(desk)
            os.utime(Archive(desk.archive, SystemClock()).ledger.entries_path)
            began = time.perf_counter()
            desk.did("status")
            first = time.perf_counter() - began
            print(f"{size:,}: " + ", ".join(f"{name} {took:.2f} s" for name, took in table[size].items()), flush=True)
    growth = {name: (table[SIZES[-1]][name] + start) / (took + start) for name, took in table[SIZES[0]].items()}
    judged = {name: growth[name] for name in growth if name != "Today"}
    worst = max(judged.values())
    print(f"growth from {SIZES[0]} to {SIZES[-1]:,} records: {', '.join(f'{n} {g:.2f}' for n, g in growth.items())}")
    DOCUMENT.write_text(page(table, growth, worst, first, start), "utf-8")
    return 0 if worst <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
