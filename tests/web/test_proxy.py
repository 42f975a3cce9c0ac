"""Others than this machine are let in through a proxy alone, which shows itself by a secret in a header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.errors import WrongRequest
from tests.web.serving import Visitor, serving
from web.guard import PROXY_HEADER, Proxy
from web.server import LOOPBACK, PROXY_WORD, ListeningAt, proxy_of

NAME = "https://evidence.example"
WORD = "a-random-text-of-thirty-two-letters"


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with serving(tmp_path_factory.mktemp("proxied") / "archive", Proxy(NAME, WORD)) as one:
        yield one


def through(word: str = WORD, **more: str) -> dict[str, str]:
    return {"Host": "evidence.example", PROXY_HEADER: word, **more}


def test_the_proxys_requests_are_answered_under_its_name(visitor: Visitor) -> None:
    assert visitor.ask("GET", "/new", headers=through()).status == 200
    posted = visitor.post("/verify", {}, through(Origin=NAME))
    assert "No pack was chosen" in posted.body
    stranger = replace(visitor, signed_in=False)
    opening = stranger.ask("GET", f"/?key={visitor.keys.key}", headers=through())
    assert (opening.status, opening.headers["location"]) == (303, "/")
    assert "Secure" in opening.headers["set-cookie"]
    assert visitor.keys.address.startswith(f"{NAME}/?key=")


@pytest.mark.parametrize("word", ["", "x", WORD[:-1], f"{WORD},{WORD}"])
def test_whoever_comes_past_the_proxy_gets_nothing(visitor: Visitor, word: str) -> None:
    answer = visitor.ask("GET", "/new", headers=through(word))
    assert answer.status == 403
    assert "<html" not in answer.body


def test_even_the_proxy_lets_no_other_name_and_no_stranger_in(visitor: Visitor) -> None:
    own = f"127.0.0.1:{visitor.port}"
    assert visitor.ask("GET", "/new", headers=through() | {"Host": own}).status == 403
    assert visitor.post("/nights/run", {}, through(Origin=f"http://{own}")).status == 403
    assert replace(visitor, signed_in=False).ask("GET", "/new", headers=through()).status == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "localhost", "::"])
def test_another_interface_is_refused_without_a_proxy(host: str) -> None:
    with pytest.raises(WrongRequest, match="through a proxy alone"):
        proxy_of(ListeningAt(host))


@pytest.mark.parametrize(
    "behind", ["evidence.example", "http://evidence.example", "https://", "https://evidence.example/path", "https://a b"]
)
def test_a_proxys_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, behind: str) -> None:
    monkeypatch.setenv(PROXY_WORD, WORD)
    with pytest.raises(WrongRequest):
        proxy_of(ListeningAt(LOOPBACK, 0, behind))


@pytest.mark.parametrize("word", [None, "", "short", "ü" * 40])
def test_a_proxy_without_a_secret_worth_the_name_is_refused(monkeypatch: pytest.MonkeyPatch, word: str | None) -> None:
    monkeypatch.delenv(PROXY_WORD, raising=False)
    if word is not None:
        monkeypatch.setenv(PROXY_WORD, word)
    with pytest.raises(WrongRequest, match=PROXY_WORD):
        proxy_of(ListeningAt("0.0.0.0", 0, NAME))
