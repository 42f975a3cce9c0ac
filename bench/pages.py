"""The pages of `serve` over 300 cases, 10,000 visits and a conversation of 10,000 messages, beside Datasette's.

Both serve the same index, each from a process of its own, and take turns; each must show the rows that it is asked for.
The mark: Today, Case, Messages and Search answer, at the 95th percentile, within twice what Datasette takes for a page of
the same rows. Datasette is installed into a venv of its own, as its dependencies are not ours.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from casework.workspace import Workspace, workspace
from collector.archive.index import open_index
from collector.archive.records import entry_body
from collector.canonical import as_json
from collector.model import Artefact, Fact, Snapshot
from fixtures.authority import serve
from fixtures.marketplace.scenarios import SCENARIOS
from fixtures.marketplace.unruly import long_thread
from tests.paper_desk import SCENARIO, PaperDesk, PaperTab

CASES, VISITS, MESSAGES = 300, 10_000, 10_000
IN_DISPUTE = 10  # every tenth case
ROUNDS, MARK = 100, 2.0
DATASETTE = "datasette==0.65.5"
_LOOK_S, _IDLE = 2.0, 0.02  # how often it is looked whether a server rests, and which part of the time it works then
LISTED = 12  # visits of a page that a case lists
MEASURED = "## How quick they are"  # what stands above it is written by hand
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "serve.md"
_STORY = replace(SCENARIOS[SCENARIO], name="led-fans-long", messages=long_thread(MESSAGES).messages)
_DIFFERS = ("dom", "text")  # what of a visit to another order is another


@dataclass
class LongTab(PaperTab):
    """The pages of the story, with a long conversation."""

    scenario: str = _STORY.name


def fill(desk: PaperDesk) -> list[str]:
    """Keeps the story's case whole and then the visits of its order's and dispute's pages to many other orders, made from
    those of the first; gives the orders.
    """
    SCENARIOS[_STORY.name] = _STORY
    desk.begin()
    said = desk.run("capture", desk.order, "--json", make_tab=LongTab).json
    assert {one["kind"] for one in said["snapshots"] if one["outcome"] != "failed"} == {"order", "dispute", "thread"}
    ws = workspace(desk.archive)
    by_kind = {one.target.kind: one for _, one in ws.index.snapshots(desk.order)}
    orders = [desk.order, *(str(int(desk.order) + number) for number in range(1, CASES))]
    left, ledger = VISITS - len(by_kind), ws.archive.ledger
    with ws.archive.writing():
        for number, order in enumerate(orders[1:], 1):
            kept = [by_kind[kind] for kind in (("order", "dispute") if number % IN_DISPUTE == 0 else ("order",))]
            nights = -(-left // (CASES - number)) // len(kept)
            left -= nights * len(kept)
            opened = {"case": order, "site": "alibaba", "name": "", "zone": "Europe/Berlin", "account": ""}
            ledger.append("case.opened", opened, ws.clock.now())
            own = [of_order(ws, one, desk.order, order) for one in kept]
            for one in own:
                ledger.append("target.set", as_json(one.target), ws.clock.now())
            for night in reversed(range(nights)):
                for page, one in enumerate(own):
                    at = one.visit.machine_time - timedelta(days=night)
                    name = f"{at:%Y%m%dT%H%M%SZ}-{number:03x}{page:03x}"
                    seen = replace(one, id=name, visit=replace(one.visit, machine_time=at))
                    body, openings = entry_body(seen)
                    ledger.append("snapshot", body, ws.clock.now(), openings)
    open_index(ws.archive, once_each(ws))
    assert desk.run("timestamp").code == 0
    counted = workspace(desk.archive).index.counts("cases", "snapshots")
    assert (counted, left) == ({"cases": CASES, "snapshots": VISITS}, 0)
    return orders


def of_order(ws: Workspace, kept: Snapshot, own: str, order: str) -> Snapshot:
    """The same visit to the page of another order."""

    def other(artefact: Artefact) -> Artefact:
        if artefact.role not in _DIFFERS:
            return artefact
        data = ws.archive.objects.get(artefact.digest).replace(own.encode(), order.encode())
        return replace(artefact, digest=ws.archive.objects.put(data), size=len(data))

    target = replace(kept.target, case=order, url=kept.target.url.replace(own, order), expects={"order": order})
    return replace(kept, target=target, artefacts=tuple(map(other, kept.artefacts)))


def once_each(ws: Workspace) -> Callable[[Snapshot], tuple[Fact, ...]]:
    """Reads a page that is the same on many nights once; whoever reads it 10,000 times waits for ten minutes."""
    read, known = ws.readers[0], dict[str, tuple[Fact, ...]]()

    def facts(snapshot: Snapshot) -> tuple[Fact, ...]:
        page = next(a.digest for a in snapshot.artefacts if a.role == "dom")
        if page not in known:
            known[page] = read(snapshot)
        return tuple(replace(fact, snapshot=snapshot.id) for fact in known[page])

    return facts


@dataclass
class Side:
    """A server that is asked: its name, the address of its first page, and how long its answers took, in ms, by page."""

    name: str
    address: str
    process: int = 0
    cookie: str = ""
    took: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, path: str) -> tuple[http.client.HTTPResponse, str]:
        """On a line of its own: a server closes one that was not used for a while."""
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)
        line.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
        answer = line.getresponse()
        body = answer.read().decode()
        line.close()
        return answer, body

    def sign_in(self) -> None:
        answer, _ = self.ask(self.address.partition(urlsplit(self.address).netloc)[2])
        self.cookie = str(answer.headers["set-cookie"]).partition(";")[0]

    def at_rest(self) -> float:
        """Waits until the server works no more on what it begins with; gives the seconds of work that took."""
        worked = [-1.0]
        while (now := _worked(self.process)) - worked[-1] > _IDLE * _LOOK_S:
            worked.append(now)
            time.sleep(_LOOK_S)
        return worked[-1]

    def timed(self, page: str, path: str, rows: Callable[[str], int], wanted: int) -> None:
        """Asks for a page once more, which must show so many rows."""
        began = time.perf_counter()
        answer, body = self.ask(path)
        took = (time.perf_counter() - began) * 1000
        assert answer.status == 200, f"{self.name} {path}: {answer.status}"
        assert rows(body) == wanted, f"{self.name} {path}: {rows(body)} rows, not {wanted}"
        self.took.setdefault(page, []).append(took)

    def p95(self, page: str) -> float:
        return statistics.quantiles(self.took[page], n=20)[-1]


@contextmanager
def pages_of(desk: PaperDesk) -> Iterator[Side]:
    """Ours."""
    command = [sys.executable, "-m", "cli", "serve", "--no-open", "--json", "--archive", str(desk.archive)]
    with subprocess.Popen(command, env={**os.environ, **desk.environment}, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            side = Side("tradewitness", str(json.loads(server.stdout.readline())["url"]), server.pid)
            side.sign_in()
            yield side
        finally:
            server.terminate()


@contextmanager
def datasette_of(desk: PaperDesk, folder: Path) -> Iterator[Side]:
    """Datasette over the same index, as it is when nobody sets anything; it is told which table holds the words."""
    made = folder / "venv"
    venv.create(made, with_pip=True)
    subprocess.run([made / "bin" / "pip", "install", "--quiet", DATASETTE], check=True)
    told = folder / "metadata.json"
    searched = {"passages": {"fts_table": "words", "fts_pk": "id"}}
    told.write_text(json.dumps({"databases": {"index": {"tables": searched}}}))
    shutil.copy(desk.archive / "index.sqlite", folder / "index.sqlite")
    command: list[str | Path] = [made / "bin" / "datasette", "serve", folder / "index.sqlite", "--port", "0", "-m", told]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        assert server.stderr
        try:
            yield Side("datasette", next(found[0] for line in server.stderr if (found := re.search(r"http://\S+", line))))
        finally:
            server.terminate()


def _worked(process: int) -> float:
    """The seconds for which a process has worked so far."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def rows_of_datasette(body: str) -> int:
    return body.count("<tr>") - 1  # its head


def counting(what: str) -> Callable[[str], int]:
    return lambda body: len(re.findall(what, body))


def turn(ours: Side, theirs: Side, order: str, thread: str, page: int) -> None:
    """Every page once on each side."""
    case, total = f"case_id={order}", f"_size={CASES}"
    ours.timed("Today", "/", counting('<article class="case'), CASES)
    theirs.timed("Today", f"/index/cases?{total}", rows_of_datasette, CASES)
    ours.timed("Case", f"/case/{order}", counting('<a class="visit'), LISTED)
    theirs.timed("Case", f"/index/snapshots?{case}&_size={LISTED}", rows_of_datasette, LISTED)
    ours.timed("Messages", f"/case/{thread}/thread?page={page}", counting('<li class="(?:buyer|supplier|system)'), 200)
    past = f"case_id={thread}&source=message&id__gt={page * 100}&_size=200"
    theirs.timed("Messages", f"/index/passages?{past}", rows_of_datasette, 200)
    ours.timed("Search", "/search?q=forty", counting('<article class="excerpt'), 50)
    theirs.timed("Search", "/index/passages?_search=forty&_size=50", rows_of_datasette, 50)


def table(ours: Side, theirs: Side) -> str:
    """One row a page."""
    rows = [
        f"| {page} | {ours.p95(page):.0f} ms | {theirs.p95(page):.0f} ms | {ours.p95(page) / theirs.p95(page):.2f} |"
        f" {statistics.median(ours.took[page]):.0f} ms | {statistics.median(theirs.took[page]):.0f} ms |"
        f" {max(ours.took[page]):.0f} ms |"
        for page in ours.took
    ]
    head = (
        "| page | ours, 95th | Datasette | ratio | ours, median | Datasette | our slowest |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def write(measured: str, ahead: float) -> None:
    """The document's last lines; what stands above them stays."""
    told = (
        f"Written by `python -m bench.pages`: {CASES} open cases, every tenth in a dispute, {VISITS:,} visits and a"
        f" conversation of {MESSAGES:,} messages. {ROUNDS} times each page, always of another case, at the 95th percentile"
        " and in the middle, beside Datasette's page of the same rows of the same index"
        f" ({DATASETTE.replace('==', ' ')}). At most {MARK:g} times is the mark. Ours was asked"
        f" once it had read ahead what its pages need, {ahead:.0f} s of work after a start, the most urgent case first."
        " The slowest of Today is the first in a minute."
    )
    above = DOCUMENT.read_text("utf-8").partition(MEASURED)[0].rstrip()
    DOCUMENT.write_text("\n\n".join([above, MEASURED, textwrap.fill(told, 125), measured, ""]), "utf-8")


def main() -> int:
    """Prints the table; 0 when every page keeps within its mark."""
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        desk = PaperDesk(Path(name) / "desk", authority, ("order", "dispute", "thread"))
        desk.folder.mkdir()
        os.environ.update(desk.environment)
        began = time.perf_counter()
        orders = fill(desk)
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        with pages_of(desk) as ours, datasette_of(desk, Path(name)) as theirs:
            ahead = ours.at_rest()
            quiet = [order for number, order in enumerate(orders) if number % IN_DISPUTE]  # of one page each
            for number in range(ROUNDS):
                turn(ours, theirs, quiet[number % len(quiet)], orders[0], 1 + number % (MESSAGES // 200))
    measured = table(ours, theirs)
    print(measured)
    write(measured, ahead)
    worst = max(ours.p95(page) / theirs.p95(page) for page in ours.took)
    return 0 if worst <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
