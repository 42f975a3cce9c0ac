"""Nothing secret stays in a text that is logged, wherever it was planted; what helps to find a fault stays."""

from __future__ import annotations

import logging

import pytest

from collector.redaction import HIDDEN, Redacting, redacted, without_quotes

SECRET = "hunter2-Zq8"
MESSAGE = "Dear Ana, the money is gone"

PLANTED = {
    "a query": f"GET https://biz.alibaba.com/ta/detail.htm?orderId=1&k={SECRET} failed",
    "a fragment": f"at https://biz.alibaba.com/app#/{SECRET}",
    "who signs in": f"proxy http://ana:{SECRET}@proxy.example:3128/ refused",
    "a query without its host": f"moved on to /login.htm?next={SECRET}",
    "a parameter of a form": f"body a=1&pass_word={SECRET}&b=2",
    "a websocket": f"ws://127.0.0.1:9222/devtools?id={SECRET}",
    "an address of data": f"data:text/html,{SECRET}",
    "a cookie": f"Cookie: a=1; b={SECRET}",
    "a cookie that is set": f"set-cookie: sid={SECRET}; Path=/",
    "a cookie of a dictionary": f"{{'cookie': 'a={SECRET}; c=2'}}",
    "a cookie by name and value": f'{{"name": "x-session-id", "value": "{SECRET}"}}',
    "a header in a pair": f"[('Authorization', '{SECRET} again')]",
    "an authorisation": f"Authorization: Basic {SECRET}",
    "a bearer": f"sent Bearer {SECRET}{SECRET}",
    "a password": f"password={SECRET}",
    "a password in quotation marks": f'"password": "{SECRET} and more {SECRET}"',
    "a key's passphrase": f"passphrase = '{SECRET}'",
    "a csrf value": f"_csrf_token_: {SECRET}",
    "an api key": f"api-key={SECRET}",
    "a session": f"sessionId={SECRET}",
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_secret_does_not_come_through(where: str) -> None:
    assert SECRET not in redacted(PLANTED[where])


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "6f1ed002ab5595859014ebf0951522d9",
        "123e4567-e89b-12d3-a456-426614174000",
        "AbCdEf0123456789AbCdEf0123",
    ],
)
def test_what_is_a_token_by_its_form_does_not_come_through(token: str) -> None:
    assert redacted(f"found {token} there") == f"found {HIDDEN} there"


@pytest.mark.parametrize(
    "text",
    [
        "order page: open ok, 812 ms",
        "asking http://timestamp.digicert.com/tsa",
        "order page: visit 20261122T214741Z-7f3a9c is partial. Its end was not reached.",
        "digicert was asked for a timestamp: The timestamp authority digicert is out of reach.",
        'File "/usr/lib/python3.11/site-packages/playwright/_impl/_connection.py", line 61, in send',
        "KeyError: 'order.number'",
        "case 250861947301028446, authority: digicert",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert redacted(without_quotes(text)) == text


def test_an_errors_quoted_texts_do_not_come_through() -> None:
    """They may be a message's words."""
    assert without_quotes("invalid literal: 'Dear friend, pay here'") == "invalid literal: '… 21 characters …'"
    assert "please" not in without_quotes('near "please pay": syntax error')
    assert "发货" not in without_quotes("“我们不能发货” is not a date")


def test_an_error_is_told_with_its_causes_and_without_their_secrets() -> None:
    def fail(message: str) -> None:
        try:
            int(message)
        except ValueError as error:
            raise RuntimeError(f"at https://x.example/?token={SECRET}") from error

    try:
        fail(MESSAGE)
    except RuntimeError as error:
        record = logging.LogRecord("casework", logging.ERROR, "", 1, "it failed", (), (type(error), error, None))
    told = Redacting("%(message)s").format(record)
    assert "in fail" in told
    assert "ValueError: invalid literal for int()" in told
    assert "RuntimeError: at https://x.example/" in told
    assert SECRET not in told
    assert MESSAGE not in told


def test_a_group_of_errors_is_told_with_each_of_them() -> None:
    group = ExceptionGroup("two", [OSError("first fault"), ValueError("second fault")])
    record = logging.LogRecord("casework", logging.ERROR, "", 1, "it failed", (), (type(group), group, None))
    told = Redacting("%(message)s").format(record)
    assert "OSError: first fault" in told
    assert "ValueError: second fault" in told
