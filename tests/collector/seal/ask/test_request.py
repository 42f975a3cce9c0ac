"""An authority is asked once, waited for a bounded time, and believed only if its answer holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from collector.errors import SealError, WrongRequest
from collector.seal.ask.request import Token, TokenFailure, request_all, request_token
from collector.seal.timestamp import Authority, verify_token
from fixtures.authority import POLICY, Fault, serve
from tests.collector.seal.conftest import DATA, NOW


def clock(at: datetime = NOW) -> Callable[[], datetime]:
    return lambda: at


def test_a_token_arrives_and_holds_ever_after(authority: Path) -> None:
    with serve(authority, clock=clock()) as served:
        asked = Authority("test", served.url, served.root_pem)
        token = request_token(asked, DATA, timeout_s=5, now=clock())
    assert (token.time, token.offset_ms, token.clocks_disagree) == (NOW, 0, False)
    assert verify_token(token.tsr, DATA, [served.root_pem]) == token.report


@pytest.mark.parametrize(("seconds", "disagree"), [(-61, True), (-60, False), (60, False), (61, True)])
def test_clocks_apart_by_more_than_a_minute_are_a_finding_and_the_token_holds(
    authority: Path, seconds: int, disagree: bool
) -> None:
    with serve(authority, clock=clock(NOW + timedelta(seconds=seconds))) as served:
        token = request_token(Authority("test", served.url, served.root_pem), DATA, timeout_s=5, now=clock())
    assert (token.offset_ms, token.clocks_disagree) == (seconds * 1000, disagree)
    assert token.report.problems == ()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("nonce", "another request"),
        ("imprint", "other bytes"),
        ("signature", "does not match"),
        ("refuses", "did not grant"),
        ("garbage", "cannot be read"),
        ("endless", "too long"),
        ("unavailable", "status 503"),
        ("silent", "did not answer within"),
    ],
)
def test_an_answer_that_does_not_hold_is_refused_in_one_sentence(authority: Path, fault: Fault, sentence: str) -> None:
    with serve(authority, clock=clock(), fault=fault) as served:
        asked = Authority("test", served.url, served.root_pem)
        with pytest.raises(SealError, match=sentence) as caught:
            request_token(asked, DATA, timeout_s=0.2 if fault == "silent" else 5, now=clock())
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_a_token_under_another_policy_than_the_one_written_down_is_refused(authority: Path) -> None:
    with serve(authority, clock=clock()) as served:
        request_token(Authority("test", served.url, served.root_pem, POLICY), DATA, timeout_s=5, now=clock())
        with pytest.raises(SealError, match=f"under the policy {POLICY}, and 1.2.3 is asked for"):
            request_token(Authority("test", served.url, served.root_pem, "1.2.3"), DATA, timeout_s=5, now=clock())


def test_a_token_of_an_expired_authority_is_refused(tmp_path: Path) -> None:
    until = datetime(2021, 1, 1, tzinfo=UTC)
    with serve(tmp_path, clock=clock(), valid_until=until) as served, pytest.raises(SealError, match="at that time"):
        request_token(Authority("test", served.url, served.root_pem), DATA, timeout_s=5, now=clock())


def test_an_authority_that_is_not_there_is_out_of_reach(authority: Path) -> None:
    with serve(authority) as served:
        gone = Authority("test", served.url, served.root_pem)
    with pytest.raises(SealError, match="out of reach"):
        request_token(gone, DATA, timeout_s=2, now=clock())


def test_all_are_asked_at_once_and_the_slowest_costs_no_more_than_the_time_allowed(authority: Path) -> None:
    with serve(authority, clock=clock()) as good, serve(authority, fault="silent") as silent:
        asked = [Authority(f"a{number}", good.url if number % 2 else silent.url, good.root_pem) for number in range(6)]
        began = monotonic()
        answers = request_all(asked, DATA, 0.5, now=clock())
        took = monotonic() - began
    assert [answer.authority for answer in answers] == asked
    assert [type(answer) for answer in answers] == [TokenFailure, Token] * 3
    assert took < 2 * 0.5 + 1
    assert all("did not answer" in answer.message for answer in answers if isinstance(answer, TokenFailure))


def test_nobody_to_ask_gives_nothing() -> None:
    assert request_all([], DATA, now=clock()) == []


@pytest.mark.parametrize(
    ("name", "url"),
    [("../x", "http://a/"), ("", "http://a/"), ("a", "file:///etc/passwd"), ("a", "http://"), ("a", "ftp://a/")],
)
def test_a_name_or_an_address_that_cannot_be_one_is_refused(name: str, url: str) -> None:
    with pytest.raises(WrongRequest):
        Authority(name, url, "")
