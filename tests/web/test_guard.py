"""Nobody but the person at this machine's own browser gets in, and no other page can make that browser do anything."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import Visitor, serving
from web.app import ROUTES
from web.guard import Keys, local_path


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with serving(tmp_path_factory.mktemp("served") / "archive") as one:
        yield one


@pytest.fixture
def stranger(visitor: Visitor) -> Visitor:
    """Somebody who holds no cookie."""
    return Visitor(visitor.port, visitor.keys, signed_in=False)


PATHS = [str(route.path).replace("{part:int}", "0") for route in ROUTES if hasattr(route, "path")]


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_no_page_and_no_form_answers_without_the_key(stranger: Visitor, path: str) -> None:
    asked = re.sub(r"\{\w+\}", "x", path)
    assert stranger.get(asked).status == 401
    assert stranger.post(asked, {}).status == 401


def test_the_key_becomes_a_cookie_that_no_script_and_no_other_site_sees(stranger: Visitor) -> None:
    answer = stranger.get(f"/?key={stranger.keys.key}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert stranger.keys.key not in cookie


@pytest.mark.parametrize("key", ["", "x", "%00", "%C3%A9"])
def test_a_wrong_key_opens_nothing(stranger: Visitor, key: str) -> None:
    assert stranger.get(f"/?key={key}").status == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]:{port}",
        "0.0.0.0:{port}",
        "127.0.0.1:{port}.evil",
    ],
)
def test_a_name_that_was_made_to_lead_here_is_refused(visitor: Visitor, host: str) -> None:
    """DNS rebinding: the browser sends the cookie of the name in the address, and that name is not ours."""
    assert visitor.ask("GET", "/", host=host.format(port=visitor.port)).status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "https://127.0.0.1:{port}"]
)
def test_a_page_from_elsewhere_can_neither_read_nor_post(visitor: Visitor, origin: str) -> None:
    told = {"Origin": origin.format(port=visitor.port)}
    assert visitor.ask("GET", "/", headers=told).status == 403
    assert visitor.post("/settings/schedule", {"do": "remove"}, told).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_post_that_no_page_of_ours_made_is_refused(visitor: Visitor, site: str) -> None:
    assert visitor.post("/nights/run", {}, {"Sec-Fetch-Site": site}).status == 403


def test_a_form_without_the_token_changes_nothing(visitor: Visitor) -> None:
    answer = visitor.post("/settings/notify", {"do": "add", "url": "ntfy://fans-of-ours"}, token=False)
    assert answer.status == 400
    assert "not of this page any more" in answer.body
    assert "Nobody is told" in visitor.get("/settings").body


def test_a_forged_token_changes_nothing(visitor: Visitor) -> None:
    assert visitor.post("/nights/run", {"token": Keys(visitor.port).form}).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_only_pages_and_forms_are_taken(visitor: Visitor, method: str) -> None:
    assert visitor.ask(method, "/").status == 405


@pytest.mark.parametrize("path", ["/", "/nope", "/static/style.css", "/static/nope", "/nope/nope"])
def test_every_answer_forbids_scripts_frames_and_sniffing(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    ["/static/../web/guard.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/pack/..", "/pack/%2e%2e%2f%2e%2e",
     "/snapshot/%2e%2e/tile/0",
     "/file/x/..%2f..", "/static/..\\app.py"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (400, 404)
    assert "import" not in answer.body
    assert "root:" not in answer.body


def test_no_page_holds_the_key_or_the_cookie(visitor: Visitor) -> None:
    for path in ("/", "/new", "/settings", "/nights", "/verify", "/search?q=x", "/nope"):
        body = visitor.get(path).body
        assert visitor.keys.key not in body
        assert visitor.keys.cookie not in body


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"]
)
def test_nothing_leads_from_here_to_elsewhere(text: str) -> None:
    assert local_path(text) == "/"


def test_without_an_archive_pages_say_the_next_step_and_create_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "archive") as visitor:
        assert "Watch an order" in visitor.get("/").body
        for path in ("/settings", "/nights", "/search?q=carton", "/new", "/verify"):
            assert visitor.get(path).status == 200
        assert visitor.get("/case/250861947301028446").status == 400
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("other", ['prefs={"x": 1}', 'theme="a b', "a[]=1", "x=y z", "=", "ключ=1"])
def test_cookies_of_other_servers_on_this_machine_lock_nobody_out(visitor: Visitor, other: str) -> None:
    """A browser sends every port's cookies to every other, and what holds no cookie's form hid ours."""
    ours = f"{visitor.keys.cookie_name}={visitor.keys.cookie}"
    told = {"Cookie": f"{other}; {ours}; {other}".encode().decode("latin-1")}
    assert visitor.ask("GET", "/new", headers=told).status == 200


def test_the_address_that_the_browser_is_started_with_opens_once(tmp_path: Path) -> None:
    """Everybody on the machine may read a program's arguments: the address in them is worth nothing to who comes second."""
    with serving(tmp_path / "archive") as one:
        stranger = Visitor(one.port, one.keys, signed_in=False)
        path = one.keys.address_for_once.partition(str(one.port))[2]
        assert [stranger.get(path).status for _ in range(2)] == [303, 401]
        assert stranger.get(f"/?key={one.keys.key}").status == 303


@pytest.mark.parametrize(("mode", "status"), [("no-cors", 403), ("cors", 403), ("navigate", 200)])
def test_a_page_of_another_port_may_lead_here_but_ask_nothing_unseen(visitor: Visitor, mode: str, status: int) -> None:
    """Another port is the same site, so the cookie comes along with its pictures and scripts."""
    told = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": mode}
    assert visitor.ask("GET", "/new", headers=told).status == status


@pytest.mark.parametrize("more", ["", "&mark=", "&mark=" + "0" * 64, "&mark=%C3%A9"])
def test_nobody_puts_words_of_his_own_on_our_pages(visitor: Visitor, more: str) -> None:
    answer = visitor.get(f"/new?said=Your+account+is+closed.+Call+https://evil.example{more}")
    assert answer.status == 200
    assert "evil.example" not in answer.body


@pytest.mark.parametrize("path", ["/pack/" + "x" * 5000, "/changes/" + "x" * 5000, "/nights/" + "x" * 5000,
                                  "/snapshot/" + "x" * 5000, "/case/" + "x" * 5000, "/search?limit=" + "9" * 5000,
                                  "/snapshot/x/tile/" + "9" * 5000, "/static/" + "x" * 5000, "/static/%00", "/pack/%00",
                                  "/new?said=%ED%A0%80", "/pack/..", "/changes/..", "/changes/."])  # fmt: skip
def test_a_path_of_any_length_and_form_is_answered_with_a_sentence(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (200, 400, 404)
    assert "unexpected" not in answer.body
    assert "</html>" in answer.body


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example",
        "GET / HTTP/1.0",
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nHost: {host}, evil.example",
        "GET / HTTP/1.1\r\nX-Forwarded-Host: {host}\r\nHost: evil.example",
    ],
)
def test_no_form_of_a_request_gets_past_the_name_of_this_server(visitor: Visitor, request_line: str) -> None:
    line = request_line.format(host=f"127.0.0.1:{visitor.port}")
    cookie = f"Cookie: {visitor.keys.cookie_name}={visitor.keys.cookie}"
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=20) as connection:
        connection.sendall(f"{line}\r\n{cookie}\r\nConnection: close\r\n\r\n".encode())
        answer = connection.makefile("rb").read()
    assert answer.split(b" ")[1] in (b"400", b"403")
    assert b"<html" not in answer


def test_a_form_whose_parts_are_torn_is_refused_in_a_sentence(visitor: Visitor) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = visitor.ask("POST", "/verify", b"--y\r\nnothing of that form", kind)
    assert answer.status == 400
    assert "such page" not in answer.body


def test_a_form_of_unknown_length_is_refused(visitor: Visitor) -> None:
    """Its length is what the room on the disk is measured by."""
    told = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.ask("POST", "/nights/run", b"0\r\n\r\n", told).status == 400
