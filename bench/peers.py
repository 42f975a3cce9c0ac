"""One page, and many, kept by the whole command beside other programs that keep pages, where these are installed.

Whole processes, from the command line to their end, in turns, on the same pages of the marketplace on this machine and in
the same browser. Each is asked what it made. What is not installed is skipped, in a sentence; bench/README.md says how it is
installed. Beside the seconds stand those of the processors, of every process that was started.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gzip import decompress
from pathlib import Path
from typing import Protocol

from PIL import Image

from collector.archive.archive import Archive
from collector.browser.find import find_browser
from collector.browser.launch import sandbox_state
from collector.clock import SystemClock
from fixtures.marketplace.scenarios import addresses

ROOT = Path(__file__).resolve().parent.parent
SCENARIO, DAY = "led-fans", 60
PAGES, ROUNDS = 20, 3
MARKS = {"Scoop": {1: 1.0, PAGES: 0.35}}
ROLES = {"tile", "dom", "text", "boxes", "mhtml", "pdf", "network", "body"}
SUBREAPER = 36  # prctl: processes whose parent ended become ours, so that their seconds can be asked for


@dataclass(frozen=True)
class Asked:
    """The pages to keep, a text that each shows, an empty folder for what is made, and the browser to use."""

    urls: tuple[str, ...]
    shown: str
    folder: Path
    browser: str

    @property
    def flags(self) -> list[str]:
        return [] if sandbox_state() == "on" else ["--no-sandbox"]


class Program(Protocol):
    """A program that keeps pages."""

    name: str
    keeps: str

    def missing(self) -> str:
        """What is not installed, or ""."""

    def run(self, asked: Asked) -> None:
        """Keeps the pages the way that the program offers for so many; timed."""

    def check(self, asked: Asked) -> None:
        """Raises AssertionError when a page was not kept; not timed."""


def _call(*command: str, **more: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **more}, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


@dataclass
class Tradewitness:
    """The command itself; `environment` names its archive, its folder and whom it asks for timestamps."""

    environment: dict[str, str]
    name: str = "tradewitness"
    keeps: str = "pictures, source, text, MHTML, PDF, all exchanges; masked, signed, timestamped"
    said: bytes = b""

    def missing(self) -> str:
        return ""

    def run(self, asked: Asked) -> None:
        options = [part for url in asked.urls for part in ("--url", url)]
        self.said = _call(sys.executable, "-m", "cli", "capture", *options, "--json", **self.environment)

    def check(self, asked: Asked) -> None:
        answer = json.loads(self.said)
        assert [s["outcome"] for s in answer["snapshots"]] == ["complete"] * len(asked.urls)
        assert answer["seal"] == "timestamped"
        ledger = Archive(Path(self.environment["TRADEWITNESS_ARCHIVE"]), SystemClock()).ledger
        for snapshot in answer["snapshots"]:
            (entry,) = (e for e in ledger.entries(kinds=("snapshot",)) if e.body["id"] == snapshot["id"])
            assert {artefact["role"] for artefact in entry.body["artefacts"]} >= ROLES


class Plain:
    name = "plain script"
    keeps = "one picture, source, text, MHTML, PDF, a list of exchanges"

    def missing(self) -> str:
        return ""

    def run(self, asked: Asked) -> None:
        _call(sys.executable, "-m", "bench.plain_page", asked.browser, str(asked.folder), asked.shown, *asked.urls)

    def check(self, asked: Asked) -> None:
        assert len(list(asked.folder.glob("*.png"))) == len(asked.urls)


class Installed:
    """A program of somebody else, found in PATH."""

    name = ""
    keeps = ""
    command = ""

    def missing(self) -> str:
        return "" if shutil.which(self.command) else f"no `{self.command}` in PATH"


class ShotScraper(Installed):
    name, keeps, command = "shot-scraper", "one picture", "shot-scraper"

    def run(self, asked: Asked) -> None:
        flags = [part for flag in asked.flags for part in ("--browser-arg", flag)]
        places = [str(asked.folder / f"{n}.png") for n in range(len(asked.urls))]
        if len(asked.urls) == 1:
            _call(self.command, asked.urls[0], "-o", places[0], *flags)
            return
        shots = asked.folder / "shots.json"  # JSON is YAML
        shots.write_text(json.dumps([{"url": url, "output": to} for url, to in zip(asked.urls, places, strict=True)]))
        _call(self.command, "multi", str(shots), *flags)

    def check(self, asked: Asked) -> None:
        pictures = list(asked.folder.glob("*.png"))
        assert len(pictures) == len(asked.urls)
        for picture in pictures:
            with Image.open(picture) as image:
                assert image.width == 1280
                assert image.height > 1000


class SingleFile(Installed):
    name, keeps, command = "single-file", "one HTML file", "single-file"

    def run(self, asked: Asked) -> None:
        options = [f"--browser-executable-path={asked.browser}", *(f"--browser-arg={flag}" for flag in asked.flags)]
        if len(asked.urls) == 1:
            _call(self.command, asked.urls[0], str(asked.folder / "0.html"), *options)
            return
        pages = asked.folder / "addresses.txt"
        lines = (f"{url} --filename-template={n}.html" for n, url in enumerate(asked.urls))
        pages.write_text("\n".join(lines))
        _call(self.command, f"--urls-file={pages}", f"--output-directory={asked.folder}", *options)

    def check(self, asked: Asked) -> None:
        kept = list(asked.folder.glob("*.html"))
        assert len(kept) == len(asked.urls), f"It kept {len(kept)} of {len(asked.urls)} pages."
        assert all(asked.shown in page.read_text() for page in kept)


class Scoop(Installed):
    """It keeps one page a run; addresses of this machine are among those that it refuses unless told otherwise."""

    name, keeps, command = "Scoop", "all exchanges, one picture, PDF, source", "scoop"

    def run(self, asked: Asked) -> None:
        for number, url in enumerate(asked.urls):
            place = asked.folder / f"{number}.wacz"
            _call(self.command, url, "--output", str(place), "--blocklist", "/nothing\\.invalid/", PWD=str(asked.folder))

    def check(self, asked: Asked) -> None:
        kept = list(asked.folder.glob("*.wacz"))
        assert len(kept) == len(asked.urls)
        for place in kept:
            with zipfile.ZipFile(place) as archive:
                data = [archive.read(name) for name in archive.namelist() if name.startswith("archive/")]
            assert any(asked.shown.encode() in (decompress(one) if one[:2] == b"\x1f\x8b" else one) for one in data)


def measured(program: Program, asked: Asked) -> tuple[float, float]:
    """Seconds until it has ended, and of the processors, of all its processes."""
    spent, began = _spent(), time.perf_counter()
    program.run(asked)
    took = time.perf_counter() - began
    left = _reaped()
    assert not (left and isinstance(program, Tradewitness)), f"{left} processes were left behind"
    program.check(asked)
    return took, _spent() - spent


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reaped(within_s: float = 5.0) -> int:
    """Waits a while for the processes that a program left to end, and gives how many did not; there are servers besides."""
    end = time.monotonic() + within_s
    with suppress(ChildProcessError):
        while (left := _orphans()) and time.monotonic() < end:
            for one in left:
                os.waitpid(one, os.WNOHANG)
            time.sleep(0.01)
    return len(_orphans())


_SERVERS: set[int] = set()


def _orphans() -> list[int]:
    """Processes of this one that are none of its servers."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(one) for one in children.read_text().split() if int(one) not in _SERVERS] if children.exists() else []


@contextmanager
def served(*command: str) -> Iterator[dict[str, str]]:
    """Starts a server that says in one line of JSON when it is ready; ends it afterwards."""
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _SERVERS.add(process.pid)
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def measure(pages: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """By name of the program: seconds and processor seconds of each round, after one that is not counted."""
    base = (datetime.now(UTC) - timedelta(days=DAY)).date().isoformat()
    story = ("--scenario", SCENARIO, "--day", str(DAY), "--base", base, "--port", "0")
    with (
        tempfile.TemporaryDirectory() as made,
        served("fixtures.marketplace", *story) as site,
        served("fixtures.authority", "--folder", f"{made}/authority", "--port", "0") as authority,
    ):
        environment = {
            "TRADEWITNESS_ARCHIVE": f"{made}/archive",
            "TRADEWITNESS_CONFIG": f"{made}/configuration",
            "TRADEWITNESS_LOG": f"{made}/log",
            "TRADEWITNESS_ALIAS": site["alias"],
        }
        asking = ("--authority", f"bench={authority['url']}", "--authority-root", authority["root"])
        _call(sys.executable, "-m", "cli", "init", *asking, **environment)
        url, browser = addresses(SCENARIO, site["origin"])["order"], str(find_browser())
        programs: Sequence[Program] = (Tradewitness(environment), Plain(), ShotScraper(), SingleFile(), Scoop())
        for program in programs:
            if why := program.missing():
                print(f"{program.name} is not measured: {why}.")
        there = [program for program in programs if not program.missing()]
        took: dict[str, list[tuple[float, float]]] = {program.name: [] for program in there}
        for turn in range(rounds + 1):
            for program in there:
                folder = Path(made) / f"{program.name}-{turn}"
                folder.mkdir()
                asked = Asked((url,) * (pages if turn else 1), site["order"], folder, browser)
                try:
                    done = measured(program, asked)
                except AssertionError as error:
                    if isinstance(program, Tradewitness):
                        raise
                    print(f"{program.name} did not keep what it was asked for in one turn, which is not counted. {error}")
                    continue
                if turn:
                    took[program.name].append(done)
        return took


def report(pages: int, took: dict[str, list[tuple[float, float]]]) -> bool:
    """Prints the table; whether every mark was met."""
    keeps = {program.name: program.keeps for program in (Tradewitness({}), Plain(), ShotScraper(), SingleFile(), Scoop())}
    ours = statistics.median(seconds for seconds, _ in took["tradewitness"])
    print(f"\n{'| pages':<8}| {'program':<14}| seconds | of the processors | ours beside it | keeps |")
    print("|---|---|---|---|---|---|")
    met = True
    for name, rounds in ((name, rounds) for name, rounds in took.items() if rounds):
        seconds, processors = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"| {pages} | {name} | {seconds:.1f} | {processors:.1f} | {ours / seconds:.2f} | {keeps[name]} |")
        met &= ours / seconds <= MARKS.get(name, {}).get(pages, float("inf"))
    return met


def main() -> int:
    """Prints what one page took and what many took; 0 when every mark is met, of those who are installed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, action="append", help=f"default: 1, then {PAGES}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load before: {load:.1f}")
    met = [report(pages, measure(pages, asked.rounds)) for pages in asked.pages or (1, PAGES)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
