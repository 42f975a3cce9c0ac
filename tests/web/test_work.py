"""Work in the background: whoever waits for it keeps nobody from a page, and however it ends it is said."""

from __future__ import annotations

import errno
import http.client
import threading
from pathlib import Path

import pytest

from casework.blocks import View
from casework.notices import notify
from casework.workspace import Workspace
from collector.progress import Progress
from tests.web.serving import serving
from web.work import Outcome, WebPerson, Workshop


def test_many_pages_open_on_one_piece_of_work_keep_nobody_from_another(tmp_path: Path) -> None:
    with serving(tmp_path / "archive") as visitor:
        place = visitor.post("/new", {"order": "250861947301028446"}).headers["location"]
        cookie = {"Cookie": f"{visitor.keys.cookie_name}={visitor.keys.cookie}"}
        waiting = []
        for _ in range(60):  # more than the server has threads
            connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=20)
            connection.request("GET", f"{place}/events", headers=cookie)
            waiting.append((connection, connection.getresponse()))
        assert visitor.get("/new").status == 200
        for connection, _ in waiting:
            connection.close()


def test_the_list_of_works_is_read_while_others_begin() -> None:
    shop, over = Workshop(), threading.Event()

    def run(progress: Progress, person: WebPerson) -> Outcome:
        return Outcome(View({}, ()))

    def begin() -> None:
        for _ in range(50):
            shop.start("x", "/", run)
        over.set()

    beginner = threading.Thread(target=begin)
    beginner.start()
    while not over.is_set():
        assert len(shop.running) <= 50
    beginner.join()


def test_an_error_that_nobody_expects_is_said_in_a_sentence_behind_the_same_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(ws: Workspace) -> None:
        raise RuntimeError("the bytes of a page")

    monkeypatch.setattr(notify, "listed", breaks)
    with serving(tmp_path / "archive") as visitor:
        answer = visitor.get("/settings")
    assert answer.status == 500
    assert "Something unexpected happened (RuntimeError)" in answer.body
    assert "the bytes of a page" not in answer.body
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_disk_that_fills_up_meanwhile_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(ws: Workspace) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(notify, "listed", breaks)
    with serving(tmp_path / "archive") as visitor:
        answer = visitor.get("/settings")
    assert answer.status == 507
    assert "The disk is full." in answer.body
