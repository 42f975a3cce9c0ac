"""Whatever comes, and however it ends: nothing that was kept is lost, and the next start is clean."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from casework.asking.told import told
from casework.notices.book import Book, write_book, writing
from casework.proving.verify import verify_path
from casework.workspace import Workspace, workspace
from tests.attacks.dying import counted
from tests.paper_desk import ORDER, PaperDesk, paper_browser, quiet
from tests.web.serving import Visitor, serving
from web.guard import Keys

BOUNDARY = "tradewitness-boundary"
Act = Callable[[Visitor], None]
_SERVE = """
import sys
from pathlib import Path
import cli
from tests.attacks.dying import die_when_told
from tests.paper_desk import paper_browser
if sys.argv[1:]:
    die_when_told(Path(sys.argv[1]))
with paper_browser():
    cli.run(["serve", "--no-open", "--json"])
"""


@dataclass
class Program:
    """`serve` as a program of its own, on a browser of paper, and whoever holds its cookie."""

    process: subprocess.Popen[str]
    visitor: Visitor

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def peak_mb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@contextmanager
def program(order: Path | None = None) -> Iterator[Program]:
    """Over the archive that the environment names; it dies by the `order`."""
    command = [sys.executable, "-c", _SERVE, *([str(order)] if order else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = urlsplit(json.loads(process.stdout.readline())["url"])
            port = int(address.port or 0)
            yield Program(process, Visitor(port, Keys(port, address.query.removeprefix("key="))))
        finally:
            process.kill()


@pytest.fixture
def visitor(ws: Workspace) -> Iterator[Visitor]:
    with serving(ws.archive.root) as one:
        yield one


def whole(ws: Workspace) -> bool:
    """Whether the archive verifies."""
    return not verify_path(ws, ws.archive.root, quiet, deep=False, against="").problems


def test_two_hundred_requests_at_once_are_all_answered(visitor: Visitor) -> None:
    paths = ("/", f"/case/{ORDER}", "/search?q=carton", "/new", f"/case/{ORDER}/facts", "/settings")
    with ThreadPoolExecutor(200) as pool:
        statuses = list(pool.map(lambda n: visitor.get(paths[n % len(paths)]).status, range(200)))
    assert statuses == [200] * 200


def test_two_tabs_a_command_and_a_night_at_once_lose_nothing(visitor: Visitor, ws: Workspace) -> None:

    def tab(number: int) -> list[int]:
        names = [f"{number}-{n}.txt" for n in range(4)]
        return [visitor.upload(f"/case/{ORDER}/add", name, name.encode()).status for name in names]

    def command() -> int:
        typed = [sys.executable, "-m", "cli", "case", "set", ORDER, "units_total=200"]
        return subprocess.run(typed, check=False, capture_output=True).returncode

    with paper_browser(), ThreadPoolExecutor(3) as pool:
        night = visitor.post("/nights/run", {})
        tabs, typed = [pool.submit(tab, number) for number in range(2)], pool.submit(command)
        assert [one.result() for one in tabs] == [[200] * 4] * 2
        assert typed.result() == 0
        assert "bad" not in visitor.finished(night).body
    after = told(workspace(), ORDER)
    assert {f"{number}-{n}.txt" for number in range(2) for n in range(4)} <= {file.name for file in after.files}
    assert "units_total" in [one.fact.name for one in after.entries]
    assert whole(workspace())


def test_a_torn_list_of_who_is_told_leaves_the_rest_of_the_settings(visitor: Visitor, ws: Workspace) -> None:
    with writing(ws):
        write_book(ws, Book())
    (torn,) = (ws.user / "notices").glob("*.json")
    torn.write_text('{"addresses": [')
    answer = visitor.get("/settings")
    assert answer.status == 200
    assert "is not understood" in answer.body
    assert "Move that file away" in answer.body
    assert "Nobody is told" not in answer.body
    assert "What is sealed" in answer.body
    assert visitor.post("/settings/notify", {"do": "ping", "url": ""}).status == 400


def sending(visitor: Visitor, size: int) -> tuple[http.client.HTTPConnection, bytes]:
    """An upload of so many bytes of which the head was sent, and what ends it."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{visitor.keys.form}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="unboxing.mp4"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=300)
    connection.putrequest("POST", f"/case/{ORDER}/add")
    for name, value in {
        "Cookie": f"{visitor.keys.cookie_name}={visitor.keys.cookie}", "Origin": f"http://127.0.0.1:{visitor.port}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(len(head) + size + len(tail)),
    }.items():  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders(head)
    return connection, tail


@pytest.mark.proof
def test_a_video_of_a_gigabyte_is_kept_and_the_memory_does_not_feel_it(ws: Workspace) -> None:
    piece = os.urandom(1 << 20)
    with program() as one:
        assert one.visitor.get(f"/case/{ORDER}").status == 200
        before = one.peak_mb()
        connection, tail = sending(one.visitor, 1 << 30)
        for _ in range(1 << 10):
            connection.send(piece)
        connection.send(tail)
        assert connection.getresponse().status == 200
        assert one.peak_mb() - before < 100
    file = next(one for one in told(workspace(), ORDER).files if one.name == "unboxing.mp4")
    assert file.size == 1 << 30
    assert list((ws.user / "packs").iterdir()) == []


def upload(visitor: Visitor) -> None:
    """Eight megabytes in two halves."""
    connection, tail = sending(visitor, 8 << 20)
    connection.send(b"x" * (4 << 20))
    connection.send(b"x" * (4 << 20) + tail)
    assert connection.getresponse().status == 200


def visit(visitor: Visitor) -> None:
    assert "bad" not in visitor.finished(visitor.post(f"/case/{ORDER}/visit", {})).body


def dying(order: Path, at: int, act: Act) -> int:
    """How many changes to files `serve` makes while somebody acts; it is killed before number `at` (0: never)."""
    with program(order) as one:
        assert one.visitor.get(f"/case/{ORDER}").status == 200
        order.write_text(str(at))
        if at:
            with pytest.raises((OSError, http.client.HTTPException)):
                act(one.visitor)
            assert one.process.wait(60) == -signal.SIGKILL
        else:
            act(one.visitor)
    return counted(order).stat().st_size


@pytest.fixture(scope="module")
def changes(kept_once: PaperDesk, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Act], int]:
    """How many changes to files an act makes, over a copy of the case; each is counted once."""

    @cache
    def of(act: Act) -> int:
        place = tmp_path_factory.mktemp("counted")
        shutil.copytree(kept_once.folder, place / "desk")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in kept_once.elsewhere(place / "desk").environment.items():
                patch.setenv(name, value)
            return dying(place / "order", 0, act)

    return of


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("act", [upload, visit])
def test_killed_at_any_change_of_a_file_nothing_is_lost_and_the_next_start_is_clean(
    ws: Workspace,
    tmp_path: Path,
    changes: Callable[[Act], int],
    act: Act,
    seed: int,
) -> None:
    files, looks = {file.name for file in told(ws, ORDER).files}, [look.snapshot for look in ws.index.looks(ORDER)]
    at = Random(seed).randint(1, changes(act))
    dying(tmp_path / "order", at, act)
    assert whole(workspace())
    with program() as one:
        assert one.visitor.upload(f"/case/{ORDER}/add", "again.txt", b"the same once more").status == 200
        visit(one.visitor)
    names, seen = {file.name for file in told(workspace(), ORDER).files}, workspace().index.looks(ORDER)
    assert files | {"again.txt"} <= names <= files | {"again.txt", "unboxing.mp4"}
    assert [look.snapshot for look in seen][: len(looks)] == looks
    assert [look.outcome for look in seen[-2:]] == ["complete"] * 2
    assert whole(workspace())


@pytest.mark.proof
def test_killed_in_the_middle_of_what_is_sent_nothing_is_kept_of_it(ws: Workspace) -> None:
    before = {file.name for file in told(ws, ORDER).files}
    with program() as one:
        connection, _ = sending(one.visitor, 8 << 20)
        connection.send(b"x" * (4 << 20))
        one.kill()
        connection.close()
    assert {file.name for file in told(workspace(), ORDER).files} == before
    assert whole(workspace())


@pytest.mark.proof
def test_work_that_died_with_the_server_is_said_to_be_unknown(ws: Workspace) -> None:
    with program() as one:
        place = one.visitor.post(f"/case/{ORDER}/visit", {}).headers["location"]
        one.kill()
    with program() as one:
        assert one.visitor.get(place).status == 400
