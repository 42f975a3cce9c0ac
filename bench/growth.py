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
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
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
from scripts import curves
from tests.paper_desk import PaperDesk

SIZES = (100, 5_000, 50_000)
A_CHECKPOINT_EVERY = 20  # records: a command that keeps something seals a handful, a night hundreds
FEW, MANY = 50, 500  # open cases
UNJUDGED = ("Today",)  # here on one open case; by their number apart
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


def measured(desks: Mapping[int, PaperDesk]) -> dict[int, dict[str, float]]:
    """Seconds of each command beside each number of records, the best of its turns.

    The archives take turns, so that whatever else the machine does meets each of them.
    """
    runs = {size: commands(desk) for size, desk in desks.items()}
    best: dict[int, dict[str, float]] = {size: dict.fromkeys(run, inf) for size, run in runs.items()}
    for name in runs[SIZES[0]]:
        for turn in range(ROUNDS + 1):
            for size in SIZES:
                began = time.perf_counter()
                runs[size][name]()
                if turn:  # the first fills the caches
                    best[size][name] = min(best[size][name], time.perf_counter() - began)
    return best


def today_by_cases(desks: Mapping[int, PaperDesk]) -> dict[int, float]:
    """Seconds of Today in archives with so many open cases, each of which it must name; the best of their turns."""
    for cases, desk in desks.items():
        for number in range(1, cases):
            order = str(int(desk.order) + number)
            assert desk.run("case", "open", order, "--zone", "Europe/Berlin").code == 0
            assert desk.run("case", "set", order, f"received_at={datetime.now(UTC).date() - timedelta(days=3)}").code == 0
    best = dict.fromkeys(desks, inf)
    for turn in range(ROUNDS + 1):
        for cases, desk in desks.items():
            began = time.perf_counter()
            named = {line["case"] for line in json.loads(desk.run("--json").out)["today"]}
            if turn:
                best[cases] = min(best[cases], time.perf_counter() - began)
            assert len(named) == cases
    return best


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


def page_of_today(today: Mapping[int, float], crowding: float) -> str:
    """The document's last lines: what open cases cost."""
    return "\n".join([
        "", "Today reads every open case. Its time by their number, each with a day of receipt and nothing else:", "",
        "| open cases | Today |", "|---|---|", *(f"| {cases} | {took:.2f} s |" for cases, took in today.items()), "",
        f"A case among {MANY} beside one among {FEW}, the start of the program counted in both: {crowding:.2f}; at most",
        f"{MARK} is the mark.", "",
    ])  # fmt: skip


def main() -> int:
    """Prints what was measured and writes it down; 0 when the mark is met."""
    start = started()
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        base = PaperDesk(Path(name) / "base", authority)
        base.folder.mkdir()
        base.begin()
        base.keep()
        base.did("capture", base.order)
        desks = {
            size: base.elsewhere(Path(name) / str(size)) for size in SIZES
        }  # the same case, beside more and more others
        for size, desk in desks.items():
            shutil.copytree(base.folder, desk.folder)
            grow(desk, size)
            assert desk.run("timestamp").code == desk.run("status").code == 0
            assert desk.order in desk.run().out
        table = measured(desks)
        largest = desks[SIZES[-1]]
        os.utime(Archive(largest.archive, SystemClock()).ledger.entries_path)
        began = time.perf_counter()
        largest.did("status")
        first = time.perf_counter() - began
        crowded = {cases: base.elsewhere(Path(name) / f"open-{cases}") for cases in (FEW, MANY)}
        for desk in crowded.values():
            shutil.copytree(base.folder, desk.folder)
        today = today_by_cases(crowded)
    for size in SIZES:
        print(f"{size:,}: " + ", ".join(f"{name} {took:.2f} s" for name, took in table[size].items()), flush=True)
    growth = {name: (table[SIZES[-1]][name] + start) / (took + start) for name, took in table[SIZES[0]].items()}
    worst = max(growth[name] for name in growth if name not in UNJUDGED)
    crowding = (today[MANY] + start) / MANY / ((today[FEW] + start) / FEW)
    print(f"growth from {SIZES[0]} to {SIZES[-1]:,} records: {', '.join(f'{n} {g:.2f}' for n, g in growth.items())}")
    print(f"Today: {', '.join(f'{cases} open cases {took:.2f} s' for cases, took in today.items())}; a case {crowding:.2f}")
    DOCUMENT.write_text(page(table, growth, worst, first, start) + page_of_today(today, crowding), "utf-8")
    curves.main()
    return 0 if max(worst, crowding) <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
